import os
import socket
import subprocess
import sys

import pytest

from tools import __main__ as entry
from tools import commands, console, demo, soak
from tools.errors import NoNetworkError, ToolError
from tools.paths import LOCAL, ROOT
from tools.processes import keeping_compiled, running


def test_unknown_command_shows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(["fly"]) == 2
    assert "demo|test|soak|lint|bench|shell|clean" in capsys.readouterr().err


def test_soak_runs_files_that_are_there_with_so_many_examples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []
    monkeypatch.setenv("NETSUITE_EXAMPLES", "")
    monkeypatch.setattr("tools.test_loop.run", lambda arguments: ran.extend(arguments) or 0)

    assert soak.run(["-k", "property"]) == 0
    assert soak.run(["1000", "-k", "property"]) == 0

    assert ran == [*soak.FILES, "-k", "property"] * 2
    assert os.environ["NETSUITE_EXAMPLES"] == "1000"
    for path in soak.FILES:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert "support.examples import" in text, path


def test_python_keeps_what_it_compiled_where_it_may_not_beside_the_sources() -> None:
    kept = keeping_compiled({"PYTHONDONTWRITEBYTECODE": "1", "HOME": "/h"})

    assert kept == {"HOME": "/h", "PYTHONPYCACHEPREFIX": str(LOCAL / "compiled")}
    assert keeping_compiled({"HOME": "/h"}) == {"HOME": "/h"}


def test_error_is_one_line_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: list[str]) -> int:
        raise NoNetworkError("Odoo")

    monkeypatch.setattr(commands.virtualenv, "is_active", lambda: True)
    monkeypatch.setattr("tools.lint.run", fail)

    assert commands.run(["lint"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: No network: Odoo could not be fetched. Connect")


def test_old_python_is_told_which_ones_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entry, "_suits", lambda _version: False)

    assert entry.main() == 1
    assert "3.10 to 3.13" in capsys.readouterr().err


def test_free_port_is_the_next_one_when_the_wanted_is_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]

        port = demo.free_port(wanted)

    assert port > wanted
    assert f"Port {wanted} is taken" in capsys.readouterr().out


def test_free_port_gives_up_when_all_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_PORTS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(ToolError, match="are taken"):
            demo.free_port(taken.getsockname()[1])


def test_process_is_stopped_when_its_block_is_left() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]

    with running(command, {}, stdout=subprocess.DEVNULL) as process:
        assert process.poll() is None

    assert process.poll() is not None


@pytest.mark.parametrize(
    ("size", "text"), [(999, "999 B"), (1500, "1.5 kB"), (132_600_000, "132.6 MB")]
)
def test_size_is_written_for_people(size: int, text: str) -> None:
    assert console.human_size(size) == text
