"""What NetSuite says of records that were deleted: its table `deletedrecord`.

Internal ids are unique within a record type only, so a deletion names both or says nothing
about any record of ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ...client.clock import NetsuiteClock
from ...client.suiteql import Query, column, compare, display, equal, moment, within
from ..landing import UnreadError, read_id, read_moment
from ..text import storable
from .open_amounts import TYPE_CODES

# Columns that not every account shows; without the id a record is looked for by its name.
OPTIONAL = frozenset({"recordid", "name", "deletedby", "context", "externalid"})

# NetSuite names one type in several ways: as its REST service, as its transaction code, as its
# pages do.
_ALIASES = {
    "custinvc": "invoice",
    "custcred": "creditmemo",
    "credmemo": "creditmemo",
    "custpymt": "customerpayment",
    "payment": "customerpayment",
    "custdep": "customerdeposit",
    "depappl": "depositapplication",
    "custrfnd": "customerrefund",
    "journal": "journalentry",
    "intercompanyjournalentry": "journalentry",
    "advintercompanyjournalentry": "journalentry",
    "custjob": "customer",
}


@dataclass(frozen=True)
class Deletion:
    """One deleted record.

    :param record_type: REST name in lower case.
    :param internal_id: None when the account does not tell it, or tells none.
    :param name: as NetSuite showed the record, like ``Invoice #INV123``.
    :param deleted_at: aware UTC; None when it cannot be read.
    :param deleted_by: name of the person, empty when unknown.
    :param problem: what of the row cannot be read; None mostly.
    """

    record_type: str
    internal_id: int | None
    name: str
    deleted_at: datetime | None
    deleted_by: str
    problem: UnreadError | None = None


def deletion_query(since: str, until: str, missing: Collection[str] = ()) -> Query:
    """Return the query of what was deleted between two wall times, both included.

    :param missing: columns that this account does not have.
    """
    columns = {
        "recordtype": column("d.recordtype"),
        "recordid": column("d.recordid"),
        "name": column("d.name"),
        "deletedby": display("d.deletedby"),
        "deleteddate": moment("d.deleteddate"),
    }
    columns = {alias: value for alias, value in columns.items() if alias not in missing}
    query = Query("deletedrecord", "d").select(**columns)
    return query.where(within("d.deleteddate", since, until))


def transaction_query(internal_id: int) -> Query:
    """Return the query of the transaction with an ID, whatever its type."""
    return Query("transaction", "t").select(id=column("t.id")).where(equal("t.id", internal_id))


def others_query(record_type: str, internal_id: int) -> Query:
    """Return the query of transactions of a type but one; one row of it says enough.

    :param record_type: a key of `TYPE_CODES`.
    """
    return (
        Query("transaction", "t")
        .select(id=column("t.id"))
        .where(equal("t.type", TYPE_CODES[record_type]), compare("t.id", "<>", internal_id))
    )


def read_deletion(row: Mapping[str, str], clock: NetsuiteClock) -> Deletion:
    """Return what a row of `deletion_query` says; what cannot be read is its problem."""
    internal_id, deleted_at, problem = None, None, None
    try:
        internal_id = read_id(row, "recordid")
        deleted_at = read_moment(row, "deleteddate", clock)
    except UnreadError as error:
        problem = error
    return Deletion(
        record_type=record_type(row.get("recordtype", "")),
        internal_id=internal_id,
        name=storable(row.get("name", "")),
        deleted_at=deleted_at,
        deleted_by=storable(row.get("deletedby", "")),
        problem=problem,
    )


def record_type(text: str) -> str:
    """Return NetSuite's REST name in lower case of a type, however it is written."""
    plain = text.replace(" ", "").replace("_", "").lower()
    return _ALIASES.get(plain, plain)


def name_keys(name: str) -> tuple[str, ...]:
    """Return what the deleted record may be called where we keep it.

    NetSuite shows a transaction with its type (``Invoice #INV123``) and a customer with both of
    its names (``C7 Harbour Supplies``); we keep the number and the entity ID.
    """
    text = name.strip()
    keys = [text, text.rpartition("#")[2].strip()]
    words = text.split(" ")
    keys += [" ".join(words[:end]) for end in range(1, len(words))]
    return tuple(dict.fromkeys(key for key in keys if key))
