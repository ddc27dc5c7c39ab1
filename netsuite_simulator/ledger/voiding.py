"""Voiding: amounts that become zero, or a journal that takes a transaction back."""

from __future__ import annotations

from typing import Any

from ..errors import user_error
from ..schema import CUSTOM_TRANSACTIONS
from .applications import Item
from .document import Document
from .entry import LEFT_OUT_WHEN_VOID
from .journals import Journals
from .kinds import BILLS, DEBITS, DEPOSIT, JOURNAL, PAYERS, PAYMENT, REFUND, REVALUATION
from .record_types import JOURNAL_ENTRY
from .values import to_decimal

CANT_VOID = (
    "You cannot void this transaction because it is linked to by one or more transactions such as"
    " payments. You must delete or void those transactions first."
)
NOT_BY_JOURNAL = "This transaction cannot be voided using a reversing journal."
NEVER = "Currency revaluations cannot be voided."
# What a reversing journal can void.
_BY_JOURNAL = frozenset({*BILLS, PAYMENT, REFUND})


class Voiding:
    """Voids transactions, in the two ways that NetSuite has."""

    def __init__(self, journals: Journals) -> None:
        self.journals = journals
        self.transactions = journals.transactions
        self.books = journals.books
        self.applications = journals.applications

    def void(self, transaction: int, style: str | None = None, day: Any = None) -> int | None:
        """Void a transaction, and return the id of the journal that does it, if one does.

        :param style: `zero` or `reversing_journal`; by default as the account is set.
        :param day: date of the journal, by default today.
        Custom transactions are voided by a journal only.

        :raise BookError: when it is voided already, something is applied to it, or its period
            (the journal's, with one) is locked.
        """
        document = self.transactions.rows.load(transaction)
        if document.header["voided"] == "T":
            raise user_error(LEFT_OUT_WHEN_VOID)
        if document.type == REVALUATION:
            raise user_error(NEVER)
        self._check_links(document)
        chosen = style or self.books.switches.void_style
        if chosen == "reversing_journal" or document.type in CUSTOM_TRANSACTIONS:
            return self._reverse(document, day)
        self.transactions.periods.check_open(document.header)
        self.transactions.unlink(document)
        if document.type in (*PAYERS, JOURNAL):
            self.transactions.rows.post(self.transactions.rows.load(transaction))
        self.transactions.rows.void(transaction)
        return None

    def _check_links(self, document: Document) -> None:
        is_debit = document.type in (*DEBITS, JOURNAL)
        is_firm = not is_debit or self.books.switches.void_linked == "refuse"
        if self.applications.is_refunded(document.id) or (
            is_firm and self.applications.is_used(document.id)
        ):
            raise user_error(CANT_VOID)

    def _reverse(self, document: Document, day: Any) -> int:
        """Mark a transaction as voided, and write the journal that posts its opposite.

        The transaction keeps its lines, and they still post. A refund stays applied to what it
        paid out, so that the journal's credit is what the customer has again.
        """
        if document.type not in _BY_JOURNAL or self._pays_deposits(document):
            raise user_error(NOT_BY_JOURNAL)
        if document.type != REFUND:
            self.transactions.unlink(document)
            document = self.transactions.rows.load(document.id)
            if document.type in PAYERS:
                self.transactions.rows.post(document)
        journal = self.transactions.create(
            JOURNAL_ENTRY, self._body(document, day), created_from=document.id
        )
        self.books.change("transaction", "id", journal, {"void": "T"})
        if document.type != REFUND and self.books.switches.void_journal_applied:
            self._apply(document, journal)
        self.books.change(
            "transaction",
            "id",
            document.id,
            {"voided": "T", "lastmodifieddate": self.books.stamp()},
        )
        self.transactions.rows.refresh(document.id)
        return journal

    def _pays_deposits(self, document: Document) -> bool:
        return document.type == REFUND and any(
            self.books.scalar('SELECT type FROM "transaction" WHERE id = ?', item.target) == DEPOSIT
            for item in self.applications.of_payer(document.id)
        )

    def _body(self, document: Document, day: Any) -> dict[str, Any]:
        header = document.header
        return {
            "tranDate": day or self.books.today(),
            "subsidiary": {"id": document.subsidiary},
            "currency": {"id": document.currency},
            "exchangeRate": to_decimal(document.rate),
            "memo": f"Void of {header['trandisplayname']}",
            "line": {"items": self._lines(document)},
        }

    def _lines(self, document: Document) -> list[dict[str, Any]]:
        """Return the opposite of a document's lines; exchange differences are the journal's own."""
        rows = self.books.con.execute(
            "SELECT a.account, l.foreignamount, l.entity, l.memo, l.department, l.location,"
            " l.class FROM transactionline l"
            ' JOIN transactionaccountingline a ON a."transaction" = l."transaction"'
            ' AND a.transactionline = l.id WHERE l."transaction" = ? AND l.foreignamount <> 0'
            " ORDER BY l.linesequencenumber",
            [document.id],
        ).fetchall()
        lines = []
        for account, amount, entity, memo, *segments in rows:
            line = {
                "account": {"id": account},
                "credit" if amount > 0 else "debit": to_decimal(abs(amount)),
                "memo": memo,
            }
            references = zip(
                ("entity", "department", "location", "class"), (entity, *segments), strict=True
            )
            line |= {name: {"id": found} for name, found in references if found is not None}
            lines.append(line)
        return lines

    def _apply(self, document: Document, journal: int) -> None:
        """Apply the journal to what it voids, or a credit to the journal."""
        own = self.applications.item(document.id)
        for line in self.transactions.rows.load(journal).journal:
            if not line.is_open_item or line.account != document.receivable:
                continue
            item = Item(journal, line.id)
            if document.type in DEBITS and line.amount < 0:
                left = self.applications.open(own).amount
                if left > 0:
                    self.journals.apply(item, own, min(left, -line.amount))
            elif document.type not in DEBITS and line.amount > 0:
                self.transactions.settle(document.id, {item: None}, in_any_period=True)

    def undo(self, journal: int) -> None:
        """Take the mark off what a journal voids, before that journal is deleted."""
        voided = self.voided_by(journal)
        if voided is None:
            return
        for item in self.applications.of(journal):
            if {item.payer, item.target} == {journal, voided}:
                self.applications.remove(item)
        self.books.change(
            "transaction", "id", voided, {"voided": "F", "lastmodifieddate": self.books.stamp()}
        )
        for transaction in (journal, voided):
            self.transactions.repost(transaction)

    def voided_by(self, journal: int) -> int | None:
        """Return what a journal voids, if it is one that voids."""
        found = self.books.scalar(
            "SELECT l.createdfrom FROM transactionline l"
            ' JOIN "transaction" t ON t.id = l."transaction" AND t.type = \'Journal\''
            " AND t.void = 'T' WHERE t.id = ? AND l.id = 0",
            journal,
        )
        return None if found is None else int(found)
