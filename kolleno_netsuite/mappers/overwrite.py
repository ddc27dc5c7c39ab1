"""Giving up what is known of a record, so that NetSuite's values are written over again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def overwritten(known: Mapping[str, Any] | None, flags: Collection[str] = ()) -> dict[str, Any]:
    """Return what was booked of a record with nothing left in it that a new value could equal.

    Where NetSuite had nothing, that stays known: what a user filled in there is no value of
    NetSuite's and is not emptied. Where it had something, even nothing is new and is written.

    :param known: {field: value}; False where NetSuite had nothing.
    :param flags: fields whose False is a value.
    """
    return {
        name: False if value is False and name not in flags else None
        for name, value in (known or {}).items()
    }
