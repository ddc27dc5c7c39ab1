"""How much of two open lines one application settles, in both currencies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .invoice import rounded
from .transaction import ZERO


@dataclass(frozen=True)
class Told:
    """What NetSuite itself says is open of one line of a document, positive.

    :param amount: in the document's currency.
    :param base: in the base currency of its subsidiary.
    """

    amount: Decimal
    base: Decimal


def share(
    amount: Decimal,
    residual: Decimal,
    base_residual: Decimal,
    foreign: Decimal,
    base: Decimal,
    company_digits: int,
    told: Told | None = None,
) -> Decimal:
    """Return the company amount that goes off a line when `amount` of it is applied.

    What NetSuite tells decides: once the line stands at its open amount, it stands at its company
    amount as well, and applications before the last one share the way there. Without that, what
    stays open keeps the rate of the line's own document, to the cent. The last application takes
    all that is left. All amounts are positive.

    :param amount: applied, in the line's currency; at most `residual`.
    :param residual: open before the application, in the line's currency.
    :param base_residual: open before the application, in company currency.
    :param foreign: amount of the whole line in its currency.
    :param base: amount of the whole line in company currency.
    :param company_digits: decimal places of the company currency.
    :param told: what NetSuite says is open in the end; None where it does not tell.
    """
    left = residual - amount
    if left <= ZERO or not foreign:
        return base_residual
    if told and told.amount <= left:
        way = (left - told.amount) * (base_residual - told.base) / (residual - told.amount)
        left_base = told.base + rounded(way, company_digits)
    else:
        left_base = rounded(left * base / foreign, company_digits)
    return max(base_residual - left_base, ZERO)
