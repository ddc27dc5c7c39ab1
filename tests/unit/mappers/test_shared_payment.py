"""Payments that a customer makes for others, of whom some are left out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.mappers.amounts import Digits
from kolleno_netsuite.mappers.payment import Payment, PaymentLine
from kolleno_netsuite.mappers.shared_payment import OFFSET, mirrored_part
from kolleno_netsuite.mappers.transaction import InconsistentError

DIGITS = Digits(2, 2, 2, 2)
PAYER, CHILD, OTHER = 1, 2, 3
AR, BANK = 119, 122


def payment(shares: dict[int, str], rate: str = "1") -> Payment:
    """Return a payment of so much for each customer, its money at `rate`."""
    lines = tuple(
        PaymentLine(AR, -Decimal(amount), -(Decimal(amount) * Decimal(rate)), customer, "")
        for customer, amount in shares.items()
    )
    total = -sum((line.foreign for line in lines), Decimal(0))
    base = -sum((line.base for line in lines), Decimal(0))
    return Payment(total, True, PaymentLine(BANK, total, base, PAYER, ""), lines, ())


def balances(found: Payment) -> dict[int, Decimal]:
    """Return {customer: what a payment takes off what it owes}."""
    amounts: dict[int, Decimal] = {}
    for line in found.receivables:
        amounts[line.entity] = amounts.get(line.entity, Decimal(0)) - line.foreign
    return amounts


def test_payment_for_nobody_left_out_stays_as_it_is() -> None:
    whole = payment({PAYER: "40", CHILD: "60"})

    assert mirrored_part(whole, PAYER, {OTHER}, {CHILD: Decimal(60)}, DIGITS) is whole


def test_mirrored_payers_money_is_kept_and_the_others_share_is_set_apart() -> None:
    found = mirrored_part(payment({PAYER: "40", CHILD: "60"}, "1.5"), PAYER, {CHILD}, {}, DIGITS)

    assert (found.amount, found.money.account) == (Decimal(100), BANK)
    assert balances(found) == {PAYER: Decimal(40)}
    [apart] = found.others
    assert (apart.account, apart.foreign, apart.base) == (OFFSET, Decimal(-60), Decimal("-90.0"))


def test_left_out_payers_money_is_not_mirrored() -> None:
    found = mirrored_part(payment({PAYER: "40", CHILD: "60"}, "1.5"), PAYER, {PAYER}, {}, DIGITS)

    assert (found.amount, found.inbound, found.others) == (Decimal(60), True, ())
    assert (found.money.account, found.money.base) == (OFFSET, Decimal("90.0"))
    assert balances(found) == {CHILD: Decimal(60)}


@pytest.mark.parametrize("left_out", [PAYER, CHILD])
def test_applications_tell_where_all_is_on_the_payers_line(left_out: int) -> None:
    found = mirrored_part(
        payment({PAYER: "100"}, "1.111"), PAYER, {left_out}, {CHILD: Decimal(60)}, DIGITS
    )

    mirrored = {PAYER: {CHILD: Decimal(60)}, CHILD: {PAYER: Decimal(40)}}[left_out]
    assert balances(found) == mirrored


def test_payment_of_a_left_out_payer_for_nobody_else_is_refused() -> None:
    with pytest.raises(InconsistentError):
        mirrored_part(payment({PAYER: "40"}), PAYER, {PAYER}, {}, DIGITS)


cents = st.integers(1, 99_999).map(lambda number: str(Decimal(number) / 100))


@given(
    st.dictionaries(st.sampled_from((PAYER, CHILD, OTHER)), cents, min_size=1),
    st.sets(st.sampled_from((PAYER, CHILD, OTHER)), max_size=2),
    st.decimals("0.01", "9", places=4),
    st.booleans(),
)
def test_any_payment_balances_and_mirrored_customers_keep_their_share(
    shares: dict[int, str], left_out: set[int], rate: Decimal, is_on_own_line: bool
) -> None:
    paid = {customer: Decimal(amount) for customer, amount in shares.items()}
    total = sum(paid.values(), Decimal(0))
    whole = payment({PAYER: str(total)} if is_on_own_line else shares, str(rate))
    mirrored = {customer: paid[customer] for customer in paid.keys() - left_out}
    if not mirrored and PAYER in left_out:
        return

    found = mirrored_part(whole, PAYER, left_out, paid, DIGITS)

    lines = (found.money, *found.others, *found.receivables)
    assert sum(line.foreign for line in lines) == 0
    assert sum(line.base for line in lines) == 0
    assert not found.receivables or not left_out.intersection(balances(found))
    if not is_on_own_line or (left_out and PAYER in left_out):
        assert balances(found) == mirrored
