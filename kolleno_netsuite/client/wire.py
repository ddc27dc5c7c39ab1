"""One exchange over HTTP: body in, body out, and what a broken exchange means."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from decimal import Decimal
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ReadTimeoutError,
)

from .error_tree import AmbiguousOutcome, ClientBug, DataError, NetsuiteError, TransientError
from .errors import is_html, parse_error
from .messages import Response, mask

CHUNK = 64 * 1024
_BAD_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"
POOL_SIZE = 20  # NetSuite's largest usual number of parallel calls


def new_session() -> requests.Session:
    """Return a session that keeps connections but no cookies.

    A JSESSIONID cookie would tie signed calls to one NetSuite session and its role.
    """
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_maxsize=POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = "kolleno-netsuite"
    # The wordings of errors are recognised in English.
    session.headers["Accept-Language"] = "en"
    return session


def json_body(value: Any) -> bytes:
    """Encode a request body; Decimals become JSON numbers without losing a digit.

    :raise DataError: an amount has more digits than a JSON number carries safely.
    """
    try:
        return json.dumps(value, default=_json_number, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ClientBug("UNSENDABLE_REQUEST", detail=mask(str(error))) from error


def _json_number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} cannot be sent to NetSuite")
    if value == value.to_integral_value():
        return int(value)
    # repr() of a float is what json writes; it equals the amount up to 15 digits.
    number = float(value)
    if Decimal(repr(number)) != value:
        raise DataError("UNTRUE_NUMBER", detail=str(value), params={"value": str(value)})
    return number


def exchange(
    session: requests.Session,
    prepared: requests.PreparedRequest,
    *,
    path: str,
    is_write: bool,
    timeout: tuple[float, float],
    answer_timeout: float,
    body_limit: int,
    clock: Callable[[], float] = time.time,
) -> Response:
    """Send a prepared request and read its answer whole.

    :param timeout: seconds to connect and seconds between two pieces of the answer.
    :param answer_timeout: seconds that the whole answer may take.
    :param body_limit: largest body in bytes.
    :raise TransientError: nothing was sent, or the answer to a read was lost.
    :raise AmbiguousOutcome: the answer to a write was lost.
    """
    started = clock()
    settings = session.merge_environment_settings(
        prepared.url or "", proxies={}, stream=True, verify=None, cert=None
    )
    try:
        with session.send(prepared, timeout=timeout, allow_redirects=False, **settings) as answer:
            body = _read(answer, body_limit, deadline=started + answer_timeout, clock=clock)
    except requests.RequestException as error:
        raise _lost(error, path, is_write) from error
    if len(body) > body_limit:
        kind = AmbiguousOutcome if is_write else ClientBug
        detail = f"the answer is larger than {body_limit} bytes"
        raise kind("BODY_TOO_LARGE", detail=detail, http_status=answer.status_code, path=path)
    text = body.decode(_charset(answer.headers.get("Content-Type", "")), errors="replace")
    return Response(
        status=answer.status_code,
        headers=answer.headers,
        text=text,
        json=_parsed(text),
        seconds=clock() - started,
        method=prepared.method or "",
        path=path,
        is_write=is_write,
    )


def failure_of(response: Response, service: str) -> NetsuiteError | None:
    """Return what is wrong with an answer; None when it is good.

    A good answer is 2xx with JSON where JSON is due: a web page or a cut-off body is a failure
    whatever its status.
    """
    if not 200 <= response.status < 300:
        return parse_error(response)
    is_json = response.json is not None
    if service == "rest":
        complete = is_json or (not response.text and (response.is_write or response.status == 204))
    else:
        claims_json = "json" in response.headers.get("Content-Type", "").lower()
        complete = is_json or not (claims_json or is_html(response))
    return None if complete else parse_error(response)


def _read(
    answer: requests.Response, limit: int, *, deadline: float, clock: Callable[[], float]
) -> bytes:
    """Return the body, or a piece longer than the limit; the rest is not fetched."""
    body = bytearray()
    for chunk in answer.iter_content(CHUNK):
        body += chunk
        if len(body) > limit:
            break
        if clock() > deadline:
            raise requests.ReadTimeout("the answer comes too slowly")
    return bytes(body)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return None


def _charset(content_type: str) -> str:
    match = re.search(r"charset=\"?(utf-8|us-ascii|iso-8859-1|windows-1252)", content_type, re.I)
    return match[1] if match else "utf-8"


def _lost(error: requests.RequestException, path: str, is_write: bool) -> NetsuiteError:
    cause = error.args[0] if error.args else None
    detail = type(error).__name__
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader)):
        return ClientBug("UNSENDABLE_REQUEST", detail=detail, path=path)
    if _nothing_sent(error, cause):
        return TransientError("CONNECT_FAILED", detail=detail, path=path)
    timed_out = isinstance(error, requests.ReadTimeout) or isinstance(cause, ReadTimeoutError)
    code = "READ_TIMEOUT" if timed_out else "CONNECTION_LOST"
    return (AmbiguousOutcome if is_write else TransientError)(code, detail=detail, path=path)


def _nothing_sent(error: requests.RequestException, cause: object) -> bool:
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    # A certificate is refused before the first byte of the request.
    if isinstance(error, requests.exceptions.SSLError) and _BAD_CERTIFICATE in str(error):
        return True
    return isinstance(cause, MaxRetryError) and isinstance(
        cause.reason, (NewConnectionError, ConnectTimeoutError)
    )
