"""Links are applications by their type, and where that is unknown, by what is used of the payer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kolleno_netsuite.mappers.links import LINK_TYPES, Link, read_links
from kolleno_netsuite.mappers.transaction import Transaction, read_transaction

PAYMENT, CREDIT, REFUND = "customerpayment", "creditmemo", "customerrefund"


def payload(*links: dict[str, str], total: str = "100", unused: str | None = "0") -> dict[str, Any]:
    """Return what was landed of a payer with these links, each between other lines."""
    base = {"nextdoc": "9", "nextline": "1", "previousline": "0", "linktype": "Payment"}
    row = {"id": "9", "foreigntotal": total}
    if unused is not None:
        row["foreignpaymentamountunused"] = unused
    return {"row": row, "links": [{**base, **link} for link in links]}


def link(paid: int, amount: str = "", linktype: str = "Payment", **more: str) -> dict[str, str]:
    """Return a row of the link table; one without amount has no column."""
    return {
        "previousdoc": str(paid),
        "linktype": linktype,
        **({"foreignamount": amount} if amount else {}),
        **more,
    }


def amounts(found: tuple[Link, ...]) -> dict[int, Decimal]:
    return {each.paid: each.amount for each in found}


@pytest.mark.parametrize("linktype", LINK_TYPES)
def test_refund_of_a_deposit_is_known_by_each_type(linktype: str) -> None:
    found = read_links(payload(link(3, "100", linktype, previoustype="CustDep")), REFUND)

    assert found.applied == (Link(1, 3, 0, Decimal(100), deposit=True),)


def test_unknown_type_is_no_application_when_the_known_ones_explain_all_that_is_used() -> None:
    found = read_links(payload(link(3, "100"), link(4, "100", "CreatedFrom")), CREDIT)

    assert amounts(found.applied) == {3: 100}
    assert not found.unclear


def test_unknown_type_is_an_application_when_the_known_ones_leave_its_amount() -> None:
    found = read_links(payload(link(3, "60"), link(4, "40", "Settle")), PAYMENT)

    assert amounts(found.applied) == {3: 60, 4: 40}
    assert not found.unclear


def test_unknown_type_is_unclear_when_it_is_larger_than_what_is_left() -> None:
    found = read_links(payload(link(3, "60"), link(4, "70", "Settle")), PAYMENT)

    assert amounts(found.applied) == {3: 60}
    assert found.unclear == (4,)


def test_unknown_type_is_unclear_when_nothing_tells_what_is_used() -> None:
    found = read_links(payload(link(3, "60"), link(4, "40", "Settle"), unused=None), PAYMENT)

    assert amounts(found.applied) == {3: 60}
    assert found.unclear == (4,)


def test_link_without_amount_has_what_the_others_leave() -> None:
    found = read_links(payload(link(3, "60"), link(4, "0"), total="-100"), CREDIT)

    assert amounts(found.applied) == {3: 60, 4: 40}


def test_links_without_amount_are_unclear_when_there_are_several() -> None:
    found = read_links(payload(link(3, "60"), link(4, "0"), link(5)), PAYMENT)

    assert amounts(found.applied) == {3: 60}
    assert found.unclear == (4, 5)


def test_link_without_amount_is_nothing_when_nothing_is_left() -> None:
    found = read_links(payload(link(3, "60"), link(4, "0"), unused="40"), PAYMENT)

    assert amounts(found.applied) == {3: 60}
    assert not found.unclear


def test_link_without_amount_beside_one_of_the_same_lines_is_nothing() -> None:
    found = read_links(payload(link(3, "60"), link(3, "0", "CreatedFrom")), PAYMENT)

    assert amounts(found.applied) == {3: 60}
    assert not found.unclear


def test_refund_is_used_wholly_whatever_the_header_says() -> None:
    found = read_links(payload(link(3, "0", "Refund"), unused=None), REFUND)

    assert amounts(found.applied) == {3: 100}


def test_deposit_application_takes_as_much_of_the_deposit_as_it_pays() -> None:
    rows = (
        link(3, "0", "DepAppl", previoustype="CustDep"),
        link(4, "70", previoustype="CustInvc"),
        link(5, "30", "Settle", previoustype="CustInvc"),
    )

    found = read_links(payload(*rows, unused=None), "depositapplication")

    assert amounts(found.applied) == {3: 100, 4: 70, 5: 30}


def test_each_line_of_a_journal_has_links_of_its_own() -> None:
    rows = (link(3, "0", nextline="1"), link(4, "25", "Settle", nextline="2"))
    journal = payload(*rows)
    journal["lines"] = [
        {"line": "1", "foreignamount": "-30", "foreignpaymentamountunused": "10"},
        {"line": "2", "foreignamount": "-40", "foreignpaymentamountunused": "40"},
    ]

    found = read_links(journal, "journalentry")

    assert amounts(found.applied) == {3: 20}
    assert not found.unclear


def discounted(*links: dict[str, str], unused: str = "0") -> Transaction:
    """Return a payment of 98 that settles 100, by a discount of 2."""
    paid = payload(*links, total="98", unused=unused)
    paid["row"] |= {"trandate": "2024-01-01", "entity": "5", "exchangerate": "1"}
    amounts = (("bank", "98"), ("receivable", "-100"), ("discount", "2"))
    paid["lines"] = [
        {
            "line": str(number),
            "mainline": "F" if number else "T",
            "account": str(number + 1),
            "foreignamount": amount,
            "amount": amount,
        }
        for number, (_name, amount) in enumerate(amounts)
    ]
    return read_transaction(paid, PAYMENT)


@pytest.mark.parametrize("told", ["100", "98"])
def test_discount_settles_whether_the_link_includes_it_or_not(told: str) -> None:
    found = discounted(link(3, told))

    assert amounts(found.links) == {3: 100}
    assert not found.unclear


def test_discount_on_one_of_several_documents_is_unclear() -> None:
    found = discounted(link(3, "58"), link(4, "40"))

    assert amounts(found.links) == {3: 58, 4: 40}
    assert found.unclear == (3, 4)


def test_discount_of_a_payment_that_is_not_used_up_is_not_added() -> None:
    found = discounted(link(3, "60"), unused="40")

    assert amounts(found.links) == {3: 60}


def test_what_is_missing_for_another_reason_is_no_discount() -> None:
    found = discounted(link(3, "90"))

    assert amounts(found.links) == {3: 90}
