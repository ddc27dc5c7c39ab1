"""Memory of a first import: the largest it gets, with few and with many transactions.

Each account is imported by an Odoo process of its own, which then says how large it ever was.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from typing import Any

import odoo.init  # noqa: F401 - Odoo is set up before any other part of it is imported

from . import session
from .account import Account, simulator
from .figures import table

# Where ``make bench`` says which database to use.
CONFIGURATION = "KOLLENO_NETSUITE_CONFIGURATION"
# The larger account may need so many times the memory of the smaller, at most.
MOST = 1.3


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument(
        "--transactions", type=int, nargs=2, default=(2_000, 20_000), help="sizes of the accounts"
    )


def run(_env: Any, arguments: argparse.Namespace) -> str:
    """Import both accounts; return the table and the ratio of their peaks.

    :raise RuntimeError: the larger import needs more than `MOST` times the memory.
    """
    rows, peaks = [], []
    for size in arguments.transactions:
        figures = _import(size)
        peaks.append(figures["peak"])
        rows.append(
            [
                f"{size:,} transactions",
                f"{figures['before'] / 1024:.0f} MB",
                f"{figures['peak'] / 1024:.0f} MB",
                f"{figures['seconds']:.0f}",
            ]
        )
    ratio = peaks[1] / peaks[0]
    head = ("Imported", "before", "at its largest", "seconds")
    sentence = f"Peak of the larger import for one of the smaller: {ratio:.2f}."
    report = f"{table(head, rows)}\n\n{sentence}"
    if ratio > MOST:
        raise RuntimeError(f"Memory grows with what is imported.\n{report}")
    return report


def _import(size: int) -> dict[str, float]:
    """Import an account of `size` transactions in a process of its own; return its figures."""
    with simulator(size) as ready:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", str(size)],
            input=json.dumps(ready),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _child(size: int) -> None:
    """Import the account whose ready file comes on standard input; print the figures."""
    ready = json.load(sys.stdin)
    with session.odoo_environment(os.environ[CONFIGURATION]) as env:
        account = Account(env, size, ready)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        measure = account.mirror()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"before": before, "peak": peak, "seconds": measure.seconds}))


if __name__ == "__main__":
    _child(int(sys.argv[1]))
