"""Which contacts a first import would mirror: by their flags and what they are attached to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ...client import dto
from ...client.errors import NetsuiteError
from ...client.suiteql import Query, column, same
from .open_amounts import Rows


@dataclass
class Attached:
    """A contact that is attached to customers.

    :param customers: internal ids.
    """

    inactive: bool
    private: bool
    customers: set[int] = field(default_factory=set)


def attached_contacts(client: Rows, missing: Collection[str] = ()) -> dict[int, Attached]:
    """Return {internal id: `Attached`} of the contacts of at least one customer.

    :param missing: aliases of columns and parts that this account does not have.
    :raise NetsuiteError: NetSuite cannot or will not answer.
    """
    flags = [name for name in ("isinactive", "isprivate") if name not in missing]
    own = (
        Query("contact", "n")
        .join("customer", "c", same("c.id", "n.company"))
        .select(contact=column("n.id"), company=column("n.company"))
    )
    more = (
        Query("companycontactrelationship", "r")
        .join("contact", "n", same("n.id", "r.contact"))
        .join("customer", "c", same("c.id", "r.company"))
        .select(contact=column("r.contact"), company=column("r.company"))
    )
    found: dict[int, Attached] = {}
    for query in (own, more):
        query = query.select(**{name: column(f"n.{name}") for name in flags})
        try:
            for row in client.rows(query.keyset("contact", "company")):
                _note(found, row)
        except NetsuiteError as error:
            # Not every account shows to whom else a contact belongs.
            if query.table != more.table or error.code != "UNKNOWN_TABLE":
                raise
    return found


def _note(found: dict[int, Attached], row: dto.Row) -> None:
    contact = found.setdefault(
        dto.integer(row, "contact"),
        Attached(
            inactive=dto.boolean(row, "isinactive", default=False),
            private=dto.boolean(row, "isprivate", default=False),
        ),
    )
    contact.customers.add(dto.integer(row, "company"))
