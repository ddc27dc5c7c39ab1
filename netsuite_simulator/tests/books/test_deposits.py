from __future__ import annotations

from decimal import Decimal

import pytest

from netsuite_simulator.errors import BookError

from .bench import Bench

D = Decimal


def links(bench: Bench, document: int) -> list[tuple[int, int, int, int, str, Decimal]]:
    return [
        (*row[:5], D(row[5]) / 10**8)
        for row in bench.rows(
            "SELECT previousdoc, previousline, nextdoc, nextline, linktype, foreignamount"
            " FROM nexttransactionlinelink WHERE previousdoc = ?1 OR nextdoc = ?1"
            " ORDER BY linktype, previousdoc, nextdoc",
            document,
        )
    ]


def figures(bench: Bench) -> list[tuple[str, str, str, str]]:
    names = ("open", "open_base", "deposits", "deposits_base")
    return [tuple(row[name] for name in names) for row in bench.ledger.balances()]


def test_deposit_debits_the_bank_and_leaves_receivables_alone(bench: Bench) -> None:
    customer = bench.customer()
    bank = {"id": str(bench.setup.accounts["1000"])}

    undeposited = bench.deposit(customer, 100, currency="EUR", exchangeRate="1.1")
    deposited = bench.deposit(customer, 40, account=bank)

    assert bench.lines(undeposited) == [("1090", 0, D(100), D(110)), ("2300", 1, D(-100), D(-110))]
    assert bench.lines(deposited) == [("1000", 0, D(40), D(40)), ("2300", 1, D(-40), D(-40))]
    statuses = [bench.row("transaction", item)["status"] for item in (undeposited, deposited)]
    assert statuses == ["A", "B"]
    assert figures(bench) == [
        ("0.00", "0.00", "40.00", "40.00"),
        ("0.00", "0.00", "100.00", "110.00"),
    ]
    assert bench.ledger.read("customer", customer)["depositBalance"] == 150
    assert bench.rows("SELECT depositbalance FROM customersubsidiaryrelationship") == [
        (150 * 10**8,)
    ]
    bench.check()


def test_deposit_application_settles_invoices_and_uses_its_deposit(bench: Bench) -> None:
    customer = bench.customer()
    first = bench.invoice(customer, 70, currency="EUR", exchangeRate="1.2")
    second = bench.invoice(customer, 50, currency="EUR", exchangeRate="1.25")
    deposit = bench.deposit(customer, 100, currency="EUR", exchangeRate="1.1")

    application = bench.apply_deposit(deposit, {first: 70, second: 20})

    assert bench.lines(application) == [
        ("1100", 0, D(-90), D(-109)),
        ("2300", 1, D(90), D(99)),
        ("7500", 2, D(0), D(10)),
    ]
    assert links(bench, application) == [
        (deposit, 1, application, 1, "DepAppl", D(90)),
        (first, 0, application, 0, "Payment", D(70)),
        (second, 0, application, 0, "Payment", D(20)),
    ]
    assert [bench.open(item) for item in (first, second, deposit, application)] == [0, 30, 10, 0]
    row = bench.row("transaction", application)
    assert (row["status"], row["exchangerate"], row["recordtype"]) == (
        "Y",
        110_000_000,
        "depositapplication",
    )
    assert (
        bench.rows('SELECT createdfrom FROM transactionline WHERE "transaction" = ?', application)
        == [(deposit,)] * 3
    )
    bench.check()


def test_deposit_application_follows_what_it_applies(bench: Bench) -> None:
    customer = bench.customer()
    invoices = [bench.invoice(customer, 30, currency="EUR", exchangeRate="1.3") for _ in range(2)]
    deposit = bench.deposit(customer, 60, currency="EUR", exchangeRate="1.0007")
    application = bench.apply_deposit(deposit, dict.fromkeys(invoices, "10.01"))
    bench.check()

    bench.act("apply", {"payer": application, "doc": invoices[0], "amount": 5})
    assert (bench.open(deposit), bench.row("transaction", deposit)["status"]) == (D("34.98"), "A")
    bench.act("apply", {"payer": application, "doc": invoices[0]})
    bench.act("apply", {"payer": application, "doc": invoices[1]})
    assert (bench.open(deposit), bench.row("transaction", deposit)["status"]) == (D(0), "C")
    bench.check()
    bench.ledger.update("depositApplication", application, {"apply": None})

    assert bench.row("transaction", application)["foreigntotal"] == 0
    assert links(bench, application) == []
    assert [bench.open(item) for item in (*invoices, deposit)] == [30, 30, 60]
    bench.check()


