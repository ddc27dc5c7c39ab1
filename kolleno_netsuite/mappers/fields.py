"""Any NetSuite field: how it is asked for, and what its value is.

A value comes from a SuiteQL row (text; T and F; ids) or from the REST record service (JSON;
``{"id", "refName"}`` for a list, ``{"items": [...]}`` for a multiple select); both are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from ..client.metadata import BOOLEAN, DATE, DATETIME, INTEGER, LIST, MULTI, NUMBER
from ..client.suiteql import Expression, column, day, display, moment

TEXT = "text"
LIST_ID, LIST_TEXT = "list_id", "list_text"
MULTI_SELECT = "multi_select"
DATE_AND_TIME = "datetime"

# Record types that have each kind of custom field; other prefixes belong to lines and records
# that are not mirrored (docs/NETSUITE.md 4.8, docs/FEATURES.md 14).
ENTITY_PREFIX, BODY_PREFIX = "custentity", "custbody"
OTHER_PREFIXES = ("custcol", "custrecord", "custitem", "custevent")

CONVERSION_OF_KIND = {
    INTEGER: "number",
    NUMBER: "number",
    BOOLEAN: "boolean",
    DATE: "date",
    DATETIME: DATE_AND_TIME,
    LIST: LIST_TEXT,
    MULTI: MULTI_SELECT,
}
# NetSuite separates the ids or texts of a multiple select by a comma, in exports by character 5.
_SEPARATOR = re.compile(r"\s*[,\x05]\s*")
_TRUE, _FALSE = {"T", "TRUE", "YES", "Y"}, {"F", "FALSE", "NO", "N"}

FieldValue = str | bool | int | Decimal | date | datetime | list[str] | None


class ConversionError(ValueError):
    """A value is not what its mapping says.

    :param expected: ``number``, ``date``, ``datetime``, ``zone``, ``boolean`` or ``list_id``.
    """

    def __init__(self, value: str, expected: str) -> None:
        super().__init__(f"{value!r} is no {expected}")
        self.value = value
        self.expected = expected


def alias_of(field_id: str, conversion: str) -> str:
    """Return under which name a field's value stands in a row.

    The text of a list, a date and a time are asked for by an expression of their own.
    """
    name = field_id.lower()
    if conversion == DATE_AND_TIME:
        return f"{name}_moment"
    if conversion in (LIST_TEXT, MULTI_SELECT):
        return f"{name}_text"
    return f"{name}_day" if conversion == "date" else name


def expression_of(table: str, field_id: str, conversion: str) -> Expression:
    """Return what SuiteQL is asked for, for a field of the table with the alias `table`.

    SuiteQL's columns are lower case where the REST service writes camel case.
    """
    name = f"{table}.{field_id.lower()}"
    if conversion in (LIST_TEXT, MULTI_SELECT):
        return display(name)
    if conversion == DATE_AND_TIME:
        return moment(name)
    return day(name) if conversion == "date" else column(name)


def convert(value: Any, conversion: str, zone: tzinfo | None = None) -> FieldValue:
    """Return a value as its mapping wants it; None when NetSuite has none.

    :param value: of a SuiteQL row or of a REST body.
    :param conversion: ``text``, ``number``, ``date``, ``datetime``, ``boolean``, ``list_id``,
        ``list_text`` or ``multi_select``.
    :param zone: of the wall times in SuiteQL's rows; None while nobody knows it.
    :raise ConversionError: the value is not of this kind.
    """
    if conversion == MULTI_SELECT:
        return _entries(value)
    if isinstance(value, Mapping):
        value = value.get("id" if conversion in (LIST_ID, "boolean") else "refName")
    if value is None or value == "":
        return False if conversion == "boolean" else None
    text = str(value).strip()
    if conversion == "boolean":
        return _boolean(value, text)
    if conversion == "number":
        return _number(text)
    if conversion == "date":
        return _day(text)
    if conversion == DATE_AND_TIME:
        return _moment(text, zone)
    if conversion == LIST_ID:
        if not re.fullmatch(r"-?[0-9]+", text):
            raise ConversionError(text, LIST_ID)
        return int(text)
    return str(value)


def stored(value: FieldValue) -> str | bool | int | list[str] | None:
    """Return a converted value as it is kept in JSON: exact numbers and dates as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


def shown(value: FieldValue) -> str:
    """Return a converted value as text."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, datetime):
        return f"{stored(value)} UTC"
    kept = stored(value)
    return "" if kept is None else str(kept)


def _entries(value: Any) -> list[str] | None:
    if isinstance(value, Mapping):
        items = value.get("items") or []
        found = [str(item.get("refName") or item.get("id")) for item in items]
    else:
        found = [part for part in _SEPARATOR.split(str(value or "").strip()) if part]
    return found or None


def _boolean(value: Any, text: str) -> bool:
    if isinstance(value, bool):
        return value
    if text.upper() in _TRUE:
        return True
    if text.upper() in _FALSE:
        return False
    raise ConversionError(text, "boolean")


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ConversionError(text, "number") from None
    if not number.is_finite():
        raise ConversionError(text, "number")
    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ConversionError(text, "date") from None


def _moment(text: str, zone: tzinfo | None) -> datetime:
    """Return the UTC time, without zone as Odoo keeps it, of a wall time or of REST's own form."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise ConversionError(text, DATE_AND_TIME) from None
    if found.tzinfo is None:
        if zone is None:
            raise ConversionError(text, "zone")
        # In the doubled hour of autumn the earlier moment is meant, as for the cursor.
        found = found.replace(tzinfo=zone, fold=0)
    return found.astimezone(timezone.utc).replace(tzinfo=None)
