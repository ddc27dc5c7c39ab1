"""NetSuite's clock and the time zone of its query results.

SuiteQL reads and writes wall times of the integration user's zone, the REST record API UTC to
the minute. Nobody documents which zone a session has, so it is measured: the same record is
read both ways (docs/NETSUITE.md 4.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .dto import MOMENT_PATTERN, ShapeError
from .error_parsing import header_date
from .errors import DataError, ErrorKind, NetsuiteError, RecordNotFound
from .expressions import MOMENT_FORMAT, moment, trusted
from .messages import plain
from .records import Records
from .suiteql import Query, ask, pages, single_page
from .transport import Transport

SERVER_TIME_PATH = "/services/rest/system/v1/serverTime"
OVERLAP = timedelta(minutes=10)
# An hour is doubled or left out when the offset changes: two of them and the usual overlap.
CHANGE_OVERLAP = timedelta(hours=2, minutes=10)
SEASON_DOUBT = timedelta(hours=1)  # the offset is measured, but in one season only
ZONE_DOUBT = timedelta(hours=14)  # nothing to measure: the largest offset there is
SETTLE_MARGIN = timedelta(seconds=30)
QUARTER = timedelta(minutes=15)  # every offset in use is a multiple of it
MINUTE = timedelta(minutes=1)
ATTEMPTS_PER_SEASON = 3  # records that a workflow has locked cannot be read over REST
# What NetSuite may say the time is. Outside of it nothing can be read from a clock.
_YEARS = range(2000, 2100)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})", re.ASCII)
# Zones that NetSuite lets a user choose; of zones with equal rules the first stands for all.
_ZONES = (
    *("America/Los_Angeles", "America/New_York", "America/Chicago", "America/Denver"),
    *("Europe/London", "Europe/Paris", "UTC", "Europe/Helsinki", "Africa/Cairo"),
    *("Asia/Jerusalem", "Asia/Riyadh", "Africa/Johannesburg", "Africa/Lagos", "Asia/Dubai"),
    *("Asia/Kabul", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka"),
    *("Asia/Yangon", "Asia/Bangkok", "Asia/Hong_Kong", "Asia/Tokyo", "Australia/Darwin"),
    *("Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney", "Pacific/Noumea"),
    *("Pacific/Auckland", "Pacific/Tongatapu", "Atlantic/Azores", "Atlantic/Cape_Verde"),
    *("America/Sao_Paulo", "America/St_Johns", "America/Halifax", "America/Puerto_Rico"),
    *("America/Santiago", "America/Bogota", "America/Regina", "America/Phoenix"),
    *("America/Anchorage", "Pacific/Honolulu", "Pacific/Pago_Pago"),
)
_SEASONS = (("12", "01", "02"), ("06", "07", "08"))

Sample = tuple[datetime, str]  # UTC to the minute from REST, wall time to the second from SuiteQL


@dataclass(frozen=True)
class NetsuiteClock:
    """What time it is in NetSuite, and how its wall times relate to UTC.

    :param server_now: aware UTC time when NetSuite was asked.
    :param zone: zone of the session's wall times.
    :param zone_name: its name, as a connection may store it.
    :param doubt: how far a wall time may be off because the zone is not known for sure;
        store ``zone_name`` for later only when it is zero.
    """

    server_now: datetime
    zone: tzinfo = field(repr=False)
    zone_name: str
    doubt: timedelta = timedelta()

    @classmethod
    def discover(cls, transport: Transport, zone_name: str | None = None) -> NetsuiteClock:
        """Ask NetSuite for its time and measure the zone of the session.

        :param zone_name: a zone measured earlier; then only the time is asked (one call).
        :raise NetsuiteError: NetSuite cannot be asked at all.
        """
        server_now = server_time(transport)
        zone = None if zone_name is None else _zone(zone_name)
        if zone is not None and zone_name is not None:
            return cls(server_now, zone, zone_name)
        named, wall = _session(transport)
        samples = _samples(transport)
        if not samples and wall:
            samples = [(server_now, wall)]
        found = fitting_zone(samples, named)
        zone = _zone(found) if found else None
        if zone is None or found is None:
            return cls(server_now, timezone.utc, "UTC", ZONE_DOUBT)
        return cls(server_now, zone, found, _doubt(samples, named, found))

    def to_utc(self, text: str) -> datetime:
        """Return the aware UTC time of a wall time ``YYYY-MM-DD HH:MM:SS``.

        In the doubled hour of autumn the earlier moment is meant, so a cursor never jumps ahead.

        :raise ShapeError: the calendar has no such moment.
        """
        return _utc(text, self.zone)

    def from_utc(self, moment_utc: datetime) -> str:
        """Return the wall time ``YYYY-MM-DD HH:MM:SS`` of an aware time."""
        try:
            wall = moment_utc.astimezone(self.zone)
        except OverflowError:  # the first or the last day there is
            wall = moment_utc
        return wall.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")

    def until(self, margin: timedelta = SETTLE_MARGIN) -> datetime:
        """Return the end of a window: NetSuite's time less a margin.

        A long transaction in NetSuite may become visible with a stamp some seconds old.
        """
        return self.server_now - margin

    def overlap(self, window: tuple[datetime, datetime]) -> timedelta:
        """Return how far before its start a window has to be read again.

        :param window: aware start and end.
        :return: 10 minutes; 2 h 10 when the zone's offset changes near the window; more when
            the zone is in doubt.
        """
        start, end = window
        moments = [start - CHANGE_OVERLAP, end + CHANGE_OVERLAP]
        # Offsets change months apart, so a look at each day finds every change.
        step = timedelta(days=1)
        moments += [start + step * n for n in range(max(0, (end - start) // step) + 1)]
        offsets = {each.astimezone(self.zone).utcoffset() for each in moments}
        usual = OVERLAP if len(offsets) == 1 else CHANGE_OVERLAP
        # A cursor in doubt may be ahead, and the next one behind: twice the doubt.
        return usual + 2 * self.doubt

    def skew(self, local_now: datetime) -> timedelta:
        """Return how far another clock, read when NetSuite was asked, is ahead of NetSuite's."""
        return local_now - self.server_now


