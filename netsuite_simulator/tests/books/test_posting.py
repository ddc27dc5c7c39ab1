from __future__ import annotations

from decimal import Decimal

import pytest

from netsuite_simulator.errors import BookError

from .bench import Bench

D = Decimal


def test_invoice_debits_receivables_and_credits_income_and_tax(bench: Bench) -> None:
    customer = bench.customer()
    tax = {"id": str(bench.setup.taxes["CA_8.25%"])}
    service = {"id": str(bench.setup.items[6])}

    invoice = bench.invoice(
        customer,
        bench.line("100.00", taxCode=tax),
        bench.line("50.50", item=service, taxCode=tax),
        bench.line("10"),
    )

    assert bench.lines(invoice) == [
        ("1100", 0, D("172.92"), D("172.92")),
        ("4000", 1, D("-100"), D("-100")),
        ("4020", 2, D("-50.5"), D("-50.5")),
        ("4000", 3, D("-10"), D("-10")),
        ("2200", 4, D("-12.42"), D("-12.42")),
    ]
    taxes = bench.rows("SELECT id, item FROM transactionline WHERE taxline = 'T'")
    assert taxes == [(4, bench.setup.taxes["CA_8.25%"])]
    bench.check()


def test_base_amounts_are_rounded_per_line_and_the_main_line_takes_their_sum(bench: Bench) -> None:
    customer = bench.customer()

    invoice = bench.invoice(customer, "0.05", "0.05", "0.05", currency="EUR", exchangeRate="1.1")

    assert [line[3] for line in bench.lines(invoice)] == [
        D("0.18"),
        D("-0.06"),
        D("-0.06"),
        D("-0.06"),
    ]
    bench.check()


def test_settled_foreign_invoice_leaves_nothing_in_receivables_but_a_gain(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.10")

    payment = bench.payment(customer, 100, {invoice: 100}, currency="EUR", exchangeRate="1.25")

    assert bench.lines(payment) == [
        ("1090", 0, D(100), D(125)),
        ("1100", 1, D(-100), D(-110)),
        ("7500", 2, D(0), D(-15)),
    ]
    assert [(item["open"], item["open_base"]) for item in bench.ledger.balances()] == [
        ("0.00", "0.00")
    ]
    bench.check()


def test_part_payments_release_the_base_value_to_the_cent(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.0001")

    for amount in ("33.33", "33.33", "33.34"):
        bench.payment(customer, amount, {invoice: amount}, currency="EUR", exchangeRate="1.2")
        bench.check()

    unpaid = bench.rows(
        "SELECT amountpaid, amountunpaid FROM transactionaccountingline"
        ' WHERE "transaction" = ? AND transactionline = 0',
        invoice,
    )
    assert unpaid == [(100_01 * 10**6, 0)]


@pytest.mark.parametrize(
    ("choice", "left_open"),
    [("released", ("0.02", "0.00")), ("left", ("0.03", "0.00"))],
)
def test_part_payments_round_what_they_release_or_what_they_leave(
    bench: Bench, choice: str, left_open: tuple[str, ...]
) -> None:
    bench.ledger.change_switches({"open_base_rounding": choice})
    customer = bench.customer()
    invoice = bench.invoice(customer, "0.02", currency="EUR", exchangeRate="2.5")

    seen = []
    for _ in range(2):
        bench.payment(customer, "0.01", {invoice: "0.01"}, currency="EUR", exchangeRate="1.2")
        seen.append(bench.ledger.documents(customer)[0]["open_base"])
        bench.check()

    assert tuple(seen) == left_open


def test_credit_memo_mirrors_the_invoice(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 80)

    credit = bench.credit(customer, 100, {invoice: 80})

    assert bench.lines(credit) == [("1100", 0, D(-100), D(-100)), ("4000", 1, D(100), D(100))]
    assert (bench.open(invoice), bench.open(credit)) == (D(0), D(20))
    assert bench.row("transaction", invoice)["status"] == "B"
    assert bench.row("transaction", credit)["status"] == "A"
    bench.check()


def test_yen_have_no_decimals(bench: Bench) -> None:
    customer = bench.customer()

    invoice = bench.invoice(
        customer, bench.line(None, quantity=3, rate="100.5"), currency="JPY", exchangeRate="0.0067"
    )

    assert bench.lines(invoice)[0][2:] == (D(302), D("2.02"))
    assert bench.ledger.documents()[0]["total"] == "302"
    bench.check()


def test_zero_total_invoice_is_paid_in_full(bench: Bench) -> None:
    invoice = bench.invoice(bench.customer(), 25, bench.line(None, quantity=-1, rate=25))

    row = bench.row("transaction", invoice)

    assert (row["foreigntotal"], row["status"], row["closedate"]) == (0, "B", row["trandate"])
    bench.check()


def test_negative_invoice_is_kept_or_refused_as_the_switch_says(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, -25)
    assert bench.open(invoice) == -25
    bench.check()

    bench.ledger.change_switches({"allow_negative_invoices": False})

    with pytest.raises(BookError, match="cannot be negative"):
        bench.invoice(customer, -25)


def test_rate_defaults_to_the_latest_of_the_subsidiary_base_currency(bench: Bench) -> None:
    british = bench.customer(1)
    bench.act("set_rate", {"base": "GBP", "currency": "USD", "date": "2026-03-10", "rate": "0.8"})
    bench.act("set_rate", {"base": "GBP", "currency": "USD", "date": "2026-03-15", "rate": "0.75"})

    earlier = bench.invoice(british, 100, currency="USD", tranDate="2026-03-14")
    later = bench.invoice(british, 100, currency="USD")

    assert bench.lines(earlier)[0][3] == 80
    assert bench.lines(later)[0][3] == 75
    assert bench.row("transaction", later)["currency"] == bench.setup.currencies["USD"]


def test_parent_payment_keeps_receivables_of_each_customer(bench: Bench) -> None:
    parent = bench.customer()
    child = bench.customer(parent={"id": str(parent)})
    own, other = bench.invoice(parent, 40), bench.invoice(child, 60)

    payment = bench.payment(parent, 120, {own: 40, other: 60})

    open_by_customer = {item["customer_id"]: item["open"] for item in bench.ledger.balances()}
    assert open_by_customer == {parent: "-20.00", child: "0.00"}
    assert [line[:3] for line in bench.lines(payment)] == [
        ("1090", 0, D(120)),
        ("1100", 1, D(-60)),
        ("1100", 2, D(-60)),
    ]
    bench.check()


def test_five_thousand_lines_are_posted_exactly(bench: Bench) -> None:
    lines = [bench.line("0.37") for _ in range(5000)]

    invoice = bench.invoice(bench.customer(), *lines)

    assert bench.open(invoice) == D("1850.00")
    bench.check()
