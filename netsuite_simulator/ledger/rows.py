"""Writing documents into the transaction tables, and reading them back."""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import nonexistent
from ..schema import TABLES
from .applications import Applications
from .books import Books
from .document import MAIN_LINE, Document, Instalment, JournalLine, Line, TaxLine
from .journal_rows import journal_line, refresh_journal
from .kinds import (
    BANK_DEPOSIT,
    BILLS,
    DEBITS,
    DEPOSIT,
    DEPOSIT_APPLICATION,
    DISCOUNTS,
    FOLLOWERS,
    JOURNAL,
    PAYMENT,
    RECEIPTS,
    REFUND,
    REVALUATION,
    negative_types,
)
from .posting import RULES, Posting, Rounding, base_total
from .record_shapes import RecordType
from .values import rounding_unit

_HEADER = tuple(TABLES["transaction"])
_LINE = tuple(TABLES["transactionline"])
_ACCOUNTING = tuple(TABLES["transactionaccountingline"])


def _insert(table: str, columns: tuple[str, ...], verb: str = "INSERT") -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join(f":{column}" for column in columns)
    return f'{verb} INTO "{table}" ({names}) VALUES ({marks})'


INSERT_HEADER = _insert("transaction", _HEADER, "INSERT OR REPLACE")
INSERT_LINE = _insert("transactionline", _LINE)
INSERT_ACCOUNTING = _insert("transactionaccountingline", _ACCOUNTING)
_NO_HEADER = dict.fromkeys(_HEADER)
_NO_LINE = dict.fromkeys(_LINE) | {"iscogs": "F", "isclosed": "F"}
_NO_ACCOUNTING = dict.fromkeys(_ACCOUNTING) | {"accountingbook": 1, "posting": "T"}

_LOAD_LINES = """
SELECT l.id, l.transactionlinetype, l.item, l.itemtype, l.quantity, l.rate, l.foreignamount, l.memo,
    l.department, l.location, l.class, l.uniquekey, l.createdfrom, a.account, x.taxcode, l.entity,
    l.subsidiary, a.exchangerate, l.duedate
FROM transactionline l
JOIN transactionaccountingline a ON a."transaction" = l."transaction" AND a.transactionline = l.id
LEFT JOIN _linetax x ON x."transaction" = l."transaction" AND x.line = l.id
WHERE l."transaction" = ? ORDER BY l.linesequencenumber
"""


