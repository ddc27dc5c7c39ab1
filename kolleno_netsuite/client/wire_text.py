"""Texts as JSON can hold them, made such that every database keeps them."""

from __future__ import annotations

import re

# PostgreSQL keeps no NUL; half a surrogate pair is no character, and no encoding keeps it.
_NUL = "\x00"
_SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def storable(value: str) -> str:
    """Return a text without NUL, each lone surrogate replaced by U+FFFD."""
    if _NUL in value:
        value = value.replace(_NUL, "")
    return value if value.isascii() else _SURROGATE.sub(REPLACEMENT, value)
