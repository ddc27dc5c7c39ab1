"""``make test``: what needs no Odoo, beside each group of addons in fresh databases."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from . import chromium, databases, odoo, postgres
from .console import say
from .paths import LOCAL, ROOT, log_file
from .processes import running

PURE = ("tests/tools", "tests/unit", "netsuite_simulator/tests")
_REPORTS = LOCAL / "reports"
_BROWSER_SIGNS = ("browser_js", "start_tour")
# pytest's exit status for a run in which the options left no test over.
_NOTHING_COLLECTED = 5
# What a test takes longer that starts processes or a browser, or tries many examples.
_SLOW_SIGNS = ("CrashCase", "ProfileCase", "hypothesis", *_BROWSER_SIGNS)
_SLOWER = 8


class Started(NamedTuple):
    """A run of pytest that was started; `log` is None when it shows itself in the terminal."""

    process: subprocess.Popen[str]
    report: Path
    log: Path | None


@dataclass
class Selection:
    """Which tests to run: paths per kind, and the options for pytest."""

    pure: list[str] = field(default_factory=list)
    suites: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)


def select(arguments: list[str]) -> Selection:
    """Divide pytest's arguments; without a path all tests are meant.

    :param arguments: paths (also ``path::Class::test``) and options in any order
    """
    chosen = Selection()
    for argument in arguments:
        path = Path(argument.split("::", 1)[0])
        # Not Path.exists: it fails on an expression that is too long for the name of a file.
        if argument.startswith("-") or not os.path.exists(ROOT / path):
            chosen.options.append(argument)
            continue
        addon = (ROOT / path).resolve().relative_to(ROOT).parts[:1]
        suite = next((suite for suite in databases.suites() if addon and addon[0] in suite), None)
        if suite:
            chosen.suites.setdefault(suite, []).append(argument)
        else:
            chosen.pure.append(argument)
    if not chosen.pure and not chosen.suites:
        chosen.pure = [path for path in PURE if _has_tests(path)]
        for suite in databases.suites():
            paths = [f"{name}/tests" for name in suite if _has_tests(f"{name}/tests")]
            if paths:
                chosen.suites[suite] = paths
    return chosen


def run(arguments: list[str]) -> int:
    """Run the selected tests and print one closing line for all of them.

    What needs no Odoo runs while Odoo's databases are made, which keeps one core busy only.

    :return: 0 only if something ran and nothing failed
    """
    started = time.monotonic()
    selection = select(arguments)
    results = []
    with contextlib.ExitStack() as stack:
        pure = _start_pure(stack, selection) if selection.pure else None
        if selection.suites:
            found = odoo.find()
            say(f"Odoo {found.version} ({found.origin})")
            with postgres.server():
                for suite, paths in selection.suites.items():
                    say(f"Tests in Odoo: {', '.join(suite)}")
                    results += _run_suite(found, suite, paths, selection.options)
        if pure:
            results.append(_finish(pure))
    counts = [_count(report) for _status, report in results]
    say(closing_line(counts, time.monotonic() - started))
    statuses = {status for status, _report in results}
    failed = statuses - {0, _NOTHING_COLLECTED}
    return 1 if failed or statuses == {_NOTHING_COLLECTED} or not statuses else 0


def closing_line(counts: list[dict[str, int]], seconds: float) -> str:
    """Return the sums of several pytest runs in pytest's own form."""
    words = []
    for name, word in (("failed", "failed"), ("passed", "passed"), ("skipped", "skipped")):
        if total := sum(count[name] for count in counts):
            words.append(f"{total} {word}")
    if errors := sum(count["errors"] for count in counts):
        words.append(f"{errors} error{'s' if errors > 1 else ''}")
    text = f" {', '.join(words) or 'no tests ran'} in {seconds:.2f}s "
    return text.center(80, "=")


def _has_tests(path: str) -> bool:
    return any((ROOT / path).rglob("test_*.py"))


def _start_pure(stack: contextlib.ExitStack, selection: Selection) -> Started:
    aside = bool(selection.suites)
    say(f"Tests without Odoo{': shown when the others have ended' if aside else ''}")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = ["-p", "no:odoo", "--import-mode=importlib", *selection.pure, *selection.options]
    return _start(stack, "pure", arguments, environment, aside=aside)


