"""Ask NetSuite by SuiteQL: a small query builder and paging that loses and doubles nothing.

NetSuite orders rows of equal sort key anew for each page, ignores SQL's OFFSET and ends at
100,000 rows. So each page starts behind the last row of the page before (a keyset), and a query
without a unique order is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .dto import MOMENT_PATTERN
from .errors import ClientBug
from .expressions import (
    FIELD_ID_LENGTH,
    Condition,
    Expression,
    Operand,
    QueryError,
    among,
    any_of,
    call,
    column,
    compare,
    day,
    display,
    equal,
    every,
    field_id_fault,
    literal,
    missing,
    moment,
    name,
    negate,
    operand,
    present,
    same,
    starts_with,
    to_date,
    trusted,
    within,
)
from .messages import Response, plain
from .transport import Transport
from .wire_text import storable

__all__ = [
    "FIELD_ID_LENGTH",
    "LARGEST_ID",
    "Condition",
    "Expression",
    "Operand",
    "Page",
    "Query",
    "QueryError",
    "TooManyRows",
    "among",
    "any_of",
    "ask",
    "call",
    "column",
    "compare",
    "count",
    "day",
    "display",
    "equal",
    "every",
    "field_id_fault",
    "literal",
    "missing",
    "moment",
    "negate",
    "operand",
    "pages",
    "present",
    "rows",
    "rows_of",
    "same",
    "scalar",
    "single_page",
    "starts_with",
    "to_date",
    "trusted",
    "whole_number",
    "within",
]

PATH = "/services/rest/query/v1/suiteql"
PAGE_SIZE = 1000  # NetSuite's maximum
# Of a SELECT with more columns NetSuite shows no row, and says nothing (docs/NETSUITE.md 4.1).
MOST_COLUMNS = 100
# The index is asked for a day more than needed. Text and index may disagree by the offset of a
# time zone or by the doubled hour in autumn; the exact comparison of the texts decides.
INDEX_SLACK = dt.timedelta(days=1)
# The largest internal id that is stored: four bytes with sign, as databases keep integers.
LARGEST_ID = 2**31 - 1

MOST_DIGITS = 1000  # of a key or a count; NetSuite's ids have 18 at most

Row = dict[str, str]
KeyValue = str | int
KeyTuple = tuple[KeyValue, ...]


class TooManyRows(QueryError):
    """A query that is asked for one page has more rows than that."""


@dataclass(frozen=True)
class Join:
    """One joined table.

    :param many: the join multiplies rows, so the order needs an id of this table, too.
    """

    table: str
    alias: str
    condition: Condition
    left: bool
    many: bool


@dataclass(frozen=True)
class Query:
    """An immutable SELECT: ``Query("transaction", "t").select("t.id").keyset("id")``.

    :param source: tables and joins as written in the source code, instead of ``table alias``;
        never put a value into it.
    """

    table: str = ""
    alias: str = ""
    source: str = ""
    columns: tuple[tuple[str, Expression], ...] = ()
    joins: tuple[Join, ...] = ()
    conditions: tuple[Condition, ...] = ()
    groups: tuple[Expression, ...] = ()
    keys: tuple[str, ...] = ()

    def select(self, /, *columns: str, **named: Operand) -> Query:
        """Add columns: ``"t.id"`` is called ``id``; a keyword gives another name."""
        pairs = [(each.rpartition(".")[2], operand(each)) for each in columns]
        pairs += [(alias, operand(value)) for alias, value in named.items()]
        taken = {alias for alias, _ in self.columns}
        for alias, _ in pairs:
            # NetSuite answers lower-case keys whatever the alias says.
            if name(alias) != alias.lower() or alias in taken or alias == "links":
                raise QueryError(f"not a free lower-case column name: {alias!r}")
            taken.add(alias)
        return replace(self, columns=self.columns + tuple(pairs))

    def join(
        self, table: str, alias: str, on: Condition, *, left: bool = False, many: bool = False
    ) -> Query:
        """Join a table; ``many=True`` when one row may find several there."""
        joined = Join(name(table), name(alias), on, left, many)
        return replace(self, joins=(*self.joins, joined))

    def where(self, *conditions: Condition) -> Query:
        """Add conditions that must all hold."""
        return replace(self, conditions=self.conditions + conditions)

    def group_by(self, *expressions: Operand) -> Query:
        """Group by expressions; the keys of the order must be among them."""
        return replace(self, groups=self.groups + tuple(operand(each) for each in expressions))

    def keyset(self, *keys: str) -> Query:
        """Order by 1 to 4 selected columns that together are unique.

        :param keys: names of columns: moments (compared to the second) and integer ids.
        :raise QueryError: a key is not selected, or the order cannot be unique.
        """
        selected = dict(self.columns)
        unknown = [key for key in keys if key not in selected]
        if unknown or not 1 <= len(keys) <= 4 or len(set(keys)) < len(keys):
            raise QueryError(f"order by 1 to 4 different selected columns, not by {keys}")
        ids = sum(not selected[key].is_moment for key in keys)
        # Sums have one row for each group, however many rows were added up.
        if ids < 1 + (0 if self.groups else sum(join.many for join in self.joins)):
            raise QueryError("many rows share one moment: the order needs an id of each table")
        return replace(self, keys=keys)

    def sql(self, after: Sequence[KeyValue] | None = None) -> str:
        """Return the text of the query.

        :param after: key of the last row seen; only rows behind it are selected.
        :raise QueryError: it selects nothing, or more than NetSuite answers; `pages` splits those.
        """
        if not self.columns:
            raise QueryError("a query selects at least one column")
        if len(self.columns) > MOST_COLUMNS:
            raise QueryError(f"a query selects at most {MOST_COLUMNS} columns")
        conditions = list(self.conditions)
        if after is not None:
            conditions.append(self._behind(tuple(after)))
        chosen = ", ".join(f"{value.sql} AS {alias}" for alias, value in self.columns)
        source = self.source or f"{name(self.table)} {name(self.alias)}"
        # Every part was checked or quoted by expressions.py.
        text = f"SELECT {chosen} FROM {source}"  # noqa: S608
        for join in self.joins:
            word = "LEFT JOIN" if join.left else "INNER JOIN"
            text += f" {word} {join.table} {join.alias} ON {join.condition.sql}"
        if conditions:
            text += f" WHERE {' AND '.join(f'({each.sql})' for each in conditions)}"
        if self.groups:
            text += f" GROUP BY {', '.join(each.sql for each in self.groups)}"
        if self.keys:
            selected = dict(self.columns)
            text += f" ORDER BY {', '.join(selected[key].sql for key in self.keys)}"
        return text

    def slices(self) -> tuple[Query, ...]:
        """Return queries of the same rows that share the columns of this one, and all have its
        keys; mostly this query itself."""
        if len(self.columns) <= MOST_COLUMNS or not self.keys or self.groups:
            return (self,)
        keys = tuple(pair for pair in self.columns if pair[0] in self.keys)
        others = [pair for pair in self.columns if pair[0] not in self.keys]
        room = MOST_COLUMNS - len(keys)
        return tuple(
            replace(self, columns=keys + tuple(others[start : start + room]))
            for start in range(0, len(others), room)
        )

    def up_to(self, last: KeyTuple) -> Query:
        """Return the query of the rows that do not stand behind a key."""
        return self.where(negate(self._behind(last)))

    def key_of(self, row: Row) -> KeyTuple:
        """Return a row's place in the order.

        :raise ClientBug: a key column is missing or not of its kind.
        """
        selected = dict(self.columns)
        return tuple(_key_value(key, row.get(key), selected[key].is_moment) for key in self.keys)

    def _behind(self, after: KeyTuple) -> Condition:
        if len(after) != len(self.keys) or not after:
            raise QueryError(f"{len(after)} key values for an order of {len(self.keys)} columns")
        selected = dict(self.columns)
        expressions = [selected[key] for key in self.keys]
        steps = []
        for place, expression in enumerate(expressions):
            equals = [equal(expressions[i], after[i]) for i in range(place)]
            steps.append(every(*equals, compare(expression, ">", after[place])))
        behind = any_of(*steps)
        first = expressions[0]
        start = _day_before(after[0]) if first.is_moment else None
        if start is None:
            return behind
        return every(Condition(f"{first.column} >= {start.sql}"), behind)


@dataclass(frozen=True)
class Page:
    """One page of rows.

    :param rows: values as NetSuite gives them, all strings; null columns are absent.
    :param last_key: place of the last row in the order; None for an empty page.
    :param total: rows of the whole query, as the first answer said.
    """

    rows: list[Row]
    last_key: KeyTuple | None
    total: int | None


def pages(
    transport: Transport,
    query: Query,
    page_size: int = PAGE_SIZE,
    *,
    after: Sequence[KeyValue] | None = None,
    odd: Callable[[Row], object] | None = None,
) -> Iterator[Page]:
    """Yield the pages of a query, each one row or more, in the order of its keys.

    A query of more columns than NetSuite answers is asked in several; a row that is not in the
    answers to all of them changed meanwhile, is left out, and comes with the next window.

    :param after: start behind this key; default: from the beginning.
    :param odd: called with each row that has no place in the order, because an id of it is missing
        or is none; the page goes on without it. The same row may come twice. Without `odd`
        such a row is an error.
    :raise QueryError: the query has no unique order.
    :raise ClientBug: a page repeats rows or does not go on.
    """
    if not query.keys:
        raise QueryError("paging needs a unique order: call keyset()")
    if not 1 <= page_size <= PAGE_SIZE:
        raise QueryError(f"a page has 1 to {PAGE_SIZE} rows")
    last = None if after is None else tuple(after)
    before: KeyTuple | None = None
    total: int | None = None
    first, *others = query.slices()
    while True:
        body = ask(transport, first.sql(last), page_size).json
        found = _rows_of(body)
        if total is None:
            total = _count_of(body)
        if found:
            before = last
            rows_, last = _advanced(first, found, last, odd)
            if last is not None:
                for other in others:
                    rows_ = _completed(transport, rows_, other.up_to(last), before, page_size, odd)
            yield Page(rows_, last, total)
        if _is_last(body, len(found), page_size):
            return
        if not found or last == before:
            raise ClientBug(
                "PAGE_REPEATED", detail="a page that does not go on has more", path=PATH
            )


def _completed(
    transport: Transport,
    rows_: list[Row],
    query: Query,
    after: KeyTuple | None,
    page_size: int,
    odd: Callable[[Row], object] | None,
) -> list[Row]:
    """Return the rows of a page with the columns that another query of the same rows has."""
    # What has no place in the order was told by the first query.
    seen = None if odd is None else lambda _row: None
    more = {
        query.key_of(row): row
        for page in pages(transport, query, page_size, after=after, odd=seen)
        for row in page.rows
    }
    keyed = ((query.key_of(row), row) for row in rows_)
    return [{**row, **more[key]} for key, row in keyed if key in more]


def rows(
    transport: Transport, query: Query, *, after: Sequence[KeyValue] | None = None
) -> Iterator[Row]:
    """Yield all rows of a query, page by page."""
    for page in pages(transport, query, after=after):
        yield from page.rows


def single_page(transport: Transport, query: Query) -> list[Row]:
    """Return the rows of a query that is known to be small; it needs no order.

    :raise TooManyRows: there are more rows than one page holds.
    :raise QueryError: NetSuite has more rows than it gave, though there was room.
    """
    body = ask(transport, query.sql()).json
    found = _rows_of(body)
    if not _is_last(body, len(found), PAGE_SIZE):
        if len(found) < PAGE_SIZE:
            raise QueryError(f"a page of {len(found)} rows that has more")
        raise TooManyRows(f"more than {PAGE_SIZE} rows: page through them with keyset()")
    return found


def scalar(transport: Transport, query: Query) -> str | None:
    """Return the one value of a query with one column and one row; None for a null.

    :raise QueryError: the query has more columns or more rows.
    """
    if len(query.columns) != 1:
        raise QueryError("a scalar query selects one column")
    found = single_page(transport, query)
    if len(found) > 1:
        raise QueryError("a scalar query yields one row")
    return found[0].get(query.columns[0][0]) if found else None


def count(transport: Transport, query: Query) -> int:
    """Return how many rows a query without groups has.

    :raise ClientBug: NetSuite answers with something else than a number.
    """
    if query.groups:
        raise QueryError("count the rows of a query without groups")
    counting = replace(query, columns=(("total", call("COUNT")),), keys=())
    answer = scalar(transport, counting) or "0"
    number = whole_number(answer)
    if number is None:
        detail = f"the number of rows is {plain(answer, 100)!r}"
        raise ClientBug("UNKNOWN_PATH", detail=detail, path=PATH)
    return number


def ask(transport: Transport, sql: str, limit: int = PAGE_SIZE) -> Response:
    """Send one SuiteQL text and return NetSuite's answer: a page, as ``json["items"]``.

    :raise ClientBug: the answer is no page of rows.
    """
    response = transport.request(
        "POST",
        PATH,
        params={"limit": limit},
        json={"q": sql},
        headers={"Prefer": "transient"},
        idempotent=True,
    )
    items = response.json.get("items") if isinstance(response.json, dict) else None
    # A row that is none could be anybody's, so the page as a whole is no answer.
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ClientBug("UNKNOWN_PATH", detail="the answer is no page of rows", path=PATH)
    return response


def rows_of(response: Response) -> list[Row]:
    """Return the rows of an answer to `ask`."""
    return _rows_of(response.json)


def _rows_of(body: dict[str, Any]) -> list[Row]:
    return [
        {
            storable(key): storable(_string(value))
            for key, value in item.items()
            if key != "links" and value is not None
        }
        for item in body["items"]
    ]


def _string(value: object) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, str) else plain(value)


def _count_of(body: dict[str, Any]) -> int | None:
    value = body.get("totalResults")
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    total = whole_number(plain(value))
    return total if total is not None and total >= 0 else None


def _is_last(body: dict[str, Any], found: int, page_size: int) -> bool:
    total = _count_of(body)
    if body.get("hasMore") is True or (found and total is not None and total > found):
        return False
    # A full page is the last one only if NetSuite says so.
    return found < page_size or body.get("hasMore") is False


def whole_number(text: str) -> int | None:
    """Return the number that a text of digits stands for; None when it is no such text."""
    digits = text.removeprefix("-")
    fits = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    return int(text) if fits else None


def _advanced(
    query: Query,
    found: list[Row],
    last: KeyTuple | None,
    odd: Callable[[Row], object] | None = None,
) -> tuple[list[Row], KeyTuple | None]:
    placed = []
    for row in found:
        try:
            key = query.key_of(row)
        except ClientBug:
            if odd is None:
                raise
            odd(row)
            continue
        if odd is not None and any(isinstance(each, int) and each > LARGEST_ID for each in key):
            # Wherever it stands, the rows behind it would never be asked for.
            odd(row)
            continue
        if last is not None and key <= last:
            detail = f"the row {key} came after {last}"
            raise ClientBug("PAGE_REPEATED", detail=detail, path=PATH)
        last = key
        placed.append(row)
    return placed, last


def _key_value(key: str, value: str | None, is_moment: bool) -> KeyValue:
    if value is not None and is_moment and MOMENT_PATTERN.fullmatch(value):
        return value
    number = None if value is None or is_moment else whole_number(value)
    if number is not None:
        return number
    expected = "moment" if is_moment else "integer"
    raise ClientBug(
        "PAGE_REPEATED",
        detail=f"key column {key} holds no {expected}: {plain(value, 100)!r}",
        path=PATH,
    )


def _day_before(value: KeyValue) -> Expression | None:
    """Return the moment a day before; None where the calendar has none (30 February)."""
    try:
        start = dt.datetime.fromisoformat(str(value)) - INDEX_SLACK
    except (ValueError, OverflowError):
        return None
    return to_date(start.isoformat(sep=" "))
