"""What a first import would find, counted by NetSuite: nothing is read but numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...client import dto
from ...client.suiteql import (
    Condition,
    Expression,
    Query,
    among,
    any_of,
    call,
    compare,
    equal,
    every,
    literal,
    negate,
    present,
    same,
    trusted,
)
from ..account_types import RECEIVABLE
from ..customer import LEAD_STAGES
from .open_amounts import Rows
from .record_source import counts
from .record_sources import Part, RecordSource, Window, header_query, part_query
from .shape import Shape
from .transaction_types import of_customers, of_mirrored_types

# A document has many lines and is counted once.
_DOCUMENTS = trusted("COUNT(DISTINCT t.id)")


@dataclass(frozen=True)
class Use:
    """How many documents of one type use an account in a subsidiary.

    :param subsidiary: internal id; 0 in an account without OneWorld.
    :param currency: internal id of the documents' currency; 0 where it was not asked for.
    :param account: internal id.
    """

    subsidiary: int
    currency: int
    account: int
    documents: int


@dataclass(frozen=True)
class TaxUse:
    """How many documents of one type have a tax code in a subsidiary.

    :param subsidiary: internal id; 0 in an account without OneWorld.
    :param tax_code: internal id; 0 where NetSuite names none.
    """

    subsidiary: int
    tax_code: int
    documents: int


def uses_of_main_lines(
    client: Rows,
    source: RecordSource,
    windows: Iterable[Window],
    *,
    shape: Shape,
    voided: bool = False,
) -> list[Use]:
    """Return how many documents there are per subsidiary, currency and account of the main line.

    A journal has none: each of its lines on a customer's balance takes its place.

    :param windows: parts of the documents that do not overlap.
    :param voided: count the voided documents; else those that count in the books.
    """
    keys = _keys(*shape.currency, one_world=shape.one_world)
    condition = every(_balances(source), _counting(voided=voided))
    return _uses(client, source, windows, keys, condition)


def uses_of_lines(
    client: Rows,
    source: RecordSource,
    windows: Iterable[Window],
    *,
    shape: Shape,
    voided: bool = False,
) -> list[Use]:
    """Return how many documents post on each account, per subsidiary.

    Exchange differences are left out: Odoo books its own. Parameters as `uses_of_main_lines`.
    """
    keys = _keys(one_world=shape.one_world)
    condition = every(negate(_exchange()), _counting(voided=voided))
    return _uses(client, source, windows, keys, condition)


def uses_of_tax_codes(
    client: Rows, source: RecordSource, windows: Iterable[Window], *, shape: Shape
) -> list[TaxUse]:
    """Return how many documents that count have each tax code, per subsidiary.

    Parameters as `uses_of_main_lines`.
    """
    names = ["l.item", *(["l.subsidiary"] if shape.one_world else [])]
    keys = {each.rpartition(".")[2]: call("NVL", each, literal(0)) for each in names}
    condition = every(equal("l.taxline", value=True), _counting(voided=False))
    counts = _documents_by(
        ("subsidiary", "item"), _grouped(client, source, windows, keys, condition)
    )
    return [TaxUse(subsidiary, item, documents) for (subsidiary, item), documents in counts]


def waiting_query(
    source: RecordSource,
    window: Window,
    conditions: Sequence[Condition],
    *also: Condition,
    voided: bool,
) -> Query:
    """Return the query of the number of documents with a line that fulfils a condition.

    :param conditions: at least one.
    :param also: conditions of the document that must all hold.
    :param voided: count the voided ones; else those that count in the books.
    """
    query = part_query(source, _lines(source), window).where(_counting(voided=voided))
    return _number(query.where(any_of(*conditions), *also))


def not_posted_query(source: RecordSource, window: Window, *also: Condition) -> Query:
    """Return the query of the number of documents that NetSuite does not post yet."""
    unposted = equal("t.posting", value=False), counts()
    return _number(header_query(source, window).where(*unposted, *also))


def inactive_customers(client: Rows) -> set[int]:
    """Return the internal ids of the customers that are inactive."""
    query = Query("customer", "c").select("c.id").where(equal("c.isinactive", value=True))
    return {dto.integer(row, "id") for row in client.rows(query.keyset("id"))}


def leads(client: Rows) -> set[int]:
    """Return the internal ids of leads and prospects without any posted transaction."""
    query = Query("customer", "c").select("c.id").where(_is_lead())
    found = {dto.integer(row, "id") for row in client.rows(query.keyset("id"))}
    if not found:
        return found
    documents = Query("transaction", "t").where(of_mirrored_types(), equal("t.posting", value=True))
    lines = documents.join("transactionline", "jl", same("jl.transaction", "t.id"))
    for query, entity in ((documents, "t.entity"), (lines, "jl.entity")):
        query = (
            query.join("customer", "c", same("c.id", entity))
            .where(_is_lead())
            .select(customer=entity, documents=call("COUNT", "t.id"))
            .group_by(entity)
            .keyset("customer")
        )
        found -= {dto.integer(row, "customer") for row in client.rows(query)}
    return found


def _is_lead() -> Condition:
    stages = [spelt for stage in LEAD_STAGES for spelt in (stage, stage.title())]
    return among("c.searchstage", stages)


def customers_of(client: Rows, subsidiaries: Iterable[int], *, primary: bool) -> set[int]:
    """Return the internal ids of the customers of some subsidiaries.

    :param primary: only those whose primary subsidiary is one of them.
    """
    query = (
        Query("customersubsidiaryrelationship", "s")
        .select(entity="s.entity", relations=call("COUNT"))
        .where(among("s.subsidiary", sorted(subsidiaries)))
    )
    if primary:
        query = query.where(equal("s.isprimarysub", value=True))
    rows = client.rows(query.group_by("s.entity").keyset("entity"))
    return {dto.integer(row, "entity") for row in rows}


def of_documents_of(source: RecordSource, ids: Iterable[int]) -> Condition:
    """Return the condition of documents of these customers."""
    return of_customers("t.entity", sorted(ids), projects=source.projects)


def in_subsidiaries(source: RecordSource, ids: Iterable[int]) -> Condition:
    """Return the condition of documents of these subsidiaries."""
    return every(_balances(source), among("l.subsidiary", sorted(ids)))


def in_currencies(ids: Iterable[int]) -> Condition:
    """Return the condition of documents in these currencies."""
    return among("t.currency", sorted(ids))


def up_to(source: RecordSource, date: dt.date, subsidiaries: Iterable[int]) -> Condition:
    """Return the condition of documents dated on `date` or before.

    :param subsidiaries: only of these; of all in an account without OneWorld, which has 0.
    """
    some = [each for each in sorted(subsidiaries) if each]
    return every(
        _balances(source),
        compare("t.trandate", "<=", date),
        *([among("l.subsidiary", some)] if some else []),
    )


def taxed_up_to(date: dt.date, subsidiaries: Iterable[int], tax_codes: Iterable[int]) -> Condition:
    """Return the condition of tax lines of some tax codes in documents dated on `date` or before.

    :param subsidiaries: as for `up_to`.
    :param tax_codes: internal ids.
    """
    some = [each for each in sorted(subsidiaries) if each]
    return every(
        equal("l.taxline", value=True),
        among("l.item", sorted(tax_codes)),
        compare("t.trandate", "<=", date),
        *([among("l.subsidiary", some)] if some else []),
    )


def on_accounts(source: RecordSource, accounts: Mapping[int, Iterable[int]]) -> list[Condition]:
    """Return the conditions of lines that post on unmapped accounts.

    :param accounts: {subsidiary: accounts that are not mapped in its company}; subsidiary 0 for
        an account without OneWorld.
    """
    posting = _balances(source) if source.customers_on_lines else negate(_exchange())
    return [
        every(
            *([equal("l.subsidiary", subsidiary)] if subsidiary else []),
            among("g.account", sorted(ids)),
            posting,
        )
        for subsidiary, ids in sorted(accounts.items())
    ]


def _balances(source: RecordSource) -> Condition:
    """Return the condition of the lines by which a document belongs to a company."""
    if source.customers_on_lines:
        return every(equal("a.accttype", RECEIVABLE), present("c.id"))
    return equal("l.mainline", value=True)


def _lines(source: RecordSource) -> Part:
    return next(part for part in source.parts if part.name == "lines")


def _counting(*, voided: bool) -> Condition:
    if voided:
        return every(equal("t.voided", value=True), negate(counts()))
    return every(counts(), equal("t.posting", value=True))


def _exchange() -> Condition:
    """Return the condition of lines that have an amount in base currency only."""
    flags = ("l.mainline", "l.taxline", "l.iscogs")
    return every(
        *(equal(call("NVL", flag, literal(value=False)), value=False) for flag in flags),
        equal(call("NVL", "l.foreignamount", literal(0)), 0),
        compare(call("NVL", "g.amount", literal(0)), "<>", 0),
    )


def _keys(*more: str, one_world: bool) -> dict[str, Expression]:
    names = ["g.account", *more, *(["l.subsidiary"] if one_world else [])]
    # Keys of a page are never null.
    return {each.rpartition(".")[2]: call("NVL", each, literal(0)) for each in names}


def _uses(
    client: Rows,
    source: RecordSource,
    windows: Iterable[Window],
    keys: dict[str, Expression],
    condition: Condition,
) -> list[Use]:
    counts = _documents_by(
        ("subsidiary", "currency", "account"), _grouped(client, source, windows, keys, condition)
    )
    return [
        Use(subsidiary, currency, account, documents)
        for (subsidiary, currency, account), documents in counts
    ]


def _documents_by(
    names: Sequence[str], rows: Iterable[dto.Row]
) -> list[tuple[tuple[int, ...], int]]:
    """Return ``(key, documents)`` of rows of all windows, in the order of their keys.

    :param names: columns that make a key; 0 where a row has none.
    """
    counts: dict[tuple[int, ...], int] = {}
    for row in rows:
        key = tuple(dto.integer(row, name, 0) for name in names)
        counts[key] = counts.get(key, 0) + dto.integer(row, "documents")
    return sorted(counts.items())


def _grouped(
    client: Rows,
    source: RecordSource,
    windows: Iterable[Window],
    keys: dict[str, Expression],
    condition: Condition,
) -> Iterator[dto.Row]:
    """Yield the number of documents with a line that fulfils a condition, for each key."""
    for window in windows:
        query = replace(part_query(source, _lines(source), window), columns=(), keys=())
        query = query.select(**keys, documents=_DOCUMENTS).where(condition)
        yield from client.rows(query.group_by(*keys.values()).keyset(*keys))


def _number(query: Query) -> Query:
    return replace(query, columns=(), keys=()).select(documents=_DOCUMENTS)
