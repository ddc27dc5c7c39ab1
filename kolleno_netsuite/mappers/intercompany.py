"""What in NetSuite tells that a customer is a company of the own group."""

from __future__ import annotations

from collections.abc import Collection

from ..client import dto
from .customer import Customer
from .transaction import Payload


def customer_signals(customer: Customer, eliminations: Collection[int]) -> dict[str, bool]:
    """Return the signals of a customer, as the fields of a suggestion.

    :param eliminations: internal ids of the elimination subsidiaries.
    :return: ``{"represents": True}``, ``{"eliminated": True}``, both, or nothing
        (docs/FEATURES.md 37).
    """
    signals = {}
    if customer.represents:
        signals["represents"] = True
    if any(subsidiary in eliminations for subsidiary in customer.subsidiaries):
        signals["eliminated"] = True
    return signals


def transaction_signals(payload: Payload) -> dict[str, bool]:
    """Return ``{"paired": True}`` for a transaction paired with one of another subsidiary."""
    row = payload["row"]
    paired = dto.text(row, "intercotransaction", "") or dto.text(row, "intercostatus", "")
    return {"paired": True} if paired else {}
