"""The control API, the concurrency limit and the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

CURRENCIES = "SELECT id FROM currency ORDER BY id"
ROOT = Path(__file__).resolve().parents[3]


def test_request_log_holds_client_calls_only(simulator: RunningSimulator) -> None:
    simulator.suiteql(CURRENCIES)
    seen = simulator.requests()
    simulator.suiteql(CURRENCIES)

    assert [entry["path"] for entry in seen] == ["/services/rest/query/v1/suiteql"]
    assert len(simulator.requests(since=seen[-1]["seq"])) == 1
    simulator.clear_requests()
    assert simulator.requests() == []


def test_switches_of_both_halves_are_set_and_wrong_ones_change_nothing(
    simulator: RunningSimulator,
) -> None:
    values = simulator.switches(post_status=201, allow_with=True)
    assert (values["post_status"], values["allow_with"]) == (201, True)

    for wrong in ({"nosuch": 1}, {"allow_with": "yes"}, {"post_status": 500}):
        with pytest.raises(ValueError, match=r"nosuch|allow_with|post_status"):
            simulator.switches(concurrency_limit=1, record_status="plain", **wrong)
    now = requests.get(f"{simulator.control_url}/switches", timeout=10).json()
    assert (now["concurrency_limit"], now["record_status"]) == (5, "letter")


def test_acts_come_alone_or_as_a_list(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer(), 50)
    acts = [
        {"act": "edit", "type": "invoice", "id": invoice, "body": {"memo": "one"}},
        {"act": "void", "id": invoice, "type": "invoice"},
    ]
    answer = requests.post(f"{simulator.control_url}/act", json=acts, timeout=10)

    assert len(answer.json()) == 2
    found = simulator.suiteql(f"SELECT memo, voided FROM transaction WHERE id = {invoice}").json()
    assert found["items"][0]["voided"] == "T"


def test_ledger_tells_balances_and_documents(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    books.invoice(customer, 70.5)
    told = simulator.ledger(documents=True)
    (balance,) = [row for row in told["balances"] if row["customer_id"] == customer]
    (document,) = [row for row in told["documents"] if row["customer_id"] == customer]

    assert balance["currency"] == "USD"
    assert float(balance["open"]) == float(document["open"]) == 70.5
    assert "documents" not in simulator.ledger()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nosuch", None, 404),
        ("POST", "clock", {"zone": "Mars/Olympus"}, 400),
        ("POST", "act", {"act": "nosuch"}, 400),
        ("POST", "act", {"type": "invoice"}, 400),
    ],
)
def test_control_mistakes_are_told(
    simulator: RunningSimulator, method: str, path: str, body: object, status: int
) -> None:
    answer = requests.request(method, f"{simulator.control_url}/{path}", json=body, timeout=10)

    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize("status", [429, 400])
def test_request_over_the_concurrency_limit_is_not_executed(
    simulator: RunningSimulator, status: int
) -> None:
    simulator.switches(concurrency_limit=2, concurrency_status=status)
    simulator.fault("slow_first_byte", seconds=1, times=2)
    with ThreadPoolExecutor(2) as pool:
        busy = [pool.submit(simulator.suiteql, CURRENCIES) for _ in range(2)]
        deadline = time.monotonic() + 5
        while sum(e["fault"] == "slow_first_byte" for e in simulator.requests()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.1)
        body = {"companyName": "Blocked Co", "externalId": f"blocked-{status}",
                "subsidiary": {"id": "1"}}  # fmt: skip
        blocked = simulator.call("POST", "/record/v1/customer", json=body)
        answers = [call.result() for call in busy]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert blocked.status_code == status
    assert blocked.json()["o:errorDetails"][0]["o:errorCode"] == "CONCURRENCY_LIMIT_EXCEEDED"
    assert simulator.call("GET", f"/record/v1/customer/eid:blocked-{status}").status_code == 404


def test_command_line_writes_the_ready_file_and_stops_on_a_signal(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    command = [
        sys.executable, "-m", "netsuite_simulator", "serve", "--scenario", "empty",
        "--certificate", "ec", "--ready-file", str(ready_file), "--account-id", "7654321_SB1",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 30
        while not ready_file.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        ready = json.loads(ready_file.read_text())
        mode = os.stat(ready_file).st_mode & 0o777
        clock = requests.get(f"{ready['control_url']}/clock", timeout=10)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)

    assert set(ready) == {
        "base_url", "account_id", "tba", "m2m", "oauth2", "oidc", "control_url",
    }  # fmt: skip
    assert ready["account_id"] == "7654321_SB1"
    assert set(ready["tba"]) == {"consumer_key", "consumer_secret", "token_id", "token_secret"}
    assert set(ready["m2m"]) == {"client_id", "certificate_id", "private_key_pem"}
    assert set(ready["oidc"]) == {"client_id", "client_secret", "users"}
    assert mode == 0o600
    assert clock.status_code == 200
    assert process.returncode == 0
    assert not ready_file.exists()
