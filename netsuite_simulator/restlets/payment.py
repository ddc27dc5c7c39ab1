"""The RESTlet that sets what the record service has no field for, on a payment that exists.

`POST restlet?script&deploy` with `{"type": "customerPayment", "id", "values"}`. The values are
`paymentMethod` (an id, or `{"id"}`, or null) and `apply`: lines of `doc`, of journals `line`, and
`amount`, `disc` (an early-payment discount) or `apply`. The answer has the `id` and, as `applied`,
the same values as they are then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from netsuite_simulator.ledger.record_types import CUSTOMER_PAYMENT
from netsuite_simulator.ledger.values import MAX_SCALED
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, ApiError, json_answer

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

SCRIPT = "customscript_kolleno_payment"
DEPLOYMENT = "customdeploy_kolleno_payment"
_VALUES = ("paymentMethod", "apply")


def payment(account: SimulatedAccount, call: Call) -> Answer:
    """Answer a call of the RESTlet.

    :raise ApiError: the script refuses; the application words it as RESTlets do.
    """
    if call.method != "POST":
        raise ApiError(405, "METHOD_NOT_ALLOWED", "The script has no function for this method.")
    body = call.json()
    missing = [name for name in ("type", "id", "values") if body.get(name) is None]
    if missing:
        detail = f"Missing a required argument: {', '.join(missing)}"
        raise ApiError(400, "SSS_MISSING_REQD_ARGUMENT", detail)
    if str(body["type"]).lower() != CUSTOMER_PAYMENT.name.lower():
        raise ApiError(400, "INVALID_RCRD_TYPE", f"The record type {body['type']} is invalid.")
    values = body["values"]
    if not str(body["id"]).isdecimal() or not isinstance(values, Mapping):
        raise ApiError(400, "SSS_INVALID_TYPE_ARG", "Wrong type of the argument: id, values")
    unknown = [name for name in values if name not in _VALUES]
    if unknown:
        raise ApiError(400, "SSS_INVALID_FIELD_ID", f"Invalid field: {', '.join(unknown)}")
    # No larger one fits into a database, so no record has it.
    number = min(int(body["id"]), MAX_SCALED)
    fields = {name: value for name, value in values.items() if name != "apply"}
    shown = account.ledger.set_by_script(number, fields, _lines(values))
    return json_answer({"id": str(number), "applied": _applied(account, number, values, shown)})


def _lines(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = values.get("apply") or []
    lines = given.get("items") if isinstance(given, Mapping) else given
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        raise ApiError(400, "SSS_INVALID_TYPE_ARG", "Wrong type of the argument: apply")
    return lines


def _applied(
    account: SimulatedAccount, number: int, values: Mapping[str, Any], lines: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the values that were sent, as they are stored now."""
    applied: dict[str, Any] = {}
    if "paymentMethod" in values:
        with account.ledger.books.session():
            found = account.ledger.transactions.rows.load(number).header["paymentmethod"]
        applied["paymentMethod"] = None if found is None else str(found)
    if "apply" in values:
        applied["apply"] = [
            {
                **line,
                "doc": str(line["doc"]),
                "amount": float(line["amount"]),
                "disc": float(line["disc"]),
            }
            for line in lines
        ]
    return applied
