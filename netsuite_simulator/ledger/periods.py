"""Accounting periods: which one a date falls into, and what may still change in it."""

# ruff: noqa: S608 - the composed conditions are constants, values are always bound

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import user_error
from .books import Books

OUTSIDE = (
    "The transaction date you specified is not within the date range of your accounting period."
)
CLOSED = "The G/L impact of a transaction in a closed period cannot be changed."
MOVED = "You cannot move a transaction to or from a closed period."
_MONTHS = "isquarter = 'F' AND isyear = 'F' AND isadjust = 'F' AND isinactive = 'F'"


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

    def by_id(self, period: int) -> Period:
        """Return a period by its id."""
        return self.books.remember("period_id", period, lambda: self._one("id = ?1", period))

    def _find(self, day: str) -> Period:
        return self._one(f"startdate <= ?1 AND enddate >= ?1 AND {_MONTHS}", day)

    def _one(self, condition: str, value: Any) -> Period:
        row = self.books.one(
            "SELECT id, closed, arlocked, alllocked, allownonglchanges FROM accountingperiod"
            f" WHERE {condition}",
            value,
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

    def for_new(self, day: str, given: int | None = None) -> int:
        """Return the id of the period that a new transaction is posted to.

        :param given: the one that a client names; people do not choose.
        :raise BookError: when it is closed, and the account posts to no other instead.
        """
        switches = self.books.switches
        if not self.books.over_rest:
            return self.open_for(day)
        if given is not None and switches.posting_period_obeyed:
            return self._chosen(day, given)
        if not self.of(day).locked or switches.closed_period == "refused":
            return self.open_for(day)
        if switches.closed_period == "current":
            return self.open_for(self.books.today())
        found = self.books.scalar(
            f"SELECT id FROM accountingperiod WHERE startdate > ? AND {_MONTHS}"
            " AND closed = 'F' AND arlocked = 'F' AND alllocked = 'F' ORDER BY startdate LIMIT 1",
            day,
        )
        if found is None:
            raise user_error(CLOSED)
        return int(found)

    def _chosen(self, day: str, given: int) -> int:
        """Return the period that a client chose, if the account lets it be another one."""
        period = self.by_id(given)
        if period.id != self.of(day).id and self.books.switches.closed_period == "refused":
            raise user_error(OUTSIDE, "postingPeriod")
        if period.locked:
            raise user_error(CLOSED)
        return period.id

    def posted(self, header: Mapping[str, Any]) -> Period:
        """Return the period that a transaction is posted to, which need not be its date's."""
        period = header.get("postingperiod")
        return self.of(header["trandate"]) if period is None else self.by_id(period)

    def check_open(self, header: Mapping[str, Any]) -> None:
        """Refuse to change a transaction whose period is locked."""
        if self.posted(header).locked:
            raise user_error(CLOSED)

    def check_edit(
        self,
        header: Mapping[str, Any],
        new_day: str,
        changes_ledger: bool,
        given: int | None = None,
    ) -> int:
        """Return the posting period of an edited transaction if its periods allow the edit.

        :param header: the transaction as it was.
        :param given: the period that a client names, if it does.
        """
        old = new = self.posted(header)
        obeyed = self.books.over_rest and self.books.switches.posting_period_obeyed
        if given is not None and given != old.id and obeyed:
            new = self.by_id(self._chosen(new_day, given))
        elif self.of(header["trandate"]).id != self.of(new_day).id:
            new = self.of(new_day)
        if old.id != new.id and (old.locked or new.locked):
            raise user_error(MOVED)
        if old.locked and (changes_ledger or not old.allows_non_gl):
            raise user_error(CLOSED)
        return new.id
