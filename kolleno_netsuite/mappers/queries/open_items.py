"""The open items of one type as NetSuite has them now: ids and amounts, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from ...client import dto
from ...client.suiteql import Query, among, any_of, column, same
from ..links import LINK_TYPES
from .open_journals import open_lines_query
from .record_source import RecordSource
from .transaction_types import of_mirrored_types

# A document, and the line of a journal; 0 for all that is open as a whole.
Item = tuple[int, int]

_COLUMNS = ("foreignamountunpaid", "foreignpaymentamountunused")


def open_items_query(source: RecordSource) -> Query:
    """Return the query of a type's open items, by internal id; of journals, by line as well.

    :raise ValueError: records of this type are never open.
    """
    if source.open_items is None:
        raise ValueError(f"{source.record_type} has no open items")
    if source.customers_on_lines:
        return open_lines_query(projects=source.projects)
    columns = {name: source.columns[name] for name in ("id", *_COLUMNS) if name in source.columns}
    query = source.query.select(**columns).where(source.open_items)
    if not source.line_amounts:
        return query.keyset("id")
    # Any line may tell the amount; `read_open_items` takes the one that does.
    return (
        query.join("transactionline", "ol", same("ol.transaction", f"{source.alias}.id"), many=True)
        .select(open_line="ol.id", **{name: column(f"ol.{name}") for name in source.line_amounts})
        .keyset("id", "open_line")
    )


def read_open_items(rows: Iterable[dto.Row]) -> dict[Item, Decimal]:
    """Return {(internal id, line): open amount} of one page, as absolute amounts.

    The sign of a payer's open amount differs between accounts (docs/NETSUITE.md 4.5).
    """
    found: dict[Item, Decimal] = {}
    for row in rows:
        amounts = [dto.decimal(row, name, None) for name in _COLUMNS]
        amount = next((each for each in amounts if each), Decimal(0))
        item = (dto.integer(row, "id"), dto.integer(row, "line", 0))
        found[item] = found.get(item) or abs(amount)
    return found


def payers_query(ids: Collection[int]) -> Query:
    """Return the query of what NetSuite applies to documents: payer and its type.

    :param ids: internal ids of at most 1,000 documents.
    """
    return (
        Query("previoustransactionlinelink", "k")
        .join("transaction", "n", same("n.id", "k.nextdoc"))
        .where(
            any_of(among("k.linktype", LINK_TYPES), of_mirrored_types("n")),
            among("k.previousdoc", ids),
        )
        .select(
            payer=column("k.nextdoc"),
            line=column("k.nextline"),
            paid=column("k.previousdoc"),
            paid_line=column("k.previousline"),
            type=column("n.type"),
        )
        .keyset("payer", "line", "paid", "paid_line")
    )
