"""What NetSuite itself says is open: sums per customer, and the documents behind one sum.

Invoices keep their open amount in ``foreignamountunpaid``, payments and credit memos in
``foreignpaymentamountunused``; the same amounts in the subsidiary's own currency stand on the
main line's ``transactionaccountingline`` of the primary book (docs/NETSUITE.md 4.5).
The sign of a payer's columns differs between accounts, so payers are summed as absolute amounts.
Deposits are summed apart, because they do not change what a customer owes; journals are open
line by line (`open_journals`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from ...client import dto
from ...client.errors import NetsuiteError
from ...client.suiteql import (
    Condition,
    Expression,
    Operand,
    Query,
    among,
    any_of,
    call,
    compare,
    day,
    equal,
    every,
    literal,
    missing,
    moment,
    negate,
    present,
    same,
    trusted,
    within,
)
from ...const import (
    CHARGE_TYPE,
    CUSTOM_TYPE,
    DEPOSIT_TYPE,
    JOURNAL_TYPE,
    PAYING_TYPES,
    RARE_TYPES,
    TRANSACTION_TYPES,
)
from .open_journals import journal_lines_query, journal_sum_query
from .record_source import counts
from .shape import BASE_CURRENCY, Shape, amount_on_lines, lines_with
from .transaction_types import (
    customer_of,
    of_custom_types,
    of_customers,
    of_types,
    record_type_of,
)

_PRIMARY_BOOK = 1
# What was voided by turning it to zero has nothing open; what a journal takes back still has, and
# so has that journal. So the amounts decide, and not whether NetSuite calls it void.
_COUNTING = equal("t.posting", value=True)
# NetSuite answers some aggregates with this instead of a result; narrower ones work.
_TOO_BROAD = "UNEXPECTED_ERROR"


class Rows(Protocol):
    """What reads the rows of a keyset-ordered query, all pages."""

    def rows(self, query: Query) -> Iterable[dict[str, str]]:
        """Yield rows; all values are texts, nulls are absent."""


@dataclass(frozen=True)
class Side:
    """The documents whose open amount stands in one pair of columns.

    :param record_types: NetSuite's REST names in lower case.
    :param column: open amount in the document's currency.
    :param company_column: open amount in the subsidiary's currency.
    :param paying: the documents reduce what the customer owes.
    """

    record_types: tuple[str, ...]
    column: str
    company_column: str
    paying: bool

    @property
    def name(self) -> str:
        """Return the name of the column of the open amount."""
        return self.column.rpartition(".")[2]

    def on_lines(self, shape: Shape) -> bool:
        """Tell whether the documents of this account tell their open amount on lines only."""
        return amount_on_lines(shape, self.name)

    def is_open(self, shape: Shape) -> Condition:
        """Return the condition of documents that are still open."""
        if self.on_lines(shape):
            return lines_with(self.name)
        return compare(self.column, "<>", 0)

    def amount(self, shape: Shape) -> str:
        """Return the column of the open amount; of lines, the main line's."""
        return f"ml.{self.name}" if self.on_lines(shape) else self.column

    def total(self, text: str) -> Expression:
        """Return the sum of a column, the payers' without its sign."""
        return call("SUM", call("ABS", text) if self.paying else text)


OWED = Side(
    ("invoice", CHARGE_TYPE, CUSTOM_TYPE), "t.foreignamountunpaid", "al.amountunpaid", paying=False
)
PAYING = Side(
    (*PAYING_TYPES, CUSTOM_TYPE),
    "t.foreignpaymentamountunused",
    "al.paymentamountunused",
    paying=True,
)
DEPOSITED = Side(
    (DEPOSIT_TYPE,), "t.foreignpaymentamountunused", "al.paymentamountunused", paying=True
)


@dataclass(frozen=True)
class Extent:
    """What of an account is compared.

    :param shape: what the account has.
    :param rare: those of `const.RARE_TYPES` that are read.
    """

    shape: Shape
    rare: Collection[str] = RARE_TYPES

    def types(self, side: Side) -> list[str]:
        """Return the record types of a side that are read."""
        left_out = [each for each in RARE_TYPES if each not in self.rare]
        return [each for each in side.record_types if each not in left_out]


