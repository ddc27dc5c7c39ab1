"""Quantities, prices, signs and checks of a mirrored invoice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.mappers.amounts import Digits, rounded
from kolleno_netsuite.mappers.invoice import build_invoice, quantity_and_price
from kolleno_netsuite.mappers.transaction import InconsistentError, Transaction, read_transaction

DIGITS = Digits(currency=2, company=2, price=2, quantity=2)


def transaction(*items: str, record_type: str = "invoice", **row: str) -> Transaction:
    """Return a transaction whose items have these amounts, debit-positive, at rate 1."""
    amounts = [Decimal(item) for item in items]
    lines = [
        {
            "line": "0",
            "mainline": "T",
            "account": "1",
            "foreignamount": str(-sum(amounts)),
            "debit": str(-sum(amounts)),
        },
        *(
            {"line": str(n), "account": "2", "foreignamount": str(a), "debit": str(a)}
            for n, a in enumerate(amounts, start=1)
        ),
    ]
    header = {
        "id": "1",
        "tranid": "X1",
        "trandate": "2024-01-01",
        "entity": "5",
        "exchangerate": "1",
        "foreigntotal": str(abs(sum(amounts))),
        **row,
    }
    return read_transaction({"row": header, "lines": lines}, record_type)


def test_invoice_shows_positive_amounts_and_credits_income() -> None:
    invoice = build_invoice(transaction("-70", "-30"), DIGITS)

    assert invoice.move_type == "out_invoice"
    assert invoice.total == 100
    assert invoice.receivable.base == 100
    assert [line.price for line in invoice.lines] == [70, 30]


def test_credit_memo_is_the_mirror_image() -> None:
    invoice = build_invoice(transaction("70", "30", record_type="creditmemo"), DIGITS)

    assert invoice.move_type == "out_refund"
    assert invoice.total == 100
    assert invoice.receivable.base == -100
    assert [line.price for line in invoice.lines] == [70, 30]


@pytest.mark.parametrize(
    ("record_type", "item", "move_type"),
    [
        ("invoice", "10", "out_refund"),
        ("invoice", "0", "out_invoice"),
        ("creditmemo", "-10", "out_invoice"),
        ("creditmemo", "0", "out_refund"),
    ],
)
def test_type_follows_the_sign_because_odoo_posts_no_negative_total(
    record_type: str, item: str, move_type: str
) -> None:
    invoice = build_invoice(transaction(item, record_type=record_type), DIGITS)

    assert invoice.move_type == move_type
    assert invoice.total >= 0


def test_header_that_differs_from_the_lines_is_refused() -> None:
    with pytest.raises(InconsistentError, match="total"):
        build_invoice(transaction("-10", foreigntotal="11"), DIGITS)


def test_more_decimals_than_the_currency_are_refused() -> None:
    yen = Digits(currency=0, company=0, price=2, quantity=2)

    with pytest.raises(InconsistentError, match="decimals"):
        build_invoice(transaction("-10.50"), yen)


@pytest.mark.parametrize(
    ("shown", "quantity", "rate", "expected"),
    [
        ("300", "-3", "100", ("3", "100.00")),
        ("-100", "1", "100", ("-1", "100.00")),
        ("-25", "-1", "-25", ("1", "-25.00")),
        ("10", "-3", "3.3333333", ("1", "10")),
        ("10", "-4", "", ("4", "2.50")),
        ("10", "", "", ("1", "10")),
        ("12.35", "1.2345", "10", ("1", "12.35")),
        ("0", "-3", "5", ("3", "0")),
    ],
)
def test_quantity_and_price_give_the_amount_to_the_cent(
    shown: str, quantity: str, rate: str, expected: tuple[str, str]
) -> None:
    found = quantity_and_price(Decimal(shown), Decimal(quantity or 0), Decimal(rate or 0), DIGITS)

    assert found == (Decimal(expected[0]), Decimal(expected[1]))


CENTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)


@given(shown=CENTS, quantity=CENTS, rate=CENTS)
def test_product_is_always_the_amount(shown: Decimal, quantity: Decimal, rate: Decimal) -> None:
    units, price = quantity_and_price(shown, quantity, rate, DIGITS)

    assert rounded(units * price, 2) == shown
    assert rounded(units, 2) == units
    assert rounded(price, 2) == price


@given(items=st.lists(CENTS, min_size=1, max_size=30))
def test_lines_and_receivable_always_balance(items: list[Decimal]) -> None:
    invoice = build_invoice(transaction(*map(str, items)), DIGITS)

    assert sum(line.base for line in invoice.lines) + invoice.receivable.base == 0
    assert invoice.total == abs(sum(items))


@pytest.mark.parametrize("mainline", ["T", "F"])
def test_instalments_are_one_receivable_whichever_of_them_is_a_main_line(mainline: str) -> None:
    part = {"account": "1", "foreignamount": "50", "debit": "50"}
    lines = [
        {"line": "0", "mainline": "T", **part},
        {"line": "1", "account": "2", "item": "7", "foreignamount": "-100", "credit": "100"},
        {"line": "2", "mainline": mainline, **part},
    ]
    header = {"id": "1", "trandate": "2024-01-01", "entity": "5", "exchangerate": "1"}

    invoice = build_invoice(read_transaction({"row": header, "lines": lines}, "invoice"), DIGITS)

    assert (invoice.receivable.foreign, invoice.receivable.base) == (100, 100)
    assert invoice.instalments == 2
    assert [line.foreign for line in invoice.lines] == [-100]


def test_main_lines_on_two_accounts_are_refused() -> None:
    lines = [
        {"line": "0", "mainline": "T", "account": "1", "foreignamount": "50", "debit": "50"},
        {"line": "1", "mainline": "T", "account": "3", "foreignamount": "-50", "credit": "50"},
    ]
    header = {"id": "1", "trandate": "2024-01-01", "entity": "5", "exchangerate": "1"}

    with pytest.raises(InconsistentError, match="main_line"):
        build_invoice(read_transaction({"row": header, "lines": lines}, "invoice"), DIGITS)
