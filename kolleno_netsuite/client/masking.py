"""Take secrets and people's numbers out of a text that is logged or shown.

NetSuite quotes what it was sent, and so do proxies on the way: as JSON, as JSON inside a text, as
XML, as a header, as an address. All of it is listed here, and tests/unit/client/test_masking.py
has what must vanish and what must stay readable.

Every pattern is bounded, or takes what it has read: masking costs no more than the text is long.
"""

from __future__ import annotations

import re
from collections.abc import Callable

EXCERPT_LENGTH = 500
# What is masked: a longer text is cut first.
MASKED_LENGTH = EXCERPT_LENGTH * 8
# Where a longer text is cut, within so many characters: a number or an address that is cut in two
# would not be known any more.
_WORD_LENGTH = 100

# The beginning of a name need not be matched, and its end is bounded: a run of letters then costs
# no more than its length.
_WORD = (
    r"(?:secret|passw|assertion|signature|private_?key|authorization|nonce|token|consumer_?key|"
    r"api_?key|credential|cookie|sessionid|iban|routing|cc_?number|card_?number|security_?code|"
    r"account_?number)[A-Za-z0-9_.-]{0,100}"
)
_NAME = rf"(?:{_WORD}|(?<![A-Za-z0-9_.-])(?:code|acct|contents))"
# As they stand in a text, in JSON inside a text, in a web page and in an address.
_PLAIN_QUOTE = r"[\"']"
_OTHER_QUOTE = r"(?:\\{1,8}(?:[\"']|u0022|u0027)|&quot;|&apos;|&#0?3[49];|&#x2[27];|%22|%27)"
_QUOTE = rf"(?:{_PLAIN_QUOTE}|{_OTHER_QUOTE})"
_IS = r"(?:\s|%20|\+){0,9}(?::|=>?|%3A|%3D)(?:\s|%20|\+){0,9}"
_SCHEME = r"(?:Bearer|Basic|Digest|OAuth|NLAuth)"
# A word that somebody made for a machine: with digits, with signs, or with capitals inside.
_MADE = r"(?=[^\s\"'<>]{0,200}?(?:\d|[=+/_~]|(?-i:[a-z][A-Z])))[^\s\"'<>,;]{6,}"


def _card(found: re.Match[str]) -> str:
    """Return what stands for a number in groups: a card's number has the right check digit."""
    digits = [int(character) for character in found[0] if character.isdecimal()]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])
    return "***" if (sum(digits[::-2]) + sum(doubled)) % 10 == 0 else found[0]


_MASKS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # Headers, to the end of their line.
    (re.compile(rf"(authorization\s{{0,3}}[:=]\s{{0,3}}){_SCHEME}\b[^\r\n]*", re.I), r"\1***"),
    (re.compile(r"(cookie\s{0,3}:\s{0,3})[^\r\n]+", re.I), r"\1***"),
    # "name": "value", whatever the quotes.
    (
        re.compile(
            rf"({_NAME}{_QUOTE}?{_IS})(?P<q>{_PLAIN_QUOTE})(?:(?!(?P=q))(?:\\.|.))*(?P=q)?",
            re.I | re.S,
        ),
        r"\1\g<q>***\g<q>",
    ),
    (
        re.compile(
            rf"({_NAME}{_QUOTE}?{_IS})(?P<q>{_OTHER_QUOTE})(?:(?!(?P=q))(?:\\\\.|.))*(?:(?P=q))?",
            re.I | re.S,
        ),
        r"\1\g<q>***\g<q>",
    ),
    (re.compile(rf"({_NAME}{_QUOTE}\s{{0,9}}:\s{{0,9}})[^,}}\]\s\"'\\]+", re.I), r'\1"***"'),
    # name=value, also where the address stands inside another one.
    (
        re.compile(rf"({_NAME}\s{{0,3}}=)\s{{0,3}}(?:{_SCHEME}\s{{1,3}})?[^&\s\"',;<>]+", re.I),
        r"\1***",
    ),
    (re.compile(rf"({_NAME}%3D)(?:(?!%26)[^\s&\"'])+", re.I), r"\1***"),
    # A name, a colon and a value.
    (
        re.compile(r"(passw[A-Za-z0-9_.-]{0,100}\s{0,3}:\s{0,3})[^\s\"'<>,;]+", re.I),
        r"\1***",
    ),
    (re.compile(rf"({_WORD}\s{{0,3}}:\s{{0,3}}){_MADE}", re.I), r"\1***"),
    # <name>value</name>
    (
        re.compile(
            rf"(<(?:[\w.-]{{1,40}}:)?[\w.-]{{0,40}}?{_WORD}(?:\s[^<>]{{0,300}})?>)[^<]+", re.I
        ),
        r"\1***",
    ),
    (re.compile(r"(://[^/\s:@]{0,100}:)[^/\s@]{1,200}@"), r"\1***@"),
    (re.compile(r"-----BEGIN [A-Z ]{1,40}-----.*?(?:-----END [A-Z ]{1,40}-----|$)", re.S), "***"),
    (re.compile(rf"\b({_SCHEME})\s{{1,3}}{_MADE}", re.I), r"\1 ***"),
    # Without a second part where the text was cut.
    (re.compile(r"(?<![\w-])eyJ[\w-]+(?:\.[\w-]+(?:\.[\w-]*)?|$)"), "***"),
    (re.compile(r"[\w.+'-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}"), "***@***"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b"), "***"),
    # A card's number as people write it: 4-4-4-4, 4-6-5.
    (
        re.compile(
            r"(?<!\d)(?:[2-6]\d{3}(?:[\s.-]{1,2}\d{4}){3}(?:[\s.-]{1,2}\d{1,3})?"
            r"|3\d{3}[\s.-]{1,2}\d{6}[\s.-]{1,2}\d{4,5})(?!\d)"
        ),
        _card,
    ),
    (re.compile(r"(?<![\d.])\d{12,}(?![\d.])"), "***"),
)


def storable(text: str) -> str:
    """Return a text that every database and log takes: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def mask(text: str) -> str:
    """Replace secrets, e-mail addresses and long numbers (bank, card) by asterisks.

    So are the contents of files: a log is no place for a customer's documents. The text is cut
    short first, and masked before it is cut any shorter, so that no secret loses the name it is
    known by.

    :return: what the first `MASKED_LENGTH` characters become.
    """
    text = storable(_beginning(text))
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def _beginning(text: str) -> str:
    """Return what is masked of a text, cut between two words where there are any."""
    if len(text) < MASKED_LENGTH:
        return text
    text = text[:MASKED_LENGTH]
    end = max(text.rfind(blank, MASKED_LENGTH - _WORD_LENGTH) for blank in " \n,")
    return text if end < 0 else text[:end]
