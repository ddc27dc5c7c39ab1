from __future__ import annotations

from decimal import Decimal

import pytest

from netsuite_simulator.errors import BookError
from netsuite_simulator.ledger import unknown_fields

from .bench import Bench


def test_void_takes_amounts_and_applications_away(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, currency="EUR", exchangeRate="1.1")
    payment = bench.payment(customer, 100, {invoice: 60}, currency="EUR", exchangeRate="1.2")

    bench.act("void", {"id": payment})

    row = bench.row("transaction", payment)
    assert (row["voided"], row["void"], row["status"], row["foreigntotal"]) == ("T", "T", "V", 0)
    assert bench.open(invoice) == 100
    assert bench.rows("SELECT * FROM nexttransactionlinelink") == []
    bench.check()


def test_voiding_a_paid_invoice_frees_the_payment_or_is_refused(bench: Bench) -> None:
    customer = bench.customer()
    first, second = bench.invoice(customer, 100), bench.invoice(customer, 50)
    payment = bench.payment(customer, 150, {first: 100, second: 50})

    bench.act("void", {"id": first})
    bench.ledger.change_switches({"void_linked": "refuse"})
    with pytest.raises(BookError, match="linked to by one or more transactions"):
        bench.act("void", {"id": second})

    assert bench.open(payment) == 100
    bench.check()


def test_voided_transaction_cannot_be_edited(bench: Bench) -> None:
    invoice = bench.invoice(bench.customer(), 100)
    bench.act("void", {"id": invoice})

    with pytest.raises(BookError, match="voided"):
        bench.ledger.update("invoice", invoice, {"memo": "late"})


def test_deleting_a_paid_invoice_is_refused(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100)
    payment = bench.payment(customer, 100, {invoice: 100})

    with pytest.raises(BookError, match="linked to by one or more transactions"):
        bench.ledger.delete("invoice", invoice)
    bench.ledger.delete("customerPayment", payment)

    assert bench.open(invoice) == 100
    deleted = bench.rows("SELECT type, recordid, name, deleteddate FROM _deletedrecord")
    assert deleted == [("customerpayment", payment, "Payment #PYMT1001", "2026-03-18 17:30:00")]
    with pytest.raises(BookError) as gone:
        bench.ledger.read("customerPayment", payment)
    assert (gone.value.status, gone.value.code) == (404, "NONEXISTENT_ID")
    bench.check()


def test_deletion_names_the_employee_who_acted(bench: Bench) -> None:
    invoice = bench.invoice(bench.customer(), 100)
    ((employee,),) = bench.rows("SELECT id FROM employee")

    bench.act("delete", {"id": invoice, "by": employee})

    assert bench.rows("SELECT recordid, deletedby FROM deletedrecord") == [(invoice, employee)]


def test_customer_with_transactions_cannot_be_deleted(bench: Bench) -> None:
    used, unused = bench.customer(), bench.customer()
    bench.invoice(used, 1)

    with pytest.raises(BookError, match="dependent records"):
        bench.ledger.delete("customer", used)
    bench.ledger.delete("customer", unused)

    assert bench.ledger.ids("customer") == [used]
    assert bench.rows("SELECT type, recordid FROM _deletedrecord") == [("customer", unused)]


def test_closed_period_refuses_posting_editing_and_unapplying(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, 100, tranDate="2026-02-10")
    payment = bench.payment(customer, 50, {invoice: 50}, tranDate="2026-02-11")
    bench.act("close_period", {"name": "Feb 2026"})

    for refused in (
        lambda: bench.invoice(customer, 1, tranDate="2026-02-20"),
        lambda: bench.ledger.update("invoice", invoice, {"exchangeRate": 2}),
        lambda: bench.ledger.update("invoice", invoice, {"memo": "x"}),
        lambda: bench.act("unapply", {"payer": payment, "doc": invoice}),
        lambda: bench.act("void", {"id": payment}),
        lambda: bench.ledger.delete("customerPayment", payment),
    ):
        with pytest.raises(BookError, match="in a closed period cannot be changed"):
            refused()
    with pytest.raises(BookError, match="move a transaction to or from a closed period"):
        bench.ledger.update("invoice", invoice, {"tranDate": "2026-03-01"})
    bench.payment(customer, 50, {invoice: 50})
    bench.act("open_period", {"name": "Feb 2026"})
    bench.act("unapply", {"payer": payment, "doc": invoice})

    assert bench.open(invoice) == 50
    bench.check()


