"""What is read of a document when it is stored, before anybody books it.

Everything else in a payload stays NetSuite's text until it is booked. What is checked here is
what Odoo keeps in columns of its own, and what its SQL reads in stored payloads: one text there
that is no number would stop a query about all documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..client.clock import NetsuiteClock
from ..client.dto import ShapeError
from ..client.suiteql import LARGEST_ID, Row
from ..const import TRANSACTION_TYPES
from .text import storable

Document = Mapping[str, Any]

# Key of the lines of a journal that are no customer's receivable.
OTHERS = "others"
OPEN_AMOUNTS = ("foreignamountunpaid", "foreignpaymentamountunused")
# Nothing was changed later than now; NetSuite's clock was read a while ago, its zone may be in
# doubt.
FUTURE = timedelta(days=2)

_ID = re.compile(r"[+-]?[0-9]{1,10}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_AMOUNTS = dict.fromkeys((*OPEN_AMOUNTS, "foreignamount", "debit", "credit"), "number")
_TRANSACTION = {"entity": "id", "currency": "id", **dict.fromkeys(OPEN_AMOUNTS, "number")}
# Columns of a record's own row, and of the rows that belong to it: alias -> kind.
_ROWS: dict[str, dict[str, str]] = {
    "customer": {"parent": "id"},
    "contact": {"company": "id"},
    **dict.fromkeys(TRANSACTION_TYPES, _TRANSACTION),
}
_PARTS: dict[str, dict[str, str]] = {
    "lines": {"line": "id", "subentity": "id", "subsidiary": "id", **_AMOUNTS},
    "links": {"previousdoc": "id", "previousline": "id", "nextline": "id", **_AMOUNTS},
}
# Where a number is expected, an empty text is a null.
_NUMERIC = frozenset(column for kinds in (*_ROWS.values(), *_PARTS.values()) for column in kinds)


class UnreadError(ShapeError):
    """One value of a document is not what its column should hold.

    :param wanted: ``id``, ``number`` or ``moment``.
    """

    def __init__(self, record: str, column: str, value: str, wanted: str) -> None:
        super().__init__(record, column, repr(value), wanted)
        self.column = column
        self.value = value
        self.wanted = wanted


@dataclass(frozen=True)
class Landing:
    """The columns that Odoo keeps beside a payload.

    :param customer: internal id of the document's customer; 0 without one.
    :param subsidiary: likewise of its main line's subsidiary.
    :param modified_at: last change, aware UTC; None where the table has none.
    """

    internal_id: int
    customer: int
    subsidiary: int
    is_open: bool
    modified_at: datetime | None


class OddRows:
    """Rows of a window that have no place in its order: an id of theirs is missing or is none.

    :param owners: {name of a part: column with the id of the record that a row is of}.
    """

    def __init__(self, owners: Mapping[str, str]) -> None:
        self._owners = owners
        self._rows: dict[str, list[Row]] = {}

    def of(self, name: str) -> Callable[[Row], None]:
        """Return the function that takes the rows of a part; "" for those of the records."""
        rows = self._rows.setdefault(name, [])

        def take(row: Row) -> None:
            # A page that begins behind the last readable row brings it once more.
            if row not in rows:
                rows.append(row)

        return take

    def has(self, name: str, row: Row) -> bool:
        """Tell whether a row of a part is an odd one."""
        return row in self._rows.get(name, ())

    def take(self, name: str, owner: str) -> list[Row]:
        """Return the rows of a part that belong to a record: only their own id is unreadable."""
        return [row for row in self._rows.get(name, ()) if row.get(self._owners[name]) == owner]

    def documents(self) -> list[dict[str, Row]]:
        """Return the rows that belong to nothing, as documents that cannot be stored."""
        return [{"row": row} for row in self._rows.get("", ())] + [
            {"row": {}, "unowned": row}
            for name, rows in self._rows.items()
            for row in rows
            if name and _integer(row.get(self._owners[name])) is None
        ]


def storable_document(document: Document) -> dict[str, Any]:
    """Return a document with texts, names of columns too, that a database keeps.

    A null that came as an empty text is left out where a number is expected.
    """
    return {
        part: _storable_row(rows) if isinstance(rows, Mapping) else [_storable_row(r) for r in rows]
        for part, rows in document.items()
    }


def _storable_row(row: Mapping[str, str]) -> dict[str, str]:
    return {
        storable(name): storable(value)
        for name, value in row.items()
        if value or name not in _NUMERIC
    }


def internal_id(document: Document) -> int | None:
    """Return a document's internal id, or None when it has none that can be stored."""
    return _integer(document["row"].get("id"))


