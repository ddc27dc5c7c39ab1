"""Debian packages without root: a private apt configuration beside the machine's own."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .apt_sources import Source, debian_archive, read_sources
from .cache import make_folder, require_space
from .console import Step, human_size
from .errors import NoNetworkError, ToolError
from .paths import cache_root

ETC = Path("/etc/apt")
_POLL = 0.2
_NETWORK_SIGNS = ("Could not resolve", "Could not connect", "Failed to fetch", "Temporary failure")


@dataclass(frozen=True)
class Package:
    """A package file to download."""

    uri: str
    file_name: str
    size: int


def debian_codename() -> str | None:
    """Return the codename of the Debian release that runs here, or None on another system."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return None
    tools = all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb"))
    if release.get("ID") != "debian" or not tools:
        return None
    return release.get("VERSION_CODENAME", "sid")


class PrivateApt:
    """apt with lists, archives and sources of its own.

    :param name: which set of suites this is; its folder is named so
    :param suites: of the machine's Debian mirror, such as ``("sid",)``
    :param archive: the mirror's entry in the machine's configuration; found there by default
    """

    def __init__(self, name: str, suites: tuple[str, ...], archive: Source | None = None) -> None:
        self._folder = cache_root() / "apt" / name
        self._suites = suites
        codename = debian_codename() or "sid"
        self._archive = archive or debian_archive(read_sources(ETC), codename)

    def update(self) -> None:
        """Fetch the package lists of the suites.

        :raises NoNetworkError: the mirror cannot be reached
        """
        self._write_configuration()
        with Step(f"package lists of Debian {' and '.join(self._suites)}"):
            self._run("update", "-qq", "--error-on=any", what="Debian's package lists")

    def resolve(self, names: list[str], *, with_dependencies: bool = False) -> list[Package]:
        """Return the files for packages by name, or ``name/suite``.

        :param names: packages of the suites
        :param with_dependencies: also what they need and this machine does not have
        :raises ToolError: a package is not there
        """
        verb = ["install", "--no-install-recommends", "-y"] if with_dependencies else ["download"]
        output = self._run(*verb, "-qq", "--print-uris", *names, what=" ".join(names))
        packages = []
        for line in output.splitlines():
            if line.startswith("'"):
                uri, file_name, size = line.split()[:3]
                packages.append(Package(uri.strip("'"), file_name, int(size)))
        return packages

    def download(self, packages: list[Package], names: list[str], title: str) -> list[Path]:
        """Fetch package files into this configuration's folder and return their paths.

        What an interrupted run left is continued; apt checks each file against the signed lists.
        """
        folder = self._folder / "archives"
        make_folder(folder)
        total = sum(package.size for package in packages)
        require_space(folder, total, title)
        # The resolved files' versions are the lists'; by name apt knows their checksums.
        command = [self._apt(), "-qq", "download", *names]
        with Step(f"{title}, {human_size(total)}") as step:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            while process.poll() is None:
                done = sum(file.stat().st_size for file in folder.glob("*.deb"))
                step.update(f"{human_size(done)} of {human_size(total)}")
                time.sleep(_POLL)
            assert process.stdout is not None
            if process.returncode:
                raise _apt_error(process.stdout.read(), title)
        return [folder / package.file_name for package in packages]

    def _write_configuration(self) -> None:
        lists, archives = self._folder / "lists", self._folder / "cache" / "archives"
        for folder in (lists / "partial", archives / "partial"):
            make_folder(folder)
        sources = self._folder / "debian.sources"
        sources.write_text(self._archive.stanza(self._suites), encoding="utf-8")
        settings = [
            f'Dir::Etc::sourcelist "{sources}";',
            'Dir::Etc::sourceparts "-";',
            f'Dir::State::Lists "{lists}";',
            f'Dir::Cache "{self._folder / "cache"}";',
            # Hooks of the machine work on the machine's lists and need root.
            "#clear APT::Update::Post-Invoke;",
            "#clear APT::Update::Post-Invoke-Success;",
            "#clear APT::Update::Pre-Invoke;",
            "#clear DPkg::Post-Invoke;",
            'Debug::NoLocking "true";',
            'Acquire::Languages "none";',
            "#clear Acquire::IndexTargets::deb::Contents-deb;",
            "#clear Acquire::IndexTargets::deb::DEP-11;",
        ]
        if os.geteuid() == 0:
            # apt's own user may not enter root's cache folder.
            settings.append('APT::Sandbox::User "root";')
        (self._folder / "apt.conf").write_text("\n".join(settings) + "\n", encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "APT_CONFIG": str(self._folder / "apt.conf"), "LC_ALL": "C.UTF-8"}

    @staticmethod
    def _apt() -> str:
        return shutil.which("apt-get") or "apt-get"

    def _run(self, *arguments: str, what: str) -> str:
        done = subprocess.run(
            [self._apt(), *arguments],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise _apt_error(done.stdout + done.stderr, what)
        return done.stdout


def unpack(packages: list[Path], root: Path, title: str) -> None:
    """Unpack package files below ``root`` as dpkg would, without installing them."""
    with Step(title) as step:
        for number, package in enumerate(packages, 1):
            step.update(f"{package.name.split('_')[0]}, {number} of {len(packages)}")
            done = subprocess.run(
                ["dpkg-deb", "--extract", str(package), str(root)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise _apt_error(done.stderr, package.name)


def _apt_error(output: str, what: str) -> ToolError:
    if "No space left" in output:
        return ToolError(
            f"No disk space: {what} could not be written", "Free some and repeat the command"
        )
    if any(sign in output for sign in _NETWORK_SIGNS):
        return NoNetworkError(what)
    reasons = [line[2:].strip() for line in output.splitlines() if line.startswith(("E:", "dpkg"))]
    return ToolError(
        f"apt could not provide {what}: {(reasons or ['no reason given'])[0].rstrip('.')}",
        "Check the machine's apt configuration, or set ODOO_HOME to an Odoo 19.0 source tree",
    )
