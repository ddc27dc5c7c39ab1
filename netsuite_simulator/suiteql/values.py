"""Typed SQL expressions and how they convert into each other.

Kinds: `int` (ids, counts), `dec` (integers of 1/SCALE), `text`, `bool` ('T'/'F'), `date`
(`YYYY-MM-DD`), `datetime` (UTC text), `moment` (a naive session time known before the query
runs), `param` (a `?`), `null`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from netsuite_simulator.schema import SCALE
from netsuite_simulator.suiteql.errors import unsupported
from netsuite_simulator.suiteql.oracle_formats import date_writer, read_date, read_number
from netsuite_simulator.suiteql.zone import ZoneTable


@dataclass(frozen=True)
class Run:
    """What is known only when a compiled query runs.

    `sysdate` is the naive wall time of the database server, `now` that of the session's zone,
    `seq` the number of the request (it decides the order of equal rows), `date_format` the
    account's preference as an Oracle model.
    """

    params: tuple[str | None, ...]
    zone: ZoneTable
    sysdate: datetime
    now: datetime
    seq: int
    bare_point: bool
    date_format: str


Constant = Callable[[Run], Any]


@dataclass(frozen=True)
class Value:
    """One typed SQL expression; `constant` gives its Python value when it has one.

    `target` is `ref:<table>` or `enum:<type>` for BUILTIN.DF, `owner` the SQL alias of the
    column's table. `late` renders the value in Python, for the rows of a page only.
    """

    sql: str
    kind: str
    target: str = ""
    owner: str = ""
    constant: Constant | None = None
    aggregate: bool = False
    late: tuple[str, str] | None = None

    @property
    def numeric(self) -> bool:
        """Whether this is a number."""
        return self.kind in ("int", "dec")

    def plain(self) -> Value:
        """Return the value without its reference and constant, as part of an expression."""
        return replace(self, target="", owner="", constant=None, late=None)


NULL = Value("NULL", "null")


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def number_text(scaled: int | None, bare_point: int) -> str | None:
    """Write a scaled integer as NetSuite writes numbers: no trailing zeros, ".5" or "0.5"."""
    if scaled is None:
        return None
    whole, rest = divmod(abs(scaled), SCALE)
    sign = "-" if scaled < 0 else ""
    if not rest:
        return f"{sign}{whole}"
    fraction = f"{rest:08d}".rstrip("0")
    return f"{sign}{'' if bare_point and not whole else whole}.{fraction}"


def scaled(number: Decimal) -> int:
    """Return a number in units of 1/SCALE, rounded half up."""
    return int((number * SCALE).to_integral_value(rounding="ROUND_HALF_UP"))


def short_text(moment: datetime) -> str:
    """Return a moment so that it compares with stored dates: midnight is the bare date."""
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.strftime("%Y-%m-%d")
    return moment.strftime("%Y-%m-%d %H:%M:%S")


class Bindings:
    """The named parameters of a compiled query."""

    def __init__(self) -> None:
        self.sources: dict[str, Constant] = {}

    def add(self, source: Constant) -> str:
        """Bind a run-time value, and return its placeholder."""
        name = f"b{len(self.sources)}"
        self.sources[name] = source
        return f":{name}"

    def moment(self, value: Value) -> Constant | None:
        """Return the session time of a constant: a moment, or text in the account's format."""
        source = value.constant
        if source is None or value.kind == "moment":
            return source
        if value.kind in ("text", "param"):
            return lambda run: _read_moment(source(run), run.date_format)
        return None

    def sql(self, value: Value, kind: str) -> str:
        """Return the SQL of a value converted to `kind`.

        :raise QueryError: when Oracle would not convert it.
        """
        if value.kind == "null" or value.kind == kind:
            return value.sql
        converter = {
            "int": self._int, "dec": self._dec, "text": self._text, "bool": self._text,
            "date": self._date, "datetime": self._datetime,
        }.get(kind)  # fmt: skip
        if converter is None:
            raise unsupported()
        return converter(value)

    def _int(self, value: Value) -> str:
        source = value.constant
        if value.kind in ("text", "param") and source is not None:
            return self.add(lambda run: _read_int(source(run)))
        if value.kind == "text":
            return f"(ns_read_number({value.sql}) / {SCALE})"
        raise unsupported()

    def _dec(self, value: Value) -> str:
        source = value.constant
        if value.kind == "int":
            if value.sql.lstrip("-").isdigit():
                return str(int(value.sql) * SCALE)
            return f"({value.sql} * {SCALE})"
        if value.kind in ("text", "param") and source is not None:
            return self.add(lambda run: _read_scaled(source(run)))
        if value.kind == "text":
            return f"ns_read_number({value.sql})"
        raise unsupported()

    def _text(self, value: Value) -> str:
        source = value.constant
        if value.kind in ("text", "bool"):
            return value.sql
        if value.kind == "param" and source is not None:
            return self.add(lambda run: source(run) or None)
        if value.kind == "int":
            return f"CAST({value.sql} AS TEXT)"
        if value.kind == "dec":
            return f"ns_number({value.sql}, {self.add(lambda run: int(run.bare_point))})"
        if value.kind == "moment" and source is not None:
            return self.add(lambda run: date_writer(run.date_format)(source(run)))
        model = self.add(lambda run: run.date_format)
        if value.kind == "date":
            return f"ns_char_date({value.sql}, {model})"
        if value.kind == "datetime":
            return f"ns_char_time({value.sql}, {model}, {self.zone()})"
        raise unsupported()

    def _date(self, value: Value) -> str:
        source = self.moment(value)
        if source is not None:
            return self.add(lambda run: _optional(short_text, source(run)))
        if value.kind == "datetime":
            return f"ns_local({value.sql}, {self.zone()})"
        raise unsupported()

    def _datetime(self, value: Value) -> str:
        source = self.moment(value)
        if source is not None:
            return self.add(lambda run: _optional(run.zone.stored, source(run)))
        if value.kind == "date":
            return f"ns_utc({value.sql}, {self.zone()})"
        raise unsupported()

    def zone(self) -> str:
        """Bind the name of the session's zone."""
        return self.add(lambda run: run.zone.name)


def _optional(convert: Callable[[Any], str], value: Any) -> str | None:
    return None if value is None else convert(value)


def _read_moment(text: str | None, model: str) -> datetime | None:
    return read_date(text, model) if text else None


def _read_int(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    number = read_number(text)
    if number != number.to_integral_value():
        raise unsupported()
    return int(number)


def _read_scaled(text: str | None) -> int | None:
    return scaled(read_number(text)) if text else None


def common_kind(values: Iterable[Value]) -> str:
    """Return the kind that values are compared or combined in."""
    kinds = {value.kind for value in values} - {"null"}
    if kinds & {"int", "dec"}:
        return "dec" if "dec" in kinds else "int"
    if "datetime" in kinds:
        return "datetime"
    if "date" in kinds:
        return "date"
    if "moment" in kinds:
        return "datetime"
    return "text"
