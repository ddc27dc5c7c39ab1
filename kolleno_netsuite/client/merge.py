"""Join streams that are ordered alike, without holding more than one group in memory.

Headers, lines and links are each fetched in pages ordered by (last modified, id); merging them
here costs no further call, where fetching the lines by id would cost one per 1,000 ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from .error_tree import ClientBug

Row = Mapping[str, str]
Key = tuple[str, int]
KeyOf = Callable[[Row], Key]
H = TypeVar("H", bound=Row)
C = TypeVar("C", bound=Row)


def by_modified(moment: str = "lastmodified", identifier: str = "id") -> KeyOf:
    """Return a key function over (moment text, internal id).

    :param moment: alias of the moment column, ``YYYY-MM-DD HH:MM:SS`` in one time zone.
    :param identifier: alias of the internal id column.
    """

    def key(row: Row) -> Key:
        return row[moment], int(row[identifier])

    return key


def merge_by_key(
    headers: Iterable[H], children: Iterable[C], header_key: KeyOf, child_key: KeyOf
) -> Iterator[tuple[H, list[C]]]:
    """Pair each header with its children.

    A child without header is dropped: its document changed between the two queries, so both
    come again in the next window. A header without children gets an empty list.

    :param headers: ordered by ``header_key``, which is unique.
    :param children: ordered by ``child_key``, the key of their header.
    :raise ClientBug: a stream is not in order.
    """
    for header, groups in merge_streams(headers, header_key, {"": (children, child_key)}):
        yield header, groups[""]


def merge_streams(
    headers: Iterable[H],
    header_key: KeyOf,
    streams: Mapping[str, tuple[Iterable[C], KeyOf]],
) -> Iterator[tuple[H, dict[str, list[C]]]]:
    """Pair each header with its children of several streams (lines, links, addresses).

    :param streams: name -> (rows ordered by their header's key, key function).
    :return: (header, name -> children), in the order of the headers.
    :raise ClientBug: a stream is not in order.
    """
    open_streams = {name: _Groups(name, rows, key) for name, (rows, key) in streams.items()}
    previous: Key | None = None
    for header in headers:
        key = header_key(header)
        if previous is not None and key <= previous:
            raise _disorder("headers", previous, key)
        previous = key
        yield header, {name: groups.take(key) for name, groups in open_streams.items()}


class _Groups(Iterator[tuple[Key, C]]):
    """The rows of one stream, handed out by key."""

    def __init__(self, name: str, rows: Iterable[C], key: KeyOf) -> None:
        self._name = name
        self._rows = iter(rows)
        self._key = key
        self._last: Key | None = None
        self._waiting: tuple[Key, C] | None = None

    def take(self, key: Key) -> list[C]:
        """Return the rows of a key, dropping those of smaller keys."""
        group: list[C] = []
        for row_key, row in self:
            if row_key > key:
                self._waiting = (row_key, row)
                break
            if row_key == key:
                group.append(row)
        return group

    def __next__(self) -> tuple[Key, C]:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            return waiting
        row = next(self._rows)
        key = self._key(row)
        if self._last is not None and key < self._last:
            raise _disorder(self._name or "children", self._last, key)
        self._last = key
        return key, row


def _disorder(stream: str, previous: Key, key: Key) -> ClientBug:
    return ClientBug("STREAM_OUT_OF_ORDER", detail=f"{stream}: {key} came after {previous}")