@dataclass(frozen=True)
class OpenAmount:
    """What one customer has open in one currency and subsidiary, in NetSuite.

    :param subsidiary: internal id; 0 in an account without OneWorld.
    :param owed: open invoices and debit lines of journals, in the documents' currency.
    :param unapplied: payments, credit memos and credit lines of journals not yet applied,
        positive.
    :param deposits: deposits not yet applied or paid back, positive; `company_deposits` likewise.
    :param company_owed: as `owed`, in the subsidiary's currency; None when NetSuite has no
        accounting line that tells it.
    :param documents: number of open documents.
    """

    customer: int
    currency: int
    subsidiary: int
    owed: Decimal = Decimal(0)
    unapplied: Decimal = Decimal(0)
    company_owed: Decimal | None = Decimal(0)
    company_unapplied: Decimal | None = Decimal(0)
    documents: int = 0
    deposits: Decimal = Decimal(0)
    company_deposits: Decimal | None = Decimal(0)


@dataclass(frozen=True)
class OpenDocument:
    """One document of a customer, as NetSuite has it now.

    :param total: absolute total in the document's currency.
    :param open: open amount in the document's currency, negative for a payer.
    :param line: number of a journal's line, 0 for other documents.
    """

    record_type: str
    internal_id: int
    number: str
    date: dt.date | None
    total: Decimal
    open: Decimal
    line: int = 0


def read_open_amounts(
    client: Rows,
    *,
    shape: Shape,
    customers: Sequence[int] | None = None,
    journals: bool = True,
    rare: Collection[str] = RARE_TYPES,
) -> list[OpenAmount]:
    """Let NetSuite add up what is open, per customer, currency and subsidiary.

    :param shape: what the account has.
    :param customers: at most 1,000 internal ids; None for all customers.
    :param journals: with the lines of journals.
    :param rare: those of `const.RARE_TYPES` that are read.
    :return: one entry per customer, currency and subsidiary with anything open.
    """
    extent = Extent(shape, rare)
    found: dict[tuple[int, int, int], OpenAmount] = {}
    for side, names in (
        (OWED, ("owed", "company_owed")),
        (PAYING, ("unapplied", "company_unapplied")),
        (DEPOSITED, ("deposits", "company_deposits")),
    ):
        for row in _sums(client, side, extent, customers):
            _add(found, row, {names: ("open_amount", "company_open")})
    if journals:
        for row in client.rows(journal_sum_query(shape, customers)):
            columns = {
                ("owed", "company_owed"): ("owed", "company_owed"),
                ("unapplied", "company_unapplied"): ("unapplied", "company_unapplied"),
            }
            _add(found, row, columns)
    return list(found.values())


def _add(
    found: dict[tuple[int, int, int], OpenAmount],
    row: dict[str, str],
    columns: dict[tuple[str, str], tuple[str, str]],
) -> None:
    """Add a row of sums to what one customer has open.

    :param columns: {(amount, company amount) of `OpenAmount`: their columns in the row}.
    """
    key = (
        dto.integer(row, "customer", 0),
        dto.integer(row, "currency", BASE_CURRENCY if "currency" not in row else 0),
        dto.integer(row, "subsidiary", 0),
    )
    present_amount = found.get(key) or OpenAmount(*key)
    changes: dict[str, Decimal | None] = {}
    for (name, company_name), (column, company_column) in columns.items():
        amount = dto.decimal(row, column, Decimal(0))
        company = dto.decimal(row, company_column, None if amount else Decimal(0))
        before: Decimal | None = getattr(present_amount, company_name)
        changes[name] = getattr(present_amount, name) + amount
        changes[company_name] = None if company is None or before is None else before + company
    documents = present_amount.documents + dto.integer(row, "documents", 0)
    found[key] = replace(present_amount, documents=documents, **changes)  # type: ignore[arg-type]


def _sums(
    client: Rows, side: Side, extent: Extent, customers: Sequence[int] | None
) -> list[dict[str, str]]:
    """Return the sums of one side, the company amounts from wherever NetSuite keeps them."""
    if extent.shape.instalments and not side.paying:
        return _sums_of_all_lines(client, side, extent, customers)
    found = _sums_of_main_lines(client, side, extent, customers)
    if side.on_lines(extent.shape):
        found = _with_amounts_of_other_lines(client, side, extent, customers, found)
    if not side.paying or not any(_lacks_company_amounts(row) for row in found):
        return found
    elsewhere = {_key(row): row for row in client.rows(_other_lines_query(side, extent, customers))}
    return [_with_other_lines(row, elsewhere.get(_key(row), {})) for row in found]


