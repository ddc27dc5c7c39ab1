"""Where the project keeps things: its own folders, and the user's cache folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
LOGS = LOCAL / "logs"
REQUIREMENTS = ROOT / "tools" / "requirements"


def cache_root() -> Path:
    """Return the folder for downloads that all clones of this user share (XDG base directories)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "kolleno-netsuite"


def clone_key() -> str:
    """Return eight characters that tell this clone from another one on the same PostgreSQL."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def log_file(name: str) -> Path:
    """Return the path of a log in the project's ignored folder, which exists afterwards."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"
