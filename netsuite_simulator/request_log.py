"""What clients asked of the account: one entry per call, control calls left out."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class LoggedRequest:
    """One call.

    `fault` is the fault it met, `seconds` how long it took, `auth` the kind of login (`tba`,
    `m2m`, `access`, empty), `login_detail` why a login was refused, `rows` how many record rows
    the answer carried. `status` is 0 when the connection ended without an answer.
    """

    seq: int
    method: str
    path: str
    query: str
    body: str
    status: int = 0
    fault: str = ""
    seconds: float = 0.0
    auth: str = ""
    login_detail: str = ""
    rows: int = 0


class RequestLog:
    """Keeps the calls in the order of their arrival."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[LoggedRequest] = []
        self._seq = 0

    def next_seq(self) -> int:
        """Return the number of the next call."""
        with self._lock:
            self._seq += 1
            return self._seq

    def add(self, entry: LoggedRequest) -> None:
        """Keep one call; it may still change until it is answered."""
        with self._lock:
            self._entries.append(entry)

    def since(self, seq: int) -> list[dict[str, Any]]:
        """Return the calls after number `seq`, oldest first."""
        with self._lock:
            return [asdict(entry) for entry in self._entries if entry.seq > seq]

    def clear(self) -> None:
        """Forget all calls; numbers go on."""
        with self._lock:
            self._entries.clear()
