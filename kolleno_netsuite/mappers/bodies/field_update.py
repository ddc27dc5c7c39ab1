"""The body of a field update: one PATCH with all fields of one record, and what may stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .values import Value, body_of, shown_body

# NetSuite computes these, or they are no fields of the record itself: sent, they are ignored at
# best (docs/NETSUITE.md, Writing), so that nobody would ever see the change.
COMPUTED_FIELDS = frozenset(
    {
        *("id", "internalid", "links", "refname", "externalid", "createddate", "datecreated"),
        *("lastmodifieddate", "total", "subtotal", "taxtotal", "tax2total", "discounttotal"),
        *("amountpaid", "amountremaining", "amountremainingtotalbox", "amountdue"),
        *("balance", "consolidatebalance", "overduebalance", "consoloverduebalance"),
        *("depositbalance", "consoldepositbalance", "unbilledorders", "consolunbilledorders"),
        *("applied", "unapplied", "pending", "refundedamounttotalbox", "status", "statusref"),
        *("prevdate", "source", "createdfrom", "originator", "transactionnumber"),
        # Lines: what is sent without a line's key is added to them.
        *("item", "expense", "itemcost", "time", "line", "apply", "credit", "deposit", "other"),
        *("addressbook", "contactroles", "currencylist", "salesteam", "grouppricing"),
        *("itempricing", "submachine", "installment", "giftcertredemption", "taxdetails"),
    }
)
# What the ledger rests on. An administrator may take a field off this list.
PROTECTED_FIELDS = (
    *("entity", "customer", "subsidiary", "currency", "exchangeRate", "tranDate", "postingPeriod"),
    *("tranId", "account", "arAcct", "receivablesAccount", "approvalStatus"),
    *("payment", "undepFunds", "autoApply", "discountItem", "discountRate", "shippingCost"),
    *("handlingCost", "billingAddress", "billAddressList", "customForm", "voided", "void"),
    *("memorized", "taxItem", "taxRate", "entityId", "isInactive", "parent", "isPerson"),
)


class Change(NamedTuple):
    """A field of a record and the value that it is to have.

    :param field: as the REST record service spells it.
    :param kind: one of `client.metadata.KINDS`.
    :param value: in the form of `values`; None clears it.
    """

    field: str
    kind: str
    value: Value


def is_computed(field: str) -> bool:
    """Tell whether NetSuite fills a field itself, or it is no field of the record's own."""
    return field.lower() in COMPUTED_FIELDS


def is_protected(field: str, protected: Iterable[str]) -> bool:
    """Tell whether a field is among those that may not be written, whatever its spelling."""
    return field.lower() in {each.strip().lower() for each in protected}


def body(changes: Iterable[Change]) -> dict[str, object]:
    """Return the body of the PATCH; numbers are Decimal."""
    return {each.field: body_of(each.value, each.kind) for each in changes}


def shown(changes: Iterable[Change]) -> dict[str, object]:
    """Return the body as it is kept and shown as JSON."""
    return {each.field: shown_body(each.value, each.kind) for each in changes}


def differing(meant: Mapping[str, Value], stored: Mapping[str, Value]) -> dict[str, Value]:
    """Return {field: what NetSuite has instead} of what was meant; an unread field differs not.

    :param stored: what was read; a field that could not be read is left out.
    """
    return {
        field: stored[field]
        for field, value in meant.items()
        if field in stored and stored[field] != value
    }
