"""Which Python the commands run on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tools.paths import ROOT

DEBIAN = Path("/usr/bin/python3")


def _command(*arguments: str) -> str:
    # The make that runs these tests hands its own settings on.
    own = ("PYTHON", "ARGS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environment = {name: value for name, value in os.environ.items() if name not in own}
    shown = subprocess.run(
        ["make", "-n", "lint", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout.splitlines()[-1]


@pytest.mark.skipif(not DEBIAN.exists(), reason="not a Debian")
def test_debians_own_python_comes_before_the_one_on_the_path() -> None:
    assert _command() == f"{DEBIAN} -m tools lint "


def test_another_python_can_be_named() -> None:
    assert _command("PYTHON=python3.12") == "python3.12 -m tools lint "
