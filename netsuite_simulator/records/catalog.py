"""The metadata catalog: which records there are and which fields they have."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from netsuite_simulator.ledger.record_types import BY_LOWER_NAME, RECORD_TYPES, Field, RecordType
from netsuite_simulator.records.names import ROOT
from netsuite_simulator.records.writing import hidden_fields
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import VND, Answer, invalid_request, json_answer

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
    "integer": {"type": "integer", "format": "int64"},
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


def json_schema(kind: RecordType, hidden: Collection[str] = ()) -> dict[str, Any]:
    """Return the JSON schema of a record type, without fields that the account does not have."""
    properties: dict[str, Any] = {
        "id": {"title": "Internal ID", "type": "string", "nullable": True},
        "links": {"title": "Links", "type": "array", "readOnly": True, "items": _LINK},
    }
    fields = [field for field in kind.fields if field.name not in hidden]
    properties |= {field.name: _property(field) for field in fields}
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
        "x-ns-filterable": sorted(field.name for field in fields),
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


def _openapi(account: SimulatedAccount, call: Call, names: list[str]) -> dict[str, Any]:
    schemas: dict[str, Any] = {"nsError": _ERROR, "nsLink": _LINK}
    paths: dict[str, Any] = {}
    for name in names:
        kind = RECORD_TYPES[name]
        schemas[name] = json_schema(kind, hidden_fields(account, kind))
        schemas[f"{name}Collection"] = _collection_schema(name)
        paths |= _paths(kind)
    return {
        "openapi": "3.0.1",
        "info": {"title": "NetSuite REST Record API", "version": "v1"},
        "servers": [{"url": f"{call.base_url}{ROOT}"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _paths(kind: RecordType) -> dict[str, Any]:
    """Return what can be done with a record type, by path and method."""
    one = _parameter("id", "path", "string", required=True)
    names = [_parameter("X-NetSuite-PropertyNameValidation", "header"), _PREFER, _KEY]
    shown = [
        _parameter("expandSubResources", "query", "boolean"),
        _parameter("simpleEnumFormat", "query", "boolean"),
        _parameter("fields", "query"),
    ]
    pages = [_parameter("limit", "query", "integer"), _parameter("offset", "query", "integer")]
    replaced = _parameter("replace", "query")
    paths = {
        f"/{kind.name}": {
            "get": _operation(
                kind, "Get list of records.", [_PREFER, _KEY, _parameter("q", "query"), *pages],
                f"{kind.name}Collection",
            ),
            "post": _operation(kind, "Insert record.", [*names, replaced], body=kind.name),
        },
        f"/{kind.name}/{{id}}": {
            "get": _operation(kind, "Get record.", [one, *shown], kind.name),
            "patch": _operation(kind, "Update record.", [one, *names, replaced], body=kind.name),
            "put": _operation(
                kind, "Insert or update record.", [one, *names, replaced], body=kind.name
            ),
            "delete": _operation(kind, "Remove record.", [one, _PREFER, _KEY]),
        },
    }  # fmt: skip
    for target in kind.transforms:
        paths[f"/{kind.name}/{{id}}/!transform/{target}"] = {
            "post": _operation(kind, f"Transform to {target}.", [one, *names], body=target)
        }
    return paths


def _parameter(
    name: str, place: str, kind: str = "string", required: bool = False
) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": {"type": kind}}


_PREFER = _parameter("Prefer", "header")
_KEY = _parameter("X-NetSuite-Idempotency-Key", "header")
_ERROR = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "format": "int64"},
        "o:errorDetails": {"type": "array", "items": {"type": "object"}},
    },
}


def _operation(
    kind: RecordType,
    summary: str,
    parameters: list[dict[str, Any]],
    answer: str = "",
    body: str = "",
) -> dict[str, Any]:
    """Describe one method: `answer` and `body` name the schemas of what comes and goes."""
    media = f"{VND}; type=collection" if answer.endswith("Collection") else f"{VND}; type=singular"
    good: dict[str, Any] = {"204": {"description": "No content."}}
    if answer:
        good = {"200": {"description": summary, "content": {media: _ref(answer)}}}
    operation: dict[str, Any] = {
        "tags": [kind.name],
        "summary": summary,
        "parameters": parameters,
        "responses": {
            **good,
            "default": {
                "description": "Error response.",
                "content": {f"{VND}; type=error": _ref("nsError")},
            },
        },
    }
    if body:
        operation["requestBody"] = {"content": {f"{VND}; type=singular": _ref(body)}}
    return operation


def _ref(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _collection_schema(name: str) -> dict[str, Any]:
    whole = {"type": "integer", "format": "int64"}
    listed = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    properties = {
        "links": {"type": "array", "readOnly": True, "items": _LINK},
        "count": whole, "hasMore": {"type": "boolean"}, "items": listed, "offset": whole,
        "totalResults": whole,
    }  # fmt: skip
    return {"type": "object", "properties": properties}


def listing(account: SimulatedAccount, call: Call) -> Answer:
    """Answer the catalog; `select` names some record types."""
    selected = [part.strip() for part in call.args.get("select", "").split(",") if part.strip()]
    names = [_known(name) for name in selected] or sorted(RECORD_TYPES)
    if _OPENAPI in call.headers.get("accept", ""):
        return json_answer(_openapi(account, call, names), _OPENAPI)
    return json_answer({"items": [_entry(call, name) for name in names]})


def record(account: SimulatedAccount, call: Call, name: str) -> Answer:
    """Answer the catalog entry of one record type, as entry, JSON schema or OpenAPI."""
    known = _known(name)
    accept = call.headers.get("accept", "")
    if _SCHEMA in accept:
        kind = RECORD_TYPES[known]
        return json_answer(json_schema(kind, hidden_fields(account, kind)), _SCHEMA)
    if _OPENAPI in accept:
        return json_answer(_openapi(account, call, [known]), _OPENAPI)
    return json_answer(_entry(call, known))


def _known(name: str) -> str:
    kind = BY_LOWER_NAME.get(name.lower())
    if kind is None:
        raise invalid_request()
    return kind.name
