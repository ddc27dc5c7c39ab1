"""The virtual environment: one per Python version and set of pins, shared by all clones."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

from . import debian
from .cache import lock, make_folder, require_space
from .console import Step, human_size
from .errors import NoNetworkError, ToolError
from .paths import REQUIREMENTS, ROOT, cache_root, log_file

# Installed together, so that pip finds versions that suit all of them.
_PINS = ("odoo.txt", "addon.txt", "dev.txt")
# Installed after them and without what they ask for: see the comment in the file.
_PINS_ALONE = "oca.txt"
_SPACE = 1_500_000_000
_COMPLETE = "complete"
# How the Python that make was called with is known after the change into the environment.
BASE_PYTHON = "KOLLENO_NETSUITE_BASE_PYTHON"

_SIZE = re.compile(r"Downloading (\S+) \(([\d.]+) ?([kMG]?B)\)")
_FACTORS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
_NO_NETWORK = ("NewConnectionError", "Temporary failure in name", "ConnectTimeout", "ReadTimeout")


def folder() -> Path:
    """Return where the environment of this Python and these pins lies, whether or not it exists."""
    key = hashlib.sha256(sys.base_prefix.encode())
    for name in (*_PINS, _PINS_ALONE):
        key.update((REQUIREMENTS / name).read_bytes())
    version = "{}.{}".format(*sys.version_info[:2])
    return cache_root() / "venvs" / f"{version}-{key.hexdigest()[:12]}"


def is_complete() -> bool:
    """Tell whether the environment has everything."""
    return (folder() / _COMPLETE).exists()


def is_active() -> bool:
    """Tell whether this process already runs inside the complete environment."""
    return Path(sys.prefix) == folder() and is_complete()


def reexecute(arguments: list[str]) -> None:
    """Replace this process by the same command inside the environment, made if need be."""
    python = ensure()
    os.environ.setdefault(BASE_PYTHON, sys.executable)
    os.execv(python, [str(python), "-m", "tools", *arguments])


def ensure() -> Path:
    """Return the environment's Python; install what is missing, or continue doing so.

    :raises ToolError: no network, no space, or a package that cannot be installed
    """
    target = folder()
    python = target / "bin" / "python"
    if is_complete():
        return python
    with lock(f"venv-{target.name}"):
        if not is_complete():
            make_folder(target.parent)
            require_space(target.parent, _SPACE, "the virtual environment")
            if not (target / "bin" / "pip").exists():
                _create(target)
            _install(python)
            (target / _COMPLETE).touch()
    return python


def _create(target: Path) -> None:
    with_pip = importlib.util.find_spec("ensurepip") is not None
    with Step(f"virtual environment for Python {sys.version.split()[0]}"):
        venv.EnvBuilder(with_pip=with_pip, symlinks=True, clear=True).create(target)
    if not with_pip:
        # Debian cuts ensurepip out of python3; its wheel is a small package of its own.
        _pip([str(target / "bin" / "python"), str(debian.pip_wheel() / "pip")], ["pip"], "pip")


def _install(python: Path) -> None:
    pip = [str(python), "-m", "pip"]
    packages = [part for name in _PINS for part in ("-r", str(REQUIREMENTS / name))]
    _pip(pip, packages, "Python packages")
    _pip(pip, ["--no-deps", "-r", str(REQUIREMENTS / _PINS_ALONE)], "OCA packages")


def _pip(pip: list[str], packages: list[str], what: str) -> None:
    """Run pip install; show each file that it fetches and the sum of their sizes."""
    log = log_file("pip")
    command = [*pip, "install", "--progress-bar", "off", "--no-input", *packages]
    fetched, files = 0.0, 0
    with Step(what) as step, log.open("w", encoding="utf-8") as record:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            record.write(line)
            if match := _SIZE.search(line):
                files += 1
                fetched += float(match[2]) * _FACTORS[match[3]]
                name = match[1].rsplit("/", 1)[-1]
                step.update(f"{name}, {files} files, {human_size(fetched)} so far")
            elif line.startswith(("Installing collected", "Building")):
                step.update("installing" if line.startswith("Inst") else line.strip())
        if process.wait():
            raise _pip_error(log.read_text(encoding="utf-8"), log, what)


def _pip_error(output: str, log: Path, what: str) -> ToolError:
    if "No space left" in output:
        return ToolError("No disk space: pip could not write", "Free some and repeat the command")
    if any(sign in output for sign in _NO_NETWORK):
        return NoNetworkError(what)
    errors = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    reason = errors[-1].removeprefix("ERROR: ").rstrip(".") if errors else "see its log"
    return ToolError(
        f"pip could not install {what}: {reason[:200]}",
        f"Read {log.relative_to(ROOT)} and repeat the command",
    )


def site_packages() -> Path:
    """Return the environment's folder of installed packages."""
    return next((folder() / "lib").glob("python3*/site-packages"))
