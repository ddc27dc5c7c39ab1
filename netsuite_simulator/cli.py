"""Command line: `python -m netsuite_simulator serve …`."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from netsuite_simulator.account import DEFAULT_ACCOUNT_ID, SimulatedAccount
from netsuite_simulator.profiles import PROFILES
from netsuite_simulator.scenarios import SCENARIOS
from netsuite_simulator.web.server import SimulatorServer

DEFAULT_SCALE = 20_000


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="netsuite_simulator", description="A NetSuite account on this machine."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve one account until interrupted")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=0, help="0 takes a free port")
    serve.add_argument("--scenario", choices=SCENARIOS, default="demo")
    serve.add_argument("--profile", choices=tuple(PROFILES), default="", help="kind of account")
    serve.add_argument("--size", type=int, default=DEFAULT_SCALE, help="transactions of scale")
    serve.add_argument("--seed", type=int, default=1)
    serve.add_argument("--ready-file", type=Path, help="write addresses and credentials as JSON")
    serve.add_argument("--account-id", default=DEFAULT_ACCOUNT_ID)
    serve.add_argument("--certificate", choices=("rsa", "ec"), default="rsa", help="M2M key")
    serve.add_argument("--verbose", action="store_true")
    return parser


def _write_ready(path: Path, content: dict[str, Any]) -> None:
    """Write the ready file at once complete, readable by its owner only."""
    draft = path.with_name(path.name + ".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
    draft.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit status.

    The server stops on SIGINT and SIGTERM and removes its ready file.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.WARNING)
    account = SimulatedAccount(options.account_id, certificate_kind=options.certificate)
    account.build(options.scenario, options.size, options.seed, options.profile)
    server = SimulatorServer(account, options.host, options.port)
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    server.start()
    ready = server.ready()
    if options.ready_file:
        _write_ready(options.ready_file, ready)
    print(f"{account.account_id} on {server.base_url}, control on {server.control_url}", flush=True)
    stop.wait()
    server.close()
    if options.ready_file:
        options.ready_file.unlink(missing_ok=True)
    return 0
