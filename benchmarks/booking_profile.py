"""Where the time of our booking goes: in which of Odoo's functions, and how much is ours.

The profiler makes Python slower and PostgreSQL not, so that shares count here and not seconds.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from typing import Any

from . import session
from .attribution import Attribution, Function, Owner, Stats
from .company import CUSTOMERS, Company
from .documents import invoice_document, invoices, payment_document
from .figures import table

ADDON = str(Path(__file__).resolve().parents[1] / "kolleno_netsuite")
EXECUTE = "<method 'execute' of 'psycopg2.extensions.cursor' objects>"
SHOWN_SHARE = 0.03
SHOWN_FUNCTIONS = 15
WORDS = {
    "create": "Odoo: make documents and journal items (`create`)",
    "_post": "Odoo: post (`_post`)",
    "flush_all": "Odoo: compute and write what is left (`flush_all`)",
    "_reconcile_plan": "Odoo: reconcile (`_reconcile_plan`)",
    "__get__": "Odoo: read and compute fields",
    "write": "Odoo: `write`",
    "search": "Odoo: `search`",
}


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--profiled", type=int, default=300, help="documents that are profiled")


def run(env: Any, arguments: argparse.Namespace) -> str:
    """Profile the booking of invoices, and of payments of them; return the tables."""
    company = Company(env, "Profile benchmark", "TSTDRV8")
    made, payment_ids = invoices(list(CUSTOMERS)), count(1_000_000)

    def both(size: int, call: Callable[[Callable[[], None]], Stats]) -> tuple[Stats, Stats]:
        batch = list(islice(made, size))
        company.land("invoice", [invoice_document(invoice) for invoice in batch])
        first = call(company.book)
        payments = [payment_document(next(payment_ids), invoice) for invoice in batch]
        company.land("customerpayment", payments)
        return first, call(company.book)

    both(arguments.profiled // 2, _profiled)  # warms caches up
    session.refresh_statistics(env)
    invoice_stats, payment_stats = both(arguments.profiled, _profiled)
    return "\n\n".join(
        [
            _shares(invoice_stats, payment_stats),
            _functions("invoices", invoice_stats),
            _functions("payments", payment_stats),
        ]
    )


def _profiled(work: Callable[[], None]) -> Stats:
    profile = cProfile.Profile()
    profile.runcall(work)
    stats: Stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    return stats


def _shares(invoice_stats: Stats, payment_stats: Stats) -> str:
    """Return which parts the time has."""
    sides = [Attribution(stats, _owner) for stats in (invoice_stats, payment_stats)]
    columns = [_parts(side) for side in sides]
    names = sorted(columns[0].keys() | columns[1].keys(), key=lambda name: -columns[0][name])
    shown = [name for name in names if any(part[name] >= SHOWN_SHARE for part in columns)]
    rows = [[name, *(f"{part[name]:.0%}" for part in columns)] for name in shown]
    others = [sum(part[name] for name in names if name not in shown) for part in columns]
    rows.append(["Odoo: everything else", *(f"{share:.0%}" for share in others)])
    rows.append(["the connector's own code", *(f"{side.ours():.0%}" for side in sides)])
    waiting = [_waiting(stats) for stats in (invoice_stats, payment_stats)]
    rows.append(["of all this, PostgreSQL", *(f"{share:.0%}" for share in waiting)])
    return table(("Where the time goes", "invoices", "payments, applied"), rows)


def _parts(side: Attribution) -> Counter[str]:
    """Return {what of Odoo we call: its share of the time}."""
    parts: Counter[str] = Counter()
    for name, share in side.parts().items():
        parts[WORDS.get(name, f"Odoo: `{name}`")] += share
    return parts


def _functions(title: str, stats: Stats) -> str:
    """Return the functions with the most time of their own."""
    total = _total(stats)
    ranking = sorted(stats.items(), key=lambda item: -item[1][2])[:SHOWN_FUNCTIONS]
    rows = [
        [f"`{_place(function)}`", f"{calls:,}", f"{own / total:.1%}", f"{cumulative / total:.1%}"]
        for function, (_cc, calls, own, cumulative, _callers) in ranking
    ]
    return table((f"Functions, {title}", "calls", "itself", "with what it calls"), rows)


def _total(stats: Stats) -> float:
    return sum(own for _cc, _nc, own, _cumulative, _callers in stats.values())


def _waiting(stats: Stats) -> float:
    """Return the share of the time in which PostgreSQL was waited for."""
    own = sum(entry[2] for function, entry in stats.items() if function[2] == EXECUTE)
    return own / _total(stats)


def _owner(function: Function) -> Owner:
    path = function[0]
    if path.startswith(ADDON):
        return Owner.OURS
    return Owner.ODOO if "/odoo/" in path else Owner.NOBODY


def _place(function: Function) -> str:
    path, line, name = function
    return f"{'/'.join(Path(path).parts[-2:])}:{line} {name}" if line else name
