"""Persons that stand in e-mail fields: their keys, addresses and names."""

from __future__ import annotations

import pytest

from kolleno_netsuite.mappers.person import customer_persons, invoice_persons, source_id


def test_key_is_the_published_one() -> None:
    (person,) = invoice_persons(
        {"entity": "123", "custbody15": " Contact@Example.com "}, {"custbody15": ""}
    )

    assert person.source_id == "netsuite_person_123_invoice_custbody15_contact@example.com"
    assert (person.email, person.name) == ("contact@example.com", "contact")


def test_fields_and_customers_make_other_persons() -> None:
    row = {"entity": "123", "custbody15": "a@x.example", "custbody16": "a@x.example"}

    keys = {
        person.source_id for person in invoice_persons(row, {"custbody15": "", "custbody16": ""})
    }
    keys |= {
        person.source_id for person in invoice_persons({**row, "entity": "124"}, {"custbody15": ""})
    }

    assert keys == {
        source_id(123, "invoice", "custbody15", "a@x.example"),
        source_id(123, "invoice", "custbody16", "a@x.example"),
        source_id(124, "invoice", "custbody15", "a@x.example"),
    }


def test_name_of_a_field_is_that_of_a_single_address() -> None:
    row = {"entity": "1", "custbody15": "a@x.example", "custbody17": "Ann B. Lee"}
    (ann,) = invoice_persons(row, {"custbody15": "custbody17"})
    several = invoice_persons(
        {**row, "custbody15": "a@x.example b@x.example"}, {"custbody15": "custbody17"}
    )

    assert (ann.name, ann.first_name, ann.last_name) == ("Ann B. Lee", "Ann", "B. Lee")
    assert [person.name for person in several] == ["a", "b"]


def test_customers_own_fields_make_persons_named_after_it() -> None:
    row = {"id": "9", "companyname": "Quay", "phone": "1", "email": "a@x.example"}
    row["custentity_ap"] = "ap@x.example; AP2@x.example"

    persons = customer_persons({"row": row}, ("email", "custentity_ap"))

    assert [person.email for person in persons] == ["a@x.example", "ap@x.example", "ap2@x.example"]
    assert {(person.name, person.first_name, person.phone) for person in persons} == {
        ("Quay", "", "1")
    }


def test_customer_that_is_a_person_lends_its_names() -> None:
    row = {"id": "9", "isperson": "T", "firstname": "Jo", "lastname": "Doe", "email": "j@x.example"}

    (person,) = customer_persons({"row": row}, ("email",))

    assert (person.name, person.first_name, person.last_name) == ("Jo Doe", "Jo", "Doe")


@pytest.mark.parametrize(
    ("attentions", "name"),
    [
        (["F Shipping Clerk", "T Ann Lee"], "Ann Lee"),
        (["F Shipping Clerk", "T "], "Shipping Clerk"),
        (["T "], "Quay"),
        ([], "Quay"),
    ],
)
def test_attention_of_the_billing_address_comes_first(attentions: list[str], name: str) -> None:
    entries = [
        {"addressid": "1", "defaultbilling": text[0], "attention": text[2:]} for text in attentions
    ]
    row = {"id": "9", "companyname": "Quay", "email": "a@x.example"}

    (person,) = customer_persons({"row": row, "addresses": entries}, ("email",), by_attention=True)

    assert person.name == name
