"""Money, receivables and what else stands in a customer payment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kolleno_netsuite.mappers.amounts import Digits
from kolleno_netsuite.mappers.payment import build_payment
from kolleno_netsuite.mappers.queries.record_sources import RECORD_SOURCES, Window, header_query
from kolleno_netsuite.mappers.transaction import InconsistentError, read_transaction

DIGITS = Digits(currency=2, company=2, price=2, quantity=2)
BANK, RECEIVABLE, EXCHANGE, DISCOUNT = "10", "20", "30", "40"


def line(number: int, account: str, foreign: str, base: str, **more: str) -> dict[str, str]:
    """Return a line that posts `base`, debit-positive."""
    return {
        "line": str(number),
        "account": account,
        "foreignamount": foreign,
        "debit": base,
        "mainline": "F" if number else "T",
        **more,
    }


def build(*lines: dict[str, str], **row: str) -> Any:
    header = {
        "id": "1",
        "trandate": "2024-01-01",
        "entity": "5",
        "exchangerate": "1.1",
        "foreigntotal": lines[0]["foreignamount"],
        **row,
    }
    transaction = read_transaction({"row": header, "lines": list(lines)}, "customerpayment")
    return build_payment(transaction, {int(RECEIVABLE)}, DIGITS)


def test_exchange_gain_is_left_out_and_the_receivable_has_the_payments_rate() -> None:
    payment = build(
        line(0, BANK, "100", "110"),
        line(1, RECEIVABLE, "-100", "-108"),
        line(2, EXCHANGE, "0", "-2"),
    )

    assert payment.amount == 100
    assert payment.inbound
    assert [(share.foreign, share.base) for share in payment.receivables] == [(-100, -110)]
    assert not payment.others


def test_discount_is_kept_and_the_receivable_takes_it_too() -> None:
    payment = build(
        line(0, BANK, "98", "98"),
        line(1, RECEIVABLE, "-100", "-100"),
        line(2, DISCOUNT, "2", "2"),
    )

    assert [other.foreign for other in payment.others] == [2]
    assert payment.receivables[0].base == -100


def test_shares_of_several_customers_add_up_to_the_last_cent() -> None:
    payment = build(
        line(0, BANK, "100", "110.01"),
        line(1, RECEIVABLE, "-33.33", "-36.66", subentity="7"),
        line(2, RECEIVABLE, "-33.33", "-36.66", subentity="8"),
        line(3, RECEIVABLE, "-33.34", "-36.69"),
    )

    assert {share.entity for share in payment.receivables} == {5, 7, 8}
    assert sum(share.base for share in payment.receivables) == Decimal("-110.01")


def test_share_of_nothing_is_dropped() -> None:
    payment = build(
        line(0, BANK, "10", "10"),
        line(1, RECEIVABLE, "0", "0"),
        line(2, RECEIVABLE, "-10", "-10", subentity="7"),
    )

    assert [share.entity for share in payment.receivables] == [7]


def test_payment_of_nothing_keeps_one_share() -> None:
    payment = build(line(0, BANK, "0", "0"), line(1, RECEIVABLE, "0", "0"))

    assert payment.amount == 0
    assert len(payment.receivables) == 1


def test_money_that_went_out_is_outbound() -> None:
    payment = build(line(0, BANK, "-10", "-10"), line(1, RECEIVABLE, "10", "10"))

    assert not payment.inbound
    assert payment.amount == 10


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([line(0, BANK, "10", "10"), line(1, DISCOUNT, "-10", "-10")], "receivable_line"),
        ([line(0, BANK, "10", "10"), line(1, RECEIVABLE, "-10", "-9")], "unbalanced"),
        ([line(0, BANK, "10.001", "10"), line(1, RECEIVABLE, "-10.001", "-10")], "decimals"),
        ([line(0, BANK, "10", "10"), line(1, RECEIVABLE, "-9", "-10")], "total"),
    ],
)
def test_what_does_not_add_up_is_refused(lines: list[dict[str, str]], code: str) -> None:
    with pytest.raises(InconsistentError, match=code):
        build(*lines)


def test_payment_method_is_asked_for_unless_the_account_has_no_such_column() -> None:
    source = RECORD_SOURCES["customerpayment"]

    asked = header_query(source, Window()).sql()
    without = header_query(source, Window(), missing={"paymentmethod"}).sql()

    assert "t.paymentmethod AS paymentmethod" in asked
    assert "paymentmethod" not in without
    assert "paymentmethod" in source.optional
