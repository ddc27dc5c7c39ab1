"""One exchange over HTTP: body in, body out, and what a broken exchange means."""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import check_header_validity
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    MaxRetryError,
    NewConnectionError,
    ReadTimeoutError,
)

from .error_parsing import is_html, parse_error
from .errors import AmbiguousOutcome, ClientBug, DataError, NetsuiteError, TransientError
from .messages import Response, mask

CHUNK = 64 * 1024
_BAD_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"
POOL_SIZE = 20  # NetSuite's largest usual number of parallel calls
# A number beyond these sizes is nobody's amount or id. It stays the text that NetSuite sent, so
# that it is one row's trouble: Python refuses to read such an integer, and writing such a
# decimal out would take all memory.
LONGEST_INTEGER = 1000  # digits
LARGEST_EXPONENT = 400
# What any of the layers below may raise while it sends or reads.
_BROKEN = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError, zlib.error)
# These refuse an address before the first byte is sent.
_UNSENDABLE = (
    LocationValueError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class _Session(requests.Session):
    """A session that knows no redirects.

    Even where it may not follow one, requests reads where it leads, which can fail, and the
    body of the answer, which can be large.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def new_session() -> requests.Session:
    """Return a session that keeps connections but no cookies.

    A JSESSIONID cookie would tie signed calls to one NetSuite session and its role.
    """
    session = _Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_maxsize=POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = "kolleno-netsuite"
    # Only what is unpacked here, within the limit of an answer's size.
    session.headers["Accept-Encoding"] = "gzip, deflate"
    # The wordings of errors are recognised in English.
    session.headers["Accept-Language"] = "en"
    return session


def json_body(value: Any) -> bytes:
    """Encode a request body; Decimals become JSON numbers without losing a digit.

    :raise DataError: an amount has more digits than a JSON number carries safely.
    """
    try:
        return json.dumps(value, default=_json_number, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
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
    :param body_limit: largest body in bytes, unpacked.
    :raise TransientError: nothing was sent, or the answer to a read was lost.
    :raise AmbiguousOutcome: the answer to a write was lost.
    :raise ClientBug: the request cannot be written, or the answer to a read is too large.
    """
    started = clock()
    _check_sendable(prepared, path)
    settings = session.merge_environment_settings(
        prepared.url or "", proxies={}, stream=True, verify=None, cert=None
    )
    try:
        with session.send(prepared, timeout=timeout, allow_redirects=False, **settings) as answer:
            body = _read(answer, body_limit, deadline=started + answer_timeout, clock=clock)
    except _BROKEN as error:
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


def _check_sendable(prepared: requests.PreparedRequest, path: str) -> None:
    # What signs a request adds its headers after requests has checked them.
    try:
        for name, value in prepared.headers.items():
            check_header_validity((name, value))
            if isinstance(value, str):
                value.encode("latin-1")
    except (requests.exceptions.InvalidHeader, ValueError) as error:
        raise ClientBug("UNSENDABLE_REQUEST", detail=type(error).__name__, path=path) from error


def _read(
    answer: requests.Response, limit: int, *, deadline: float, clock: Callable[[], float]
) -> bytes:
    """Return the body, or a piece longer than the limit; the rest is not fetched."""
    body = bytearray()
    packed = answer.raw.stream(CHUNK, decode_content=False)
    for chunk in _unpacked(packed, answer.headers.get("Content-Encoding", ""), limit + 1):
        body += chunk
        if len(body) > limit:
            break
        if clock() > deadline:
            raise requests.ReadTimeout("the answer comes too slowly")
    return bytes(body)


def _unpacked(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterable[bytes]:
    """Yield the unpacked pieces of a body, together hardly more than `limit` bytes.

    A piece of 64 KB may hold 64 MB of blanks, and a thousand times more if packed twice.

    :raise ValueError: the packing is of another kind.
    :raise zlib.error: the body is broken or cut off.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        yield from chunks
        return
    if name not in _WINDOW_BITS:
        raise requests.exceptions.ContentDecodingError(f"packed as {name[:40]}")
    unpacker = None
    for chunk in chunks:
        rest = chunk
        while rest:
            if unpacker is None:
                unpacker = zlib.decompressobj(_window_bits(name, rest))
            yield unpacker.decompress(rest, limit)
            # The next member of a gzip file follows where one ends.
            rest, unpacker = (
                (unpacker.unused_data, None)
                if unpacker.eof
                else (unpacker.unconsumed_tail, unpacker)
            )
    if unpacker is not None:
        raise zlib.error("cut off")


def _window_bits(name: str, start: bytes) -> int:
    # Some servers send deflate without the header of zlib, whose first byte ends in 8.
    return -15 if name == "deflate" and start[0] & 0x0F != 8 else _WINDOW_BITS[name]


def _parsed(text: str) -> Any:
    """Return what a JSON text says; None when it is none, or is nested too deeply to be read."""
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=str,
        )
    except (ValueError, RecursionError):
        return None


def _decimal(text: str) -> Decimal | str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    is_amount = number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT
    return number if is_amount and len(text) <= LONGEST_INTEGER else text


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_INTEGER else text


def _charset(content_type: str) -> str:
    match = re.search(r"charset=\"?(utf-8|us-ascii|iso-8859-1|windows-1252)", content_type, re.I)
    return match[1] if match else "utf-8"


def _lost(error: Exception, path: str, is_write: bool) -> NetsuiteError:
    cause = error.args[0] if error.args else None
    detail = type(error).__name__
    if isinstance(error, _UNSENDABLE):
        return ClientBug("UNSENDABLE_REQUEST", detail=detail, path=path)
    if _nothing_sent(error, cause):
        return TransientError("CONNECT_FAILED", detail=detail, path=path)
    timed_out = isinstance(error, (requests.ReadTimeout, ReadTimeoutError)) or isinstance(
        cause, ReadTimeoutError
    )
    code = "READ_TIMEOUT" if timed_out else "CONNECTION_LOST"
    return (AmbiguousOutcome if is_write else TransientError)(code, detail=detail, path=path)


def _nothing_sent(error: Exception, cause: object) -> bool:
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    # A certificate is refused before the first byte of the request.
    if isinstance(error, requests.exceptions.SSLError) and _BAD_CERTIFICATE in str(error):
        return True
    return isinstance(cause, MaxRetryError) and isinstance(
        cause.reason, (NewConnectionError, ConnectTimeoutError)
    )
