"""What stays open after an application keeps the rate of its document."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from kolleno_netsuite.mappers.application import share
from kolleno_netsuite.mappers.invoice import rounded

CENTS = st.integers(1, 10**8).map(lambda cents: Decimal(cents) / 100)
RATES = st.decimals(min_value="0.0001", max_value="2000", places=6)


def test_partial_leaves_open_amount_at_the_documents_rate() -> None:
    taken = share(Decimal(40), Decimal(100), Decimal(108), Decimal(100), Decimal(108), 2)

    assert Decimal(108) - taken == Decimal("64.80")


def test_last_application_takes_all_that_is_left() -> None:
    taken = share(
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
        open_base -= share(part, open_amount, open_base, total, base, 2)
        open_amount -= part
        assert open_base == rounded(open_amount * base / total, 2)
    open_base -= share(open_amount, open_amount, open_base, total, base, 2)

    assert open_base == 0
