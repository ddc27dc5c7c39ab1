"""The control API: what only the simulator has (netsuite_simulator/README.md).

It lives under `/control`, needs no login and is not part of the request log.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfoNotFoundError

from werkzeug.wrappers import Request

from netsuite_simulator.errors import BookError
from netsuite_simulator.web.envelope import Answer

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

PREFIX = "/control"


def answer(account: SimulatedAccount, environ: dict[str, Any]) -> Answer:
    """Answer one control call; mistakes of the caller get 400 with `{"error": …}`."""
    request = Request(environ)
    name = request.path.removeprefix(PREFIX).strip("/")
    handler = _HANDLERS.get((request.method, name))
    if handler is None:
        return _json({"error": f"No {request.method} {request.path}."}, 404)
    try:
        text = request.get_data(as_text=True)
        body = json.loads(text) if text else {}
        return _json(handler(account, request.args, body))
    except BookError as error:
        return _json({"error": error.detail, "code": error.code}, error.status)
    except (ValueError, KeyError, TypeError, ZoneInfoNotFoundError) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, 400)


def _json(body: Any, status: int = 200) -> Answer:
    text = json.dumps(body, default=str)
    return Answer(status, text.encode(), {"Content-Type": "application/json"})


def _requests(account: SimulatedAccount, args: Any, body: Any) -> Any:
    return account.requests.since(int(args.get("since", 0)))


def _clear_requests(account: SimulatedAccount, args: Any, body: Any) -> Any:
    account.requests.clear()
    return {}


def _faults(account: SimulatedAccount, args: Any, body: Any) -> Any:
    return account.faults.listed()


def _add_faults(account: SimulatedAccount, args: Any, body: Any) -> Any:
    faults = body if isinstance(body, list) else [body]
    return [account.faults.add(values).as_dict() for values in faults]


def _clear_faults(account: SimulatedAccount, args: Any, body: Any) -> Any:
    account.faults.clear(**args)
    return {}


def _pending(account: SimulatedAccount, args: Any, body: Any) -> Any:
    return account.pending.listed()


def _clear_pending(account: SimulatedAccount, args: Any, body: Any) -> Any:
    account.pending.clear()
    return {}


def _clock(account: SimulatedAccount, args: Any, body: Any) -> Any:
    clock = account.clock
    return {"now": clock.now().isoformat(), "zone": clock.zone, "frozen": clock.frozen}


def _set_clock(account: SimulatedAccount, args: Any, body: dict[str, Any]) -> Any:
    clock = account.clock
    if "zone" in body:
        clock.zone = body["zone"]
    if "set" in body:
        moment = datetime.fromisoformat(str(body["set"]).replace("Z", "+00:00"))
        clock.set(moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc))
    if "advance" in body:
        clock.advance(float(body["advance"]))
    if "freeze" in body:
        clock.frozen = bool(body["freeze"])
    return _clock(account, args, body)


def _act(account: SimulatedAccount, args: Any, body: Any) -> Any:
    if isinstance(body, list):
        return account.act(body)
    return account.act([body])[0]


def _ledger(account: SimulatedAccount, args: Any, body: Any) -> Any:
    books: dict[str, Any] = {
        "balances": account.ledger.balances(),
        "revaluations": account.ledger.revalued(),
    }
    if args.get("documents"):
        customer = args.get("customer")
        books["documents"] = account.ledger.documents(int(customer) if customer else None)
    return books


def _switches(account: SimulatedAccount, args: Any, body: Any) -> Any:
    return account.switches.as_dict()


def _set_switches(account: SimulatedAccount, args: Any, body: dict[str, Any]) -> Any:
    account.ledger.change_switches(body)
    return _switches(account, args, body)


def _reset_switches(account: SimulatedAccount, args: Any, body: Any) -> Any:
    account.reset_switches()
    return _switches(account, args, body)


def _redirect_uris(account: SimulatedAccount, args: Any, body: Any) -> Any:
    account.credentials.redirect_uris[:] = [str(address) for address in body]
    return account.credentials.redirect_uris


def _summary(account: SimulatedAccount, args: Any, body: Any) -> Any:
    return {
        "account_id": account.account_id,
        "calls": [f"{method} {PREFIX}/{name}" for method, name in _HANDLERS if name],
        "highest_concurrency": account.limit.highest,
        "books_version": account.store.version,
    }


_HANDLERS: dict[tuple[str, str], Callable[[SimulatedAccount, Any, Any], Any]] = {
    ("GET", ""): _summary,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "pending"): _pending,
    ("DELETE", "pending"): _clear_pending,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _set_clock,
    ("POST", "act"): _act,
    ("GET", "ledger"): _ledger,
    ("GET", "switches"): _switches,
    ("POST", "switches"): _set_switches,
    ("DELETE", "switches"): _reset_switches,
    ("POST", "redirect_uris"): _redirect_uris,
}
