"""What changed of some customers since they were read: ids and dates, nothing else."""

from __future__ import annotations

from collections.abc import Collection

from ...client.suiteql import Query, among, any_of, column, moment, within
from .open_amounts import TYPE_CODES
from .record_source import on_lines


def changed_documents_query(
    customers: Collection[int], record_types: Collection[str], since: str
) -> Query:
    """Return the query of the documents of customers that changed since a moment.

    A journal is a customer's by its lines.

    :param customers: internal ids of at most 1,000 customers.
    :param record_types: types of transactions that are read.
    :param since: wall time of NetSuite's session.
    """
    codes = [TYPE_CODES[record_type] for record_type in record_types]
    return (
        Query("transaction", "t")
        .where(among("t.type", codes), within("t.lastmodifieddate", since, None))
        .where(any_of(among("t.entity", customers), on_lines(among("jl.entity", customers))))
        .select("t.id", type=column("t.type"), lastmodified=moment("t.lastmodifieddate"))
        .keyset("id")
    )


def changed_customers_query(customers: Collection[int], since: str) -> Query:
    """Return the query of those of `customers` that changed themselves.

    Parameters as `changed_documents_query`.
    """
    return (
        Query("customer", "c")
        .where(among("c.id", customers), within("c.lastmodifieddate", since, None))
        .select("c.id", lastmodified=moment("c.lastmodifieddate"))
        .keyset("id")
    )
