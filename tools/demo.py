"""``make demo``: a NetSuite on localhost, Odoo beside it, the first import, and the comparison."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from http import HTTPStatus
from pathlib import Path
from typing import Any

from . import databases, odoo, postgres
from .cache import lock
from .comparison import agrees, tables
from .console import Step, say
from .errors import ToolError
from .paths import LOCAL, ROOT, log_file
from .processes import running

ADDONS = ("kolleno_netsuite",)
_DEMO = LOCAL / "demo"
# How to reach the demo that runs, for whatever wants to work in it; there only as long as it runs.
_ACCESS = LOCAL / "demo.json"
_ADMINISTRATOR = {"login": "admin", "password": "admin"}
# {program that the demo works without: what does not work then}
_OPTIONAL = {
    "wkhtmltopdf": "Odoo cannot print statements and its own invoices as PDF; NetSuite's PDFs work",
}
_FIRST_PORT, _PORTS = 8069, 100
_PATIENCE = 180.0
_POLL = 0.2


@dataclass(frozen=True)
class Account:
    """A simulated NetSuite account of the demo."""

    # Of the account in the file that says how to reach the demo.
    key: str
    # Of the connection, and of the company where it keeps its books in one of its own.
    name: str
    # What the simulator is told.
    arguments: tuple[str, ...]
    own_company: bool = False

    @property
    def ready_file(self) -> Path:
        """Where the simulator says that it is ready."""
        return _DEMO / f"{self.key}.json"

    @property
    def log(self) -> str:
        """The name of the simulator's log."""
        return self.key.replace("_", "-")


ACCOUNTS = (
    Account("simulator", "NetSuite demo", ("--scenario", "demo")),
    # As many have it: one company, one currency, no OneWorld; its features cannot be read.
    Account(
        "small_simulator",
        "Northfield Provisions",
        (
            *("--scenario", "small"),
            *("--profile", "single_currency_single_company"),
            *("--account-id", "TSTDRV7654321"),
        ),
        own_company=True,
    ),
)


def run(arguments: list[str]) -> int:
    """Show the addon at work; stay up until Ctrl-C.

    :param arguments: ``--once``, ``--port N``, ``--fresh``
    :return: with ``--once`` 0 only if every count agrees and there are no differences
    """
    options = _parse(arguments)
    found = odoo.find()
    say(f"Odoo {found.version} ({found.origin})")
    for sentence in missing_programs():
        say(sentence)
    with lock("demo", LOCAL), _simulators() as simulators, postgres.server():
        database, kept = _database(found, fresh=options.fresh)
        ready = _wait_until_ready(simulators)
        summaries = _import(found, database)
        if kept and not all(map(agrees, summaries.values())):
            # NetSuite's books are made anew each time; what was done in them before is gone there.
            say("Odoo still has what was done in the demo before: it starts afresh.")
            database, _kept = _database(found, fresh=True)
            summaries = _import(found, database)
        say("\n" + tables(summaries) + "\n")
        if options.once:
            return 0 if all(map(agrees, summaries.values())) else 1
        _serve(found, database, free_port(options.port), ready)
    return 0


def _serve(
    found: odoo.Odoo, database: str, port: int, ready: Mapping[str, Mapping[str, Any]]
) -> None:
    """Serve the demo's database, and say where and how, until Ctrl-C.

    :param ready: {key of an account: what its simulator wrote when it was ready}
    """
    address = f"http://127.0.0.1:{port}"
    with (
        _odoo_server(found, database, port),
        announced(access_to(address, database, ready), _ACCESS),
    ):
        who = ", ".join(f"{name} {value}" for name, value in _ADMINISTRATOR.items())
        say(f"Odoo:     {address}/odoo   {who}")
        for account in ACCOUNTS:
            say(f"NetSuite: {ready[account.key]['base_url']}   (simulated: {account.name})")
        say("Ctrl-C stops everything.")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
        say("\nStopping.")


def access_to(
    address: str, database: str, ready: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return how the demo is reached: Odoo, and each simulated account under its own key.

    :param address: of Odoo
    :param ready: {key of an account: what its simulator wrote when it was ready}
    """
    return {"odoo_url": address, "database": database, **_ADMINISTRATOR, **ready}


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="exit after the table")
    parser.add_argument("--fresh", action="store_true", help="import everything again")
    parser.add_argument("--port", type=int, default=_FIRST_PORT, help="Odoo's port")
    return parser.parse_args(arguments)


def missing_programs(find: Callable[[str], str | None] = shutil.which) -> list[str]:
    """Return a sentence for each optional program that this machine does not have.

    :param find: returns the path of a program, or None
    """
    return [
        f"{program} is not installed: {loss}."
        for program, loss in _OPTIONAL.items()
        if find(program) is None
    ]


@contextlib.contextmanager
def announced(access: Mapping[str, Any], path: Path) -> Iterator[None]:
    """Keep a file that says how to reach what runs, until the block is left.

    Only this user can read it, since it holds the keys of the simulated account. It is there whole
    or not at all.

    :param access: the file's content, written as JSON
    :param path: the file
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        # Not opened where an older one lies: that would keep who may read it.
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(access, file, indent=1)
        draft.replace(path)
        yield
    finally:
        path.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)


