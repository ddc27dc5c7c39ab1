"""Requests that were taken and are carried out later, by the account's clock.

Nothing in the simulator runs by itself: what is due is carried out when the next call of any kind
comes, before it, and is dated with the moment when it was due.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from netsuite_simulator.clock import Clock, stored
from netsuite_simulator.ledger.books import Books


@dataclass(frozen=True)
class Late:
    """One request that waits.

    :param seq: its number in the request log.
    :param carry_out: does what it asks for; what the books refuse it keeps for itself.
    """

    due: datetime
    seq: int
    method: str
    path: str
    body: str
    carry_out: Callable[[], None]

    def as_dict(self) -> dict[str, Any]:
        """Return the request as the control API lists it."""
        return {
            "seq": self.seq,
            "method": self.method,
            "path": self.path,
            "body": self.body,
            "due": self.due.isoformat(),
        }


class Pending:
    """The requests of one account that wait for their time.

    :param clock: the account's clock.
    :param books: where they are carried out.
    """

    def __init__(self, clock: Clock, books: Books) -> None:
        self._clock = clock
        self._books = books
        # Held while something is carried out, so that no call sees half of it.
        self._lock = threading.RLock()
        self._waiting: list[Late] = []

    def add(self, late: Late) -> None:
        """Keep a request until it is due."""
        with self._lock:
            self._waiting.append(late)

    def settle(self) -> None:
        """Carry out what is due, the earliest first."""
        with self._lock:
            while (late := self._next()) is not None:
                with self._books.session(), self._books.stamped(stored(late.due)):
                    late.carry_out()

    def _next(self) -> Late | None:
        due = [late for late in self._waiting if late.due <= self._clock.now()]
        if not due:
            return None
        late = min(due, key=lambda each: (each.due, each.seq))
        self._waiting.remove(late)
        return late

    def listed(self) -> list[dict[str, Any]]:
        """Return the requests that still wait."""
        with self._lock:
            return [late.as_dict() for late in self._waiting]

    def clear(self) -> None:
        """Forget them all: they are never carried out."""
        with self._lock:
            self._waiting.clear()
