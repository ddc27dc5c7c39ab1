"""The comparisons that suggestions rest on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.mappers.account_types import ODOO_TYPES, can_stand_for
from kolleno_netsuite.mappers.suggestion import (
    Candidate,
    Why,
    best_account,
    best_name,
    last_part,
    names_fit,
    own_name,
    same_account,
    same_name,
)

CHART = [
    Candidate(1, "Product Sales", "400000"),
    Candidate(2, "Other Income", "450000"),
    Candidate(3, "Account Receivable", "121000"),
    Candidate(4, "Cash Discount Gain", "4430"),
]


@pytest.mark.parametrize(
    ("number", "name", "expected", "why"),
    [
        ("450000", "Freight", 2, Why.NUMBER),
        ("4500", "Income", 2, Why.PADDED_NUMBER),
        ("4500", "Product Sales", 1, Why.NAME),
        ("4500.10", "Other Income Europe", 2, Why.NUMBER_PREFIX),
        ("4500-10", "Product Sales", 1, Why.NAME),
        ("9999", "Sales : PRODUCT sales", 1, Why.NAME),
        ("", "Sales, product", 1, Why.NAME),
        ("", "Accounts Receivable", 3, Why.LIKENESS),
    ],
)
def test_best_account_prefers_the_stronger_evidence(
    number: str, name: str, expected: int, why: Why
) -> None:
    match = best_account(number, name, CHART)

    assert match is not None
    assert (match.candidate.id, match.why) == (expected, why)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        *(("", ""), ("9999", "Freight"), ("45", "Income"), ("4", "Sales")),
        # Filled up or cut, and beside another name.
        *(("4500", "Freight"), ("4500.10", "Freight"), ("4500", "")),
    ],
)
def test_best_account_is_silent_without_evidence(number: str, name: str) -> None:
    assert best_account(number, name, CHART) is None


def test_number_with_a_letter_is_not_padded() -> None:
    assert best_account("400A", "Freight", [Candidate(1, "Sales", "400A00")]) is None


def test_best_name_is_silent_without_candidates() -> None:
    assert best_name("Product Sales", []) is None


@given(st.text(), st.text())
def test_the_same_name_is_claimed_only_for_the_same_words(name: str, other: str) -> None:
    match = best_name(name, [Candidate(1, other)])

    if match and match.why is Why.NAME:
        again = best_name(other, [Candidate(1, last_part(name))])
        assert again is None or again.why is Why.NAME or " : " in other


@pytest.mark.parametrize(
    ("display_name", "number", "expected"),
    [
        ("4000 Sales", "4000", "Sales"),
        ("4000 - Sales", "4000", "Sales"),
        ("4000", "4000", "4000"),
        ("Sales", "", "Sales"),
        ("401k Plan", "4000", "401k Plan"),
    ],
)
def test_own_name_drops_the_number(display_name: str, number: str, expected: str) -> None:
    assert own_name(display_name, number) == expected


@pytest.mark.parametrize(
    ("number", "name", "code", "odoo_name", "same"),
    [
        ("4000", "Product Sales", "4000", "Product Sales", True),
        (" 4000 ", "Income : Product  sales", "4000", "PRODUCT Sales", True),
        ("4000", "Product Sales", "400000", "Product Sales", False),
        ("2200", "Customer Deposits", "220000", "Salary Payable", False),
        ("4000", "Product Sales", "4000", "Sales of Products", False),
        ("", "Product Sales", "", "Product Sales", False),
        ("4000", "", "4000", "", False),
    ],
)
def test_account_is_the_same_by_number_and_name_only(
    number: str, name: str, code: str, odoo_name: str, same: bool
) -> None:
    assert same_account(number, name, Candidate(1, odoo_name, code)) is same


@pytest.mark.parametrize(
    ("name", "other", "fits"),
    [
        ("Sales", "Product Sales", True),
        ("Income : Product Sales Europe", "Sales, product", True),
        ("Accounts Receivable", "Account Receivable", True),
        ("Bad Debt Expense", "Salary Expenses", False),
        ("Customer Deposits", "Salary Payable", False),
        ("Freight Income", "Other Income", False),
        ("", "Product Sales", False),
        ("Sales", "", False),
    ],
)
def test_names_fit_when_alike_or_when_one_says_more_than_the_other(
    name: str, other: str, fits: bool
) -> None:
    assert names_fit(name, other) is fits


def test_name_is_the_same_but_for_capitals_and_blanks() -> None:
    assert same_name("Net  30", "net 30")
    assert not same_name("Net 30", "30 Days")
    assert not same_name("", "")


def test_only_receivables_stand_for_receivables() -> None:
    assert can_stand_for("AcctRec", "asset_receivable")
    assert not can_stand_for("AcctRec", "asset_current")
    assert not can_stand_for("Income", "asset_receivable")
    assert not can_stand_for("Bank", "liability_payable")
    assert can_stand_for("Bank", "liability_current")


def test_every_listed_type_can_stand_for_its_account_type() -> None:
    for account_type, odoo_types in ODOO_TYPES.items():
        assert all(can_stand_for(account_type, odoo_type) for odoo_type in odoo_types)
