"""Texts as NetSuite gives them, made safe for one line of Odoo."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..client import dto
from ..client.wire_text import storable

__all__ = ["enumerated", "first_of", "plain", "storable"]

# Names that one sentence can carry.
_NAMED = 5

# PostgreSQL cannot store NUL; the other control characters break lists and file names.
_CONTROL = re.compile(r"\s*[\x00-\x1f\x7f]+\s*")


def plain(value: str) -> str:
    """Return a text on one line, without control characters and outer blanks.

    Quotes, markup and emoji stay: Odoo escapes a text where it shows it.
    """
    return _CONTROL.sub(" ", value).strip()


def enumerated(names: Sequence[str]) -> str:
    """Return the first few of these names for a sentence, with an ellipsis for the others."""
    return ", ".join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")


def first_of(row: dto.Row, *columns: str) -> str:
    """Return the first of these columns that is not empty, on one line; else an empty text."""
    return next((value for column in columns if (value := plain(dto.text(row, column, "")))), "")
