"""Pytest's part in dividing the test files: of several runs, each takes the next free file.

A plugin (``-p tools.shared_files --shared-files=FOLDER``). All runs collect the same files in the
same order. A file belongs to the run that first leaves a mark for it in the folder.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shared-files", type=Path, help="folder with the marks of taken files")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests of the files that no other run has, as pytest's own loop would run all."""
    marks: Path | None = session.config.getoption("shared_files")
    if marks is None or session.testsfailed or session.config.option.collectonly:
        return None
    # The next test is known in time: pytest closes what it does not need any more.
    for item, following in _pairs(_taken(session.items, marks)):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
    return True


def _taken(items: list[pytest.Item], marks: Path) -> Iterator[pytest.Item]:
    for path, tests in itertools.groupby(items, lambda item: item.nodeid.partition("::")[0]):
        try:
            (marks / path.replace("/", ".")).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield from tests


def _pairs(items: Iterator[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    item = next(items, None)
    while item is not None:
        following = next(items, None)
        yield item, following
        item = following
