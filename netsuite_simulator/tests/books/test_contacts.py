"""Contacts belong to one company, are attached to more, and follow a merged customer."""

from __future__ import annotations

from typing import Any

import pytest

from netsuite_simulator.errors import BookError

from .bench import Bench

RELATIONSHIPS = "SELECT company, role FROM companycontactrelationship WHERE contact = ? ORDER BY 1"


def contact(bench: Bench, company: int | None = None, **fields: Any) -> int:
    body: dict[str, Any] = {"firstName": "Ann", "lastName": "Lee", **fields}
    if company:
        body["company"] = {"id": company}
    return bench.ledger.create("contact", body)


def test_company_gives_the_role_of_the_contact(bench: Bench) -> None:
    customer, role = bench.customer(), bench.setup.contact_roles["Accounts Payable"]

    ann = contact(bench, customer, title="AP Manager", contactRole={"id": role})

    assert bench.rows(RELATIONSHIPS, ann) == [(customer, role)]
    lines = bench.ledger.read("customer", customer)["contactRoles"]
    assert [(line["contact"].id, line["role"].name) for line in lines] == [
        (ann, "Accounts Payable")
    ]
    assert bench.ledger.read("contact", ann)["title"] == "AP Manager"


def test_contact_is_attached_to_several_customers_and_detached(bench: Bench) -> None:
    first, second = bench.customer(), bench.customer()
    role = bench.setup.contact_roles["Purchasing"]
    ann = contact(bench, first)

    bench.act("attach", {"customer": second, "contact": ann, "role": role})

    assert bench.rows(RELATIONSHIPS, ann) == [(first, None), (second, role)]
    bench.act("detach", {"customer": first, "contact": ann})
    assert bench.rows(RELATIONSHIPS, ann) == [(second, role)]
    assert bench.row("contact", ann)["company"] is None
    with pytest.raises(BookError):
        bench.act("detach", {"customer": first, "contact": ann})


def test_attaching_moves_the_date_unless_switched_off(bench: Bench) -> None:
    customer, ann = bench.customer(), contact(bench)
    before = bench.row("contact", ann)["lastmodifieddate"]
    bench.ledger.clock.advance(60)

    bench.ledger.change_switches({"attach_touches_contact": False})
    bench.ledger.attach(customer, ann)
    assert bench.row("contact", ann)["lastmodifieddate"] == before

    bench.ledger.change_switches({"attach_touches_contact": True})
    bench.ledger.attach(customer, ann)
    assert bench.row("contact", ann)["lastmodifieddate"] > before


def test_other_company_takes_the_place_of_the_one_before(bench: Bench) -> None:
    first, second = bench.customer(), bench.customer()
    ann = contact(bench, first)

    bench.ledger.update("contact", ann, {"company": {"id": second}})

    assert bench.rows(RELATIONSHIPS, ann) == [(second, None)]


def test_merged_customer_hands_its_contacts_on(bench: Bench) -> None:
    source, target = bench.customer(), bench.customer()
    ann, both = contact(bench, source), contact(bench, source, firstName="Bo")
    bench.ledger.attach(target, both)

    bench.act("merge", {"source": source, "target": target})

    assert bench.rows(RELATIONSHIPS, ann) == [(target, None)]
    assert bench.rows(RELATIONSHIPS, both) == [(target, None)]
    assert bench.row("contact", ann)["company"] == target


def test_deleted_contact_leaves_a_row_and_no_relationship(bench: Bench) -> None:
    customer = bench.customer()
    ann = contact(bench, customer)

    bench.ledger.delete("contact", ann)

    assert bench.rows(RELATIONSHIPS, ann) == []
    assert bench.rows("SELECT recordid FROM _deletedrecord WHERE type = 'contact'") == [(ann,)]


def test_contact_of_a_deleted_customer_belongs_to_none(bench: Bench) -> None:
    customer = bench.customer()
    ann = contact(bench, customer)

    bench.ledger.delete("customer", customer)

    assert bench.rows(RELATIONSHIPS, ann) == []
    assert bench.row("contact", ann)["company"] is None
