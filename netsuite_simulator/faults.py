"""Faults by name: what goes wrong, when, and with which calls.

Each fault has a stage:

- `connection`: before anything is read (drop, silence);
- `login`: the login is refused;
- `right`: the role has lost a right; all such faults hold at once, until they are taken back;
- `rule`: a workflow or script of the account stores something else than is sent; they hold alike;
- `answer`: another answer instead of the real one, nothing is executed;
- `late`: no answer, and the call is executed later, by the account's clock;
- `before`: something happens in the account, then the call runs as usual, or meets its effect;
- `saved`: the call is executed, and refused all the same;
- `after`: the call is executed, then its answer is spoilt.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from netsuite_simulator.rights import VERBS, needs
from netsuite_simulator.web.call import Call

QUERY_PATH = "/services/rest/query/v1/suiteql"
RECORD_PATH = "/services/rest/record/v1/"
RESTLET_PATH = "/app/site/hosting/restlet.nl"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - a path, no secret
_WRITING = ("POST", "PATCH", "PUT", "DELETE")
# Seconds after which NetSuite itself ends a synchronous request.
LONGEST = 900
# Faults of these stages hold until they are taken back, several at once.
STANDING = ("right", "rule")
Predicate = Callable[[Call, dict[str, Any]], bool]


def _any(call: Call, parameters: dict[str, Any]) -> bool:
    return True


def _api(call: Call, parameters: dict[str, Any]) -> bool:
    return "/auth/oauth2/" not in call.path and "/app/login/" not in call.path


def _query(call: Call, parameters: dict[str, Any]) -> bool:
    return call.path == QUERY_PATH


def _collection(call: Call, parameters: dict[str, Any]) -> bool:
    rest = call.path.removeprefix(RECORD_PATH)
    return (
        call.path.startswith(RECORD_PATH)
        and "/" not in rest.strip("/")
        and call.method == "GET"
        and not rest.startswith("metadata-catalog")
    )


def _restlet(call: Call, parameters: dict[str, Any]) -> bool:
    return call.path == RESTLET_PATH


def _search(call: Call, parameters: dict[str, Any]) -> bool:
    return _query(call, parameters) or _collection(call, parameters)


def _writes(call: Call, parameters: dict[str, Any]) -> bool:
    by_script = call.method == "POST" and call.path == RESTLET_PATH
    return by_script or (call.method in _WRITING and call.path.startswith(RECORD_PATH))


def _upsert(call: Call, parameters: dict[str, Any]) -> bool:
    return call.method == "PUT" and _writes(call, parameters) and "/eid:" in call.path


def _two_writers(call: Call, parameters: dict[str, Any]) -> bool:
    """Match writes, or the reads after which somebody else writes."""
    if parameters["between"] == "write":
        return _writes(call, parameters)
    return _record_read(call, parameters) or _query(call, parameters)


def _opened(call: Call, parameters: dict[str, Any]) -> bool:
    """Match what opens a record that is there, to read it or to change it."""
    to = parameters.get("to", "read")
    read = _record_read(call, parameters)
    write = _writes(call, parameters) and "/" in call.path.removeprefix(RECORD_PATH)
    return (read and to in ("both", "read")) or (write and to in ("both", "write"))


def _written(call: Call, parameters: dict[str, Any]) -> bool:
    """Match calls that write a record of the type; a transformation writes its target."""
    name, *more = call.path.removeprefix(RECORD_PATH).lower().split("/")
    if len(more) > 1:
        name = more[-1] if more[1] == "!transform" else ""
    return _writes(call, parameters) and name == str(parameters["record"]).lower()


def _record_read(call: Call, parameters: dict[str, Any]) -> bool:
    return call.method == "GET" and bool(re.search(r"/record/v1/\w+/(\d+|eid:[^/]+)$", call.path))


def _record_touched(call: Call, parameters: dict[str, Any]) -> bool:
    """Match calls for one record type: by path, or by a table named in a query."""
    record = str(parameters.get("record", "")).lower()
    if _query(call, parameters):
        return bool(re.search(rf"\b(from|join)\s+{re.escape(record)}\b", call.text, re.IGNORECASE))
    return call.path.lower().startswith(f"{RECORD_PATH}{record}")


def _right_needed(call: Call, parameters: dict[str, Any]) -> bool:
    """Match calls that need a right which a role without `verb` on `record` does not have."""
    lost = VERBS[parameters["verb"]]
    record = str(parameters["record"]).lower()
    needed = needs(call, columns=bool(parameters["columns"]), lines=bool(parameters["lines"]))
    return any(name == record and verb in lost for name, verb in needed)


def _token(call: Call, parameters: dict[str, Any]) -> bool:
    return call.path == TOKEN_PATH


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault: its stage, the calls it concerns, and its parameters with defaults."""

    stage: str
    concerns: Predicate = _any
    defaults: dict[str, Any] = field(default_factory=dict)