def free_port(wanted: int) -> int:
    """Return the wanted port, or the next one that nobody listens on.

    :raises ToolError: none is free
    """
    for port in range(wanted, wanted + _PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port != wanted:
            say(f"Port {wanted} is taken: using {port}.")
        return port
    raise ToolError(
        f"Ports {wanted} to {wanted + _PORTS - 1} are taken", "Name another: ARGS='--port 9000'"
    )


@contextlib.contextmanager
def _simulators() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Start a simulator for each account; yield {key of the account: process}."""
    _DEMO.mkdir(parents=True, exist_ok=True)
    # Of a demo that was killed: nothing is there any more.
    _ACCESS.unlink(missing_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with contextlib.ExitStack() as stack:
        started = {}
        for account in ACCOUNTS:
            account.ready_file.unlink(missing_ok=True)
            # It holds this simulator's credentials.
            stack.callback(account.ready_file.unlink, missing_ok=True)
            command = [sys.executable, "-m", "netsuite_simulator", "serve", *account.arguments]
            command += ["--ready-file", str(account.ready_file)]
            log = stack.enter_context(log_file(account.log).open("w", encoding="utf-8"))
            started[account.key] = stack.enter_context(running(command, environment, stdout=log))
        yield started


def _wait_until_ready(
    simulators: Mapping[str, subprocess.Popen[str]],
) -> dict[str, dict[str, Any]]:
    """Return {key of an account: what its simulator wrote when it was ready}."""
    ready: dict[str, dict[str, Any]] = {}
    with Step("simulated NetSuite") as step:
        started = time.monotonic()
        for account in ACCOUNTS:
            while not account.ready_file.exists():
                waited = time.monotonic() - started
                if simulators[account.key].poll() is not None or waited > _PATIENCE:
                    raise ToolError(
                        "The simulator did not start",
                        f"Read .local/logs/{account.log}.log for the reason",
                    )
                step.update(f"building the books of {account.name}")
                time.sleep(_POLL)
            ready[account.key] = json.loads(account.ready_file.read_text(encoding="utf-8"))
    return ready


def _database(found: odoo.Odoo, *, fresh: bool) -> tuple[str, bool]:
    """Return the demo's database, and whether it is the last one: new when something has changed.

    The simulator makes the same books on the same day, so that yesterday's import is no use.
    """
    template = databases.installed_template(found, ADDONS)
    key = f"{template} {_simulator_digest()} {datetime.now(timezone.utc).date()}"
    database, note = databases.demo_name(), _DEMO / "made-from"
    made_from = note.read_text(encoding="utf-8") if note.exists() else ""
    kept = not fresh and made_from == key and databases.exists(database)
    if not kept:
        note.unlink(missing_ok=True)
        databases.drop(database)
        databases.clone(template, database)
        note.write_text(key, encoding="utf-8")
    return database, kept


def _simulator_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "netsuite_simulator").rglob("*.py")):
        if "tests" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _import(found: odoo.Odoo, database: str) -> dict[str, dict[str, Any]]:
    """Connect, map and import in a process of Odoo's, and show its progress.

    :return: {name of an account: its summary}
    """
    log = log_file("demo")
    log.unlink(missing_ok=True)
    configuration = odoo.write_configuration(found, database, logfile=str(log))
    command = [sys.executable, "-m", "tools.demo_session", str(configuration)]
    command.append(json.dumps([_for_session(account) for account in ACCOUNTS]))
    summaries: dict[str, dict[str, Any]] = {}
    with (
        Step("import") as step,
        running(command, found.environment(), stdout=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        other: list[str] = []
        for line in process.stdout:
            event = _event(line)
            if event is None:
                other.append(line.rstrip())
            elif "summary" in event:
                summaries[event["account"]] = event["summary"]
            else:
                step.update(event["progress"])
        process.wait()
    if process.returncode or len(summaries) < len(ACCOUNTS):
        with log.open("a", encoding="utf-8") as record:
            record.writelines(f"{line}\n" for line in other)
        reason = other[-1].rstrip(".") if other else "no reason given"
        raise ToolError(f"The import stopped: {reason}", f"Read {log.relative_to(ROOT)}")
    return summaries


def _for_session(account: Account) -> dict[str, Any]:
    """Return what the process in Odoo needs to know of an account."""
    return {
        "name": account.name,
        "ready_file": str(account.ready_file),
        "company": account.name if account.own_company else None,
    }


def _event(line: str) -> dict[str, Any] | None:
    """Read one line of the session; None when it is something that Odoo printed."""
    if not line.startswith("{"):
        return None
    event: dict[str, Any] = json.loads(line)
    return event


@contextlib.contextmanager
def _odoo_server(found: odoo.Odoo, database: str, port: int) -> Iterator[None]:
    """Serve the demo's database, with its crons at work."""
    configuration = odoo.write_configuration(
        found, database, http_port=port, max_cron_threads=1, logfile=str(log_file("odoo"))
    )
    command = [sys.executable, "-m", "odoo", "-c", str(configuration)]
    with (
        log_file("odoo-output").open("w", encoding="utf-8") as log,
        running(command, found.environment(), stdout=log) as process,
    ):
        with Step("Odoo"):
            started = time.monotonic()
            while not _answers(port):
                if process.poll() is not None or time.monotonic() - started > _PATIENCE:
                    raise ToolError("Odoo did not start", "Read .local/logs/odoo.log")
                time.sleep(_POLL)
        yield


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/web/health")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
