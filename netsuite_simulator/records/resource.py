"""The verbs of the record service on one record (docs/NETSUITE.md 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsuite_simulator.errors import not_settable
from netsuite_simulator.ledger import Sublist
from netsuite_simulator.ledger.record_types import RecordType
from netsuite_simulator.ledger.values import reference_id
from netsuite_simulator.records.names import (
    asked_for,
    external_id_of,
    internal_id,
    record_type_of,
)
from netsuite_simulator.records.render import (
    Look,
    line_key,
    record_url,
    render_line,
    render_record,
    render_sublist,
)
from netsuite_simulator.records.writing import checked_body
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import (
    Answer,
    ApiError,
    link,
    nonexistent_record,
    resource_answer,
)

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount


def look_of(account: SimulatedAccount, call: Call) -> Look:
    """Read how the client wants to see a record."""
    args = call.args
    fields = frozenset(name.strip() for name in args.get("fields", "").split(",") if name.strip())
    return Look(
        base_url=call.base_url,
        expand=args.get("expandSubResources", "").lower() == "true",
        simple_enums=args.get("simpleEnumFormat", "").lower() == "true",
        status=account.switches.record_status,
        fields=fields,
    )


def _changed(
    account: SimulatedAccount, call: Call, name: str, record_id: int, status: int
) -> Answer:
    """Answer a change: no body, and the address of the record, if one was made."""
    shown = name.lower() if account.switches.location_casing == "lower" else name
    headers = {"Location": record_url(call.base_url, shown, record_id)}
    if not record_id and account.switches.payment_zero_answer == "no_location":
        del headers["Location"]
    if call.warnings:
        headers["Warning"] = ", ".join(f'299 - "{text}"' for text in call.warnings)
    return Answer(status, b"", headers)


def read(account: SimulatedAccount, call: Call, name: str, key: str) -> Answer:
    """Answer GET of a record."""
    kind = record_type_of(name)
    record_id = internal_id(account, kind, key)
    with asked_for(account, kind):
        body = account.ledger.read(kind.name, record_id)
    shown = render_record(look_of(account, call), name, record_id, body, call.query)
    return resource_answer(shown, "singular")


def create(account: SimulatedAccount, call: Call, name: str) -> Answer:
    """Answer POST of a record; an `id` in the body is not for clients to choose."""
    kind = record_type_of(name)
    body = checked_body(account, call, kind)
    with account.ledger.serving():
        record_id = account.ledger.create(kind.name, body)
    return _changed(account, call, name, record_id, account.switches.post_status)


def update(account: SimulatedAccount, call: Call, name: str, key: str) -> Answer:
    """Answer PATCH of a record."""
    kind = record_type_of(name)
    body = checked_body(account, call, kind)
    record_id = internal_id(account, kind, key)
    with asked_for(account, kind), account.ledger.serving():
        _change(account, call, kind, record_id, body)
    return _changed(account, call, name, record_id, 204)


def _change(
    account: SimulatedAccount, call: Call, kind: RecordType, record_id: int, body: dict[str, Any]
) -> None:
    """Change a record, but for what it keeps once it is saved."""
    ledger = account.ledger
    locked = ledger.locked_changes(kind.name, record_id, body)
    if account.switches.locked_field_changed == "ignored":
        body = {field: value for field, value in body.items() if field not in locked}
    elif locked and kind.code and ledger.is_applied(record_id):
        # But for the rate, what is applied the ledger refuses itself, in words of its own.
        locked = [field for field in locked if field == "exchangeRate"]
    if locked and account.switches.locked_field_changed == "refused":
        raise not_settable(locked[0])
    ledger.update(kind.name, record_id, body, _replaced(call))


def _replaced(call: Call) -> tuple[str, ...]:
    return tuple(part for part in call.args.get("replace", "").split(",") if part)


def upsert(account: SimulatedAccount, call: Call, name: str, key: str) -> Answer:
    """Answer PUT: create or update by external id."""
    kind = record_type_of(name)
    external = external_id_of(key)
    if external is None:
        raise ApiError(
            400, "INVALID_REQUEST", "The upsert operation is supported only with external IDs."
        )
    body = checked_body(account, call, kind) | {"externalId": external}
    record_id = account.ledger.find(kind.name, external)
    with account.ledger.serving():
        if call.is_twin:
            record_id = account.ledger.create_twin(kind.name, body)
        elif record_id is None:
            record_id = account.ledger.create(kind.name, body)
        else:
            _change(account, call, kind, record_id, body)
    return _changed(account, call, name, record_id, 204)


def delete(account: SimulatedAccount, call: Call, name: str, key: str) -> Answer:
    """Answer DELETE of a record."""
    kind = record_type_of(name)
    with asked_for(account, kind), account.ledger.serving():
        account.ledger.delete(kind.name, internal_id(account, kind, key))
    return Answer(204)


def transform(account: SimulatedAccount, call: Call, name: str, key: str, target: str) -> Answer:
    """Answer `!transform`: a new record out of another one."""
    kind, wanted = record_type_of(name), record_type_of(target)
    body = checked_body(account, call, wanted)
    with asked_for(account, kind), account.ledger.serving():
        record_id = account.ledger.transform(
            kind.name, internal_id(account, kind, key), wanted.name, body
        )
    return _changed(account, call, target, record_id, account.switches.post_status)


def attach(
    account: SimulatedAccount, call: Call, name: str, key: str, verb: str, kind: str, other: str
) -> Answer:
    """Answer `!attach` and `!detach`; only contacts of customers can be (2026.1)."""
    owner = record_type_of(name)
    if owner.name != "customer" or record_type_of(kind).name != "contact":
        raise ApiError(400, "INVALID_REQUEST", f"The {verb} operation is not supported here.")
    customer = internal_id(account, owner, key)
    if verb == "detach":
        account.ledger.detach(customer, int(other))
        return Answer(204)
    body = call.json() if call.body.strip() else {}
    role = reference_id(body["role"], "role") if body.get("role") is not None else None
    account.ledger.attach(customer, int(other), role)
    return Answer(204)


def sub_resource(account: SimulatedAccount, call: Call, name: str, key: str, path: str) -> Answer:
    """Answer GET of a sublist, one of its lines, or a record inside a line."""
    kind = record_type_of(name)
    record_id = internal_id(account, kind, key)
    look = look_of(account, call)
    url = record_url(call.base_url, name.lower(), record_id)
    with asked_for(account, kind):
        value: Any = account.ledger.read(kind.name, record_id)
    for part in path.strip("/").split("/"):
        value = _step(value, part)
        url = f"{url}/{part}"
    if isinstance(value, Sublist):
        listed = render_sublist(look, url, value)
        if not look.expand:
            listed["items"] = [
                {"links": [link("self", f"{url}/{line_key(line, index)}")]}
                for index, line in enumerate(value)
            ]
            listed["totalResults"] = len(value)
        return resource_answer(listed, "collection", rows=len(value))
    return resource_answer(_rendered_part(look, url, value), "singular")


def _rendered_part(look: Look, url: str, value: Any) -> dict[str, Any]:
    parent, _, last = url.rpartition("/")
    if not isinstance(value, dict):
        raise nonexistent_record()
    rendered = render_line(look, parent, value, 0)
    rendered["links"] = [link("self", f"{parent}/{last}")]
    return rendered


def _step(value: Any, part: str) -> Any:
    """Go from a record to its sublist, from a sublist to a line, from a line to its record."""
    if isinstance(value, Sublist):
        for index, line in enumerate(value):
            if line_key(line, index) == part:
                return line
    elif isinstance(value, dict) and isinstance(value.get(part), (Sublist, dict)):
        return value[part]
    raise nonexistent_record()
