"""Field updates: calls for each, and updates a second at a given limit of calls at once.

NetSuite takes its time for each request: the simulator waits as long before it answers. Each limit
writes the same invoices once more, with another value.
"""

from __future__ import annotations

import argparse
from typing import Any

import requests

from . import session
from .account import TIMEOUT, Account, simulator
from .figures import Measure, measured, table

FIELD = "custbody_stage"


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--updates", type=int, default=1_000, help="invoices that are updated")
    parser.add_argument(
        "--limits", type=int, nargs="+", default=(2, 3, 5), help="calls at once; one stays free"
    )
    parser.add_argument(
        "--latency", type=float, default=0.2, help="seconds that NetSuite takes for a request"
    )


def run(env: Any, arguments: argparse.Namespace) -> str:
    """Update invoices under each limit; return the table.

    :raise RuntimeError: not every update was confirmed, or one was sent twice
    """
    rows = []
    with simulator(2 * arguments.updates) as ready:
        account = Account(env, 2 * arguments.updates, ready)
        account.mirror()
        account.connection.write({"write_active": True, "field_update_mode": "automatic"})
        session.refresh_statistics(env)
        control = ready["control_url"]
        fault = {"name": "slow_first_byte", "times": None, "seconds": arguments.latency}
        requests.post(f"{control}/faults", json=fault, timeout=TIMEOUT)
        for limit in arguments.limits:
            account.connection.concurrency_limit = limit
            meant = _mean(env, account, arguments.updates, f"limit {limit}")
            requests.delete(f"{control}/requests", timeout=TIMEOUT)
            written = measured(env, len(meant), account.connection._drive_write)
            calls = requests.get(f"{control}/requests", timeout=TIMEOUT).json()
            _check(meant, calls)
            rows.append(_row(limit, written, calls, arguments.latency))
    head = ("Calls at once", "updates", "PATCH", "other calls", "SQL queries each", "per second")
    ratio = "of what the latency allows"
    sentence = f"Each answer came after {arguments.latency} s; one call stays free for people."
    return f"{table((*head, ratio), rows)}\n\n{sentence}"


def _mean(env: Any, account: Account, count: int, value: str) -> Any:
    """Mean a field of so many invoices by one server action; return the write-backs."""
    invoices = env["account.move"].search(
        [
            ("netsuite_connection_id", "=", account.connection.id),
            ("move_type", "=", "out_invoice"),
        ],
        limit=count,
    )
    account.connection.update_limit = count
    action = env["ir.actions.server"].create(
        {
            "name": value,
            "model_id": env["ir.model"]._get_id("account.move"),
            "state": "netsuite_update",
            "netsuite_line_ids": [
                (0, 0, {"field_name": FIELD, "kind": "text", "value": value}),
            ],
        }
    )
    action.with_context(active_model="account.move", active_ids=invoices.ids).run()
    env.cr.commit()
    return env["netsuite.writeback"].search([("action_id", "=", action.id)])


def _check(meant: Any, calls: list[dict[str, Any]]) -> None:
    meant.env.invalidate_all()
    states = set(meant.mapped("state"))
    sent = sum(call["method"] == "PATCH" for call in calls)
    if states != {"confirmed"} or sent != len(meant):
        raise RuntimeError(f"{len(meant)} updates: {sent} sent, {states}")


def _row(limit: int, written: Measure, calls: list[dict[str, Any]], latency: float) -> list[str]:
    sent = sum(call["method"] == "PATCH" for call in calls)
    possible = (limit - 1) / latency
    return [
        str(limit),
        f"{written.count:,}",
        f"{sent:,}",
        f"{len(calls) - sent:,}",
        f"{written.queries / written.count:.1f}",
        f"{written.rate:.1f}",
        f"{written.rate / possible:.0%}",
    ]
