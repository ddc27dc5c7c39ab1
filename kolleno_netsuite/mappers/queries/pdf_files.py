"""Where NetSuite keeps the documents of transactions: which file a document field refers to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...client.dto import Row, datetime_text, integer
from ...client.suiteql import Query, among, column, moment, present, same, within


@dataclass(frozen=True)
class FieldFile:
    """The file that a transaction's document field refers to.

    :param modified: time of the file's last change, NetSuite's own text; empty when the role
        may not see the table of files.
    """

    id: int
    modified: str = ""


def field_query(field: str, ids: Iterable[int], with_times: bool = True) -> Query:
    """Return the query of the files that the document field of transactions refers to.

    Read by a query instead of by record, because reading a record by REST opens it for editing
    and fails when a workflow has locked it.

    :param field: the field's id, ``custbody_…``.
    :param ids: internal ids of the transactions.
    :param with_times: also ask when the files were changed, which needs the table of files.
    """
    value = f"t.{field}"
    query = Query("transaction", "t")
    columns = {"id": column("t.id"), "file": column(value)}
    if with_times:
        query = query.join("file", "f", same("f.id", value), left=True)
        columns["modified"] = moment("f.lastmodifieddate")
    return query.where(among("t.id", ids), present(value)).select(**columns).keyset("id")


def read_field_file(row: Row) -> tuple[int, FieldFile]:
    """Return (internal id of the transaction, its file) from a row of `field_query`."""
    return integer(row, "id"), FieldFile(integer(row, "file"), datetime_text(row, "modified", ""))


def changed_files_query(since: str) -> Query:
    """Return the query of all files changed since a wall time of NetSuite's session.

    The whole account's, not only those of known documents: the number of calls then depends on
    what changed and not on how much is mirrored.
    """
    return (
        Query("file", "f")
        .where(within("f.lastmodifieddate", since, None))
        .select(id=column("f.id"), modified=moment("f.lastmodifieddate"))
        .keyset("id")
    )
