"""A NetSuite customer as one value, with its addresses and its subsidiaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..client import dto
from .text import first_of, plain

Payload = Mapping[str, Any]

# ``customer.searchstage`` of those who are no customers yet, in whichever case.
LEAD_STAGES = ("LEAD", "PROSPECT")


@dataclass(frozen=True)
class Address:
    """One entry of a customer's address book.

    :param internal_id: NetSuite's id of the entry, stable while the address is edited.
    :param name: addressee, or the entry's label.
    :param country: two-letter code, or what NetSuite has instead of it.
    """

    internal_id: int
    name: str
    street: str
    street2: str
    city: str
    state: str
    zip: str
    country: str
    phone: str
    billing: bool
    shipping: bool


@dataclass(frozen=True)
class Customer:
    """What Odoo keeps of a customer.

    :param parent: internal id of the parent customer, 0 for none.
    :param represents: internal id of the subsidiary that an intercompany customer stands for, 0
        for an outside party.
    :param subsidiaries: internal ids, the primary one first; empty without OneWorld.
    :param is_lead: nobody has sold anything to it yet; False where NetSuite does not tell.
    """

    internal_id: int
    reference: str
    name: str
    is_person: bool
    email: str
    phone: str
    website: str
    comment: str
    parent: int
    terms: int
    inactive: bool
    represents: int
    addresses: tuple[Address, ...]
    subsidiaries: tuple[int, ...]
    is_lead: bool = False

    @property
    def main_address(self) -> Address | None:
        """The address of the customer itself: where invoices go, or else the first."""
        billing = [address for address in self.addresses if address.billing]
        return next(iter(billing or self.addresses), None)

    @property
    def other_addresses(self) -> tuple[Address, ...]:
        """The addresses apart from the main one."""
        main = self.main_address
        return tuple(address for address in self.addresses if address is not main)


def read_customer(payload: Payload) -> Customer:
    """Return the customer of a landed payload.

    :param payload: ``{"row": {...}, "addresses": [...], "subsidiaries": [...]}``, all texts.
    :raise ShapeError: the row has no id, or a number or flag is not one.
    """
    row = payload["row"]
    reference = plain(dto.text(row, "entityid", ""))
    return Customer(
        internal_id=dto.integer(row, "id"),
        reference=reference,
        name=_name(row) or reference or str(dto.integer(row, "id")),
        is_person=dto.boolean(row, "isperson", default=False),
        email=plain(dto.text(row, "email", "")),
        phone=first_of(row, "phone", "altphone", "mobilephone"),
        website=plain(dto.text(row, "url", "")),
        comment=dto.text(row, "comments", "").replace("\x00", ""),
        parent=dto.integer(row, "parent", 0),
        terms=dto.integer(row, "terms", 0),
        inactive=dto.boolean(row, "isinactive", default=False),
        represents=dto.integer(row, "representingsubsidiary", 0),
        addresses=tuple(_address(entry) for entry in payload.get("addresses") or ()),
        subsidiaries=_subsidiaries(payload.get("subsidiaries") or ()),
        is_lead=dto.text(row, "searchstage", "").strip().upper() in LEAD_STAGES,
    )


def _name(row: dto.Row) -> str:
    """Return the name; NetSuite keeps a person's in parts, a company's in one column."""
    parts = [plain(dto.text(row, column, "")) for column in ("firstname", "middlename", "lastname")]
    person = " ".join(part for part in parts if part)
    company = first_of(row, "companyname", "altname")
    if dto.boolean(row, "isperson", default=False):
        return person or company
    return company or person


def _address(entry: dto.Row) -> Address:
    lines = [first_of(entry, column) for column in ("addr1", "addr2", "addr3")]
    lines = [line for line in lines if line]
    return Address(
        internal_id=dto.integer(entry, "addressid"),
        name=first_of(entry, "addressee", "attention", "label"),
        street=lines[0] if lines else "",
        street2=", ".join(lines[1:]),
        city=first_of(entry, "city"),
        state=first_of(entry, "state"),
        zip=first_of(entry, "zip"),
        country=first_of(entry, "country"),
        phone=first_of(entry, "addrphone"),
        billing=dto.boolean(entry, "defaultbilling", default=False),
        shipping=dto.boolean(entry, "defaultshipping", default=False),
    )


def _subsidiaries(entries: Any) -> tuple[int, ...]:
    primary_first = sorted(
        entries, key=lambda entry: not dto.boolean(entry, "isprimarysub", default=False)
    )
    return tuple(dto.integer(entry, "subsidiary") for entry in primary_first)
