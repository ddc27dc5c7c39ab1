"""Which lines a tax is for, found by NetSuite's amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.mappers.amounts import Digits, rounded
from kolleno_netsuite.mappers.invoice import InvoiceLine
from kolleno_netsuite.mappers.tax import MOST_LINES, Rates, tax_bases
from kolleno_netsuite.mappers.transaction import COGS, ITEM, NOTE, TAX

DIGITS = Digits(currency=2, company=2, price=2, quantity=2)
YEN = Digits(currency=0, company=2, price=2, quantity=2)
STANDARD, REDUCED, ZERO_RATED, EXEMPT = 7, 8, 9, 10
PERCENTS = {
    STANDARD: Decimal(20),
    REDUCED: Decimal("8.25"),
    ZERO_RATED: Decimal(0),
    EXEMPT: Decimal(0),
}


def line(kind: str, foreign: object, base: object = None, tax_code: int = 0) -> InvoiceLine:
    """Return a line of these amounts; the same in both currencies where one is given."""
    amount = Decimal(str(foreign))
    company = amount if base is None else Decimal(str(base))
    return InvoiceLine(kind, 1, amount, company, Decimal(1), amount, tax_code, "")


def item(foreign: object, base: object = None) -> InvoiceLine:
    """Return a line of what is sold."""
    return line(ITEM, foreign, base)


def tax(code: int, foreign: object, base: object = None) -> InvoiceLine:
    """Return the line of a tax."""
    return line(TAX, foreign, base, code)


def bases(
    *lines: InvoiceLine, exchange: object = 1, digits: Digits = DIGITS
) -> dict[int, set[int]]:
    """Return the bases of the taxes among some lines."""
    rates = Rates(PERCENTS, None if exchange is None else Decimal(str(exchange)))
    return {code: set(found) for code, found in tax_bases(lines, rates, digits).items()}


def test_tax_of_the_whole_document_is_for_all_lines_that_are_sold() -> None:
    lines = (item(-100), line(NOTE, 0), item("-33.33"), item("10.00"), line(COGS, 6))

    assert bases(*lines, tax(STANDARD, "-24.67")) == {STANDARD: {0, 2, 3}}
    assert bases(*lines, tax(STANDARD, "-24.66")) == {}


def test_credit_memo_is_the_mirror_image() -> None:
    assert bases(item(50), tax(STANDARD, 10)) == {STANDARD: {0}}


@pytest.mark.parametrize("amount", ["-0.07", "-0.08"])
def test_tax_rounded_by_document_or_by_line_fits(amount: str) -> None:
    # 8.25 % of 0.30 three times: 0.02 each and 0.07 together; a cent more is neither.
    lines = [item("-0.30")] * 3
    expected = {REDUCED: {0, 1, 2}} if amount == "-0.07" else {}
    assert bases(*lines, tax(REDUCED, amount)) == expected
    assert bases(*lines, tax(REDUCED, "-0.06")) == {REDUCED: {0, 1, 2}}


def test_tax_of_some_lines_is_for_those_that_alone_can_be() -> None:
    lines = (item(-100), item(-40), item("-12.50"))

    assert bases(*lines, tax(STANDARD, -8)) == {STANDARD: {1}}
    assert bases(*lines, tax(STANDARD, "-22.50")) == {STANDARD: {0, 2}}


def test_two_rates_have_lines_of_their_own_and_the_rest_is_zero_rated() -> None:
    lines = (item(-100), item(-40), item(-7))
    taxes = (tax(STANDARD, -20), tax(REDUCED, "-3.30"), tax(ZERO_RATED, 0))

    assert bases(*lines, *taxes) == {STANDARD: {0}, REDUCED: {1}, ZERO_RATED: {2}}


def test_taxes_of_a_group_are_for_the_same_lines() -> None:
    taxes = (tax(STANDARD, -20), tax(REDUCED, "-8.25"))
    assert bases(item(-60), item(-40), *taxes) == {STANDARD: {0, 1}, REDUCED: {0, 1}}


def test_what_fits_in_two_ways_is_not_guessed() -> None:
    assert bases(item(-100), item(-100), tax(STANDARD, -20)) == {}
    assert bases(item(-60), item(-40), item(-100), tax(STANDARD, -20)) == {}
    # One line of both, another of one of them only.
    assert bases(item(-100), item(-40), tax(STANDARD, -28), tax(REDUCED, "-3.30")) == {}
    assert bases(item(-1), tax(ZERO_RATED, 0), tax(EXEMPT, 0)) == {}


def test_code_that_is_not_mapped_or_has_two_lines_leaves_the_whole_document_out() -> None:
    assert bases(item(-100), tax(STANDARD, -20), tax(99, -5)) == {}
    assert bases(item(-100), tax(STANDARD, -20), tax(STANDARD, -20)) == {}
    assert bases(item(-100), tax(ZERO_RATED, "-0.01")) == {}
    assert bases(item(-100)) == {}


def test_company_amounts_fit_by_the_tax_or_by_its_base() -> None:
    sold = item("-33.33", "-36.02")  # a cent more than 33.33 at 1.0804
    for base, fits in (("-7.21", True), ("-7.20", True), ("-7.19", False)):
        found = bases(sold, tax(STANDARD, "-6.67", base), exchange="1.0804")
        assert bool(found) is fits, base
    # Odoo's own rate says nothing about NetSuite's amounts.
    assert bases(sold, tax(STANDARD, "-6.67", "-9.99"), exchange=None) == {STANDARD: {0}}


def test_currency_without_decimals_rounds_to_whole_units() -> None:
    sold = (item(-1003, "-6.70"), tax(STANDARD, -201, "-1.34"))
    assert bases(*sold, exchange="0.00668", digits=YEN) == {STANDARD: {0}}


def test_tax_of_some_of_very_many_lines_is_not_looked_for() -> None:
    few = [item(-(2**n)) for n in range(MOST_LINES)]
    many = [*few, item(-(2**MOST_LINES))]
    assert bases(*few, tax(STANDARD, "-0.20")) == {STANDARD: {0}}
    assert bases(*many, tax(STANDARD, "-0.20")) == {}
    whole = sum((each.foreign for each in many), Decimal(0)) / 5
    assert bases(*many, tax(STANDARD, whole)) == {STANDARD: set(range(MOST_LINES + 1))}


@given(
    st.lists(st.decimals("-99.99", "99.99", places=2), min_size=1, max_size=6),
    st.sampled_from([STANDARD, REDUCED]),
)
def test_base_that_is_found_always_gives_the_tax(amounts: list[Decimal], code: int) -> None:
    lines = [item(amount) for amount in amounts]
    part = sum(amounts[::2], Decimal(0)) * PERCENTS[code] / 100
    owed = tax(code, rounded(part, 2))

    found = bases(*lines, owed).get(code)

    if found is not None:
        percent = PERCENTS[code] / 100
        total = sum((lines[position].foreign for position in found), Decimal(0))
        by_line = sum((rounded(lines[p].foreign * percent, 2) for p in found), Decimal(0))
        assert owed.foreign in (rounded(total * percent, 2), by_line)
