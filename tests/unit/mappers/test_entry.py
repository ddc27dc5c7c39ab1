"""Deposits, deposit applications, refunds and journals as items of Odoo's entries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kolleno_netsuite.mappers.amounts import Digits
from kolleno_netsuite.mappers.entry import (
    MOST_OTHERS,
    build_deposit_application,
    build_journal,
    other_side,
)
from kolleno_netsuite.mappers.payment import build_payment
from kolleno_netsuite.mappers.queries.record_sources import record_source
from kolleno_netsuite.mappers.transaction import InconsistentError, Transaction, read_transaction

DIGITS = Digits(currency=2, company=2, price=2, quantity=2)
BANK, RECEIVABLE, DEPOSITS, EXCHANGE = "10", "20", "25", "30"


def read(record_type: str, *lines: dict[str, str], **more: Any) -> Transaction:
    header = {
        "id": "1",
        "tranid": "D1",
        "trandate": "2024-01-01",
        "exchangerate": "1.1",
        **({} if record_type == "journalentry" else {"entity": "5"}),
        **more.pop("row", {}),
    }
    return read_transaction({"row": header, "lines": list(lines), **more}, record_type)


def line(number: int, account: str, foreign: str, base: str, **more: str) -> dict[str, str]:
    return {
        "line": str(number),
        "account": account,
        "foreignamount": foreign,
        "debit": base,
        "mainline": "F" if number else "T",
        **more,
    }


def test_deposit_stands_on_the_account_of_deposits_at_its_own_rate() -> None:
    deposit = build_payment(
        read("customerdeposit", line(0, BANK, "100", "110"), line(1, DEPOSITS, "-100", "-110")),
        set(),
        DIGITS,
    )

    assert deposit.inbound
    (kept,) = deposit.receivables
    assert (kept.account, kept.foreign, kept.base, kept.deposit) == (25, -100, -110, True)


def test_refund_pays_credits_and_deposits_back_at_its_own_rate() -> None:
    refund = build_payment(
        read(
            "customerrefund",
            line(0, BANK, "-100", "-110"),
            line(1, RECEIVABLE, "60", "65"),
            line(2, DEPOSITS, "40", "43"),
            line(3, EXCHANGE, "0", "2"),
            links=[
                {
                    "nextline": "1",
                    "previousdoc": "7",
                    "foreignamount": "60",
                    "previoustype": "CustCred",
                },
                {
                    "nextline": "2",
                    "previousdoc": "8",
                    "foreignamount": "40",
                    "previoustype": "CustDep",
                },
            ],
        ),
        {int(RECEIVABLE)},
        DIGITS,
    )

    assert not refund.inbound
    assert refund.amount == 100
    assert [(each.foreign, each.base, each.deposit) for each in refund.receivables] == [
        (60, 66, False),
        (40, 44, True),
    ]


def test_deposit_application_moves_a_deposit_to_the_receivable_at_the_deposits_rate() -> None:
    items = build_deposit_application(
        read(
            "depositapplication",
            line(0, RECEIVABLE, "-100", "-108"),
            line(1, DEPOSITS, "100", "110"),
            line(2, EXCHANGE, "0", "-2"),
        ),
        {int(RECEIVABLE)},
        DIGITS,
    )

    assert [(item.foreign, item.base, item.deposit) for item in items] == [
        (100, 110, True),
        (-100, -110, False),
    ]


@pytest.mark.parametrize(
    ("code", "lines", "row"),
    [
        ("unbalanced", [line(0, RECEIVABLE, "-1", "-1"), line(1, DEPOSITS, "1", "2")], {}),
        (
            "total",
            [line(0, RECEIVABLE, "-1", "-1"), line(1, DEPOSITS, "1", "1")],
            {"foreigntotal": "2"},
        ),
        ("receivable_line", [line(0, BANK, "-1", "-1"), line(1, DEPOSITS, "1", "1")], {}),
        ("decimals", [line(0, RECEIVABLE, "-.001", "0"), line(1, DEPOSITS, ".001", "0")], {}),
    ],
)
def test_deposit_application_that_does_not_add_up_is_refused(
    code: str, lines: list[dict[str, str]], row: dict[str, str]
) -> None:
    with pytest.raises(InconsistentError, match=code):
        build_deposit_application(
            read("depositapplication", *lines, row=row), {int(RECEIVABLE)}, DIGITS
        )


def test_journal_keeps_each_line_with_its_number_customer_and_side() -> None:
    items = build_journal(
        read(
            "journalentry",
            {**line(0, RECEIVABLE, "30", "33"), "subentity": "7", "subsidiary": "2"},
            {**line(4, RECEIVABLE, "-30", "-33"), "subentity": "8"},
        ),
        DIGITS,
    )

    assert [(item.number, item.entity, item.foreign, item.base) for item in items] == [
        (0, 7, 30, 33),
        (4, 8, -30, -33),
    ]


def test_journal_has_no_customer_and_the_subsidiary_of_its_first_line() -> None:
    journal = read(
        "journalentry", {**line(3, RECEIVABLE, "30", "33"), "subentity": "7", "subsidiary": "2"}
    )

    assert (journal.entity, journal.subsidiary) == (0, 2)
    assert journal.lines[0].base == Decimal(33)


def test_other_side_of_a_journal_is_booked_line_by_line_without_exchange_differences() -> None:
    journal = read(
        "journalentry",
        line(1, RECEIVABLE, "-100", "-110"),
        others=[
            line(0, "71", "60", "66", memo="Goods lost"),
            line(2, "72", "40", "44"),
            line(3, EXCHANGE, "0", "2"),
        ],
    )

    assert [
        (each.account, each.foreign, each.base, each.number) for each in other_side(journal, DIGITS)
    ] == [
        (71, 60, 66, 0),
        (72, 40, 44, 2),
    ]
    assert other_side(journal, DIGITS)[0].label == "Goods lost"
    assert len(build_journal(journal, DIGITS)) == 1


def test_other_side_that_cannot_be_read_stops_no_customers_line() -> None:
    for bad in ({"account": "x"}, {"foreignamount": "1.001", "debit": "1.10"}):
        journal = read(
            "journalentry",
            line(1, RECEIVABLE, "-100", "-110"),
            others=[{**line(0, "71", "100", "110"), **bad}],
        )
        assert other_side(journal, DIGITS) == ()
        assert len(build_journal(journal, DIGITS)) == 1


def test_journal_of_very_many_lines_is_told_by_account() -> None:
    lines = [line(n, "71" if n % 2 else "72", "1", "1.10") for n in range(MOST_OTHERS)]
    few = read("journalentry", line(999, RECEIVABLE, "1", "1.10"), others=lines)
    many = read(
        "journalentry",
        line(999, RECEIVABLE, "1", "1.10"),
        others=[*lines, line(900, "71", "1", "2")],
    )

    assert len(other_side(few, DIGITS)) == MOST_OTHERS
    assert {
        (each.account, each.foreign, each.base, each.number) for each in other_side(many, DIGITS)
    } == {
        (71, 101, Decimal("112.00"), -1),
        (72, 100, Decimal("110.00"), -1),
    }


def test_other_lines_are_stored_beside_those_of_customers_and_only_there() -> None:
    part = record_source("journalentry").parts[0]
    owed = {"line": "1", "accttype": "AcctRec", "customer": "5", "account": "20"}
    other = {"line": "0", "accttype": "Expense", "account": "71", "debit": "5", "entity": "9"}
    vendor = {"line": "2", "accttype": "AcctRec", "account": "20", "credit": "5"}

    stored = part.stored([other, owed, vendor], lambda row: False)

    assert stored == {
        "lines": [owed],
        "others": [
            {"line": "0", "account": "71", "debit": "5"},
            {"line": "2", "account": "20", "credit": "5"},
        ],
    }
    assert part.stored([other, vendor], lambda row: False) == {"lines": [], "others": []}
    assert part.stored([other], lambda row: True)["lines"] == [other]