def _sums_of_main_lines(
    client: Rows, side: Side, extent: Extent, customers: Sequence[int] | None
) -> list[dict[str, str]]:
    """Return the sums of one side, asked in two halves when NetSuite cannot do it at once."""
    try:
        return list(client.rows(_sum_query(side, extent, customers)))
    except NetsuiteError as error:
        if error.code != _TOO_BROAD:
            raise
    documents = client.rows(_sum_query(side, extent, customers, company=False))
    company = {
        _key(row): row for row in client.rows(_sum_query(side, extent, customers, document=False))
    }
    return [{**company.get(_key(row), {}), **row} for row in documents]


def _sums_of_all_lines(
    client: Rows, side: Side, extent: Extent, customers: Sequence[int] | None
) -> list[dict[str, str]]:
    """Return the sums of documents of which several lines can be open: their instalments.

    The header tells what is open in the document's currency, all lines together what is in the
    subsidiary's; how many of them are main lines differs.
    """
    groups, shape = _groups(extent), extent.shape
    query = _by_customer(side, extent, customers).select(**groups).where(side.is_open(shape))
    if shape.one_world:
        query = _with_main_line(query, once=True)
    query = query.group_by(*groups.values()).keyset(*groups)
    open_amount: Operand = side.total(side.column)
    documents = query
    if side.on_lines(shape):
        open_amount = side.total(f"ol.{side.name}")
        documents = query.join("transactionline", "ol", same("ol.transaction", "t.id"))
    documents = documents.select(open_amount=open_amount, documents=trusted("COUNT(DISTINCT t.id)"))
    ledger = every(same("al.transaction", "t.id"), equal("al.accountingbook", _PRIMARY_BOOK))
    company = query.join("transactionaccountingline", "al", ledger).select(
        company_open=side.total(side.company_column)
    )
    by_key = {_key(row): row for row in client.rows(company)}
    return [{**by_key.get(_key(row), {}), **row} for row in client.rows(documents)]


def _lacks_company_amounts(row: dict[str, str]) -> bool:
    """Tell whether some main lines of a sum have no company amount."""
    return dto.integer(row, "company_amounts", 0) < dto.integer(row, "documents", 0)


