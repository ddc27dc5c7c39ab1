"""The account's clock, which tests can stop and move."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

STORED = "%Y-%m-%d %H:%M:%S"


class Clock:
    """Tell the time of the simulated account.

    It runs with the wall clock plus an offset; a frozen clock stands still until moved.

    :param zone: IANA name of the account's time zone.
    :param start: aware time to begin at; None is the wall clock's.
    :param frozen: whether it stands still.
    """

    def __init__(
        self,
        zone: str = "America/Los_Angeles",
        start: datetime | None = None,
        frozen: bool = False,
    ) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._standing: datetime | None = None
        self.zone = zone
        if start is not None:
            self.set(start)
        if frozen:
            self.frozen = True

    def copy(self) -> Clock:
        """Return a clock that shows the same time in the same zone."""
        copy = Clock(self.zone)
        with self._lock:
            copy._offset, copy._standing = self._offset, self._standing
        return copy

    @property
    def zone(self) -> str:
        """IANA name of the account's time zone."""
        return self._zone.key

    @zone.setter
    def zone(self, name: str) -> None:
        self._zone = ZoneInfo(name)

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._standing is not None

    @frozen.setter
    def frozen(self, value: bool) -> None:
        now = self.now()
        with self._lock:
            self._standing = now if value else None
            self._offset = now - datetime.now(timezone.utc)

    def now(self) -> datetime:
        """Return the time as aware UTC, in whole seconds as NetSuite stores it."""
        with self._lock:
            moment = self._standing or datetime.now(timezone.utc) + self._offset
        return moment.replace(microsecond=0)

    def today(self) -> date:
        """Return today's date in the account's zone, the default of `trandate`."""
        return self.to_account(self.now()).date()

    def set(self, moment: datetime) -> None:
        """Move the clock to an aware time; a running clock goes on from there."""
        moment = moment.astimezone(timezone.utc)
        with self._lock:
            self._offset = moment - datetime.now(timezone.utc)
            if self._standing is not None:
                self._standing = moment

    def advance(self, seconds: float) -> None:
        """Move the clock by seconds; negative goes back."""
        step = timedelta(seconds=seconds)
        with self._lock:
            self._offset += step
            if self._standing is not None:
                self._standing += step

    def to_account(self, moment: datetime) -> datetime:
        """Convert an aware time into the naive local time of the account."""
        return moment.astimezone(self._zone).replace(tzinfo=None)

    def from_account(self, local: datetime) -> datetime:
        """Convert a naive local time of the account into aware UTC.

        In the hour that daylight saving repeats, `local.fold` chooses; 0 is the first.
        """
        return local.replace(tzinfo=self._zone).astimezone(timezone.utc)


def stored(moment: datetime) -> str:
    """Write an aware time as the books store it: `YYYY-MM-DD HH:MM:SS` in UTC."""
    return moment.astimezone(timezone.utc).strftime(STORED)


def from_stored(text: str) -> datetime:
    """Read a time that `stored` wrote, as aware UTC."""
    return datetime.strptime(text, STORED).replace(tzinfo=timezone.utc)
