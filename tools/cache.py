"""Finished steps: done once, kept whole or not at all, never by two runs at the same time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from .console import human_size, say
from .errors import ToolError
from .paths import cache_root


@contextlib.contextmanager
def lock(name: str, folder: Path | None = None) -> Iterator[None]:
    """Hold a lock between processes; the system frees it when its holder dies.

    :param name: what is locked, in words that fit a file name
    :param folder: where the lock file lies; the user's cache folder by default
    """
    locks = (folder or cache_root()) / "locks"
    make_folder(locks)
    with (locks / f"{name}.lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  another run is busy with {name}: waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # Closing alone would leave it locked while a forked child still has the file open.
            fcntl.flock(file, fcntl.LOCK_UN)


def make_folder(folder: Path) -> None:
    """Create a folder, and say plainly when that is not allowed.

    :raises ToolError: the place cannot be written
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolError(
            f"{folder} cannot be created ({error.strerror})",
            "Make it writable, or set XDG_CACHE_HOME to a folder of yours",
        ) from error


def finished_folder(final: Path, build: Callable[[Path], None]) -> Path:
    """Return ``final``, built once: it appears by a rename when it is complete.

    :param final: the folder, named by the versions that it depends on
    :param build: fills the folder that it is given; called again after an interruption
    """
    if final.is_dir():
        return final
    with lock(final.name):
        if not final.is_dir():
            partial = final.with_name(f"{final.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            make_folder(partial)
            build(partial)
            os.replace(partial, final)
    return final


def require_space(folder: Path, needed: int, purpose: str) -> None:
    """Refuse to start what would fill the disk.

    :param folder: an existing folder on the disk in question
    :param needed: bytes
    :param purpose: what the space is for
    :raises ToolError: less is free
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ToolError(
            f"No disk space: {purpose} needs {human_size(needed)} in {folder}, "
            f"{human_size(free)} are free",
            "Free some, or set XDG_CACHE_HOME to a folder on another disk",
        )
