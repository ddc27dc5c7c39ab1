"""The asynchronous jobs of an account; `web/jobs.py` takes and shows them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from netsuite_simulator.web.envelope import Answer


@dataclass
class Job:
    """One request that was taken: what came of it, and when that is told."""

    number: int
    key: str
    begun: datetime
    ready: datetime
    answer: Answer


class Jobs:
    """The asynchronous jobs of one account, by number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[int, Job] = {}

    def find(self, number: int) -> Job | None:
        """Return the job with a number."""
        return self._jobs.get(number)

    def of_key(self, key: str) -> Job | None:
        """Return the job that was sent with an idempotency key."""
        return next((job for job in self._jobs.values() if key and job.key == key), None)

    def add(self, key: str, begun: datetime, ready: datetime, answer: Answer) -> Job:
        """Note a request that was carried out."""
        with self._lock:
            job = Job(len(self._jobs) + 1, key, begun, ready, answer)
            self._jobs[job.number] = job
        return job
