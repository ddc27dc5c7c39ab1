"""``make lint``: style and types; all checks run, the first failure decides the status.

What is checked stands in ``pyproject.toml`` and ``.oca_hooks.cfg``, which pre-commit reads as well.
"""

from __future__ import annotations

import subprocess
import sys

from . import virtualenv
from .console import Step, say
from .databases import SUITES, is_addon
from .paths import ROOT

# The layers whose types are checked; Odoo's own classes have none.
TYPED = ("tools", "netsuite_simulator", "kolleno_netsuite/client", "kolleno_netsuite/mappers")


def run(arguments: list[str]) -> int:
    """Run every check and show what the failing ones say.

    :param arguments: ``--fix`` mends and formats what can be
    """
    fix = "--fix" in arguments
    failed = [title for title, command in _checks(fix=fix) if not _passes(title, command)]
    say(f"lint: {', '.join(failed)} failed" if failed else "lint: all checks passed")
    return 1 if failed else 0


def _checks(*, fix: bool) -> list[tuple[str, list[str]]]:
    """Return title and command of each check."""
    programs = virtualenv.folder() / "bin"
    python = sys.executable
    addons = [name for suite in SUITES for name in suite if is_addon(name)]
    typed = [path for path in TYPED if any((ROOT / path).glob("*.py"))]
    return [
        ("ruff check", [str(programs / "ruff"), "check", *(["--fix"] if fix else []), "."]),
        ("ruff format", [str(programs / "ruff"), "format", *([] if fix else ["--check"]), "."]),
        ("mypy", [python, "-m", "mypy", *typed]),
        ("pylint-odoo", [python, "-m", "pylint", *addons]),
        ("OCA checks", [str(programs / "oca-checks-odoo-module"), *addons]),
    ]


def _passes(title: str, command: list[str]) -> bool:
    with Step(title):
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if done.returncode:
        say(done.stdout.rstrip())
    return done.returncode == 0
