from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from netsuite_simulator.errors import BookError

from .bench import Bench


def links(bench: Bench) -> list[tuple[int, int, int]]:
    return [
        (previous, following, amount // 10**6)
        for previous, following, amount in bench.rows(
            "SELECT previousdoc, nextdoc, foreignamount FROM nexttransactionlinelink"
            " WHERE linktype = 'Payment' ORDER BY nextdoc, previousdoc"
        )
    ]


def test_apply_sublist_merges_by_document(bench: Bench) -> None:
    customer = bench.customer()
    first, second, third = (bench.invoice(customer, 100) for _ in range(3))
    payment = bench.payment(customer, 250, {first: 100, second: 50})

    bench.ledger.update(
        "customerPayment",
        payment,
        {
            "customer": {"id": str(customer)},
            "apply": {
                "items": [
                    {"doc": {"id": str(second)}, "amount": 80},
                    {"doc": {"id": str(third)}, "apply": True},
                    {"doc": {"id": str(first)}, "apply": False},
                ]
            },
        },
    )

    assert links(bench) == [(second, payment, 8000), (third, payment, 10000)]
    assert [bench.open(item) for item in (first, second, third, payment)] == [100, 20, 0, 70]
    bench.check()


@pytest.mark.parametrize("line", [{"apply": False}, {"amount": 0}])
def test_link_row_vanishes_when_unapplied(bench: Bench, line: dict[str, object]) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    payment = bench.payment(customer, 100, {invoice: 100})

    body = {"apply": {"items": [{"doc": {"id": str(invoice)}, **line}]}}
    bench.ledger.update("customerPayment", payment, body)

    assert links(bench) == []
    assert [bench.open(invoice), bench.open(payment)] == [100, 100]
    assert bench.row("transaction", invoice)["status"] == "A"
    bench.check()


@pytest.mark.parametrize("body", [{"apply": None}, {"apply": {"items": None}}])
def test_emptied_apply_sublist_removes_all(bench: Bench, body: dict[str, object]) -> None:
    customer = bench.customer()
    invoices = [bench.invoice(customer, 10) for _ in range(2)]
    payment = bench.payment(customer, 20, dict.fromkeys(invoices, 10))

    bench.ledger.update("customerPayment", payment, body)

    assert links(bench) == []


def test_replace_leaves_only_what_the_body_names(bench: Bench) -> None:
    customer = bench.customer()
    first, second = (bench.invoice(customer, 10) for _ in range(2))
    payment = bench.payment(customer, 20, {first: 10})

    bench.ledger.update("customerPayment", payment, {"apply": bench.apply({second: 5})}, ["apply"])

    assert links(bench) == [(second, payment, 500)]


def test_overapplying_an_invoice_is_refused_and_changes_nothing(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)

    with pytest.raises(BookError) as refusal:
        bench.payment(customer, 200, {invoice: "100.01"})

    assert (refusal.value.status, refusal.value.code) == (400, "USER_ERROR")
    assert bench.ledger.ids("customerPayment") == []
    assert bench.open(invoice) == 100
    bench.check()


def test_applying_more_than_the_payment_is_refused(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)

    with pytest.raises(BookError, match="amounts applied cannot exceed"):
        bench.payment(customer, 50, {invoice: 60})


def test_documents_that_a_payment_cannot_settle_are_no_valid_choice(bench: Bench) -> None:
    customer, stranger = bench.customer(), bench.customer()
    other_account = {"id": str(bench.setup.accounts["1110"])}
    wrong = [
        bench.invoice(customer, 10, currency="EUR"),
        bench.invoice(stranger, 10),
        bench.invoice(customer, 10, account=other_account),
        bench.credit(customer, 10),
    ]

    for document in wrong:
        with pytest.raises(BookError, match=f"Invalid Field Value {document} "):
            bench.payment(customer, 10, {document: 10})
    assert links(bench) == []


def test_auto_apply_takes_the_oldest_invoices_unless_told_not_to(bench: Bench) -> None:
    customer = bench.customer()
    newer = bench.invoice(customer, 100, tranDate="2026-03-01")
    older = bench.invoice(customer, 100, tranDate="2026-02-01")

    body = {"customer": {"id": str(customer)}, "payment": 150}
    payment = bench.ledger.create("customerPayment", body)

    assert [bench.open(item) for item in (older, newer, payment)] == [0, 50, 0]


def test_payment_without_amount_is_as_large_as_what_it_applies(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, "99.95")

    payment = bench.ledger.transform("invoice", invoice, "customerPayment", {})

    assert bench.ledger.read("customerPayment", payment)["payment"] == Decimal("99.95")
    assert bench.open(invoice) == 0


def test_credit_memo_from_invoice_copies_lines_and_settles_it(bench: Bench) -> None:
    tax = {"id": str(bench.setup.taxes["CA_8.25%"])}
    invoice = bench.invoice(bench.customer(), bench.line(None, quantity=2, rate=50, taxCode=tax))

    credit = bench.ledger.transform("invoice", invoice, "creditMemo", {})

    body = bench.ledger.read("creditMemo", credit)
    assert (body["total"], body["unapplied"]) == (Decimal("108.25"), 0)
    assert body["createdFrom"].id == invoice
    assert body["item"][0]["quantity"] == 2
    bench.check()


def test_changing_the_rate_of_a_settled_invoice_moves_the_gain_in_the_payment(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.1")
    payment = bench.payment(customer, 100, {invoice: 100}, currency="EUR", exchangeRate="1.2")

    bench.ledger.update("invoice", invoice, {"exchangeRate": "1.3"})

    assert bench.lines(payment)[-1] == ("7500", 2, Decimal(0), Decimal(10))
    bench.check()


def test_lowering_a_total_below_what_is_applied_is_refused(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    payment = bench.payment(customer, 80, {invoice: 80})

    with pytest.raises(BookError, match="less than the amount applied"):
        bench.ledger.update("invoice", invoice, {"item": {"items": [{"line": 1, "amount": 79}]}})
    with pytest.raises(BookError, match="cannot exceed"):
        bench.ledger.update("customerPayment", payment, {"payment": 70})
    bench.ledger.update("invoice", invoice, {"item": {"items": [{"line": 1, "amount": 80}]}})

    assert bench.open(invoice) == 0
    bench.check()


@pytest.mark.parametrize(
    ("choice", "moved"),
    [("both", (True, True)), ("payer", (True, False)), ("none", (False, False))],
)
def test_unapplying_moves_the_times_that_the_switch_names(
    bench: Bench, choice: str, moved: tuple[bool, bool]
) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    payment = bench.payment(customer, 100, {invoice: 100})
    before = [bench.row("transaction", item)["lastmodifieddate"] for item in (payment, invoice)]
    bench.ledger.change_switches({"unapply_touches": choice})
    bench.ledger.clock.advance(60)

    bench.act("unapply", {"payer": payment, "doc": invoice})

    after = [bench.row("transaction", item)["lastmodifieddate"] for item in (payment, invoice)]
    assert tuple(new != old for new, old in zip(after, before, strict=True)) == moved


def test_apply_and_unapply_acts_work_by_amount(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    payment = bench.act(
        "create",
        {"type": "customerPayment", "body": {"customer": {"id": customer}, "payment": 100}},
    )["id"]
    assert links(bench) == []

    bench.act("apply", {"payer": payment, "doc": invoice, "amount": "30"})
    bench.act("apply", {"payer": payment, "doc": invoice, "amount": "15.5"})
    bench.act("unapply", {"payer": payment, "doc": invoice, "amount": "5"})

    assert links(bench) == [(invoice, payment, 4050)]
    bench.check()


def test_stamp_writes_a_change_that_becomes_visible_late(bench: Bench) -> None:
    customer = bench.customer()

    done = bench.act(
        "create",
        {
            "type": "invoice",
            "body": {"entity": {"id": customer}, "item": {"items": [bench.line(5)]}},
            "stamp": "2026-03-18T16:59:58Z",
        },
    )

    assert done["lastmodifieddate"] == "2026-03-18 16:59:58"
    assert bench.row("transaction", done["id"])["lastmodifieddate"] == "2026-03-18 16:59:58"
    assert bench.ledger.clock.now() == datetime(2026, 3, 18, 17, 30, tzinfo=timezone.utc)
