"""Find an Odoo of series 19.0, and run its commands."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import debian, virtualenv
from .errors import ToolError
from .paths import LOCAL, ROOT, log_file
from .processes import running

SERIES = "19.0"
DATA = LOCAL / "odoo"
_LAYOUTS = (Path(), Path("usr/lib/python3/dist-packages"))
_PROBE = "import odoo; print(*odoo.__path__, sep='\\n')"
_LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")
_TAIL = 25


@dataclass(frozen=True)
class Odoo:
    """An Odoo to work with.

    :param origin: how it was found, in words
    :param version: the series, or the package's version
    :param packages: the folder to put on PYTHONPATH
    """

    origin: str
    version: str
    packages: Path

    @property
    def addons_path(self) -> str:
        """Addon folders, the project's own first, as Odoo's configuration wants them."""
        folders = [
            ROOT,
            virtualenv.site_packages() / "odoo" / "addons",
            self.packages / "odoo" / "addons",
            self.packages / "addons",
        ]
        return ",".join(str(folder) for folder in folders if any(folder.glob("*/__manifest__.py")))

    @property
    def key(self) -> str:
        """What a database made with this Odoo depends on."""
        return hashlib.sha256(f"{self.version} {self.packages}".encode()).hexdigest()[:10]

    def environment(self) -> dict[str, str]:
        """Return the environment in which ``import odoo`` is this one."""
        return {**os.environ, "PYTHONPATH": f"{self.packages}{os.pathsep}{ROOT}"}


def find() -> Odoo:
    """Find Odoo 19.0: ODOO_HOME, an importable one, the cache, Debian; in this order.

    :raises ToolError: there is none and none can be fetched
    """
    if home := os.environ.get("ODOO_HOME"):
        return _at_home(Path(home).expanduser())
    if imported := _importable():
        return imported
    unpacked = debian.cached_odoo() or debian.fetch_odoo()
    return Odoo("Debian", unpacked.name, unpacked / _LAYOUTS[1])


def series_of(packages: Path) -> str | None:
    """Read the series out of ``odoo/release.py`` without running it; None if there is none."""
    try:
        text = (packages / "odoo" / "release.py").read_text(encoding="utf-8")
    except OSError:
        return None
    match = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    return f"{match[1]}.{match[2]}" if match else None


def _at_home(home: Path) -> Odoo:
    for layout in _LAYOUTS:
        series = series_of(home / layout)
        if series == SERIES:
            return Odoo("ODOO_HOME", series, (home / layout).resolve())
        if series:
            raise ToolError(f"ODOO_HOME holds Odoo {series}", f"Set it to Odoo {SERIES}")
    raise ToolError(f"ODOO_HOME={home} holds no Odoo", f"Set it to an Odoo {SERIES} source tree")


def _importable() -> Odoo | None:
    """Look for an Odoo in the Python that make was called with."""
    python = os.environ.get(virtualenv.BASE_PYTHON, sys.executable)
    probe = subprocess.run(
        [python, "-c", _PROBE],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    for line in probe.stdout.splitlines() if probe.returncode == 0 else ():
        package = Path(line)
        if series_of(package.parent) == SERIES:
            return Odoo("installed", SERIES, _alone(package))
    return None


def _alone(package: Path) -> Path:
    """Give a package a folder of its own.

    Its neighbours in site-packages would otherwise take the place of the environment's pins.
    """
    folder = LOCAL / "installed-odoo"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "odoo"
    if not link.is_symlink() or link.resolve() != package.resolve():
        link.unlink(missing_ok=True)
        link.symlink_to(package, target_is_directory=True)
    return folder


def write_configuration(odoo: Odoo, database: str, **options: str | int | bool) -> Path:
    """Write the configuration of one database; how to reach PostgreSQL stays in the environment.

    :param options: further settings by their names in Odoo's configuration file
    """
    settings: dict[str, str | int | bool] = {
        "addons_path": odoo.addons_path,
        "data_dir": str(DATA),
        "db_name": database,
        "dbfilter": f"^{database}$",
        "list_db": False,
        "http_interface": "127.0.0.1",
        "max_cron_threads": 0,
        "server_wide_modules": "base,rpc,web",
        **options,
    }
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / f"{database}.conf"
    lines = [f"{name} = {value}" for name, value in settings.items()]
    path.write_text("[options]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def install(odoo: Odoo, database: str, modules: list[str], progress: Callable[[str], None]) -> None:
    """Install modules into a database, made if need be.

    :param progress: called with the module that is being loaded and how many there are
    :raises ToolError: the installation failed; its log's end has been printed
    """
    configuration = write_configuration(odoo, database)
    command = [sys.executable, "-m", "odoo", "-c", str(configuration), "-d", database]
    command += ["-i", ",".join(modules), "--stop-after-init", "--no-http"]
    log = log_file(f"install-{modules[0]}")
    failed = False
    with (
        log.open("w", encoding="utf-8") as record,
        running(command, odoo.environment(), stdout=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            record.write(line)
            # Odoo goes on after some errors that leave a module half installed.
            failed = failed or _is_error(line, database)
            if match := _LOADING.search(line):
                progress(f"{match[1]}, {match[2]} of {match[3]}")
        process.wait()
    if process.returncode or failed:
        lines = log.read_text(encoding="utf-8").splitlines()
        first = next(
            (number for number, line in enumerate(lines) if _is_error(line, database)), -_TAIL
        )
        print("\n".join(lines[first:][:_TAIL]))
        raise ToolError(
            f"Odoo could not install {', '.join(modules)}",
            f"Read the lines above, or all of {log.relative_to(ROOT)}",
        )


def _is_error(line: str, database: str) -> bool:
    # Before the database is there Odoo logs "?": an extension that it can do without.
    return f" ERROR {database} " in line or " CRITICAL " in line


def manifest(module: Path) -> dict[str, object]:
    """Read an addon's manifest."""
    data: dict[str, object] = ast.literal_eval(
        (module / "__manifest__.py").read_text(encoding="utf-8")
    )
    return data
