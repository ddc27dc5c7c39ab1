"""Which rights a call needs: to view, search, create, edit or delete which records.

NetSuite's levels build on one another (View, Create, Edit, Full): who loses one loses those above
it. A role may also be without the right to search.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sqlglot import exp

from netsuite_simulator.ledger.record_types import BY_LOWER_NAME, RecordType
from netsuite_simulator.schema import LINES, TABLES
from netsuite_simulator.suiteql.dialect import parse
from netsuite_simulator.suiteql.errors import QueryError
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import ApiError

# What goes with a verb when the role loses it.
VERBS = {
    "view": ("view", "search", "create", "edit", "delete"),
    "search": ("search",),
    "create": ("create", "edit", "delete"),
    "edit": ("edit", "delete"),
    "delete": ("delete",),
}
_QUERY_PATH = "/services/rest/query/v1/suiteql"
_RECORD_PATH = "/services/rest/record/v1/"
_RESTLET_PATH = "/app/site/hosting/restlet.nl"
_NO_RECORDS = ("metadata-catalog", "preference")
_VERB_OF_METHOD = {
    "GET": ("view",), "PATCH": ("edit",), "DELETE": ("delete",), "PUT": ("create", "edit"),
}  # fmt: skip


def needs(call: Call, columns: bool = False, lines: bool = False) -> Iterator[tuple[str, str]]:
    """Yield (record or table in lower case, verb) for each right that a call needs.

    A query needs to search its tables and, of the table of transactions, every type that has
    records there.

    :param columns: it needs to search the tables that its columns refer to as well.
    :param lines: a query of lines alone needs to search the types of their transactions, too.
    """
    if call.path == _QUERY_PATH:
        query = query_of(call)
        tables, referred = named_in(query)
        yield from ((name, "search") for name in {*tables, *(referred if columns else ())})
        if "transaction" in tables or (lines and tables & LINES):
            kinds = BY_LOWER_NAME.values()
            yield from ((kind.name.lower(), "search") for kind in kinds if kind.code)
        return
    if call.path == _RESTLET_PATH and call.method == "POST":
        # What a script changes, whoever calls it has to be allowed to change.
        yield _type_of(call), "edit"
        return
    name, *more = call.path.removeprefix(_RECORD_PATH).lower().split("/")
    if not call.path.startswith(_RECORD_PATH) or name in _NO_RECORDS:
        return
    if call.method == "POST" and len(more) > 1:
        changes = "view" if more[1] == "!transform" else "edit"
        yield name, changes
        if changes == "view":
            yield more[-1], "create"
        return
    alone = {"GET": ("search",), "POST": ("create",)}.get(call.method, ())
    for verb in alone if not more else _VERB_OF_METHOD.get(call.method, ()):
        yield name, verb


def transaction_type(name: str) -> RecordType | None:
    """Return the type of transactions with a REST name; None when it is none."""
    kind = BY_LOWER_NAME.get(name.lower())
    return kind if kind is not None and kind.code else None


def _type_of(call: Call) -> str:
    """Return the record type, in lower case, that the body of a script's call names."""
    try:
        return str(call.json().get("type", "")).lower()
    except ApiError:
        return ""


def query_of(call: Call) -> str:
    """Return the text of the query that a call asks; empty when there is none."""
    try:
        query = call.json().get("q")
    except ApiError:
        return ""
    return query if isinstance(query, str) else ""


@lru_cache(maxsize=256)
def named_in(query: str) -> tuple[frozenset[str], dict[str, str]]:
    """Return what a query names: its tables, and {table: column that refers to it}.

    What does not parse names nothing, and is refused for that.
    """
    try:
        tree = parse(query, allow_with=True, allow_fetch_first=True)
    except QueryError:
        return frozenset(), {}
    tables = frozenset(node.name.lower() for node in tree.find_all(exp.Table))
    referring = {
        column: kind.target
        for table in tables
        for column, kind in TABLES.get(table, {}).items()
        if kind.base in ("ref", "multi") or column == "subsidiary"
    }
    columns: dict[str, str] = {}
    for node in tree.find_all(exp.Column):
        column = node.name.lower()
        if column in referring:
            columns.setdefault(referring[column] or column, column)
    return tables, columns
