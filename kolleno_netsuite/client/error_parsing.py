"""How NetSuite's answers are read as errors (see ``errors``).

The code and the wording decide, the HTTP status only when they say nothing: permission denials
come as 400, concurrency as 400 or 429 (docs/NETSUITE.md 2.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from .errors import (
    CLASS_OF_KIND,
    ErrorKind,
    NetsuiteError,
)
from .messages import Response, mask, plain

_K = ErrorKind
DETAIL_LENGTH = 1000
MOST_DETAILS = 20  # of one answer; the gravest of them decides
PAGE_LENGTH = 8000  # of a web page, its beginning tells what it is
LONGEST_RETRY_AFTER = 86400.0  # seconds; who asks for more than a day asks for nothing sensible

# NetSuite's code -> kind. Codes that mean the same to us are not renamed: the catalogue has them.
KIND_OF_CODE: dict[str, ErrorKind] = {
    "CONCURRENCY_LIMIT_EXCEEDED": _K.CONCURRENCY,
    "SSS_REQUEST_LIMIT_EXCEEDED": _K.CONCURRENCY,
    "WS_REQUEST_BLOCKED": _K.CONCURRENCY,
    "INVALID_LOGIN": _K.AUTH,
    "INVALID_LOGIN_ATTEMPT": _K.AUTH,
    "INVALID_LOGIN_CREDENTIALS": _K.AUTH,
    "TWO_FA_REQD": _K.AUTH,
    "invalid_token": _K.AUTH,
    "invalid_client": _K.AUTH,
    "invalid_grant": _K.AUTH,
    "invalid_scope": _K.AUTH,
    "invalid_request": _K.AUTH,
    "unauthorized_client": _K.AUTH,
    "unsupported_grant_type": _K.AUTH,
    "access_denied": _K.AUTH,
    "INSUFFICIENT_PERMISSION": _K.PERMISSION,
    "NONEXISTENT_ID": _K.NOT_FOUND,
    "RCRD_DSNT_EXIST": _K.NOT_FOUND,
    "INVALID_CONTENT": _K.DATA,
    "USER_ERROR": _K.DATA,
    "IDEMPOTENCY_ERROR": _K.DATA,
    "RCRD_HAS_BEEN_CHANGED": _K.DATA,
    "SSS_INVALID_SCRIPTLET_ID": _K.DATA,
    "INVALID_PARAMETER": _K.BUG,
    "INVALID_REQUEST": _K.BUG,
    "INVALID_RETURN_DATA_FORMAT": _K.BUG,
}


@dataclass(frozen=True)
class _Wording:
    """A sentence of NetSuite that says more than its code."""

    code: str
    kind: ErrorKind
    pattern: re.Pattern[str]


def _wording(code: str, kind: ErrorKind, pattern: str) -> _Wording:
    return _Wording(code, kind, re.compile(pattern, re.IGNORECASE | re.DOTALL))


# The first match wins. Named groups become placeholders of the catalogue's sentences.
_WORDINGS: tuple[_Wording, ...] = (
    _wording("CONCURRENCY_LIMIT_EXCEEDED", _K.CONCURRENCY, r"concurrent request limit exceeded"),
    _wording(
        "ACTIVE_TOKEN_LIMIT",
        _K.AUTH,
        r"(?:exceeded the (?:maximum )?number of|too many)\b.*\btokens",
    ),
    _wording("FEATURE_MISSING", _K.PERMISSION, r"(?:feature .*not enabled|enable the .*feature)"),
    _wording(
        "PERMISSION_DENIED",
        _K.PERMISSION,
        r"(?:you need (?:a higher level of )?the '(?P<permission>[^']+)' permission|"
        r"does not have permission|"
        r"permission violation|insufficient permission)",
    ),
    _wording(
        "NOT_ONEWORLD",
        _K.PERMISSION,
        r"(?:(?:unknown identifier|field) '?(?P<column>subsidiary)\b|"
        r"(?:invalid search type:|record) '?(?P<table>subsidiary)\b)",
    ),
    _wording("UNKNOWN_COLUMN", _K.DATA, r"unknown identifier '(?P<column>[^']*)'"),
    _wording(
        "UNKNOWN_COLUMN",
        _K.DATA,
        r"field '(?P<column>[^']*)' for record '(?P<table>[^']*)' was not found",
    ),
    _wording("UNKNOWN_COLUMN", _K.DATA, r"search error occurred: field '(?P<column>[^']*)'"),
    _wording("UNKNOWN_TABLE", _K.PERMISSION, r"invalid search type: '?(?P<table>\w+)"),
    _wording("UNKNOWN_TABLE", _K.PERMISSION, r"record '(?P<table>[^']*)' was not found"),
    _wording("UNKNOWN_RECORD_TYPE", _K.BUG, r"record type\b.*(?:does not exist|not found|invalid)"),
    _wording("WRONG_TRANSACTION_TYPE", _K.DATA, r"transaction type (?:specified )?is incorrect"),
    _wording("RECORD_LOCKED_BY_WORKFLOW", _K.DATA, r"locked by a user defined workflow"),
    _wording("RECORD_CHANGED", _K.DATA, r"record has been (?:changed|modified)"),
    _wording("DUPLICATE_RECORD", _K.DATA, r"already exists|already been used|duplicate"),
    _wording("PERIOD_CLOSED", _K.DATA, r"period\b.*\b(?:closed|locked)|(?:closed|locked) period"),
    _wording("MANDATORY_FIELD", _K.DATA, r"please enter value\(?s?\)? for:?\s*(?P<labels>.+?)\.?$"),
    _wording(
        "INVALID_FIELD_VALUE",
        _K.DATA,
        r"invalid field value (?P<value>.*?) for the following field: (?P<field>[\w .-]*\w)",
    ),
)
_GENERIC_CODES = frozenset(
    {"USER_ERROR", "INVALID_CONTENT", "INVALID_PARAMETER", "INSUFFICIENT_PERMISSION", ""}
)
# Wordings that say more than a code of ours: an unknown type is no missing record, and a code of
# OAuth 2.0 tells nobody that there are too many tokens.
_REFINING_WORDINGS = frozenset({"UNKNOWN_RECORD_TYPE", "ACTIVE_TOKEN_LIMIT"})
_GONE = re.compile(r"\brecord (?:instance )?does not exist", re.IGNORECASE)


@dataclass(frozen=True)
class _Complaint:
    code: str
    detail: str
    field: str = ""


def parse_error(response: Response) -> NetsuiteError:
    """Turn a refused or broken answer into an error of the right kind.

    :param response: an answer that is not 2xx, or a 2xx without the body it should have.
    :return: the error; the caller raises it.
    """
    complaints = list(_complaints(response))
    if not complaints:
        return _error(response, *_by_status(response), _Complaint("", _plain_text(response.text)))
    judged = [(_evaluate(response, complaint), complaint) for complaint in complaints]
    # With several details the gravest decides: a concurrency notice beside a generic code, say.
    (code, kind, params), complaint = min(judged, key=lambda pair: _RANK.index(pair[0][1]))
    return _error(response, code, kind, complaint, params)


_RANK = (
    _K.CONCURRENCY,
    _K.AUTH,
    _K.PERMISSION,
    _K.NOT_FOUND,
    _K.DATA,
    _K.AMBIGUOUS,
    _K.TRANSIENT,
    _K.BUG,
)


def _error(
    response: Response,
    code: str,
    kind: ErrorKind,
    complaint: _Complaint,
    params: Mapping[str, str] | None = None,
) -> NetsuiteError:
    return CLASS_OF_KIND[kind](
        code,
        detail=mask(complaint.detail)[:DETAIL_LENGTH],
        http_status=response.status,
        path=response.path,
        params=params,
        field=complaint.field,
        retry_after=retry_after(response.headers),
    )


def _complaints(response: Response) -> Iterable[_Complaint]:
    body = response.json
    if isinstance(body, dict):
        details = body.get("o:errorDetails")
        if isinstance(details, list):
            for detail in details[:MOST_DETAILS]:
                if isinstance(detail, dict):
                    yield _rest_complaint(detail, body)
            return
        error = body.get("error")
        if isinstance(error, dict):
            yield _Complaint(plain(error.get("code")), plain(error.get("message")))
        elif isinstance(error, str):
            yield _Complaint(plain(error), plain(body.get("error_description")) or plain(error))
        elif "o:errorCode" in body or "title" in body:
            yield _rest_complaint({}, body)
        return
    challenge = re.search(
        r'\berror="(?P<code>[^"]+)"(?:.*?error_description="(?P<text>[^"]*)")?',
        header(response.headers, "WWW-Authenticate"),
    )
    if challenge:
        yield _Complaint(plain(challenge["code"]), plain(challenge["text"]))


def _rest_complaint(detail: dict[str, Any], body: dict[str, Any]) -> _Complaint:
    path = detail.get("o:errorPath") or detail.get("o:errorQueryParam")
    return _Complaint(
        code=plain(detail.get("o:errorCode") or body.get("o:errorCode")),
        detail=plain(detail.get("detail") or body.get("detail") or body.get("title")),
        field=plain(path or detail.get("o:errorHeader")),
    )


def _evaluate(response: Response, complaint: _Complaint) -> tuple[str, ErrorKind, dict[str, str]]:
    code = complaint.code
    if code in _GENERIC_CODES or code not in KIND_OF_CODE or _is_refined(complaint):
        for wording in _WORDINGS:
            match = wording.pattern.search(complaint.detail)
            if match:
                found = {key: value.strip() for key, value in match.groupdict().items() if value}
                return _refined(response, wording), wording.kind, found
    if response.status == 401 and KIND_OF_CODE.get(code) is not _K.CONCURRENCY:
        return code or "INVALID_LOGIN", _K.AUTH, {}
    if response.status == 429:
        return code or "CONCURRENCY_LIMIT_EXCEEDED", _K.CONCURRENCY, {}
    if code == "UNEXPECTED_ERROR":
        return code, _K.AMBIGUOUS if response.is_write else _K.TRANSIENT, {}
    kind = KIND_OF_CODE.get(code)
    says_gone = kind is _K.NOT_FOUND or bool(_GONE.search(complaint.detail))
    if says_gone and response.status == 404:
        return "NONEXISTENT_ID", _K.NOT_FOUND, {}
    if kind is not None and response.status < 500:
        # With another status it is a record that our body refers to, not the one we asked for.
        return code, _K.DATA if kind is _K.NOT_FOUND else kind, {}
    status_code, status_kind = _by_status(response, has_envelope=True)
    return code or status_code, status_kind, {}


def _is_refined(complaint: _Complaint) -> bool:
    # "Record does not exist" removes a record in Odoo; a misspelt record TYPE must never do so.
    return any(
        wording.pattern.search(complaint.detail)
        for wording in _WORDINGS
        if wording.code in _REFINING_WORDINGS
    )


def _refined(response: Response, wording: _Wording) -> str:
    # By-id calls work and every query is refused: the sign of a role without SuiteAnalytics
    # Workbook, bisected on a live account.
    is_query = "/query/" in response.path or bool(
        re.search(r"/record/v1/\w+$", response.path) and response.method == "GET"
    )
    if wording.code == "PERMISSION_DENIED" and is_query and response.status == 400:
        return "WORKBOOK_PERMISSION_MISSING"
    return wording.code


def _by_status(response: Response, *, has_envelope: bool = False) -> tuple[str, ErrorKind]:
    status = response.status
    broken = _K.AMBIGUOUS if response.is_write else _K.TRANSIENT
    if status < 300:
        return ("HTML_RESPONSE" if is_html(response) else "BROKEN_RESPONSE"), broken
    if status < 400:
        return "REDIRECT_REFUSED", _K.AUTH
    if status == 401:
        return "INVALID_LOGIN", _K.AUTH
    if status == 403:
        return "HTTP_403", _K.PERMISSION
    if status == 429:
        return "CONCURRENCY_LIMIT_EXCEEDED", _K.CONCURRENCY
    if status == 503 and has_envelope:
        # NetSuite itself says that it did not take the request. A bare 503 may come from
        # something in between, after NetSuite had it.
        return "SERVICE_UNAVAILABLE", _K.TRANSIENT
    if status >= 500 or status == 408:
        return ("UNEXPECTED_ERROR" if status == 500 else "GATEWAY_ERROR"), broken
    if is_html(response):
        return "HTML_RESPONSE", _K.TRANSIENT
    if status == 404:
        return "UNKNOWN_PATH", _K.BUG
    return f"HTTP_{status}", _K.DATA if has_envelope else _K.BUG


def is_html(response: Response) -> bool:
    """Tell whether the body is a web page instead of data."""
    start = response.text.lstrip()[:15].lower()
    return start.startswith(("<!doctype", "<html"))


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header, whatever its casing; empty when it is missing."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def header_date(headers: Mapping[str, str], name: str) -> datetime | None:
    """Return the aware UTC time of a header; None when it holds no date."""
    try:
        found = parsedate_to_datetime(header(headers, name))
        if found.tzinfo is None:
            return found.replace(tzinfo=timezone.utc)
        return found.astimezone(timezone.utc)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that ``Retry-After`` asks to wait, as number or HTTP date.

    Never more than a day, and None for what is neither.

    :param now: aware time to count an HTTP date from; default: now.
    """
    text = header(headers, "Retry-After").strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return min(float(text), LONGEST_RETRY_AFTER)
    moment = header_date(headers, "Retry-After")
    if moment is None:
        return None
    seconds = (moment - (now or datetime.now(timezone.utc))).total_seconds()
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER)


def _plain_text(text: str) -> str:
    start = text[:PAGE_LENGTH]
    without_code = re.sub(r"<(script|style)\b.*?</\1>", " ", start, flags=re.I | re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^<>]*>", " ", without_code)).strip()[:DETAIL_LENGTH]
