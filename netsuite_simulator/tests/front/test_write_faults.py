"""Faults that meet a client that writes: races, locks, the account's own rules, late commits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from netsuite_simulator.errors import PREFIX
from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books
from netsuite_simulator.tests.front.test_writing import ROOT, error_of, external, get, outcome

CHANGED = PREFIX + "Record has been changed."
LOCKED = PREFIX + "This record has been locked by a user defined workflow."


@pytest.fixture
def standing(simulator: RunningSimulator) -> Iterator[RunningSimulator]:
    """An account whose clock stands still, with nothing pending."""
    simulator.clear_pending()
    simulator.clock(freeze=True)
    yield simulator
    simulator.clock(freeze=False)
    simulator.clear_pending()


def new_customer(name: str, **values: Any) -> dict[str, Any]:
    return {"companyName": name, "subsidiary": {"id": "1"}, **values}


def put(simulator: RunningSimulator, key: str, **values: Any) -> requests.Response:
    return simulator.call("PUT", f"{ROOT}/customer/eid:{key}", json=new_customer(key, **values))


def memo_act(invoice: int, memo: str) -> dict[str, Any]:
    return {"act": "edit", "type": "invoice", "id": invoice, "body": {"memo": memo}}


# === Others who write === #


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, (400, "USER_ERROR", PREFIX + "This record already exists.")),
        ({"duplicate_external_id": "conflict"}, (409, "DUP_RCRD", "This record already exists.")),
        ({"put_race": "changed"}, (400, "USER_ERROR", CHANGED)),
        ({"put_race": "changed", "conflict_answer": "status_409"},
         (409, "RCRD_HAS_BEEN_CHANGED", CHANGED)),
    ],
)  # fmt: skip
def test_second_of_two_puts_at_once_is_refused_and_the_first_is_there(
    simulator: RunningSimulator,
    switches: dict[str, str],
    expected: tuple[int, str, str],
) -> None:
    key = "-".join(("race", *switches.values()))
    simulator.switches(**switches)
    simulator.fault("put_race")
    answer = put(simulator, key)
    again = put(simulator, key)

    assert outcome(answer) == expected
    assert external(simulator, "customer", key) == 1
    assert again.status_code == 204


def test_two_puts_at_once_can_make_two_records(simulator: RunningSimulator, books: Books) -> None:
    simulator.switches(put_race="both")
    simulator.fault("put_race")
    customer = books.customer()
    body = {"customer": {"id": customer}, "payment": 5, "autoApply": False}
    answer = simulator.call("PUT", f"{ROOT}/customerPayment/eid:pay-1", json=body)
    own = answer.headers["Location"].rpartition("/")[2]
    read = get(simulator, "/customerPayment/eid:pay-1")

    assert answer.status_code == 204
    assert external(simulator, "transaction", "pay-1") == 2
    assert read["id"] != own
    assert get(simulator, f"/customerPayment/{own}")["externalId"] == "pay-1"


def test_race_is_about_puts_by_external_id_and_warns_once(simulator: RunningSimulator) -> None:
    simulator.switches(put_race="both")
    put(simulator, "warned-1")
    simulator.fault("put_race")
    by_id = simulator.call("PUT", f"{ROOT}/customer/5", json={})
    twice = put(simulator, "warned-1", phonne="1")

    assert error_of(by_id)["o:errorCode"] == "INVALID_REQUEST"
    assert twice.headers["Warning"] == '299 - "Unknown property name: phonne"'


def test_puts_at_once_of_a_known_record_only_change_it(simulator: RunningSimulator) -> None:
    put(simulator, "known-1")
    simulator.fault("put_race")
    changed = put(simulator, "known-1", comments="ours")
    simulator.switches(put_race="both")
    simulator.fault("put_race")
    both = put(simulator, "known-1", comments="ours, too")

    assert (outcome(changed)[2], both.status_code) == (CHANGED, 204)
    assert external(simulator, "customer", "known-1") == 1


@pytest.mark.parametrize("verb", ["PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("user_error", (400, "USER_ERROR", CHANGED)),
        ("status_409", (409, "RCRD_HAS_BEEN_CHANGED", CHANGED)),
    ],
)
def test_write_that_meets_another_is_refused(
    simulator: RunningSimulator,
    books: Books,
    verb: str,
    choice: str,
    expected: tuple[int, str, str],
) -> None:
    invoice = books.invoice(books.customer())
    simulator.switches(conflict_answer=choice)
    simulator.fault("second_writer", acts=[memo_act(invoice, "theirs")])
    get(simulator, f"/invoice/{invoice}")
    answer = simulator.call(verb, f"{ROOT}/invoice/{invoice}", json={"memo": "ours"})

    assert outcome(answer) == expected
    assert get(simulator, f"/invoice/{invoice}")["memo"] == "theirs"


def test_last_write_wins_where_the_account_says_so(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer())
    simulator.switches(conflict_answer="last_write_wins")
    theirs = {**memo_act(invoice, "theirs"), "body": {"memo": "theirs", "otherRefNum": "PO 1"}}
    simulator.fault("second_writer", acts=[theirs])
    answer = simulator.call("PATCH", f"{ROOT}/invoice/{invoice}", json={"memo": "ours"})
    body = get(simulator, f"/invoice/{invoice}")

    assert answer.status_code == 204
    assert (body["memo"], body["otherRefNum"]) == ("ours", "PO 1")


def test_record_changes_after_it_was_read(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer(), memo="old")
    simulator.fault("second_writer", between="read", acts=[memo_act(invoice, "theirs")])
    other = simulator.call("PATCH", f"{ROOT}/invoice/{invoice}", json={"otherRefNum": "PO 1"})
    seen = get(simulator, f"/invoice/{invoice}")

    assert other.status_code == 204
    assert seen["memo"] == "old"
    assert get(simulator, f"/invoice/{invoice}")["memo"] == "theirs"


@pytest.mark.parametrize("kind", ["query", "read", "write"])
def test_books_change_meanwhile_without_a_word(
    simulator: RunningSimulator, books: Books, kind: str
) -> None:
    invoice = books.invoice(books.customer(), memo="old")
    simulator.fault("changed_meanwhile", acts=[memo_act(invoice, "theirs")], match=str(invoice))
    query = f"SELECT memo FROM transaction WHERE id = {invoice}"
    if kind == "write":
        body = {"otherRefNum": "PO 1"}
        assert simulator.call("PATCH", f"{ROOT}/invoice/{invoice}", json=body).status_code == 204
    memo = (
        simulator.suiteql(query).json()["items"][0]["memo"]
        if kind == "query"
        else get(simulator, f"/invoice/{invoice}")["memo"]
    )

    assert memo == "theirs"


# === The account's own scripts and workflows === #


@pytest.mark.parametrize(
    ("to", "refused"),
    [("both", {"GET", "PATCH", "transform"}), ("read", {"GET"}), ("write", {"PATCH", "transform"})],
)
def test_locked_record_refuses_who_opens_it(
    simulator: RunningSimulator, books: Books, to: str, refused: set[str]
) -> None:
    path = f"{ROOT}/invoice/{books.invoice(books.customer())}"
    simulator.fault("record_locked", to=to, match=path, times=None)
    answers = {
        "GET": simulator.call("GET", path),
        "PATCH": simulator.call("PATCH", path, json={"memo": "x"}),
        "transform": simulator.call("POST", f"{path}/!transform/creditMemo", json={}),
    }
    simulator.clear_faults()

    locked = {name for name, answer in answers.items() if answer.status_code == 400}
    assert locked == refused
    assert {outcome(answers[name]) for name in locked} == {(400, "USER_ERROR", LOCKED)}
    assert simulator.call("PATCH", path, json={"memo": "x"}).status_code == 204


def test_new_records_are_not_locked(simulator: RunningSimulator) -> None:
    simulator.fault("record_locked", times=None)

    assert simulator.call("POST", f"{ROOT}/customer", json=new_customer("Free Co")).ok


def test_field_that_a_workflow_drops_is_not_stored(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer(), memo="old", otherRefNum="PO 1")
    path = f"/invoice/{invoice}"
    simulator.fault("field_dropped", record="invoice", field="memo")
    simulator.fault("field_dropped", record="Invoice", field="custbody_stage")
    body = {"memo": "new", "otherRefNum": "PO 2", "custbody_stage": "L2"}
    answers = [simulator.call("PATCH", ROOT + path, json=body) for _time in range(2)]
    shown = get(simulator, path)
    simulator.act("edit", type="invoice", id=invoice, body={"memo": "by hand"})
    by_hand = get(simulator, path)["memo"]
    simulator.clear_faults(name="field_dropped", field="memo")
    simulator.call("PATCH", ROOT + path, json=body)

    assert [answer.status_code for answer in answers] == [204, 204]
    assert (shown["memo"], shown["otherRefNum"]) == ("old", "PO 2")
    assert by_hand == "by hand"
    assert get(simulator, path)["memo"] == "new"
    assert "custbody_stage" not in get(simulator, path)


def test_field_that_a_workflow_changes_is_stored_otherwise(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    invoice = books.invoice(customer)
    simulator.fault("field_changed", record="invoice", field="memo", value="LEGAL")
    simulator.fault(
        "field_changed", record="invoice", field="custbody_collection_stage", value={"id": 4}
    )
    written = {"memo": "legal", "custbody_collection_stage": {"id": 1}}
    simulator.call("PATCH", f"{ROOT}/invoice/{invoice}", json=written)
    made = simulator.call(
        "POST", f"{ROOT}/customer/{customer}/!transform/invoice",
        json={"memo": "new", "item": {"items": [{"item": {"id": books.item}, "amount": 5}]}},
    )  # fmt: skip
    untouched = books.customer()
    simulator.call("PATCH", f"{ROOT}/customer/{untouched}", json={"comments": "x"})
    shown = get(simulator, f"/invoice/{invoice}")

    assert (shown["memo"], shown["custbody_collection_stage"]["refName"]) == ("LEGAL", "Legal")
    assert get(simulator, "/invoice/" + made.headers["Location"].rpartition("/")[2])["memo"] == (
        "LEGAL"
    )
    assert get(simulator, f"/customer/{untouched}")["comments"] == "x"


def test_failing_script_refuses_what_is_saved(simulator: RunningSimulator, books: Books) -> None:
    text = "SSS_MISSING_REQD_ARGUMENT: the approver is missing"
    simulator.fault("after_submit_error", text=text, times=2)
    created = simulator.call(
        "POST", f"{ROOT}/customer", json=new_customer("Saved Co", externalId="saved-1")
    )
    invoice = books.invoice(books.customer())
    changed = simulator.call("PATCH", f"{ROOT}/invoice/{invoice}", json={"memo": "kept"})

    assert [outcome(answer) for answer in (created, changed)] == [
        (400, "USER_ERROR", PREFIX + text)
    ] * 2
    assert external(simulator, "customer", "saved-1") == 1
    assert get(simulator, f"/invoice/{invoice}")["memo"] == "kept"


def test_refusal_of_the_books_comes_before_the_scripts(simulator: RunningSimulator) -> None:
    simulator.fault("after_submit_error")
    answer = simulator.call("POST", f"{ROOT}/customer", json={"companyName": "No company"})

    assert error_of(answer)["detail"].endswith("Please enter value(s) for: Primary Subsidiary.")


# === Late commits === #


def test_request_without_an_answer_is_carried_out_later(standing: RunningSimulator) -> None:
    simulator = standing
    simulator.fault("late_commit", seconds=300)
    with pytest.raises(requests.ConnectionError):
        put(simulator, "late-1")
    waiting = simulator.pending()
    early = external(simulator, "customer", "late-1")
    simulator.clock(advance=299)
    still = external(simulator, "customer", "late-1")
    due = simulator.clock(advance=1)["now"]
    found = get(simulator, "/customer/eid:late-1")
    logged = next(call for call in simulator.requests() if call["method"] == "PUT")

    assert [(each["method"], each["path"]) for each in waiting] == [
        ("PUT", "/services/rest/record/v1/customer/eid:late-1")
    ]
    assert waiting[0]["due"] == due
    assert (early, still) == (0, 0)
    assert found["lastModifiedDate"][:16] == due[:16]
    assert simulator.pending() == []
    assert (logged["status"], logged["fault"]) == (0, "late_commit: 204")


def test_late_request_is_dated_when_it_was_due(standing: RunningSimulator) -> None:
    simulator = standing
    simulator.fault("late_commit", seconds=60)
    with pytest.raises(requests.ConnectionError):
        put(simulator, "late-2")
    (late,) = simulator.pending()
    simulator.clock(advance=3600)

    changed = get(simulator, "/customer/eid:late-2")["lastModifiedDate"]
    assert changed[:16] == late["due"][:16]


@pytest.mark.parametrize("by", ["act", "ledger", "suiteql"])
def test_next_call_of_any_kind_finds_it_carried_out(
    standing: RunningSimulator, books: Books, by: str
) -> None:
    simulator = standing
    customer = books.customer()
    body = {"customer": {"id": customer}, "payment": 5, "autoApply": False}
    simulator.fault("late_commit", seconds=900)
    with pytest.raises(requests.ConnectionError):
        simulator.call("POST", f"{ROOT}/customerPayment", json=body)
    simulator.clock(advance=900)
    if by == "act":
        with pytest.raises(ValueError, match="dependent records"):
            simulator.act("delete", type="customer", id=customer)
    elif by == "ledger":
        owners = [each["customer_id"] for each in simulator.ledger(documents=True)["documents"]]
        assert customer in owners
    else:
        query = f"SELECT id FROM transaction WHERE entity = {customer}"
        assert simulator.suiteql(query).json()["totalResults"] == 1


def test_retry_meets_what_landed_late(standing: RunningSimulator) -> None:
    simulator = standing
    body = new_customer("Retry Co", externalId="retry-1")
    simulator.fault("late_commit", seconds=0)
    with pytest.raises(requests.ConnectionError):
        simulator.call("POST", f"{ROOT}/customer", json=body)
    again = simulator.call("POST", f"{ROOT}/customer", json=body)

    # Its name is taken as well.
    assert outcome(again)[2].endswith("This entity already exists.")
    assert external(simulator, "customer", "retry-1") == 1


def test_late_refusal_is_heard_by_nobody(standing: RunningSimulator) -> None:
    simulator = standing
    simulator.fault("late_commit", seconds=60)
    body = new_customer("First Co", externalId="second-1")
    with pytest.raises(requests.ConnectionError):
        simulator.call("POST", f"{ROOT}/customer", json=body)
    first = simulator.call("POST", f"{ROOT}/customer", json={**body, "companyName": "Other Co"})
    simulator.clock(advance=60)

    assert first.status_code == 204
    assert external(simulator, "customer", "second-1") == 1
    assert simulator.requests()[0]["fault"] == "late_commit: 400"


@pytest.mark.parametrize("why", ["login", "right", "body"])
def test_request_that_was_not_let_in_never_lands(standing: RunningSimulator, why: str) -> None:
    simulator = standing
    simulator.fault("late_commit", seconds=0)
    options: dict[str, Any] = {"json": new_customer("Never Co", externalId="never-1")}
    if why == "login":
        options["auth"] = None
    elif why == "right":
        simulator.fault("right_lost", record="customer", verb="create")
    else:
        options = {"data": "{"}
    with pytest.raises(requests.ConnectionError):
        simulator.call("POST", f"{ROOT}/customer", **options)
    simulator.clear_faults()

    assert simulator.pending() == []
    assert external(simulator, "customer", "never-1") == 0


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("late_commit", {"seconds": 901}, "0 to 900 seconds"),
        ("second_writer", {"between": "lines"}, "between is one of"),
        ("record_locked", {"to": "nobody"}, "to is one of"),
        ("field_dropped", {"record": "invoice"}, "wants a record and a field"),
        ("field_changed", {"field": "memo"}, "wants a record and a field"),
    ],
)
def test_fault_that_would_do_nothing_is_refused(
    simulator: RunningSimulator, name: str, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        simulator.fault(name, **values)


# === Asynchronous writes === #


def later(key: str) -> dict[str, str]:
    return {"Prefer": "respond-async", "X-NetSuite-Idempotency-Key": key}


def test_asynchronous_write_is_carried_out_when_its_job_is_ready(
    standing: RunningSimulator,
) -> None:
    simulator = standing
    simulator.switches(job_seconds=120, job_commits="when_ready")
    body = new_customer("Job Co", externalId="job-1")
    taken = simulator.call("POST", f"{ROOT}/customer", json=body, headers=later("k-job-1"))
    path = taken.headers["Location"].removeprefix("/services/rest")
    early = (simulator.call("GET", path).json()["completed"],
             external(simulator, "customer", "job-1"))  # fmt: skip
    second = simulator.call("POST", f"{ROOT}/customer", json=body, headers=later("k-job-1"))
    simulator.clock(advance=120)
    done = simulator.call("GET", path).json()

    assert early == (False, 0)
    assert outcome(second)[:2] == (400, "IDEMPOTENCY_ERROR")
    assert second.headers["Location"] == taken.headers["Location"]
    assert (done["completed"], done["progress"]) == (True, "succeeded")
    assert simulator.call("GET", f"{path}/task/1/result").status_code == 204
    assert external(simulator, "customer", "job-1") == 1


def test_refusal_of_a_late_job_is_its_result(standing: RunningSimulator, books: Books) -> None:
    simulator = standing
    simulator.switches(job_seconds=60, job_commits="when_ready")
    path = f"{ROOT}/customer/{books.customer()}"
    taken = simulator.call("DELETE", path, headers=later("k-job-2"))
    assert simulator.call("DELETE", path).status_code == 204
    simulator.clock(advance=61)
    job = taken.headers["Location"].removeprefix("/services/rest")

    assert simulator.call("GET", job).json()["progress"] == "failed"
    assert simulator.call("GET", f"{job}/task/1/result").status_code == 404


@pytest.mark.parametrize("commits", ["at_once", "when_ready"])
def test_idempotency_key_outlives_a_dropped_answer(
    standing: RunningSimulator, commits: str
) -> None:
    simulator = standing
    simulator.switches(job_commits=commits, job_seconds=30)
    key = f"k-drop-{commits}"
    body = new_customer(f"Dropped {commits}", externalId=key)
    simulator.fault("commit_then_drop")
    with pytest.raises(requests.ConnectionError):
        simulator.call("POST", f"{ROOT}/customer", json=body, headers=later(key))
    again = simulator.call("POST", f"{ROOT}/customer", json=body, headers=later(key))
    simulator.clock(advance=30)
    job = simulator.call("GET", again.headers["Location"].removeprefix("/services/rest")).json()

    assert outcome(again)[:2] == (400, "IDEMPOTENCY_ERROR")
    assert (job["completed"], job["progress"]) == (True, "succeeded")
    assert external(simulator, "customer", key) == 1


@pytest.mark.parametrize("fault", ["put_race", "second_writer"])
def test_job_meets_others_when_it_is_carried_out(standing: RunningSimulator, fault: str) -> None:
    simulator = standing
    simulator.switches(job_seconds=60, job_commits="when_ready")
    simulator.fault(fault)
    key = f"job-{fault}"
    body = new_customer(key)
    taken = simulator.call("PUT", f"{ROOT}/customer/eid:{key}", json=body, headers=later(key))
    early = external(simulator, "customer", key)
    simulator.clock(advance=60)
    job = taken.headers["Location"].removeprefix("/services/rest")
    result = simulator.call("GET", f"{job}/task/1/result")

    assert (taken.status_code, early) == (202, 0)
    assert outcome(result)[:2] == (400, "USER_ERROR")
    assert external(simulator, "customer", key) == (1 if fault == "put_race" else 0)


def test_failing_script_is_the_result_of_a_job(simulator: RunningSimulator) -> None:
    simulator.fault("after_submit_error", text="too late")
    body = new_customer("Script Job Co", externalId="job-3")
    taken = simulator.call("POST", f"{ROOT}/customer", json=body, headers=later("k-job-3"))
    job = taken.headers["Location"].removeprefix("/services/rest")

    assert taken.status_code == 202
    assert outcome(simulator.call("GET", f"{job}/task/1/result"))[2] == PREFIX + "too late"
    assert external(simulator, "customer", "job-3") == 1
