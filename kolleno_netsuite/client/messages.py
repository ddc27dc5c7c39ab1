"""What goes over the wire: one answer of NetSuite and the record of one call, secrets masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EXCERPT_LENGTH = 500
# What is masked: a longer text is cut first, as masking takes the longer the more there is.
MASKED_LENGTH = EXCERPT_LENGTH * 8

# The beginning of such a name need not be matched, and its end is bounded: a run of letters
# then costs no more than its length.
_SENSITIVE = (
    r"(?:(?:secret|passw|assertion|signature|private_?key|authorization|nonce|"
    r"token|consumer_?key|iban|routing|card_?number|account_?number)[A-Za-z0-9_.-]{0,100}|"
    r"(?<![A-Za-z0-9_.-])(?:code|acct|contents))"
)
_MASKS = (
    (
        re.compile(rf'({_SENSITIVE}"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}}\]\s]+)', re.I),
        r'\1"***"',
    ),
    (re.compile(rf"({_SENSITIVE})=[^&\s\"]+", re.I), r"\1=***"),
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)", re.S), "***"),
    (re.compile(r"\b(Bearer|Basic|OAuth)\s+[^\s\"]+", re.I), r"\1 ***"),
    (re.compile(r"(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), "***"),
    (re.compile(r"[\w.+'-]{1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "***@***"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b"), "***"),
    (re.compile(r"(?<![\d.])\d{12,}(?![\d.])"), "***"),
)


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


def storable(text: str) -> str:
    """Return a text that every database and log takes: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "").encode(errors="replace").decode()


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


def mask(text: str) -> str:
    """Replace secrets, e-mail addresses and long numbers (bank, card) by asterisks.

    So are the contents of files: a log is no place for a customer's documents.
    """
    text = storable(text)
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def excerpt(text: str) -> str:
    """Return the masked beginning of a text.

    The text is masked before it is cut short, so that no secret loses the name it is known by.
    """
    masked = mask(text[:MASKED_LENGTH])
    return masked if len(masked) <= EXCERPT_LENGTH else masked[: EXCERPT_LENGTH - 1] + "…"