def test_deposit_cannot_be_overdrawn_or_go_while_it_is_used(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    deposit = bench.deposit(customer, 50)

    with pytest.raises(BookError, match="amounts applied cannot exceed"):
        bench.apply_deposit(deposit, {invoice: 60})
    application = bench.apply_deposit(deposit, {invoice: 40})
    for refused in (
        lambda: bench.ledger.delete("customerDeposit", deposit),
        lambda: bench.act("void", {"id": deposit}),
        lambda: bench.ledger.update("customerDeposit", deposit, {"payment": 39}),
        lambda: bench.ledger.create("depositApplication", {"customer": {"id": customer}}),
        lambda: bench.ledger.delete("invoice", invoice),
    ):
        with pytest.raises(BookError):
            refused()
        bench.check()
    bench.ledger.delete("depositApplication", application)
    bench.ledger.delete("customerDeposit", deposit)

    assert bench.open(invoice) == 100
    gone = bench.rows("SELECT type, recordid FROM _deletedrecord ORDER BY rowid")
    assert gone == [("depositapplication", application), ("customerdeposit", deposit)]
    bench.check()


def test_new_rate_of_a_deposit_reaches_its_applications(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.2")
    deposit = bench.deposit(customer, 100, currency="EUR", exchangeRate="1.1")
    application = bench.apply_deposit(deposit, {invoice: 60})

    bench.ledger.update("customerDeposit", deposit, {"exchangeRate": "1.5"})

    assert bench.lines(application) == [
        ("1100", 0, D(-60), D(-72)),
        ("2300", 1, D(60), D(90)),
        ("7500", 2, D(0), D(-18)),
    ]
    bench.check()


def test_voided_deposit_application_frees_both_sides(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    deposit = bench.deposit(customer, 60)
    application = bench.apply_deposit(deposit, {invoice: 60})

    bench.act("void", {"id": application})

    assert [bench.open(item) for item in (invoice, deposit)] == [100, 60]
    assert bench.row("transaction", application)["status"] == "V"
    bench.check()


def test_voiding_an_invoice_gives_the_deposit_back(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    deposit = bench.deposit(customer, 60)
    application = bench.apply_deposit(deposit, {invoice: 60})

    bench.act("void", {"id": invoice})

    assert bench.open(deposit) == 60
    assert bench.row("transaction", application)["foreigntotal"] == 0
    bench.check()


@pytest.mark.parametrize("choice", ["both", "payer", "none"])
def test_deposit_moves_its_time_when_it_is_used_or_freed(bench: Bench, choice: str) -> None:
    bench.ledger.change_switches({"unapply_touches": choice})
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    deposit = bench.deposit(customer, 60)
    moments = []

    for act in ("apply", "memo", "void"):
        bench.ledger.clock.advance(60)
        if act == "apply":
            application = bench.apply_deposit(deposit, {invoice: 60})
        elif act == "memo":
            bench.ledger.update("depositApplication", application, {"memo": "checked"})
        else:
            bench.act("void", {"id": invoice})
        moments.append(bench.row("transaction", deposit)["lastmodifieddate"])

    freed = "2026-03-18 17:33:00" if choice == "both" else "2026-03-18 17:31:00"
    assert moments == ["2026-03-18 17:31:00", "2026-03-18 17:31:00", freed]
    assert bench.open(deposit) == 60
    bench.check()


def test_refund_pays_out_credits_and_deposits(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.2")
    credit = bench.credit(customer, 30, currency="EUR", exchangeRate="1.1")
    payment = bench.payment(customer, 120, {invoice: 100}, currency="EUR", exchangeRate="1.3")
    deposit = bench.deposit(customer, 50, currency="EUR", exchangeRate="1.25")
    bank = {"id": str(bench.setup.accounts["1020"])}

    refund = bench.refund(
        customer,
        {credit: 30, payment: 15},
        {deposit: 50},
        currency="EUR",
        exchangeRate="1.4",
        account=bank,
    )

    assert bench.lines(refund) == [
        ("1020", 0, D(-95), D(-133)),
        ("1100", 1, D(45), D("52.5")),
        ("2300", 2, D(50), D("62.5")),
        ("7500", 3, D(0), D(18)),
    ]
    assert links(bench, refund) == [
        (credit, 0, refund, 1, "Payment", D(30)),
        (payment, 1, refund, 1, "Payment", D(15)),
        (deposit, 1, refund, 2, "Payment", D(50)),
    ]
    assert [bench.open(item) for item in (credit, payment, deposit, refund)] == [0, 5, 0, 0]
    assert [bench.row("transaction", item)["status"] for item in (credit, deposit)] == ["B", "C"]
    assert figures(bench) == [("-5.00", "-6.50", "0.00", "0.00")]
    bench.check()


def test_refund_by_transform_pays_out_all_that_is_left(bench: Bench) -> None:
    customer = bench.customer()
    credit, payment = bench.credit(customer, 30), bench.payment(customer, 20)
    deposit = bench.deposit(customer, 10)

    refunds = [
        bench.ledger.transform(kind, source, "customerRefund", {})
        for kind, source in (
            ("creditMemo", credit),
            ("customerPayment", payment),
            ("customerDeposit", deposit),
        )
    ]

    totals = [bench.ledger.read("customerRefund", refund)["total"] for refund in refunds]
    assert totals == [30, 20, 10]
    assert [bench.open(item) for item in (credit, payment, deposit)] == [0, 0, 0]
    bench.check()


def test_refunded_credit_cannot_go_before_its_refund(bench: Bench) -> None:
    customer = bench.customer()
    credit, deposit = bench.credit(customer, 30), bench.deposit(customer, 10)
    refund = bench.refund(customer, {credit: 30}, {deposit: 10})

    for kind, source in (("creditMemo", credit), ("customerDeposit", deposit)):
        with pytest.raises(BookError, match="linked to by one or more"):
            bench.ledger.delete(kind, source)
        with pytest.raises(BookError, match="linked to by one or more"):
            bench.act("void", {"id": source})
    bench.act("void", {"id": refund})
    bench.ledger.delete("creditMemo", credit)

    assert bench.open(deposit) == 10
    assert bench.row("transaction", refund)["status"] == "V"
    bench.check()


def test_refund_refuses_what_is_not_the_customers_to_get_back(bench: Bench) -> None:
    customer, stranger = bench.customer(), bench.customer()
    wrong = [
        bench.invoice(customer, 10),
        bench.credit(stranger, 10),
        bench.credit(customer, 10, currency="EUR"),
    ]

    for document in wrong:
        with pytest.raises(BookError, match=f"Invalid Field Value {document} "):
            bench.refund(customer, {document: 10})
    with pytest.raises(BookError, match="cannot exceed the amount due"):
        bench.refund(customer, {bench.credit(customer, 10): 11})
    bench.check()


def test_locked_period_holds_deposits_and_what_uses_them(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    deposit = bench.deposit(customer, 60, tranDate="2026-02-10")
    application = bench.apply_deposit(deposit, {invoice: 20}, tranDate="2026-02-11")
    bench.act("lock_period", {"name": "Feb 2026"})

    for refused in (
        lambda: bench.act("unapply", {"payer": application, "doc": invoice}),
        lambda: bench.ledger.delete("depositApplication", application),
        lambda: bench.ledger.update("customerDeposit", deposit, {"payment": 80}),
        lambda: bench.deposit(customer, 1, tranDate="2026-02-20"),
    ):
        with pytest.raises(BookError, match="closed period"):
            refused()
    bench.apply_deposit(deposit, {invoice: 40})

    assert bench.open(invoice) == 40
    bench.check()


def test_merge_moves_deposits_and_refunds(bench: Bench) -> None:
    source, target = bench.customer(), bench.customer()
    deposit = bench.deposit(source, 60)
    application = bench.apply_deposit(deposit, {bench.invoice(source, 100): 20})
    bench.refund(source, None, {deposit: 10})

    bench.act("merge", {"source": source, "target": target})

    assert bench.row("transaction", application)["entity"] == target
    assert figures(bench) == [("80.00", "80.00", "30.00", "30.00")]
    bench.check()


def test_switches_move_signs_and_base_amounts_of_deposits(bench: Bench) -> None:
    deposit = bench.deposit(bench.customer(), 60)
    unused = (
        "SELECT transactionline FROM transactionaccountingline"
        ' WHERE "transaction" = ? AND paymentamountunused IS NOT NULL'
    )
    before = (bench.row("transaction", deposit)["foreigntotal"], bench.rows(unused, deposit))

    bench.ledger.change_switches(
        {"foreigntotal_sign": "signed", "payment_amounts_line": "receivable"}
    )

    after = (bench.row("transaction", deposit)["foreigntotal"], bench.rows(unused, deposit))
    assert before == (60 * 10**8, [(0,)])
    assert after == (-60 * 10**8, [(1,)])
    bench.check()
