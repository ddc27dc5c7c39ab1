"""Which documents older than the start of the history are needed all the same.

A document is mirrored with its whole total, and what is applied to it closes it. So what a
mirrored document is applied to, or is applied to it, is mirrored as well, however old it is:
otherwise it would look open in Odoo, and no balance would agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from ...client import dto
from ...client.suiteql import Condition, Query, among, any_of, compare, same
from .open_amounts import Rows
from .record_sources import RecordSource, Window, header_query
from .transaction_types import of_mirrored_types, of_types, record_type_of

# NetSuite refuses a longer list in one condition.
CHUNK = 1000

Found = dict[int, str]  # internal id -> record type
# The two ends of a link: alias of the transaction, column of the link table.
_PAID, _PAYING = ("p", "k.previousdoc"), ("n", "k.nextdoc")


def older_linked(client: Rows, start: dt.date) -> Found:
    """Return the documents before `start` that are linked with one of `start` or later.

    :return: {internal id: record type}; two calls per thousand of them.
    """
    found: Found = {}
    for older, newer in ((_PAID, _PAYING), (_PAYING, _PAID)):
        found |= _ends(client, older, start, compare(f"{newer[0]}.trandate", ">=", start))
    return found


def linked_with(
    client: Rows, ids: Collection[int], start: dt.date, chosen: Collection[str] = ()
) -> Found:
    """Return the documents before `start` that are linked with one of `ids`.

    :param ids: internal ids of transactions, as many as there are.
    :param chosen: those of `const.CHOSEN_TYPES` that are read: what has one of `ids`.
    :return: {internal id: record type}; two calls per thousand of `ids`.
    """
    found: Found = {}
    for chunk in _chunks(ids):
        found |= _ends(client, _PAID, start, among(_PAYING[1], chunk))
        found |= _ends(client, _PAYING, start, among(_PAID[1], chunk), chosen)
    return found


def reached(client: Rows, start: dt.date, sources: Iterable[RecordSource]) -> Found:
    """Return the closed documents before `start` that are mirrored for the sake of others.

    They are linked with a document of `start` or later, with an older one that is open, or with
    one of themselves.

    :param sources: the types of transactions that are read.
    :return: {internal id: record type}; nothing is read of them but their ids.
    """
    still_open = _open_before(client, start, sources)
    found = older_linked(client, start)
    step = {*found, *still_open}
    while step:
        further = linked_with(client, step, start)
        step = {each for each in further if each not in found and each not in still_open}
        found |= {each: further[each] for each in step}
    return {each: found[each] for each in found.keys() - still_open}


def _open_before(client: Rows, start: dt.date, sources: Iterable[RecordSource]) -> set[int]:
    found: set[int] = set()
    for source in sources:
        if source.dated and source.open_items is not None:
            query = header_query(source, Window(open_only=True, dated_before=start))
            # Of all columns of the source only the id is wanted.
            query = Query(query.table, query.alias, joins=query.joins, conditions=query.conditions)
            rows = client.rows(query.select(f"{source.alias}.id").keyset("id"))
            found.update(dto.integer(row, "id") for row in rows)
    return found


def _ends(
    client: Rows,
    end: tuple[str, str],
    start: dt.date,
    condition: Condition,
    chosen: Collection[str] = (),
) -> Found:
    """Return what stands at one end of the links that fulfil `condition`, before `start`.

    Of links between what is mirrored, whatever their type: not all words for an application are
    known. NetSuite's table also has those of orders and the like.
    """
    alias = end[0]
    of_next = of_mirrored_types("n")
    if chosen:
        of_next = any_of(of_next, of_types(chosen, "n"))
    query = (
        Query("previoustransactionlinelink", "k")
        .join("transaction", "p", same("p.id", "k.previousdoc"))
        .join("transaction", "n", same("n.id", "k.nextdoc"))
        .select(f"{alias}.id", f"{alias}.type")
        .where(of_mirrored_types("p"), of_next)
        .where(compare(f"{alias}.trandate", "<", start), condition)
        .group_by(f"{alias}.id", f"{alias}.type")
        .keyset("id")
    )
    found = {
        dto.integer(row, "id"): record_type_of(dto.text(row, "type"), chosen)
        for row in client.rows(query)
    }
    return {internal_id: record_type for internal_id, record_type in found.items() if record_type}


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for first in range(0, len(ordered), CHUNK):
        yield ordered[first : first + CHUNK]