KINDS: dict[str, FaultKind] = {
    "drop_before": FaultKind("connection"),
    "timeout": FaultKind("connection", _any, {"seconds": 12}),
    "invalid_login": FaultKind("login", _api),
    "token_revoked": FaultKind("login", _any),
    "clock_skew": FaultKind("login", _any, {"skew": 600}),
    "token_expired_mid_page": FaultKind("login", _api),
    "too_many_tokens": FaultKind("login", _token, {"error": "invalid_grant"}),
    "right_lost": FaultKind(
        "right",
        _right_needed,
        {"record": "", "verb": "view", "columns": False, "lines": False, "status": None},
    ),
    "field_dropped": FaultKind("rule", _written, {"record": "", "field": ""}),
    "field_changed": FaultKind("rule", _written, {"record": "", "field": "", "value": None}),
    "permission_suiteanalytics": FaultKind("answer", _search),
    "permission_missing": FaultKind("answer", _record_touched, {"record": ""}),
    "permission_files": FaultKind("answer", _restlet, {"status": 403}),
    "429": FaultKind("answer", _api),
    "400_concurrency": FaultKind("answer", _api),
    "500": FaultKind("answer"),
    "502_html": FaultKind("answer"),
    "503": FaultKind("answer"),
    "html_200": FaultKind("answer"),
    "unknown_column": FaultKind("answer", _query, {"column": "subsidiary"}),
    "unsupported_search": FaultKind("answer", _query),
    "workflow_locked": FaultKind("answer", _record_read),
    "record_locked": FaultKind("answer", _opened, {"to": "both"}),
    "late_commit": FaultKind("late", _writes, {"seconds": 300}),
    "second_writer": FaultKind("before", _two_writers, {"acts": [], "between": "write"}),
    "changed_meanwhile": FaultKind("before", _api, {"acts": []}),
    "put_race": FaultKind("before", _upsert),
    "after_submit_error": FaultKind(
        "saved", _writes, {"text": "The script failed after the record was saved."}
    ),
    "modify_between_pages": FaultKind("before", _query, {"acts": []}),
    "delete_between_list_and_get": FaultKind("before", _record_read, {"acts": []}),
    "slow_first_byte": FaultKind("after", _any, {"seconds": 2}),
    "wrong_content_type": FaultKind("after", _any, {"content_type": "text/html"}),
    "truncated_json": FaultKind("after", _api),
    "contents_cut": FaultKind("after", _restlet),
    "page_repeated": FaultKind("after", _query),
    "odd_values": FaultKind("after", _query, {"key": "id", "rows": {}}),
    "odd_text": FaultKind("after", _api, {"column": "", "text": "\ud83d\x00"}),
    "commit_then_drop": FaultKind("after", _api),
    "commit_then_silence": FaultKind("after", _api, {"seconds": 12}),
    "drop_mid_body": FaultKind("after", _api),
}


