"""What is asked for when all ids of a record type are compared, and nothing else is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ...client.suiteql import Query
from .streams import Stream, Window, header_query

# Besides the id and the last change: what can change without moving that date (merging customers
# need not touch their transactions), and what tells whether a document is older than what is read.
COMPARED = (
    *("id", "entity", "voided", "trandate"),
    *("foreignamountunpaid", "foreignpaymentamountunused"),
)


def id_query(stream: Stream, left_out: Collection[str] = ()) -> Query:
    """Return the query of the ids of all records of a type, ordered by them.

    :param left_out: aliases of columns that this account does not have.
    """
    columns = {alias: stream.columns[alias] for alias in COMPARED if alias in stream.columns}
    return header_query(replace(stream, columns=columns, parts=()), Window(at_first=True), left_out)
