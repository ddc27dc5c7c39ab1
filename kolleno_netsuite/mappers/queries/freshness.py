"""What changed of some customers since they were read: ids and dates, nothing else."""

from __future__ import annotations

from collections.abc import Collection

from ...client.suiteql import Query, among, any_of, column, moment, within
from .transaction_types import of_customers, of_types, on_lines


def changed_documents_query(
    customers: Collection[int],
    record_types: Collection[str],
    since: str,
    *,
    projects: bool = False,
) -> Query:
    """Return the query of the documents of customers that changed since a moment.

    A journal is a customer's by its lines.

    :param customers: internal ids of at most 1,000 customers.
    :param record_types: types of transactions that are read.
    :param since: wall time of NetSuite's session.
    :param projects: the account has projects, whose documents are those of their customers.
    """
    header = of_customers("t.entity", customers, projects=projects)
    lines = on_lines(of_customers("jl.entity", customers, projects=projects))
    return (
        Query("transaction", "t")
        .where(of_types(record_types), within("t.lastmodifieddate", since, None))
        .where(any_of(header, lines))
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
