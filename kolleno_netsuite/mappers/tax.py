"""Which lines of an invoice a tax is for, where NetSuite's amounts say so to the cent.

NetSuite tells the tax of a document and not which of its lines it was computed from
(docs/NETSUITE.md 4.9). So the lines are found by the amounts: all of them, or those that are the
only ones whose tax it can be. What does not fit, or fits in two ways, is not guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import Digits, rounded
from .invoice import InvoiceLine
from .transaction import ITEM, TAX, ZERO

# Lines among which those of a tax are looked for: twice as many sums with each line more.
MOST_LINES = 12

# Positions of the lines that a tax is for.
Bases = Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class Rates:
    """What the amounts of a document are computed with.

    :param percents: {tax code: percent of the Odoo tax that it is mapped to}.
    :param exchange: units of company currency for one unit of the document's; None where Odoo's
        own rate is booked, and company amounts say nothing.
    """

    percents: Mapping[int, Decimal]
    exchange: Decimal | None = None


def tax_bases(lines: Sequence[InvoiceLine], rates: Rates, digits: Digits) -> Bases:
    """Return {tax code: positions of the lines that are its base}, where each tax fits.

    All taxes of a document or none: half of them would be half a tax report.

    :param lines: those of an invoice, in its order.
    :return: empty where a code has no rate, has several lines, or an amount does not fit.
    """
    taxes = [line for line in lines if line.kind == TAX]
    codes = [line.tax_code for line in taxes]
    if len(set(codes)) < len(codes) or any(code not in rates.percents for code in codes):
        return {}
    items = [position for position, line in enumerate(lines) if line.kind == ITEM and line.foreign]
    found: dict[int, frozenset[int]] = {}
    free: list[int] = []
    for tax in taxes:
        if not rates.percents[tax.tax_code]:
            free.append(tax.tax_code)
            if tax.foreign or tax.base:
                return {}
            continue
        base = _base(tax, lines, items, rates, digits)
        if base is None:
            return {}
        found[tax.tax_code] = base
    if not _is_sound(found.values()):
        return {}
    if free:
        rest = frozenset(items).difference(*found.values())
        if len(free) > 1 and rest:
            return {}
        found |= dict.fromkeys(free, rest)
    return found


def _is_sound(bases: Collection[frozenset[int]]) -> bool:
    """Tell whether taxes are for the same lines, as those of a group, or for different ones."""
    return all(one == other or not one & other for one in bases for other in bases)


def _base(
    tax: InvoiceLine,
    lines: Sequence[InvoiceLine],
    items: Sequence[int],
    rates: Rates,
    digits: Digits,
) -> frozenset[int] | None:
    """Return the lines that a tax is for; None where none fit, or some and others do."""
    every = frozenset(items)
    if _fits(tax, [lines[position] for position in items], rates, digits):
        return every
    if len(items) > MOST_LINES:
        return None
    found = None
    for base in _sets_of_tax(tax, lines, items, rates, digits):
        if not _fits(tax, [lines[position] for position in base], rates, digits):
            continue
        if found is not None:
            return None
        found = base
    return found


def _sets_of_tax(
    tax: InvoiceLine,
    lines: Sequence[InvoiceLine],
    items: Sequence[int],
    rates: Rates,
    digits: Digits,
) -> list[frozenset[int]]:
    """Return the sets of lines whose sum, at the rate of a tax, comes near its amount."""
    percent = rates.percents[tax.tax_code] / 100
    # Rounded line by line, each may be half a unit off.
    doubt = Decimal(1).scaleb(-digits.currency) * (len(items) + 1)
    sets: list[tuple[Decimal, frozenset[int]]] = [(ZERO, frozenset())]
    for position in items:
        amount = lines[position].foreign * percent
        sets += [(total + amount, chosen | {position}) for total, chosen in sets]
    return [chosen for total, chosen in sets if chosen and abs(total - tax.foreign) <= doubt]


def _fits(tax: InvoiceLine, base: Sequence[InvoiceLine], rates: Rates, digits: Digits) -> bool:
    """Tell whether a tax is what Odoo computes of some lines, in both currencies.

    Both round the tax of the document or that of each line, by a setting. In company currency
    the amount of the document is converted, or the tax of the converted amounts taken.
    """
    percent = rates.percents[tax.tax_code] / 100
    foreign = sum((line.foreign for line in base), ZERO)
    by_line = sum((rounded(line.foreign * percent, digits.currency) for line in base), ZERO)
    if tax.foreign not in (rounded(foreign * percent, digits.currency), by_line):
        return False
    if rates.exchange is None:
        return True
    company = sum((line.base for line in base), ZERO)
    return tax.base in (
        rounded(tax.foreign * rates.exchange, digits.company),
        rounded(foreign * percent * rates.exchange, digits.company),
        rounded(company * percent, digits.company),
    )
