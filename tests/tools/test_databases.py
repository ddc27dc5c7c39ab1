import os
from pathlib import Path

import pytest

from tools import databases

LONG_AGO = 1_000_000_000


def test_template_that_was_just_made_is_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store(name: str, make: bool = False) -> Path:
        path = tmp_path / name
        if make:
            path.mkdir(exist_ok=True)
        return path

    def cloned(_base: str, name: str) -> None:
        # The files of a copy are as old as those of its original.
        os.utime(store(name, make=True), (LONG_AGO, LONG_AGO))

    monkeypatch.setattr(databases, "_file_store", store)
    monkeypatch.setattr(databases, "_configuration", lambda name: tmp_path / f"{name}.conf")
    monkeypatch.setattr(databases, "clone", cloned)
    monkeypatch.setattr(databases, "drop", lambda _name: None)
    monkeypatch.setattr(databases, "install", lambda *_arguments: None)
    monkeypatch.setattr(databases.postgres, "query", lambda *_arguments: [])
    os.utime(store("another", make=True), (LONG_AGO + 1, LONG_AGO + 1))

    databases._build(None, "made", "base", ["addon"], "addon")  # type: ignore[arg-type]

    assert store("made").stat().st_mtime > store("another").stat().st_mtime
