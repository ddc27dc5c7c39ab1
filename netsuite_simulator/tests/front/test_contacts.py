"""Contacts over REST: attaching, detaching and the roles that a customer shows."""

from __future__ import annotations

from typing import Any

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

CUSTOMER = "/record/v1/customer"


def roles(simulator: RunningSimulator, customer: int) -> list[dict[str, Any]]:
    answer = simulator.call("GET", f"{CUSTOMER}/{customer}?expandSubResources=true")
    lines: list[dict[str, Any]] = answer.json()["contactRoles"]["items"]
    return lines


def test_contact_is_attached_with_a_role_and_detached(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    contact = simulator.act(
        "create",
        type="contact",
        body={"firstName": "Ann", "lastName": "Lee", "email": "ann@quay.example"},
    )["id"]
    path = f"contact/{contact}"

    answer = simulator.call(
        "POST", f"{CUSTOMER}/{customer}/!attach/{path}", json={"role": {"id": "2"}}
    )

    assert (answer.status_code, answer.content) == (204, b"")
    (line,) = roles(simulator, customer)
    assert (line["contact"]["id"], line["email"]) == (str(contact), "ann@quay.example")
    assert line["role"]["refName"] == "Accounts Payable"
    rows = simulator.suiteql(
        "SELECT r.contact, r.company, BUILTIN.DF(r.role) AS role_name"
        " FROM companycontactrelationship r"
    )
    assert rows.json()["items"][0]["role_name"] == "Accounts Payable"
    answer = simulator.call("POST", f"{CUSTOMER}/{customer}/!detach/{path}")
    assert answer.status_code == 204
    assert roles(simulator, customer) == []
    answer = simulator.call("POST", f"{CUSTOMER}/{customer}/!detach/{path}")
    assert answer.status_code == 404


def test_only_contacts_are_attached(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()

    answer = simulator.call("POST", f"{CUSTOMER}/{customer}/!attach/customer/{customer}")

    assert answer.status_code == 400
