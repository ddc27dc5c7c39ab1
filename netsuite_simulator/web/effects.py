"""What each fault does to a call (docs/NETSUITE.md 2.2 for the wordings)."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from netsuite_simulator.errors import BookError, already_exists, changed_meanwhile, user_error
from netsuite_simulator.faults import QUERY_PATH, Fault
from netsuite_simulator.records.names import external_id_of, record_type_of
from netsuite_simulator.rights import named_in, query_of, transaction_type
from netsuite_simulator.suiteql.errors import HiddenTable, UnknownColumn, unsupported
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import (
    Answer,
    ApiError,
    concurrency_exceeded,
    invalid_login,
    no_permission,
    unexpected_error,
)

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

_LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Log in</body></html>"
_GATEWAY_PAGE = (
    b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_LOGIN_DETAILS = {
    "clock_skew": "InvalidTimestamp",
    "token_revoked": "token_rejected",
    "token_expired_mid_page": "token_rejected",
    "invalid_login": "permission_denied",
    "too_many_tokens": "token_rejected",
}
# Where NetSuite's form of a role has the permission for a record; others are named as they are.
_PERMISSIONS = {
    "account": "Lists -> Accounts",
    "contact": "Lists -> Contacts",
    "creditmemo": "Transactions -> Credit Memo",
    "currency": "Lists -> Currency",
    "customer": "Lists -> Customers",
    "customerdeposit": "Transactions -> Customer Deposit",
    "customerpayment": "Transactions -> Customer Payment",
    "customerrefund": "Transactions -> Customer Refund",
    "deletedrecord": "Setup -> Deleted Records",
    "depositapplication": "Transactions -> Deposit Application",
    "invoice": "Transactions -> Invoice",
    "journalentry": "Transactions -> Make Journal Entry",
    "paymentmethod": "Setup -> Accounting Lists",
    "salestaxitem": "Lists -> Tax Records",
    "subsidiary": "Lists -> Subsidiaries",
    "term": "Setup -> Accounting Lists",
}
TOO_MANY_TOKENS = "This user has exceeded the number of active access tokens for this role."


class ConnectionCut(ConnectionAbortedError):
    """The simulated server closed the connection without an answer."""


def cut(call: Call) -> None:
    """Close a call's connection.

    :raise ConnectionCut: always.
    """
    if call.connection is not None:
        try:
            call.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            raise ConnectionCut from None
    raise ConnectionCut


def refuse_login(account: SimulatedAccount, call: Call, fault: Fault) -> Answer:
    """Refuse a login; a bearer token that is revoked or expired stays so."""
    call.login_detail = _LOGIN_DETAILS[fault.name]
    if fault.name == "too_many_tokens":
        return _too_many_tokens(str(fault.parameters["error"]))
    if "/auth/oauth2/" in call.path:
        body = json.dumps({"error": "invalid_grant"}).encode()
        return Answer(400, body, {"Content-Type": "application/json"})
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    bearer = kind.lower() == "bearer"
    if bearer and fault.name in ("token_revoked", "token_expired_mid_page"):
        account.tokens.revoke_token(token.strip())
    raise invalid_login(account.account_id, bearer)


def _too_many_tokens(error: str) -> Answer:
    """Refuse a token: as OAuth 2.0 does, or without its code in NetSuite's own envelope."""
    if not error:
        return ApiError(400, "USER_ERROR", TOO_MANY_TOKENS).answer()
    body = json.dumps({"error": error, "error_description": TOO_MANY_TOKENS}).encode()
    return Answer(400, body, {"Content-Type": "application/json"})


def withhold(account: SimulatedAccount, call: Call, fault: Fault) -> None:
    """Let a call do without a right that the role has lost.

    Of transactions a query merely shows fewer rows, and with `lines` those of the ledger neither;
    a table it does not know any more, and with `columns` what refers to that table neither.

    :raise ApiError: where NetSuite refuses, by 400 or 403.
    """
    record = str(fault.parameters["record"]).lower()
    named = account.switches.permission_too_low_answer == "named"
    status = int(fault.parameters["status"] or (403 if named else 400))
    if call.path != QUERY_PATH:
        raise _right_refused(record, str(fault.parameters["verb"]), status)
    kind = transaction_type(record)
    tables, columns = named_in(query_of(call))
    if record in tables:
        raise HiddenTable(record).worded(account.switches.unknown_table_wording)
    if kind is not None:
        call.hidden_types = (*call.hidden_types, kind.code)
        call.hides_lines = call.hides_lines or bool(fault.parameters["lines"])
    else:
        known = {name: name for name in sorted(tables)}
        refusal = UnknownColumn(columns[record], record, known)
        raise refusal.worded(account.switches.unknown_column_wording)


