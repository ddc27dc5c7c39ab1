"""NetSuite's error envelope and the plain value an HTTP answer is before it is written.

Wordings and codes: docs/NETSUITE.md 2.2.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from netsuite_simulator.errors import CHANGED, BookError

VND = "application/vnd.oracle.resource+json"
INVALID_LOGIN_DETAIL = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
    "Setup > Users/Roles > User Management > View Login Audit Trail."
)
NO_PERMISSION_DETAIL = "Your current role does not have permission to perform this action."
CONCURRENCY_DETAIL = (
    "Concurrent request limit exceeded. Request blocked. Verify your concurrency limits at "
    "Setup > Integration > Integration Management > Integration Governance."
)
# Section of RFC 9110 that the live service names in `type`, per status.
_RFC_SECTIONS = {
    400: "15.5.1",
    401: "15.5.2",
    403: "15.5.4",
    404: "15.5.5",
    405: "15.5.6",
    409: "15.5.10",
    415: "15.5.16",
    429: "15.5",
    500: "15.6.1",
    503: "15.6.4",
}


@dataclass
class Answer:
    """One HTTP answer: status, body bytes, headers; `rows` is how many record rows it carries."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0


class ApiError(Exception):
    """A refusal in NetSuite's envelope; raised by handlers, rendered by the application.

    :param status: HTTP status.
    :param code: value of `o:errorCode`.
    :param detail: NetSuite's wording.
    :param extra: further keys of the detail object (`o:errorPath`, `o:errorQueryParam`, …).
    :param headers: further response headers.
    :param top_code: `o:errorCode` beside `status`, as the 429 sample shows it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        extra: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        top_code: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        self.top_code = top_code

    def answer(self) -> Answer:
        """Render the error envelope, and return an `Answer` of the error media type."""
        detail: dict[str, str] = {"detail": self.detail, **self.extra, "o:errorCode": self.code}
        title = HTTPStatus(self.status).phrase if self.status != 429 else "Bad Request"
        section = _RFC_SECTIONS.get(self.status, "15")
        body: dict[str, Any] = {
            "type": f"https://www.rfc-editor.org/rfc/rfc9110.html#section-{section}",
            "title": title,
            "status": self.status,
        }
        if self.top_code:
            body["o:errorCode"] = self.top_code
        body["o:errorDetails"] = [detail]
        headers = {"Content-Type": f"{VND}; type=error; charset=UTF-8", **self.headers}
        return Answer(self.status, json.dumps(body).encode(), headers)


def invalid_login(account_id: str, bearer: bool) -> ApiError:
    """Build the 401 of a refused login (section 2.2; OAuth 2.0 adds `WWW-Authenticate`)."""
    challenge = f'OAuth realm="{account_id}"'
    if bearer:
        challenge = (
            f'Bearer realm="{account_id}", error="invalid_token", '
            'error_description="Invalid login attempt."'
        )
    return ApiError(
        401, "INVALID_LOGIN", INVALID_LOGIN_DETAIL, headers={"WWW-Authenticate": challenge}
    )


def no_permission() -> ApiError:
    """Build the 400 by which NetSuite refuses most missing permissions."""
    return ApiError(400, "USER_ERROR", NO_PERMISSION_DETAIL)


def concurrency_exceeded(status: int = 429) -> ApiError:
    """Build the refusal over the concurrency limit; the request was not executed."""
    return ApiError(
        status,
        "CONCURRENCY_LIMIT_EXCEEDED",
        CONCURRENCY_DETAIL,
        top_code="USER_ERROR" if status == 429 else None,
    )


# REST code -> the code that a RESTlet has for the same (section 2.3).
_RESTLET_CODES = {
    "INVALID_LOGIN": "INVALID_LOGIN_ATTEMPT",
    "CONCURRENCY_LIMIT_EXCEEDED": "SSS_REQUEST_LIMIT_EXCEEDED",
    "NONEXISTENT_ID": "RCRD_DSNT_EXIST",
}


def in_restlet_words(error: ApiError) -> Answer:
    """Render a refusal as RESTlets do: `{"error": {"code", "message"}}`, mostly with 400."""
    code = _RESTLET_CODES.get(error.code, error.code)
    if error.detail.endswith(CHANGED):
        code = "RCRD_HAS_BEEN_CHANGED"
    status = 400 if error.status in (404, 429) else error.status
    answer = json_answer({"error": {"code": code, "message": error.detail}}, status=status)
    answer.headers.update(error.headers)
    return answer


def unexpected_error(seed: int) -> ApiError:
    """Build a 500 with an error id of twenty letters, the same for the same seed."""
    letters = random.Random(seed).choices(string.ascii_lowercase, k=20)  # noqa: S311 - a label
    detail = f"An unexpected error occurred. Error ID: {''.join(letters)}"
    return ApiError(500, "UNEXPECTED_ERROR", detail)


def invalid_request(detail: str | None = None, **extra: str) -> ApiError:
    """Build the 400 for a request that cannot be understood."""
    wording = detail or (
        "The request could not be understood by the server due to malformed syntax."
    )
    return ApiError(400, "INVALID_REQUEST", wording, extra)


MISSING_DETAILS = {
    "does_not_exist": "Record does not exist.",
    "no_instance": "The record instance does not exist. Provide a valid record instance ID.",
}


def nonexistent_record(words: str = "does_not_exist") -> ApiError:
    """Build the 404 for an id that no record of the type has; `words` as `missing_record`."""
    return ApiError(404, "NONEXISTENT_ID", MISSING_DETAILS[words])


def wrong_transaction_type() -> ApiError:
    """Build the 400 of accounts that refuse so an id which no transaction of the type has."""
    detail = "Error while accessing a resource. Transaction type specified is incorrect."
    return ApiError(400, "USER_ERROR", detail)


def from_book_error(error: BookError) -> ApiError:
    """Turn a refusal of the ledger into the envelope."""
    extra = {"o:errorPath": error.path} if error.path else {}
    return ApiError(error.status, error.code, error.detail, extra)


def json_answer(
    body: Any, content_type: str = "application/json", status: int = 200, rows: int = 0
) -> Answer:
    """Render a JSON answer, and return an `Answer`."""
    text = json.dumps(body, ensure_ascii=False)
    return Answer(status, text.encode(), {"Content-Type": content_type}, rows)


def resource_answer(body: Mapping[str, Any], kind: str, rows: int = 1) -> Answer:
    """Render a resource of NetSuite's media type; `kind` is `singular` or `collection`."""
    return json_answer(body, f"{VND}; type={kind}; charset=UTF-8", rows=rows)


def link(rel: str, href: str) -> dict[str, str]:
    """Return one entry of a `links` list."""
    return {"rel": rel, "href": href}


def page_links(
    url: str, limit: int, offset: int, total: int, extra: Sequence[str] = (), own: str = ""
) -> list[dict[str, str]]:
    """Return the links of a page of a collection.

    The order seen in recordings: previous, first, next, last, self (absent ones are left out).

    :param url: address without query.
    :param limit: page size in the request.
    :param offset: offset of this page, a multiple of `limit`.
    :param total: results of the whole query.
    :param extra: further `key=value` parts of the query, already encoded.
    :param own: the page's own address, where it is not `url` with the page in it.
    """

    def href(position: int) -> str:
        parts = [*extra, f"limit={limit}", f"offset={position}"]
        return f"{url}?{'&'.join(parts)}"

    links: list[dict[str, str]] = []
    if offset > 0:
        links += [link("previous", href(max(offset - limit, 0))), link("first", href(0))]
    if offset + limit < total:
        last = (total - 1) // limit * limit
        links += [link("next", href(offset + limit)), link("last", href(last))]
    links.append(link("self", own or href(offset)))
    return links