@dataclass
class Fault:
    """One fault in waiting.

    `times` is how often it still strikes (None: always), `after` how many matching calls it lets
    through first, `match` a pattern searched in `METHOD path?query body`.
    """

    name: str
    times: int | None
    after: int
    match: re.Pattern[str] | None
    parameters: dict[str, Any]

    @property
    def stage(self) -> str:
        """When it strikes."""
        return KINDS[self.name].stage

    def concerns(self, call: Call) -> bool:
        """Return whether a call is one that this fault is about."""
        if not KINDS[self.name].concerns(call, self.parameters):
            return False
        if self.match is None:
            return True
        target = call.path + (f"?{call.query}" if call.query else "")
        return bool(self.match.search(f"{call.method} {target} {call.text}"))

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as the control API lists it."""
        pattern = self.match.pattern if self.match else None
        return {"name": self.name, "times": self.times, "after": self.after, "match": pattern,
                **self.parameters}  # fmt: skip


class Faults:
    """The faults of one account, in the order they were set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, values: dict[str, Any]) -> Fault:
        """Set a fault.

        :param values: `name`, and optionally `times` (1, of rights and rules null, for always),
            `after` (0), `match` (a regular expression) and the fault's own parameters.
        :raise ValueError: for an unknown name, parameter or a broken pattern.
        """
        values = dict(values)
        name = str(values.pop("name", ""))
        if name not in KINDS:
            raise ValueError(f"There is no fault {name!r}; there are {', '.join(KINDS)}.")
        usual = None if KINDS[name].stage in STANDING else 1
        times, after = values.pop("times", usual), int(values.pop("after", 0))
        pattern = values.pop("match", None)
        defaults = KINDS[name].defaults
        strangers = set(values) - set(defaults)
        if strangers:
            raise ValueError(f"The fault {name} has no parameter {', '.join(sorted(strangers))}.")
        _check_parameters(name, {**defaults, **values})
        try:
            compiled = re.compile(pattern) if pattern else None
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        fault = Fault(
            name, None if times is None else int(times), after, compiled, {**defaults, **values}
        )
        with self._lock:
            self._waiting.append(fault)
        return fault

    def take(self, call: Call) -> Fault | None:
        """Return the fault that strikes this call, if any, and count it; standing ones apart."""
        with self._lock:
            return next(
                (
                    fault
                    for fault in [*self._waiting]
                    if fault.stage not in STANDING and self._strikes(fault, call)
                ),
                None,
            )

    def rights_lost(self, call: Call) -> list[Fault]:
        """Return the lost rights that a call would need, all of them, and count them."""
        return self._standing("right", call)

    def rules(self, call: Call) -> list[Fault]:
        """Return the account's rules about the fields of a call, all of them, and count them."""
        return self._standing("rule", call)

    def _standing(self, stage: str, call: Call) -> list[Fault]:
        with self._lock:
            return [
                fault
                for fault in [*self._waiting]
                if fault.stage == stage and self._strikes(fault, call)
            ]

    def _strikes(self, fault: Fault, call: Call) -> bool:
        if not fault.concerns(call):
            return False
        if fault.after > 0:
            fault.after -= 1
            return False
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
        return True

    def listed(self) -> list[dict[str, Any]]:
        """Return the faults still waiting."""
        with self._lock:
            return [fault.as_dict() for fault in self._waiting]

    def clear(self, **wanted: str) -> None:
        """Remove faults: all, or those whose values are the given ones, as texts."""
        with self._lock:
            self._waiting[:] = [
                fault
                for fault in self._waiting
                if not all(
                    str(fault.as_dict().get(name)) == value for name, value in wanted.items()
                )
            ]


def _check_parameters(name: str, values: dict[str, Any]) -> None:
    """Refuse parameters by which a fault would do nothing, or something else.

    :raise ValueError: in words for whoever set it.
    """
    for parameter, choices in (
        ("verb", tuple(VERBS)),
        ("between", ("write", "read")),
        ("to", ("both", "read", "write")),
    ):
        if parameter in values and values[parameter] not in choices:
            raise ValueError(f"A {parameter} is one of {', '.join(choices)}.")
    if KINDS[name].stage == "rule" and not (values["record"] and values["field"]):
        raise ValueError(f"{name} wants a record and a field.")
    if KINDS[name].stage == "late" and not 0 <= float(values["seconds"]) <= LONGEST:
        raise ValueError(f"{name} takes 0 to {LONGEST} seconds.")