def _right_refused(record: str, verb: str, status: int) -> ApiError:
    if status == 400:
        return no_permission()
    needed = "" if verb in ("view", "search") else "a higher level of "
    detail = (
        f"Permission Violation: You need {needed}the '{_PERMISSIONS.get(record, record)}' "
        "permission to access this page. Please contact your account administrator."
    )
    return ApiError(status, "INSUFFICIENT_PERMISSION", detail)


def replace_answer(account: SimulatedAccount, call: Call, fault: Fault) -> Answer:
    """Return (or raise) the answer that a fault gives instead of executing the call."""
    name = fault.name
    if name == "502_html":
        return Answer(502, _GATEWAY_PAGE, dict(_HTML))
    if name == "html_200":
        return Answer(200, _LOGIN_PAGE, dict(_HTML))
    if name == "503":
        return Answer(503, b"Service Unavailable", {"Content-Type": "text/plain"})
    raise _refusal(account, call, fault)


def _refusal(account: SimulatedAccount, call: Call, fault: Fault) -> ApiError:
    parameters, switches = fault.parameters, account.switches
    if fault.name == "permission_missing" and call.path == QUERY_PATH:
        hidden = HiddenTable(str(parameters["record"]).lower())
        return hidden.worded(switches.unknown_table_wording)
    if fault.name == "unknown_column":
        table = re.search(r"\bfrom\s+(\w+)", call.text, re.IGNORECASE)
        source = table[1].lower() if table else "transaction"
        unknown = UnknownColumn(str(parameters["column"]), source, {source: source})
        return unknown.worded(switches.unknown_column_wording)
    if fault.name == "permission_files":
        detail = (
            "Permission Violation: You need the 'Lists -> Documents and Files' permission to "
            "access this page. Please contact your account administrator."
        )
        return ApiError(int(parameters["status"]), "INSUFFICIENT_PERMISSION", detail)
    if fault.name in ("workflow_locked", "record_locked"):
        detail = (
            "Error while accessing a resource. This record has been locked by a user defined "
            "workflow."
        )
        return ApiError(400, "USER_ERROR", detail)
    refusals = {
        "429": concurrency_exceeded,
        "400_concurrency": lambda: concurrency_exceeded(400),
        "500": lambda: unexpected_error(call.seq),
        "permission_suiteanalytics": no_permission,
        "permission_missing": no_permission,
        "unsupported_search": unsupported,
    }
    return refusals[fault.name]()


def change_books(account: SimulatedAccount, call: Call, fault: Fault) -> str:
    """Let somebody change the books just before a call runs.

    :return: what the ledger refused, or an empty text.
    """
    try:
        acts = fault.parameters["acts"]
        if acts:
            account.act(acts)
        elif fault.name == "delete_between_list_and_get":
            name, _, key = call.path.rpartition("/record/v1/")[2].partition("/")
            account.ledger.delete(record_type_of(name).name, int(key))
    except (BookError, ValueError) as error:
        return str(error)
    return ""


def meet_others(
    account: SimulatedAccount, call: Call, fault: Fault, handle: Callable[[], Answer]
) -> str:
    """Let somebody do something just before a call runs, and the call meet its effect.

    :param handle: carries the call out.
    :return: what the ledger refused them, or an empty text.
    :raise BookError: when the call is refused for what they did.
    """
    if fault.name == "put_race":
        _race(account, call, handle)
        return ""
    if fault.name != "second_writer":
        return change_books(account, call, fault)
    if fault.parameters["between"] == "read":
        return ""
    refused = change_books(account, call, fault)
    if account.switches.conflict_answer != "last_write_wins":
        raise changed_meanwhile(account.switches.conflict_answer)
    return refused


def write_after(account: SimulatedAccount, call: Call, fault: Fault) -> None:
    """Let somebody change what a call has just read."""
    if fault.name == "second_writer" and fault.parameters["between"] == "read":
        change_books(account, call, fault)


