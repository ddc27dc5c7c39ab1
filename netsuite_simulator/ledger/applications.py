"""Applications: which payment or credit settles how much of which invoice.

Open amounts follow from them alone: an invoice's is its total minus what is applied to it, a
credit's is its total minus what it applied and what refunds paid out of it. Base values are kept
per application, so that the parts of a document always add up to its whole, whatever was applied
and unapplied in between.

A deposit is used through its deposit applications: each has one link of the type DepAppl to its
deposit, which holds the sum of what it applies.
"""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import missing_values, user_error
from .books import CUSTOMER_OF, Books
from .kinds import (
    DEBITS,
    DEPOSIT,
    DEPOSIT_APPLICATION,
    FOLLOWERS,
    ITEM_LINE,
    JOURNAL,
    REFUND,
    REFUND_CREDITS_LINE,
    REFUND_DEPOSITS_LINE,
    REVALUATION,
)
from .posting import Applied, Settled
from .values import round_half_up, rounding_unit, times

OVER_APPLIED = "The amount applied cannot exceed the amount due on the transaction."
PAYER_EXCEEDED = "The total of the amounts applied cannot exceed the amount of the transaction."


class Item(NamedTuple):
    """What is settled, or settles: a document and the line of it that links name."""

    document: int
    line: int


@dataclass(frozen=True)
class Application:
    """One link row; amounts in 1/SCALE.

    :param amount: what it settles, the discount that was taken included.
    :param own: base value of what the payer gave for it, the discount not included.
    """

    id: int
    target: int
    line: int
    payer: int
    payer_line: int
    amount: int
    released: int
    own: int
    date: str
    discount: int = 0
    discount_base: int = 0

    @property
    def money(self) -> int:
        """What the payer gave for it."""
        return self.amount - self.discount

    @property
    def target_item(self) -> Item:
        """What is settled."""
        return Item(self.target, self.line)


@dataclass(frozen=True)
class Open:
    """What is left of an item and its whole, in transaction and base currency, in 1/SCALE."""

    amount: int
    base: int
    total: int
    total_base: int


_COLUMNS = (
    "id, previousdoc, previousline, nextdoc, nextline, amount, previousbase, nextbase,"
    " applydate, discount, discountbase"
)
# Link types of refunds, of credits and of deposits, by the switch.
_REFUND_LINKS = {
    "Payment": ("Payment", "Payment"),
    "Refund": ("Refund", "DepRfnd"),
    "DepRfnd": ("Payment", "DepRfnd"),
}
# Of bank deposits, likewise; a link without a type is not shown.
_DEPOSIT_LINKS = {"Deposit": "Deposit", "Payment": "Payment", "none": ""}
# Takes amounts off the link between a deposit and one of its applications.
_DRAW_LESS = """
UPDATE _application SET amount = amount - :amount, foreignamount = amount - :amount,
    previousbase = previousbase - :base, nextbase = nextbase - :base, lastmodifieddate = :moment
WHERE nextdoc = :payer AND kind = 'DepAppl'
"""


