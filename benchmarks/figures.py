"""Measured rounds, and the Markdown tables that go into docs/BENCHMARKS.md."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measure:
    """One timed piece of work.

    :param seconds: wall time, the last commit included
    :param queries: SQL statements that Odoo sent
    :param count: documents, or whatever was worked on
    """

    seconds: float
    queries: int
    count: int

    @property
    def rate(self) -> float:
        """Documents in a second."""
        return self.count / self.seconds


def measured(env: Any, count: int, work: Callable[[], object]) -> Measure:
    """Time `work` from an empty cache to its commit."""
    env.cr.commit()
    env.invalidate_all()
    gc.collect()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    work()
    env.cr.commit()
    return Measure(time.perf_counter() - started, env.cr.sql_log_count - queries, count)


def median_rate(rounds: Sequence[Measure]) -> float:
    """Return the median of the rounds' documents in a second."""
    return statistics.median(measure.rate for measure in rounds)


def median_seconds(rounds: Sequence[Measure]) -> float:
    """Return the median of the rounds' seconds."""
    return statistics.median(measure.seconds for measure in rounds)


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Return ``median (min–max)`` of some numbers."""
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are numbers."""
    lines = [" | ".join(head), " | ".join(["---", *["---:"] * (len(head) - 1)])]
    lines += [" | ".join(row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)
