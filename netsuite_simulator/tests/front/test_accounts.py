"""What real accounts have in their books, as a client sees it."""

from __future__ import annotations

from typing import Any

import pytest

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

ROOT = "/record/v1"


def rows(simulator: RunningSimulator, query: str, *params: Any) -> list[dict[str, Any]]:
    answer = simulator.suiteql(query, [str(param) for param in params])
    assert answer.status_code == 200, answer.text
    return [
        {name: value for name, value in row.items() if name != "links"}
        for row in answer.json()["items"]
    ]


def balance(simulator: RunningSimulator, customer: int) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [row for row in simulator.ledger()["balances"] if row["customer_id"] == customer]
    return found


@pytest.mark.parametrize(
    ("act", "params", "code", "name"),
    [
        ("charge", {}, "CustChrg", "Statement Charge"),
        ("finance_charge", {}, "CustInvc", "Invoice"),
        ("custom_transaction", {"type": "CuTrSale102"}, "CuTrSale102", "Goodwill Credit"),
    ],
)
def test_types_on_receivables_are_told_by_a_grouped_query(
    simulator: RunningSimulator,
    books: Books,
    act: str,
    params: dict[str, Any],
    code: str,
    name: str,
) -> None:
    customer = books.customer()
    made = simulator.act(act, customer=customer, amount=12.5, **params)["id"]

    found = rows(
        simulator,
        "SELECT t.type, BUILTIN.DF(t.type) AS typename, COUNT(DISTINCT t.id) AS documents,"
        " SUM(a.amount) AS posted FROM transaction t"
        " JOIN transactionaccountingline a ON a.transaction = t.id"
        " JOIN account c ON c.id = a.account WHERE c.accttype = 'AcctRec' AND t.entity = ?"
        " GROUP BY t.type, BUILTIN.DF(t.type)",
        customer,
    )
    sign = -1 if act == "custom_transaction" else 1
    assert [(row["type"], row["typename"], row["documents"]) for row in found] == [
        (code, name, "1")
    ]
    assert float(found[0]["posted"]) == sign * 12.5
    assert balance(simulator, customer)["open"] == f"{sign * 12.5:.2f}"
    (document,) = [
        item for item in simulator.ledger(documents=True)["documents"] if item["id"] == made
    ]
    assert document["side"] == ("credit" if sign < 0 else "debit")


