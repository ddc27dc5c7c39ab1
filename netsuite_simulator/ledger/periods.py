"""Accounting periods: which one a date falls into, and what may still change in it."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import user_error
from .books import Books

OUTSIDE = (
    "The transaction date you specified is not within the date range of your accounting period."
)
CLOSED = "The G/L impact of a transaction in a closed period cannot be changed."
MOVED = "You cannot move a transaction to or from a closed period."


@dataclass(frozen=True)
class Period:
    """A month: its id, and whether receivables and other fields may change in it."""

    id: int
    locked: bool
    allows_non_gl: bool


class Periods:
    """The accounting calendar of the books."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def of(self, day: str) -> Period:
        """Return the posting period of a date.

        :raise BookError: when no period covers it.
        """
        return self.books.remember("period", day, lambda: self._find(day))

    def _find(self, day: str) -> Period:
        row = self.books.one(
            "SELECT id, closed, arlocked, alllocked, allownonglchanges FROM accountingperiod"
            " WHERE startdate <= ? AND enddate >= ? AND isquarter = 'F' AND isyear = 'F'"
            " AND isadjust = 'F' AND isinactive = 'F'",
            day,
            day,
        )
        if row is None:
            raise user_error(OUTSIDE, "tranDate")
        return Period(row[0], "T" in row[1:4], row[4] == "T")

    def open_for(self, day: str) -> int:
        """Return the id of a date's period if receivables may be posted in it."""
        period = self.of(day)
        if period.locked:
            raise user_error(CLOSED)
        return period.id

    def check_edit(self, old_day: str, new_day: str, changes_ledger: bool) -> int:
        """Return the posting period of an edited transaction if its periods allow the edit."""
        old, new = self.of(old_day), self.of(new_day)
        if old.id != new.id and (old.locked or new.locked):
            raise user_error(MOVED)
        if old.locked and (changes_ledger or not old.allows_non_gl):
            raise user_error(CLOSED)
        return new.id
