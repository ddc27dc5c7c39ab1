"""The metadata catalog: which records there are and which fields they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsuite_simulator.ledger.record_types import BY_LOWER_NAME, RECORD_TYPES, Field, RecordType
from netsuite_simulator.records.names import ROOT
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, invalid_request, json_answer

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

_SCHEMA = "application/schema+json"
_OPENAPI = "application/swagger+json"
_LINK = {
    "type": "object",
    "title": "Link",
    "properties": {
        "rel": {"title": "Relationship", "type": "string", "readOnly": True},
        "href": {"title": "Hypertext Reference", "type": "string", "format": "uri"},
    },
}
_TYPES: dict[str, dict[str, str]] = {
    "money": {"type": "number", "format": "double"},
    "number": {"type": "number", "format": "double"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "id": {"type": "integer", "format": "int64"},
}


def _reference() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "id": {"title": "Internal identifier", **text},
            "externalId": {"title": "External identifier", **text},
            "refName": {"title": "Reference Name", **text},
            "links": {"title": "Links", "type": "array", "readOnly": True, "items": _LINK},
        },
    }


def _property(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"title": field.label}
    if field.kind.base == "ref":
        described |= _reference()
    elif field.kind.base == "multi":
        listed = {"type": "array", "items": _reference()}
        total = {"type": "integer", "format": "int64"}
        described |= {"type": "object", "properties": {"items": listed, "totalResults": total}}
    elif field.kind.base == "enum":
        text = {"type": "string"}
        described |= {"type": "object", "properties": {"id": text, "refName": text}}
    else:
        described |= _TYPES.get(field.kind.base, {"type": "string"})
    if not field.required:
        described["nullable"] = True
    if not field.writable:
        described["readOnly"] = True
    if field.custom:
        described["x-ns-custom-field"] = True
    return described


def json_schema(kind: RecordType) -> dict[str, Any]:
    """Return the JSON schema of a record type."""
    properties: dict[str, Any] = {
        "id": {"title": "Internal ID", "type": "string", "nullable": True},
        "links": {"title": "Links", "type": "array", "readOnly": True, "items": _LINK},
    }
    properties |= {field.name: _property(field) for field in kind.fields}
    for name in kind.extra:
        properties.setdefault(name, {"title": name, "nullable": True})
    for name, sublist in kind.sublists.items():
        line = {"type": "object", "properties": {part: {} for part in sorted(sublist.fields)}}
        properties[name] = {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": line},
                "totalResults": {"type": "integer", "format": "int64"},
            },
        }
    return {
        "type": "object",
        "properties": dict(sorted(properties.items())),
        "$schema": "http://json-schema.org/draft-06/schema#",
        "x-ns-filterable": sorted(field.name for field in kind.fields),
    }


def _entry(call: Call, name: str) -> dict[str, Any]:
    href = f"{call.base_url}{ROOT}/metadata-catalog/{name}"
    return {
        "name": name,
        "links": [
            {"rel": "canonical", "href": href, "mediaType": "application/json"},
            {"rel": "alternate", "href": href, "mediaType": _OPENAPI},
            {"rel": "alternate", "href": href, "mediaType": _SCHEMA},
            {"rel": "describes", "href": f"{call.base_url}{ROOT}/{name}"},
        ],
    }


def _openapi(call: Call, names: list[str]) -> dict[str, Any]:
    return {
        "openapi": "3.0.1",
        "info": {"title": "NetSuite REST Record API", "version": "v1"},
        "servers": [{"url": f"{call.base_url}{ROOT}"}],
        "paths": {f"/{name}": {} for name in names},
        "components": {"schemas": {name: json_schema(RECORD_TYPES[name]) for name in names}},
    }


def listing(account: SimulatedAccount, call: Call) -> Answer:
    """Answer the catalog; `select` names some record types."""
    selected = [part.strip() for part in call.args.get("select", "").split(",") if part.strip()]
    names = [_known(name) for name in selected] or sorted(RECORD_TYPES)
    if _OPENAPI in call.headers.get("accept", ""):
        return json_answer(_openapi(call, names), _OPENAPI)
    return json_answer({"items": [_entry(call, name) for name in names]})


def record(account: SimulatedAccount, call: Call, name: str) -> Answer:
    """Answer the catalog entry of one record type, as entry, JSON schema or OpenAPI."""
    known = _known(name)
    accept = call.headers.get("accept", "")
    if _SCHEMA in accept:
        return json_answer(json_schema(RECORD_TYPES[known]), _SCHEMA)
    if _OPENAPI in accept:
        return json_answer(_openapi(call, [known]), _OPENAPI)
    return json_answer(_entry(call, known))


def _known(name: str) -> str:
    kind = BY_LOWER_NAME.get(name.lower())
    if kind is None:
        raise invalid_request()
    return kind.name
