"""From a command's name to the function that does it, inside the virtual environment."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from types import FrameType

from . import virtualenv
from .errors import ToolError
from .paths import ROOT

# Each names a module of this package with a function run(arguments) -> exit status.
COMMANDS = {
    "demo": "demo",
    "test": "test_loop",
    "soak": "soak",
    "lint": "lint",
    "bench": "bench",
    "shell": "shell",
    "clean": "clean",
}
# Makes nothing: it runs in the environment only if there is one.
_CLEAN = "clean"
_INTERRUPTED = 130


def run(arguments: list[str]) -> int:
    """Run one command and return its exit status; errors of ours become one line.

    :param arguments: the command's name and what follows it
    """
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python3 -m tools {{{'|'.join(COMMANDS)}}} [arguments]", file=sys.stderr)
        return 2
    name, rest = arguments[0], arguments[1:]
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, _interrupt)
    # The terminal was closed; who started the command with nohup wants it to go on.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        wanted = name != _CLEAN or virtualenv.is_complete()
        if wanted and not virtualenv.is_active():
            virtualenv.reexecute(arguments)
        module = importlib.import_module(f"tools.{COMMANDS[name]}")
        status: int = module.run(rest)
        return status
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
