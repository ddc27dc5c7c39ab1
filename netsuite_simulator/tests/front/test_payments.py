"""Payments that a client writes: credits, deposits, unapplying, and what people do with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books
from netsuite_simulator.tests.front.paying import Paying, line, lines, refusal

BELOW = "The total of the amounts applied cannot exceed the amount of the transaction."


@pytest.fixture
def paying(simulator: RunningSimulator, books: Books) -> Iterator[Paying]:
    paying = Paying(simulator, books)
    yield paying
    paying.check_books()


def method(paying: Paying, name: str) -> str:
    return str(paying.row(f"SELECT id FROM paymentmethod WHERE name = '{name}'")["id"])


# === Made, changed, read === #


def test_payment_over_several_invoices_shows_what_was_written(paying: Paying) -> None:
    first, second = paying.invoice(100), paying.invoice(50)
    wire = method(paying, "Wire Transfer")
    payment = paying.paid(
        payment=130, externalId="K-1", memo="Kolleno 1", checkNumber="77",
        paymentOption={"id": wire}, undepFunds={"id": "T"},
        arAcct={"id": paying.account("1100")}, tranDate="2026-03-04",
        apply=lines(line(first, 100), line(second, 20)),
    )  # fmt: skip
    body = paying.get(payment)
    shown = paying.row(
        "SELECT t.externalid, t.memo, t.paymentmethod, t.paymentoption, t.status, t.otherrefnum,"
        " BUILTIN.DF(t.paymentoption) AS method, BUILTIN.DF(t.status) AS text,"
        " BUILTIN.DF(t.postingperiod) AS period, t.foreignpaymentamountunused AS unused"
        f" FROM transaction t WHERE t.id = {payment}"
    )

    assert (body["payment"], body["applied"], body["unapplied"]) == (130, 120, 10)
    assert (body["externalId"], body["memo"], body["checkNumber"]) == ("K-1", "Kolleno 1", "77")
    assert body["paymentOption"]["refName"] == "Wire Transfer"
    assert "paymentMethod" not in body
    assert body["undepFunds"]["id"] == "T"
    assert body["postingPeriod"]["refName"] == "Mar 2026"
    assert body["status"] == {"id": "B", "refName": "Not Deposited"}
    assert body["balance"] == 20
    assert shown == {
        "externalid": "K-1", "memo": "Kolleno 1", "paymentmethod": wire, "paymentoption": wire,
        "status": "B", "otherrefnum": "77", "method": "Wire Transfer",
        "text": "Payment : Not Deposited", "period": "Mar 2026", "unused": "10",
    }  # fmt: skip
    assert (paying.open(first), paying.open(second)) == (0, 30)


def test_payment_into_a_bank_account_is_deposited(paying: Paying) -> None:
    account = {"id": paying.account("1000")}
    payment = paying.paid(payment=10, undepFunds={"id": "F"}, account=account)
    nowhere = paying.post(payment=10, undepFunds={"id": "F"})

    assert paying.get(payment)["status"]["id"] == "C"
    assert paying.get(payment)["account"]["id"] == str(account["id"])
    assert refusal(nowhere) == (400, "USER_ERROR", "Please enter value(s) for: Account.")


@pytest.mark.parametrize("off", [{"apply": False}, {"amount": 0}, {"apply": False, "amount": 5}])
def test_line_unapplies_and_leaves_the_others(paying: Paying, off: dict[str, Any]) -> None:
    first, second = paying.invoice(100), paying.invoice(50)
    payment = paying.paid(payment=150, apply=lines(line(first, 100), line(second, 50)))
    answer = paying.patch(payment, apply=lines({"doc": {"id": first}, **off}))

    assert answer.status_code == 204
    assert (paying.open(first), paying.open(second), paying.open(payment)) == (100, 0, 100)


def test_line_changes_its_amount_and_another_is_added(paying: Paying) -> None:
    first, second = paying.invoice(100), paying.invoice(50)
    payment = paying.paid(payment=100, apply=lines(line(first, 100)))
    answer = paying.call(
        "PATCH", f"/customerPayment/{payment}",
        {"apply": lines(line(first, 60), line(second, 40))},
    )  # fmt: skip

    assert answer.status_code == 204
    assert (paying.open(first), paying.open(second), paying.open(payment)) == (40, 10, 0)


@pytest.mark.parametrize("body", [{"apply": None}, {"apply": {"items": None}}])
def test_null_unapplies_all(paying: Paying, body: dict[str, Any]) -> None:
    first = paying.invoice(100)
    payment = paying.paid(payment=100, apply=lines(line(first, 100)))

    assert paying.patch(payment, **body).status_code == 204
    assert (paying.open(first), paying.open(payment)) == (100, 100)


def test_replaced_sublist_unapplies_what_it_does_not_name(paying: Paying) -> None:
    first, second = paying.invoice(100), paying.invoice(50)
    payment = paying.paid(payment=100, apply=lines(line(first, 100)))
    answer = paying.call(
        "PATCH", f"/customerPayment/{payment}?replace=apply", {"apply": lines(line(second, 50))}
    )

    assert answer.status_code == 204, answer.text
    assert (paying.open(first), paying.open(second), paying.open(payment)) == (100, 0, 50)


def test_put_makes_and_then_changes_the_same_payment(paying: Paying) -> None:
    invoice = paying.invoice(100)
    body = {"payment": 60, "apply": lines(line(invoice, 60))}
    answers = [paying.put("K-2", **body), paying.put("K-2", **body), paying.put("K-2", payment=70)]

    assert [answer.status_code for answer in answers] == [204] * 3
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert paying.count() == 1
    assert paying.open(invoice) == 40


def test_rate_counts_when_a_payment_is_made_and_stays(paying: Paying) -> None:
    euro = paying.row("SELECT id FROM currency WHERE symbol = 'EUR'")["id"]
    invoice = paying.invoice(100, currency={"id": euro}, exchangeRate=1.1)
    payment = paying.paid(
        payment=100, currency={"id": euro}, exchangeRate=1.2, apply=lines(line(invoice, 100))
    )
    same = paying.patch(payment, exchangeRate=1.2, memo="same")
    other = paying.patch(payment, exchangeRate=1.3)
    paying.simulator.switches(locked_field_changed="ignored")
    ignored = paying.patch(payment, exchangeRate=1.3)

    assert (same.status_code, other.status_code, ignored.status_code) == (204, 400, 204)
    assert "element exchangeRate" in refusal(other)[2]
    assert paying.get(payment)["exchangeRate"] == 1.2


def test_debit_line_of_a_journal_is_paid_by_its_line(paying: Paying) -> None:
    journal = paying.journal(30)
    payment = paying.paid(payment=30, apply=lines(line(journal, 30, line=1)))
    applied = paying.get(payment)["apply"]["items"]

    assert [(each["doc"]["id"], each["line"], each["amount"]) for each in applied] == [
        (str(journal), 1, 30)
    ]
    assert paying.open(journal) == 0


# === Credits and deposits === #


@pytest.mark.parametrize("kind", ["credit memo", "payment", "journal"])
def test_credit_pays_a_part_and_the_payment_the_rest(paying: Paying, kind: str) -> None:
    invoice = paying.invoice(100)
    credit = {
        "credit memo": lambda: paying.credit_memo(40),
        "payment": lambda: paying.paid(payment=40),
        "journal": lambda: paying.journal(-40),
    }[kind]()
    more = {"line": 1} if kind == "journal" else {}
    payment = paying.paid(
        payment=60, apply=lines(line(invoice, 100)), credit=lines(line(credit, 40, **more))
    )
    body = paying.get(payment)

    assert (paying.open(invoice), paying.open(credit), paying.open(payment)) == (0, 0, 0)
    assert [(each["doc"]["id"], each["amount"]) for each in body["apply"]["items"]] == [
        (str(invoice), 60)
    ]
    assert body["credit"]["items"] == []


def test_payment_without_amount_is_what_credits_leave(paying: Paying) -> None:
    invoice, credit = paying.invoice(100), paying.credit_memo(40)
    payment = paying.paid(apply=lines(line(invoice)), credit=lines(line(credit)))

    assert paying.get(payment)["payment"] == 60
    assert (paying.open(invoice), paying.open(credit)) == (0, 0)


def test_credit_is_used_as_far_as_it_is_needed(paying: Paying) -> None:
    invoice, credit = paying.invoice(30), paying.credit_memo(40)
    answer = paying.post(payment=0, apply=lines(line(invoice, 30)), credit=lines(line(credit)))
    more = paying.post(
        payment=0, apply=lines(line(paying.invoice(5), 5)), credit=lines(line(credit, 10))
    )

    assert answer.status_code == 204
    assert (paying.open(invoice), paying.open(credit)) == (0, 10)
    assert refusal(more)[2] == "The total of the credits cannot exceed the amount that is applied."


def test_customer_deposit_is_used_by_an_application_of_its_own(paying: Paying) -> None:
    first, second, deposit = paying.invoice(30), paying.invoice(50), paying.deposit(70)
    payment = paying.paid(
        payment=10, apply=lines(line(first, 30), line(second, 50)), deposit=lines(line(deposit))
    )
    made = paying.row(
        "SELECT COUNT(*) AS n, SUM(foreigntotal) AS total FROM transaction"
        f" WHERE type = 'DepAppl' AND entity = {paying.customer}"
    )

    assert made == {"n": "1", "total": "70"}
    assert paying.get(payment)["deposit"]["items"] == []
    assert [paying.open(each) for each in (first, second, deposit, payment)] == [0] * 4


def test_open_credits_and_deposits_are_listed(paying: Paying) -> None:
    credit, deposit = paying.credit_memo(40), paying.deposit(30)
    unapplied, journal = paying.paid(payment=20), paying.journal(-10)
    body = paying.get(paying.paid(payment=5))

    assert {each["doc"]["id"]: each["due"] for each in body["credit"]["items"]} == {
        str(credit): 40, str(unapplied): 20, str(journal): 10,
    }  # fmt: skip
    assert [(each["doc"]["id"], each["remaining"]) for each in body["deposit"]["items"]] == [
        (str(deposit), 30)
    ]


def test_changed_payment_takes_a_credit_in_its_place(paying: Paying) -> None:
    invoice = paying.invoice(100)
    payment = paying.paid(payment=60, apply=lines(line(invoice, 60)))
    credit = paying.credit_memo(40)
    answer = paying.patch(payment, apply=lines(line(invoice, 100)), credit=lines(line(credit, 40)))

    assert answer.status_code == 204, answer.text
    assert (paying.open(invoice), paying.open(credit), paying.open(payment)) == (0, 0, 0)


@pytest.mark.parametrize("sublist", ["credit", "deposit"])
def test_more_than_a_credit_has_is_refused(paying: Paying, sublist: str) -> None:
    made = paying.credit_memo(40) if sublist == "credit" else paying.deposit(40)
    invoice = paying.invoice(100)
    answer = paying.post(
        payment=0, apply=lines(line(invoice, 50)), **{sublist: lines(line(made, 50))}
    )

    assert refusal(answer)[:2] == (400, "USER_ERROR")
    assert (paying.open(invoice), paying.open(made)) == (100, 40)


def test_credit_and_deposit_of_others_are_on_no_list(paying: Paying, books: Books) -> None:
    other = Paying(paying.simulator, books)
    invoice, credit, deposit = paying.invoice(100), other.credit_memo(10), other.deposit(10)
    own = paying.credit_memo(10)
    bodies: list[dict[str, Any]] = [
        {"credit": lines(line(credit, 10))},
        {"deposit": lines(line(deposit, 10))},
        # Neither is a deposit a credit, nor a credit a deposit.
        {"credit": lines(line(paying.deposit(10), 10))},
        {"deposit": lines(line(own, 10))},
    ]
    for body in bodies:
        answer = paying.post(payment=0, apply=lines(line(invoice, 10)), **body)
        sublist = next(iter(body))
        assert refusal(answer) == (
            400, "USER_ERROR", f"Adding new line to sublist {sublist} is not allowed.",
        )  # fmt: skip
    assert paying.open(invoice) == 100


@pytest.mark.parametrize("answer", ["no_location", "zero_id", "refused"])
def test_payment_of_nothing_ties_a_credit_and_is_no_record(paying: Paying, answer: str) -> None:
    paying.simulator.switches(payment_zero_answer=answer)
    invoice, credit = paying.invoice(100), paying.credit_memo(40)
    body = {"payment": 0, "apply": lines(line(invoice, 40)), "credit": lines(line(credit, 40))}
    posted = paying.put("K-zero", **body)
    found = paying.simulator.call("GET", "/record/v1/customerPayment/eid:K-zero")

    assert paying.count() == 0
    assert found.status_code == 404
    if answer == "refused":
        assert refusal(posted)[2] == "Please enter value(s) for: Payment Amount."
        assert (paying.open(invoice), paying.open(credit)) == (100, 40)
        return
    assert posted.status_code == 204
    location = posted.headers.get("Location", "")
    assert location.rpartition("/")[2] == {"no_location": "", "zero_id": "0"}[answer]
    assert (paying.open(invoice), paying.open(credit)) == (60, 0)


def test_payment_of_nothing_that_ties_nothing_is_refused(paying: Paying) -> None:
    assert refusal(paying.post(payment=0))[2] == "Please enter value(s) for: Payment Amount."
    tied = paying.post(
        payment=0, apply=lines(line(paying.invoice(100), 50)),
        credit=lines(line(paying.credit_memo(40), 40)),
    )  # fmt: skip
    assert refusal(tied)[2] == BELOW


# === What people do with them === #


def test_people_change_unapply_void_and_delete_what_a_client_made(paying: Paying) -> None:
    invoice = paying.invoice(100)
    payment = paying.paid(payment=100, externalId="K-3", apply=lines(line(invoice, 100)))
    act = paying.simulator.act
    act("edit", type="customerPayment", id=payment, body={"memo": "theirs", "payment": 120})
    changed = paying.get(payment)
    act("unapply", payer=payment, doc=invoice)
    unapplied = paying.open(invoice)
    act("apply", payer=payment, doc=invoice, amount=70)
    act("void", id=payment)
    voided = paying.get(payment)
    after_void = paying.patch(payment, apply=lines(line(invoice, 10)))
    row = paying.row(f"SELECT voided, status, externalid FROM transaction WHERE id = {payment}")

    assert (changed["memo"], changed["payment"], changed["unapplied"]) == ("theirs", 120, 20)
    assert unapplied == 100
    assert voided["memo"] == "VOID"
    assert after_void.status_code == 400
    assert row == {"voided": "T", "status": "V", "externalid": "K-3"}
    assert paying.open(invoice) == 100


def test_payment_is_voided_by_a_journal_and_stays(paying: Paying) -> None:
    invoice = paying.invoice(100)
    payment = paying.paid(payment=100, externalId="K-4", apply=lines(line(invoice, 100)))
    made = paying.simulator.act("void", id=payment, style="reversing_journal")

    assert made["journal"]
    assert paying.get(payment)["externalId"] == "K-4"
    assert (paying.open(invoice), paying.open(payment)) == (100, 0)


@pytest.mark.parametrize("who", ["people", "client"])
def test_deleted_payment_leaves_its_external_id_free(paying: Paying, who: str) -> None:
    invoice = paying.invoice(100)
    body = {"payment": 100, "externalId": f"K-5-{who}", "apply": lines(line(invoice, 100))}
    payment = paying.paid(**body)
    if who == "people":
        paying.simulator.act("delete", id=payment)
    else:
        assert paying.call("DELETE", f"/customerPayment/{payment}").status_code == 204
    gone = paying.simulator.call("GET", f"/record/v1/customerPayment/eid:K-5-{who}")
    deleted = paying.row(f"SELECT type FROM deletedrecord WHERE recordid = {payment}")
    between = paying.open(invoice)
    again = paying.paid(**body)

    assert (gone.status_code, deleted["type"], between) == (404, "CustPymt", 100)
    assert again > payment
    assert paying.open(invoice) == 0


def test_deposited_payment_keeps_its_money(paying: Paying) -> None:
    payment = paying.paid(payment=100)
    body = {"payment": {"items": [{"id": payment}]}}
    paying.simulator.act("create", type="deposit", body=body)
    answers = [paying.patch(payment, payment=90), paying.patch(payment, memo="still")]

    assert [answer.status_code for answer in answers] == [400, 204]
    assert paying.get(payment)["status"]["id"] == "C"
    assert paying.get(payment)["payment"] == 100


def test_inside_a_transformation_the_form_applies(paying: Paying) -> None:
    paying.simulator.switches(payment_apply_on_post="refused", ar_account_default="form")
    invoice = paying.invoice(100)
    answer = paying.call(
        "POST", f"/invoice/{invoice}/!transform/customerPayment", {"externalId": "K-6"}
    )

    assert answer.status_code == 204, answer.text
    assert paying.open(invoice) == 0
