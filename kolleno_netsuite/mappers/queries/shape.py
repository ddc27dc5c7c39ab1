"""What an account has: its features, tables and columns, and how our queries fit to that.

Each feature of NetSuite brings tables and columns of its own, and a role sees only some of them;
one unknown name costs a whole query (docs/NETSUITE.md 4.3). What an account lacks is known
beforehand, so it is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...client.suiteql import Condition, Expression, Query, any_of, column, compare, literal
from .record_source import Columns, Part, RecordSource
from .transaction_types import on_lines

# Internal id of the only currency of an account without Multiple Currencies. NetSuite gives the
# first currency this number, so it stays right when the feature is switched on.
BASE_CURRENCY = 1

LINKS = "previoustransactionlinelink"
LINK_DATE = f"{LINKS}.lastmodifieddate"

_ONE_WORLD = frozenset(
    {
        *("subsidiary", "customersubsidiaryrelationship", "consolidatedexchangerate"),
        *("*.subsidiary", "customer.representingsubsidiary"),
        *("transaction.intercotransaction", "transaction.intercostatus"),
    }
)
_MULTI_CURRENCY = frozenset(
    {
        *("currency", "currencyrate", "consolidatedexchangerate", "*.currency"),
        *("transaction.exchangerate", "transactionaccountingline.exchangerate"),
    }
)
# Columns that say nothing where the table that they point to cannot be read.
_POINTS_TO = {
    "transaction.terms": "term",
    "customer.terms": "term",
    "transaction.paymentmethod": "paymentmethod",
}
_REFERENCE = re.compile(r"\b([a-z]\w*)\.([a-z]\w*)", re.IGNORECASE)


@dataclass(frozen=True)
class Shape:
    """Which features, tables and columns an account has.

    :param one_world: it has subsidiaries.
    :param multi_currency: it has other currencies than its own.
    :param lacking: what it lacks besides: ``table`` or ``table.column``, lower case.
    :param link_dates: links between transactions have a date of their own.
    :param projects: it has projects, each of which stands for its customer.
    :param instalments: it has invoices that are due in parts, each with a line on receivables.
    """

    one_world: bool = True
    multi_currency: bool = True
    lacking: frozenset[str] = frozenset()
    link_dates: bool = False
    projects: bool = False
    instalments: bool = False

    def lacks(self, table: str, column_name: str = "") -> bool:
        """Tell whether the account has no such table, or no such column of it."""
        names = {table}
        if column_name:
            names |= {f"{table}.{column_name}", f"*.{column_name}"}
        target = _POINTS_TO.get(f"{table}.{column_name}")
        return (
            bool(names & self.lacking)
            or (not self.one_world and bool(names & _ONE_WORLD))
            or (not self.multi_currency and bool(names & _MULTI_CURRENCY))
            or (target is not None and self.lacks(target))
        )

    @property
    def currency(self) -> tuple[str, ...]:
        """Return the column of a document's currency, for grouping; empty where there is none."""
        return ("t.currency",) if self.multi_currency else ()

    def has_source(self, source: RecordSource) -> bool:
        """Tell whether records of this type can be read."""
        return not self.lacks(source.query.table)


WHOLE = Shape()


def tables_of(query: Query) -> dict[str, str]:
    """Return {alias: table} of a query."""
    return {query.alias: query.table, **{join.alias: join.table for join in query.joins}}


def names_of(source: RecordSource) -> dict[str, bool]:
    """Return what a record source asks for: {``table`` or ``table.column``: can be done without}.

    What one of its queries cannot be without is needed, whatever the others say.
    """
    found: dict[str, bool] = {}

    def note(name: str, *, optional: bool) -> None:
        found[name] = found.get(name, True) and optional

    for part in (None, *source.parts):
        query = part.query if part else source.query
        columns = part.columns if part else source.columns
        whole = bool(part and part.optional)
        tables = tables_of(query)
        note(query.table, optional=whole)
        for join in query.joins:
            by = [alias for alias, each in columns.items() if _names_any(each, {join.alias})]
            free = join.left and all(alias in source.optional for alias in by)
            note(join.table, optional=whole or free)
        for alias, expression in columns.items():
            for table, name in _references(expression.sql, tables):
                note(f"{table}.{name}", optional=whole or alias in source.optional)
    return found


