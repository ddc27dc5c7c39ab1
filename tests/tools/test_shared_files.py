"""Several runs of pytest share the test files: each is taken once, and whole."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tools.paths import ROOT

# A module that says when it is opened and closed, and whose tests take a moment.
MODULE = """
import time, unittest

class TestOne(unittest.TestCase):
    @classmethod
    def tearDownClass(cls):
        with open("closed", "a") as file:
            file.write(__name__ + " ")

    def test_first(self):
        time.sleep(0.05)

    def test_second(self):
        time.sleep(0.05)
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "marks").mkdir()
    names = [f"test_{letter}.py" for letter in "dcba"]
    for name in names:
        (tmp_path / name).write_text(MODULE)
    return names


def start(folder: Path, number: int, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:odoo", "-p", "tools.shared_files"]
    command += ["--rootdir=.", f"--shared-files={folder / 'marks'}", f"--junitxml={number}.xml"]
    return subprocess.Popen(
        [*command, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def names_in(report: Path) -> list[str]:
    cases = ElementTree.parse(report).iter("testcase")
    return [f"{case.get('classname')}.{case.get('name')}" for case in cases]


def test_each_test_runs_once_and_those_of_a_file_together(tmp_path: Path, files: list[str]) -> None:
    runs = [start(tmp_path, number, *files) for number in range(3)]
    for run in runs:
        run.communicate()
        assert run.returncode == 0

    reports = [names_in(tmp_path / f"{number}.xml") for number in range(3)]
    expected = {f"test_{letter}.TestOne.test_{n}" for letter in "abcd" for n in ("first", "second")}
    assert sorted(name for report in reports for name in report) == sorted(expected)
    modules = [[name.partition(".")[0] for name in report[::2]] for report in reports]
    assert sum(len(set(names)) for names in modules) == 4
    assert len((tmp_path / "closed").read_text().split()) == 4


def test_files_are_taken_in_the_order_in_which_they_were_named(
    tmp_path: Path, files: list[str]
) -> None:
    (tmp_path / "marks" / "test_c.py").touch()

    start(tmp_path, 0, *files).communicate()

    assert (tmp_path / "closed").read_text().split() == ["test_d", "test_b", "test_a"]


def test_run_stops_at_the_first_failure_if_told_to(tmp_path: Path, files: list[str]) -> None:
    (tmp_path / "test_d.py").write_text("def test_it(): assert False\n")

    run = start(tmp_path, 0, "-x", *files)
    run.communicate()

    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert len(names_in(tmp_path / "0.xml")) == 1


def test_file_that_cannot_be_read_fails_the_run(tmp_path: Path, files: list[str]) -> None:
    (tmp_path / "test_d.py").write_text("import nothing_like_that\n")

    run = start(tmp_path, 0, *files)
    run.communicate()

    assert run.returncode not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)
