"""Oracle's format models for TO_CHAR, TO_DATE and TO_TIMESTAMP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from netsuite_simulator.suiteql.errors import unsupported

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_TOKEN = re.compile(
    r'"[^"]*"|FM|FX|YYYY|RRRR|YYY|RR|YY|MONTH|MON|MM|DDD|DD|DAY|DY|D|HH24|HH12|HH|MI|SSSSS|SS|'
    r"X?FF[1-9]?|A\.M\.|P\.M\.|AM|PM|Q|WW|IW|[-/.,:; T]",
    re.IGNORECASE,
)
_Writer = Callable[[datetime], str]
_WRITERS: dict[str, _Writer] = {
    "YYYY": lambda t: f"{t.year:04d}",
    "RRRR": lambda t: f"{t.year:04d}",
    "YYY": lambda t: f"{t.year % 1000:03d}",
    "YY": lambda t: f"{t.year % 100:02d}",
    "RR": lambda t: f"{t.year % 100:02d}",
    "MONTH": lambda t: f"{_MONTHS[t.month - 1]:<9}",
    "MON": lambda t: _MONTHS[t.month - 1][:3],
    "MM": lambda t: f"{t.month:02d}",
    "DDD": lambda t: f"{t.timetuple().tm_yday:03d}",
    "DD": lambda t: f"{t.day:02d}",
    "DAY": lambda t: f"{_DAYS[t.weekday()]:<9}",
    "DY": lambda t: _DAYS[t.weekday()][:3],
    "D": lambda t: str((t.weekday() + 1) % 7 + 1),
    "HH24": lambda t: f"{t.hour:02d}",
    "HH12": lambda t: f"{(t.hour - 1) % 12 + 1:02d}",
    "HH": lambda t: f"{(t.hour - 1) % 12 + 1:02d}",
    "MI": lambda t: f"{t.minute:02d}",
    "SSSSS": lambda t: f"{t.hour * 3600 + t.minute * 60 + t.second:05d}",
    "SS": lambda t: f"{t.second:02d}",
    "AM": lambda t: "AM" if t.hour < 12 else "PM",
    "PM": lambda t: "AM" if t.hour < 12 else "PM",
    "A.M.": lambda t: "A.M." if t.hour < 12 else "P.M.",
    "P.M.": lambda t: "A.M." if t.hour < 12 else "P.M.",
    "Q": lambda t: str((t.month + 2) // 3),
    "WW": lambda t: f"{(t.timetuple().tm_yday + 6) // 7:02d}",
    "IW": lambda t: f"{t.isocalendar()[1]:02d}",
}
_LETTERS = ("MONTH", "MON", "DAY", "DY", "AM", "PM", "A.M.", "P.M.")
# What TO_DATE reads for each token: a group name and how many digits at most.
_READERS = {
    "YYYY": ("year", r"\d{4}"), "RRRR": ("year", r"\d{4}"), "YY": ("year2", r"\d{2}"),
    "RR": ("year2", r"\d{2}"), "MM": ("month", r"\d{1,2}"), "DD": ("day", r"\d{1,2}"),
    "HH24": ("hour", r"\d{1,2}"), "HH12": ("hour12", r"\d{1,2}"), "HH": ("hour12", r"\d{1,2}"),
    "MI": ("minute", r"\d{1,2}"), "SS": ("second", r"\d{1,2}"),
    "AM": ("half", r"[AP]\.?M\.?"), "PM": ("half", r"[AP]\.?M\.?"),
    "A.M.": ("half", r"[AP]\.?M\.?"), "P.M.": ("half", r"[AP]\.?M\.?"),
    "MON": ("name", r"[A-Za-z]{3}"), "MONTH": ("name", r"[A-Za-z]{3,9}"),
}  # fmt: skip
# What a model without this part means; one without a year is refused.
_LEAST = (("day", 1), ("minute", 0), ("second", 0))
_TIME_TOKENS = ("HH24", "HH12", "HH", "MI", "SS", "SSSSS")


def _tokens(model: str) -> list[str]:
    found = _TOKEN.findall(model)
    if "".join(found).lower() != model.lower():
        raise unsupported()
    return found


def _cased(token: str, writer: _Writer) -> _Writer:
    """Write letters in the case of the model: MON → JAN, Mon → Jan, mon → jan."""
    if token.isupper():
        return lambda t: writer(t).upper()
    if token.islower():
        return lambda t: writer(t).lower()
    return writer


@lru_cache(maxsize=256)
def date_writer(model: str) -> _Writer:
    """Compile a TO_CHAR date format.

    :param model: Oracle format model, e.g. `YYYY-MM-DD HH24:MI:SS`.
    :return: a function from naive local time to text.
    :raise QueryError: for a model with unknown elements.
    """
    if model == "YYYY-MM-DD HH24:MI:SS":
        return str
    parts: list[_Writer] = []
    fill = True
    for token in _tokens(model):
        name = token.upper()
        if name in ("FM", "FX"):
            fill = fill and name == "FX"
            continue
        if "FF" in name:
            digits = int(name[-1]) if name[-1].isdigit() else 6
            point = "." if name.startswith("X") else ""
            parts.append(lambda t, p=point, d=digits: p + f"{t.microsecond:06d}000"[:d])  # type: ignore[misc]
            continue
        writer = _WRITERS.get(name)
        if writer is None:
            parts.append(_constant(token.strip('"')))
            continue
        if name in _LETTERS:
            writer = _cased(token, writer)
        if not fill:
            writer = _unpadded(writer)
        parts.append(writer)
    return lambda t: "".join(part(t) for part in parts)


def _constant(text: str) -> _Writer:
    return lambda t: text


def _unpadded(writer: _Writer) -> _Writer:
    return lambda t: writer(t).lstrip("0").rstrip() or "0"


@lru_cache(maxsize=256)
def _reader(model: str) -> re.Pattern[str]:
    pattern = r"\s*"
    for token in _tokens(model):
        name = token.upper()
        if name in ("FM", "FX"):
            continue
        if "FF" in name:
            pattern += r"(?:[.,]?(?P<fraction>\d{1,9}))?"
        elif name in _READERS:
            group, digits = _READERS[name]
            pattern += f"(?P<{group}>{digits})"
        elif name in _WRITERS:
            raise unsupported()
        else:
            pattern += re.escape(token.strip('"')) if token.startswith('"') else r"[-/.,:; T]?"
    return re.compile(pattern + r"\s*", re.IGNORECASE)


def has_time(model: str) -> bool:
    """Return whether a format model carries a time of day."""
    return any(token.upper() in _TIME_TOKENS for token in _tokens(model))


def read_date(text: str, model: str) -> datetime:
    """Parse a text as TO_DATE does, and return a naive local time.

    :raise QueryError: when the text does not follow the model.
    """
    match = _reader(model).fullmatch(text)
    if match is None:
        raise unsupported()
    found = {name: value for name, value in match.groupdict().items() if value}
    year = int(found.get("year") or 0)
    if "year2" in found:
        short = int(found["year2"])
        year = 2000 + short if short < 50 else 1900 + short
    month = int(found.get("month") or 1)
    if "name" in found:
        names = [name[:3].lower() for name in _MONTHS]
        if found["name"][:3].lower() not in names:
            raise unsupported()
        month = names.index(found["name"][:3].lower()) + 1
    hour = int(found.get("hour") or 0)
    if "hour12" in found:
        hour = int(found["hour12"]) % 12 + (12 if found.get("half", "A")[0] in "Pp" else 0)
    micros = int((found.get("fraction", "") + "000000")[:6])
    day, minute, second = (int(found.get(part) or least) for part, least in _LEAST)
    try:
        # Naive on purpose: a session's local time, which the zone table turns into UTC.
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
        return moment + timedelta(microseconds=micros)
    except ValueError:
        raise unsupported() from None


def write_number(value: Decimal, model: str) -> str:
    """Write a number as TO_CHAR does with a model of 9, 0, comma, point, FM, $ and MI."""
    name = model.upper()
    fill = not name.startswith("FM")
    digits = name.removeprefix("FM").replace("$", "").replace("L", "").removesuffix("MI")
    if re.search(r"[^90,.DGS]", digits):
        raise unsupported()
    digits = digits.replace("D", ".").replace("G", ",").replace("S", "")
    whole, _, fraction = digits.partition(".")
    rounded = abs(round(value, len(fraction)))
    integer, _, decimals = f"{rounded:.{len(fraction)}f}".partition(".")
    least = len(whole.replace(",", "")) - whole.replace(",", "").find("0") if "0" in whole else 0
    integer = (integer.lstrip("0") or "").rjust(least, "0")
    if "," in whole:
        integer = f"{int(integer or 0):,}"
    if not fill:
        decimals = decimals[: fraction.rfind("0") + 1].ljust(0) + (
            decimals[fraction.rfind("0") + 1 :].rstrip("0")
        )
    text = integer + (f".{decimals}" if fraction else "")
    text = ("-" if value < 0 else "") + text
    return text.rjust(len(digits) + 1) if fill else text


def read_number(text: str) -> Decimal:
    """Parse a text as TO_NUMBER does.

    :raise QueryError: when it is no number.
    """
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        raise unsupported() from None