def _references(sql: str, tables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (table, column) of what a piece of SuiteQL names."""
    for alias, name in _REFERENCE.findall(sql):
        if alias in tables:
            yield tables[alias], name.lower()


def fitted(source: RecordSource, shape: Shape) -> RecordSource:
    """Return the record source as this account can be asked for it.

    Columns, joins and parts that it lacks are left out. What is needed and lacking stays, so that
    NetSuite says so.
    """
    if shape == WHOLE:
        return source
    own = [name for name in source.opens if amount_on_lines(shape, name)]
    query, columns = _fitted(source.query, source.columns, shape)
    if source.dated and not shape.multi_currency:
        # One currency only: the document's amounts are the company's own.
        columns = {**columns, "currency": literal(BASE_CURRENCY), "exchangerate": literal(1)}
    parts = [part for part in source.parts if not _is_left_out(part, shape)]
    source = replace(
        source,
        query=query,
        columns=columns,
        parts=tuple(_fitted_part(part, shape) for part in parts),
    )
    if source.dated and any(part.name == "links" for part in parts):
        source = replace(source, linked_by="link" if shape.link_dates else "ends")
    return _open_on_lines(source, own) if own else source


def _is_left_out(part: Part, shape: Shape) -> bool:
    if part.one_world and not shape.one_world:
        return True
    inner = [join.table for join in part.query.joins if not join.left]
    tables = tables_of(part.query)
    keys = [_references(part.columns[key].sql, tables) for key in part.key]
    return part.optional and (
        any(shape.lacks(table) for table in (part.query.table, *inner))
        or any(shape.lacks(*each) for key in keys for each in key)
    )


def _fitted_part(part: Part, shape: Shape) -> Part:
    query, columns = _fitted(part.query, part.columns, shape)
    return replace(part, query=query, columns=columns)


def _fitted(query: Query, columns: Columns, shape: Shape) -> tuple[Query, dict[str, Expression]]:
    """Return a query without the left joins, and its columns without those, that are lacking."""
    tables = tables_of(query)

    def fits(sql: str) -> bool:
        return not any(shape.lacks(*each) for each in _references(sql, tables))

    gone = {
        join.alias
        for join in query.joins
        if join.left and (shape.lacks(join.table) or not fits(join.condition.sql))
    }
    joins = tuple(join for join in query.joins if join.alias not in gone)
    kept = {
        alias: expression
        for alias, expression in columns.items()
        if fits(expression.sql) and not _names_any(expression, gone)
    }
    return replace(query, joins=joins), kept


def _names_any(expression: Expression, aliases: set[str]) -> bool:
    return any(alias in aliases for alias, _name in _REFERENCE.findall(expression.sql))


# === OPEN AMOUNTS === #


def amount_on_lines(shape: Shape, column_name: str) -> bool:
    """Tell whether an open amount stands on the lines of a document only.

    :param column_name: ``foreignamountunpaid`` or ``foreignpaymentamountunused``.
    """
    return shape.lacks("transaction", column_name)


def _open_on_lines(source: RecordSource, own: Sequence[str]) -> RecordSource:
    """Return the source with the open amounts that headers lack taken from the lines.

    :param own: the columns that its headers lack.
    """
    parts = tuple(
        replace(part, columns={**part.columns, **{name: column(f"l.{name}") for name in own}})
        if part.name == "lines"
        else part
        for part in source.parts
    )
    open_items = source.open_items
    if set(source.open_columns) & set(own):
        open_items = any_of(
            *(
                lines_with(name) if name in own else compare(f"t.{name}", "<>", 0)
                for name in source.open_columns
            )
        )
    return replace(source, parts=parts, open_items=open_items, line_amounts=tuple(own))


def lines_with(column_name: str) -> Condition:
    """Return the condition of transactions with a line on which an amount is open."""
    return on_lines(compare(f"jl.{column_name}", "<>", 0))


def from_lines(row: dict[str, str], lines: Sequence[Mapping[str, str]], name: str) -> None:
    """Give a header an open amount that its lines have: the main line's, or another one's.

    :param row: the header, which is changed.
    :param name: the column that the header lacks.
    """
    ordered = sorted(lines, key=lambda line: line.get("mainline") != "T")
    amounts = [line[name] for line in ordered if name in line]
    if amounts:
        row[name] = next((each for each in amounts if each.strip("-+0.")), amounts[0])
