"""Amounts as NetSuite rounds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .transaction import (
    COGS,
    InconsistentError,
    Line,
)


@dataclass(frozen=True)
class Digits:
    """Decimal places: of the two currencies, and of Odoo's prices and quantities."""

    currency: int
    company: int
    price: int
    quantity: int


def check_decimals(lines: Iterable[Line], digits: Digits) -> None:
    """Refuse amounts that Odoo would round.

    :raise InconsistentError: an amount has more decimals than its currency has in Odoo.
    """
    for line in lines:
        if line.kind != COGS and rounded(line.foreign, digits.currency) != line.foreign:
            raise InconsistentError("decimals", amount=line.foreign, digits=digits.currency)
        if rounded(line.base, digits.company) != line.base:
            raise InconsistentError("decimals", amount=line.base, digits=digits.company)


def rounded(amount: Decimal, places: int) -> Decimal:
    """Return an amount rounded half up, as NetSuite and Odoo do."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
