"""``make clean``: remove what this clone has made, and on demand what all clones share."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from . import virtualenv
from .console import say
from .errors import ToolError
from .paths import LOCAL, cache_root


def run(arguments: list[str]) -> int:
    """Remove databases, logs and reports.

    :param arguments: ``--cache`` removes the downloads of all clones as well
    :raises ToolError: another command of this clone still uses them
    """
    parser = argparse.ArgumentParser(prog="make clean", description=__doc__)
    parser.add_argument("--cache", action="store_true", help="the shared downloads too")
    options = parser.parse_args(arguments)
    if _is_running(LOCAL / "postgres" / "postmaster.pid"):
        raise ToolError("PostgreSQL of this clone is in use", "Stop make demo and make test first")
    _drop_databases()
    for folder in (LOCAL, cache_root()) if options.cache else (LOCAL,):
        if folder.exists():
            shutil.rmtree(folder)
            say(f"removed {folder}")
    return 0


def _is_running(pid_file: Path) -> bool:
    try:
        pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return False
    return True


def _drop_databases() -> None:
    """Drop this clone's databases on a server of the user's; an embedded one goes as a folder."""
    if not virtualenv.is_active():
        return
    # These need the environment's packages.
    from . import databases, postgres

    if postgres.is_named():
        with postgres.server():
            databases.drop_all()
