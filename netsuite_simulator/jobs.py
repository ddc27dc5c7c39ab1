"""The asynchronous jobs of an account; `web/jobs.py` takes and shows them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from netsuite_simulator.web.envelope import Answer


@dataclass
class Job:
    """One request that was taken: when it is told what came of it, and what did."""

    number: int
    key: str
    begun: datetime
    ready: datetime
    # None until the request was carried out.
    answer: Answer | None = None


class Jobs:
    """The asynchronous jobs of one account, by number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[int, Job] = {}

    def find(self, number: int) -> Job | None:
        """Return the job with a number."""
        return self._jobs.get(number)

    def take(self, key: str, begun: datetime, ready: datetime) -> tuple[Job, bool]:
        """Take a request: return its job, and whether it is a new one.

        It is not, if one was sent with the same idempotency key before; no key is like no other.
        """
        with self._lock:
            known = next((job for job in self._jobs.values() if key and job.key == key), None)
            if known is not None:
                return known, False
            job = Job(len(self._jobs) + 1, key, begun, ready)
            self._jobs[job.number] = job
            return job, True