def test_only_finance_charges_are_records_of_the_record_service(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    finance = simulator.act("finance_charge", customer=customer, amount=5)["id"]
    charge = simulator.act("charge", customer=customer, amount=5)["id"]

    assert simulator.call("GET", f"{ROOT}/invoice/{finance}").json()["amountRemaining"] == 5
    for kind, record in (("customerCharge", charge), ("fxReval", 1), ("customsale_goodwill", 1)):
        assert simulator.call("GET", f"{ROOT}/{kind}/{record}").status_code == 404


def test_revaluation_is_seen_in_queries_and_in_the_books(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    euro = rows(simulator, "SELECT id FROM currency WHERE symbol = 'EUR'")[0]["id"]
    books.invoice(customer, 100, currency={"id": euro}, exchangeRate="1.1")

    first, second = simulator.act("revalue", date="2026-01-05", currency="EUR", amount=15)["ids"]

    found = rows(
        simulator,
        "SELECT t.id, t.isreversal, l.foreignamount, a.amount FROM transaction t"
        " JOIN transactionline l ON l.transaction = t.id"
        " JOIN transactionaccountingline a ON a.transaction = t.id AND a.transactionline = l.id"
        " JOIN account c ON c.id = a.account"
        " WHERE t.type = 'FxReval' AND c.accttype = 'AcctRec' AND t.entity IS NULL ORDER BY t.id",
    )
    assert [tuple(row.values()) for row in found] == [
        (str(first), "F", "0", "15"),
        (str(second), "T", "0", "-15"),
    ]
    assert balance(simulator, customer)["open_base"] == "110.00"
    listed = simulator.ledger()["revaluations"]
    assert [(item["id"], item["base"]) for item in listed] == [(first, "15.00"), (second, "-15.00")]


def test_project_leads_to_its_customer(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    refused = simulator.suiteql("SELECT id FROM job")
    simulator.switches(projects=True, job_customer_column="parent")
    job = simulator.act("job", customer=customer, name="Quay lights")["id"]
    invoice = books.invoice(job, 40)

    (row,) = rows(
        simulator,
        "SELECT t.entity, BUILTIN.DF(t.entity) AS name,"
        " COALESCE(j.customer, j.parent, t.entity) AS customer FROM transaction t"
        " LEFT JOIN job j ON j.id = t.entity WHERE t.id = ?",
        invoice,
    )

    assert refused.status_code == 400
    assert (row["entity"], row["customer"]) == (str(job), str(customer))
    assert row["name"].endswith(" : Quay lights")
    (entity,) = rows(simulator, "SELECT type, project FROM entity WHERE id = ?", job)
    assert entity == {"type": "Job", "project": str(job)}
    shown = simulator.call("GET", f"{ROOT}/invoice/{invoice}").json()["entity"]
    assert shown["id"] == str(job)
    assert "/job/" in shown["links"][0]["href"]
    assert simulator.call("GET", f"{ROOT}/job/{job}").json()["companyName"] == "Quay lights"
    assert balance(simulator, customer)["open"] == "40.00"


def test_refund_voided_by_a_journal_keeps_its_lines(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    line = {"item": {"id": str(books.item)}, "quantity": 1, "rate": 100}
    body = {"entity": {"id": str(customer)}, "item": {"items": [line]}}
    credit = simulator.act("create", type="creditMemo", body=body)["id"]
    refund = simulator.act("transform", type="creditMemo", id=credit, target="customerRefund")["id"]

    journal = simulator.act("void", id=refund, style="reversing_journal", date="2026-01-31")

    found = rows(
        simulator,
        "SELECT t.id, t.voided, t.trandate, a.amount FROM transaction t"
        " JOIN transactionaccountingline a ON a.transaction = t.id AND a.posting = 'T'"
        " JOIN account c ON c.id = a.account WHERE c.accttype = 'AcctRec' AND t.id IN (?, ?)"
        " ORDER BY t.id",
        refund,
        journal["journal"],
    )
    assert [(row["id"], row["voided"], row["amount"]) for row in found] == [
        (str(refund), "T", "100"),
        (str(journal["journal"]), "F", "-100"),
    ]
    assert found[1]["trandate"] == "1/31/2026"
    assert balance(simulator, customer)["open"] == "-100.00"


def test_instalments_and_discount_over_http(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    parts = [{"date": "2026-08-15", "amount": 60}, {"date": "2026-09-15", "amount": 40}]
    invoice = simulator.act("bill", customer=customer, amount=100, instalments=parts)["id"]
    body = {"customer": {"id": str(customer)}, "payment": 98}
    payment = simulator.act("create", type="customerPayment", body=body)["id"]

    simulator.act("apply", payer=payment, doc=invoice, amount=98, disc=2)

    found = rows(
        simulator,
        "SELECT TO_CHAR(duedate, 'YYYY-MM-DD') AS due, foreignamount, foreignamountunpaid"
        " FROM transactionline WHERE transaction = ? AND mainline = 'T' ORDER BY duedate",
        invoice,
    )
    assert [tuple(row.values()) for row in found] == [
        ("2026-08-15", "60", "0"),
        ("2026-09-15", "40", "0"),
    ]
    read = simulator.call("GET", f"{ROOT}/invoice/{invoice}?expandSubResources=true").json()
    assert [part["amount"] for part in read["installment"]["items"]] == [60, 40]
    assert balance(simulator, customer)["open"] == "0.00"
