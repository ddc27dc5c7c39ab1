"""Conversion between UTC text and local time, fast enough for every row of a page.

`zoneinfo` is asked once for the transitions of a zone; afterwards a conversion is a bisection in
a list of texts and one addition.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

_FIRST_YEAR = 1970
_LAST_YEAR = 2070
_STEP = timedelta(days=20)  # no zone changes its offset twice within this time


class ZoneTable:
    """The offsets of one zone from 1970 to 2070."""

    def __init__(self, name: str) -> None:
        self.name = name
        zone = ZoneInfo(name)
        moment = datetime(_FIRST_YEAR, 1, 1, tzinfo=timezone.utc)
        self._starts: list[str] = []
        self._offsets = [_offset(zone, moment)]
        while moment.year < _LAST_YEAR:
            following = moment + _STEP
            if _offset(zone, following) != self._offsets[-1]:
                change = _transition(zone, moment, following)
                self._starts.append(change.strftime("%Y-%m-%d %H:%M:%S"))
                self._offsets.append(_offset(zone, change))
            moment = following

    def local(self, stored: str) -> datetime:
        """Return the naive local time of a stored UTC text `YYYY-MM-DD HH:MM:SS`."""
        offset = self._offsets[bisect_right(self._starts, stored)]
        return datetime.fromisoformat(stored) + offset

    def stored(self, local: datetime) -> str:
        """Return the UTC text of a naive local time.

        In the hour that is repeated in autumn the later one (standard time) is meant, as in
        Oracle; a time in the hour that is left out in spring moves on by that hour.
        """
        candidates = []
        for offset in self._offsets_near(local):
            text = (local - offset).strftime("%Y-%m-%d %H:%M:%S")
            if self._offsets[bisect_right(self._starts, text)] == offset:
                candidates.append(text)
        if candidates:
            return max(candidates)
        return (local - min(self._offsets_near(local))).strftime("%Y-%m-%d %H:%M:%S")

    def _offsets_near(self, local: datetime) -> list[timedelta]:
        day = timedelta(days=1)
        places = {
            bisect_right(self._starts, (local + shift).strftime("%Y-%m-%d %H:%M:%S"))
            for shift in (-day, day)
        }
        return [self._offsets[place] for place in places]


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _transition(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first second with the offset of `after`."""
    offset = _offset(zone, after)
    while after - before > timedelta(seconds=1):
        seconds = int((after - before).total_seconds()) // 2
        middle = before + timedelta(seconds=seconds)
        if _offset(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


@lru_cache(maxsize=64)
def zone_table(name: str) -> ZoneTable:
    """Return the table of a zone by its IANA name."""
    return ZoneTable(name)
