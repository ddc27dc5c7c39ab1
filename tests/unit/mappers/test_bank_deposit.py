"""Bank deposits: which line took which payment along, and what the bank got."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kolleno_netsuite.mappers.amounts import Digits
from kolleno_netsuite.mappers.bank_deposit import BankDeposit, bank_line, build_bank_deposit
from kolleno_netsuite.mappers.transaction import InconsistentError, read_transaction

DIGITS = Digits(currency=2, company=2, price=2, quantity=2)
D = Decimal


def line(number: int, account: str, foreign: str, base: str, **more: str) -> dict[str, str]:
    return {
        "line": str(number),
        "account": account,
        "foreignamount": foreign,
        "amount": base,
        "mainline": "F" if number else "T",
        **more,
    }


def link(payment: int, line_number: int, amount: str) -> dict[str, str]:
    return {
        "previousdoc": str(payment),
        "nextdoc": "1",
        "nextline": str(line_number),
        "foreignamount": amount,
    }


def build(*lines: dict[str, str], links: Any = (), rate: str = "1") -> BankDeposit:
    row = {"id": "1", "tranid": "7", "trandate": "2024-01-01", "exchangerate": rate}
    payload = {"row": row, "lines": list(lines), "links": list(links)}
    return build_bank_deposit(read_transaction(payload, "deposit"), DIGITS)


def test_links_name_the_lines_of_payments_and_the_rest_is_something_else() -> None:
    deposit = build(
        line(0, "10", "146", "146"),
        line(1, "20", "-100", "-100"),
        line(2, "20", "-50", "-50"),
        line(3, "60", "4", "4"),
        links=[link(501, 1, "100"), link(502, 2, "50")],
    )

    assert {paid: each.number for paid, each in deposit.payments.items()} == {501: 1, 502: 2}
    assert [each.number for each in deposit.others] == [3]
    assert deposit.bank.foreign == 146


def test_link_whose_line_is_none_of_the_deposits_goes_by_its_amount() -> None:
    deposit = build(
        line(0, "10", "150", "150"),
        line(1, "20", "-100", "-100"),
        line(2, "20", "-50", "-50"),
        links=[link(502, 9, "50")],
    )

    assert {paid: each.number for paid, each in deposit.payments.items()} == {502: 2}


def test_bank_gets_what_is_kept_at_the_deposits_rate() -> None:
    deposit = build(
        line(0, "10", "150", "165"),
        line(1, "20", "-100", "-110"),
        line(2, "20", "-50", "-55"),
        rate="1.1",
    )

    whole = bank_line(deposit, D(-150), D(-165), D("1.1"), DIGITS)
    part = bank_line(deposit, D(-100), D(-109), D("1.1"), DIGITS)

    assert (whole.foreign, whole.base, whole.exchange) == (150, 165, 0)
    assert (part.foreign, part.base, part.exchange) == (100, 110, -1)


def test_exchange_difference_has_netsuites_account() -> None:
    deposit = build(
        line(0, "10", "112", "112"),
        line(1, "20", "-112", "-110"),
        line(2, "75", "0", "-2"),
        links=[link(501, 1, "112")],
    )

    assert deposit.exchange_account == 75
    assert bank_line(deposit, D(-112), D(-110), D(1), DIGITS).exchange == -2


def test_deposit_that_does_not_balance_is_refused() -> None:
    with pytest.raises(InconsistentError):
        build(line(0, "10", "100", "100"), line(1, "20", "-90", "-90"))
