"""A list of customers that a person typed, pasted or keeps in a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
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
# Between the entries of a typed line.
_SEPARATORS = re.compile(r"[,;\s]+")
# As 1,234 or 12 345 678: people write one number so, and several.
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,\s\u00a0\u202f][0-9]{3})+")


@dataclass(frozen=True)
class Entry:
    """One line of the list.

    :param line: number of the line, from 1.
    :param text: what stands there.
    :param internal_id: NetSuite's internal id of the customer; 0 with a problem.
    :param problem: ``blank``, ``number`` (no positive number), ``host`` (an address of another
        account or site), ``page`` (of something that is no customer), ``address`` (unreadable),
        ``grouped`` (one number of several groups of digits, or several numbers), ``mixed`` (ids
        and something else), ``columns`` (further numbers in a file without a heading),
        ``duplicate`` (stands further up), or empty.
    """

    line: int
    text: str
    internal_id: int = 0
    problem: str = ""


def read_typed(text: str, urls: ServiceUrls) -> list[Entry]:
    """Return the entries of a list that a person typed or pasted.

    Internal ids or addresses of customers in NetSuite, one a line or several with commas,
    semicolons or blanks between them. A line that can be read in two ways, or that holds anything
    else besides, is refused as a whole. A heading above the list and empty lines at its end are
    passed over.

    :param urls: addresses of the account that the customers belong to.
    """
    lines = list(enumerate(text.replace("\x00", "").rstrip().splitlines(), start=1))
    if lines and lines[0][1].strip().lower() in _HEADINGS:
        del lines[0]
    return _once(entry for number, line in lines for entry in _typed(number, line.strip(), urls))


def read_file(text: str, urls: ServiceUrls) -> list[Entry]:
    """Return the entries of a file of comma-separated values; only its first column counts.

    :param urls: addresses of the account that the customers belong to.
    """
    lines = list(_rows(text.rstrip()))
    if headed := bool(lines) and lines[0][1][0].lower() in _HEADINGS:
        del lines[0]
    return _once(
        Entry(number, ", ".join(cells), 0, "columns")
        # Without a heading nobody can tell a number of three digits from the rest of an id.
        if not headed and any(cell.isdigit() for cell in cells[1:])
        else _entry(number, cells[0], urls)
        for number, cells in lines
    )


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries of which a customer's second one is marked as such."""
    seen: set[int] = set()
    marked: list[Entry] = []
    for entry in entries:
        if entry.internal_id in seen:
            marked.append(Entry(entry.line, entry.text, 0, "duplicate"))
        else:
            marked.append(entry)
        seen.update({entry.internal_id} - {0})
    return marked


def _typed(number: int, line: str, urls: ServiceUrls) -> list[Entry]:
    if _GROUPED.fullmatch(line):
        return [Entry(number, line, 0, "grouped")]
    parts = [part for part in _SEPARATORS.split(line) if part] or [""]
    entries = [_entry(number, part, urls) for part in parts]
    if len(entries) > 1 and any(entry.problem for entry in entries):
        return [Entry(number, line, 0, "mixed")]
    return entries


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line, however the columns are separated."""
    first_line = text.partition("\n")[0]
    separator = next((each for each in (";", "\t") if each in first_line), ",")
    for number, line in enumerate(text.replace("\x00", "").splitlines(), start=1):
        cells = next(csv.reader(io.StringIO(line), delimiter=separator), [])
        yield number, [cell.strip() for cell in cells] or [""]


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
