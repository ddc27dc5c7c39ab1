"""How much of two open lines one application settles, in both currencies."""

from __future__ import annotations

from decimal import Decimal

from .invoice import rounded
from .transaction import ZERO


def share(
    amount: Decimal,
    residual: Decimal,
    base_residual: Decimal,
    foreign: Decimal,
    base: Decimal,
    company_digits: int,
) -> Decimal:
    """Return the company amount that goes off a line when `amount` of it is applied.

    What stays open keeps the rate of the line's own document, to the cent; the last application
    takes all that is left. All amounts are positive.

    :param amount: applied, in the line's currency; at most `residual`.
    :param residual: open before the application, in the line's currency.
    :param base_residual: open before the application, in company currency.
    :param foreign: amount of the whole line in its currency.
    :param base: amount of the whole line in company currency.
    :param company_digits: decimal places of the company currency.
    """
    left = residual - amount
    if left <= ZERO or not foreign:
        return base_residual
    return base_residual - rounded(left * base / foreign, company_digits)
