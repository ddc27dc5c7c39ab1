"""Read typed values from SuiteQL rows.

SuiteQL gives every value as a string, booleans as T and F, and leaves out columns that are null
(docs/NETSUITE.md 4.1); a number below one may come without its zero (``.5``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar, overload

from .errors import DataError

T = TypeVar("T")
D = TypeVar("D")
Row = Mapping[str, str]

MOMENT_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]+")
# A number with more digits before or behind the point is nobody's amount, rate or count, and
# writing it out or adding it up could take all memory.
MOST_DIGITS = 60
_NAMES = ("id", "transaction", "entity", "previousdoc")


class ShapeError(DataError):
    """A value is missing, or is not what the column should hold."""

    def __init__(self, record: str, column: str, value: str, expected: str) -> None:
        super().__init__(
            "UNEXPECTED_SHAPE",
            detail=f"{record}: {column} is {value}, expected {expected}",
            params={"record": record, "column": column, "value": value},
            field=column,
        )


class _Required:
    """Marks a column without default."""


_REQUIRED = _Required()


class Reader(Generic[T]):
    """Reads one kind of value: ``integer(row, "id")``, ``text(row, "memo", None)``."""

    def __init__(self, expected: str, parse: Callable[[str], T]) -> None:
        self._expected = expected
        self._parse = parse

    @overload
    def __call__(self, row: Row, key: str, *, record: str = "") -> T: ...

    @overload
    def __call__(self, row: Row, key: str, default: D, *, record: str = "") -> T | D: ...

    def __call__(
        self, row: Row, key: str, default: object = _REQUIRED, *, record: str = ""
    ) -> object:
        """Return the value of a column.

        :param default: what to return for a null; without it a null is an error.
        :param record: what the row is, for the message; default: its id.
        :raise ShapeError: the column is null without default, or its text is not of the kind.
        """
        value = row.get(key)
        if value is None or (value == "" and self._expected != "a text"):
            if default is _REQUIRED:
                raise ShapeError(record or _name(row), key, "empty", self._expected)
            return default
        try:
            return self._parse(value)
        except (ValueError, InvalidOperation, TypeError, OverflowError) as error:
            raise ShapeError(record or _name(row), key, repr(value), self._expected) from error


def _name(row: Row) -> str:
    found = next((key for key in _NAMES if row.get(key)), None)
    return f"{found} {row[found]}" if found else "a row without id"


def _parse_text(value: str) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _parse_integer(value: str) -> int:
    if not _INTEGER.fullmatch(value):
        raise ValueError("not an integer")
    return int(value)


def _parse_decimal(value: str) -> Decimal:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("not a finite number")
    if number and not -MOST_DIGITS <= number.adjusted() <= MOST_DIGITS:
        raise ValueError("not a number of a size that occurs")
    return number


def _parse_boolean(value: str) -> bool:
    if value not in ("T", "F"):
        raise ValueError("neither T nor F")
    return value == "T"


def _parse_date(value: str) -> dt.date:
    if not _DATE.fullmatch(value):
        raise ValueError("not a date")
    return dt.date.fromisoformat(value)


def _parse_moment(value: str) -> str:
    if not MOMENT_PATTERN.fullmatch(value):
        raise ValueError("not a moment")
    dt.datetime.fromisoformat(value)
    return value


text: Reader[str] = Reader("a text", _parse_text)
integer: Reader[int] = Reader("an integer", _parse_integer)
decimal: Reader[Decimal] = Reader("a number", _parse_decimal)
boolean: Reader[bool] = Reader("T or F", _parse_boolean)
# Dates are selected with TO_CHAR(column, 'YYYY-MM-DD'): NetSuite's own format is a preference.
date: Reader[dt.date] = Reader("a date YYYY-MM-DD", _parse_date)
# A moment stays NetSuite's own text, in the session's time zone; NetsuiteClock converts it.
datetime_text: Reader[str] = Reader("a moment YYYY-MM-DD HH:MM:SS", _parse_moment)
