from __future__ import annotations

import json
from decimal import Decimal

import pytest

from kolleno_netsuite.client.errors import ClientBug, DataError, RecordNotFound, TransientError
from kolleno_netsuite.client.records import Records, by_external_id

from .scripted_server import refuse, reply

ROOT = "/services/rest/record/v1"
GONE = refuse(404, "NONEXISTENT_ID", "Record does not exist.")


@pytest.fixture
def records(kit):
    return Records(kit.transport)


def test_get_asks_for_the_record_and_its_sublists(server, records):
    server.answer(reply(200, '{"id": "5", "total": 10.10}'))

    record = records.get("invoice", 5, expand=True, fields=["total", "item"])

    assert record == {"id": "5", "total": Decimal("10.10")}
    assert server.seen[0].path == f"{ROOT}/invoice/5"
    assert server.seen[0].query == "expandSubResources=true&fields=total%2Citem"
    assert server.seen[0].headers["X-Netsuite-Propertynamevalidation"] == "error"


def test_exists_trusts_only_netsuites_own_no(server, kit_of):
    records = Records(kit_of(max_tries=1).transport)
    server.answer(reply(200, {"id": "5"}), GONE)
    assert records.exists("invoice", 5) is True
    assert records.exists("invoice", "eid:KOL-1") is False
    server.answer(reply(404, "<html>not found</html>", content_type="text/html"))

    with pytest.raises(TransientError):
        records.exists("invoice", 5)
    server.answer(
        refuse(400, "USER_ERROR", "This record has been locked by a user defined workflow.")
    )
    with pytest.raises(DataError):
        records.exists("invoice", 5)


def test_find_returns_the_internal_id_of_an_external_one(server, records):
    server.answer(reply(200, {"id": "77"}), GONE)

    assert records.find("customerPayment", "KOL-1") == "77"
    assert records.find("customerPayment", "KOL-2") is None
    assert server.seen[0].path == f"{ROOT}/customerPayment/eid:KOL-1"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(204, None, Location=f"https://h{ROOT}/customerpayment/912"), "912"),
        (reply(201, {"id": "912"}), "912"),
        (reply(200, None, location=f"{ROOT}/customerPayment/912/"), "912"),
        (reply(204, None, Location=f"https://h{ROOT}/customerpayment/eid:KOL-1"), None),
        (reply(204), None),
    ],
)
def test_create_takes_the_id_wherever_netsuite_puts_it(server, records, answer, expected):
    server.answer(answer)

    assert records.create("customerPayment", {"payment": Decimal("10.50")}) == expected
    assert (server.seen[0].method, server.seen[0].path) == ("POST", f"{ROOT}/customerPayment")
    assert json.loads(server.seen[0].body) == {"payment": 10.5}


def test_create_with_external_id_is_an_upsert(server, records):
    server.answer(reply(204, None, Location=f"{ROOT}/customerpayment/3"))

    assert records.create("customerPayment", {}, external_id="KOL-ab12-7") == "3"
    assert (server.seen[0].method, server.seen[0].path) == (
        "PUT",
        f"{ROOT}/customerPayment/eid:KOL-ab12-7",
    )


@pytest.mark.parametrize("external_id", ["", "a|b", "a b", "a/b", "a?b", "ü", "a\n", "x" * 256])
def test_external_id_that_breaks_an_address_is_refused(server, records, external_id):
    server.answer(reply(204))

    with pytest.raises(ClientBug) as caught:
        records.create("customerPayment", {}, external_id=external_id)

    assert caught.value.code == "BAD_EXTERNAL_ID"
    assert server.seen == []
    with pytest.raises(ClientBug):
        by_external_id(external_id)


@pytest.mark.parametrize(
    ("record", "record_id"),
    [("invoice/../customer", 1), ("", 1), ("invoice", "1/x"), ("invoice", ""), ("in voice", 1)],
)
def test_identifier_that_breaks_an_address_is_refused(server, records, record, record_id):
    server.answer(reply(200, {}))

    with pytest.raises(ClientBug):
        records.get(record, record_id)

    assert server.seen == []


def test_update_sends_only_the_given_fields(server, records):
    server.answer(reply(204))

    records.update("invoice", 5, {"memo": None}, replace=["item"])

    assert (server.seen[0].method, server.seen[0].body) == ("PATCH", '{"memo": null}')
    assert server.seen[0].query == "replace=item"


def test_delete_of_a_missing_record_is_told(server, records):
    server.answer(reply(204), GONE)

    records.delete("invoice", 5)
    with pytest.raises(RecordNotFound):
        records.delete("invoice", 5)


def test_transform_makes_one_record_of_another(server, records):
    server.answer(reply(204, None, Location=f"{ROOT}/customerpayment/8"))

    made = records.transform("invoice", 5, "customerPayment", {"externalId": "KOL-9"})

    assert made == "8"
    assert server.seen[0].path == f"{ROOT}/invoice/5/!transform/customerPayment"


def test_collection_is_read_page_by_page(server, records):
    server.answer(
        reply(200, {"items": [{"id": "1"}, {"id": "2"}], "hasMore": True}),
        reply(200, {"items": [{"id": "3"}], "hasMore": False}),
    )

    ids = list(records.collection("term", q="name IS Net30"))

    assert ids == ["1", "2", "3"]
    assert [seen.query for seen in server.seen] == [
        "limit=1000&offset=0&q=name+IS+Net30",
        "limit=1000&offset=1000&q=name+IS+Net30",
    ]
