from datetime import date

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..client.suiteql import count, scalar
from ..const import PAGE_SIZE, REFERENCE_TYPES
from ..exceptions import RecordBlocked
from ..mappers.history import reached
from ..mappers.open_amounts import read_open_amounts
from ..mappers.preview import (
    in_currencies,
    in_subsidiaries,
    not_posted_query,
    on_accounts,
    up_to,
    uses_of_lines,
    uses_of_main_lines,
    waiting_query,
)
from ..mappers.streams import STREAMS, Window, header_query
from ..models.netsuite_booking_context import BookingContext

# Documents whose main line is the customer's balance.
BALANCE_TYPES = ("invoice", "creditmemo")


class NetsuiteSetupLine(models.Model):
    """What a first import would do with the records of one type."""

    _name = "netsuite.setup.line"
    _description = "NetSuite Set-up Preview"
    _order = "setup_id, sequence, id"

    setup_id = fields.Many2one("netsuite.setup", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer()
    name = fields.Char(string="Records", required=True)
    record_type = fields.Char()
    total = fields.Integer(string="In NetSuite", help="Of those that are read.")
    to_create = fields.Integer(string="To Create")
    known = fields.Integer(string="In Odoo Already")
    waiting = fields.Integer(help="What they wait for is listed below.")
    left_out = fields.Integer(help="NetSuite does not post them yet, or voided them.")


class NetsuiteSetupReason(models.Model):
    """What documents would wait for."""

    _name = "netsuite.setup.reason"
    _description = "NetSuite Set-up Reason"
    _order = "setup_id, documents desc, id"

    setup_id = fields.Many2one("netsuite.setup", required=True, index=True, ondelete="cascade")
    kind = fields.Char(required=True)
    key = fields.Char(required=True)
    name = fields.Char(string="Why", required=True)
    advice = fields.Char(string="What to Do")
    documents = fields.Integer()

    # === ACTION METHODS === #

    def action_fix(self):
        """Open the one place where this reason ends."""
        self.ensure_one()
        issue = self.env["netsuite.issue"].new(
            {"connection_id": self.setup_id.connection_id.id, "kind": self.kind, "key": self.key}
        )
        return issue.action_fix()


class NetsuiteSetup(models.Model):
    """The fifth step: what the import would make, and what would wait; nothing is written."""

    _inherit = "netsuite.setup"

    line_ids = fields.One2many("netsuite.setup.line", "setup_id", readonly=True)
    reason_ids = fields.One2many("netsuite.setup.reason", "setup_id", readonly=True)
    previewed_at = fields.Datetime(readonly=True)
    open_text = fields.Char(string="Open in NetSuite", readonly=True)
    open_elsewhere_text = fields.Char(
        string="Open, but Left Waiting",
        readonly=True,
        help="Open in subsidiaries that have no company in Odoo.",
    )

    # === ACTION METHODS === #

    def action_preview(self):
        """Let NetSuite count what an import would read, and tell what would wait and why.

        Nothing is written but the preview itself and the log of the calls.
        """
        self.ensure_one()
        self.check_access("write")
        # Administrators see what is there for all companies; only the sync reads the secrets.
        connection = self.connection_id.sudo()
        client = connection._client()
        with self.connection_id._errors_as_sentences():
            preview = Preview(connection, client)
            lines, reasons = preview.lines(), preview.reasons()
            open_text, elsewhere_text = self._open_amounts(connection, client)
        connection._store_calls(client)
        self.line_ids.unlink()
        self.reason_ids.unlink()
        self.write(
            {
                "line_ids": [(0, 0, line) for line in lines],
                "reason_ids": [(0, 0, reason) for reason in reasons],
                "previewed_at": fields.Datetime.now(),
                "open_text": open_text,
                "open_elsewhere_text": elsewhere_text,
            }
        )
        return self._open()

    # === BUSINESS METHODS === #

    @api.model
    def _open_amounts(self, connection, client):
        """Return what NetSuite has open per currency: with a company in Odoo, and without."""
        names = self.env["netsuite.proof"].sudo()._currencies(connection)
        sums = ({}, {})
        for amount in read_open_amounts(client, one_world=connection.one_world):
            name, _currency = names.get(amount.currency) or (str(amount.currency), None)
            by_name = sums[0 if connection._company_of(amount.subsidiary) else 1]
            by_name[name] = by_name.get(name, 0) + amount.owed - amount.unapplied
        return tuple(self._amounts_text(by_name) for by_name in sums)

    @api.model
    def _amounts_text(self, sums):
        Currency = self.env["res.currency"].with_context(active_test=False)
        digits = {
            currency.name: currency.decimal_places
            for currency in Currency.search([("name", "in", list(sums))])
        }
        return " · ".join(
            f"{name} {formatLang(self.env, float(total), digits=digits.get(name, 2))}"
            for name, total in sorted(sums.items())
            if total
        )


class Preview:
    """What the streams of a connection would bring, asked by numbers.

    What documents lack is decided by the code that books them, once for each subsidiary, currency
    and account that NetSuite says they use.

    :param connection: the `netsuite.connection`, with the rights of the sync.
    :param client: the `NetsuiteClient` to ask with.
    """

    def __init__(self, connection, client):
        self.env = connection.env
        self.connection = connection
        self._client = client
        self._context = BookingContext(connection, [])
        self._missing = {}
        self._documents = {}
        self._older = self._older_documents()

    def lines(self):
        """Return the values of one preview line per record type that is read.

        :raise NetsuiteError: NetSuite cannot or will not count.
        """
        labels = self.env["netsuite.record"]._record_type_labels()
        lines = []
        for stream in self.connection.stream_ids.filtered("active"):
            if stream.record_type in REFERENCE_TYPES:
                continue
            counts = self._counts(stream)
            known = self._known(stream)
            made = counts["total"] - counts["waiting"] - counts["left_out"]
            lines.append(
                {
                    **counts,
                    "name": labels[stream.record_type],
                    "record_type": stream.record_type,
                    "sequence": stream.sequence,
                    "known": known,
                    "to_create": max(made - known, 0),
                }
            )
        return lines

    def reasons(self):
        """Return the values of the reasons for which documents would wait, after `lines`."""
        return [
            {
                "kind": missing.kind,
                "key": missing.key,
                "name": missing.title,
                "advice": missing.advice,
                "documents": self._documents[key],
            }
            for key, missing in self._missing.items()
        ]

    def _counts(self, stream):
        reading = STREAMS[stream.record_type]
        if not reading.dated:
            total = count(self._client.transport, header_query(reading, Window()))
            return {"total": total, "waiting": 0, "left_out": 0}
        windows = self._windows(stream.record_type)
        conditions = self._obstacles(reading, windows)
        return {
            "total": sum(
                count(self._client.transport, header_query(reading, window)) for window in windows
            ),
            "waiting": self._waiting(reading, windows, conditions, voided=False),
            # Nobody waits for the trace of a document that counts for nothing.
            "left_out": self._waiting(reading, windows, conditions, voided=True)
            + self._sum(not_posted_query(reading, window) for window in windows),
        }

    def _waiting(self, reading, windows, conditions, voided):
        if not conditions:
            return 0
        return self._sum(
            waiting_query(reading, window, conditions, voided=voided) for window in windows
        )

    def _sum(self, queries):
        return sum(int(scalar(self._client.transport, query) or 0) for query in queries)

    def _windows(self, record_type):
        """Return the windows that together hold what is read of a type of documents."""
        start = self.connection.history_start or None
        older = sorted(each for each, of_type in self._older.items() if of_type == record_type)
        return [Window(in_history=start)] + [
            Window(ids=tuple(older[first : first + PAGE_SIZE]))
            for first in range(0, len(older), PAGE_SIZE)
        ]

    def _older_documents(self):
        """Return the closed documents before the start that are read for the sake of others."""
        start = self.connection.history_start
        if not start:
            return {}
        types = self.connection._dated_streams().mapped("record_type")
        found = reached(self._client, start, types)
        return {each: record_type for each, record_type in found.items() if record_type in types}

    # === WHAT DOCUMENTS LACK === #

    def _obstacles(self, reading, windows):
        """Return the conditions of lines because of which a document would wait."""
        one_world = self.connection.one_world
        lacking = Lacking()
        for voided in (False, True):
            asked = {"one_world": one_world, "voided": voided}
            for use in uses_of_main_lines(self._client, reading, windows, **asked):
                self._judge_main_line(reading, use, lacking, voided)
            for use in uses_of_lines(self._client, reading, windows, **asked):
                self._judge_line(use, lacking, voided)
        return [*lacking.conditions(one_world), *self._locked(reading, windows)]

    def _judge_main_line(self, reading, use, lacking, voided):
        ledger, missing = self._ledger(use)
        if not ledger:
            lacking.subsidiaries.add(use.subsidiary)
        else:
            self._context.currency(use, ledger, missing)
            if missing:
                lacking.currencies.add(use.currency)
            if reading.record_type in BALANCE_TYPES:
                # One that is not mapped at all is found among the lines.
                unfit, unmapped = [], []
                ledger.receivable(use.account, unfit)
                ledger.account(use.account, unmapped)
                if unfit and not unmapped:
                    lacking.accounts.setdefault(use.subsidiary, set()).add(use.account)
                    missing += unfit
        self._note(missing, 0 if voided else use.documents)

    def _judge_line(self, use, lacking, voided):
        ledger, _missing = self._ledger(use)
        missing = []
        if ledger and use.account:
            ledger.account(use.account, missing)
        if missing:
            lacking.accounts.setdefault(use.subsidiary, set()).add(use.account)
            self._note(missing, 0 if voided else use.documents)

    def _locked(self, reading, windows):
        """Return the conditions of documents in periods that are locked in Odoo."""
        conditions = []
        journal_type = "sale" if reading.record_type in BALANCE_TYPES else "bank"
        journal = self.env["account.journal"].new({"type": journal_type})
        rows = self.connection.subsidiary_ids.filtered("company_id")
        for company, subsidiaries in rows.grouped("company_id").items():
            # Each lock date is later than this day, so that all of them are listed.
            locks = company._get_violated_lock_dates(date.min, has_tax=False, journal=journal)
            if locks:
                last = max(locks)[0]
                condition = up_to(last, subsidiaries.mapped("internal_id"))
                conditions.append(condition)
                waiting = self._waiting(reading, windows, [condition], voided=False)
                if waiting:
                    self._note([self._context.ledger_of(company)._locked(last)], waiting)
        return conditions

    def _ledger(self, use):
        """Return the ledger of a subsidiary's company, or None and why there is none."""
        try:
            return self._context.ledger(use), []
        except RecordBlocked as blocked:
            return None, list(blocked.missing)

    def _note(self, missing, documents):
        for each in missing if documents else ():
            self._missing.setdefault(each.key, each)
            self._documents[each.key] = self._documents.get(each.key, 0) + documents

    def _known(self, stream):
        """Return how many records of a type are in Odoo already."""
        return self.env["netsuite.record"].search_count(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", stream.record_type),
                ("state", "=", "booked"),
            ]
        )


class Lacking:
    """What documents of one type use and Odoo does not have: NetSuite's internal ids."""

    def __init__(self):
        self.subsidiaries = set()
        self.currencies = set()
        self.accounts = {}

    def conditions(self, one_world):
        """Return the conditions of lines that use any of it."""
        return [
            *([in_subsidiaries(self.subsidiaries)] if self.subsidiaries and one_world else []),
            *([in_currencies(self.currencies)] if self.currencies else []),
            *on_accounts(self.accounts),
        ]
