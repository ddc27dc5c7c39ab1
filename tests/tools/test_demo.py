"""How to reach the demo that runs, and what the demo says about missing programs."""

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from netsuite_simulator.cli import _parser
from netsuite_simulator.profiles import profile
from netsuite_simulator.scenarios import switches_of
from tools import demo
from tools.paths import ROOT

ACCESS = {"odoo_url": "http://127.0.0.1:8069", "simulator": {"account_id": "TSTDRV1"}}

# A demo of nothing but the file, started and stopped as the real one is.
SMALL_DEMO = """
import signal, sys, time
from pathlib import Path
from tools import commands, demo, virtualenv

def run(arguments):
    with demo.announced({"database": "small"}, Path(arguments[0])):
        print("up", flush=True)
        time.sleep(60)
    return 0

# What is started in the background is deaf to Ctrl-C, and by nohup to the terminal's end; this
# one is not.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
virtualenv.is_active = lambda: True
demo.run = run
sys.exit(commands.run(["demo", sys.argv[1]]))
"""


def test_access_is_there_for_this_user_only_while_the_demo_runs(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text("of a demo that was killed")
    path.chmod(0o644)

    with demo.announced(ACCESS, path):
        assert json.loads(path.read_text()) == ACCESS
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert list(tmp_path.iterdir()) == [path]

    assert list(tmp_path.iterdir()) == []


def test_access_goes_when_the_demo_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), demo.announced(ACCESS, tmp_path / "demo.json"):
        raise RuntimeError

    assert list(tmp_path.iterdir()) == []


def test_access_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError), demo.announced({"key": object()}, tmp_path / "demo.json"):
        pass

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_access_goes_when_the_demo_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "demo.json"
    command = [sys.executable, "-c", SMALL_DEMO, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert path.exists()
        process.send_signal(number)

        assert process.wait(30) == 130

    assert list(tmp_path.iterdir()) == []


def test_missing_program_is_told_with_what_does_not_work() -> None:
    (sentence,) = demo.missing_programs(lambda _program: None)

    assert sentence.startswith("wkhtmltopdf is not installed: Odoo cannot print statements")
    assert sentence.endswith(".")


def test_nothing_is_told_of_programs_that_are_there() -> None:
    assert demo.missing_programs(lambda program: f"/usr/bin/{program}") == []


def test_accounts_of_the_demo_have_keys_files_and_account_ids_of_their_own() -> None:
    first, small = demo.ACCOUNTS

    assert (first.key, first.own_company) == ("simulator", False)
    assert (small.key, small.own_company) == ("small_simulator", True)
    assert first.ready_file != small.ready_file
    assert first.log != small.log
    options = [_parser().parse_args(["serve", *account.arguments]) for account in demo.ACCOUNTS]
    assert len({option.account_id for option in options}) == len(options)


def test_small_account_has_one_company_and_one_currency() -> None:
    option = _parser().parse_args(["serve", *demo.ACCOUNTS[1].arguments])
    switches = switches_of(option.scenario) | profile(option.profile)

    assert not switches["one_world"]
    assert not switches["multi_currency"]


def test_access_names_each_account_under_its_own_key() -> None:
    ready = {account.key: {"account_id": account.key} for account in demo.ACCOUNTS}

    access = demo.access_to("http://127.0.0.1:8069", "demo", ready)

    assert access["odoo_url"] == "http://127.0.0.1:8069"
    assert access["database"] == "demo"
    assert access["simulator"] == {"account_id": "simulator"}
    assert access["small_simulator"] == {"account_id": "small_simulator"}
