"""A NetSuite contact as one value, with the customers that it is attached to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..client import dto
from .text import first_of, plain

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Contact:
    """What Odoo keeps of a contact.

    :param name: first, middle and last name, or else NetSuite's own name of the contact.
    :param first_name: how to address the contact; NetSuite's own name when it has no first name.
    :param title: the job title.
    :param email: text of the main e-mail field, or of the other one when that is empty.
    :param companies: {internal id of a customer: what the contact is to it}, without doubles;
        what is no customer of Odoo's is among them.
    """

    internal_id: int
    name: str
    first_name: str
    last_name: str
    title: str
    email: str
    alt_email: str
    phone: str
    mobile: str
    companies: Mapping[int, str]
    inactive: bool
    private: bool


def read_contact(payload: Payload) -> Contact:
    """Return the contact of a landed payload.

    :param payload: ``{"row": {...}, "companies": [{contact, company, role, role_name}]}``.
    :raise ShapeError: the row has no id, or a number or flag is not one.
    """
    row = payload["row"]
    internal_id = dto.integer(row, "id")
    entity_id = plain(dto.text(row, "entityid", "")) or str(internal_id)
    parts = [plain(dto.text(row, column, "")) for column in ("firstname", "middlename", "lastname")]
    emails = [plain(dto.text(row, column, "")) for column in ("email", "altemail")]
    return Contact(
        internal_id=internal_id,
        name=" ".join(part for part in parts if part) or entity_id,
        first_name=parts[0] or entity_id,
        last_name=parts[2],
        title=plain(dto.text(row, "title", "")),
        email=emails[0] or emails[1],
        alt_email=emails[1],
        phone=first_of(row, "phone", "officephone", "mobilephone"),
        mobile=plain(dto.text(row, "mobilephone", "")),
        companies=_companies(row, payload.get("companies") or ()),
        inactive=dto.boolean(row, "isinactive", default=False),
        private=dto.boolean(row, "isprivate", default=False),
    )


def _companies(row: dto.Row, relationships: Any) -> dict[int, str]:
    """Return the companies in the order of their ids; the contact's own one has its own role."""
    own = dto.integer(row, "company", 0)
    found = {own: plain(dto.text(row, "role_name", ""))} if own else {}
    for relationship in relationships:
        company = dto.integer(relationship, "company")
        role = plain(dto.text(relationship, "role_name", ""))
        found[company] = role or found.get(company, "")
    return dict(sorted(found.items()))
