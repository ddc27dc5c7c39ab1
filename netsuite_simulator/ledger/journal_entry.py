"""Data entry of journals: lines with a debit or a credit each, balanced per subsidiary."""

from __future__ import annotations

from typing import Any

from ..errors import invalid_value, missing_values, user_error
from .books import Books
from .customers import Customers
from .document import Document, JournalLine
from .journal_rows import base_unit, is_open_item
from .values import (
    Body,
    is_emptied,
    items_of,
    reference_id,
    rounded,
    rounding_unit,
    to_bool,
    to_scaled,
)

NO_LINES = "You must enter at least two lines for this transaction."
UNBALANCED = "The amounts of this journal entry are not in balance: debits must equal credits."
BOTH_SIDES = "A line of a journal entry has either a debit or a credit."
INTERCOMPANY = "advintercompanyjournalentry"


class JournalEntry:
    """Fills journals from bodies."""

    def __init__(self, books: Books, customers: Customers) -> None:
        self.books = books
        self.customers = customers

    def fill(self, document: Document, body: Body, replace: tuple[str, ...]) -> None:
        """Take approval and lines of a body over; what it does not name stays.

        :raise BookError: for lines that do not balance in each subsidiary.
        """
        header = document.header
        if body.get("approved") is not None:
            approved = to_bool(body["approved"], "approved")
            header["approvalstatus"] = "2" if approved else "1"
            header["posting"] = "T" if approved else "F"
        lines = items_of(body, "line")
        if lines is not None:
            self._merge(document, lines, "line" in replace or is_emptied(body, "line"))
        moved = bool(body.keys() & {"tranDate", "currency"})
        for line in document.journal:
            self._set_rate(document, line, moved)
        self._check_balance(document)

    def _merge(self, document: Document, lines: list[Body], emptied: bool) -> None:
        present = {line.id: line for line in document.journal}
        kept = set() if emptied else set(present)
        for body in lines:
            number = body.get("line")
            line = present.get(int(number)) if number is not None else None
            if line is None:
                line = JournalLine(document.take_line_id())
                document.journal.append(line)
            kept.add(line.id)
            self._fill_line(document, line, body)
        document.journal = [line for line in document.journal if line.id in kept]

    def _fill_line(self, document: Document, line: JournalLine, body: Body) -> None:
        books = self.books
        if "account" in body or not line.account:
            account = books.reference("account", body.get("account"), "account")
            if account is None:
                raise missing_values("Account")
            line.account = account
        self._fill_subsidiary(document, line, body)
        self._fill_amount(document, line, body)
        if "entity" in body:
            line.entity = self._entity(body["entity"], line)
        line.is_open_item = is_open_item(books, line.account, line.entity)
        if "memo" in body:
            line.memo = body["memo"]
        for attribute, field, table in (
            ("department", "department", "department"),
            ("location", "location", "location"),
            ("classification", "class", "classification"),
        ):
            if field in body:
                setattr(line, attribute, books.reference(table, body[field], field))

    def _fill_subsidiary(self, document: Document, line: JournalLine, body: Body) -> None:
        given = self.books.reference("subsidiary", body.get("lineSubsidiary"), "lineSubsidiary")
        wanted = given or line.subsidiary or document.subsidiary
        if wanted != document.subsidiary and document.header["recordtype"] != INTERCOMPANY:
            raise invalid_value(wanted, "lineSubsidiary", "line")
        if wanted != line.subsidiary:
            line.subsidiary, line.rate = wanted, 0

    def _fill_amount(self, document: Document, line: JournalLine, body: Body) -> None:
        unit = rounding_unit(self.books.precision(document.currency))
        given = {
            side: rounded(to_scaled(body[side], side), unit)
            for side in ("debit", "credit")
            if body.get(side) is not None
        }
        for side, amount in given.items():
            if amount < 0:
                raise invalid_value(body[side], side, "line")
        if all(given.get(side) for side in ("debit", "credit")):
            raise user_error(BOTH_SIDES, "line")
        if given:
            line.amount = given.get("debit", 0) - given.get("credit", 0)

    def _entity(self, value: Any, line: JournalLine) -> int | None:
        """Return the customer or vendor that a line names."""
        if value is None:
            return None
        books = self.books
        wanted = reference_id(value, "entity")
        if books.one("SELECT 1 FROM vendor WHERE id = ?", wanted):
            return books.reference("vendor", value, "entity")
        customer = books.billed(value, "entity")
        if customer is not None and customer != line.entity:
            self.customers.check_billable(customer, line.subsidiary, "entity")
        return customer

    def _set_rate(self, document: Document, line: JournalLine, moved: bool) -> None:
        """Set the rate of a line: the journal's own where the base currency is the same."""
        books = self.books
        base = books.base_currency(line.subsidiary)
        line.unit = base_unit(books, line.subsidiary)
        if base == books.base_currency(document.subsidiary):
            line.rate = document.rate
        elif moved or not line.rate:
            line.rate = books.exchange_rate(base, document.currency, document.header["trandate"])

    def _check_balance(self, document: Document) -> None:
        if len(document.journal) < 2:
            raise user_error(NO_LINES, "line")
        sums: dict[int, int] = {}
        for line in document.journal:
            sums[line.subsidiary] = sums.get(line.subsidiary, 0) + line.amount
        if any(sums.values()):
            raise user_error(UNBALANCED, "line")
