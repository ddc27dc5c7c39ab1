"""Asynchronous requests: `Prefer: respond-async` and the job resource (docs/NETSUITE.md 3.5).

A job is pending for `job_seconds` of the account's clock. A request is carried out when it comes
or when its job is ready, by the switch `job_commits`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from netsuite_simulator.jobs import Job
from netsuite_simulator.pending import Late
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import (
    Answer,
    ApiError,
    json_answer,
    link,
    nonexistent_record,
)

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

ROOT = "/services/rest/async/v1/job"
_RECORDS = "/services/rest/record/v1/"
_KEY = "x-netsuite-idempotency-key"


def is_asynchronous(call: Call) -> bool:
    """Return whether a call asks to be answered later; queries never are."""
    preferences = call.headers.get("prefer", "").lower()
    return "respond-async" in preferences and call.path.startswith(_RECORDS)


def submit(account: SimulatedAccount, call: Call, carry_out: Callable[[], Answer]) -> Answer:
    """Take a request, and answer where its result will be.

    :param carry_out: does what the request asks for; refusals are its answer, too.
    """
    begun = account.clock.now()
    ready = begun + timedelta(seconds=account.switches.job_seconds)
    job, is_new = account.jobs.take(call.headers.get(_KEY, ""), begun, ready)
    if not is_new:
        detail = "A request with this idempotency key was already submitted."
        headers = {"Location": f"{ROOT}/{job.number}"}
        raise ApiError(400, "IDEMPOTENCY_ERROR", detail, headers=headers)

    def finish() -> None:
        job.answer = carry_out()

    if account.switches.job_commits == "when_ready":
        account.pending.add(Late(ready, call.seq, call.method, call.path, call.text, finish))
    else:
        finish()
    headers = {
        "Preference-Applied": "respond-async",
        "Content-Type": "application/json",
        "Location": f"{ROOT}/{job.number}",
    }
    return Answer(202, b"", headers)


def job(account: SimulatedAccount, call: Call, job: str) -> Answer:
    """Answer a job: whether it is done, and where its tasks are."""
    found = _found(account, job)
    own = _address(call, found)
    return json_answer(
        {
            "links": [link("self", own)],
            **_state(account, found),
            "id": str(found.number),
            "task": {"links": [link("self", f"{own}/task")]},
        }
    )


def tasks(account: SimulatedAccount, call: Call, job: str) -> Answer:
    """Answer the tasks of a job: one, as only single requests are taken here."""
    own = f"{_address(call, _found(account, job))}/task"
    listed = [{"links": [link("self", f"{own}/1")]}]
    return json_answer({"links": [link("self", own)], "count": 1, "items": listed})


def task(account: SimulatedAccount, call: Call, job: str) -> Answer:
    """Answer the task of a job, with the way to its result."""
    found = _found(account, job)
    own = f"{_address(call, found)}/task/1"
    return json_answer(
        {
            "links": [link("self", own)],
            **_state(account, found),
            "id": "1",
            "result": {"links": [link("self", f"{own}/result")]},
        }
    )


def result(account: SimulatedAccount, call: Call, job: str) -> Answer:
    """Answer with what the request itself would have been answered with."""
    found = _found(account, job)
    answer = found.answer
    if answer is None or account.clock.now() < found.ready:
        raise nonexistent_record()
    return Answer(answer.status, answer.body, dict(answer.headers), answer.rows)


def _found(account: SimulatedAccount, number: str) -> Job:
    found = account.jobs.find(int(number))
    if found is None:
        raise nonexistent_record()
    return found


def _address(call: Call, found: Job) -> str:
    return f"{call.base_url}{ROOT}/{found.number}"


def _state(account: SimulatedAccount, found: Job) -> dict[str, Any]:
    answer = found.answer if account.clock.now() >= found.ready else None
    done = answer is not None
    state: dict[str, Any] = {
        "completed": done,
        "progress": _progress(answer) if answer is not None else "pending",
        "startTime": f"{found.begun:%Y-%m-%dT%H:%M:%SZ}",
    }
    if done:
        state["endTime"] = f"{found.ready:%Y-%m-%dT%H:%M:%SZ}"
    return state


def _progress(answer: Answer) -> str:
    return "succeeded" if answer.status < 400 else "failed"