def _race(account: SimulatedAccount, call: Call, handle: Callable[[], Answer]) -> None:
    """Let another client's PUT with the same external id and body land before this one.

    Where the record was there before, both only change it.
    """
    name, _, key = call.path.rpartition("/record/v1/")[2].partition("/")
    external = external_id_of(key)
    is_new = external and account.ledger.find(record_type_of(name).name, external) is None
    handle()
    # Those were for the other client.
    call.warnings.clear()
    switches = account.switches
    if switches.put_race == "both":
        call.is_twin = bool(is_new)
    elif switches.put_race == "duplicate" and is_new:
        raise already_exists(switches.duplicate_external_id)
    else:
        raise changed_meanwhile(switches.conflict_answer)


def follow_rules(call: Call, rule: Fault) -> None:
    """Note what a rule of the account does to a field of a call."""
    field = str(rule.parameters["field"])
    if rule.name == "field_dropped":
        call.dropped.add(field)
    else:
        call.replaced[field] = rule.parameters["value"]


def fail_after_saving(fault: Fault, handle: Callable[[], Answer]) -> Answer:
    """Carry a call out, and refuse it as a script does that fails afterwards.

    :raise BookError: the call's own refusal, or else the script's text.
    """
    handle()
    raise user_error(str(fault.parameters["text"]))


def spoil(account: SimulatedAccount, call: Call, fault: Fault, answer: Answer) -> Answer:
    """Spoil the answer of an executed call; may raise `ConnectionCut`."""
    name = fault.name
    if name == "slow_first_byte":
        account.stopping.wait(float(fault.parameters["seconds"]))
    elif name == "commit_then_silence":
        account.stopping.wait(float(fault.parameters["seconds"]))
        cut(call)
    elif name == "commit_then_drop":
        cut(call)
    elif name == "wrong_content_type":
        answer.headers["Content-Type"] = str(fault.parameters["content_type"])
    elif name == "truncated_json":
        answer.body = answer.body[: len(answer.body) * 2 // 3]
    elif name == "contents_cut":
        return _with_contents_cut(answer)
    elif name == "odd_values":
        return _with_odd_values(fault, answer)
    elif name == "odd_text":
        return _with_odd_text(fault, answer)
    elif name == "page_repeated":
        return _repeated(account, call, answer)
    return answer


def _repeated(account: SimulatedAccount, call: Call, answer: Answer) -> Answer:
    """Give the rows of the page before once more, as an unsorted query can."""
    previous = account.last_pages.get(page_family(call))
    if previous is None or answer.status != 200:
        return answer
    body: dict[str, Any] = json.loads(answer.body)
    body["items"] = json.loads(previous)["items"]
    body["count"] = len(body["items"])
    answer.body, answer.rows = json.dumps(body).encode(), body["count"]
    return answer


def _with_odd_values(fault: Fault, answer: Answer) -> Answer:
    """Give columns of some rows other values; None leaves a column out.

    Half of a surrogate pair goes out as the escape that it came in as.
    """
    if answer.status != 200:
        return answer
    body: dict[str, Any] = json.loads(answer.body)
    for row in body["items"]:
        odd = fault.parameters["rows"].get(str(row.get(fault.parameters["key"])), {})
        row.update(odd)
        for column in [name for name, value in odd.items() if value is None]:
            del row[column]
    answer.body = json.dumps(body).encode()
    return answer


def _with_odd_text(fault: Fault, answer: Answer) -> Answer:
    """Add characters that no database takes to the texts of a column, or of all named so.

    A column is meant in rows as in records, where NetSuite spells it with capitals.
    """
    if answer.status != 200 or not answer.body.lstrip().startswith(b"{"):
        return answer
    column, text = str(fault.parameters["column"]).lower(), str(fault.parameters["text"])

    def spoilt(value: Any) -> Any:
        if isinstance(value, list):
            return [spoilt(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            name: each + text if name.lower() == column and isinstance(each, str) else spoilt(each)
            for name, each in value.items()
        }

    answer.body = json.dumps(spoilt(json.loads(answer.body))).encode()
    return answer


def _with_contents_cut(answer: Answer) -> Answer:
    """Cut a document's base64 off in the middle of a group; the JSON around it stays whole."""
    body: dict[str, Any] = json.loads(answer.body)
    if "contents" in body:
        body["contents"] = body["contents"][: len(body["contents"]) // 8 * 4 + 1]
        answer.body = json.dumps(body).encode()
    return answer


def page_family(call: Call) -> str:
    """Return what the pages of one query have in common: its text without literals."""
    return re.sub(r"'[^']*'|\d+", "?", str(json.loads(call.body).get("q")))
