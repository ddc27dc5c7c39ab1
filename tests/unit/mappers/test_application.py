"""What stays open after an application keeps the rate of its document."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from kolleno_netsuite.mappers.amounts import rounded
from kolleno_netsuite.mappers.application import (
    OpenBalance,
    OpenLine,
    set_off,
    settled_company_amount,
)
from kolleno_netsuite.mappers.open_balance import open_balance

CENTS = st.integers(1, 10**8).map(lambda cents: Decimal(cents) / 100)
RATES = st.decimals(min_value="0.0001", max_value="2000", places=6)


def test_partial_leaves_open_amount_at_the_documents_rate() -> None:
    taken = settled_company_amount(
        Decimal(40), Decimal(100), Decimal(108), Decimal(100), Decimal(108), 2
    )

    assert Decimal(108) - taken == Decimal("64.80")


def test_last_application_takes_all_that_is_left() -> None:
    taken = settled_company_amount(
        Decimal("33.34"), Decimal("33.34"), Decimal("36.02"), Decimal(100), Decimal(108), 2
    )

    assert taken == Decimal("36.02")


@given(total=CENTS, rate=RATES, parts=st.lists(CENTS, max_size=8))
def test_any_sequence_of_applications_ends_at_zero(
    total: Decimal, rate: Decimal, parts: list[Decimal]
) -> None:
    assume(sum(parts) < total)
    base = rounded(total * rate, 2)
    open_amount, open_base = total, base

    for part in parts:
        open_base -= settled_company_amount(part, open_amount, open_base, total, base, 2)
        open_amount -= part
        assert open_base == rounded(open_amount * base / total, 2)
    open_base -= settled_company_amount(open_amount, open_amount, open_base, total, base, 2)

    assert open_base == 0


def test_application_that_reaches_what_netsuite_tells_leaves_its_company_amount() -> None:
    # Half of 1,985,201 yen at 0.006545: 6,496.775 stays open and could be rounded either way.
    for left in (Decimal("6496.77"), Decimal("6496.78")):
        taken = settled_company_amount(
            Decimal(992_600),
            Decimal(1_985_201),
            Decimal("12993.14"),
            Decimal(1_985_201),
            Decimal("12993.14"),
            2,
            OpenBalance(Decimal(992_601), left),
        )

        assert Decimal("12993.14") - taken == left


@given(
    total=CENTS,
    rate=RATES,
    parts=st.lists(CENTS, min_size=1, max_size=8),
    off=st.sampled_from([Decimal("-0.01"), Decimal(0), Decimal("0.01")]),
)
def test_any_sequence_of_applications_ends_at_what_netsuite_tells(
    total: Decimal, rate: Decimal, parts: list[Decimal], off: Decimal
) -> None:
    assume(sum(parts) < total)
    base = rounded(total * rate, 2)
    left = total - sum(parts)
    balance = OpenBalance(left, min(base, max(Decimal(0), rounded(left * base / total, 2) + off)))
    open_amount, open_base = total, base

    for part in parts:
        taken = settled_company_amount(part, open_amount, open_base, total, base, 2, balance)
        assert 0 <= taken <= open_base
        open_base -= taken
        open_amount -= part

    assert open_base == balance.base


def test_what_netsuite_tells_is_left_out_once_more_is_applied() -> None:
    balance = OpenBalance(Decimal(70), Decimal("75.61"))

    taken = settled_company_amount(
        Decimal(50), Decimal(100), Decimal(108), Decimal(100), Decimal(108), 2, balance
    )

    assert taken == Decimal("54.00")


def test_open_amounts_are_read_from_where_they_stand() -> None:
    row = {"foreignpaymentamountunused": "-40"}
    main, receivable = {"mainline": "T"}, {"mainline": "F"}

    for lines in (
        [{**main, "paymentamountunused": "43.21"}, receivable],
        [main, {**receivable, "paymentamountunused": "-43.21"}],
        [
            {**main, "paymentamountunused": "43.21"},
            {**receivable, "paymentamountunused": "43.21"},
        ],
    ):
        assert open_balance({"row": row, "lines": lines}) == OpenBalance(
            Decimal(40), Decimal("43.21")
        )


def test_nothing_is_told_without_a_company_amount() -> None:
    assert (
        open_balance({"row": {"foreignamountunpaid": "40"}, "lines": [{"mainline": "T"}]}) is None
    )
    assert open_balance({"row": {}, "lines": [{"mainline": "T", "amountunpaid": "4"}]}) is None


def open_line(amount: Decimal, rate: Decimal, used: Decimal = Decimal(0)) -> OpenLine:
    """Return a line of which a part is used already."""
    base = rounded(amount * rate, 2)
    used = min(used, amount)
    spent = settled_company_amount(used, amount, base, amount, base, 2) if used else Decimal(0)
    return OpenLine(amount - used, base - spent, amount, base)


@given(
    debits=st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=4),
    payers=st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=4),
    rate=RATES,
)
def test_set_off_uses_one_side_up_and_gains_nothing(
    debits: list[tuple[Decimal, Decimal]], payers: list[tuple[Decimal, Decimal]], rate: Decimal
) -> None:
    sides = [
        [(number, open_line(amount, rate, used)) for number, (amount, used) in enumerate(side)]
        for side in (debits, payers)
    ]

    settled = set_off(sides[0], sides[1], 2)

    left = [dict(side) for side in sides]
    for debit, payer, balance in settled:
        for side, number in zip(left, (debit, payer), strict=True):
            side[number] = side[number].less(balance)
            assert side[number].residual >= 0
            assert side[number].base_residual >= 0
    rest = [sum(line.residual for line in side.values()) for side in left]
    before = [sum(line.residual for _number, line in side) for side in sides]
    assert min(rest) == 0
    assert rest[0] - rest[1] == before[0] - before[1]


def test_set_off_leaves_the_cent_of_another_rounding_open() -> None:
    rate = Decimal("1.0735")
    debits = [(0, open_line(Decimal("33.33"), rate)), (1, open_line(Decimal("16.67"), rate))]

    settled = set_off(debits, [(2, open_line(Decimal(50), rate))], 2)

    assert settled == [
        (0, 2, OpenBalance(Decimal("33.33"), Decimal("35.78"))),
        (1, 2, OpenBalance(Decimal("16.67"), Decimal("17.90"))),
    ]


def test_set_off_of_one_side_alone_is_nothing() -> None:
    assert set_off([(0, open_line(Decimal(5), Decimal(1)))], [], 2) == []
