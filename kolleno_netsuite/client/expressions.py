"""SuiteQL expressions and conditions: identifiers are checked, literals are quoted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .errors import ClientBug

MOMENT_FORMAT = "YYYY-MM-DD HH24:MI:SS"
DATE_FORMAT = "YYYY-MM-DD"
IN_LIMIT = 1000  # NetSuite refuses a longer list
# NetSuite's own ids end at 40 characters; a name in a query may get an ending of ours.
FIELD_ID_LENGTH = 64
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}(\.[A-Za-z_][A-Za-z0-9_]{0,127})?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
_FUNCTIONS = frozenset(
    {"ABS", "COALESCE", "COUNT", "GREATEST", "LEAST", "LOWER", "MAX", "MIN", "NVL", "SUM", "UPPER"}
)
# NetSuite's ids begin with a small letter, in queries as over REST.
_FIELD_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
# The words that a SELECT is made of, and the key under which NetSuite puts a row's links.
_RESERVED = frozenset(
    {
        *("all", "and", "any", "as", "asc", "between", "by", "case", "cross", "desc", "distinct"),
        *("else", "end", "exists", "fetch", "for", "from", "full", "group", "having", "in"),
        *("inner", "intersect", "into", "is", "join", "left", "like", "links", "minus", "not"),
        *("null", "offset", "on", "or", "order", "outer", "right", "rownum", "select", "self"),
        *("set", "some", "table", "then", "union", "update", "values", "when", "where", "with"),
    }
)
_OPERATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})

Scalar = str | int | bool | Decimal | dt.date | dt.datetime


class QueryError(ClientBug):
    """The query cannot be written safely, or could lose rows."""

    def __init__(self, detail: str) -> None:
        super().__init__("BAD_QUERY", detail=detail)


@dataclass(frozen=True)
class Expression:
    """A piece of SuiteQL that yields a value.

    :param sql: the text.
    :param column: for a moment: the bare column, which NetSuite's index knows.
    """

    sql: str
    column: str = ""

    @property
    def is_moment(self) -> bool:
        """Tell whether this is a moment formatted to the second."""
        return bool(self.column)


@dataclass(frozen=True)
class Condition:
    """A piece of SuiteQL that is true or false."""

    sql: str


Operand = str | Expression


def field_id_fault(text: str) -> str | None:
    """Return what keeps a text from being the id of a field in a query.

    The one rule for ids that people type: checked when a setting is saved, and again before a
    stored one is put into a query.

    :return: ``characters``, ``length`` or ``reserved``; None when nothing does.
    """
    if not _FIELD_ID.fullmatch(text):
        return "characters"
    if len(text) > FIELD_ID_LENGTH:
        return "length"
    return "reserved" if text.lower() in _RESERVED else None


def name(text: str) -> str:
    """Return a checked table name or alias."""
    if not _NAME.fullmatch(text):
        raise QueryError(f"not a name: {text!r}")
    return text


def column(text: str) -> Expression:
    """Return a checked column, as ``id`` or ``t.id``."""
    if not _COLUMN.fullmatch(text):
        raise QueryError(f"not a column: {text!r}")
    return Expression(text)


def operand(value: Operand) -> Expression:
    """Return an expression; a text is a column, never a literal."""
    return value if isinstance(value, Expression) else column(value)


def trusted(sql: str) -> Expression:
    """Return a piece of SuiteQL written in the source code; never put a value into it."""
    return Expression(sql)


def moment(text: str) -> Expression:
    """Return a date-time column as ``YYYY-MM-DD HH:MM:SS`` in the session's time zone."""
    return Expression(f"TO_CHAR({column(text).sql}, '{MOMENT_FORMAT}')", column=text)


def day(text: str) -> Expression:
    """Return a date column as ``YYYY-MM-DD``; NetSuite's own format is a user's preference."""
    return Expression(f"TO_CHAR({column(text).sql}, '{DATE_FORMAT}')")


def display(text: str) -> Expression:
    """Return the text that NetSuite shows for a reference or a status (BUILTIN.DF)."""
    return Expression(f"BUILTIN.DF({column(text).sql})")


def call(function: str, *arguments: Operand) -> Expression:
    """Return a function call, like ``call("SUM", "t.foreigntotal")``; no argument means ``*``."""
    if function not in _FUNCTIONS:
        raise QueryError(f"not a function for queries: {function!r}")
    return Expression(f"{function}({', '.join(operand(each).sql for each in arguments) or '*'})")