class Applications:
    """The link rows of the books."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def item(self, document: int, line: int | None = None, credit: bool = False) -> Item:
        """Return a document as an item, with the line that its links name.

        :param line: of journals the line that is meant; not needed when only one can be.
        :param credit: whether a journal's credit is meant instead of a debit.
        """
        kind = self.books.scalar('SELECT type FROM "transaction" WHERE id = ?', document)
        if kind != JOURNAL:
            return Item(document, ITEM_LINE.get(kind, 0))
        if line is None:
            line = self._only_line(document, credit)
        return Item(document, line)

    def _only_line(self, journal: int, credit: bool) -> int:
        rows = self.books.con.execute(
            'SELECT id FROM transactionline WHERE "transaction" = ?'
            f" AND {'foreignpaymentamountunused' if credit else 'foreignamountunpaid'} IS NOT NULL",
            [journal],
        ).fetchall()
        if len(rows) != 1:
            raise missing_values("Line")
        return int(rows[0][0])

    def of_payer(self, payer: int) -> list[Application]:
        """Return what a payer is applied to, in order of applying."""
        return self._where("nextdoc = ?", payer)

    def of_target(self, target: int) -> list[Application]:
        """Return what is applied to a document, in order of applying."""
        return self._where("previousdoc = ?", target)

    def of(self, document: int) -> list[Application]:
        """Return all applications of a document, in whichever role, a deposit's included."""
        return self._where(
            "(previousdoc = ? OR nextdoc = ? OR nextdoc IN (SELECT d.nextdoc FROM _application d"
            " WHERE d.previousdoc = ? AND d.kind = 'DepAppl'))",
            document,
            document,
            document,
        )

    def is_used(self, document: int) -> bool:
        """Whether anything is applied to a document, or drawn from it."""
        return (
            self.books.one("SELECT 1 FROM _application WHERE previousdoc = ?", document) is not None
        )

    def is_refunded(self, document: int) -> bool:
        """Whether a refund paid out a part of a document."""
        found = self.books.one(
            'SELECT 1 FROM _application a JOIN "transaction" t ON t.id = a.nextdoc'
            " AND t.type = 'CustRfnd' WHERE a.previousdoc = ?",
            document,
        )
        return found is not None

    def deposits_of(self, payers: list[int]) -> list[int]:
        """Return the deposits that deposit applications draw on."""
        marks = ", ".join("?" * len(payers))
        rows = self.books.con.execute(
            f"SELECT DISTINCT createdfrom FROM transactionline l"
            ' JOIN "transaction" t ON t.id = l."transaction" AND t.type = \'DepAppl\''
            f' WHERE l."transaction" IN ({marks}) AND l.id = 0 AND createdfrom IS NOT NULL',
            payers,
        )
        return [row[0] for row in rows]

    def of_line(self, item: Item) -> list[Application]:
        """Return all applications of one line of a journal."""
        return [
            found
            for found in self.of(item.document)
            if item in (found.target_item, (found.payer, found.payer_line))
        ]

    def between(
        self, payer: int, target: Item, payer_line: int | None = None
    ) -> Application | None:
        """Return the application of a payer, a journal's line of it, to an item, if any."""
        rows = self._where("nextdoc = ? AND previousdoc = ? AND previousline = ?", payer, *target)
        found = [row for row in rows if payer_line in (None, row.payer_line)]
        return found[0] if found else None

    def _where(self, condition: str, *values: int) -> list[Application]:
        rows = self.books.con.execute(
            f"SELECT {_COLUMNS} FROM _application WHERE {condition} AND kind = 'Payment'"
            " ORDER BY id",
            values,
        )
        return [Application(*row) for row in rows]

    def applied(self, payer: int) -> Applied:
        """Return the sums that the posting rules of a payer need, per line and customer."""
        rows = self.books.con.execute(
            f"SELECT a.nextline, {CUSTOMER_OF.format('l.entity')} AS customer, SUM(a.amount),"
            " SUM(a.previousbase), SUM(a.nextbase), SUM(a.discount), SUM(a.discountbase)"
            " FROM _application a JOIN transactionline l"
            ' ON l."transaction" = a.previousdoc AND l.id = a.previousline'
            " WHERE a.nextdoc = ? AND a.kind = 'Payment'"
            " GROUP BY a.nextline, customer ORDER BY MIN(a.id)",
            [payer],
        ).fetchall()
        return Applied(
            tuple(
                Settled(entity, amount, released, line, own, discount, discount_base)
                for line, entity, amount, released, own, discount, discount_base in rows
            )
        )

    def open(self, item: Item) -> Open:
        """Return what is left of an item, positive as its total was typed."""
        kind, total, base = self.books.needed(
            'SELECT type, foreigntotal, total FROM "transaction" WHERE id = ?', item.document
        )
        if kind not in DEBITS:
            total, base = abs(total), abs(base)
        if kind in (*FOLLOWERS, REVALUATION):
            return Open(0, 0, total, base)
        if kind == JOURNAL:
            return self._open_line(item)
        amount, value = self.books.needed(
            "SELECT SUM(CASE WHEN previousdoc = ?1 THEN amount ELSE amount - discount END),"
            " SUM(CASE WHEN previousdoc = ?1 THEN previousbase ELSE nextbase END)"
            " FROM _application WHERE previousdoc = ?1 OR nextdoc = ?1",
            item.document,
        )
        return Open(total - (amount or 0), base - (value or 0), total, base)

    def _open_line(self, item: Item) -> Open:
        row = self.books.one(
            "SELECT l.foreignamount, a.exchangerate, l.subsidiary FROM transactionline l"
            ' JOIN transactionaccountingline a ON a."transaction" = l."transaction"'
            " AND a.transactionline = l.id AND a.posting = 'T'"
            ' WHERE l."transaction" = ? AND l.id = ?',
            *item,
        )
        if row is None:
            return Open(0, 0, 0, 0)
        unit = rounding_unit(self.books.precision(self.books.base_currency(row[2])))
        total = abs(row[0])
        base = times(total, row[1], unit)
        amount, value = self.books.needed(
            "SELECT SUM(amount), SUM(CASE WHEN previousdoc = ?1 THEN previousbase"
            " ELSE nextbase END) FROM _application"
            " WHERE (previousdoc = ?1 AND previousline = ?2) OR (nextdoc = ?1 AND nextline = ?2)",
            *item,
        )
        return Open(total - (amount or 0), base - (value or 0), total, base)

    def available(self, payer: int, line: int | None = None) -> Open | None:
        """Return what a payer may still apply; None for a refund, which pays out what it must.

        :param line: the credit line of a journal.
        """
        kind = self.books.scalar('SELECT type FROM "transaction" WHERE id = ?', payer)
        if kind == REFUND:
            return None
        if kind == DEPOSIT_APPLICATION:
            return self.open(self.item(self.deposits_of([payer])[0]))
        return self.open(self.item(payer, line, credit=True))

    def add(
        self,
        payer: int,
        target: Item,
        amount: int,
        date: str,
        payer_line: int | None = None,
        discount: int = 0,
    ) -> None:
        """Apply an amount (1/SCALE, positive) of a payer to an item, on top of what is there.

        :param payer_line: the credit line of a journal that pays.
        :param discount: how much of the amount is a discount that the customer took.
        :raise BookError: when either side has less left.
        """
        present = self.between(payer, target, payer_line)
        if present is not None:
            self.remove(present)
            amount, date = amount + present.amount, present.date
            discount += present.discount
        money = amount - discount
        due, left = self.open(target), self.available(payer, payer_line)
        if amount > due.amount:
            raise user_error(OVER_APPLIED, "apply")
        if left is not None and money > left.amount:
            raise user_error(PAYER_EXCEEDED, "apply")
        line = self._payer_line(payer, target, payer_line)
        unit = self._base_unit(payer, line)
        own = (
            self._own_value(payer, money, unit) if left is None else self._share(left, money, unit)
        )
        self._insert(
            target,
            Item(payer, line),
            "Payment",
            (amount, self._share(due, amount, unit), own),
            date,
            (discount, self._own_value(payer, discount, unit)),
        )
        self._draw(payer, amount, own, date)

    def _insert(
        self,
        target: Item,
        payer: Item,
        kind: str,
        amounts: tuple[int, int, int],
        date: str,
        discounts: tuple[int, int] = (0, 0),
    ) -> None:
        self.books.insert(
            "_application",
            {
                "id": self.books.next_id("application"),
                "previousdoc": target.document,
                "previousline": target.line,
                "nextdoc": payer.document,
                "nextline": payer.line,
                "kind": kind,
                **dict(zip(("amount", "previousbase", "nextbase"), amounts, strict=True)),
                "applydate": date,
                "discount": discounts[0],
                "discountbase": discounts[1],
                "linktype": kind,
                "foreignamount": amounts[0],
                "lastmodifieddate": self.books.stamp(),
            },
        )
        self.show("nextdoc = ? AND previousdoc = ?", payer.document, target.document)

    def show(self, condition: str = "1", *values: int) -> None:
        """Write what link rows show, as the switches say, of those that meet a condition.

        Links that show nothing, as old ones do, go on doing so.
        """
        switches = self.books.switches
        taken = "amount - discount" if switches.discount_in_links == "left_out" else "amount"
        credit, deposit = _REFUND_LINKS[switches.refund_links]
        banked = _DEPOSIT_LINKS[switches.deposit_links]
        self.books.con.execute(
            "UPDATE _application SET"
            " foreignamount = CASE WHEN kind = 'Deposit' OR foreignamount = 0 THEN foreignamount"
            f" ELSE {taken} END,"
            f" linktype = CASE WHEN kind = 'Deposit' THEN '{banked}'"
            " WHEN kind <> 'Payment' THEN kind"
            " WHEN (SELECT type FROM \"transaction\" WHERE id = nextdoc) <> 'CustRfnd'"
            " THEN 'Payment' WHEN (SELECT type FROM \"transaction\" WHERE id = previousdoc)"
            f" = 'CustDep' THEN '{deposit}' ELSE '{credit}' END WHERE {condition}",
            values,
        )

    def empty(self, payer: int, target: int | None) -> None:
        """Let links show no amount, as links of some old transactions do."""
        self.books.con.execute(
            "UPDATE _application SET foreignamount = 0"
            " WHERE nextdoc = ?1 AND previousdoc = COALESCE(?2, previousdoc)",
            [payer, target],
        )

    def _draw(self, payer: int, amount: int, base: int, date: str) -> None:
        """Let a deposit application take what it applies out of its deposit."""
        taken = self.books.con.execute(
            _DRAW_LESS,
            {"payer": payer, "amount": -amount, "base": -base, "moment": self.books.stamp()},
        )
        if taken.rowcount:
            return
        for deposit in self.deposits_of([payer]):
            self._insert(self.item(deposit), Item(payer, 1), "DepAppl", (amount, base, base), date)

    def remove(self, application: Application) -> None:
        """Take an application away; NetSuite keeps no trace of it."""
        con = self.books.con
        con.execute("DELETE FROM _application WHERE id = ?", [application.id])
        con.execute(
            _DRAW_LESS,
            {
                "payer": application.payer,
                "amount": application.amount,
                "base": application.own,
                "moment": self.books.stamp(),
            },
        )
        con.execute(
            "DELETE FROM _application WHERE nextdoc = ? AND kind = 'DepAppl' AND amount = 0",
            [application.payer],
        )

    def rebase(self, document: int) -> list[int]:
        """Compute the base values of a document's applications anew, after its total changed.

        :return: the documents on the other side.
        """
        present = self.of(document)
        for application in present:
            self.remove(application)
        for item in present:
            self.add(
                item.payer,
                item.target_item,
                item.amount,
                item.date,
                item.payer_line,
                item.discount,
            )
        sides = {side for item in present for side in (item.payer, item.target)}
        sides.update(self.deposits_of([item.payer for item in present]))
        return sorted(sides - {document})

    def _base_unit(self, document: int, line: int) -> int:
        subsidiary = self.books.scalar(
            "SELECT CASE t.type WHEN 'Journal' THEN l.subsidiary ELSE t.subsidiary END"
            ' FROM "transaction" t LEFT JOIN transactionline l'
            ' ON l."transaction" = t.id AND l.id = ? WHERE t.id = ?',
            line,
            document,
        )
        return rounding_unit(self.books.precision(self.books.base_currency(subsidiary)))

    def _own_value(self, payer: int, amount: int, unit: int) -> int:
        rate = self.books.scalar('SELECT exchangerate FROM "transaction" WHERE id = ?', payer)
        return times(amount, rate, unit)

    def _payer_line(self, payer: int, target: Item, line: int | None) -> int:
        kinds: dict[int, Any] = dict(
            self.books.con.execute(
                'SELECT id, type FROM "transaction" WHERE id IN (?, ?)', [payer, target.document]
            ).fetchall()
        )
        if kinds[payer] == REFUND:
            is_deposit = kinds[target.document] == DEPOSIT
            return REFUND_DEPOSITS_LINE if is_deposit else REFUND_CREDITS_LINE
        if kinds[payer] == JOURNAL and line is not None:
            return line
        return ITEM_LINE.get(kinds[payer], 0)

    def _share(self, left: Open, amount: int, unit: int) -> int:
        """Return the base value of a part of what is left; the last part takes all the rest."""
        if amount == left.amount:
            return left.base
        if self.books.switches.open_base_rounding == "left":
            rest = left.amount - amount
            return left.base - round_half_up(left.total_base * rest, left.total * unit) * unit
        return round_half_up(left.base * amount, left.amount * unit) * unit
