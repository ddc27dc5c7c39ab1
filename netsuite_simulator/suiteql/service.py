"""The query service: `POST /services/rest/query/v1/suiteql` (docs/NETSUITE.md 4.1)."""

# ruff: noqa: S608 - names come from the schema, values are bound or quoted

from __future__ import annotations

import re
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from netsuite_simulator.clock import Clock
from netsuite_simulator.schema import LINES, visible_tables
from netsuite_simulator.store import Store
from netsuite_simulator.suiteql.dialect import parse
from netsuite_simulator.suiteql.errors import HiddenTable, UnknownColumn, unsupported
from netsuite_simulator.suiteql.expressions import NO_INDEX
from netsuite_simulator.suiteql.oracle_formats import date_writer
from netsuite_simulator.suiteql.select import QueryCompiler, Selection
from netsuite_simulator.suiteql.values import Bindings, Run, Value, number_text, quoted
from netsuite_simulator.suiteql.zone import zone_table
from netsuite_simulator.switches import Switches
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import (
    Answer,
    ApiError,
    page_links,
    resource_answer,
    unexpected_error,
)

DEFAULT_LIMIT = 1000
MAX_LIMIT = 1000
MAX_RESULTS = 100_000
# A SELECT of more columns than that has no rows, and NetSuite says nothing about it.
MOST_COLUMNS = 100
_CACHED_QUERIES = 512
_DATE_MODELS = {"M/D/YYYY": "FMMM/DD/YYYY", "D/M/YYYY": "FMDD/MM/YYYY", "YYYY-MM-DD": "YYYY-MM-DD"}
Converter = Callable[[Any], "str | None"]


@dataclass
class Rows:
    """One page of a query: rows as NetSuite shows them and the number of all rows."""

    items: list[dict[str, Any]]
    total: int


class QueryService:
    """Compiles and runs queries of one account; keeps compiled queries and row counts.

    :param store: the account's books.
    :param clock: the account's clock.
    :param switches: choices about NetSuite's behaviour.
    """

    def __init__(self, store: Store, clock: Clock, switches: Switches) -> None:
        self._store, self._clock, self._switches = store, clock, switches
        self._lock = threading.Lock()
        self._compiled: OrderedDict[tuple[str, str], tuple[Selection, Bindings]] = OrderedDict()
        self._totals: dict[tuple[Any, ...], int] = {}
        self._totals_version = -1

    def session_zone(self) -> str:
        """Return the IANA name of the zone that TO_CHAR and TO_DATE use."""
        zone = self._switches.session_zone
        if zone == "account":
            return self._clock.zone
        return "UTC" if zone == "utc" else zone

    def run(
        self,
        query: str,
        params: Sequence[str | None],
        limit: int,
        offset: int,
        seq: int,
        hidden_types: Sequence[str] = (),
        *,
        hides_lines: bool = False,
    ) -> Rows:
        """Run one page of a query.

        :param query: SuiteQL text.
        :param params: values of the `?`, as text.
        :param limit: rows per page.
        :param offset: rows to pass over.
        :param seq: number of the request; decides the order of rows that sort equal.
        :param hidden_types: codes of transactions that the role may not see.
        :param hides_lines: nor their lines, where the query names no transaction.
        :raise ApiError: in NetSuite's words.
        """
        selection, bindings = self._compile(query)
        if len(selection.names) > MOST_COLUMNS and self._switches.wide_select_empty:
            return Rows([], 0)
        if hidden_types:
            selection = replace(selection, body=_without(selection.body, hidden_types, hides_lines))
        run = self._run_context(params, seq)
        values = {name: source(run) for name, source in bindings.sources.items()}
        try:
            return self._fetch(selection, values, run, limit, offset)
        except sqlite3.OperationalError as error:
            if "user-defined function" in str(error):
                raise unsupported() from None
            raise unexpected_error(seq) from error
        except (sqlite3.Error, OverflowError) as error:
            raise unexpected_error(seq) from error

    def _fetch(
        self, selection: Selection, values: dict[str, Any], run: Run, limit: int, offset: int
    ) -> Rows:
        capped = "" if selection.limit is None else f" LIMIT {selection.limit}"
        count_sql = f"SELECT COUNT(*) FROM ({selection.body}{capped})"
        rows_wanted = limit
        if selection.limit is not None:
            rows_wanted = max(min(limit, selection.limit - offset), 0)
        terms = [*selection.order]
        if selection.ties and self._switches.shuffle_ties:
            terms.append(selection.ties)
        order = f" ORDER BY {', '.join(terms)}" if terms else ""
        body = selection.body.replace(NO_INDEX, "+") if terms else selection.body
        page_sql = f"{body}{order} LIMIT {rows_wanted} OFFSET {offset}"
        with self._store.read() as connection:
            rows = connection.execute(page_sql, values).fetchall()
            if offset == 0 and len(rows) < limit:
                total = len(rows)
            else:
                total = self._count(connection, count_sql, values)
        converters = [self._converter(value, run) for value in selection.values]
        return Rows([_item(selection.names, row, converters) for row in rows], total)

    def _count(self, connection: sqlite3.Connection, count_sql: str, values: dict[str, Any]) -> int:
        names = set(re.findall(r":(b\d+)", count_sql))
        used = {name: value for name, value in values.items() if name in names}
        key = (count_sql, tuple(used.items()))
        with self._lock:
            if self._totals_version != self._store.version:
                self._totals.clear()
                self._totals_version = self._store.version
            if key in self._totals:
                return self._totals[key]
        total = int(connection.execute(count_sql, used).fetchone()[0])
        with self._lock:
            self._totals[key] = total
        return total

    def _compile(self, query: str) -> tuple[Selection, Bindings]:
        switches = self._switches
        # Nearly every switch of the books says what exists, and few change between two queries.
        key = (query, repr(switches))
        with self._lock:
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
        tree = parse(query, switches.allow_with, switches.allow_fetch_first)
        compiler = QueryCompiler(visible_tables(switches), switches.status_display == "full")
        try:
            compiled = (compiler.compile(tree), compiler.bindings)
        except UnknownColumn as error:
            raise error.worded(switches.unknown_column_wording) from None
        except HiddenTable as error:
            raise error.worded(switches.unknown_table_wording) from None
        with self._lock:
            self._compiled[key] = compiled
            while len(self._compiled) > _CACHED_QUERIES:
                self._compiled.popitem(last=False)
        return compiled

    def _run_context(self, params: Sequence[str | None], seq: int) -> Run:
        now, switches = self._clock.now(), self._switches
        zone = zone_table(self.session_zone())
        return Run(
            params=tuple(params),
            zone=zone,
            sysdate=now.astimezone(ZoneInfo(switches.sysdate_zone)).replace(tzinfo=None),
            now=zone.local(now.strftime("%Y-%m-%d %H:%M:%S")),
            seq=seq,
            bare_point=switches.bare_decimal_point,
            date_format=_DATE_MODELS[switches.date_format],
        )

    def _converter(self, value: Value, run: Run) -> Converter | None:
        """Return how a column's stored values are shown; None shows them as they are."""
        local = run.zone.local
        if value.late is not None:
            late = date_writer(value.late[1])
            return lru_cache(lambda stored: late(local(stored)))
        if value.kind == "int":
            return str
        if value.kind == "dec":
            bare = int(run.bare_point)
            return lambda stored: number_text(stored, bare)
        if value.kind in ("date", "datetime"):
            write = date_writer(run.date_format)
            if value.kind == "date":
                return lru_cache(lambda stored: write(datetime.fromisoformat(stored)))
            return lru_cache(lambda stored: write(local(stored)))
        return None


