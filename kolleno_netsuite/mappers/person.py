"""Contact persons that stand in e-mail fields of customers and invoices.

A person is told apart by customer, record type, field and address (docs/FEATURES.md 27):
the same address in another field stands for another role and is another person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..client import dto
from .addresses import find_addresses
from .customer import read_customer
from .text import plain


@dataclass(frozen=True)
class Person:
    """One address of one field.

    :param source_id: the key by which the person is found again.
    :param field: SuiteQL's name of the field.
    :param email: lower case, without blanks.
    :param first_name: how to address the person; empty when nobody knows.
    """

    source_id: str
    field: str
    email: str
    name: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""


def source_id(customer: int, record_type: str, field: str, email: str) -> str:
    """Return the key of a person.

    :param record_type: ``customer`` or ``invoice``.
    :param email: the address in lower case.
    """
    return f"netsuite_person_{customer}_{record_type}_{field}_{email}"


def customer_persons(
    payload: Mapping[str, Any], fields: Iterable[str], by_attention: bool = False
) -> list[Person]:
    """Return the persons of a customer's own e-mail fields.

    :param payload: the customer's landed payload.
    :param fields: SuiteQL's names of the fields.
    :param by_attention: named after the *Attention* of the address (billing first) instead of
        the customer; after the customer where that is empty.
    """
    row = payload["row"]
    customer = read_customer(payload)
    attention = _attention(payload.get("addresses") or ()) if by_attention else ""
    name, (first, last) = attention or customer.name, _parts(attention)
    if not attention and customer.is_person:
        first, last = (plain(dto.text(row, column, "")) for column in ("firstname", "lastname"))
    return [
        Person(
            source_id=source_id(customer.internal_id, "customer", field, email),
            field=field,
            email=email,
            name=name,
            first_name=first,
            last_name=last,
            phone=customer.phone,
        )
        for field in fields
        for email in _emails(row, field)
    ]


def invoice_persons(row: dto.Row, fields: Mapping[str, str]) -> list[Person]:
    """Return the persons of an invoice's e-mail fields.

    :param row: the invoice's own row; ``entity`` is its customer.
    :param fields: {SuiteQL's name of an e-mail field: name of the field with the person's name,
        or an empty text}. One name cannot be that of several addresses: they are named after
        their local parts, as all are without a name.
    """
    customer = dto.integer(row, "entity")
    persons = []
    for field, name_field in fields.items():
        found = _emails(row, field)
        given = plain(dto.text(row, name_field, "")) if name_field and len(found) == 1 else ""
        first, last = _parts(given)
        persons += [
            Person(
                source_id=source_id(customer, "invoice", field, email),
                field=field,
                email=email,
                name=given or email.partition("@")[0],
                first_name=first,
                last_name=last,
            )
            for email in found
        ]
    return persons


def _emails(row: dto.Row, field: str) -> list[str]:
    """Return the addresses in a field, in lower case: the case makes no other person."""
    return [address.lower() for address in find_addresses(dto.text(row, field, "")).addresses]


def _attention(entries: Iterable[dto.Row]) -> str:
    billing_first = sorted(
        entries, key=lambda entry: not dto.boolean(entry, "defaultbilling", default=False)
    )
    return next(
        (name for entry in billing_first if (name := plain(dto.text(entry, "attention", "")))), ""
    )


def _parts(name: str) -> tuple[str, str]:
    """Return the first word of a name and the others."""
    first, _blank, last = name.partition(" ")
    return first, last.strip()