def literal(value: Scalar) -> Expression:
    """Return a quoted literal.

    :param value: bool becomes 'T' or 'F'; a date-time has no zone: it is a wall time of the
        session. A float is refused, because amounts must stay exact.
    """
    if isinstance(value, bool):
        return Expression("'T'" if value else "'F'")
    if isinstance(value, int):
        return Expression(str(int(value)))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise QueryError(f"not a finite number: {value}")
        return Expression(f"{value:f}")
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            raise QueryError("a date-time in a query is a wall time of NetSuite's session")
        return to_date(f"{value:%Y-%m-%d %H:%M:%S}".rjust(19, "0"))
    if isinstance(value, dt.date):
        return Expression(f"TO_DATE('{value.isoformat()}', '{DATE_FORMAT}')")
    if isinstance(value, str):
        if "\x00" in value:
            raise QueryError("a text in a query cannot hold a NUL character")
        return Expression("'" + value.replace("'", "''") + "'")
    raise QueryError(f"a {type(value).__name__} cannot stand in a query")


def to_date(text: str) -> Expression:
    """Return the moment of a text ``YYYY-MM-DD HH:MM:SS`` in the session's time zone."""
    if not _MOMENT.fullmatch(text):
        raise QueryError(f"not a moment: {text!r}")
    return Expression(f"TO_DATE('{text}', '{MOMENT_FORMAT}')")


def compare(left: Operand, operator: str, value: Scalar | Expression) -> Condition:
    """Return ``left operator value``; a text value is a literal, an Expression stays as it is."""
    if operator not in _OPERATORS:
        raise QueryError(f"not an operator: {operator!r}")
    right = value if isinstance(value, Expression) else literal(value)
    return Condition(f"{operand(left).sql} {operator} {right.sql}")


def equal(left: Operand, value: Scalar | Expression) -> Condition:
    """Return ``left = value``."""
    return compare(left, "=", value)


def same(left: str, right: str) -> Condition:
    """Return ``left = right`` for two columns, as joins need it."""
    return Condition(f"{column(left).sql} = {column(right).sql}")


def within(text: str, since: str | None, until: str | None) -> Condition:
    """Return ``since <= column <= until`` for a date-time column, in a form indexes know.

    :param since: wall time ``YYYY-MM-DD HH:MM:SS`` of the session; None for no lower bound.
    :param until: likewise.
    """
    bare = column(text).sql
    parts = []
    if since is not None:
        parts.append(Condition(f"{bare} >= {to_date(since).sql}"))
    if until is not None:
        parts.append(Condition(f"{bare} <= {to_date(until).sql}"))
    return every(*parts)


def among(left: Operand, values: Iterable[Scalar]) -> Condition:
    """Return ``left IN (…)``, split into lists of 1,000; an empty list is never true."""
    literals = [literal(value).sql for value in values]
    expression = operand(left).sql
    lists = [
        f"{expression} IN ({', '.join(literals[start : start + IN_LIMIT])})"
        for start in range(0, len(literals), IN_LIMIT)
    ]
    return any_of(*(Condition(each) for each in lists))


def starts_with(left: Operand, text: str) -> Condition:
    """Return ``left LIKE 'text%'``; the text has no wildcards of its own."""
    if not text.isalnum():
        raise QueryError(f"not a plain beginning: {text!r}")
    return Condition(f"{operand(left).sql} LIKE {literal(text + '%').sql}")


def missing(left: Operand) -> Condition:
    """Return ``left IS NULL``."""
    return Condition(f"{operand(left).sql} IS NULL")


def present(left: Operand) -> Condition:
    """Return ``left IS NOT NULL``."""
    return Condition(f"{operand(left).sql} IS NOT NULL")


def negate(condition: Condition) -> Condition:
    """Return ``NOT (condition)``."""
    return Condition(f"NOT ({condition.sql})")


def every(*conditions: Condition) -> Condition:
    """Return the conjunction; of nothing it is true."""
    return _joined(" AND ", conditions, "1 = 1")


def any_of(*conditions: Condition) -> Condition:
    """Return the disjunction; of nothing it is false."""
    return _joined(" OR ", conditions, "1 = 0")


def _joined(word: str, conditions: tuple[Condition, ...], empty: str) -> Condition:
    if not conditions:
        return Condition(empty)
    if len(conditions) == 1:
        return conditions[0]
    return Condition(word.join(f"({condition.sql})" for condition in conditions))
