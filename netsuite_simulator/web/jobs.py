"""Asynchronous requests: `Prefer: respond-async` and the job resource (docs/NETSUITE.md 3.5).

A request is carried out when it comes; `job_seconds` only says how long its job is told to be
pending, by the account's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from netsuite_simulator.jobs import Job
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
    key = call.headers.get(_KEY, "")
    known = account.jobs.of_key(key)
    if known is not None:
        detail = "A request with this idempotency key was already submitted."
        headers = {"Location": f"{ROOT}/{known.number}"}
        raise ApiError(400, "IDEMPOTENCY_ERROR", detail, headers=headers)
    begun = account.clock.now()
    ready = begun + timedelta(seconds=account.switches.job_seconds)
    job = account.jobs.add(key, begun, ready, carry_out())
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
    if account.clock.now() < found.ready:
        raise nonexistent_record()
    answer = found.answer
    return Answer(answer.status, answer.body, dict(answer.headers), answer.rows)


def _found(account: SimulatedAccount, number: str) -> Job:
    found = account.jobs.find(int(number))
    if found is None:
        raise nonexistent_record()
    return found


def _address(call: Call, found: Job) -> str:
    return f"{call.base_url}{ROOT}/{found.number}"


def _state(account: SimulatedAccount, found: Job) -> dict[str, Any]:
    done = account.clock.now() >= found.ready
    state: dict[str, Any] = {
        "completed": done,
        "progress": _progress(found) if done else "pending",
        "startTime": f"{found.begun:%Y-%m-%dT%H:%M:%SZ}",
    }
    if done:
        state["endTime"] = f"{found.ready:%Y-%m-%dT%H:%M:%SZ}"
    return state


def _progress(found: Job) -> str:
    return "succeeded" if found.answer.status < 400 else "failed"
