"""The SQL functions that SQLite lacks for SuiteQL; registered on every connection."""

from __future__ import annotations

import sqlite3
import zlib
from calendar import monthrange
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from netsuite_simulator.schema import SCALE, enum_name
from netsuite_simulator.suiteql.oracle_formats import (
    date_writer,
    read_date,
    read_number,
    write_number,
)
from netsuite_simulator.suiteql.values import number_text, scaled
from netsuite_simulator.suiteql.zone import zone_table

_SECONDS_PER_DAY = 86400


def _char_time(stored: str | None, model: str, zone: str) -> str | None:
    return None if stored is None else date_writer(model)(zone_table(zone).local(stored))


def _char_date(stored: str | None, model: str) -> str | None:
    return None if stored is None else date_writer(model)(datetime.fromisoformat(stored))


def _char_number(value: int | None, model: str) -> str | None:
    return None if value is None else write_number(Decimal(value) / SCALE, model)


def _read_number(text: str | None) -> int | None:
    return None if text is None else scaled(read_number(text))


def _read_time(text: str | None, model: str, zone: str) -> str | None:
    return None if text is None else zone_table(zone).stored(read_date(text, model))


def _local(stored: str | None, zone: str) -> str | None:
    return None if stored is None else str(zone_table(zone).local(stored))


def _utc(local: str | None, zone: str) -> str | None:
    return None if local is None else zone_table(zone).stored(datetime.fromisoformat(local))


def _add_days(stored: str | None, days: int | None) -> str | None:
    """Add scaled days to a stored date or time, keeping its form."""
    if stored is None or days is None:
        return None
    moment = datetime.fromisoformat(stored)
    moved = moment + timedelta(seconds=round(days * _SECONDS_PER_DAY / SCALE))
    return moved.strftime("%Y-%m-%d" if len(stored) == 10 else "%Y-%m-%d %H:%M:%S")


def _days_between(later: str | None, earlier: str | None) -> int | None:
    if later is None or earlier is None:
        return None
    seconds = (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    return int(seconds) * SCALE // _SECONDS_PER_DAY


def _add_months(stored: str | None, months: int | None) -> str | None:
    if stored is None or months is None:
        return None
    moment = datetime.fromisoformat(stored)
    count = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(count, 12)
    last = monthrange(year, month + 1)[1]
    was_last = moment.day == monthrange(moment.year, moment.month)[1]
    moved = moment.replace(
        year=year, month=month + 1, day=last if was_last else min(moment.day, last)
    )
    return moved.strftime("%Y-%m-%d" if len(stored) == 10 else "%Y-%m-%d %H:%M:%S")


def _truncate(stored: str | None, unit: str, zone: str) -> str | None:
    """Cut a stored UTC time (or a date, with an empty zone) to the start of a local unit."""
    if stored is None:
        return None
    table = zone_table(zone) if zone else None
    local = table.local(stored) if table else datetime.fromisoformat(stored)
    start = local.replace(hour=0, minute=0, second=0)
    if unit in ("MM", "MON", "MONTH"):
        start = start.replace(day=1)
    elif unit in ("Q",):
        start = start.replace(day=1, month=(start.month - 1) // 3 * 3 + 1)
    elif unit in ("YYYY", "YEAR", "YY"):
        start = start.replace(day=1, month=1)
    elif unit == "IW":
        start -= timedelta(days=start.weekday())
    return table.stored(start) if table else start.strftime("%Y-%m-%d")


def _multiply(a: int | None, b: int | None) -> int | None:
    if a is None or b is None:
        return None
    return scaled(Decimal(a) * Decimal(b) / SCALE / SCALE)


def _divide(a: int | None, b: int | None) -> int | None:
    if a is None or not b:
        return None
    return scaled(Decimal(a) / Decimal(b))


def _round(value: int | None, digits: int) -> int | None:
    if value is None:
        return None
    unit = Decimal(1).scaleb(-digits)
    return scaled((Decimal(value) / SCALE).quantize(unit, rounding=ROUND_HALF_UP))


def _cut(value: int | None, digits: int) -> int | None:
    if value is None:
        return None
    unit = Decimal(1).scaleb(-digits)
    return scaled((Decimal(value) / SCALE).quantize(unit, rounding=ROUND_DOWN))


def _enum(kind: str, code: str | None, transaction_type: str | None) -> str | None:
    return None if code is None else enum_name(kind, str(code), transaction_type)


def _shuffle(*values: Any) -> int:
    return zlib.crc32(repr(values).encode())


def _glob(pattern: str | None) -> str | None:
    """Turn a LIKE pattern into GLOB's, which minds case as Oracle does."""
    if pattern is None:
        return None
    kept = pattern.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")
    return kept.replace("%", "*").replace("_", "?")


FUNCTIONS: dict[str, tuple[int, Any]] = {
    "ns_char_time": (3, _char_time),
    "ns_char_date": (2, _char_date),
    "ns_char_number": (2, _char_number),
    "ns_number": (2, number_text),
    "ns_read_number": (1, _read_number),
    "ns_read_time": (3, _read_time),
    "ns_local": (2, _local),
    "ns_utc": (2, _utc),
    "ns_add_days": (2, _add_days),
    "ns_days_between": (2, _days_between),
    "ns_add_months": (2, _add_months),
    "ns_truncate": (3, _truncate),
    "ns_multiply": (2, _multiply),
    "ns_divide": (2, _divide),
    "ns_round": (2, _round),
    "ns_cut": (2, _cut),
    "ns_enum": (3, _enum),
    "ns_glob": (1, _glob),
    "ns_shuffle": (-1, _shuffle),
}


def register(connection: sqlite3.Connection) -> None:
    """Add the functions to a connection."""
    for name, (arguments, function) in FUNCTIONS.items():
        connection.create_function(name, arguments, function, deterministic=True)
