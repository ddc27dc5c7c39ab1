"""The WSGI application: faults, login, limit, route, answer, log."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from netsuite_simulator import control
from netsuite_simulator.auth.login import log_in
from netsuite_simulator.errors import BookError
from netsuite_simulator.faults import QUERY_PATH, Fault
from netsuite_simulator.limits import LimitExceeded
from netsuite_simulator.pending import Late
from netsuite_simulator.request_log import LoggedRequest
from netsuite_simulator.restlets.deployed import PATH as RESTLET_PATH
from netsuite_simulator.web import effects, jobs
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import (
    Answer,
    ApiError,
    concurrency_exceeded,
    from_book_error,
    in_restlet_words,
    invalid_login,
)
from netsuite_simulator.web.routes import find_route

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

Handle = Callable[[], Answer]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Application:
    """Serves one simulated account.

    :param account: the account; its request log receives every call but those of the control API.
    """

    def __init__(self, account: SimulatedAccount) -> None:
        self.account = account

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one call (WSGI), after what was due before it."""
        self.account.pending.settle()
        if environ["PATH_INFO"].startswith(control.PREFIX):
            return self._send(control.answer(self.account, environ), start_response)
        call = Call.from_environ(environ, self.account.requests.next_seq())
        entry = LoggedRequest(call.seq, call.method, call.path, call.query, call.text)
        self.account.requests.add(entry)
        started = time.monotonic()
        fault = self.account.faults.take(call)
        entry.fault = fault.name if fault else ""
        try:
            answer = self._answer(call, fault, entry)
            entry.status, entry.rows = answer.status, answer.rows
        finally:
            entry.seconds = round(time.monotonic() - started, 4)
            entry.auth = call.principal.kind if call.principal else ""
            entry.login_detail = call.login_detail
        answer.headers.update(_service_headers(entry.seconds))
        if fault is not None and fault.name == "drop_mid_body":
            return self._half(call, answer, start_response)
        return self._send(answer, start_response)

    def _answer(self, call: Call, fault: Fault | None, entry: LoggedRequest) -> Answer:
        account, stage = self.account, fault.stage if fault else ""
        if fault is not None and stage == "connection":
            if fault.name == "timeout":
                account.stopping.wait(float(fault.parameters["seconds"]))
            effects.cut(call)
        try:
            if fault is not None and stage == "login":
                return effects.refuse_login(account, call, fault)
            route, parts = find_route(call.method, call.path)
            if route.scope:
                call.principal = log_in(account, call, route.scope)
            if call.path == "/rest/tokeninfo" and call.principal and call.principal.kind != "tba":
                raise invalid_login(account.account_id, bearer=True)
            with account.limit.slot():
                handle = partial(route.handler, account, call, **parts)
                return self._let_in(call, fault, entry, handle)
        except LimitExceeded:
            refusal = concurrency_exceeded(account.switches.concurrency_status)
        except BookError as error:
            refusal = from_book_error(error)
        except ApiError as error:
            refusal = error
        if stage == "late":
            effects.cut(call)
        return _refuse(call, refusal)

    def _let_in(
        self, call: Call, fault: Fault | None, entry: LoggedRequest, handle: Handle
    ) -> Answer:
        """Carry a call out whose login is right, with what its fault does on the way."""
        account, stage = self.account, fault.stage if fault else ""
        if fault is not None and stage == "answer":
            return effects.replace_answer(account, call, fault)
        for right in account.faults.rights_lost(call):
            entry.fault = entry.fault or right.name
            effects.withhold(account, call, right)
        for rule in account.faults.rules(call):
            entry.fault = entry.fault or rule.name
            effects.follow_rules(call, rule)
        if fault is not None and stage == "late":
            self._put_off(call, fault, entry, handle)
            effects.cut(call)
        answer = self._executed(call, lambda: self._among_others(call, fault, entry, handle))
        if fault is not None and stage == "after":
            answer = effects.spoil(account, call, fault, answer)
        self._remember_page(call, answer)
        return answer

    def _among_others(
        self, call: Call, fault: Fault | None, entry: LoggedRequest, handle: Handle
    ) -> Answer:
        """Carry a call out, with what somebody else or a script does around it."""
        if fault is None or fault.stage not in ("before", "saved"):
            return handle()
        if fault.stage == "saved":
            return effects.fail_after_saving(fault, handle)
        refused = effects.meet_others(self.account, call, fault, handle)
        entry.fault += f": {refused}" if refused else ""
        answer = handle()
        effects.write_after(self.account, call, fault)
        return answer

    def _put_off(self, call: Call, fault: Fault, entry: LoggedRequest, handle: Handle) -> None:
        """Let a call wait that was read and let in; nobody hears what came of it."""
        if call.body.strip():
            call.json()

        def carry_out() -> None:
            answer = _told(call, lambda: self._executed(call, handle))
            entry.fault += f": {answer.status}"

        due = self.account.clock.now() + timedelta(seconds=float(fault.parameters["seconds"]))
        late = Late(due, call.seq, call.method, call.path, call.text, carry_out)
        self.account.pending.add(late)

    def _executed(self, call: Call, carry_out: Handle) -> Answer:
        if jobs.is_asynchronous(call):
            return jobs.submit(self.account, call, lambda: _told(call, carry_out))
        return carry_out()

    def _remember_page(self, call: Call, answer: Answer) -> None:
        if call.path == QUERY_PATH and answer.status == 200:
            self.account.last_pages[effects.page_family(call)] = answer.body

    def _send(self, answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
        headers = {**answer.headers, "Content-Length": str(len(answer.body))}
        if answer.status == HTTPStatus.NO_CONTENT:
            del headers["Content-Length"]
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start_response(status, list(headers.items()))
        return [answer.body]

    def _half(self, call: Call, answer: Answer, start_response: StartResponse) -> Iterator[bytes]:
        """Send the head and half of the body, then close the connection."""
        self._send(answer, start_response)
        yield answer.body[: max(len(answer.body) // 2, 1)]
        effects.cut(call)


def _told(call: Call, carry_out: Handle) -> Answer:
    """Return what came of a request, refusals included."""
    try:
        return carry_out()
    except BookError as error:
        return _refuse(call, from_book_error(error))
    except ApiError as error:
        return _refuse(call, error)


def _refuse(call: Call, error: ApiError) -> Answer:
    return in_restlet_words(error) if call.path == RESTLET_PATH else error.answer()


def _service_headers(seconds: float) -> dict[str, str]:
    """Return the headers that every recorded answer carries; values are made up."""
    timer = [{"name": "request", "ms": int(seconds * 1000)}]
    return {
        "X-N-OperationId": str(uuid.uuid4()),
        "X-NetSuite-JobId": str(uuid.uuid4()),
        "NS_RTIMER_COMPOSITE": json.dumps(timer),
        "Cache-Control": "No-Cache",
        "Pragma": "No-Cache",
        "Expires": "0",
    }