def _without(body: str, types: Sequence[str], hides_lines: bool) -> str:
    """Take transactions of some types out of a compiled query, wherever it names their table.

    :param hides_lines: and their lines as well.
    """
    codes = ", ".join(quoted(code) for code in types)
    shown = f'(SELECT * FROM "transaction" WHERE type NOT IN ({codes})) AS "'
    body = body.replace('"transaction" AS "', shown)
    gone = f'SELECT id FROM "transaction" WHERE type IN ({codes})'
    for table in LINES if hides_lines else ():
        left = f'(SELECT * FROM "{table}" WHERE "transaction" NOT IN ({gone})) AS "'
        body = body.replace(f'"{table}" AS "', left)
    return body


def _item(
    names: list[str], row: Sequence[Any], converters: list[Converter | None]
) -> dict[str, Any]:
    """Return one row: `links` first, nulls (and empty texts, Oracle's nulls) left out."""
    item: dict[str, Any] = {"links": []}
    for name, value, convert in zip(names, row, converters, strict=True):
        if value is not None and value != "":
            item[name] = convert(value) if convert else value
    return item


def page_bounds(call: Call) -> tuple[int, int]:
    """Read `limit` and `offset` of a call.

    :raise ApiError: unless 1 ≤ limit ≤ 1000, offset is a multiple of it and below 100,000 rows.
    """
    args = call.args
    limit = _whole(args.get("limit", str(DEFAULT_LIMIT)), "limit")
    offset = _whole(args.get("offset", "0"), "offset")
    if not 1 <= limit <= MAX_LIMIT:
        raise _bad_parameter("limit", f"The limit must be between 1 and {MAX_LIMIT}.")
    if offset % limit:
        raise _bad_parameter("offset", "The offset must be divisible by the limit.")
    if offset + limit > MAX_RESULTS:
        raise _bad_parameter("offset", f"Only the first {MAX_RESULTS} results can be read.")
    return limit, offset


def _whole(text: str, name: str) -> int:
    if not text.isdigit():
        raise _bad_parameter(name, f"Invalid value '{text}'. A whole number is expected.")
    return int(text)


def _bad_parameter(name: str, detail: str) -> ApiError:
    wording = f"Invalid query parameter '{name}'. {detail}"
    return ApiError(400, "INVALID_PARAMETER", wording, {"o:errorQueryParam": name})


class _Account(Protocol):
    """What a query needs of the account."""

    @property
    def queries(self) -> QueryService: ...


def suiteql(account: _Account, call: Call) -> Answer:
    """Answer one SuiteQL request."""
    if "transient" not in call.headers.get("prefer", ""):
        detail = (
            "The required request header 'Prefer' is missing or has incorrect value. "
            "Provide the header with value 'transient'."
        )
        raise ApiError(400, "INVALID_HEADER", detail, {"o:errorHeader": "Prefer"})
    limit, offset = page_bounds(call)
    body = call.json()
    query, params = body.get("q"), body.get("params") or []
    if not isinstance(query, str) or not query.strip() or not isinstance(params, list):
        raise ApiError(400, "INVALID_CONTENT", "Invalid content in the request body.")
    texts = [None if param is None else str(param) for param in params]
    rows = account.queries.run(
        query,
        texts,
        limit,
        offset,
        call.seq,
        call.hidden_types,
        hides_lines=call.hides_lines,
    )
    page = {
        "links": page_links(call.url, limit, offset, rows.total),
        "count": len(rows.items),
        "hasMore": offset + limit < rows.total,
        "items": rows.items,
        "offset": offset,
        "totalResults": rows.total,
    }
    return resource_answer(page, "collection", rows=len(rows.items))
