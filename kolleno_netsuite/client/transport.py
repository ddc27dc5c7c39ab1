"""Send one request to NetSuite: slots, signatures, time-outs, repeats and a masked record."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import requests
from requests.auth import AuthBase

from .account import ServiceUrls
from .auth import RenewableAuth
from .errors import ClientBug, ConcurrencyError, NetsuiteError
from .limiter import Limiter
from .messages import CallRecord, Response, excerpt, mask
from .wire import exchange, failure_of, json_body, new_session

__all__ = ["CallRecord", "Response", "Transport"]

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
MAX_TRIES = 5
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds; each is shortened at random by up to a half
LONGEST_WAIT = 120.0  # a longer Retry-After is left to the caller: no worker sleeps for minutes
BODY_LIMIT = 64 * 1024 * 1024  # a RESTlet answers 10 MB at most, a page of 1,000 rows far less
STALE_TOKEN_CODES = frozenset({"invalid_token", "INVALID_LOGIN", "INVALID_LOGIN_ATTEMPT"})
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%-]+(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*")

Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]]


@dataclass(frozen=True)
class _Call:
    """One call as the caller wants it; each try signs it anew."""

    method: str
    url: str
    path: str
    query: str
    body: bytes | None
    headers: Mapping[str, str]
    service: str
    is_write: bool
    read_timeout: float | None = None


@dataclass(frozen=True)
class _Outcome:
    """What came of one try."""

    result: Response | NetsuiteError
    authorization: str
    sent_at: float


class Transport:
    """The one door through which every call of a connection leaves.

    :param urls: addresses of the account's services.
    :param auth: signs each try anew.
    :param limiter: hands out the connection's slots.
    :param clock: seconds since the epoch; the limiter must use the same clock.
    :param on_call: gets a masked record of each try.
    :param sleep: waits between tries.
    :param before_send: kill switch; called before each try, may raise to stop it.
    :param jitter: random number in [0, 1).
    :param repeats: tells of a failure whether the call is sent again; by default whatever may
        be repeated without looking first.
    :param connect_timeout: seconds.
    :param read_timeout: seconds without a byte of the answer.
    :param answer_timeout: seconds for the whole answer; three times the former by default.
    :param body_limit: largest answer in bytes.
    """

    def __init__(
        self,
        urls: ServiceUrls,
        auth: AuthBase,
        limiter: Limiter,
        *,
        clock: Callable[[], float] = time.time,
        on_call: Callable[[CallRecord], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        before_send: Callable[[], None] | None = None,
        jitter: Callable[[], float] = random.random,
        repeats: Callable[[NetsuiteError], bool] = lambda failure: failure.may_be_repeated,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        answer_timeout: float | None = None,
        max_tries: int = MAX_TRIES,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self.urls = urls
        self._auth = auth
        self._limiter = limiter
        self._clock = clock
        self._on_call = on_call
        self._sleep = sleep
        self._before_send = before_send
        self._jitter = jitter
        self._repeats = repeats
        self._timeout = (connect_timeout, read_timeout)
        self._answer_timeout = answer_timeout or 3 * read_timeout
        self._max_tries = max_tries
        self._body_limit = body_limit
        self._session = new_session()

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
        service: str = "rest",
        read_timeout: float | None = None,
    ) -> Response:
        """Send a request and return its good answer, repeating it where that is safe.

        Reads are repeated after every passing trouble. Writes are repeated only when nothing
        was sent or NetSuite says that it has not executed them.

        :param path: path from the service's root, beginning with a slash, without query.
        :param json: body; Decimals are sent as exact JSON numbers.
        :param idempotent: the call changes nothing (a SuiteQL POST); default: True for GET.
        :param service: ``rest``, ``restlet`` or ``app``.
        :param read_timeout: seconds without a byte, for what NetSuite is known to be slow at.
        :raise NetsuiteError: of the kind that says what to do; after a lost answer to a write
            ``AmbiguousOutcome``.
        """
        call = self._call(method, path, params, json, headers, idempotent, service)
        call = replace(call, read_timeout=read_timeout)
        renewed = False
        attempt = 1
        while True:
            outcome = self._try(call, attempt)
            if isinstance(outcome.result, Response):
                return outcome.result
            if not renewed and self._renews(outcome.result, outcome.authorization):
                renewed = True
                attempt += 1
                continue
            wait = self._wait(outcome.result, attempt)
            if wait is None:
                raise outcome.result
            self._sleep(wait)
            attempt += 1

    def _call(
        self,
        method: str,
        path: str,
        params: Params | None,
        json: Any,
        headers: Mapping[str, str] | None,
        idempotent: bool | None,
        service: str,
    ) -> _Call:
        if not _PATH.fullmatch(path) or ".." in path.split("/"):
            raise ClientBug("UNSENDABLE_REQUEST", detail="not a plain path", path=mask(path))
        bases = {"rest": self.urls.rest, "restlet": self.urls.restlet, "app": self.urls.app}
        query = urlencode(params) if params else ""
        body = None if json is None else json_body(json)
        kind = {} if body is None else {"Content-Type": "application/json"}
        return _Call(
            method=method,
            url=f"{bases[service]}{path}" + (f"?{query}" if query else ""),
            path=path,
            query=query,
            body=body,
            headers={"Accept": "application/json", **kind, **(headers or {})},
            service=service,
            is_write=method not in ("GET", "HEAD") if idempotent is None else not idempotent,
        )

    def _try(self, call: _Call, attempt: int) -> _Outcome:
        if self._before_send:
            self._before_send()
        started = self._clock()
        outcome = self._exchange(call)
        if isinstance(outcome.result, ConcurrencyError):
            self._limiter.refused(outcome.sent_at)
        if self._on_call:
            self._on_call(_record(call, outcome, attempt, self._clock() - started))
        return outcome

    def _exchange(self, call: _Call) -> _Outcome:
        sent_at = self._clock()
        authorization = ""
        result: Response | NetsuiteError
        try:
            with self._limiter.slot():
                sent_at = self._clock()
                prepared = self._signed(call)
                authorization = prepared.headers.get("Authorization", "")
                response = exchange(
                    self._session,
                    prepared,
                    path=call.path,
                    is_write=call.is_write,
                    timeout=(self._timeout[0], call.read_timeout or self._timeout[1]),
                    answer_timeout=max(self._answer_timeout, call.read_timeout or 0.0),
                    body_limit=self._body_limit,
                    clock=self._clock,
                )
            result = failure_of(response, call.service) or response
        except NetsuiteError as error:
            result = error
        return _Outcome(result, authorization, sent_at)

    def _signed(self, call: _Call) -> requests.PreparedRequest:
        # Preparing signs: a fresh nonce and timestamp, or the valid token, for each try.
        request = requests.Request(
            call.method, call.url, headers=dict(call.headers), data=call.body, auth=self._auth
        )
        try:
            return self._session.prepare_request(request)
        except (requests.RequestException, ValueError) as error:
            detail = mask(str(error))
            raise ClientBug("UNSENDABLE_REQUEST", detail=detail, path=call.path) from error

    def _renews(self, failure: NetsuiteError, authorization: str) -> bool:
        # Without an authorization the login itself was refused, not the token it had given.
        refused = failure.http_status == 401 and failure.code in STALE_TOKEN_CODES
        if not (refused and authorization and isinstance(self._auth, RenewableAuth)):
            return False
        return self._auth.renew(authorization)

    def _wait(self, failure: NetsuiteError, attempt: int) -> float | None:
        if not self._repeats(failure) or attempt >= self._max_tries:
            return None
        back_off = BACK_OFF[min(attempt, len(BACK_OFF)) - 1] * (1 - self._jitter() / 2)
        wait = max(back_off, failure.retry_after or 0.0)
        return wait if wait <= LONGEST_WAIT else None


def _record(call: _Call, outcome: _Outcome, attempt: int, seconds: float) -> CallRecord:
    result = outcome.result
    failure = result if isinstance(result, NetsuiteError) else None
    return CallRecord(
        method=call.method,
        path=mask(call.path),
        query=mask(call.query),
        excerpt=excerpt(call.body.decode()) if call.body else "",
        answer=excerpt(failure.detail) if failure else "",
        status=result.http_status if isinstance(result, NetsuiteError) else result.status,
        code=failure.code if failure else "",
        seconds=seconds,
        attempt=attempt,
        rows=None if isinstance(result, NetsuiteError) else _rows(result),
    )


def _rows(response: Response) -> int | None:
    items = response.json.get("items") if isinstance(response.json, dict) else None
    return len(items) if isinstance(items, list) else None
