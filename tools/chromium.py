"""A Chromium for the browser tests: the machine's, an installed one, or one in the cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .apt import PrivateApt, debian_codename, unpack
from .cache import finished_folder, require_space
from .console import Step
from .errors import ToolError
from .paths import ROOT, cache_root, log_file

# The names under which Odoo's tests look for a browser.
_NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
_SPACE = 1_200_000_000
# Not bin, which packages have.
_WRAPPERS = "browser"
# What the unpacked program needs to find its libraries and fonts.
_WRAPPER = """#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")
for folder in "$root"/usr/lib/*-linux-gnu* "$root"/lib/*-linux-gnu*; do
    LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export LD_LIBRARY_PATH
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="$root/etc/fonts"
exec "$root/usr/lib/chromium/chromium" "$@"
"""


def ensure() -> None:
    """Have a browser on this process's PATH afterwards.

    :raises ToolError: there is none and none can be fetched
    """
    if any(shutil.which(name) for name in _NAMES):
        return
    codename = debian_codename()
    if codename is None:
        raise ToolError(
            "Browser tests need Chromium, and this is not Debian",
            "Put chromium or google-chrome on PATH",
        )
    if os.geteuid() == 0:
        _install()
    else:
        wrapper = _unpacked(codename) / _WRAPPERS
        os.environ["PATH"] = f"{wrapper}{os.pathsep}{os.environ['PATH']}"


def _install() -> None:
    log = log_file("chromium")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with Step("Chromium from Debian (apt-get install)"), log.open("w", encoding="utf-8") as record:
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            done = subprocess.run(
                ["apt-get", "-q", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=record,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise ToolError(
                f"Chromium could not be installed: see {log.relative_to(ROOT)}",
                "Install it with apt-get install chromium",
            )


def _unpacked(codename: str) -> Path:
    """Return the folder of a Chromium with all libraries that this machine does not have."""

    def build(folder: Path) -> None:
        require_space(folder, _SPACE, "Chromium")
        apt = PrivateApt(codename, (codename,))
        apt.update()
        packages = apt.resolve(["chromium"], with_dependencies=True)
        names = [package.file_name.split("_")[0] for package in packages]
        files = apt.download(packages, names, "Chromium from Debian")
        unpack(files, folder, "unpack Chromium")
        wrapper = folder / _WRAPPERS / "chromium"
        wrapper.parent.mkdir()
        wrapper.write_text(_WRAPPER, encoding="utf-8")
        wrapper.chmod(0o755)
        for file in files:
            file.unlink()

    return finished_folder(cache_root() / f"chromium-{codename}", build)
