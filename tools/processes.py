"""Child processes that never outlive the command that started them."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from typing import IO

from .paths import LOCAL, ROOT

_PATIENCE = 15.0
# Where Python may not keep what it has compiled beside the sources, it does so here: to compile
# Odoo takes half the time of its start.
_COMPILED = LOCAL / "compiled"


@contextlib.contextmanager
def running(
    command: list[str], environment: dict[str, str], *, stdout: int | IO[str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a process in the project's folder; stop it when the block is left.

    It gets a session of its own: Ctrl-C reaches only this process, which then stops its children
    in order. Its errors go where its output goes.

    :param stdout: a file, ``subprocess.PIPE``, or None for the terminal
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=keeping_compiled(environment),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=None if stdout is None else subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        stop(process)


def keeping_compiled(environment: dict[str, str]) -> dict[str, str]:
    """Return an environment in which Python keeps what it has compiled, if need be in `.local`."""
    if not environment.get("PYTHONDONTWRITEBYTECODE"):
        return environment
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"PYTHONPYCACHEPREFIX": str(_COMPILED), **kept}


def stop(process: subprocess.Popen[str]) -> None:
    """End a process: politely first, by force if it does not listen."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
