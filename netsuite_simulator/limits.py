"""The account's concurrency limit (docs/NETSUITE.md 5)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class LimitExceeded(Exception):
    """More requests run at once than the account may have; this one was not executed."""


class ConcurrencyLimit:
    """Counts running requests.

    :param limit: returns the most requests that may run at once.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._running = 0
        self.highest = 0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the account's slots.

        :raise LimitExceeded: when none is free.
        """
        with self._lock:
            if self._running >= self._limit():
                raise LimitExceeded
            self._running += 1
            self.highest = max(self.highest, self._running)
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
