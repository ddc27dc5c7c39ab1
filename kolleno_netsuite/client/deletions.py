"""Read a window of NetSuite's deleted records completely, without a unique order to page by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from .suiteql import Query, Row, TooManyRows, ask, rows_of, single_page
from .transport import Transport

SECOND = timedelta(seconds=1)

# Returns the query of the rows between two wall times, both included.
WindowQuery = Callable[[str, str], Query]


def rows_of_window(
    transport: Transport, query: WindowQuery, since: str, until: str
) -> Iterator[list[Row]]:
    """Yield the rows of a window, a page or less at a time, the earliest part first.

    The table's rows have no id of their own, and NetSuite shuffles rows of one second between
    pages. So a window that does not fit into one page is halved until it does. Rows on the
    border of two halves come twice.

    :param since: wall time ``YYYY-MM-DD HH:MM:SS`` of the session; `until` likewise.
    """
    start, end = (datetime.fromisoformat(text) for text in (since, until))
    waiting = [(start, end)]
    while waiting:
        start, end = waiting.pop()
        asked = query(start.isoformat(sep=" "), end.isoformat(sep=" "))
        try:
            found = single_page(transport, asked)
        except TooManyRows:
            if end - start <= SECOND:
                # More in one second than a page holds: what is left is found by the comparison
                # of all ids.
                found = rows_of(ask(transport, asked.sql()))
            else:
                middle = (start + (end - start) / 2).replace(microsecond=0)
                waiting += [(middle, end), (start, middle)]
                continue
        if found:
            yield found
