"""NetSuite's metadata catalog: which fields a record type has in this account.

Reading one record type can take NetSuite more than a minute, so each is a call of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import ClientBug
from .expressions import field_id_fault
from .messages import plain
from .records import ROOT, checked_name
from .transport import Transport

ACCEPT = {"Accept": "application/schema+json"}
LABEL_LENGTH = 200  # NetSuite's own labels end at 200 characters
READ_TIMEOUT = 300.0  # seconds; the catalog of a customised account took over a minute
CUSTOM_PREFIXES = ("custbody", "custentity", "custcol", "custrecord", "custitem", "custevent")
# Any record: the schema says only that this is a reference.
_ANY_REFERENCE = "nslink"

TEXT, INTEGER, NUMBER, BOOLEAN = "text", "integer", "number", "boolean"
DATE, DATETIME, LIST, MULTI = "date", "datetime", "list", "multi"
KINDS = (TEXT, INTEGER, NUMBER, BOOLEAN, DATE, DATETIME, LIST, MULTI)

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class FieldInfo:
    """One field of a record type.

    :param field_id: as the REST record service spells it: ``otherRefNum``, ``custbody15``.
    :param label: what NetSuite's form calls it; the id where the catalog tells none.
    :param kind: one of `KINDS`.
    :param target: record type that a list field refers to; empty when the catalog tells none.
    :param custom: the account made the field itself.
    :param searchable: queries can be filtered by it.
    :param writable: it may be written over REST.
    """

    field_id: str
    label: str
    kind: str
    target: str = ""
    custom: bool = False
    searchable: bool = False
    writable: bool = True


def read_fields(transport: Transport, record: str) -> list[FieldInfo]:
    """Return the fields of a record type in this account, without sublists and sub-records.

    :param record: REST name, like ``creditMemo``.
    :raise ClientBug: the answer is no schema.
    :raise NetsuiteError: NetSuite cannot or will not answer.
    """
    path = f"{ROOT}/metadata-catalog/{checked_name(record)}"
    answer = transport.request("GET", path, headers=ACCEPT, read_timeout=READ_TIMEOUT)
    return parse_fields(answer.json, path)


def parse_fields(schema: Any, path: str = "") -> list[FieldInfo]:
    """Return the fields that a JSON schema of the catalog describes, in its order.

    :raise ClientBug: it is no schema of a record.
    """
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not properties:
        raise ClientBug("UNKNOWN_PATH", detail="the answer describes no fields", path=path)
    filterable = schema.get("x-ns-filterable")
    named = filterable if isinstance(filterable, list) else []
    searchable = {each for each in named if isinstance(each, str)}
    fields = []
    for field_id, described in properties.items():
        # What no query can name is no field to be mapped: links, a sublist's "!transform".
        if not isinstance(described, dict) or field_id == "refName" or field_id_fault(field_id):
            continue
        custom = bool(described.get("x-ns-custom-field")) or field_id.startswith(CUSTOM_PREFIXES)
        kind, target = _kind(described, custom)
        if not kind:
            continue
        fields.append(
            FieldInfo(
                field_id,
                plain(described.get("title"), LABEL_LENGTH) or field_id,
                kind,
                target,
                custom,
                field_id in searchable,
                not described.get("readOnly", False),
            )
        )
    return fields


def _kind(described: Schema, custom: bool) -> tuple[str, str]:
    """Return (kind, reference target) of a field; an empty kind for what is no field."""
    reference = described.get("$ref")
    if isinstance(reference, str):
        target = reference.rstrip("/").rpartition("/")[2]
        # The lines of a sublist and its page are schemas of their own, named after both.
        if "-" in target:
            return (MULTI, "") if custom else ("", "")
        return LIST, "" if target.lower() == _ANY_REFERENCE else target
    parts = described.get("properties")
    if isinstance(parts, dict):
        if "refName" in parts:
            return LIST, ""
        return (MULTI, "") if custom and "items" in parts else ("", "")
    return _plain_kind(described), ""


def _plain_kind(described: Schema) -> str:
    kind, form = described.get("type"), described.get("format")
    if kind == "boolean":
        return BOOLEAN
    if kind == "integer":
        return INTEGER
    if kind == "number":
        return NUMBER
    if kind == "string" and form in ("date", "date-time"):
        return DATE if form == "date" else DATETIME
    # Some properties of real schemas have no type at all.
    return "" if kind in ("array", "object") else TEXT
