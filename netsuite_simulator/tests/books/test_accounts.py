"""What real accounts have in their books beside invoices, payments and credit memos."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from netsuite_simulator.errors import BookError

from .bench import SCALE, Bench

D = Decimal
DEBIT_ACTS = [
    ("charge", {}),
    ("finance_charge", {}),
    ("custom_transaction", {"type": "CuTrSale101"}),
    ("custom_transaction", {"type": "CuTrPrch103"}),
]


def balance(bench: Bench, customer: int) -> dict[str, Any]:
    (found,) = [row for row in bench.ledger.balances() if row["customer_id"] == customer]
    return found


def left(bench: Bench, transaction: int) -> Any:
    return bench.open(transaction)


def left_of_line(bench: Bench, journal: int, line: int) -> Any:
    return bench.open_line(journal, line)


def posted(bench: Bench, transaction: int) -> Any:
    return bench.lines(transaction)


def made(bench: Bench, act: str, customer: int, amount: Any, **params: Any) -> int:
    params = {"customer": customer, "amount": amount, **params}
    return int(bench.act(act, params)["id"])


# === Charges and custom transactions === #


@pytest.mark.parametrize(("act", "params"), DEBIT_ACTS)
def test_charges_are_open_items_that_payments_and_credits_settle(
    bench: Bench, act: str, params: dict[str, Any]
) -> None:
    customer = bench.customer()
    charge = made(bench, act, customer, 100, currency="EUR", **params)
    payment = bench.payment(customer, 60, {charge: 60}, currency="EUR", exchangeRate="1.3")
    credit = bench.credit(customer, 30, {charge: 30}, currency="EUR")

    assert (left(bench, charge), left(bench, payment), left(bench, credit)) == (10, 0, 0)
    assert bench.row("transaction", charge)["status"] == "A"
    assert balance(bench, customer)["open"] == "10.00"
    bench.check()
    bench.act("unapply", {"payer": payment})
    assert left(bench, charge) == 70
    bench.check()


def test_statement_charge_has_its_own_type_and_record(bench: Bench) -> None:
    charge = made(bench, "charge", bench.customer(), 12.5)

    row = bench.row("transaction", charge)
    assert (row["type"], row["recordtype"]) == ("CustChrg", "customercharge")
    assert row["trandisplayname"] == "Statement Charge #CHG1001"
    assert bench.ledger.read("customerCharge", charge)["amountRemaining"] == D("12.5")
    assert [line[0] for line in posted(bench, charge)] == ["1100", "4000"]
    (listed,) = bench.ledger.documents()
    assert (listed["type_name"], listed["side"]) == ("Statement Charge", "debit")


def test_finance_charge_is_an_invoice_with_a_mark_or_a_type_of_its_own(bench: Bench) -> None:
    customer = bench.customer()
    charge = made(bench, "finance_charge", customer, 7)
    row = bench.row("transaction", charge)
    assert (row["type"], row["recordtype"], row["isfinchrg"]) == ("CustInvc", "invoice", "T")

    bench.ledger.change_switches({"finance_charge_type": "FinChrg"})
    second = made(bench, "finance_charge", customer, 8)

    assert {bench.row("transaction", item)["type"] for item in (charge, second)} == {"FinChrg"}
    assert bench.ledger.ids("invoice") == [charge, second]
    bench.ledger.update("invoice", second, {"memo": "late"})
    payment = bench.payment(customer, 15, {charge: 7, second: 8})
    assert left(bench, payment) == 0
    bench.check()


def test_custom_credit_applies_like_a_credit_memo(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.2")
    credit = made(bench, "custom_transaction", customer, 40, type="CuTrSale102", currency="EUR")

    bench.act("apply", {"payer": credit, "doc": invoice, "amount": 25})

    row = bench.row("transaction", credit)
    assert (row["type"], row["recordtype"]) == ("CuTrSale102", "customsale_goodwill")
    assert (left(bench, invoice), left(bench, credit)) == (75, 15)
    assert balance(bench, customer)["open"] == "60.00"
    body = bench.ledger.read("customsale_goodwill", credit)
    assert [line["amount"] for line in body["apply"]] == [25]
    bench.check()
    # The switch says zero, but custom transactions are voided by a journal only.
    assert bench.act("void", {"id": credit})["journal"]
    assert (left(bench, invoice), left(bench, credit)) == (100, 0)
    bench.check()


# === Revaluation === #


@pytest.mark.parametrize("names", ["none", "customer"])
def test_revaluation_moves_base_amounts_only_and_is_taken_back(bench: Bench, names: str) -> None:
    bench.ledger.change_switches({"revaluation_entity": names})
    customer = bench.customer()
    bench.invoice(customer, 100, currency="EUR", exchangeRate="1.1", tranDate="2026-02-10")

    first, second = bench.act("revalue", {"date": "2026-02-15", "currency": "EUR", "rate": "1.25"})[
        "ids"
    ]

    row, back = bench.row("transaction", first), bench.row("transaction", second)
    assert (row["type"], row["trandate"], row["isreversal"]) == ("FxReval", "2026-02-28", "F")
    assert (back["trandate"], back["isreversal"], back["reversal"]) == ("2026-03-01", "T", first)
    assert row["entity"] == (customer if names == "customer" else None)
    assert posted(bench, first) == [("1100", 0, 0, 15), ("7510", 1, 0, -15)]
    assert posted(bench, second) == [("1100", 0, 0, -15), ("7510", 1, 0, 15)]
    found = balance(bench, customer)
    assert (found["open"], found["open_base"]) == ("100.00", "110.00")
    assert [(item["customer_id"], item["base"]) for item in bench.ledger.revalued()] == [
        (row["entity"], "15.00"),
        (row["entity"], "-15.00"),
    ]
    assert len(bench.ledger.documents()) == 1
    with pytest.raises(BookError, match="cannot be voided"):
        bench.act("void", {"id": first})
    bench.check()
    bench.act("delete", {"id": second})
    assert [item["id"] for item in bench.ledger.revalued()] == [first]
    found = balance(bench, customer)
    assert (found["open_base"], found["revaluation_base"]) == (
        "110.00",
        "15.00" if names == "customer" else "0.00",
    )


def test_revaluation_needs_something_open(bench: Bench) -> None:
    bench.invoice(bench.customer(), 100)

    with pytest.raises(BookError, match="no open balances"):
        bench.act("revalue", {"date": "2026-02-15", "currency": "EUR"})


# === Projects === #


@pytest.mark.parametrize("column", ["both", "customer", "parent"])
def test_project_stands_for_its_customer(bench: Bench, column: str) -> None:
    bench.ledger.change_switches({"projects": True, "job_customer_column": column})
    customer = bench.customer()
    job = bench.act("job", {"customer": customer, "name": "Quay lights"})["id"]
    invoice = bench.invoice(job, 100)
    journal = bench.journal(bench.entry("1100", 30, job), bench.entry("4000", -30))
    payment = bench.payment(customer, 130, autoApply=True)

    row = bench.row("job", job)
    assert (row["customer"], row["parent"]) == (
        None if column == "parent" else customer,
        None if column == "customer" else customer,
    )
    assert bench.row("transaction", invoice)["entity"] == job
    assert (left(bench, invoice), left_of_line(bench, journal, 0), left(bench, payment)) == (
        0,
        0,
        0,
    )
    bench.act("unapply", {"payer": payment})
    assert balance(bench, customer)["open"] == "0.00"
    bench.act("apply", {"payer": payment, "doc": invoice, "amount": 10})
    assert left(bench, invoice) == 90
    assert {item["customer_id"] for item in bench.ledger.documents()} == {customer}
    assert bench.ledger.read("customer", customer)["balance"] == 0
    shown = bench.ledger.read("invoice", invoice)["entity"]
    owner = bench.row("customer", customer)["entityid"]
    assert (shown.type, shown.name) == ("job", f"{owner} : Quay lights")
    bench.check()


def test_project_counts_in_its_customers_balances_and_moves_with_them(bench: Bench) -> None:
    bench.ledger.change_switches({"projects": True})
    customer, other = bench.customer(), bench.customer()
    job = bench.act("job", {"customer": customer, "name": "Quay lights"})["id"]
    bench.invoice(job, 100, dueDate="2026-03-01")

    read = bench.ledger.read("customer", customer)
    assert (read["balance"], read["overdueBalance"], read["consolBalance"]) == (100, 100, 100)
    assert read["currencyList"][0]["balance"] == 100
    with pytest.raises(BookError, match="dependent records"):
        bench.ledger.delete("job", job)
    bench.ledger.update("job", job, {"parent": {"id": str(other)}})
    assert balance(bench, other)["open"] == "100.00"
    bench.act("merge", {"source": other, "target": customer})
    assert balance(bench, customer)["open"] == "100.00"
    bench.check()


def test_payment_of_another_customer_cannot_settle_a_projects_invoice(bench: Bench) -> None:
    with pytest.raises(BookError, match="not enabled"):
        bench.act("job", {"customer": bench.customer(), "name": "Quay lights"})
    bench.ledger.change_switches({"projects": True})
    job = bench.act("job", {"customer": bench.customer(), "name": "Quay lights"})["id"]
    invoice = bench.invoice(job, 100)

    with pytest.raises(BookError, match="Invalid Field Value"):
        bench.payment(bench.customer(), 100, {invoice: 100})


# === Void by a reversing journal === #


def journal_lines(bench: Bench, journal: int) -> Any:
    return [(account, amount) for account, _line, amount, _base in posted(bench, journal)]


def test_refund_voided_by_a_journal_still_posts_and_the_credit_stands(bench: Bench) -> None:
    customer = bench.customer()
    credit = bench.credit(customer, 100, tranDate="2026-02-01")
    refund = bench.refund(customer, {credit: 100}, tranDate="2026-02-02")
    bench.act("close_period", {"name": "Feb 2026"})
    before = posted(bench, refund)

    journal = bench.act("void", {"id": refund, "style": "reversing_journal"})["journal"]

    row = bench.row("transaction", refund)
    assert (row["voided"], row["void"], row["status"]) == ("T", "F", "V")
    assert posted(bench, refund) == before
    made = bench.row("transaction", journal)
    assert (made["void"], made["trandate"]) == ("T", "2026-03-18")
    assert journal_lines(bench, journal) == [("1000", 100), ("1100", -100)]
    assert balance(bench, customer)["open"] == "-100.00"
    bench.check()
    with pytest.raises(BookError, match="voided"):
        bench.act("void", {"id": refund, "style": "reversing_journal"})


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("kind", ["invoice", "credit", "payment", "charge"])
def test_document_voided_by_a_journal_leaves_nothing_open(
    bench: Bench, kind: str, applied: bool
) -> None:
    bench.ledger.change_switches(
        {"void_style": "reversing_journal", "void_journal_applied": applied}
    )
    customer = bench.customer()
    other = bench.invoice(customer, 60, currency="EUR", exchangeRate="1.2")
    document = {
        "invoice": lambda: bench.invoice(
            customer, "33.33", "33.33", currency="EUR", exchangeRate="1.13"
        ),
        "credit": lambda: bench.credit(customer, 60, {other: 60}, currency="EUR"),
        "payment": lambda: bench.payment(customer, 60, {other: 60}, currency="EUR"),
        "charge": lambda: made(bench, "charge", customer, 60, currency="EUR"),
    }[kind]()
    total = abs(bench.row("transaction", document)["foreigntotal"]) / SCALE

    journal = bench.act("void", {"id": document})["journal"]

    assert bench.row("transaction", document)["status"] == "V"
    assert left(bench, document) == (0 if applied else D(str(total)))
    assert left(bench, other) == 60
    assert balance(bench, customer)["open"] == "60.00"
    bench.check()
    bench.act("delete", {"id": journal})
    row = bench.row("transaction", document)
    assert (row["voided"], row["status"] != "V") == ("F", True)
    bench.check()


def test_what_a_journal_voids_cannot_be_deleted(bench: Bench) -> None:
    invoice = bench.invoice(bench.customer(), 100)
    bench.ledger.change_switches({"void_journal_applied": False})
    bench.act("void", {"id": invoice, "style": "reversing_journal"})

    with pytest.raises(BookError, match="linked to by one or more"):
        bench.ledger.delete("invoice", invoice)


def test_deposits_are_not_voided_by_a_journal(bench: Bench) -> None:
    customer = bench.customer()
    deposit = bench.deposit(customer, 50)
    refund = bench.refund(customer, deposits={deposit: 20})

    for document in (refund, bench.deposit(customer, 10)):
        with pytest.raises(BookError, match="reversing journal"):
            bench.act("void", {"id": document, "style": "reversing_journal"})


# === Discounts, instalments, retention === #


@pytest.mark.parametrize("shown", ["included", "left_out"])
def test_discount_taken_on_a_payment_settles_the_rest(bench: Bench, shown: str) -> None:
    bench.ledger.change_switches({"discount_in_links": shown})
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.2")
    payment = bench.payment(customer, 98, currency="EUR", exchangeRate="1.1")

    bench.act("apply", {"payer": payment, "doc": invoice, "amount": 98, "disc": 2})

    assert (left(bench, invoice), left(bench, payment)) == (0, 0)
    assert posted(bench, payment) == [
        ("1090", 0, 98, D("107.8")),
        ("1100", 1, -100, -120),
        ("4095", 2, 2, D("2.2")),
        ("7500", 3, 0, 10),
    ]
    link = bench.rows("SELECT foreignamount FROM nexttransactionlinelink")
    assert link == [((100 if shown == "included" else 98) * SCALE,)]
    applied = bench.ledger.read("customerPayment", payment)["apply"][0]
    assert applied["amount"] == 98
    bench.check()
    bench.act("unapply", {"payer": payment, "doc": invoice, "amount": 50})
    assert (left(bench, invoice), left(bench, payment)) == (52, 50)
    bench.check()


def test_discount_is_for_payments_and_within_what_is_open(bench: Bench) -> None:
    customer = bench.customer()
    invoice, credit = bench.invoice(customer, 100), bench.credit(customer, 98)
    payment = bench.payment(customer, 98)

    for payer, discount in ((credit, 2), (payment, 3), (payment, -2)):
        with pytest.raises(BookError):
            bench.act("apply", {"payer": payer, "doc": invoice, "amount": 98, "disc": discount})
    bench.check()


def test_instalments_are_receivable_lines_paid_in_order(bench: Bench) -> None:
    customer = bench.customer()
    parts = [{"date": f"2026-0{month}-15", "amount": "33.33"} for month in (4, 5)]
    parts.append({"date": "2026-06-15", "amount": "33.34"})
    invoice = made(
        bench, "bill", customer, 100, instalments=parts, currency="EUR",
        body={"exchangeRate": "1.2345"},
    )  # fmt: skip
    bench.payment(customer, 50, {invoice: 50}, currency="EUR", exchangeRate="1.1")

    lines = bench.rows(
        "SELECT l.duedate, l.mainline, l.foreignamount, l.foreignamountpaid,"
        ' l.foreignamountunpaid FROM transactionline l WHERE l."transaction" = ?'
        " AND l.transactionlinetype = 'RECEIVABLE' ORDER BY l.duedate",
        invoice,
    )
    assert [(due, main, *(D(item) / SCALE for item in sums)) for due, main, *sums in lines] == [
        ("2026-04-15", "T", D("33.33"), D("33.33"), 0),
        ("2026-05-15", "T", D("33.33"), D("16.67"), D("16.66")),
        ("2026-06-15", "T", D("33.34"), 0, D("33.34")),
    ]
    assert (left(bench, invoice), bench.row("transaction", invoice)["duedate"]) == (
        50,
        "2026-06-15",
    )
    shown = bench.ledger.read("invoice", invoice)["installment"]
    assert [(line["seqNum"], line["due"]) for line in shown] == [
        (1, 0),
        (2, D("16.66")),
        (3, D("33.34")),
    ]
    bench.check()
    bench.ledger.change_switches({"instalment_mainline": "first"})
    bench.payment(customer, 50, {invoice: 50}, currency="EUR")
    mains = bench.rows(
        "SELECT COUNT(*) FROM transactionline WHERE \"transaction\" = ? AND mainline = 'T'", invoice
    )
    assert (mains, left(bench, invoice)) == ([(1,)], 0)
    bench.check()
    with pytest.raises(BookError, match="add up"):
        made(bench, "bill", customer, 99, instalments=parts)


def test_retention_is_a_receivable_that_nobody_settles(bench: Bench) -> None:
    customer = bench.customer()

    invoice = made(bench, "bill", customer, 100, retention=10)
    bench.payment(customer, 90, {invoice: 90})

    assert posted(bench, invoice) == [
        ("1100", 0, 90, 90), ("4000", 1, -100, -100), ("1110", 2, 10, 10)
    ]  # fmt: skip
    found = balance(bench, customer)
    assert (found["open"], found["retained"], found["retained_base"]) == ("0.00", "10.00", "10.00")
    assert left(bench, invoice) == 0
    bench.check()


# === Links and dates === #


@pytest.mark.parametrize(
    ("choice", "credits", "deposits"),
    [
        ("Payment", "Payment", "Payment"),
        ("Refund", "Refund", "DepRfnd"),
        ("DepRfnd", "Payment", "DepRfnd"),
    ],
)
def test_links_of_refunds_have_the_type_that_the_account_gives_them(
    bench: Bench, choice: str, credits: str, deposits: str
) -> None:
    customer = bench.customer()
    credit, deposit = bench.credit(customer, 30), bench.deposit(customer, 50)
    refund = bench.refund(customer, {credit: 30}, {deposit: 20})
    bench.ledger.change_switches({"refund_links": choice})
    later = bench.refund(customer, deposits={deposit: 30})

    found = bench.rows(
        "SELECT previousdoc, nextdoc, linktype FROM nexttransactionlinelink ORDER BY 1, 2"
    )
    assert found == [
        (credit, refund, credits),
        (deposit, refund, deposits),
        (deposit, later, deposits),
    ]
    assert (left(bench, credit), left(bench, deposit)) == (0, 0)
    bench.act("delete", {"id": later})
    assert left(bench, deposit) == 30
    bench.check()


def test_links_of_old_transactions_may_show_no_amount(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    payment = bench.payment(customer, 100, {invoice: 100})

    bench.act("empty_link", {"payer": payment})
    bench.ledger.change_switches({"refund_links": "Refund"})

    assert bench.rows("SELECT foreignamount FROM nexttransactionlinelink") == [(0,)]
    assert (left(bench, invoice), left(bench, payment)) == (0, 0)
    bench.check()


def test_link_has_the_time_when_it_was_made(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    payment = bench.payment(customer, 100)
    bench.ledger.clock.advance(60)

    bench.act("apply", {"payer": payment, "doc": invoice})

    assert bench.rows("SELECT lastmodifieddate FROM nexttransactionlinelink") == [
        ("2026-03-18 17:31:00",)
    ]


@pytest.mark.parametrize(
    ("choice", "moves"),
    [("both", (True, True)), ("invoice", (True, False)), ("journal", (False, True))],
)
def test_applying_a_journal_moves_the_dates_that_the_account_moves(
    bench: Bench, choice: str, moves: tuple[bool, bool]
) -> None:
    bench.ledger.change_switches({"journal_apply_touches": choice})
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    journal = bench.journal(bench.entry("1100", -40, customer), bench.entry("6300", 40))
    for act in ("apply", "unapply"):
        bench.ledger.clock.advance(60)
        now = bench.ledger.clock.now()
        bench.act(act, {"payer": journal, "doc": invoice})
        stamps = [bench.row("transaction", item)["lastmodifieddate"] for item in (invoice, journal)]
        moved = tuple(stamp == now.strftime("%Y-%m-%d %H:%M:%S") for stamp in stamps)
        assert moved == moves
    bench.check()


def test_old_documents_may_have_no_date_of_change(bench: Bench) -> None:
    customer = bench.customer()
    old = int(
        bench.act("bill", {"customer": customer, "amount": 1, "stamp": "2026-01-05T10:00:00Z"})[
            "id"
        ]
    )
    new = bench.invoice(customer, 2)

    bench.ledger.change_switches({"undated_before": "2026-02-01"})
    assert bench.row("transaction", old)["lastmodifieddate"] is None
    assert bench.row("transaction", new)["lastmodifieddate"] is not None
    payment = bench.payment(customer, 1, {old: 1})
    assert bench.row("transaction", old)["lastmodifieddate"] == "2026-03-18 17:30:00"
    bench.act("delete", {"id": payment, "stamp": "2026-03-18T17:31:00Z"})
    bench.ledger.change_switches({"undated_before": ""})
    assert bench.row("transaction", old)["lastmodifieddate"] is not None
    bench.check()


def test_deleted_invoice_can_be_entered_again_under_its_number(bench: Bench) -> None:
    bench.ledger.change_switches({"allow_duplicate_numbers": False})
    customer = bench.customer()
    first = made(bench, "bill", customer, 77, number="INV77")
    with pytest.raises(BookError, match="already exists"):
        made(bench, "bill", customer, 77, number="INV77")

    bench.act("delete", {"id": first})
    second = made(bench, "bill", customer, 78, number="INV77")

    assert first != second
    assert [(item["id"], item["tranid"]) for item in bench.ledger.documents()] == [
        (second, "INV77")
    ]
    assert bench.rows("SELECT recordid FROM deletedrecord") == [(first,)]
