"""What happens to a record body before the books see it (docs/NETSUITE.md 9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from netsuite_simulator.errors import invalid_value, not_settable, too_long
from netsuite_simulator.ledger import unknown_fields
from netsuite_simulator.ledger.record_types import (
    COMPUTED_FIELDS,
    CUSTOMER_PAYMENT,
    RecordType,
)
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import ApiError

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

_VALIDATION = "x-netsuite-propertynamevalidation"
# Characters of a transaction's memo.
MEMO_LENGTH = 999


def checked_body(account: SimulatedAccount, call: Call, kind: RecordType) -> dict[str, Any]:
    """Return the body of a write as it will be stored.

    Names are checked as the client asks (by default a misspelt field is dropped, and a header says
    so), computed fields and long memos are treated as the account does, and then the account's own
    rules drop or change what they are about. An `id` in the body is not for clients to choose.

    :raise BookError: for a computed field or a long memo, by the switches.
    :raise ApiError: for an unknown name, if the client wants to know.
    """
    body = call.json() if call.body.strip() else {}
    if account.switches.property_case == "accepted":
        body = _in_right_case(kind, body)
    hidden = hidden_fields(account, kind)
    _check_names(call, kind, body, hidden)
    for name in ("id", *hidden):
        body.pop(name, None)
    _take_computed(account, call, kind, body)
    _check_undeposited(account, body)
    if kind.name == CUSTOMER_PAYMENT.name and _takes(account) == "neither":
        body.pop("paymentOption", None)
    memo = body.get("memo")
    if kind.code and isinstance(memo, str) and len(memo) > MEMO_LENGTH:
        if account.switches.memo_limit == "refused":
            raise too_long("memo", MEMO_LENGTH)
        body["memo"] = memo[:MEMO_LENGTH]
    kept = {name: value for name, value in body.items() if name not in call.dropped}
    return {name: call.replaced.get(name, value) for name, value in kept.items()}


def hidden_fields(account: SimulatedAccount, kind: RecordType) -> tuple[str, ...]:
    """Return the fields of a record type that this account does not have over REST."""
    is_payment = kind.name == CUSTOMER_PAYMENT.name
    return ("paymentMethod",) if is_payment and _takes(account) != "method_too" else ()


def _takes(account: SimulatedAccount) -> str:
    return account.switches.payment_method_field


def _check_undeposited(account: SimulatedAccount, body: Mapping[str, Any]) -> None:
    """Refuse undepFunds in a form that the account does not take."""
    value = body.get("undepFunds")
    if value is None or isinstance(value, Mapping):
        return
    taken: dict[str, tuple[type, ...]] = {"enum": (), "boolean": (bool,), "text": (bool, str)}
    if not isinstance(value, taken[account.switches.undep_funds_form]):
        raise invalid_value(value, "undepFunds")


def _check_names(
    call: Call, kind: RecordType, body: Mapping[str, Any], hidden: Collection[str]
) -> None:
    strict = call.headers.get(_VALIDATION, "warning").lower()
    unknown = [*unknown_fields(kind.name, body), *(name for name in hidden if name in body)]
    if unknown and strict == "error":
        names = ", ".join(unknown)
        detail = f"Invalid content in the request body. Unknown property name: {names}."
        raise ApiError(400, "INVALID_CONTENT", detail, {"o:errorPath": unknown[0]})
    if unknown and strict == "warning":
        call.warnings.append(f"Unknown property name: {', '.join(unknown)}")


def _take_computed(
    account: SimulatedAccount, call: Call, kind: RecordType, body: dict[str, Any]
) -> None:
    """Take what NetSuite computes itself out of a body, or refuse it."""
    known = kind.by_name().keys() | kind.extra
    sent = [name for name in body if name in COMPUTED_FIELDS and name in known]
    choice = account.switches.computed_field_sent
    if sent and choice == "refused":
        raise not_settable(sent[0])
    if sent and choice == "warned":
        call.warnings.append(f"Read-only property: {', '.join(sent)}")
    for name in sent:
        del body[name]


def _in_right_case(kind: RecordType, body: Mapping[str, Any]) -> dict[str, Any]:
    """Give the properties of a body, and of its lines, the names that they have."""
    renamed = _renamed(body, {*kind.by_name(), *kind.extra, *kind.sublists, "id"})
    for name, sublist in kind.sublists.items():
        value = renamed.get(name)
        if isinstance(value, Mapping) and isinstance(value.get("items"), list):
            renamed[name] = {**value, "items": _lines(value["items"], sublist.fields)}
        elif isinstance(value, list):
            renamed[name] = _lines(value, sublist.fields)
    return renamed


def _lines(lines: list[Any], names: Collection[str]) -> list[Any]:
    return [_renamed(line, names) if isinstance(line, Mapping) else line for line in lines]


def _renamed(body: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    right = {name.lower(): name for name in names}
    return {right.get(name.lower(), name): value for name, value in body.items()}
