"""Lines of journals as rows: read back, and with what is open of each."""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from typing import Any

from .applications import Applications, Item
from .books import Books
from .document import JournalLine
from .values import rounding_unit

_DUE = ("foreignamountpaid", "foreignamountunpaid")
_UNUSED = ("foreignpaymentamountused", "foreignpaymentamountunused")
# The accounting lines' columns in base currency, by the line's in the journal's.
_BASE = {
    _DUE: ("amountpaid", "amountunpaid"),
    _UNUSED: ("paymentamountused", "paymentamountunused"),
}


def is_open_item(books: Books, account: int, entity: int | None) -> bool:
    """Whether a journal's line on an account with that name is settled by itself."""
    found = books.one(
        "SELECT 1 FROM account a JOIN _customer c ON c.id = ? WHERE a.id = ? AND a.accttype = ?",
        books.customer_of(entity),
        account,
        "AcctRec",
    )
    return found is not None


def base_unit(books: Books, subsidiary: int) -> int:
    """Return the smallest amount of a subsidiary's base currency, in 1/SCALE."""
    return rounding_unit(books.precision(books.base_currency(subsidiary)))


def journal_line(books: Books, row: dict[str, Any]) -> JournalLine:
    """Return a line of a journal from its row, with account and rate of its accounting line."""
    return JournalLine(
        id=row["id"],
        account=row["account"],
        amount=row["foreignamount"],
        entity=row["entity"],
        subsidiary=row["subsidiary"],
        rate=row["exchangerate"],
        unit=base_unit(books, row["subsidiary"]),
        memo=row["memo"],
        department=row["department"],
        location=row["location"],
        classification=row["class"],
        is_open_item=is_open_item(books, row["account"], row["entity"]),
    )


def refresh_journal(
    books: Books, applications: Applications, journal: int, moment: str | None
) -> None:
    """Compute the status of a journal, and the open amounts of its A/R lines of customers.

    :param moment: lastmodifieddate to write, None to leave it.
    """
    voided, posting = books.needed(
        'SELECT voided, posting FROM "transaction" WHERE id = ?', journal
    )
    changed: dict[str, Any] = {"status": "B" if posting == "T" else "A"}
    if voided == "T":
        changed["status"] = "V"
    if moment is not None:
        changed["lastmodifieddate"] = moment
    books.change("transaction", "id", journal, changed)
    if voided == "T":
        _zero(books, journal)
        return
    rows = books.con.execute(
        "SELECT l.id, a.account, l.entity, l.foreignamount FROM transactionline l"
        ' JOIN transactionaccountingline a ON a."transaction" = l."transaction"'
        ' AND a.transactionline = l.id WHERE l."transaction" = ?',
        [journal],
    ).fetchall()
    for line, account, entity, amount in rows:
        if posting == "T" and amount and is_open_item(books, account, entity):
            _write_open(books, applications, Item(journal, line), amount)


def _write_open(books: Books, applications: Applications, item: Item, amount: int) -> None:
    left = applications.open(item)
    names = _DUE if amount > 0 else _UNUSED
    for table, key, columns, values in (
        ("transactionline", "id", names, (left.total - left.amount, left.amount)),
        (
            "transactionaccountingline",
            "transactionline",
            _BASE[names],
            (left.total_base - left.base, left.base),
        ),
    ):
        books.con.execute(
            f"UPDATE {table} SET {columns[0]} = ?, {columns[1]} = ?"
            f' WHERE "transaction" = ? AND {key} = ?',
            [*values, *item],
        )


def _zero(books: Books, journal: int) -> None:
    """Leave nothing open of a voided journal, on whichever lines something was."""
    for names, base in _BASE.items():
        for table, columns in (("transactionline", names), ("transactionaccountingline", base)):
            books.con.execute(
                f"UPDATE {table} SET {columns[0]} = 0, {columns[1]} = 0"
                f' WHERE "transaction" = ? AND {columns[0]} IS NOT NULL',
                [journal],
            )
