"""Applications: which payment or credit memo settles how much of which invoice.

Open amounts follow from them alone: an invoice's is its total minus what is applied to it, a
payer's is its total minus what it applied. Base values are kept per application, so that the
parts of a document always add up to its whole, whatever was applied and unapplied in between.
"""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from dataclasses import dataclass

from ..errors import user_error
from .books import Books
from .posting import INVOICE, Applied, Settled
from .values import round_half_up, rounding_unit

OVER_APPLIED = "The amount applied cannot exceed the amount due on the transaction."
PAYER_EXCEEDED = "The total of the amounts applied cannot exceed the amount of the transaction."


@dataclass(frozen=True)
class Application:
    """One link row; amounts in 1/SCALE."""

    id: int
    target: int
    line: int
    payer: int
    payer_line: int
    amount: int
    released: int
    own: int
    date: str


@dataclass(frozen=True)
class Open:
    """What is left of a document and its whole, in transaction and base currency, in 1/SCALE."""

    amount: int
    base: int
    total: int
    total_base: int


_COLUMNS = (
    "id, previousdoc, previousline, nextdoc, nextline, foreignamount, previousbase, nextbase,"
    " applydate"
)


class Applications:
    """The link rows of the books."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def of_payer(self, payer: int) -> list[Application]:
        """Return what a payment or credit memo is applied to, in order of applying."""
        return self._where("nextdoc = ?", payer)

    def of_target(self, target: int) -> list[Application]:
        """Return what is applied to an invoice, in order of applying."""
        return self._where("previousdoc = ?", target)

    def of(self, document: int) -> list[Application]:
        """Return all applications of a document, in whichever role."""
        return self._where("previousdoc = ? OR nextdoc = ?", document, document)

    def between(self, payer: int, target: int) -> Application | None:
        """Return the application of a payer to a document, if there is one."""
        rows = self._where("nextdoc = ? AND previousdoc = ?", payer, target)
        return rows[0] if rows else None

    def _where(self, condition: str, *values: int) -> list[Application]:
        rows = self.books.con.execute(
            f"SELECT {_COLUMNS} FROM _application WHERE {condition} ORDER BY id", values
        )
        return [Application(*row) for row in rows]

    def applied(self, payer: int) -> Applied:
        """Return the sums that the posting rules of a payer need, per customer."""
        rows = self.books.con.execute(
            "SELECT t.entity, SUM(a.foreignamount), SUM(a.previousbase), SUM(a.nextbase)"
            ' FROM _application a JOIN "transaction" t ON t.id = a.previousdoc'
            " WHERE a.nextdoc = ? GROUP BY t.entity ORDER BY MIN(a.id)",
            [payer],
        ).fetchall()
        settled = tuple(Settled(entity, amount, released) for entity, amount, released, _ in rows)
        return Applied(settled, sum(row[3] for row in rows))

    def open(self, document: int) -> Open:
        """Return what is left of a document, positive as its total was typed."""
        row = self.books.needed(
            'SELECT type, foreigntotal, total, currency, subsidiary FROM "transaction"'
            " WHERE id = ?",
            document,
        )
        kind, total, base = row[:3]
        if kind == INVOICE:
            sums = "SUM(foreignamount), SUM(previousbase) FROM _application WHERE previousdoc = ?"
        else:
            total, base = abs(total), abs(base)
            sums = "SUM(foreignamount), SUM(nextbase) FROM _application WHERE nextdoc = ?"
        amount, value = self.books.needed(f"SELECT {sums}", document)
        return Open(total - (amount or 0), base - (value or 0), total, base)

    def add(self, payer: int, target: int, amount: int, date: str) -> None:
        """Apply an amount (1/SCALE, positive) of a payer to a document, on top of what is there.

        :raises BookError: when either side has less left.
        """
        present = self.between(payer, target)
        if present is not None:
            self.remove(present)
            amount, date = amount + present.amount, present.date
        due, left = self.open(target), self.open(payer)
        if amount > due.amount:
            raise user_error(OVER_APPLIED, "apply")
        if amount > left.amount:
            raise user_error(PAYER_EXCEEDED, "apply")
        unit = self._base_unit(target)
        self.books.insert(
            "_application",
            {
                "id": self.books.next_id("application"),
                "previousdoc": target,
                "previousline": 0,
                "nextdoc": payer,
                "nextline": self._receivable_line(payer),
                "linktype": "Payment",
                "foreignamount": amount,
                "previousbase": self._share(due, amount, unit),
                "nextbase": self._share(left, amount, unit),
                "applydate": date,
            },
        )

    def remove(self, application: Application) -> None:
        """Take an application away; NetSuite keeps no trace of it."""
        self.books.con.execute("DELETE FROM _application WHERE id = ?", [application.id])

    def rebase(self, document: int) -> list[int]:
        """Compute the base values of a document's applications anew, after its total changed.

        :returns: the documents on the other side.
        """
        present = self.of(document)
        for application in present:
            self.remove(application)
        for application in present:
            self.add(application.payer, application.target, application.amount, application.date)
        sides = {side for item in present for side in (item.payer, item.target)}
        return sorted(sides - {document})

    def _base_unit(self, document: int) -> int:
        subsidiary = self.books.scalar(
            'SELECT subsidiary FROM "transaction" WHERE id = ?', document
        )
        return rounding_unit(self.books.precision(self.books.base_currency(subsidiary)))

    def _receivable_line(self, payer: int) -> int:
        kind = self.books.scalar('SELECT type FROM "transaction" WHERE id = ?', payer)
        return 1 if kind == "CustPymt" else 0

    def _share(self, left: Open, amount: int, unit: int) -> int:
        """Return the base value of a part of what is left; the last part takes all the rest."""
        if amount == left.amount:
            return left.base
        if self.books.switches.open_base_rounding == "left":
            rest = left.amount - amount
            return left.base - round_half_up(left.total_base * rest, left.total * unit) * unit
        return round_half_up(left.base * amount, left.amount * unit) * unit
