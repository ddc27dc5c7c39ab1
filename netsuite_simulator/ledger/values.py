"""Values of record bodies, and how they become column values and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from ..clock import from_stored, stored
from ..errors import BookError, invalid_content, invalid_value
from ..schema import ENUMS, SCALE, Kind

Body = Mapping[str, Any]
MAX_SCALED = 2**63 - 1
_DAY = re.compile(r"\d{4}-\d\d-\d\d($|[T ])")


@dataclass(frozen=True)
class Ref:
    """A reference to a record: internal id, `refName` and REST record type."""

    id: int
    name: str | None
    type: str | None


@dataclass(frozen=True)
class Enum:
    """A value of a fixed list: its id and `refName`."""

    id: str
    name: str


class Several(list[Ref]):
    """The chosen entries of a multiple select."""


class Sublist(list[dict[str, Any]]):
    """The lines of a sublist, in order."""


def to_scaled(value: Any, field: str) -> int:
    """Return a number of a body in units of 1/SCALE, exactly.

    :param value: int, str, float or Decimal; a float counts as its shortest decimal text.
    :raise BookError: when it is no finite number or too large.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise invalid_value(value, field)
    try:
        number = Decimal(str(value))
        scaled = int((number * SCALE).to_integral_value()) if number.is_finite() else None
    except InvalidOperation:
        scaled = None
    if scaled is None or abs(scaled) > MAX_SCALED:
        raise invalid_value(value, field)
    return scaled


def to_integer(value: Any, field: str) -> int:
    """Return a whole number of a body.

    :raise BookError: when it is none.
    """
    whole, rest = divmod(to_scaled(value, field), SCALE)
    if rest:
        raise invalid_value(value, field)
    return whole


def to_decimal(scaled: int) -> Decimal:
    """Return an integer of 1/SCALE as Decimal without trailing zeros beyond need."""
    return Decimal(scaled).scaleb(-8).normalize() + 0 if scaled else Decimal(0)


def round_half_up(numerator: int, denominator: int) -> int:
    """Divide two integers, rounding halves away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def rounding_unit(precision: int) -> int:
    """Return the smallest amount of a currency with that many decimals, in 1/SCALE."""
    return int(10 ** (8 - precision))


def rounded(scaled: int, unit: int) -> int:
    """Round an amount to a multiple of the currency's unit."""
    return round_half_up(scaled, unit) * unit


def times(scaled: int, factor: int, unit: int) -> int:
    """Multiply an amount by a factor (both in 1/SCALE) and round to the unit."""
    return round_half_up(scaled * factor, SCALE * unit) * unit


def reference_id(value: Any, field: str) -> int | None:
    """Return the internal id that a reference names, None when it names an external id only.

    A reference is `{"id": "5"}`, `"5"` or `5`.
    """
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, Mapping):
        if value.get("id") is None:
            return None
        value = value["id"]
    try:
        number = int(str(value))
    except ValueError:
        raise invalid_value(value, field) from None
    if abs(number) > MAX_SCALED:
        raise invalid_value(value, field)
    return number


def to_bool(value: Any, field: str) -> bool:
    """Return a yes or no: a JSON boolean, 'T'/'F' or an enum of them."""
    if isinstance(value, Enum):
        value = value.id
    if isinstance(value, Mapping):
        value = value.get("id")
    choices: dict[Any, bool] = {True: True, False: False, "T": True, "F": False}
    if isinstance(value, (list, dict)) or value not in choices:
        raise invalid_value(value, field)
    return choices[value]


def to_date(value: Any, field: str) -> str:
    """Return a date of a body as stored; accepts a date, or `YYYY-MM-DD` with or without time."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    try:
        if _DAY.match(str(value)):
            return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        pass
    raise invalid_value(value, field)


def to_datetime(value: Any, field: str) -> str:
    """Return a time of a body as stored, in UTC; without an offset it counts as UTC."""
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            raise invalid_value(value, field) from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=timezone.utc)
    return stored(value)


def to_column(kind: Kind, value: Any, field: str) -> int | str | None:
    """Turn a value of a body into a column's value; references are for the caller.

    :raise BookError: when the value does not fit the kind.
    """
    if value is None:
        return None
    match kind.base:
        case "money" | "number":
            return to_scaled(value, field)
        case "integer":
            return to_integer(value, field)
        case "bool":
            return "T" if to_bool(value, field) else "F"
        case "date":
            return to_date(value, field)
        case "datetime":
            return to_datetime(value, field)
        case "enum":
            return _enum_code(kind, value, field)
        case "id":
            return reference_id(value, field)
    if isinstance(value, (Mapping, list)):
        raise invalid_content(f"Invalid content in the request body: {field} must be text.", field)
    return str(value)


def _enum_code(kind: Kind, value: Any, field: str) -> str:
    if isinstance(value, Enum):
        value = value.id
    if isinstance(value, Mapping):
        value = value.get("id")
    code = str(value)
    known = ENUMS.get(kind.target)
    if known is not None and code not in known:
        raise invalid_value(code, field)
    return code


def from_column(kind: Kind, value: Any) -> Any:
    """Turn a column's value into a plain Python value; not for references and enums."""
    if value is None:
        return None
    match kind.base:
        case "money" | "number":
            return to_decimal(value)
        case "bool":
            return value == "T"
        case "date":
            return date.fromisoformat(value)
        case "datetime":
            return from_stored(value)
    return value


def line_number(line: Body) -> int | None:
    """Return the number that a line of a sublist has in `line`, if it has one.

    :raise BookError: when it is no whole number.
    """
    given = line.get("line")
    return None if given is None else to_integer(given, "line")


def items_of(body: Body, name: str) -> list[Body] | None:
    """Return the lines that a body gives for a sublist.

    :return: none when the body does not name the sublist; `[]` when it empties it
        (`null` or `{"items": null}`).
    """
    if name not in body:
        return None
    sublist = body[name]
    lines = sublist.get("items") if isinstance(sublist, Mapping) else sublist
    if lines is None:
        return []
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        raise BookError(400, "INVALID_CONTENT", f"Invalid content in the sublist {name}.", name)
    return list(lines)


def is_emptied(body: Body, name: str) -> bool:
    """Whether a body empties a sublist by `null` or `{"items": null}`."""
    if name not in body:
        return False
    sublist = body[name]
    return sublist is None or (isinstance(sublist, Mapping) and sublist.get("items", 0) is None)