def test_period_that_allows_it_takes_changes_beside_the_ledger(bench: Bench) -> None:
    invoice = bench.invoice(bench.customer(), 100, tranDate="2026-02-10")
    period = bench.act("lock_period", {"date": "2026-02-10"})["id"]
    bench.ledger.update("accountingPeriod", period, {"allowNonGLChanges": True})

    bench.ledger.update("invoice", invoice, {"memo": "checked", "custbody_stage": "L2"})

    assert bench.ledger.read("invoice", invoice)["custbody_stage"] == "L2"
    with pytest.raises(BookError, match="G/L impact"):
        bench.ledger.update("invoice", invoice, {"item": {"items": [{"line": 1, "amount": 5}]}})


def test_date_without_period_is_refused(bench: Bench) -> None:
    with pytest.raises(BookError, match="not within the date range of your accounting period"):
        bench.invoice(bench.customer(), 1, tranDate="2019-01-01")


def test_merge_moves_everything_and_leaves_a_deleted_record(bench: Bench) -> None:
    source, target = bench.customer(), bench.customer()
    child = bench.customer(parent={"id": str(source)})
    invoice = bench.invoice(source, 100)
    bench.payment(source, 40, {invoice: 40})
    bench.ledger.clock.advance(5)

    bench.act("merge", {"source": source, "target": target})

    assert bench.row("transaction", invoice)["entity"] == target
    assert bench.row("transaction", invoice)["lastmodifieddate"] == "2026-03-18 17:30:05"
    assert bench.row("customer", child)["parent"] == target
    assert bench.rows("SELECT recordid FROM deletedrecord") == [(source,)]
    assert [item["open"] for item in bench.ledger.balances()] == ["60.00"]
    bench.check()


def test_item_lines_merge_by_line_and_are_added_without(bench: Bench) -> None:
    invoice = bench.invoice(bench.customer(), bench.line(None, quantity=2, rate=10), 5)

    bench.ledger.update(
        "invoice", invoice, {"item": {"items": [{"line": 1, "quantity": 3}, bench.line(7)]}}
    )
    merged = [
        (line["line"], line["amount"]) for line in bench.ledger.read("invoice", invoice)["item"]
    ]
    bench.ledger.update("invoice", invoice, {"item": {"items": [bench.line(9)]}}, ["item"])
    replaced = [line["amount"] for line in bench.ledger.read("invoice", invoice)["item"]]

    assert merged == [(1, 30), (2, 5), (3, 7)]
    assert replaced == [9]
    assert bench.open(invoice) == 9
    bench.check()


def test_numbers_follow_the_set_format_and_may_repeat(bench: Bench) -> None:
    customer = bench.customer()
    bench.act("set_numbering", {"type": "invoice", "prefix": "INV2021-", "digits": 6, "next": 123})

    numbers = [
        bench.row("transaction", bench.invoice(customer, 1, **fields))["tranid"]
        for fields in ({}, {}, {"tranId": "INV2021-000123"})
    ]
    bench.ledger.change_switches({"allow_duplicate_numbers": False})

    assert numbers == ["INV2021-000123", "INV2021-000124", "INV2021-000123"]
    with pytest.raises(BookError, match="This record already exists"):
        bench.invoice(customer, 1, tranId="INV2021-000123")


