from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from netsuite_simulator.errors import BookError

from .bench import Bench

D = Decimal


def deposit(bench: Bench, *payments: int, **fields: Any) -> int:
    items = [{"id": payment, "deposit": True} for payment in payments]
    return bench.ledger.create("deposit", {"payment": {"items": items}, **fields})


def links(bench: Bench, document: int) -> list[tuple[Any, ...]]:
    return [
        (*row[:3], D(row[3]) / 10**8)
        for row in bench.rows(
            "SELECT previousdoc, nextdoc, linktype, foreignamount FROM previoustransactionlinelink"
            " WHERE previousdoc = ?1 OR nextdoc = ?1 ORDER BY previousdoc",
            document,
        )
    ]


def status(bench: Bench, document: int) -> str:
    return str(bench.row("transaction", document)["status"])


def test_deposit_takes_payments_to_the_bank(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    first, second = bench.payment(customer, 60, {invoice: 60}), bench.payment(customer, 40)
    before = bench.ledger.balances()

    made = deposit(bench, first, second)

    assert bench.lines(made) == [
        ("1000", 0, D(100), D(100)),
        ("1090", 1, D(-60), D(-60)),
        ("1090", 2, D(-40), D(-40)),
    ]
    assert links(bench, made) == [(first, made, "Deposit", D(60)), (second, made, "Deposit", D(40))]
    assert [status(bench, each) for each in (first, second)] == ["C", "C"]
    assert bench.ledger.balances() == before
    assert bench.ledger.read("deposit", made)["total"] == 100
    bench.check()


def test_deposit_has_fees_and_cash_back_and_no_total_below_zero(bench: Bench) -> None:
    customer = bench.customer()
    payment = bench.payment(customer, 100)
    fee = {"account": {"id": str(bench.setup.accounts["4000"])}, "amount": -4}
    back = {"account": {"id": str(bench.setup.accounts["1000"])}, "amount": 6}

    made = deposit(bench, payment, other={"items": [fee]}, cashBack={"items": [back]})

    assert bench.lines(made) == [
        ("1000", 0, D(90), D(90)),
        ("1090", 1, D(-100), D(-100)),
        ("4000", 2, D(4), D(4)),
        ("1000", 3, D(6), D(6)),
    ]
    with pytest.raises(BookError, match="less than zero"):
        bench.ledger.update("deposit", made, {"other": {"items": [{**fee, "amount": -101}]}})


def test_null_leaves_a_deposit_its_currency_and_rate(bench: Bench) -> None:
    made = deposit(bench, bench.payment(bench.customer(), 100))
    before = bench.row("transaction", made)
    nothing = dict.fromkeys(("currency", "exchangeRate", "subsidiary", "tranDate", "tranId"))

    bench.ledger.update("deposit", made, nothing)

    after = bench.row("transaction", made)
    assert {**after, "lastmodifieddate": None} == {**before, "lastmodifieddate": None}
    bench.check()


def test_payment_in_another_currency_leaves_at_its_own_value(bench: Bench) -> None:
    customer = bench.customer()
    payment = bench.payment(customer, 100, currency="EUR", exchangeRate="1.1")

    made = deposit(bench, payment)

    assert bench.lines(made) == [("1000", 0, D(110), D(110)), ("1090", 1, D(-110), D(-110))]


def test_refund_in_undeposited_funds_lowers_the_deposit(bench: Bench) -> None:
    customer = bench.customer()
    credit = bench.credit(customer, 30)
    undeposited = {"id": str(bench.setup.accounts["1090"])}
    refund = bench.refund(customer, {credit: 30}, account=undeposited)
    payment = bench.payment(customer, 100)

    made = deposit(bench, payment, refund)

    assert bench.lines(made)[0] == ("1000", 0, D(70), D(70))


def test_payments_wait_again_when_they_leave_a_deposit(bench: Bench) -> None:
    customer = bench.customer()
    first, second = bench.payment(customer, 60), bench.payment(customer, 40)
    made = deposit(bench, first, second)

    out = {"payment": {"items": [{"id": first, "deposit": False}]}}
    bench.ledger.update("deposit", made, out)

    assert [status(bench, each) for each in (first, second)] == ["B", "C"]
    assert links(bench, made) == [(second, made, "Deposit", D(40))]

    bench.act("void", {"id": made})
    assert status(bench, second) == "B"
    assert [line[2] for line in bench.lines(made)] == [0, 0]

    again = deposit(bench, first, second)
    bench.act("delete", {"id": again})
    assert [status(bench, each) for each in (first, second)] == ["B", "B"]
    assert links(bench, again) == []
    assert bench.rows("SELECT type FROM deletedrecord WHERE recordid = ?", again) == [("Deposit",)]
    bench.check()


def test_what_is_deposited_stays_and_only_what_waits_can_be(bench: Bench) -> None:
    customer = bench.customer()
    payment = bench.payment(customer, 60)
    at_once = bench.payment(customer, 40, account={"id": str(bench.setup.accounts["1000"])})
    deposit(bench, payment)

    for refused in (payment, at_once, bench.invoice(customer, 5)):
        with pytest.raises(BookError, match="not waiting to be deposited"):
            deposit(bench, refused)
    with pytest.raises(BookError, match="linked to"):
        bench.act("delete", {"id": payment})
    with pytest.raises(BookError, match="linked to"):
        bench.act("void", {"id": payment})


@pytest.mark.parametrize("word", ["Deposit", "Payment", "none"])
def test_links_have_the_word_of_the_switch(bench: Bench, word: str) -> None:
    payment = bench.payment(bench.customer(), 60)
    made = deposit(bench, payment)
    bench.ledger.change_switches({"deposit_links": word})

    expected = [] if word == "none" else [(payment, made, word, D(60))]

    assert links(bench, made) == expected
    assert bench.open(payment) == 60


@pytest.mark.parametrize("moves", [True, False])
def test_depositing_moves_the_payments_date_or_not(bench: Bench, moves: bool) -> None:
    payment = bench.payment(bench.customer(), 60)
    bench.ledger.change_switches({"deposit_touches_payment": moves})
    before = bench.row("transaction", payment)["lastmodifieddate"]
    bench.ledger.clock.advance(60)

    deposit(bench, payment)

    assert (bench.row("transaction", payment)["lastmodifieddate"] != before) is moves
