"""What only journals do: their credit lines apply one by one, and a journal can be reversed."""

from __future__ import annotations

from typing import Any

from ..errors import invalid_value, user_error
from .applications import Item
from .applying import Payer
from .document import Document, JournalLine
from .entry import LEFT_OUT_WHEN_VOID
from .kinds import JOURNAL
from .record_shapes import RecordType
from .transactions import Transactions
from .values import Body, to_decimal

REVERSED = "This journal entry has been reversed already, or is not posted."


class Journals:
    """Acts on journals that the record service has no field for."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions = transactions
        self.books = transactions.books
        self.applications = transactions.applications

    def create(self, kind: RecordType, body: Body) -> int:
        """Create a journal, and the one that takes it back when the body has a reversalDate."""
        journal = self.transactions.create(kind, body)
        if body.get("reversalDate") is not None:
            self.reverse(kind, journal, body["reversalDate"])
        return journal

    def apply(
        self, credit: Item, target: Item, amount: int | None, in_any_period: bool = False
    ) -> None:
        """Apply a credit line of a journal to an invoice, or to a debit line of another journal.

        :param amount: in 1/SCALE, on top of what is applied already; None is all that is possible.
        :param in_any_period: whether a closed period of the journal does not hinder it.
        :raise BookError: for lines that cannot be applied so, or a locked period.
        """
        document = self._load(credit.document, in_any_period)
        payer = self._payer(document, credit)
        added = self.transactions.applying.apply_all(payer, {target: amount})
        switches = self.books.switches
        touch = switches.journal_apply_touches
        self._save(
            document,
            added,
            touch=switches.apply_touches_invoice and touch != "journal",
            own=touch != "invoice",
        )

    def unapply(self, credit: Item, target: Item | None, amount: int | None) -> None:
        """Take an application of a credit line off, wholly or by an amount; all without target."""
        document = self._load(credit.document)
        self._payer(document, credit)
        removed = []
        for application in self.applications.of_line(credit):
            if application.payer != credit.document or target not in (
                None,
                application.target_item,
            ):
                continue
            self.applications.remove(application)
            left = application.amount - amount if amount is not None else 0
            if left > 0:
                self.applications.add(
                    credit.document, application.target_item, left, application.date, credit.line
                )
            removed.append(application.target)
        touch, moves = (
            self.books.switches.unapply_touches,
            self.books.switches.journal_apply_touches,
        )
        self._save(
            document,
            removed,
            touch=touch == "both" and moves != "journal",
            own=touch != "none" and moves != "invoice",
        )

    def _load(self, journal: int, in_any_period: bool = False) -> Document:
        document = self.transactions.rows.load(journal)
        if document.type != JOURNAL:
            raise invalid_value(journal, "payer")
        if document.header["voided"] == "T":
            raise user_error(LEFT_OUT_WHEN_VOID)
        if not in_any_period:
            self.transactions.periods.check_open(document.header)
        return document

    def _payer(self, document: Document, credit: Item) -> Payer:
        for line in document.journal:
            if line.id == credit.line and line.is_open_item and line.amount < 0:
                return Payer(
                    document.id,
                    JOURNAL,
                    self.books.customer_of(line.entity) or 0,
                    document.currency,
                    line.subsidiary,
                    line.account,
                    line.id,
                )
        raise invalid_value(credit.line, "payer_line")

    def _save(self, document: Document, targets: list[int], touch: bool, own: bool = True) -> None:
        if own:
            document.header["lastmodifieddate"] = self.books.stamp()
        self.transactions.rows.post(document)
        self.transactions.refresh_targets(document, targets, touch)

    def reverse(self, kind: RecordType, journal: int, day: Any) -> int:
        """Make the journal that takes a posted one back at a date, and return its id."""
        document = self._load(journal)
        header = document.header
        if header["posting"] != "T" or header["reversal"] is not None:
            raise user_error(REVERSED)
        body = {
            "tranDate": day,
            "subsidiary": {"id": document.subsidiary},
            "currency": {"id": document.currency},
            "exchangeRate": to_decimal(document.rate),
            "memo": f"Reversal of {header['trandisplayname']}",
            "line": {"items": [_reversed(line) for line in document.journal]},
        }
        reversal = self.transactions.create(kind, body)
        self.books.change("transaction", "id", reversal, {"isreversal": "T", "reversal": journal})
        self.books.change(
            "transaction",
            "id",
            journal,
            {"reversal": reversal, "lastmodifieddate": self.books.stamp()},
        )
        return reversal


def _reversed(line: JournalLine) -> dict[str, Any]:
    side = "credit" if line.amount > 0 else "debit"
    body: dict[str, Any] = {
        "account": {"id": line.account},
        side: to_decimal(abs(line.amount)),
        "lineSubsidiary": {"id": line.subsidiary},
        "memo": line.memo,
    }
    for name, reference in (
        ("entity", line.entity),
        ("department", line.department),
        ("location", line.location),
        ("class", line.classification),
    ):
        if reference is not None:
            body[name] = {"id": reference}
    return body
