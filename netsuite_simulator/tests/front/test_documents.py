"""Deposits, deposit applications, refunds and journals over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

ROOT = "/record/v1"


def created(answer: requests.Response) -> int:
    assert answer.status_code == 204, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def read(simulator: RunningSimulator, kind: str, record: int) -> Any:
    path = f"{ROOT}/{kind}/{record}?expandSubResources=true"
    answer = simulator.call("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(simulator: RunningSimulator, query: str, *params: Any) -> list[dict[str, Any]]:
    answer = simulator.suiteql(query, [str(param) for param in params])
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = [
        {name: value for name, value in row.items() if name != "links"}
        for row in answer.json()["items"]
    ]
    return found


def deposit_of(simulator: RunningSimulator, customer: int, amount: float) -> int:
    body = {"customer": {"id": str(customer)}, "payment": amount}
    return created(simulator.call("POST", f"{ROOT}/customerDeposit", json=body))


def test_deposit_is_applied_by_transform_only(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    deposit = deposit_of(simulator, customer, 80)
    path = f"{ROOT}/customerDeposit/{deposit}/!transform/depositApplication"
    line = {"doc": {"id": str(invoice)}, "apply": True, "amount": 60.25}

    refused = simulator.call(
        "POST", f"{ROOT}/depositApplication", json={"customer": {"id": str(customer)}}
    )
    application = created(simulator.call("POST", path, json={"apply": {"items": [line]}}))
    body = read(simulator, "depositApplication", application)

    assert refused.status_code == 400
    assert (body["total"], body["deposit"]["id"], body["status"]["id"]) == (
        60.25,
        str(deposit),
        "Y",
    )
    assert [(item["doc"]["id"], item["amount"]) for item in body["apply"]["items"]] == [
        (str(invoice), 60.25)
    ]
    assert read(simulator, "invoice", invoice)["amountRemaining"] == 39.75
    assert read(simulator, "customerDeposit", deposit)["status"] == {
        "id": "A",
        "refName": "Not Deposited",
    }
    links = rows(
        simulator,
        "SELECT previousdoc, previousline, nextline, linktype, foreignamount"
        " FROM previoustransactionlinelink WHERE nextdoc = ? ORDER BY linktype",
        application,
    )
    assert [tuple(link.values()) for link in links] == [
        (str(deposit), "1", "1", "DepAppl", "60.25"),
        (str(invoice), "0", "0", "Payment", "60.25"),
    ]


def test_deposit_application_is_changed_and_deleted(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    deposit = deposit_of(simulator, customer, 80)
    application = simulator.act(
        "transform", type="customerDeposit", id=deposit, target="depositApplication"
    )["id"]
    path = f"{ROOT}/depositApplication/{application}"
    line = {"doc": {"id": str(invoice)}, "apply": True, "amount": 30}
    changed = simulator.call("PATCH", path, json={"apply": {"items": [line]}})
    total = read(simulator, "depositApplication", application)["total"]
    deleted = simulator.call("DELETE", path)

    assert (changed.status_code, deleted.status_code, total) == (204, 204, 30)
    assert read(simulator, "invoice", invoice)["amountRemaining"] == 100
    gone = "SELECT type FROM deletedrecord WHERE recordid = ?"
    assert rows(simulator, gone, application) == [{"type": "DepAppl"}]


def test_refund_over_rest_shows_no_deposits(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    deposit = deposit_of(simulator, customer, 80)
    memo = simulator.act(
        "transform", type="invoice", id=books.invoice(customer, 20), target="creditMemo"
    )["id"]
    simulator.act("unapply", payer=memo)
    body = {
        "customer": {"id": str(customer)},
        "account": {"id": "111"},
        "apply": {"items": [{"doc": {"id": str(memo)}, "apply": True, "amount": 15}]},
        "deposit": {"items": [{"doc": {"id": str(deposit)}, "apply": True, "amount": 50}]},
    }
    refund = created(simulator.call("POST", f"{ROOT}/customerRefund", json=body))
    shown = read(simulator, "customerRefund", refund)

    assert (shown["total"], shown["status"]["id"]) == (65, "A")
    assert shown["deposit"]["items"] == []
    assert [(item["doc"]["id"], item["amount"]) for item in shown["apply"]["items"]] == [
        (str(memo), 15)
    ]
    assert (read(simulator, "creditMemo", memo)["unapplied"]) == 5


@pytest.mark.parametrize("kind", ["customerDeposit", "creditMemo", "customerPayment"])
def test_refund_is_made_by_transform(simulator: RunningSimulator, books: Books, kind: str) -> None:
    customer = books.customer()
    body: dict[str, Any] = {"customer": {"id": customer}, "payment": 40, "autoApply": False}
    if kind == "creditMemo":
        line = {"item": {"id": str(books.item)}, "amount": 40}
        body = {"entity": {"id": customer}, "item": {"items": [line]}}
    source = simulator.act("create", type=kind, body=body)["id"]
    path = f"{ROOT}/{kind}/{source}/!transform/customerRefund"

    refund = created(simulator.call("POST", path, json={}))

    assert read(simulator, "customerRefund", refund)["total"] == 40
    left = rows(
        simulator, "SELECT foreignpaymentamountunused FROM transaction WHERE id = ?", source
    )
    assert left == [{"foreignpaymentamountunused": "0"}]


def test_queries_that_a_client_of_documents_needs(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    deposit = deposit_of(simulator, customer, 80)
    by_account = (
        "SELECT tal.transaction, tal.transactionline, a.accttype, a.sspecacct, tal.credit"
        " FROM transactionaccountingline tal JOIN account a ON a.id = tal.account"
        " WHERE tal.accountingbook = 1 AND tal.transaction IN"
        " (SELECT t.id FROM transaction t WHERE t.entity = ? AND t.type = 'CustDep')"
        " ORDER BY tal.transactionline"
    )
    by_line = (
        "SELECT t.id, t.recordtype, BUILTIN.DF(t.type) AS kind FROM transaction t WHERE EXISTS"
        " (SELECT 1 FROM transactionline l JOIN transactionaccountingline tal"
        " ON tal.transaction = l.transaction AND tal.transactionline = l.id"
        " JOIN account a ON a.id = tal.account"
        " WHERE l.transaction = t.id AND l.entity = ? AND a.sspecacct = 'CustDep')"
        " ORDER BY t.id"
    )

    lines = rows(simulator, by_account, customer)

    assert [(row["transactionline"], row.get("sspecacct"), row.get("credit")) for row in lines] == [
        ("0", "UndepFunds", None),
        ("1", "CustDep", "80"),
    ]
    assert rows(simulator, by_line, customer) == [
        {"id": str(deposit), "recordtype": "customerdeposit", "kind": "Customer Deposit"}
    ]


@pytest.mark.parametrize("page", ["custdep", "depappl", "custrfnd"])
def test_documents_have_pages(simulator: RunningSimulator, books: Books, page: str) -> None:
    customer = books.customer()
    deposit = deposit_of(simulator, customer, 80)
    target = {"depappl": "depositApplication", "custrfnd": "customerRefund"}.get(page)
    record = deposit
    if target:
        record = simulator.act("transform", type="customerDeposit", id=deposit, target=target)["id"]

    answer = requests.get(
        f"{simulator.base_url}/app/accounting/transactions/{page}.nl?id={record}", timeout=10
    )

    assert answer.status_code == 200
    assert "Simulated NetSuite account" in answer.text


# === Journals === #


def journal_of(simulator: RunningSimulator, customer: int, **values: Any) -> int:
    """Create a journal over REST: debit 30 to the customer, credit 30 to Product Sales."""
    accounts = {
        row["acctnumber"]: row["id"]
        for row in rows(simulator, "SELECT id, acctnumber FROM account WHERE isinactive = 'F'")
    }
    lines = [
        {
            "account": {"id": accounts["1100"]},
            "debit": 30,
            "entity": {"id": str(customer)},
            "memo": "Opening balance",
        },
        {"account": {"id": accounts["4000"]}, "credit": 30},
    ]
    body = {"subsidiary": {"id": "1"}, "line": {"items": lines}, **values}
    return created(simulator.call("POST", f"{ROOT}/journalEntry", json=body))


def test_journal_over_rest_has_lines_and_no_customer(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    journal = journal_of(simulator, customer, tranDate="2026-01-15", approved=False)
    body = read(simulator, "journalEntry", journal)

    assert "entity" not in body
    assert (body["approved"], body["isReversal"], body["status"]["id"]) == (False, False, "A")
    shown = [
        (item["line"], item.get("debit"), item.get("credit")) for item in body["line"]["items"]
    ]
    assert shown == [(0, 30, None), (1, None, 30)]
    assert body["line"]["items"][0]["entity"]["id"] == str(customer)
    assert simulator.call("GET", f"{ROOT}/journalEntry/{journal}/line/0").status_code == 200


def test_journal_is_approved_edited_and_deleted_over_rest(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    journal = journal_of(simulator, customer, approved=False)
    path = f"{ROOT}/journalEntry/{journal}"
    edit = {"line": {"items": [{"line": 0, "debit": 45}, {"line": 1, "credit": 45}]}}
    open_amount = (
        "SELECT l.foreignamountunpaid, tal.amountunpaid FROM transactionline l"
        " JOIN transactionaccountingline tal ON tal.transaction = l.transaction"
        " AND tal.transactionline = l.id WHERE l.transaction = ? AND l.id = 0"
    )

    pending = rows(simulator, open_amount, journal)
    answers = [
        simulator.call("PATCH", path, json={"approved": True}).status_code,
        simulator.call("PATCH", path, json=edit).status_code,
    ]
    posted = rows(simulator, open_amount, journal)
    deleted = simulator.call("DELETE", path).status_code

    assert pending == [{}]
    assert posted == [{"foreignamountunpaid": "45", "amountunpaid": "45"}]
    assert [*answers, deleted] == [204, 204, 204]
    gone = "SELECT type FROM deletedrecord WHERE recordid = ?"
    assert rows(simulator, gone, journal) == [{"type": "Journal"}]


def test_payment_over_rest_settles_a_line_of_a_journal(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    journal = journal_of(simulator, customer)
    body = {
        "customer": {"id": str(customer)},
        "payment": 10,
        "autoApply": False,
        "apply": {"items": [{"doc": {"id": str(journal)}, "line": 0, "apply": True, "amount": 10}]},
    }
    payment = created(simulator.call("POST", f"{ROOT}/customerPayment", json=body))

    links = rows(
        simulator,
        "SELECT previousdoc, previousline, previoustype, nextline, foreignamount"
        " FROM nexttransactionlinelink WHERE nextdoc = ?",
        payment,
    )
    assert [tuple(link.values()) for link in links] == [(str(journal), "0", "Journal", "1", "10")]
    unapply = {"doc": {"id": str(journal)}, "line": 0, "apply": False}
    simulator.call(
        "PATCH", f"{ROOT}/customerPayment/{payment}", json={"apply": {"items": [unapply]}}
    )
    balance = next(row for row in simulator.ledger()["balances"] if row["customer_id"] == customer)
    assert balance["open"] == "20.00"


def test_reversal_date_makes_a_second_journal(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    journal = journal_of(simulator, customer, tranDate="2026-01-31", reversalDate="2026-02-01")
    body = read(simulator, "journalEntry", journal)
    reversal = read(simulator, "journalEntry", int(body["reversalEntry"]["id"]))

    assert (body["reversalDate"], reversal["tranDate"]) == ("2026-02-01", "2026-02-01")
    assert (reversal["isReversal"], reversal["reversalEntry"]["id"]) == (True, str(journal))


def test_journals_have_one_page_and_two_record_types(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    journal = journal_of(simulator, customer)
    shared = [
        {"account": {"id": "111"}, "debit": 5, "lineSubsidiary": {"id": "2"}},
        {"account": {"id": "112"}, "credit": 5, "lineSubsidiary": {"id": "2"}},
    ]
    between = created(
        simulator.call(
            "POST",
            f"{ROOT}/advInterCompanyJournalEntry",
            json={"subsidiary": {"id": "1"}, "line": {"items": shared}},
        )
    )

    pages = [
        requests.get(
            f"{simulator.base_url}/app/accounting/transactions/journal.nl?id={record}", timeout=10
        ).status_code
        for record in (journal, between)
    ]
    types = rows(
        simulator,
        f"SELECT type, recordtype FROM transaction WHERE id IN ({journal}, {between}) ORDER BY id",
    )

    assert pages == [200, 200]
    assert types == [
        {"type": "Journal", "recordtype": "journalentry"},
        {"type": "Journal", "recordtype": "advintercompanyjournalentry"},
    ]
    assert simulator.call("GET", f"{ROOT}/journalEntry/{between}").status_code == 404
    listed = simulator.call("GET", f"{ROOT}/journalEntry?q=id EQUAL {between}").json()
    assert listed["totalResults"] == 0


def test_receivable_lines_of_a_journal_are_found_by_query(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    journal = journal_of(simulator, customer)
    query = (
        "SELECT l.id AS line, l.entity, l.memo, l.mainline, tal.debit, tal.exchangerate"
        " FROM transactionline l JOIN transactionaccountingline tal"
        " ON tal.transaction = l.transaction AND tal.transactionline = l.id"
        " AND tal.accountingbook = 1 JOIN account a ON a.id = tal.account"
        " WHERE a.accttype = 'AcctRec' AND l.entity IN (SELECT id FROM customer)"
        " AND l.transaction IN (SELECT t.id FROM transaction t WHERE t.type = 'Journal'"
        " AND t.posting = 'T' AND t.id = ?)"
    )

    assert rows(simulator, query, journal) == [
        {
            "line": "0",
            "entity": str(customer),
            "memo": "Opening balance",
            "mainline": "T",
            "debit": "30",
            "exchangerate": "1",
        }
    ]


def test_hidden_deleted_records_are_no_table(simulator: RunningSimulator) -> None:
    simulator.fault("permission_missing", record="deletedrecord", times=None)

    answer = simulator.suiteql("SELECT type FROM deletedrecord")

    assert answer.status_code == 400
    assert "not found" in answer.text