def test_external_id_finds_and_is_unique_per_type(bench: Bench) -> None:
    customer = bench.customer(externalId="crm-1")
    invoice = bench.invoice(customer, 1, externalId="x-1")
    by_external = bench.ledger.create(
        "invoice",
        {"entity": {"externalId": "crm-1"}, "item": {"items": [bench.line(2)]}},
    )
    payment = bench.payment(customer, 1, externalId="x-1")

    assert bench.ledger.find("invoice", "x-1") == invoice
    assert bench.ledger.find("customerPayment", "x-1") == payment
    assert bench.row("transaction", by_external)["entity"] == customer
    with pytest.raises(BookError, match="This record already exists"):
        bench.invoice(customer, 1, externalId="x-1")


def test_mandatory_and_invalid_values_are_refused_in_netsuite_words(bench: Bench) -> None:
    customer = bench.customer()
    item = {"item": {"items": [bench.line(1)]}}

    with pytest.raises(BookError, match=r"Please enter value\(s\) for: Entity\."):
        bench.ledger.create("invoice", item)
    with pytest.raises(BookError, match="at least one line item"):
        bench.ledger.create("invoice", {"entity": {"id": str(customer)}})
    with pytest.raises(BookError, match="Invalid Field Value 9999 for the following field: item"):
        bench.invoice(customer, bench.line(1, item={"id": "9999"}))
    with pytest.raises(BookError, match="This entity already exists"):
        bench.ledger.create("customer", {"companyName": "customer 1", "subsidiary": {"id": "1"}})
    bench.act("set_inactive", {"type": "customer", "id": customer})
    with pytest.raises(BookError, match="following field: entity"):
        bench.invoice(customer, 1)


def test_unknown_fields_are_named_with_their_path(bench: Bench) -> None:
    body = {"entity": {"id": "1"}, "memmo": "x", "item": {"items": [{"amount": 1, "qty": 2}]}}

    assert unknown_fields("invoice", body) == ["memmo", "item.items[0].qty"]


def test_signs_follow_the_switches_also_for_what_is_stored(bench: Bench) -> None:
    customer = bench.customer()
    invoice = bench.invoice(customer, bench.line(None, quantity=2, rate=10))
    credit = bench.credit(customer, 5)
    assert bench.row("transaction", credit)["foreigntotal"] == -5 * 10**8

    bench.ledger.change_switches({"foreigntotal_sign": "absolute", "line_quantity_sign": "entered"})

    assert bench.row("transaction", credit)["foreigntotal"] == 5 * 10**8
    quantity = bench.rows("SELECT quantity FROM transactionline WHERE item IS NOT NULL")[0][0]
    assert quantity == 2 * 10**8
    assert bench.ledger.read("invoice", invoice)["item"][0]["quantity"] == Decimal(2)
    bench.check()


def test_customer_balances_follow_the_documents(bench: Bench) -> None:
    parent = bench.customer()
    child = bench.customer(parent={"id": str(parent)})
    bench.invoice(parent, 100, dueDate="2026-03-17")
    bench.invoice(parent, 10, dueDate="2026-03-18")
    bench.invoice(child, 7)
    bench.payment(child, 2)

    body = bench.ledger.read("customer", parent)

    assert (body["balance"], body["overdueBalance"], body["consolBalance"]) == (110, 100, 115)


def test_edited_address_leaves_that_of_earlier_invoices(bench: Bench) -> None:
    customer = bench.customer(
        addressBook={
            "items": [{"defaultBilling": True, "addressBookAddress": {"addr1": "1 Old Quay"}}]
        }
    )
    invoice = bench.invoice(customer, 1)
    line = bench.ledger.read("customer", customer)["addressBook"][0]

    edited = {"internalId": line["id"], "addressBookAddress": {"addr1": "2 New Quay"}}
    bench.ledger.update("customer", customer, {"addressBook": {"items": [edited]}})

    shown = bench.rows(
        "SELECT a.addr1 FROM transactionbillingaddress a"
        ' JOIN "transaction" t ON t.billingaddress = a.nkey WHERE t.id = ?',
        invoice,
    )
    book = bench.ledger.read("customer", customer)["addressBook"]
    assert shown == [("1 Old Quay",)]
    assert [item["addressBookAddress"]["addr1"] for item in book] == ["2 New Quay"]
    assert book[0]["defaultBilling"]