def _with_other_lines(row: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    amounts = [dto.decimal(each, "company_open", None) for each in (row, other)]
    known = [amount for amount in amounts if amount is not None]
    return {**row, "company_open": f"{sum(known):f}"} if known else row


def _key(row: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(row.get(name) for name in ("customer", "currency", "subsidiary"))


def _sum_query(
    side: Side,
    extent: Extent,
    customers: Sequence[int] | None,
    *,
    document: bool = True,
    company: bool = True,
) -> Query:
    """Return the aggregate of one side.

    :param document: with sums in the documents' currency and the number of documents.
    :param company: with sums in the subsidiary's currency.
    """
    groups, shape = _groups(extent), extent.shape
    query = _by_customer(side, extent, customers).select(**groups).where(side.is_open(shape))
    if document:
        amount = side.total(side.amount(shape))
        query = query.select(open_amount=amount, documents=call("COUNT", "t.id"))
    if shape.one_world or company or side.on_lines(shape):
        query = _with_main_line(query)
    if company:
        query = query.join("transactionaccountingline", "al", _on_main_line(), left=True).select(
            company_open=side.total(side.company_column),
            company_amounts=call("COUNT", side.company_column),
        )
    return query.group_by(*groups.values()).keyset(*groups)


def _groups(extent: Extent) -> dict[str, Operand]:
    """Return what sums are grouped by: {name: column}."""
    shape = extent.shape
    groups: dict[str, Operand] = {
        "customer": customer_of("t.entity", "pj") if shape.projects else "t.entity"
    }
    if shape.multi_currency:
        groups["currency"] = "t.currency"
    if shape.one_world:
        groups["subsidiary"] = "ml.subsidiary"
    return groups


def _by_customer(side: Side, extent: Extent, customers: Sequence[int] | None) -> Query:
    """Return the documents of a side and some customers, with the projects that they name.

    :param customers: as for `read_open_amounts`.
    """
    query, projects = _posted(side, extent), extent.shape.projects
    if customers is not None:
        query = query.where(of_customers("t.entity", customers, projects=projects))
    if not projects:
        return query
    return query.join("job", "pj", same("pj.id", "t.entity"), left=True)


def _with_amounts_of_other_lines(
    client: Rows,
    side: Side,
    extent: Extent,
    customers: Sequence[int] | None,
    found: list[dict[str, str]],
) -> list[dict[str, str]]:
    """Add to sums of main lines what documents have open on another line instead.

    Which line of a payment tells it is not documented: money or receivable.
    """
    query = _with_main_line(_by_customer(side, extent, customers).select(**_groups(extent))).join(
        "transactionline",
        "ol",
        every(same("ol.transaction", "t.id"), negate(same("ol.id", "ml.id"))),
    )
    amount = f"ol.{side.name}"
    query = query.select(open_amount=side.total(amount)).where(
        equal(call("NVL", f"ml.{side.name}", literal(0)), 0), compare(amount, "<>", 0)
    )
    query = query.group_by(*_groups(extent).values()).keyset(*_groups(extent))
    more = {_key(row): row for row in client.rows(query)}
    zero = Decimal(0)
    return [
        {
            **row,
            "open_amount": str(
                dto.decimal(row, "open_amount", zero)
                + dto.decimal(more.get(_key(row), {}), "open_amount", zero)
            ),
        }
        for row in found
    ]


def _other_lines_query(side: Side, extent: Extent, customers: Sequence[int] | None) -> Query:
    """Return the sums of company amounts that stand on another line than the main one.

    Which line of a payment carries them is not documented: money or receivable.
    """
    groups = _groups(extent)
    amount = side.company_column.rpartition(".")[2]
    open_ones = _by_customer(side, extent, customers).where(side.is_open(extent.shape))
    query = (
        _with_main_line(open_ones.select(**groups))
        .join("transactionaccountingline", "al", _on_main_line(), left=True)
        .join(
            "transactionaccountingline",
            "ol",
            every(
                same("ol.transaction", "ml.transaction"),
                negate(same("ol.transactionline", "ml.id")),
                equal("ol.accountingbook", _PRIMARY_BOOK),
            ),
        )
        .where(missing(side.company_column), present(f"ol.{amount}"))
        .select(company_open=side.total(f"ol.{amount}"))
    )
    return query.group_by(*groups.values()).keyset(*groups)


def _on_main_line() -> Condition:
    """Return the condition that joins `al`, the accounting line of the main line."""
    return every(
        same("al.transaction", "ml.transaction"),
        same("al.transactionline", "ml.id"),
        equal("al.accountingbook", _PRIMARY_BOOK),
    )


def _with_main_line(query: Query, *, once: bool = False) -> Query:
    """Join `ml`, the main line: `transaction` has no subsidiary of its own in all accounts.

    :param once: the first of several; an invoice in instalments can have one for each of them.
    """
    main_line = every(same("ml.transaction", "t.id"), equal("ml.mainline", value=True))
    query = query.join("transactionline", "ml", main_line)
    if not once:
        return query
    before = every(
        same("mb.transaction", "ml.transaction"),
        equal("mb.mainline", value=True),
        Condition("mb.id < ml.id"),
    )
    return query.join("transactionline", "mb", before, left=True).where(missing("mb.id"))


def _posted(side: Side, extent: Extent) -> Query:
    return Query("transaction", "t").where(of_types(extent.types(side)), _COUNTING)


def read_documents(
    client: Rows,
    customer: int,
    *,
    shape: Shape,
    currencies: Sequence[int],
    subsidiaries: Sequence[int] | None,
    ids: Sequence[int] | None = None,
    journals: bool = True,
    rare: Collection[str] = RARE_TYPES,
) -> Iterator[OpenDocument]:
    """Read documents of one customer: those that are open, or those with the given ids.

    :param shape: what the account has.
    :param currencies: internal ids of the documents' currencies.
    :param subsidiaries: internal ids; None in an account without OneWorld.
    :param ids: at most 1,000 internal ids; None for what is open.
    :param journals: with the lines of journals.
    :param rare: as for `read_open_amounts`.
    :return: posted documents; what was turned to zero or deleted is missing.
    """
    extent = Extent(shape, rare)
    both_ways: dict[int, OpenDocument] = {}
    for side in (OWED, PAYING, DEPOSITED):
        query = (
            _posted(side, extent)
            .select("t.id", "t.type", "t.tranid", date=day("t.trandate"))
            .where(of_customers("t.entity", [customer], projects=shape.projects))
            .where(*in_currencies(shape, currencies))
            .where(side.is_open(shape) if ids is None else every(among("t.id", ids), counts()))
        )
        if not shape.lacks("transaction", "foreigntotal"):
            query = query.select("t.foreigntotal")
        if subsidiaries is not None:
            query = _with_main_line(query, once=shape.instalments).where(
                among("ml.subsidiary", subsidiaries)
            )
        rows: Iterable[dict[str, str]] = (
            _rows_with_lines(client, side, query)
            if side.on_lines(shape)
            else client.rows(query.select(open_amount=side.column).keyset("id"))
        )
        for row in rows:
            open_amount = dto.decimal(row, "open_amount", Decimal(0))
            document = OpenDocument(
                record_type_of(dto.text(row, "type")) or "",
                dto.integer(row, "id"),
                dto.text(row, "tranid", ""),
                dto.date(row, "date", None),
                abs(dto.decimal(row, "foreigntotal", Decimal(0))),
                -abs(open_amount) if side.paying else open_amount,
            )
            if document.record_type != CUSTOM_TYPE:
                yield document
            elif document.internal_id not in both_ways or document.open:
                # Asked for by its id it is found on both sides; it is open on one at most.
                both_ways[document.internal_id] = document
    yield from both_ways.values()
    if journals:
        query = journal_lines_query(shape, customer, currencies, subsidiaries, ids)
        yield from (_open_line(row) for row in client.rows(query))


def _rows_with_lines(client: Rows, side: Side, query: Query) -> list[dict[str, str]]:
    """Return the rows of documents, each with the open amount that one of its lines tells."""
    lines = (
        query.join("transactionline", "ol", same("ol.transaction", "t.id"), many=True)
        .select(line="ol.id", main="ol.mainline", open_amount=f"ol.{side.name}")
        .keyset("id", "line")
    )
    found: dict[str, dict[str, str]] = {}
    for row in client.rows(lines):
        known = found.setdefault(row["id"], row)
        told = dto.decimal(known, "open_amount", Decimal(0))
        amount = dto.decimal(row, "open_amount", Decimal(0))
        if amount and (row.get("main") == "T" or not told):
            found[row["id"]] = row
    return list(found.values())


def in_currencies(shape: Shape, currencies: Sequence[int]) -> list[Condition]:
    """Return the conditions of documents in some currencies; none where there is only one."""
    return [among("t.currency", currencies)] if shape.multi_currency else []


def _open_line(row: dict[str, str]) -> OpenDocument:
    total = dto.decimal(row, "foreignamount", Decimal(0))
    owed = dto.decimal(row, "foreignamountunpaid", Decimal(0))
    unapplied = abs(dto.decimal(row, "foreignpaymentamountunused", Decimal(0)))
    return OpenDocument(
        JOURNAL_TYPE,
        dto.integer(row, "id"),
        dto.text(row, "tranid", ""),
        dto.date(row, "date", None),
        abs(total),
        owed - unapplied,
        dto.integer(row, "line", 0),
    )


def changed_customers(
    client: Rows, customers: Sequence[int], since: str, *, projects: bool = False
) -> set[int]:
    """Return the customers with a document that NetSuite changed after `since`.

    :param customers: at most 1,000 internal ids.
    :param since: wall time ``YYYY-MM-DD HH:MM:SS`` in the zone of NetSuite's session.
    :param projects: the account has projects, whose documents are those of their customers.
    """
    own = any_of(
        of_types([each for each in TRANSACTION_TYPES if each not in (JOURNAL_TYPE, CUSTOM_TYPE)]),
        # Whatever they post to: a customer has none on payables.
        of_custom_types(),
    )
    lines = Query("transaction", "t").join("transactionline", "jl", same("jl.transaction", "t.id"))
    found = set()
    for query, entity, types in (
        (Query("transaction", "t"), "t.entity", own),
        (lines, "jl.entity", of_types([JOURNAL_TYPE])),
    ):
        customer: Operand = entity
        if projects:
            query = query.join("job", "pj", same("pj.id", entity), left=True)
            customer = customer_of(entity, "pj")
        query = (
            query.select(customer=customer, documents=call("COUNT", "t.id"))
            .where(types)
            .where(of_customers(entity, customers, projects=projects))
            .where(within("t.lastmodifieddate", since, None))
            .where(compare(moment("t.lastmodifieddate"), ">", since))
            .group_by(customer)
            .keyset("customer")
        )
        found |= {dto.integer(row, "customer") for row in client.rows(query)}
    return found
