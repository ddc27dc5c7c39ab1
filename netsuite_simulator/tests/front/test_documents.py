"""Deposits, deposit applications and refunds over HTTP."""

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
    gone = "SELECT recordtype FROM deletedrecord WHERE recordid = ?"
    assert rows(simulator, gone, application) == [{"recordtype": "depositapplication"}]


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
