"""A simulated NetSuite account that is mirrored the whole way, and synchronised again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from tools.processes import running

from .figures import Measure, measured

PATIENCE = 300.0
# So that nothing is left in the minutes that each window reads again.
REST_SECONDS = 3 * 3600
TIMEOUT = 60


@dataclass(frozen=True)
class Sync:
    """One synchronisation.

    :param calls: HTTP calls that the simulator saw
    :param read: records that came, most of all of small tables that do not say what changed
    :param booked: records that were worked on
    """

    measure: Measure
    calls: int
    read: int
    booked: int


class Account:
    """A simulated NetSuite account and the connection that mirrors it.

    :param ready: what the simulator wrote when it was ready
    """

    def __init__(self, env: Any, size: int, ready: dict[str, Any]) -> None:
        self.env, self.size = env, size
        self._control = ready["control_url"]
        self.connection = env["netsuite.connection"].create(
            {
                "name": f"{size} transactions",
                "account_id": ready["account_id"],
                "service_url": ready["base_url"],
                "client_id": ready["m2m"]["client_id"],
                "certificate_id": ready["m2m"]["certificate_id"],
                "private_key": ready["m2m"]["private_key_pem"],
                "history_start": False,
            }
        )
        for button in (
            "action_connect",
            "action_create_companies",
            "action_suggest_mappings",
            "action_accept_suggestions",
            "action_create_missing",
            "_leave_set_up",
        ):
            getattr(self.connection, button)()
            env.cr.commit()
            env.invalidate_all()

    def mirror(self) -> Measure:
        """Import everything.

        :raise RuntimeError: not all of it is in Odoo, or it differs
        """
        result = measured(self.env, self.size, self.connection._drive)
        summary = self.connection._summary()
        booked = sum(row["in_odoo"] for row in summary["rows"])
        if summary["totals"]["differences"] or booked < self.size:
            raise RuntimeError(f"The import is not complete: {summary}")
        requests.post(f"{self._control}/clock", json={"advance": REST_SECONDS}, timeout=TIMEOUT)
        self.synchronise()
        return result

    def synchronise(self) -> Sync:
        """Synchronise all there is."""
        self.connection.stream_ids.next_read_at = False
        requests.delete(f"{self._control}/requests", timeout=TIMEOUT)
        runs: list[Any] = []
        measure = measured(self.env, 1, lambda: runs.append(self.connection._drive()))
        calls = requests.get(f"{self._control}/requests", timeout=TIMEOUT).json()
        lines = runs[0].line_ids
        booked = sum(line.handled - line.unchanged for line in lines)
        return Sync(measure, len(calls), sum(lines.mapped("landed")), booked)


@contextmanager
def simulator(size: int) -> Iterator[dict[str, Any]]:
    """Serve an account of `size` transactions from a process of its own; yield its ready file."""
    with TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "netsuite_simulator", "serve", "--scenario", "scale"]
        command += ["--size", str(size), "--account-id", f"TSTDRV{size}", "--certificate", "ec"]
        command += ["--ready-file", str(ready)]
        with running(command, dict(os.environ), stdout=subprocess.DEVNULL) as process:
            started = time.monotonic()
            while not ready.exists():
                if process.poll() is not None or time.monotonic() - started > PATIENCE:
                    raise RuntimeError("The simulator did not start")
                time.sleep(0.1)
            yield json.loads(ready.read_text(encoding="utf-8"))
