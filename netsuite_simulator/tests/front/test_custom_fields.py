"""Custom fields of every kind: REST bodies, the metadata catalog and SuiteQL."""

from __future__ import annotations

from typing import Any

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

VALUES: dict[str, Any] = {
    "custbody_stage": "L2",
    "custbody_promise_date": "2026-05-06",
    "custbody_dispute": True,
    "custbody_carrier": {"id": 2},
    "custbody_tags": {"items": [{"id": 3}, {"id": 1}]},
}


def test_custom_fields_are_read_as_they_were_written(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer(), 5)
    simulator.act("edit", type="invoice", id=invoice, body=VALUES)

    body = simulator.call("GET", f"/record/v1/invoice/{invoice}").json()

    assert body["custbody_stage"] == "L2"
    assert body["custbody_promise_date"] == "2026-05-06"
    assert body["custbody_dispute"] is True
    assert body["custbody_carrier"]["refName"] == "Blue Star Couriers"
    tags = body["custbody_tags"]
    assert [(each["id"], each["refName"]) for each in tags["items"]] == [
        ("1", "Key account"),
        ("3", "Portal"),
    ]
    assert tags["totalResults"] == 2


def test_multiple_select_is_emptied(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer(), 5)
    simulator.act("edit", type="invoice", id=invoice, body=VALUES)

    simulator.act("edit", type="invoice", id=invoice, body={"custbody_tags": {"items": []}})

    assert "custbody_tags" not in simulator.call("GET", f"/record/v1/invoice/{invoice}").json()


def test_query_shows_ids_and_texts_of_custom_lists(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer(), 5)
    simulator.act("edit", type="invoice", id=invoice, body=VALUES)

    row = simulator.suiteql(
        "SELECT t.custbody_carrier AS carrier, BUILTIN.DF(t.custbody_carrier) AS carrier_text,"
        " t.custbody_tags AS tags, BUILTIN.DF(t.custbody_tags) AS tag_texts,"
        f" t.custbody_dispute AS dispute FROM transaction t WHERE t.id = {invoice}"
    ).json()["items"][0]

    assert (row["carrier"], row["carrier_text"]) == ("2", "Blue Star Couriers")
    assert (row["tags"], row["tag_texts"]) == ("1, 3", "Key account, Portal")
    assert row["dispute"] == "T"


def test_catalog_marks_and_labels_custom_fields(simulator: RunningSimulator) -> None:
    properties = simulator.call(
        "GET",
        "/record/v1/metadata-catalog/invoice",
        headers={"Accept": "application/schema+json"},
    ).json()["properties"]

    assert properties["custbody_promise_date"] == {
        "title": "Promise Date",
        "type": "string",
        "format": "date",
        "nullable": True,
        "x-ns-custom-field": True,
    }
    assert "x-ns-custom-field" not in properties["memo"]
    assert properties["custbody_tags"]["properties"]["items"]["items"]["properties"]["refName"]
