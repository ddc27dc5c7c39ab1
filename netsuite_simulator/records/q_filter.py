"""The filter language of `q`: `field OPERATOR value [AND|OR …]`, turned into SuiteQL.

Operators per kind of field: docs/NETSUITE.md 3.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from netsuite_simulator.ledger.record_types import RecordType
from netsuite_simulator.schema import TABLES, Kind
from netsuite_simulator.suiteql.errors import QueryError
from netsuite_simulator.suiteql.values import quoted

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\(|\)|[^\s()]+)')
_ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,\s]+)')
# Operators that take no value.
_UNARY = {"EMPTY": "IS NULL"}
_COMPARISONS = {
    "IS": "=", "EQUAL": "=", "ON": "=", "GREATER": ">", "GREATER_OR_EQUAL": ">=", "LESS": "<",
    "LESS_OR_EQUAL": "<=", "AFTER": ">", "BEFORE": "<", "ON_OR_AFTER": ">=", "ON_OR_BEFORE": "<=",
}  # fmt: skip
_PATTERNS: dict[str, Callable[[str], str]] = {
    "CONTAIN": lambda text: f"%{text}%",
    "START_WITH": lambda text: f"{text}%",
    "END_WITH": lambda text: f"%{text}",
    "ENDWITH": lambda text: f"%{text}",
}
_LISTS = ("ANY_OF", "BETWEEN", "WITHIN")
# A date preference: how NetSuite names it in its refusals, and where its parts stand.
_DATES = {
    "M/D/YYYY": ("M/d/yy", re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})")),
    "D/M/YYYY": ("d/M/yy", re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")),
    "YYYY-MM-DD": ("yyyy-MM-dd", re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")),
}


@dataclass(frozen=True)
class DateStyle:
    """How the user behind a call writes dates: the date preference, and the zone by name."""

    preference: str
    zone: str

    def check(self, text: str) -> None:
        """Check that a text is a day as the user writes it; a time of day is none.

        :raise QueryError: in NetSuite's words.
        """
        named, pattern = _DATES[self.preference]
        match = pattern.fullmatch(text)
        try:
            if match:
                date(*(int(match[part]) for part in ("year", "month", "day")))
                return
        except ValueError:
            pass
        raise QueryError(
            f'Search error occurred: Parse of date/time "{text}" failed with date format '
            f'"{named}" in time zone {self.zone}'
        )


def condition(kind: RecordType, text: str, style: DateStyle) -> str:
    """Return the SuiteQL condition of a filter.

    :param kind: the record type; its REST names and its table's column names may be used.
    :param text: the value of `q`.
    :param style: how dates are written.
    :raise QueryError: for an unknown field or operator, or a date that is written otherwise.
    """
    tokens = [match[1] for match in _TOKEN.finditer(text)]
    parts: list[str] = []
    position = 0
    while position < len(tokens):
        word = tokens[position]
        if word in "()" or word.upper() in ("AND", "OR"):
            parts.append(word)
            position += 1
            continue
        clause, used = _clause(kind, tokens[position:], style)
        parts.append(clause)
        position += used
    if not parts:
        raise _malformed(text)
    return " ".join(parts)


def _malformed(text: str) -> QueryError:
    return QueryError(f"Search error occurred: Invalid query '{text}'.")


def _column(kind: RecordType, name: str) -> tuple[str, Kind]:
    for field in kind.fields:
        if field.name.lower() == name.lower():
            return field.column, field.kind
    columns = TABLES[kind.table]
    column = {"internalid": "id"}.get(name.lower(), name.lower())
    if column not in columns:
        raise QueryError(f"Unknown field name '{name}' in the search query.")
    return column, columns[column]


def _clause(kind: RecordType, tokens: list[str], style: DateStyle) -> tuple[str, int]:
    """Compile one comparison, and return it with the number of tokens it took."""
    column, column_kind = _column(kind, tokens[0])
    if len(tokens) < 2:
        raise _malformed(tokens[0])
    operator = tokens[1].upper()
    base = operator.removesuffix("_NOT")
    negation = "NOT " if operator.endswith("_NOT") else ""
    if base in _UNARY:
        return f"{negation}({column} {_UNARY[base]})", 2
    if len(tokens) < 3:
        raise _malformed(" ".join(tokens))
    if column_kind.base in ("date", "datetime"):
        for each in _items(tokens[2]):
            style.check(each)
    if base in _LISTS:
        return f"{negation}({_list_clause(column, column_kind, base, tokens[2])})", 3
    text = _unquoted(tokens[2])
    if base in _PATTERNS:
        return f"{negation}({column} LIKE {quoted(_PATTERNS[base](text))})", 3
    if base not in _COMPARISONS:
        raise QueryError(f"Search error occurred: Invalid operator '{tokens[1]}'.")
    return f"{negation}({column} {_COMPARISONS[base]} {_literal(column_kind, text)})", 3


def _list_clause(column: str, kind: Kind, operator: str, token: str) -> str:
    items = [_literal(kind, text) for text in _items(token)]
    if operator == "ANY_OF":
        return f"{column} IN ({', '.join(items)})"
    if len(items) != 2:
        raise _malformed(token)
    return f"{column} BETWEEN {items[0]} AND {items[1]}"


def _items(token: str) -> Iterator[str]:
    for match in _ITEM.finditer(token.strip("[]")):
        yield match[1] if match[1] is not None else match[2]


def _unquoted(token: str) -> str:
    return token[1:-1].replace('\\"', '"') if token.startswith('"') else token


def _literal(kind: Kind, text: str) -> str:
    if kind.base == "bool":
        return quoted({"true": "T", "false": "F"}.get(text.lower(), text))
    if kind.storage == "INTEGER" and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text
    return quoted(text)
