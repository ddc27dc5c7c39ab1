"""Join streams that are ordered alike, without holding more than one group in memory.

Headers, lines and links are each fetched in pages ordered by the record's internal id; merging
them here costs no further call, where fetching the lines by id would cost one per 1,000 ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from .errors import ClientBug
from .messages import plain
from .suiteql import whole_number

Row = Mapping[str, str]
H = TypeVar("H", bound=Row)
C = TypeVar("C", bound=Row)


def merge_streams(
    headers: Iterable[H], key: str, streams: Mapping[str, tuple[Iterable[C], str]]
) -> Iterator[tuple[H, dict[str, list[C]]]]:
    """Pair each header with its children of several streams (lines, links, addresses).

    A child without header is dropped: its record changed between the two queries, so both come
    again in the next window. A header without children gets an empty list.

    :param headers: ordered by their internal id, which is unique.
    :param key: name of the headers' column with the internal id.
    :param streams: name -> (rows ordered by their header's id, name of the column that holds it).
    :return: (header, name -> children), in the order of the headers.
    :raise ClientBug: a stream is not in order, or a row has no id.
    """
    open_streams = {
        name: _Groups(name, rows, parent_key) for name, (rows, parent_key) in streams.items()
    }
    previous: int | None = None
    for header in headers:
        number = _number(header, key, "headers")
        if previous is not None and number <= previous:
            raise _disorder("headers", f"{number} came after {previous}")
        previous = number
        yield header, {name: groups.take(number) for name, groups in open_streams.items()}


class _Groups(Iterator[tuple[int, C]]):
    """The rows of one stream, handed out by their header's id."""

    def __init__(self, name: str, rows: Iterable[C], key: str) -> None:
        self._name = name
        self._rows = iter(rows)
        self._key = key
        self._last: int | None = None
        self._waiting: tuple[int, C] | None = None

    def take(self, number: int) -> list[C]:
        """Return the rows of a header, dropping those of smaller ids."""
        group: list[C] = []
        for row_number, row in self:
            if row_number > number:
                self._waiting = (row_number, row)
                break
            if row_number == number:
                group.append(row)
        return group

    def __next__(self) -> tuple[int, C]:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            return waiting
        row = next(self._rows)
        number = _number(row, self._key, self._name)
        if self._last is not None and number < self._last:
            raise _disorder(self._name, f"{number} came after {self._last}")
        self._last = number
        return number, row


def _number(row: Row, key: str, stream: str) -> int:
    value = row.get(key)
    number = whole_number(value) if isinstance(value, str) else None
    if number is None:
        raise _disorder(stream, f"{key} is {plain(value, 100)!r}")
    return number


def _disorder(stream: str, detail: str) -> ClientBug:
    return ClientBug("STREAM_OUT_OF_ORDER", detail=f"{stream}: {detail}")
