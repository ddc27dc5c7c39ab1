"""One field's value on its way to NetSuite and back: as it is meant, sent, read and shown.

A value is kept in one form, whichever way it came: a text, an exact number as text, True or False,
``YYYY-MM-DD``, ``YYYY-MM-DD HH:MM`` in UTC (NetSuite's own fields have no seconds over REST,
docs/NETSUITE.md 3.2), the id of a list value, a sorted list of such ids; None for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timezone, tzinfo
from decimal import Decimal
from typing import Any

from ...client.metadata import BOOLEAN, DATE, DATETIME, INTEGER, LIST, MULTI, NUMBER
from ...client.suiteql import Expression, column, day, moment
from ...client.wire import LARGEST_EXPONENT
from ..fields import ConversionError, convert

Value = str | bool | list[str] | None

_ID = re.compile(r"-?[0-9]+|[A-Za-z][A-Za-z0-9_]*")
_SEPARATOR = re.compile(r"\s*[,\x05]\s*")


def value_of(raw: Any, kind: str, zone: tzinfo | None = None) -> Value:
    """Return a value in the one form.

    :param raw: a Python value, a text that a person typed, a SuiteQL row's text or a REST body's
        value.
    :param kind: one of `client.metadata.KINDS`.
    :param zone: of wall times without one; None for UTC.
    :raise ConversionError: the value is not of this kind.
    """
    if isinstance(raw, Mapping) and kind != MULTI:
        raw = raw.get("id")
    if kind == BOOLEAN:
        return bool(convert(raw, "boolean"))
    if raw is None or raw == "" or raw == [] or (raw is False and kind != BOOLEAN):
        return None
    if kind in (NUMBER, INTEGER):
        return _number(raw, kind)
    if kind == DATE:
        return _day(raw)
    if kind == DATETIME:
        return _moment(raw, zone)
    if kind == LIST:
        return _list_id(raw)
    if kind == MULTI:
        return _list_ids(raw)
    # NetSuite keeps neither blanks at the end nor another kind of line ends.
    return str(raw).replace("\r\n", "\n").replace("\r", "\n").rstrip() or None


def body_of(value: Value, kind: str) -> Any:
    """Return a value as a REST body has it; None clears the field.

    Numbers are Decimal, so that no digit is lost on the way.
    """
    if value is None:
        return {"items": []} if kind == MULTI else None
    if kind in (NUMBER, INTEGER):
        return Decimal(str(value))
    if kind == DATETIME:
        return f"{str(value).replace(' ', 'T')}:00Z"
    if kind == LIST:
        return {"id": value}
    if kind == MULTI:
        return {"items": [{"id": each} for each in _list_ids(value) or ()]}
    return value


def shown_body(value: Value, kind: str) -> Any:
    """Return `body_of` in what JSON can keep; a number as the text of its digits."""
    body = body_of(value, kind)
    return f"{body:f}" if isinstance(body, Decimal) else body


def shown(value: Value) -> str:
    """Return a value as a person reads it; empty for nothing."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return "" if value is None else str(value)


def expression_of(table: str, field_id: str, kind: str) -> Expression:
    """Return what SuiteQL is asked for, so that `value_of` reads the answer.

    :param table: alias of the record's table.
    """
    name = f"{table}.{field_id.lower()}"
    if kind == DATE:
        return day(name)
    return moment(name) if kind == DATETIME else column(name)


def _number(raw: Any, kind: str) -> str:
    number = convert(str(raw).strip(), "number")
    # Written out, a number beyond this would take all memory.
    if not isinstance(number, Decimal) or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise ConversionError(str(raw), "number")
    if kind == INTEGER and number != number.to_integral_value():
        raise ConversionError(str(raw), "integer")
    plain = f"{number.normalize():f}"
    return "0" if plain in ("-0", "0") else plain


def _day(raw: Any) -> str:
    if isinstance(raw, datetime):
        raw = raw.date()
    found = raw if isinstance(raw, date) else convert(str(raw), "date")
    if not isinstance(found, date):
        raise ConversionError(str(raw), "date")
    return found.isoformat()


def _moment(raw: Any, zone: tzinfo | None) -> str:
    if isinstance(raw, datetime):
        found = raw if raw.tzinfo is None else raw.astimezone(timezone.utc)
    else:
        read = convert(str(raw), "datetime", zone or timezone.utc)
        if not isinstance(read, datetime):
            raise ConversionError(str(raw), "datetime")
        found = read
    return f"{found:%Y-%m-%d %H:%M}"


def _list_id(raw: Any) -> str:
    text = str(raw).strip()
    # Enumerations of NetSuite's own have words for ids, as AUTO or ON.
    if not _ID.fullmatch(text):
        raise ConversionError(text, "list_id")
    return text


def _list_ids(raw: Any) -> list[str] | None:
    if isinstance(raw, Mapping):
        if "items" not in raw:
            # Only where to read it; nobody can say what it holds.
            raise ConversionError("", "list_id")
        raw = raw.get("items") or []
    parts = raw if isinstance(raw, (list, tuple)) else _SEPARATOR.split(str(raw).strip())
    ids = {
        _list_id(part.get("id") if isinstance(part, Mapping) else part) for part in parts if part
    }
    return sorted(ids) or None
