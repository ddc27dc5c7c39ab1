"""A synchronisation with nothing new: what it costs, with little and with much mirrored.

Two NetSuite accounts of different size are mirrored into one database by the whole way, from
reading over HTTP to the proof; then both are synchronised in turns while nothing happens.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from typing import Any

from . import session
from .account import Account, simulator
from .figures import median_seconds, spread, table


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument(
        "--mirrored", type=int, nargs=2, default=(1_000, 20_000), help="sizes of the two accounts"
    )
    parser.add_argument("--syncs", type=int, default=7, help="synchronisations of each account")


def run(env: Any, arguments: argparse.Namespace) -> str:
    """Mirror two accounts and synchronise them in turns; return the table."""
    imports = []
    with ExitStack() as stack:
        accounts = []
        for size in arguments.mirrored:
            ready = stack.enter_context(simulator(size))
            account = Account(env, size, ready)
            imports.append(account.mirror())
            accounts.append(account)
        session.refresh_statistics(env)
        rounds = [
            [account.synchronise() for account in accounts] for _number in range(arguments.syncs)
        ]
    rows = []
    for position, (account, imported) in enumerate(zip(accounts, imports, strict=True)):
        syncs = [each[position] for each in rounds]
        rows.append(
            [
                f"{account.size:,} transactions",
                _one({sync.calls for sync in syncs}),
                _one({sync.read for sync in syncs}),
                _one({sync.booked for sync in syncs}),
                _one({sync.measure.queries for sync in syncs}),
                f"{median_seconds([sync.measure for sync in syncs]):.2f}",
                f"{imported.seconds:.0f} s, {imported.rate:.0f} per second",
            ]
        )
    ratios = [large.measure.seconds / small.measure.seconds for small, large in rounds]
    head = ("Mirrored", "API calls", "read", "booked", "SQL queries", "seconds", "first import")
    sentence = f"Seconds of the larger account for one of the smaller: {spread(ratios, 2)}."
    return f"{table(head, rows)}\n\n{sentence}"


def _one(values: set[int]) -> str:
    """Return the number that all rounds have, or their range."""
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
