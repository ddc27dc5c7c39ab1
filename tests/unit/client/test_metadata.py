import pytest

from kolleno_netsuite.client.errors import ClientBug
from kolleno_netsuite.client.metadata import FieldInfo, parse_fields, read_fields

from .scripted_server import reply

REFERENCE = {"id": {}, "refName": {}, "externalId": {}, "links": {}}
CATALOG = "/services/rest/record/v1/metadata-catalog"
SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"title": "Internal ID", "type": "string"},
        "links": {"type": "array"},
        "refName": {"type": "string"},
        "tranDate": {"title": "Date", "type": "string", "format": "date"},
        "lastModifiedDate": {"title": "Last Modified", "type": "string", "format": "date-time"},
        "exchangeRate": {"title": "Exchange Rate", "type": "number", "format": "double"},
        "toBePrinted": {"title": "To Be Printed", "type": "boolean"},
        "entity": {"title": "Customer", "$ref": f"{CATALOG}/customer"},
        "postingPeriod": {"title": "Period", "$ref": f"{CATALOG}/nsLink"},
        "status": {"type": "object", "properties": REFERENCE, "readOnly": True},
        "item": {"$ref": f"{CATALOG}/invoice-itemCollection"},
        "billingAddress": {"type": "object", "properties": {"addr1": {"type": "string"}}},
        "custbody15": {"title": "Order contact", "type": "string", "x-ns-custom-field": True},
        "custbody_tags": {
            "title": "Tags",
            "type": "object",
            "properties": {"items": {"type": "array", "items": {"properties": REFERENCE}}},
            "x-ns-custom-field": True,
        },
    },
    "x-ns-filterable": ["tranDate", "custbody15"],
}


def test_fields_are_described_without_sublists_and_addresses():
    fields = {field.field_id: field for field in parse_fields(SCHEMA)}

    assert set(fields) == {
        *("id", "tranDate", "lastModifiedDate", "exchangeRate", "toBePrinted", "entity"),
        *("postingPeriod", "status", "custbody15", "custbody_tags"),
    }
    assert fields["tranDate"] == FieldInfo("tranDate", "Date", "date", searchable=True)
    assert fields["lastModifiedDate"].kind == "datetime"
    assert fields["exchangeRate"].kind == "number"
    assert fields["toBePrinted"].kind == "boolean"
    assert (fields["entity"].kind, fields["entity"].target) == ("list", "customer")
    assert (fields["postingPeriod"].kind, fields["postingPeriod"].target) == ("list", "")
    assert (fields["status"].label, fields["status"].writable) == ("status", False)
    assert fields["custbody15"] == FieldInfo(
        "custbody15", "Order contact", "text", custom=True, searchable=True
    )
    assert (fields["custbody_tags"].kind, fields["custbody_tags"].custom) == ("multi", True)


@pytest.mark.parametrize("answer", [None, [], {}, {"properties": {}}, {"properties": []}])
def test_answer_that_is_no_schema_is_refused(answer):
    with pytest.raises(ClientBug):
        parse_fields(answer)


def test_schema_is_asked_for_one_record_type(server, kit):
    server.answer(reply(200, SCHEMA, content_type="application/schema+json"))

    fields = read_fields(kit.transport, "creditMemo")

    assert len(fields) == 10
    assert server.seen[0].path == f"{CATALOG}/creditMemo"
    assert server.seen[0].headers["Accept"] == "application/schema+json"