def is_open(document: Document) -> bool:
    """Tell whether a document has an open amount; a journal's stand on its lines.

    Nobody knows that of an amount that cannot be read, so it counts as open.
    """
    for row in (document["row"], *document.get("lines", ())):
        for column in OPEN_AMOUNTS:
            value = row.get(column)
            if value and (not _NUMBER.fullmatch(value) or Decimal(value)):
                return True
    return False


def paid_by(document: Document) -> set[int]:
    """Return the internal ids of what a document is applied to."""
    found = (_integer(link.get("previousdoc")) for link in document.get("links", ()))
    return {each for each in found if each is not None}


def read_landing(record_type: str, document: Document, clock: NetsuiteClock) -> Landing:
    """Return what is stored beside a document.

    :raise UnreadError: one of its values cannot be read.
    """
    row, lines = document["row"], document.get("lines", ())
    _check(row, row, _ROWS.get(record_type, {}))
    for name, kinds in _PARTS.items():
        for each in document.get(name, ()):
            _check(row, each, kinds)
    found = internal_id(document)
    if found is None:
        raise UnreadError(_name(row), "id", row.get("id", ""), "id")
    main = next((line for line in lines if line.get("mainline") == "T"), lines[0] if lines else {})
    return Landing(
        internal_id=found,
        customer=int(row.get("entity") or 0) if record_type in TRANSACTION_TYPES else 0,
        subsidiary=int(main.get("subsidiary") or 0),
        is_open=is_open(document),
        modified_at=read_moment(row, "lastmodified", clock),
    )


def read_moment(row: Mapping[str, str], column: str, clock: NetsuiteClock) -> datetime | None:
    """Return the aware UTC time of a wall time in a row; None where it has none.

    :raise UnreadError: the calendar has no such moment, or it is still to come.
    """
    value = row.get(column)
    if not value:
        return None
    try:
        found = clock.to_utc(value)
    except ShapeError as error:
        raise UnreadError(_name(row), column, value, "moment") from error
    if found > clock.server_now.astimezone(timezone.utc) + FUTURE:
        raise UnreadError(_name(row), column, value, "moment")
    return found


def read_id(row: Mapping[str, str], column: str) -> int | None:
    """Return the id in a column of a row; None where it has none.

    :raise UnreadError: the value is no id that can be stored.
    """
    value = row.get(column)
    if not value:
        return None
    found = _integer(value)
    if found is None:
        raise UnreadError(_name(row), column, value, "id")
    return found


def aside(document: Document) -> dict[str, Any]:
    """Return a payload that keeps an unreadable document where no query meets its values."""
    parts: dict[str, list[Row]] = {name: [] for name in document if name != "row"}
    return {"row": {"id": document["row"]["id"]}, **parts, "unread": document}


def _check(row: Mapping[str, str], values: Mapping[str, str], kinds: Mapping[str, str]) -> None:
    for column, kind in kinds.items():
        value = values.get(column)
        if value is None:
            continue
        fits = _integer(value) is not None if kind == "id" else _NUMBER.fullmatch(value)
        if not fits:
            raise UnreadError(_name(row), column, value, kind)


def _integer(value: str | None) -> int | None:
    if value is None or not _ID.fullmatch(value) or abs(int(value)) > LARGEST_ID:
        return None
    return int(value)


def _name(row: Mapping[str, str]) -> str:
    return f"id {row.get('id', 'unknown')}"