def _run_suite(
    found: odoo.Odoo, suite: tuple[str, ...], paths: list[str], options: list[str]
) -> list[tuple[int, Path]]:
    """Run the tests of some addons, in one database at once more than there are cores.

    A third of the time a run waits: for PostgreSQL, a browser, or a clock that has to go on.

    Who is done with a file takes the next one that is free (`tools.shared_files`): no core waits
    longer than for the last file. A run shows its output when it ends, a single one at once.
    """
    if _use_browser(paths):
        chromium.ensure()
    template = databases.installed_template(found, databases.with_those_beside(suite))
    base = databases.working_name("test")
    files = files_below(paths)
    runs = min((os.cpu_count() or 1) + 1, len(files)) if files else 1
    with contextlib.ExitStack() as stack:
        shared = []
        if runs > 1:
            marks = stack.enter_context(tempfile.TemporaryDirectory())
            shared = ["-p", "tools.shared_files", f"--shared-files={marks}"]
        started = []
        for number in range(runs):
            database = f"{base}_{number}"
            stack.callback(databases.drop, database)
            databases.drop(database)
            databases.clone(template, database)
            databases.keep_from_analysis(database)
            configuration = odoo.write_configuration(found, database, http_port=_free_port())
            arguments = [f"--odoo-config={configuration}", f"--odoo-database={database}"]
            arguments += ["--odoo-http", "--odoo-log-level=warn"]
            arguments += [*shared, *(files or paths), *options]
            name = f"{suite[0]}-{number}"
            started.append(_start(stack, name, arguments, found.environment(), aside=runs > 1))
        return [_finish(each) for each in started]


def files_below(paths: list[str]) -> list[str]:
    """Return the test files under some paths, those that take longest first.

    :return: nothing for a single file or where tests are named: then there is nothing to divide
    """
    if any("::" in path for path in paths) or (len(paths) == 1 and (ROOT / paths[0]).is_file()):
        return []
    files = sorted({file for path in paths for file in _files_of(ROOT / path)})
    return [str(file.relative_to(ROOT)) for file in sorted(files, key=_weight, reverse=True)]


def _files_of(path: Path) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob("test_*.py"))


def _weight(file: Path) -> int:
    """Return about how long the tests of a file take, compared to those of others."""
    text = file.read_text(encoding="utf-8")
    slow = any(sign in text for sign in _SLOW_SIGNS)
    return text.count("    def test_") * (_SLOWER if slow else 1)


def _free_port() -> int:
    """Return a port that no server listens on; two Odoos cannot share one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _use_browser(paths: list[str]) -> bool:
    for argument in paths:
        for file in _files_of(ROOT / argument.split("::", 1)[0]):
            text = file.read_text(encoding="utf-8")
            if any(sign in text for sign in _BROWSER_SIGNS):
                return True
    return False


def _start(
    stack: contextlib.ExitStack,
    name: str,
    arguments: list[str],
    environment: dict[str, str],
    *,
    aside: bool,
) -> Started:
    """Start pytest; it ends with the stack at the latest.

    :param aside: write its output into a log, because another run shows itself
    """
    command, report = _pytest_command(name, arguments)
    log = log_file(f"test-{name}") if aside else None
    output = stack.enter_context(log.open("w", encoding="utf-8")) if log else None
    process = stack.enter_context(running(command, environment, stdout=output))
    return Started(process, report, log)


def _finish(started: Started) -> tuple[int, Path]:
    """Wait for a run, show what it has not shown yet, and return its status and report."""
    status = started.process.wait()
    if started.log:
        print(started.log.read_text(encoding="utf-8"), flush=True)
    return status, started.report


def _pytest_command(name: str, arguments: list[str]) -> tuple[list[str], Path]:
    """Return the command of a run of pytest, and where its report will be."""
    _REPORTS.mkdir(parents=True, exist_ok=True)
    report = _REPORTS / f"{name}-{os.getpid()}.xml"
    return [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments], report


def _count(report: Path) -> dict[str, int]:
    """Read the numbers out of pytest's report, which is removed; all zero if there is none."""
    totals = dict.fromkeys(("passed", "failed", "errors", "skipped"), 0)
    if not report.exists():
        return {**totals, "errors": 1}
    for suite in ElementTree.parse(report).iter("testsuite"):
        read = {name: int(suite.get(name, "0")) for name in ("failures", "errors", "skipped")}
        totals["failed"] += read["failures"]
        totals["errors"] += read["errors"]
        totals["skipped"] += read["skipped"]
        totals["passed"] += int(suite.get("tests", "0")) - sum(read.values())
    report.unlink()
    return totals
