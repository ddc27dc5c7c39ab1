"""A list of customers that a person typed, pasted or keeps in a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from ..client.account import ServiceUrls
from ..client.ui_links import CUSTOMER_PAGE

# Internal ids are kept as integers of four bytes.
_LARGEST_ID = 2**31 - 1
# What the first line of a file may say above the ids.
_HEADINGS = frozenset(
    ("id", "internal id", "internalid", "internal_id", "customer", "customer id", "netsuite id")
)


@dataclass(frozen=True)
class Entry:
    """One line of the list.

    :param line: number of the line, from 1.
    :param text: what stands there.
    :param internal_id: NetSuite's internal id of the customer; 0 with a problem.
    :param problem: ``blank``, ``number`` (no positive number), ``host`` (an address of another
        account or site), ``page`` (of something that is no customer), ``address`` (unreadable),
        ``duplicate`` (stands further up), or empty.
    """

    line: int
    text: str
    internal_id: int = 0
    problem: str = ""


def read_customers(text: str, urls: ServiceUrls) -> list[Entry]:
    """Return the entries of a list: ids or addresses of customers in NetSuite, one a line.

    Only the first column counts, a heading above it is passed over, and so are empty lines at
    the end.

    :param urls: addresses of the account that the customers belong to.
    """
    lines = list(_cells(text.rstrip()))
    if lines and lines[0][1].lower() in _HEADINGS:
        del lines[0]
    entries: list[Entry] = []
    seen: set[int] = set()
    for number, cell in lines:
        entry = _entry(number, cell, urls)
        if entry.internal_id in seen:
            entry = Entry(number, cell, 0, "duplicate")
        elif entry.internal_id:
            seen.add(entry.internal_id)
        entries.append(entry)
    return entries


def _cells(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the first column of each line, however the columns are separated."""
    first_line = text.partition("\n")[0]
    separator = next((each for each in (";", "\t") if each in first_line), ",")
    for number, line in enumerate(text.replace("\x00", "").splitlines(), start=1):
        cells = next(csv.reader(io.StringIO(line), delimiter=separator), [])
        yield number, cells[0].strip() if cells else ""


def _entry(number: int, cell: str, urls: ServiceUrls) -> Entry:
    if not cell:
        return Entry(number, cell, 0, "blank")
    if "/" in cell or "netsuite.com" in cell.lower():
        return _of_address(number, cell, urls)
    internal_id = _number(cell)
    return Entry(number, cell, internal_id, "" if internal_id else "number")


def _of_address(number: int, cell: str, urls: ServiceUrls) -> Entry:
    try:
        parts = urlsplit(cell if "://" in cell else f"https://{cell}")
    except ValueError:
        return Entry(number, cell, 0, "address")
    if parts.netloc.lower() != urlsplit(urls.app).netloc.lower():
        return Entry(number, cell, 0, "host")
    if parts.path.lower() != CUSTOMER_PAGE:
        return Entry(number, cell, 0, "page")
    internal_id = _number(parse_qs(parts.query).get("id", [""])[0])
    return Entry(number, cell, internal_id, "" if internal_id else "address")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(_LARGEST_ID)):
        return 0
    number = int(text)
    return number if number <= _LARGEST_ID else 0
