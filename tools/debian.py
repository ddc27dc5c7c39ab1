"""Odoo 19 out of Debian's archive: fetched, unpacked and mended in the user's cache folder."""

from __future__ import annotations

import re
from pathlib import Path

from .apt import Package, PrivateApt, debian_codename, unpack
from .cache import finished_folder, lock, require_space
from .errors import ToolError
from .paths import cache_root

# Only unstable carries Odoo 19. Its icon font left unstable (Font Awesome 7 has other files);
# trixie still has the one that Odoo's web client asks for.
_SUITES = ("sid", "trixie")
_ODOO = "odoo-19"
_ASSETS = (
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-font-awesome/trixie",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
)
_SPACE = 1_800_000_000
_PACKAGES = Path("usr/lib/python3/dist-packages")
# Debian removes this library for its licence; the asset bundle still lists it, and a missing
# file is a console error that fails every browser test.
_REMOVED_SCRIPT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def cached_odoo() -> Path | None:
    """Return the newest Odoo 19.0 that an earlier run unpacked, if there is one."""
    found = [path for path in (cache_root() / "odoo").glob("19.0*") if path.suffix != ".partial"]
    return max(found, key=_version_key, default=None)


def fetch_odoo() -> Path:
    """Download and unpack Odoo 19 from the machine's Debian mirror; needs no root.

    :return: the folder that holds ``usr/lib/python3/dist-packages``
    :raises ToolError: this is not Debian, no network, no space, no such package
    """
    if debian_codename() is None:
        raise ToolError(
            "No Odoo 19.0 was found and this is not Debian",
            "Set ODOO_HOME to an Odoo 19.0 source tree",
        )
    with lock("odoo"):
        if present := cached_odoo():
            return present
        apt = PrivateApt("odoo", _SUITES)
        apt.update()
        names = [_ODOO, *_ASSETS]
        packages = apt.resolve(names)
        require_space(cache_root(), _SPACE, "Odoo")
        files = apt.download(packages, names, f"Odoo {_version(packages)} from Debian")

        def build(folder: Path) -> None:
            unpack(files, folder, "unpack Odoo")
            mend(folder / _PACKAGES)

        final = finished_folder(cache_root() / "odoo" / _version(packages), build)
        for file in files:
            file.unlink()
        return final


def mend(packages: Path) -> None:
    """Fill the gaps of Debian's Odoo that its web client stumbles over.

    :param packages: the dist-packages folder
    """
    script = packages / _REMOVED_SCRIPT
    script.parent.mkdir(parents=True, exist_ok=True)
    # What lies there may be a link into a package that is not unpacked.
    script.unlink(missing_ok=True)
    script.write_text("/* Not part of Debian's package. */\n", encoding="utf-8")


def pip_wheel() -> Path:
    """Return pip's wheel, for a Debian whose Python came without python3-venv.

    :raises ToolError: this is not Debian, or no network
    """
    codename = debian_codename()
    if codename is None:
        raise ToolError(
            "This Python cannot make virtual environments with pip",
            "Install its venv and ensurepip modules",
        )

    def build(folder: Path) -> None:
        apt = PrivateApt(codename, (codename,))
        apt.update()
        names = ["python3-pip-whl"]
        files = apt.download(apt.resolve(names), names, "pip from Debian")
        unpack(files, folder, "unpack pip")

    folder = finished_folder(cache_root() / f"pip-{codename}", build)
    return next(folder.glob("usr/share/python-wheels/pip-*.whl"))


def _version(packages: list[Package]) -> str:
    file_name = next(p.file_name for p in packages if p.file_name.startswith(f"{_ODOO}_"))
    return file_name.split("_")[1]


def _version_key(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.name)]