def zone_named(name: str | None) -> tzinfo | None:
    """Return the zone that a connection stored by name; None when it has none yet."""
    return _zone(name) if name else None


def server_time(transport: Transport) -> datetime:
    """Return NetSuite's time, aware UTC.

    The system service may be closed to the role; then the ``Date`` header of a query counts.
    """
    try:
        response = transport.request("GET", SERVER_TIME_PATH)
    except NetsuiteError as error:
        if error.kind not in (ErrorKind.PERMISSION, ErrorKind.DATA, ErrorKind.NOT_FOUND):
            raise
        return _time_of_query(transport)
    text = response.json.get("serverTime") if isinstance(response.json, dict) else None
    told = _iso(text)
    if told is None or told.year not in _YEARS:
        return _time_of_query(transport)
    dated = header_date(response.headers, "Date")
    # The service may cut the seconds off; the header has them.
    return dated if dated is not None and MINUTE > dated - told >= timedelta() else told


def fitting_zone(samples: Sequence[Sample], named: str | None = None) -> str | None:
    """Return the zone that explains the samples.

    :param samples: the same moments in UTC and as wall time; UTC may be cut to the minute.
    :param named: the zone NetSuite's session names; it counts unless a sample contradicts it.
    :return: a zone's name, or an offset like ``+05:45`` when no known zone fits; None when
        there is nothing to go by.
    """
    if named and _zone(named) is not None and _fits(samples, named):
        return named
    if not samples:
        return None
    offsets = {_offset(sample) for sample in samples}
    candidates = [each for each in _ZONES if _fits(samples, each)]
    if candidates:
        return candidates[0]
    return _offset_name(_offset(samples[0])) if len(offsets) == 1 else None


def _doubt(samples: Sequence[Sample], named: str | None, found: str) -> timedelta:
    if found == named:
        return timedelta()
    year = samples[0][0].year
    dates = [datetime(year, month, 15, tzinfo=timezone.utc) for month in (1, 7)]
    fitting = [_zone(each) for each in _ZONES if _fits(samples, each)]
    offsets = {tuple(date.astimezone(zone).utcoffset() for date in dates) for zone in fitting}
    # No known zone fits: the name is a bare offset.
    return timedelta() if len(offsets) == 1 else SEASON_DOUBT