class Rows:
    """The rows of transactions, their lines and their accounting lines."""

    def __init__(
        self, books: Books, applications: Applications, special_account: Callable[[str], int]
    ) -> None:
        self.books = books
        self.applications = applications
        self._special_account = special_account

    def rounding(self, document: Document, takes_discounts: bool = False) -> Rounding:
        """Return the rounding of a document's subsidiary, and the accounts that it needs."""
        books = self.books
        unit = rounding_unit(books.precision(books.base_currency(document.subsidiary)))
        deposits = 0
        if document.type in (DEPOSIT, *FOLLOWERS):
            deposits = self._special_account("CustDep")
        discounts = self._special_account(DISCOUNTS) if takes_discounts else 0
        return Rounding(unit, self._special_account("FxGain"), deposits, discounts)

    def post(self, document: Document, is_new: bool = False) -> None:
        """Write a document with all lines, as its applications stand."""
        applied = self.applications.applied(document.id)
        rounding = self.rounding(document, bool(applied.discount))
        if document.type in FOLLOWERS:
            document.payment = applied.amount
        if document.type == DEPOSIT_APPLICATION:
            document.header["exchangerate"] = self.books.scalar(
                'SELECT exchangerate FROM "transaction" WHERE id = ?', document.created_from
            )
        postings = RULES[document.type](document, applied, rounding)
        self.write(document, postings, base_total(document, applied, rounding), is_new)

    def write(
        self, document: Document, postings: list[Posting], base: int, is_new: bool = False
    ) -> None:
        """Write a document with these lines.

        :param base: its total in base currency, positive as typed.
        """
        con = self.books.con
        keys: dict[int, int] = {}
        if not is_new:
            keys = dict(
                con.execute(
                    'SELECT id, uniquekey FROM transactionline WHERE "transaction" = ?',
                    [document.id],
                ).fetchall()
            )
            self.remove_lines(document.id)
        self._write_header(document, base)
        added = sum(posting.line not in keys for posting in postings)
        fresh = self.books.next_id("linekey", added) if added else 0
        lines, accounting = [], []
        for sequence, posting in enumerate(postings):
            key = keys.get(posting.line)
            if key is None:
                key, fresh = fresh, fresh + 1
            lines.append(self.line_row(document, posting, sequence, key))
            accounting.append(accounting_row(document, posting))
        con.executemany(INSERT_LINE, lines)
        con.executemany(INSERT_ACCOUNTING, accounting)
        taxed = [
            (document.id, line.id, line.tax_code)
            for line in document.lines
            if line.tax_code is not None
        ]
        if taxed:
            con.executemany("INSERT INTO _linetax VALUES (?, ?, ?)", taxed)
        self.refresh(document.id)

    def remove_lines(self, transaction: int) -> None:
        """Remove all lines of a transaction."""
        for table in ("transactionline", "transactionaccountingline", "_linetax"):
            self.books.con.execute(f'DELETE FROM {table} WHERE "transaction" = ?', [transaction])

    def _write_header(self, document: Document, base: int) -> None:
        sign = 1
        if document.type in negative_types(self.books.switches.foreigntotal_sign):
            sign = -1
        header = document.header
        undated = self.books.switches.undated_before
        if header["lastmodifieddate"] and header["lastmodifieddate"] < undated:
            header["lastmodifieddate"] = None
        header["subsidiary"] = document.subsidiary
        header["paymentoption"] = header.get("paymentmethod")
        header["foreigntotal"] = sign * document.total
        header["total"] = sign * base
        self.books.con.execute(INSERT_HEADER, header_row(document))

    def line_row(
        self, document: Document, posting: Posting, sequence: int, key: int
    ) -> dict[str, Any]:
        """Return the transactionline row of a posting; `sequence` counts from the main line."""
        foreign = posting.foreign
        main = posting.line == MAIN_LINE
        if document.type == JOURNAL:
            main = sequence == 0 and self.books.switches.journal_mainline == "first"
        elif document.instalments and posting.kind == "RECEIVABLE":
            main = main or self.books.switches.instalment_mainline == "all"
        row = {
            **_NO_LINE,
            "transaction": document.id,
            "id": posting.line,
            "linesequencenumber": sequence,
            "uniquekey": key,
            "mainline": "T" if main else "F",
            "taxline": "T" if posting.kind == "TAX" else "F",
            "item": posting.item,
            "rate": posting.rate,
            "foreignamount": foreign,
            "netamount": posting.base,
            "creditforeignamount": -foreign if foreign < 0 else None,
            "debitforeignamount": foreign if foreign > 0 else None,
            "expenseaccount": posting.account,
            "entity": posting.entity,
            "subsidiary": posting.subsidiary or document.subsidiary,
            "department": document.department,
            "class": document.classification,
            "location": document.location,
            "memo": posting.memo,
            "createdfrom": document.created_from,
            "transactionlinetype": posting.kind,
            "linelastmodifieddate": document.header["lastmodifieddate"],
            "duedate": posting.due,
        }
        if main and document.type != JOURNAL:
            row["memo"] = document.header.get("memo")
        if posting.entered is not None:
            row.update(self._entered_columns(document, posting.entered))
        if posting.journal is not None:
            row.update(_own_segments(posting.journal))
        return row

    def _entered_columns(self, document: Document, entered: Line) -> dict[str, Any]:
        quantity = entered.quantity
        by_ledger = self.books.switches.line_quantity_sign == "ledger"
        if quantity is not None and by_ledger and document.type in DEBITS:
            quantity = -quantity
        return {
            "itemtype": entered.item_type,
            "quantity": quantity,
            "rate": entered.rate,
            "rateamount": entered.rate,
            **_own_segments(entered),
        }

    def refresh(self, transaction: int, moment: str | None = None) -> None:
        """Compute the open amounts and the status of a transaction from its applications.

        :param moment: lastmodifieddate to write, None to leave it.
        """
        books = self.books
        row = books.needed(
            'SELECT type, foreigntotal, total, voided, trandate FROM "transaction" WHERE id = ?',
            transaction,
        )
        kind, total, base, voided, trandate = row
        if kind == JOURNAL:
            refresh_journal(books, self.applications, transaction, moment)
            return
        if kind in (REVALUATION, BANK_DEPOSIT):
            return
        if kind not in DEBITS:
            total, base = abs(total), abs(base)
        left = self.applications.open(self.applications.item(transaction))
        used = total - left.amount, left.amount
        used_base = base - left.base, left.base
        closed_on = None
        if left.amount == 0:
            closed_on = trandate
            if used[0]:
                closed_on = books.scalar(
                    "SELECT MAX(applydate) FROM _application"
                    " WHERE (previousdoc = ? OR nextdoc = ?) AND kind <> 'Deposit'",
                    transaction,
                    transaction,
                )
        changed: dict[str, Any] = {
            "status": "V" if voided == "T" else self._status(kind, transaction, left.amount),
            "closedate": closed_on,
        }
        if moment is not None:
            changed["lastmodifieddate"] = moment
        names = "foreignamountpaid", "foreignamountunpaid"
        if kind not in DEBITS:
            names = "foreignpaymentamountused", "foreignpaymentamountunused"
        changed.update(zip(names, used, strict=True))
        books.change("transaction", "id", transaction, changed)
        books.con.execute(
            f"UPDATE transactionline SET {names[0]} = ?, {names[1]} = ?"
            ' WHERE "transaction" = ? AND id = 0',
            [*used, transaction],
        )
        self._write_base_open(transaction, kind, used_base)
        if kind in DEBITS:
            self._share_out(transaction, used[0], used_base[0])

    def _share_out(self, transaction: int, paid: int, paid_base: int) -> None:
        """Share what is paid of an invoice out to its instalments, the earliest first."""
        parts = self.books.con.execute(
            "SELECT l.id, l.foreignamount, a.netamount FROM transactionline l"
            ' JOIN transactionaccountingline a ON a."transaction" = l."transaction"'
            ' AND a.transactionline = l.id WHERE l."transaction" = ?'
            " AND l.transactionlinetype = 'RECEIVABLE' ORDER BY l.duedate, l.id",
            [transaction],
        ).fetchall()
        if len(parts) < 2:
            return
        shares = []
        for line, amount, base in parts:
            part = min(paid, amount)
            # A part that is paid in full takes its whole base value; the last one what is left.
            value = base if part == amount else paid_base
            if line == parts[-1][0]:
                part, value = paid, paid_base
            shares.append((line, part, amount - part, value, base - value))
            paid, paid_base = paid - part, paid_base - value
        for line, *used in shares:
            for table, key, names, values in (
                ("transactionline", "id", ("foreignamountpaid", "foreignamountunpaid"), used[:2]),
                (
                    "transactionaccountingline",
                    "transactionline",
                    ("amountpaid", "amountunpaid"),
                    used[2:],
                ),
            ):
                self.books.con.execute(
                    f"UPDATE {table} SET {names[0]} = ?, {names[1]} = ?"
                    f' WHERE "transaction" = ? AND {key} = ?',
                    [*values, transaction, line],
                )

    def _write_base_open(self, transaction: int, kind: str, used: tuple[int, int]) -> None:
        names = ("amountpaid", "amountunpaid")
        line = MAIN_LINE
        if kind not in DEBITS:
            names = ("paymentamountused", "paymentamountunused")
            if kind in RECEIPTS and self.books.switches.payment_amounts_line == "receivable":
                line = 1
        self.books.con.execute(
            f"UPDATE transactionaccountingline SET {names[0]} = ?, {names[1]} = ?"
            ' WHERE "transaction" = ? AND transactionline = ?',
            [*used, transaction, line],
        )

    def _status(self, kind: str, transaction: int, left: int) -> str:
        if kind in BILLS:
            return "A" if left else "B"
        if kind in FOLLOWERS:
            return "A" if kind == REFUND else "Y"
        if kind == DEPOSIT and not left:
            return "C"
        account_type = self.books.scalar(
            "SELECT c.accttype FROM transactionaccountingline a JOIN account c ON c.id = a.account"
            ' WHERE a."transaction" = ? AND a.transactionline = 0',
            transaction,
        )
        deposited = account_type == "Bank" or self.books.one(
            "SELECT 1 FROM _application WHERE previousdoc = ? AND kind = 'Deposit'", transaction
        )
        letters = "BC" if kind == PAYMENT else "AB"
        return letters[bool(deposited)]

    def load(self, transaction: int, kind: RecordType | None = None) -> Document:
        """Read a document back.

        :param kind: the record type that it must have.
        :raise BookError: 404 when there is none.
        """
        header = self.books.row("transaction", transaction)
        if kind is not None and header["recordtype"] != kind.name.lower():
            raise nonexistent()
        document = Document(
            id=transaction,
            type=header["type"],
            header=header,
            subsidiary=header["subsidiary"],
            receivable=0,
        )
        cursor = self.books.con.execute(_LOAD_LINES, [transaction])
        names = [column[0] for column in cursor.description]
        lines = [dict(zip(names, values, strict=True)) for values in cursor]
        if document.type == JOURNAL:
            document.next_line = 0
        for line in lines:
            _take_line(document, line)
            if line["transactionlinetype"] == "JOURNAL":
                document.journal.append(journal_line(self.books, line))
        if document.type not in BILLS:
            document.payment = abs(header["foreigntotal"])
        if len(document.instalments) < 2:
            document.instalments = []
        document.owner = self.books.customer_of(header["entity"]) or 0
        return document

    def void(self, transaction: int) -> None:
        """Turn all amounts of a transaction to zero and mark it as voided."""
        books = self.books
        moment = books.stamp()
        books.change(
            "transaction",
            "id",
            transaction,
            {
                "foreigntotal": 0,
                "total": 0,
                "void": "T",
                "voided": "T",
                "status": "V",
                "memo": "VOID",
                "lastmodifieddate": moment,
            },
        )
        books.con.execute(
            "UPDATE transactionline SET foreignamount = 0, netamount = 0, rate = 0, rateamount = 0,"
            " creditforeignamount = NULL, debitforeignamount = NULL, linelastmodifieddate = ?"
            ' WHERE "transaction" = ?',
            [moment, transaction],
        )
        books.con.execute(
            "UPDATE transactionaccountingline SET amount = 0, netamount = 0, debit = NULL,"
            ' credit = NULL WHERE "transaction" = ?',
            [transaction],
        )
        self.refresh(transaction)


