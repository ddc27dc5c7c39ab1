"""Every fault by name: what the client sees and what the books keep."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from netsuite_simulator.faults import KINDS
from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

CURRENCIES = "SELECT id, symbol FROM currency ORDER BY id"
UNKNOWN_SUBSIDIARY = (
    "Invalid search query. Detailed unprocessed description follows. Search error occurred: "
    "Unknown identifier 'subsidiary'. Available identifiers are: {currency=currency}."
)
UNSUPPORTED_SEARCH = UNKNOWN_SUBSIDIARY.partition("Unknown")[0] + "Invalid or unsupported search."
CONCURRENCY = "Concurrent request limit exceeded. Request blocked."


def error_of(answer: requests.Response) -> dict[str, Any]:
    detail: dict[str, Any] = answer.json()["o:errorDetails"][0]
    return detail


def post_customer(simulator: RunningSimulator, external: str) -> requests.Response:
    body = {"companyName": external, "externalId": external, "subsidiary": {"id": "1"}}
    return simulator.call("POST", "/record/v1/customer", json=body, timeout=5)


def exists(simulator: RunningSimulator, external: str) -> bool:
    return simulator.call("GET", f"/record/v1/customer/eid:{external}").status_code == 200


@pytest.mark.parametrize("name", ["invalid_login", "token_revoked", "clock_skew"])
def test_login_faults_answer_401_once(simulator: RunningSimulator, name: str) -> None:
    simulator.fault(name)
    refused, then = simulator.suiteql(CURRENCIES), simulator.suiteql(CURRENCIES)

    assert (refused.status_code, error_of(refused)["o:errorCode"]) == (401, "INVALID_LOGIN")
    assert refused.headers["WWW-Authenticate"].startswith("OAuth realm=")
    assert then.status_code == 200


def test_clock_skew_at_the_token_endpoint_is_invalid_grant(simulator: RunningSimulator) -> None:
    simulator.fault("clock_skew")

    with pytest.raises(requests.HTTPError, match="400"):
        simulator.m2m_token()


@pytest.mark.parametrize("name", ["token_expired_mid_page", "token_revoked"])
def test_bearer_stays_dead_until_a_new_one_is_fetched(
    simulator: RunningSimulator, name: str
) -> None:
    headers = {"Authorization": f"Bearer {simulator.m2m_token()}"}
    simulator.fault(name, after=1, match="currency")
    statuses = [
        simulator.call("GET", "/record/v1/currency/1", auth=None, headers=headers).status_code
        for _ in range(3)
    ]
    fresh = {"Authorization": f"Bearer {simulator.m2m_token()}"}

    assert statuses == [200, 401, 401]
    assert simulator.call("GET", "/record/v1/currency/1", auth=None, headers=fresh).ok


def test_missing_suiteanalytics_refuses_searches_but_not_reads(
    simulator: RunningSimulator,
) -> None:
    simulator.fault("permission_suiteanalytics", times=None)
    refused = [
        simulator.suiteql(CURRENCIES),
        simulator.call("GET", "/record/v1/currency"),
        simulator.call("GET", "/record/v1/currency?q=name IS x"),
    ]

    assert [answer.status_code for answer in refused] == [400] * 3
    wording = "Your current role does not have permission to perform this action."
    assert {error_of(answer)["detail"] for answer in refused} == {wording}
    assert simulator.call("GET", "/record/v1/currency/1").status_code == 200


def test_missing_permission_hides_one_record_type(simulator: RunningSimulator) -> None:
    simulator.fault("permission_missing", record="subsidiary", times=None)
    query, record = (
        simulator.suiteql("SELECT s.id FROM currency c JOIN subsidiary s ON s.currency = c.id"),
        simulator.call("GET", "/record/v1/subsidiary/1"),
    )

    assert error_of(query)["detail"].endswith("Record 'subsidiary' was not found.")
    assert (record.status_code, error_of(record)["o:errorCode"]) == (400, "USER_ERROR")
    assert simulator.suiteql(CURRENCIES).ok


# === Rights that are lost after the set-up === #


def test_lost_right_hides_a_table_until_it_is_given_back(simulator: RunningSimulator) -> None:
    simulator.fault("right_lost", record="subsidiary")
    simulator.fault("right_lost", record="term")
    joined = "SELECT s.id FROM currency c JOIN subsidiary s ON s.currency = c.id"
    hidden = [simulator.suiteql(joined), simulator.suiteql("SELECT id FROM term")]
    column = simulator.suiteql("SELECT l.subsidiary FROM transactionline l")
    records = [simulator.call("GET", f"/record/v1/{path}") for path in ("subsidiary/1", "term")]
    simulator.clear_faults(name="right_lost", record="subsidiary")

    assert [error_of(answer)["detail"].rpartition("occurred: ")[2] for answer in hidden] == [
        "Record 'subsidiary' was not found.", "Record 'term' was not found.",
    ]  # fmt: skip
    assert column.ok
    assert [error_of(answer)["o:errorCode"] for answer in records] == ["USER_ERROR"] * 2
    assert simulator.suiteql(joined).ok
    assert simulator.suiteql("SELECT id FROM term").status_code == 400


def test_lost_right_takes_the_columns_of_the_table_along(simulator: RunningSimulator) -> None:
    simulator.fault("right_lost", record="subsidiary", columns=True)
    refused = [
        simulator.suiteql("SELECT l.id, l.subsidiary FROM transactionline l WHERE l.id = 1"),
        simulator.suiteql("SELECT id FROM account WHERE subsidiary IS NULL"),
    ]

    for answer, table in zip(refused, ("transactionline", "account"), strict=True):
        assert error_of(answer)["detail"].endswith(
            f"Unknown identifier 'subsidiary'. Available identifiers are: {{{table}={table}}}."
        )
    assert simulator.suiteql("SELECT id FROM transactionline").ok


def test_lost_right_to_one_type_leaves_its_rows_out(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    books.invoice(customer)
    body = {"customer": {"id": str(customer)}, "payment": 5, "autoApply": False}
    simulator.act("create", type="customerPayment", body=body)
    mine = f"t.entity = {customer}"
    grouped = (
        "SELECT t.type, COUNT(*) AS n FROM transaction t JOIN transactionline l"
        f" ON l.transaction = t.id WHERE {mine} AND l.mainline = 'T' GROUP BY t.type"
    )
    queries = (f"SELECT t.type FROM transaction t WHERE {mine} ORDER BY t.id", grouped)
    simulator.fault("right_lost", record="invoice", verb="search")
    one = [[row["type"] for row in simulator.suiteql(query).json()["items"]] for query in queries]
    simulator.fault("right_lost", record="customerPayment", verb="search")
    both = simulator.suiteql(queries[0]).json()["totalResults"]
    simulator.clear_faults()

    assert one == [["CustPymt"], ["CustPymt"]]
    assert both == 0
    assert simulator.suiteql(queries[0]).json()["totalResults"] == 2


def test_lines_of_a_hidden_type_are_shown_or_not_as_the_fault_says(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer())
    ledger = (
        "SELECT g.account FROM transactionaccountingline g JOIN transactionline l"
        " ON l.transaction = g.transaction AND l.id = g.transactionline"
        f" WHERE l.transaction = {invoice}"
    )
    seen = {}
    for lines in (False, True):
        simulator.fault("right_lost", record="invoice", lines=lines)
        seen[lines] = simulator.suiteql(ledger).json()["totalResults"]
        simulator.clear_faults()

    assert seen[False] > 0
    assert seen[True] == 0
    assert simulator.suiteql(ledger).json()["totalResults"] == seen[False]


@pytest.mark.parametrize(
    ("verb", "refused"),
    [
        ("view", {"view", "search", "create", "edit", "delete", "upsert", "transform"}),
        ("search", {"search"}),
        ("create", {"create", "edit", "delete", "upsert", "transform"}),
        ("edit", {"edit", "delete", "upsert"}),
    ],
)
def test_lost_right_is_about_a_verb_and_those_above_it(
    simulator: RunningSimulator, books: Books, verb: str, refused: set[str]
) -> None:
    customer = books.customer()
    invoice = books.invoice(customer)
    path = f"/record/v1/invoice/{invoice}"
    simulator.fault("right_lost", record="invoice", verb=verb, status=403)
    answers = {
        "view": simulator.call("GET", path),
        "search": simulator.call("GET", "/record/v1/invoice"),
        "create": simulator.call("POST", "/record/v1/invoice", json={}),
        "edit": simulator.call("PATCH", path, json={}),
        "upsert": simulator.call("PUT", "/record/v1/invoice/eid:x", json={}),
        "transform": simulator.call(
            "POST", f"/record/v1/customer/{customer}/!transform/invoice", json={}
        ),
        "delete": simulator.call("DELETE", path),
    }
    forbidden = {name for name, answer in answers.items() if answer.status_code == 403}

    assert forbidden == refused
    for name in forbidden:
        detail = error_of(answers[name])["detail"]
        assert error_of(answers[name])["o:errorCode"] == "INSUFFICIENT_PERMISSION"
        assert "'Transactions -> Invoice' permission" in detail
    assert simulator.call("GET", f"/record/v1/customer/{customer}").ok


def test_right_of_an_unknown_verb_is_refused(simulator: RunningSimulator) -> None:
    with pytest.raises(ValueError, match="A verb is one of"):
        simulator.fault("right_lost", record="invoice", verb="read")


# === Texts and tokens === #


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "\udc00 and \ud83d\x00"])
def test_odd_text_stands_in_rows_and_records(
    simulator: RunningSimulator, books: Books, text: str
) -> None:
    customer = books.customer(email="desk@example.com")
    simulator.fault("odd_text", column="companyname", text=text, times=None)
    row = simulator.suiteql(
        f"SELECT companyname, email FROM customer WHERE id = {customer}"
    ).json()["items"][0]
    record = simulator.call("GET", f"/record/v1/customer/{customer}").json()

    assert row["companyname"].endswith(f"Ltd{text}")
    assert record["companyName"] == row["companyname"]
    assert (row["email"], record["email"]) == ("desk@example.com",) * 2


@pytest.mark.parametrize("error", ["invalid_grant", "access_denied", ""])
def test_too_many_tokens_are_refused_where_tokens_are_made(
    simulator: RunningSimulator, error: str
) -> None:
    token = simulator.m2m_token()
    simulator.fault("too_many_tokens", error=error, times=None)
    form = {"grant_type": "client_credentials"}
    answer = requests.post(
        f"{simulator.base_url}/services/rest/auth/oauth2/v1/token", data=form, timeout=10
    )
    headers = {"Authorization": f"Bearer {token}"}

    assert answer.status_code == 400
    wording = "This user has exceeded the number of active access tokens for this role."
    assert wording in answer.text
    assert answer.json().get("error", "") == error
    # Tokens that there are go on to work.
    assert simulator.call("GET", "/record/v1/currency/1", auth=None, headers=headers).ok


@pytest.mark.parametrize(
    ("name", "status", "code", "wording"),
    [
        ("429", 429, "CONCURRENCY_LIMIT_EXCEEDED", CONCURRENCY),
        ("400_concurrency", 400, "CONCURRENCY_LIMIT_EXCEEDED", CONCURRENCY),
        ("500", 500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: "),
        ("unknown_column", 400, "INVALID_PARAMETER",
         UNKNOWN_SUBSIDIARY),
        ("unsupported_search", 400, "INVALID_PARAMETER", UNSUPPORTED_SEARCH),
    ],
)  # fmt: skip
def test_answer_faults_use_netsuites_wording(
    simulator: RunningSimulator, name: str, status: int, code: str, wording: str
) -> None:
    simulator.fault(name)
    answer = simulator.suiteql(CURRENCIES)

    assert answer.status_code == status
    assert error_of(answer)["o:errorCode"] == code
    assert error_of(answer)["detail"].startswith(wording)
    assert "Retry-After" not in answer.headers
    assert simulator.requests()[-1]["fault"] == name


def test_429_has_the_code_on_top(simulator: RunningSimulator) -> None:
    simulator.fault("429")
    body = simulator.suiteql(CURRENCIES).json()

    assert (body["o:errorCode"], body["title"], body["status"]) == (
        "USER_ERROR",
        "Bad Request",
        429,
    )


def test_workflow_lock_refuses_the_record_but_not_the_row(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    simulator.fault("workflow_locked", match=f"customer/{customer}")
    answer = simulator.call("GET", f"/record/v1/customer/{customer}")

    assert error_of(answer)["detail"].endswith("locked by a user defined workflow.")
    assert simulator.suiteql(f"SELECT id FROM customer WHERE id = {customer}").json()["count"] == 1


@pytest.mark.parametrize(
    ("name", "status", "content_type"),
    [("502_html", 502, "text/html"), ("503", 503, "text/plain"), ("html_200", 200, "text/html")],
)
def test_gateway_faults_are_no_json(
    simulator: RunningSimulator, name: str, status: int, content_type: str
) -> None:
    simulator.fault(name)
    answer = simulator.suiteql(CURRENCIES)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith(content_type)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_wrong_content_type_keeps_the_body(simulator: RunningSimulator) -> None:
    simulator.fault("wrong_content_type")
    answer = simulator.suiteql(CURRENCIES)

    assert answer.headers["Content-Type"] == "text/html"
    assert answer.json()["count"] == 5


def test_truncated_json_does_not_parse(simulator: RunningSimulator) -> None:
    simulator.fault("truncated_json")

    with pytest.raises(requests.JSONDecodeError):
        simulator.suiteql(CURRENCIES).json()


def test_timeout_holds_the_connection_then_closes_it(simulator: RunningSimulator) -> None:
    simulator.fault("timeout", seconds=0.5)
    started = time.monotonic()

    with pytest.raises(requests.ConnectionError):
        post_customer(simulator, "timeout-1")

    assert 0.4 < time.monotonic() - started < 4
    assert not exists(simulator, "timeout-1")


def test_slow_first_byte_is_slow_but_right(simulator: RunningSimulator) -> None:
    simulator.fault("slow_first_byte", seconds=0.4)
    started = time.monotonic()

    assert simulator.suiteql(CURRENCIES).json()["count"] == 5
    assert time.monotonic() - started >= 0.4


def test_drop_before_changes_nothing(simulator: RunningSimulator) -> None:
    simulator.fault("drop_before")

    with pytest.raises(requests.ConnectionError):
        post_customer(simulator, "dropped-1")

    assert not exists(simulator, "dropped-1")


@pytest.mark.parametrize(
    ("name", "extra"), [("commit_then_drop", {}), ("commit_then_silence", {"seconds": 0.3})]
)
def test_committed_write_is_there_although_no_answer_came(
    simulator: RunningSimulator, name: str, extra: dict[str, float]
) -> None:
    simulator.fault(name, **extra)

    with pytest.raises(requests.ConnectionError):
        post_customer(simulator, name)

    assert exists(simulator, name)
    logged = next(entry for entry in simulator.requests() if entry["method"] == "POST")
    assert (logged["status"], logged["fault"]) == (0, name)


def test_drop_mid_body_breaks_the_answer(simulator: RunningSimulator) -> None:
    simulator.fault("drop_mid_body")

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        simulator.suiteql(CURRENCIES)

    assert simulator.suiteql(CURRENCIES).ok


def test_page_repeated_gives_the_rows_before_once_more(simulator: RunningSimulator) -> None:
    simulator.fault("page_repeated", after=1)
    pages = [simulator.suiteql(CURRENCIES, limit=2, offset=offset).json() for offset in (0, 2, 4)]

    assert pages[1]["items"] == pages[0]["items"]
    assert pages[1]["offset"] == 2
    assert [item["id"] for item in pages[2]["items"]] == ["5"]


def test_modify_between_pages_runs_acts_before_the_second_page(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    first = books.invoice(customer)
    act = {"act": "edit", "type": "invoice", "id": first, "body": {"memo": "between"}}
    simulator.fault("modify_between_pages", after=1, acts=[act])
    query = f"SELECT memo FROM transaction WHERE id = {first}"

    before, after = simulator.suiteql(query).json(), simulator.suiteql(query).json()

    assert "memo" not in before["items"][0]
    assert after["items"][0]["memo"] == "between"


def test_record_deleted_between_list_and_get_is_gone(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    simulator.fault("delete_between_list_and_get", match=f"customer/{customer}")
    answer = simulator.call("GET", f"/record/v1/customer/{customer}")

    assert (answer.status_code, error_of(answer)["o:errorCode"]) == (404, "NONEXISTENT_ID")
    gone = "SELECT recordid FROM deletedrecord WHERE recordid = ?"
    assert simulator.suiteql(gone, [str(customer)]).json()["count"] == 1


def test_fault_waits_for_its_match_its_turn_and_its_number(simulator: RunningSimulator) -> None:
    simulator.fault("500", match=r"GET .*/currency/2", after=1, times=2)
    statuses = [
        simulator.call("GET", f"/record/v1/currency/{number}").status_code
        for number in (1, 2, 2, 1, 2, 2)
    ]

    assert statuses == [200, 200, 500, 200, 500, 200]


def test_faults_are_listed_and_cleared(simulator: RunningSimulator) -> None:
    simulator.fault("503", times=3)
    listed = requests.get(f"{simulator.control_url}/faults", timeout=10).json()
    simulator.clear_faults()

    assert listed == [{"name": "503", "times": 3, "after": 0, "match": None}]
    assert simulator.suiteql(CURRENCIES).ok


@pytest.mark.parametrize(
    "values", [{"name": "nonsense"}, {"name": "500", "speed": 3}, {"name": "500", "match": "("}]
)
def test_unknown_fault_is_refused(simulator: RunningSimulator, values: dict[str, Any]) -> None:
    answer = requests.post(f"{simulator.control_url}/faults", json=values, timeout=10)

    assert answer.status_code == 400


def test_documented_faults_exist() -> None:
    wanted = {
        "invalid_login", "token_revoked", "clock_skew", "permission_suiteanalytics",
        "permission_missing", "429", "400_concurrency", "500", "502_html", "503",
        "truncated_json", "html_200", "wrong_content_type", "timeout", "drop_before",
        "commit_then_drop", "commit_then_silence", "drop_mid_body", "token_expired_mid_page",
        "page_repeated", "modify_between_pages", "delete_between_list_and_get", "unknown_column",
        "slow_first_byte", "right_lost", "odd_text", "too_many_tokens",
    }  # fmt: skip

    assert wanted <= set(KINDS)