def _fits(samples: Iterable[Sample], name: str) -> bool:
    zone = _zone(name)
    return zone is not None and all(
        utc.astimezone(zone).utcoffset() == _offset((utc, text)) for utc, text in samples
    )


def _offset(sample: Sample) -> timedelta:
    utc, text = sample
    # Only moments that _wall could read become samples.
    wall = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    return round((wall - utc) / QUARTER) * QUARTER


def _is_plausible(sample: Sample) -> bool:
    # A record saved between the two readings shows any difference, hardly a whole quarter.
    utc, text = sample
    wall = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    rest = wall - utc - _offset(sample)
    return abs(rest) < MINUTE and timedelta(hours=-12) <= _offset(sample) <= timedelta(hours=14)


def _samples(transport: Transport) -> list[Sample]:
    query = (
        Query("customer", "c")
        .select("c.id", lastmodified=moment("c.lastmodifieddate"))
        .keyset("lastmodified", "id")
    )
    try:
        page = next(pages(transport, query), None)
    except NetsuiteError as error:
        if error.kind not in (ErrorKind.PERMISSION, ErrorKind.DATA, ErrorKind.BUG):
            raise
        return []
    found = [] if page is None else page.rows[::-1]
    samples = []
    for season in _SEASONS:
        rows = [row for row in found if row["lastmodified"][5:7] in season]
        samples += _first_sample(transport, rows)
    return samples or _first_sample(transport, found)


def _first_sample(transport: Transport, rows: Sequence[dict[str, str]]) -> list[Sample]:
    records = Records(transport)
    for row in rows[:ATTEMPTS_PER_SEASON]:
        try:
            record = records.get("customer", row["id"], fields=("lastModifiedDate",))
        except (DataError, RecordNotFound):
            continue
        utc = _iso(record.get("lastModifiedDate"))
        if utc is None or _wall(row["lastmodified"]) is None:
            continue
        if _is_plausible((utc, row["lastmodified"])):
            return [(utc, row["lastmodified"])]
    return []


def _session(transport: Transport) -> tuple[str | None, str | None]:
    now = trusted(f"TO_CHAR(CURRENT_DATE, '{MOMENT_FORMAT}')")
    query = Query(source="dual").select(zone=trusted("SESSIONTIMEZONE"), wall=now)
    try:
        row = next(iter(single_page(transport, query)), {})
    except NetsuiteError as error:
        # Whether an account knows these words is not documented; the samples decide anyway.
        if error.kind not in (ErrorKind.PERMISSION, ErrorKind.DATA, ErrorKind.BUG):
            raise
        return None, None
    wall = row.get("wall", "")
    return row.get("zone"), wall if _wall(wall) is not None else None


def _time_of_query(transport: Transport) -> datetime:
    sql = Query(source="dual").select(now=trusted(f"TO_CHAR(SYSDATE, '{MOMENT_FORMAT}')")).sql()
    dated = header_date(ask(transport, sql, 1).headers, "Date")
    if dated is None or dated.year not in _YEARS:
        raise DataError("NO_SERVER_TIME", path=SERVER_TIME_PATH)
    return dated


def _iso(value: object) -> datetime | None:
    text = plain(value, 100).replace("Z", "+00:00")
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return found.replace(tzinfo=timezone.utc)
        return found.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _wall(text: str) -> datetime | None:
    """Return a wall time ``YYYY-MM-DD HH:MM:SS``; None when the calendar has no such moment."""
    if not MOMENT_PATTERN.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _utc(text: str, zone: tzinfo) -> datetime:
    try:
        wall = datetime.fromisoformat(text)
        return wall.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
    except (TypeError, ValueError, OverflowError) as error:
        expected = "a moment YYYY-MM-DD HH:MM:SS"
        raise ShapeError("a time", "date", repr(text), expected) from error


def _zone(name: str) -> tzinfo | None:
    match = _OFFSET.fullmatch(name)
    if match:
        size = timedelta(hours=int(match[2]), minutes=int(match[3]))
        if size > ZONE_DOUBT:
            return None
        return timezone(-size if match[1] == "-" else size)
    if name in ("UTC", "GMT"):
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _offset_name(offset: timedelta) -> str:
    minutes = int(abs(offset) / MINUTE)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