def _own_segments(line: Line | JournalLine) -> dict[str, int]:
    """Return the segments that a line has of its own, instead of the document's."""
    own = {
        "department": line.department,
        "class": line.classification,
        "location": line.location,
    }
    return {column: value for column, value in own.items() if value is not None}


def header_row(document: Document) -> dict[str, Any]:
    """Return the transaction row of a document."""
    return {**_NO_HEADER, **document.header}


def accounting_row(document: Document, posting: Posting) -> dict[str, Any]:
    """Return the transactionaccountingline row of a posting."""
    base = posting.base
    return {
        **_NO_ACCOUNTING,
        "transaction": document.id,
        "transactionline": posting.line,
        "account": posting.account,
        "amount": base,
        "debit": base if base > 0 else None,
        "credit": -base if base < 0 else None,
        "netamount": base,
        "exchangerate": posting.journal.rate if posting.journal else document.rate,
        "posting": document.header["posting"],
    }


def _take_line(document: Document, row: dict[str, Any]) -> None:
    kind = row["transactionlinetype"]
    if kind == "FXVARIANCE":
        return
    document.next_line = max(document.next_line, row["id"] + 1)
    sign = -1 if document.type in DEBITS else 1
    if row["id"] == MAIN_LINE:
        document.department = row["department"]
        document.location = row["location"]
        document.classification = row["class"]
        document.created_from = row["createdfrom"]
        if kind == "PAYMENT":
            document.money_account = row["account"]
    if kind == "RECEIVABLE":
        document.receivable = row["account"]
        if document.type in DEBITS and row["duedate"] is not None:
            document.instalments.append(Instalment(row["id"], row["duedate"], row["foreignamount"]))
    elif kind == "TAX":
        document.taxes.append(
            TaxLine(
                row["id"],
                row["item"],
                row["memo"],
                row["account"],
                row["rate"],
                sign * row["foreignamount"],
            )
        )
    elif kind == "ITEM":
        document.lines.append(_entered_line(row, sign * row["foreignamount"]))


def _entered_line(row: dict[str, Any], amount: int) -> Line:
    quantity, rate = row["quantity"], row["rate"]
    if quantity is not None and rate and amount:
        # The stored sign of a quantity depends on a switch; amount and rate tell the typed one.
        quantity = abs(quantity) if (amount > 0) == (rate > 0) else -abs(quantity)
    return Line(
        id=row["id"],
        item=row["item"],
        account=row["account"],
        item_type=row["itemtype"],
        quantity=quantity,
        rate=rate,
        amount=amount,
        tax_code=row["taxcode"],
        memo=row["memo"],
        department=row["department"],
        location=row["location"],
        classification=row["class"],
        unique_key=row["uniquekey"],
    )
