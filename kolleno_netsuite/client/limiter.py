"""Never send more calls at once than NetSuite allows, and learn the limit from its refusals."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from .errors import ConcurrencyError

GROWTH_SECONDS = 60.0  # one slot more after each quiet minute
PATIENCE_SECONDS = 600.0  # a worker that waits longer for a slot than this is better freed


class Limiter(Protocol):
    """Hands out slots for calls; one limiter per NetSuite connection."""

    def slot(self) -> AbstractContextManager[None]:
        """Hold one slot for the time of one call; wait until there is one."""

    def refused(self, sent_at: float) -> None:
        """Learn that NetSuite refused, for too many calls at once, a call sent at this time."""


@dataclass(frozen=True)
class AdaptiveWidth:
    """How many calls may run at once: halved on a refusal, one more per quiet minute.

    Additive increase and multiplicative decrease, as TCP does. Times are seconds of any one
    clock; the Odoo side stores ``width`` and ``since`` and uses seconds since the epoch.

    :param limit: the most that is ever allowed (the connection's setting).
    :param width: the width at ``since``; None means the limit.
    :param since: time of the last refusal; None when there was none.
    """

    limit: int
    width: int | None = None
    since: float | None = None

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise ValueError("a limiter needs at least one slot")

    def at(self, now: float) -> int:
        """Return how many calls may run now: never below 1, never above the limit."""
        if self.width is None or self.since is None:
            return self.limit
        grown = self.width + int(max(0.0, now - self.since) // GROWTH_SECONDS)
        return max(1, min(self.limit, grown))

    def refused(self, now: float, sent_at: float) -> AdaptiveWidth:
        """Return the width after a refusal.

        :param now: time of the refusal.
        :param sent_at: when the refused call was sent. Calls sent before the last halving say
            nothing about the halved width, so a burst of refusals halves once.
        """
        if self.since is not None and sent_at < self.since:
            return self
        return replace(self, width=max(1, self.at(now) // 2), since=now)


class LocalLimiter:
    """Slots for the threads of one process."""

    def __init__(
        self,
        width: int,
        *,
        clock: Callable[[], float] = time.time,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """Open ``width`` slots.

        :param patience: seconds to wait for a slot before giving up.
        """
        self._adaptive = AdaptiveWidth(width)
        self._clock = clock
        self._patience = patience
        self._active = 0
        self._freed = threading.Condition()

    @property
    def width(self) -> int:
        """Return how many calls may run now."""
        return self._adaptive.at(self._clock())

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one slot for the time of one call.

        :raise ConcurrencyError: no slot became free in time; nothing was sent.
        """
        with self._freed:
            if not self._freed.wait_for(self._has_room, timeout=self._patience):
                raise ConcurrencyError("NO_FREE_SLOT", detail="No slot for a call became free.")
            self._active += 1
        try:
            yield
        finally:
            with self._freed:
                self._active -= 1
                self._freed.notify_all()

    def refused(self, sent_at: float) -> None:
        """Halve the width after NetSuite refused a call sent at ``sent_at``."""
        with self._freed:
            self._adaptive = self._adaptive.refused(self._clock(), sent_at)

    def _has_room(self) -> bool:
        return self._active < self.width
