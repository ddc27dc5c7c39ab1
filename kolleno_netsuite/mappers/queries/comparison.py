"""What is asked for when all ids of a record type are compared, and nothing else is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ...client.suiteql import Query
from .record_sources import RecordSource, Window, header_query

# Besides the id and the last change: what can change without moving that date (merging customers
# need not touch their transactions), and what tells whether a document is older than what is read.
COMPARED = (
    *("id", "entity", "voided", "trandate"),
    *("foreignamountunpaid", "foreignpaymentamountunused"),
)


def id_query(source: RecordSource, missing: Collection[str] = ()) -> Query:
    """Return the query of the ids of all records of a type, ordered by them.

    :param missing: aliases of columns that this account does not have.
    """
    columns = {alias: source.columns[alias] for alias in COMPARED if alias in source.columns}
    return header_query(replace(source, columns=columns, parts=()), Window(at_first=True), missing)
