"""How much of two open lines one application settles, in both currencies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from .amounts import rounded
from .transaction import ZERO


@dataclass(frozen=True)
class OpenBalance:
    """What NetSuite itself says is open of one line of a document, positive.

    :param amount: in the document's currency.
    :param base: in the base currency of its subsidiary.
    """

    amount: Decimal
    base: Decimal


@dataclass(frozen=True)
class OpenLine:
    """One open line, positive in both currencies.

    :param residual: open, in the line's currency; `base_residual` in company currency.
    :param foreign: amount of the whole line; `base` likewise.
    """

    residual: Decimal
    base_residual: Decimal
    foreign: Decimal
    base: Decimal

    def less(self, settled: OpenBalance) -> OpenLine:
        """Return what is left of the line when so much of it is settled."""
        return OpenLine(
            self.residual - settled.amount,
            self.base_residual - settled.base,
            self.foreign,
            self.base,
        )


LineT = TypeVar("LineT")


def set_off(
    debits: Iterable[tuple[LineT, OpenLine]], payers: Iterable[tuple[LineT, OpenLine]], digits: int
) -> list[tuple[LineT, LineT, OpenBalance]]:
    """Settle debits with what pays them, the first ones first, until one side is used up.

    Both lines settle the same company amount, so nothing is gained or lost; a cent that their
    own rounding leaves stays open on one of them, as it does in the sums of NetSuite.

    :param digits: decimal places of the company currency.
    :return: debit, credit and what both settle, in both currencies.
    """
    settled = []
    left = list(payers)
    for debit, owed in debits:
        while left and owed.residual > ZERO:
            credit, paying = left.pop(0)
            amount = min(owed.residual, paying.residual)
            base = min(
                settled_company_amount(
                    amount, each.residual, each.base_residual, each.foreign, each.base, digits
                )
                for each in (owed, paying)
            )
            off = OpenBalance(amount, base)
            settled.append((debit, credit, off))
            owed, paying = owed.less(off), paying.less(off)
            if paying.residual > ZERO:
                left.insert(0, (credit, paying))
    return settled


def settled_company_amount(
    amount: Decimal,
    residual: Decimal,
    base_residual: Decimal,
    foreign: Decimal,
    base: Decimal,
    company_digits: int,
    open_balance: OpenBalance | None = None,
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
    :param open_balance: what NetSuite says is open in the end; None where it does not tell.
    """
    left = residual - amount
    if left <= ZERO or not foreign:
        return base_residual
    if open_balance and open_balance.amount <= left:
        way = (left - open_balance.amount) * (base_residual - open_balance.base)
        way /= residual - open_balance.amount
        left_base = open_balance.base + rounded(way, company_digits)
    else:
        left_base = rounded(left * base / foreign, company_digits)
    return max(base_residual - left_base, ZERO)
