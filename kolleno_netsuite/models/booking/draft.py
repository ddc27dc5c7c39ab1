"""A transaction on its way into Odoo."""

import hashlib
import json
from functools import cached_property


class Draft:
    """One transaction on its way into Odoo.

    :param record: its `netsuite.record`.
    :param transaction: its `mappers.transaction.Transaction`.
    :param document: the Odoo document that mirrors it already, or an empty one.
    :param ledger: the `Ledger` of its company.

    ``ledger_values`` change the books, ``header_values`` do not; ``lines`` are the values of
    the journal items. ``totals`` is what Odoo has to arrive at, checked after posting. ``parts``
    are drafts of the same transaction in other companies, which only a journal has. ``notes`` are
    what people should know of it once it is booked (`outcome.Note`). ``settles`` are {NetSuite's
    number of an item: the `account.move.line` that it settles}, which only a bank deposit has.
    """

    def __init__(self, record, transaction, document, ledger):
        self.record = record
        self.transaction = transaction
        self.document = document
        self.ledger = ledger
        self.ledger_values = {}
        self.header_values = {}
        self.lines = []
        self.totals = {}
        self.has_tax = False
        self.parts = []
        self.notes = []
        self.settles = {}

    @cached_property
    def ledger_hash(self):
        """Say in one word what the document does to the books."""
        parts = [part.ledger_hash for part in self.parts]
        return _digest([self.ledger_values, self.lines, *parts])

    @cached_property
    def header_hash(self):
        """Say in one word what else the document shows."""
        return _digest(self.header_values)

    @property
    def booked_hash(self):
        """Both words, as `netsuite.record.booked_hash` keeps them."""
        return f"{self.ledger_hash}:{self.header_hash}"


def _digest(values):
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
