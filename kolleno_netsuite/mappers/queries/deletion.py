"""What NetSuite says of records that were deleted: its table `deletedrecord`.

Internal ids are unique within a record type only, so a deletion that names both is certain. What
its column `type` holds no source says (docs/NETSUITE.md 4.3): where it is none of the codes, names
and texts below, the deletion only suggests which record may be gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ...client.clock import NetsuiteClock
from ...client.suiteql import Query, column, compare, display, equal, moment, within
from ...const import CHARGE_TYPE, CUSTOM_TYPE
from ..landing import UnreadError, read_id, read_moment
from ..text import storable
from .transaction_types import CUSTOM_PREFIXES, of_types

# Columns that not every account shows; without the id a record is looked for by its name.
OPTIONAL = frozenset({"type", "recordid", "name", "deletedby"})
# Without both of them nothing tells which record a deletion means.
NAMING = frozenset({"recordid", "name"})

# NetSuite names one type in several ways: as its REST service, as its transaction code, as its
# pages do. All without blanks and in lower case.
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
    "intercompanyjournal": "journalentry",
    "advancedintercompanyjournalentry": "journalentry",
    "finchrg": "invoice",
    "financecharge": "invoice",
    "custchrg": CHARGE_TYPE,
    "statementcharge": CHARGE_TYPE,
    "custjob": "customer",
    "lead": "customer",
    "prospect": "customer",
    "terms": "term",
    "taxitem": "salestaxitem",
    "taxcode": "salestaxitem",
}
_CUSTOM = (*(prefix.lower() for prefix in CUSTOM_PREFIXES), "customtransaction")
# Types that are mirrored by no one, so that their deletions, of which an account has most, cost no
# question each. A type that is missing here costs one only when its id is one of ours.
_OTHERS = frozenset(
    {
        *("salesord", "salesorder", "estimate", "quote", "opprtnty", "opportunity"),
        *("cashsale", "cashrfnd", "cashrefund", "rtnauth", "returnauthorization"),
        *("itemship", "itemfulfillment", "itemrcpt", "itemreceipt", "purchord", "purchaseorder"),
        *("vendbill", "vendorbill", "bill", "vendcred", "vendorcredit", "billcredit"),
        *("vendpymt", "vendorpayment", "billpayment", "vendor", "check", "transfer"),
        *("exprept", "expensereport", "employee", "partner", "job", "project"),
        *("invadjst", "inventoryadjustment", "invtrnfr", "inventorytransfer", "trnfrord"),
        *("transferorder", "workord", "workorder", "build", "assemblybuild", "revarrng"),
        *("inventoryitem", "noninventoryitem", "serviceitem", "assemblyitem", "kititem", "item"),
        *("file", "folder", "message", "note", "task", "phonecall", "calendarevent", "supportcase"),
        *("timebill", "timesheet", "customrecord", "customlist", "script", "role"),
    }
)


@dataclass(frozen=True)
class Deletion:
    """One deleted record.

    :param record_type: REST name in lower case; empty when the account tells none that we know.
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
        "type": column("d.type"),
        "recordid": column("d.recordid"),
        "name": column("d.name"),
        "deletedby": display("d.deletedby"),
        "deleteddate": moment("d.deleteddate"),
    }
    columns = {alias: value for alias, value in columns.items() if alias not in missing}
    query = Query("deletedrecord", "d").select(**columns)
    return query.where(within("d.deleteddate", since, until))


def deleted_query(internal_id: int) -> Query:
    """Return the query of what was deleted under an internal id, each with its `type`."""
    query = Query("deletedrecord", "d").where(equal("d.recordid", internal_id))
    return query.select("d.recordid", type=column("d.type"))


def transaction_query(internal_id: int) -> Query:
    """Return the query of the transaction with an ID, whatever its type."""
    return Query("transaction", "t").select(id=column("t.id")).where(equal("t.id", internal_id))


def others_query(record_type: str, internal_id: int) -> Query:
    """Return the query of transactions of a type but one; one row of it says enough.

    :param record_type: REST name in lower case of a transaction.
    """
    return (
        Query("transaction", "t")
        .select(id=column("t.id"))
        .where(of_types([record_type]), compare("t.id", "<>", internal_id))
    )


def read_deletion(row: Mapping[str, str], clock: NetsuiteClock, known: Collection[str]) -> Deletion:
    """Return what a row of `deletion_query` says; what cannot be read is its problem.

    :param known: the record types that are mirrored, as REST names in lower case.
    """
    internal_id, deleted_at, problem = None, None, None
    try:
        internal_id = read_id(row, "recordid")
        deleted_at = read_moment(row, "deleteddate", clock)
    except UnreadError as error:
        problem = error
    return Deletion(
        record_type=record_type(row.get("type", ""), known),
        internal_id=internal_id,
        name=storable(row.get("name", "")),
        deleted_at=deleted_at,
        deleted_by=storable(row.get("deletedby", "")),
        problem=problem,
    )


def record_type(text: str, known: Collection[str]) -> str:
    """Return NetSuite's REST name in lower case of a type, however it is written.

    :param known: the record types that are mirrored.
    :return: one of `known`; the name of another type that nobody mirrors; empty for a text or
        number that says nothing.
    """
    plain = "".join(each for each in text.lower() if each.isalnum())
    # A type of the account's own has a number, or a name of its own, behind these letters.
    own = plain.startswith(_CUSTOM)
    name = CUSTOM_TYPE if own else _ALIASES.get(plain, plain)
    return name if name in known or name in _OTHERS else ""


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
