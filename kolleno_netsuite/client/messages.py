"""What goes over the wire: one answer of NetSuite and the record of one call, secrets masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .masking import EXCERPT_LENGTH, MASKED_LENGTH, mask, storable

__all__ = ["CallRecord", "Response", "excerpt", "mask", "plain", "storable"]


@dataclass(frozen=True)
class Response:
    """One answer of NetSuite.

    :param status: HTTP status.
    :param headers: answer headers; look-ups ignore case when they come from a transport.
    :param text: the body as text.
    :param json: the parsed body, numbers with a fraction as Decimal; None when it is not JSON.
    :param seconds: time from sending to the last byte.
    :param method: HTTP method of the request.
    :param path: path of the request, without query.
    :param is_write: the request may have changed something in NetSuite.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    json: Any = None
    seconds: float = 0.0
    method: str = "GET"
    path: str = ""
    is_write: bool = False


@dataclass(frozen=True)
class CallRecord:
    """One try of one call, as it may be stored and shown: secrets are masked.

    :param query: query string, masked.
    :param excerpt: beginning of the request's body, masked.
    :param answer: beginning of the answer's body, masked; only for a refused or broken answer.
    :param status: HTTP status; None when no answer came.
    :param code: NetSuite's or our own error code; empty when the call succeeded.
    :param seconds: duration of this try.
    :param attempt: 1 for the first try.
    :param rows: rows of a SuiteQL or collection page; None for other calls.
    """

    method: str
    path: str
    query: str = ""
    excerpt: str = ""
    answer: str = ""
    status: int | None = None
    code: str = ""
    seconds: float = 0.0
    attempt: int = 1
    rows: int | None = None


def plain(value: object, length: int = MASKED_LENGTH) -> str:
    """Return a value of an answer as text, whatever it is; empty for None.

    :param length: characters at most.
    """
    if value is None:
        return ""
    try:
        return storable(str(value)[:length])
    except (RecursionError, ValueError):
        # Nested more deeply than Python follows, or a number of thousands of digits.
        return "…"


def excerpt(text: str) -> str:
    """Return the masked beginning of a text."""
    masked = mask(text)
    return masked if len(masked) <= EXCERPT_LENGTH else masked[: EXCERPT_LENGTH - 1] + "…"
