"""E-mail addresses in a text that people typed: the one place that says what an address is.

The grammar is that of Python's own e-mail package (RFC 5322), host names are checked by `idna`
(RFC 5891); nothing here spells them out once more.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import NamedTuple

import idna

from .text import plain

# Between two addresses; also as they are typed in Asia.
_SEPARATORS = re.compile(r"[,;|\s\uff0c\uff1b\u3001]+")
# Marks without a width, which come along when a text is copied from a mail or a page.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
# What stands around an address, but never at its ends.
_OPENING, _CLOSING = (
    "<([{\"'\u201c\u201d\u2018\u2019\u00ab",
    ">)]}\"'\u201c\u201d\u2018\u2019\u00bb.:",
)
_MAILTO = "mailto:"
_LONGEST = 254  # RFC 5321 4.5.3.1.3, less the brackets
# What the grammar allows in quotes or as a comment: no mail server in use has such addresses.
_SPECIAL = frozenset('()<>[]:;@\\," ')
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


class Found(NamedTuple):
    """What a text holds.

    :param addresses: as they are typed, each once.
    :param others: the words that are neither an address nor the name in front of one.
    """

    addresses: list[str]
    others: list[str]


def find_addresses(text: str) -> Found:
    """Return the e-mail addresses in a text, and its other words.

    Addresses are parted by commas, semicolons, bars or blanks. What people and programs put around
    them is no part of them: angle and other brackets, quotes, ``mailto:`` and other labels with a
    colon, a last full stop, and a name in front of an address in brackets.
    """
    found: dict[str, str] = {}
    others: list[str] = []
    words: list[str] = []
    for word in filter(None, _SEPARATORS.split(_INVISIBLE.sub("", text))):
        address = _unwrapped(word)
        if is_address(address):
            found.setdefault(address.lower(), address)
            if word[0] not in "<([":
                others += words
            words = []
        elif not word.endswith(":") and any(sign.isalnum() or sign == "@" for sign in word):
            words.append(word)
    return Found(list(found.values()), others + words)


def is_address(text: str) -> bool:
    """Tell whether a text is one e-mail address; whether it exists only a mail server knows."""
    local, at, domain = text.rpartition("@")
    if not at or len(text) > _LONGEST or _SPECIAL.intersection(local):
        return False
    try:
        # Letters beyond ASCII may stand before the sign @ (RFC 6531), which the grammar is older
        # than, and in a host name, which has a form without them.
        host = idna.encode(domain, uts46=True).decode()
        bare = _BEYOND_ASCII.sub("a", local) + at + host
        return "." in host.strip(".") and Address(addr_spec=bare).addr_spec == bare
    except (ValueError, IndexError, HeaderParseError):
        return False


def mail_text(text: str) -> str:
    """Return what goes into an e-mail field of Odoo: the addresses in a text, without the rest.

    A text without any stays as it is: people see what NetSuite has, and nothing is sent there.
    """
    found = find_addresses(text).addresses
    return ", ".join(found) or plain(text)


def _unwrapped(word: str) -> str:
    word = word.lstrip(_OPENING).rstrip(_CLOSING)
    if word.lower().startswith(_MAILTO):
        word = word[len(_MAILTO) :].partition("?")[0].lstrip(_OPENING)
    # As "E-Mail:ap@quay.example" or "SMTP:ap@quay.example": no address has a colon.
    return word.rpartition(":")[2]
