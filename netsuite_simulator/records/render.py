"""How a record looks over REST (docs/NETSUITE.md 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

from netsuite_simulator.ledger import Enum, Ref, Several, Sublist
from netsuite_simulator.records.names import ROOT
from netsuite_simulator.web.envelope import link


@dataclass(frozen=True)
class Look:
    """How a client wants to see a record.

    `base_url` is scheme and host of its links; `status` is the account's choice between
    `letter`, `text` and `plain`; `fields` limits the body fields.
    """

    base_url: str
    expand: bool = False
    simple_enums: bool = False
    status: str = "letter"
    fields: frozenset[str] = frozenset()


def record_url(base_url: str, name: str, record_id: int | str) -> str:
    """Return the address of a record; the record's name is written as given."""
    return f"{base_url}{ROOT}/{name}/{record_id}"


def render_record(
    look: Look, name: str, record_id: int, body: Mapping[str, Any], query: str = ""
) -> dict[str, Any]:
    """Render a whole record.

    :param look: how to show it.
    :param name: record name in whatever casing; links are in lower case.
    :param record_id: internal id.
    :param body: plain values from the ledger.
    :param query: query string of the request, which its own `self` link repeats.
    :return: `links`, then the other keys in alphabetical order; empty fields are left out.
    """
    lower = record_url(look.base_url, name.lower(), record_id)
    shown = {"id": str(record_id), **{key: value for key, value in body.items() if key != "id"}}
    if look.fields:
        shown = {key: value for key, value in shown.items() if key in look.fields}
    rendered = _fields(look, lower, shown)
    own = lower + (f"?{query}" if query else "")
    return {"links": [link("self", own)], **rendered}


def _fields(look: Look, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
    rendered = {}
    for key in sorted(body):
        value = _value(look, f"{url}/{key}", key, body[key])
        if value is not None and value != "":
            rendered[key] = value
    return rendered


def _value(look: Look, url: str, key: str, value: Any) -> Any:
    """Render one field; `url` is the address that a sub-resource of this name has."""
    if isinstance(value, Ref):
        return reference(look, value)
    if isinstance(value, Enum):
        return _enum(look, key, value)
    if isinstance(value, Several):
        chosen = [reference(look, each) for each in value]
        return {"links": [link("self", url)], "items": chosen, "totalResults": len(chosen)}
    if isinstance(value, Sublist):
        return render_sublist(look, url, value)
    if isinstance(value, Mapping):
        return _sub_record(look, url, value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        # The record API cuts times to the minute.
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:00Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def reference(look: Look, value: Ref) -> dict[str, Any]:
    """Render a reference; without a known type it has no link."""
    links = []
    if value.type:
        links = [link("self", record_url(look.base_url, value.type.lower(), value.id))]
    rendered: dict[str, Any] = {"links": links, "id": str(value.id)}
    if value.name is not None:
        rendered["refName"] = value.name
    return rendered


def _enum(look: Look, key: str, value: Enum) -> Any:
    if key == "status" and look.status == "plain":
        return value.name
    shown_id = value.name if key == "status" and look.status == "text" else value.id
    if look.simple_enums:
        return shown_id
    return {"id": shown_id, "refName": value.name}


def _sub_record(look: Look, url: str, value: Mapping[str, Any]) -> dict[str, Any]:
    links = [link("self", url)]
    return {"links": links, **_fields(look, url, value)} if look.expand else {"links": links}


def line_key(line: Mapping[str, Any], index: int) -> str:
    """Return what identifies a line in its address: the document, its own id, or its number."""
    document = line.get("doc")
    if isinstance(document, Ref):
        return f"doc={document.id},line={line.get('line', 0)}"
    for name in ("internalId", "id", "line"):
        if line.get(name) is not None:
            return str(line[name])
    currency = line.get("currency")
    return str(currency.id) if isinstance(currency, Ref) else str(index)


def render_line(look: Look, url: str, line: Mapping[str, Any], index: int) -> dict[str, Any]:
    """Render one line of a sublist."""
    own = f"{url}/{line_key(line, index)}"
    return {"links": [link("self", own)], **_fields(look, own, line)}


def render_sublist(look: Look, url: str, lines: Sublist) -> dict[str, Any]:
    """Render a sublist: its link, and its lines when sub-resources are expanded."""
    rendered: dict[str, Any] = {"links": [link("self", url)]}
    if look.expand:
        rendered["items"] = [render_line(look, url, line, i) for i, line in enumerate(lines)]
        rendered["totalResults"] = len(lines)
    return rendered
