"""The record service: shapes, verbs, validation (docs/NETSUITE.md 3)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

ROOT = "/record/v1"


def get(simulator: RunningSimulator, path: str) -> Any:
    answer = simulator.call("GET", ROOT + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def error_of(answer: Any) -> Any:
    return answer.json()["o:errorDetails"][0]


def test_record_shape_links_first_then_alphabetical_without_nulls(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer(), 12.34, stamp="2026-05-06T07:08:59Z")
    answer = simulator.call("GET", f"{ROOT}/Invoice/{invoice}")
    body = answer.json()
    keys = list(body)

    assert answer.headers["Content-Type"] == (
        "application/vnd.oracle.resource+json; type=singular; charset=UTF-8"
    )
    assert keys == ["links", *sorted(keys[1:])]
    assert None not in body.values()
    assert body["id"] == str(invoice)
    assert body["total"] == 12.34
    # Links are in lower case, whatever the request's casing; times are cut to the minute.
    assert body["links"][0]["href"].endswith(f"/record/v1/invoice/{invoice}")
    assert body["item"] == {
        "links": [
            {
                "rel": "self",
                "href": f"{simulator.base_url}/services/rest{ROOT}/invoice/{invoice}/item",
            }
        ]
    }
    assert body["lastModifiedDate"] == "2026-05-06T07:08:00Z"
    assert body["currency"]["links"][0]["href"].endswith("/record/v1/currency/1")
    assert (body["currency"]["id"], body["currency"]["refName"]) == ("1", "US Dollar")


def test_sublist_is_expanded_on_request(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer(), 5)
    items = get(simulator, f"/invoice/{invoice}?expandSubResources=true")["item"]

    assert items["totalResults"] == 1
    (line,) = items["items"]
    assert line["amount"] == 5
    assert line["links"][0]["href"].endswith(f"/invoice/{invoice}/item/{line['line']}")


def test_sub_resources_can_be_read(simulator: RunningSimulator, books: Books) -> None:
    address = {"addressee": "Front Desk", "addr1": "1 Harbour Way", "country": {"id": "US"}}
    customer = books.customer(
        addressBook={
            "items": [{"label": "Main", "defaultBilling": True, "addressBookAddress": address}]
        }
    )
    listing = get(simulator, f"/customer/{customer}/addressBook")
    line_path = listing["items"][0]["links"][0]["href"].partition(ROOT)[2]
    line = get(simulator, line_path)
    nested = get(simulator, f"{line_path}/addressBookAddress")

    assert listing["totalResults"] == 1
    assert line["label"] == "Main"
    assert nested["addr1"] == "1 Harbour Way"
    assert simulator.call("GET", f"{ROOT}/customer/{customer}/nosuch").status_code == 404


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ("letter", {"id": "A", "refName": "Open"}),
        ("text", {"id": "Open", "refName": "Open"}),
        ("plain", "Open"),
    ],
)
def test_status_is_shown_as_the_account_does(
    simulator: RunningSimulator, books: Books, choice: str, status: Any
) -> None:
    simulator.switches(record_status=choice)
    invoice = books.invoice(books.customer())

    assert get(simulator, f"/invoice/{invoice}")["status"] == status


def test_fields_and_simple_enums_are_honoured(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer())
    body = get(simulator, f"/invoice/{invoice}?fields=tranId,status&simpleEnumFormat=true")

    assert set(body) == {"links", "tranId", "status"}
    assert body["status"] == "A"


@pytest.mark.parametrize("status", [204, 201, 200])
@pytest.mark.parametrize("casing", ["request", "lower"])
def test_create_answers_as_the_account_does(
    simulator: RunningSimulator, books: Books, status: int, casing: str
) -> None:
    simulator.switches(post_status=status, location_casing=casing)
    invoice = books.invoice(books.customer(), 10)
    answer = simulator.call("POST", f"{ROOT}/invoice/{invoice}/!transform/creditMemo", json={})

    shown = "creditMemo" if casing == "request" else "creditmemo"
    assert answer.status_code == status
    assert answer.content == b""
    assert f"/record/v1/{shown}/" in answer.headers["Location"]


def test_record_round_trip_by_external_id(simulator: RunningSimulator) -> None:
    path = f"{ROOT}/customer/eid:odoo-42"
    body = {"companyName": "Tin Whistle Co", "subsidiary": {"id": "1"}, "creditLimit": 1234.56}
    created = simulator.call("PUT", path, json=body)
    updated = simulator.call("PUT", path, json={"phone": "555-0100"})
    patched = simulator.call("PATCH", path, json={"phone": None, "email": "desk@example.com"})
    record = get(simulator, "/customer/eid:odoo-42")
    deleted = simulator.call("DELETE", path)

    assert [answer.status_code for answer in (created, updated, patched, deleted)] == [204] * 4
    assert created.headers["Location"] == updated.headers["Location"]
    assert record["companyName"] == "Tin Whistle Co"
    assert record["creditLimit"] == 1234.56
    assert record["email"] == "desk@example.com"
    assert "phone" not in record
    assert simulator.call("GET", path).status_code == 404


def test_upsert_needs_an_external_id(simulator: RunningSimulator) -> None:
    assert simulator.call("PUT", f"{ROOT}/customer/5", json={}).status_code == 400


def test_misspelt_field_is_dropped_with_a_warning_by_default(simulator: RunningSimulator) -> None:
    body = {"companyName": "Silent Drop Co", "subsidiary": {"id": "1"}, "emial": "x@example.com"}
    answer = simulator.call("POST", f"{ROOT}/customer", json=body)

    assert answer.status_code == 204
    assert "emial" in answer.headers["Warning"]


def test_misspelt_field_is_refused_with_validation(simulator: RunningSimulator) -> None:
    body = {"companyName": "Strict Co", "subsidiary": {"id": "1"}, "emial": "x@example.com"}
    headers = {"X-NetSuite-PropertyNameValidation": "error"}
    answer = simulator.call("POST", f"{ROOT}/customer", json=body, headers=headers)
    found = get(simulator, '/customer?q=companyName IS "Strict Co"')

    assert answer.status_code == 400
    assert error_of(answer)["o:errorPath"] == "emial"
    assert found["totalResults"] == 0


def test_ledgers_refusal_comes_in_the_envelope(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    books.invoice(customer)
    answer = simulator.call("DELETE", f"{ROOT}/customer/{customer}")

    assert answer.status_code == 400
    assert error_of(answer)["o:errorCode"] == "USER_ERROR"
    assert error_of(answer)["detail"].startswith("Error while accessing a resource.")


def test_payment_applied_and_unapplied_over_rest(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    line = {"doc": {"id": str(invoice)}, "apply": True, "amount": 60.25}
    body = {
        "customer": {"id": str(customer)}, "payment": 80, "autoApply": False,
        "apply": {"items": [line]},
    }  # fmt: skip
    created = simulator.call("POST", f"{ROOT}/customerPayment", json=body)
    payment = created.headers["Location"].rpartition("/")[2]
    paid = get(simulator, f"/customerPayment/{payment}")
    remaining = get(simulator, f"/invoice/{invoice}")["amountRemaining"]
    unapply = {
        "customer": {"id": str(customer)},
        "apply": {"items": [{"doc": {"id": str(invoice)}, "apply": False}]},
    }
    changed = simulator.call("PATCH", f"{ROOT}/customerPayment/{payment}", json=unapply)

    assert (created.status_code, changed.status_code) == (204, 204)
    assert (paid["applied"], paid["unapplied"], remaining) == (60.25, 19.75, 39.75)
    assert get(simulator, f"/invoice/{invoice}")["amountRemaining"] == 100
    links = "SELECT nextdoc FROM previoustransactionlinelink WHERE previousdoc = ?"
    assert simulator.suiteql(links, [str(invoice)]).json()["count"] == 0


def test_unknown_record_type_and_id_are_404(simulator: RunningSimulator) -> None:
    missing = simulator.call("GET", f"{ROOT}/customer/999999")

    assert simulator.call("GET", f"{ROOT}/unicorn/1").status_code == 404
    assert (missing.status_code, error_of(missing)["detail"]) == (404, "Record does not exist.")


def test_method_that_a_path_does_not_know_is_405(simulator: RunningSimulator) -> None:
    assert simulator.call("DELETE", f"{ROOT}/customer").status_code == 405


def test_trailing_slash_changes_nothing(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    listed = get(simulator, "/currency/?limit=2")
    created = simulator.call(
        "POST", f"{ROOT}/customer/", json={"companyName": "Slash Co", "subsidiary": {"id": "1"}}
    )

    assert get(simulator, f"/customer/{customer}/")["id"] == str(customer)
    assert listed["count"] == 2
    assert created.status_code == 204
    assert simulator.suiteql("SELECT id FROM currency").ok
    assert simulator.call("GET", f"{ROOT}/metadata-catalog/").ok
    assert simulator.call("GET", "/system/v1/serverTime/").ok


def test_own_link_of_a_record_repeats_the_query(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    body = get(simulator, f"/Customer/{customer}?fields=companyName&expandSubResources=true")

    assert [entry["rel"] for entry in body["links"]] == ["self"]
    assert body["links"][0]["href"] == (
        f"{simulator.base_url}/services/rest{ROOT}/customer/{customer}"
        "?fields=companyName&expandSubResources=true"
    )


def test_collection_repeats_the_request_and_pages_are_in_lower_case(
    simulator: RunningSimulator,
) -> None:
    links = get(simulator, "/Currency?limit=2")["links"]
    whole = get(simulator, "/Currency")["links"]
    base = f"{simulator.base_url}/services/rest{ROOT}"

    assert {entry["rel"]: entry["href"] for entry in links} == {
        "next": f"{base}/currency?limit=2&offset=2",
        "last": f"{base}/currency?limit=2&offset=4",
        "self": f"{base}/Currency?limit=2",
    }
    assert whole == [{"rel": "self", "href": f"{base}/Currency"}]


def test_subsidiaries_of_an_account_are_a_sub_resource(simulator: RunningSimulator) -> None:
    url = f"{simulator.base_url}/services/rest{ROOT}/account/1/subsidiary"
    account = simulator.suiteql("SELECT min(id) AS id FROM account").json()["items"][0]["id"]
    url = url.replace("/1/", f"/{account}/")
    plain = get(simulator, f"/account/{account}")
    expanded = get(simulator, f"/account/{account}?expandSubResources=true")
    own = get(simulator, f"/account/{account}/subsidiary")

    assert plain["subsidiary"] == {"links": [{"rel": "self", "href": url}]}
    assert [item["id"] for item in expanded["subsidiary"]["items"]] == ["1", "2", "3"]
    assert own["totalResults"] == 3
    assert (
        simulator.suiteql(f"SELECT subsidiary FROM account WHERE id = {account}").json()["items"][
            0
        ]["subsidiary"]
        == "1, 2, 3"
    )


def test_accounts_without_one_world_have_no_subsidiaries(simulator: RunningSimulator) -> None:
    account = simulator.suiteql("SELECT min(id) AS id FROM account").json()["items"][0]["id"]
    simulator.switches(one_world=False)

    assert "subsidiary" not in get(simulator, f"/account/{account}")


def test_zero_line_of_a_journal_carries_both_sides(
    simulator: RunningSimulator, books: Books
) -> None:
    accounts = simulator.suiteql(
        "SELECT id FROM account WHERE accttype = 'Expense' ORDER BY id"
    ).json()["items"]
    account = {"id": accounts[0]["id"]}
    lines = [
        {"account": account, "debit": 5},
        {"account": account, "credit": 5},
        {"account": account, "debit": 0},
    ]
    body = {"subsidiary": {"id": "1"}, "line": {"items": lines}}
    journal = simulator.act("create", type="journalEntry", body=body)["id"]
    shown = get(simulator, f"/journalEntry/{journal}?expandSubResources=true")["line"]["items"]
    sides = [{side: line[side] for side in ("debit", "credit") if side in line} for line in shown]
    again = simulator.call(
        "PATCH", f"{ROOT}/journalEntry/{journal}", json={"line": {"items": [
            {"line": line["line"], "debit": 0, "credit": 0} for line in shown[2:]
        ]}},
    )  # fmt: skip

    assert sides == [{"debit": 5}, {"credit": 5}, {"debit": 0, "credit": 0}]
    assert again.status_code == 204, again.text


NO_INSTANCE = "The record instance does not exist. Provide a valid record instance ID."
WRONG_TYPE = "Error while accessing a resource. Transaction type specified is incorrect."


@pytest.mark.parametrize(
    ("switch", "path", "status", "detail"),
    [
        ({}, "/customer/999999", 404, "Record does not exist."),
        ({}, "/invoice/999999", 404, "Record does not exist."),
        ({"missing_record": "no_instance"}, "/customer/999999", 404, NO_INSTANCE),
        ({"missing_record": "no_instance"}, "/invoice/999999", 404, NO_INSTANCE),
        ({"missing_record": "no_instance"}, "/customer/eid:nobody", 404, NO_INSTANCE),
        ({"missing_transaction": "type_incorrect"}, "/invoice/999999", 400, WRONG_TYPE),
        ({"missing_transaction": "type_incorrect"}, "/invoice/999999/item", 400, WRONG_TYPE),
        ({"missing_transaction": "type_incorrect"}, "/customer/999999", 404,
         "Record does not exist."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_as_the_account_does(
    simulator: RunningSimulator, switch: dict[str, str], path: str, status: int, detail: str
) -> None:
    simulator.switches(**switch)
    answer = simulator.call("GET", ROOT + path)

    assert (answer.status_code, error_of(answer)["detail"]) == (status, detail)


@pytest.mark.parametrize("verb", ["GET", "PATCH", "DELETE"])
def test_transaction_of_another_type_is_refused_alike(
    simulator: RunningSimulator, books: Books, verb: str
) -> None:
    simulator.switches(missing_transaction="type_incorrect")
    invoice = books.invoice(books.customer())
    body = {"json": {"memo": "x"}} if verb == "PATCH" else {}
    answer = simulator.call(verb, f"{ROOT}/creditMemo/{invoice}", **body)

    assert (answer.status_code, error_of(answer)["detail"]) == (400, WRONG_TYPE)
    assert get(simulator, f"/invoice/{invoice}")["id"] == str(invoice)


def test_property_names_are_case_sensitive(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    path = f"{ROOT}/customer/{customer}"
    dropped = simulator.call("PATCH", path, json={"PHONE": "555-0111"})
    refused = simulator.call(
        "PATCH", path, json={"PHONE": "555-0111"},
        headers={"X-NetSuite-PropertyNameValidation": "error"},
    )  # fmt: skip

    assert (dropped.status_code, refused.status_code) == (204, 400)
    assert "PHONE" in dropped.headers["Warning"]
    assert "phone" not in get(simulator, f"/customer/{customer}")


# === Asynchronous requests === #


def test_asynchronous_request_is_answered_by_a_job(simulator: RunningSimulator) -> None:
    body = {"companyName": "Later Co", "subsidiary": {"id": "1"}}
    taken = simulator.call(
        "POST", f"{ROOT}/customer", json=body, headers={"Prefer": "respond-async"}
    )
    path = taken.headers["Location"].removeprefix("/services/rest")
    job = simulator.call("GET", path).json()
    tasks = simulator.call("GET", f"{path}/task").json()
    task = simulator.call("GET", f"{path}/task/1").json()
    result = simulator.call("GET", f"{path}/task/1/result")

    assert (taken.status_code, taken.content) == (202, b"")
    assert taken.headers["Preference-Applied"] == "respond-async"
    assert path.startswith("/async/v1/job/")
    assert (job["completed"], job["progress"]) == (True, "succeeded")
    assert job["task"]["links"][0]["href"].endswith(f"{path}/task")
    assert tasks["items"][0]["links"][0]["href"].endswith(f"{path}/task/1")
    assert task["result"]["links"][0]["href"].endswith(f"{path}/task/1/result")
    assert result.status_code == 204
    assert simulator.call("GET", result.headers["Location"].partition("/rest")[2]).ok


def test_refusal_of_an_asynchronous_request_is_its_result(simulator: RunningSimulator) -> None:
    taken = simulator.call("GET", f"{ROOT}/customer/999999", headers={"Prefer": "respond-async"})
    path = taken.headers["Location"].removeprefix("/services/rest")
    result = simulator.call("GET", f"{path}/task/1/result")

    assert taken.status_code == 202
    assert simulator.call("GET", path).json()["progress"] == "failed"
    assert (result.status_code, error_of(result)["o:errorCode"]) == (404, "NONEXISTENT_ID")
    assert simulator.call("GET", "/async/v1/job/999999").status_code == 404


def test_job_is_pending_for_as_long_as_the_account_needs(simulator: RunningSimulator) -> None:
    simulator.switches(job_seconds=30)
    taken = simulator.call("GET", f"{ROOT}/currency", headers={"Prefer": "respond-async"})
    path = taken.headers["Location"].removeprefix("/services/rest")
    pending, early = (
        simulator.call("GET", path).json(),
        simulator.call("GET", f"{path}/task/1/result"),
    )
    simulator.clock(advance=31)

    assert (pending["completed"], pending["progress"]) == (False, "pending")
    assert early.status_code == 404
    assert simulator.call("GET", path).json()["completed"]
    assert simulator.call("GET", f"{path}/task/1/result").json()["count"] == 5


def test_idempotency_key_counts_for_asynchronous_requests_only(
    simulator: RunningSimulator,
) -> None:
    key = {"X-NetSuite-Idempotency-Key": "5f0c3c0e-7d1d-4f39-9b7e-0b9f7a4a1c11"}
    later = {**key, "Prefer": "respond-async"}
    body = {"companyName": "Once Co", "subsidiary": {"id": "1"}}
    path = f"{ROOT}/customer"
    first, second = (simulator.call("POST", path, json=body, headers=later) for _ in range(2))
    synchronous = [simulator.call("GET", path, headers=key) for _ in range(2)]

    assert (second.status_code, error_of(second)["o:errorCode"]) == (400, "IDEMPOTENCY_ERROR")
    assert second.headers["Location"] == first.headers["Location"]
    assert [answer.status_code for answer in synchronous] == [200, 200]
    assert get(simulator, '/customer?q=companyName IS "Once Co"')["totalResults"] == 1


def test_query_is_never_asynchronous(simulator: RunningSimulator) -> None:
    answer = simulator.call(
        "POST", "/query/v1/suiteql", json={"q": "SELECT id FROM currency"},
        headers={"Prefer": "transient, respond-async"},
    )  # fmt: skip

    assert (answer.status_code, answer.json()["count"]) == (200, 5)


# === Collections === #


def test_collection_holds_ids_and_links_only(simulator: RunningSimulator) -> None:
    body = get(simulator, "/currency?limit=2&offset=2")

    assert [sorted(item) for item in body["items"]] == [["id", "links"]] * 2
    assert (body["count"], body["totalResults"], body["hasMore"]) == (2, 5, True)
    assert [entry["rel"] for entry in body["links"]] == [
        "previous", "first", "next", "last", "self",
    ]  # fmt: skip


def test_collection_of_transactions_is_of_one_type(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    invoice = books.invoice(customer)
    memo = simulator.act("transform", type="invoice", id=invoice, target="creditMemo")["id"]

    invoices = get(simulator, f"/invoice?q=entity ANY_OF [{customer}]")
    memos = get(simulator, f"/creditMemo?q=entity ANY_OF [{customer}]")

    assert [item["id"] for item in invoices["items"]] == [str(invoice)]
    assert [item["id"] for item in memos["items"]] == [str(memo)]


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ('companyName IS "Oak & Ash Co"', True),
        ("companyName START_WITH Oak", True),
        ("companyName ENDWITH_NOT Co", False),
        ("companyName CONTAIN Ash AND isInactive IS false", True),
        ("isinactive IS true", False),
        ("email EMPTY", True),
        ("email EMPTY_NOT", False),
        ("creditLimit GREATER_OR_EQUAL 500", True),
        ("creditLimit BETWEEN [1, 10]", False),
        ('creditLimit LESS 10 OR companyName IS "Oak & Ash Co"', True),
        ('dateCreated ON_OR_AFTER "1/1/2019" AND dateCreated BEFORE "1/1/2020"', False),
        ('dateCreated ON_OR_AFTER "1/1/2019"', True),
    ],
)
def test_q_filters(simulator: RunningSimulator, books: Books, text: str, matches: bool) -> None:
    with simulator.account.store.read() as connection:
        row = connection.execute(
            "SELECT id FROM _customer WHERE companyname = 'Oak & Ash Co'"
        ).fetchone()
    customer = row[0] if row else books.customer(companyName="Oak & Ash Co", creditLimit=500)
    answer = simulator.call(
        "GET", f"{ROOT}/customer", params={"q": f"id EQUAL {customer} AND ({text})"}
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["totalResults"] == int(matches)


def test_q_with_unknown_field_is_refused(simulator: RunningSimulator) -> None:
    answer = simulator.call("GET", f"{ROOT}/customer?q=nosuch IS 1")

    assert (answer.status_code, error_of(answer)["o:errorQueryParam"]) == (400, "q")
    assert error_of(answer)["detail"].endswith("Unknown field name 'nosuch' in the search query.")


@pytest.mark.parametrize(
    ("style", "named", "good", "bad"),
    [
        ("M/D/YYYY", "M/d/yy", "12/31/2019", ("8/5/2026 23:53", "2019-12-31", "31/12/2019")),
        ("D/M/YYYY", "d/M/yy", "31/12/2019", ("12/31/2019", "2026-08-05T23:53:00Z")),
        ("YYYY-MM-DD", "yyyy-MM-dd", "2019-12-31", ("12/31/2019", "2019-02-30")),
    ],
)
def test_date_in_q_is_read_in_the_users_format_only(
    simulator: RunningSimulator, style: str, named: str, good: str, bad: tuple[str, ...]
) -> None:
    simulator.switches(date_format=style)
    refused = {
        text: simulator.call(
            "GET", f"{ROOT}/customer", params={"q": f'lastModifiedDate ON_OR_AFTER "{text}"'}
        )
        for text in bad
    }
    known = simulator.call("GET", f"{ROOT}/customer", params={"q": f"dateCreated AFTER {good}"})
    between = simulator.call(
        "GET", f"{ROOT}/customer", params={"q": f'dateCreated WITHIN ["{bad[0]}", "{good}"]'}
    )

    assert known.status_code == 200, known.text
    assert between.status_code == 400
    for text, answer in refused.items():
        assert error_of(answer)["detail"].endswith(
            f'Search error occurred: Parse of date/time "{text}" failed with date format '
            f'"{named}" in time zone America/Los_Angeles'
        )


# === Catalog and small services === #


def test_catalog_lists_records_with_three_kinds_of_links(simulator: RunningSimulator) -> None:
    items = get(simulator, "/metadata-catalog")["items"]
    customer = next(item for item in items if item["name"] == "customer")

    assert [entry["rel"] for entry in customer["links"]] == [
        "canonical", "alternate", "alternate", "describes",
    ]  # fmt: skip
    assert {item["name"] for item in items} >= {"invoice", "creditMemo", "customerPayment"}


def test_catalog_gives_json_schema_and_openapi(simulator: RunningSimulator) -> None:
    path = f"{ROOT}/metadata-catalog/customer"
    schema = simulator.call("GET", path, headers={"Accept": "application/schema+json"}).json()
    openapi = simulator.call(
        "GET", f"{ROOT}/metadata-catalog?select=invoice,customer",
        headers={"Accept": "application/swagger+json"},
    ).json()  # fmt: skip

    assert schema["properties"]["creditLimit"] == {
        "title": "Credit Limit", "type": "number", "format": "double", "nullable": True,
    }  # fmt: skip
    assert schema["properties"]["balance"]["readOnly"] is True
    assert set(openapi["components"]["schemas"]) == {
        "invoice", "invoiceCollection", "customer", "customerCollection", "nsError", "nsLink",
    }  # fmt: skip


def test_openapi_describes_what_can_be_done_with_a_record(simulator: RunningSimulator) -> None:
    answer = simulator.call(
        "GET", f"{ROOT}/metadata-catalog/customer", headers={"Accept": "application/swagger+json"}
    )
    described = answer.json()
    paths = described["paths"]

    assert answer.headers["Content-Type"] == "application/swagger+json"
    assert {path: sorted(methods) for path, methods in paths.items()} == {
        "/customer": ["get", "post"],
        "/customer/{id}": ["delete", "get", "patch", "put"],
        "/customer/{id}/!transform/customerPayment": ["post"],
        "/customer/{id}/!transform/invoice": ["post"],
    }
    (media,) = paths["/customer"]["get"]["responses"]["200"]["content"].values()
    assert media == {"schema": {"$ref": "#/components/schemas/customerCollection"}}
    named = [each["name"] for each in paths["/customer"]["get"]["parameters"]]
    assert {"q", "limit", "offset", "Prefer"} <= set(named)


def test_catalog_of_several_records_in_the_path_is_refused(simulator: RunningSimulator) -> None:
    answer = simulator.call("GET", f"{ROOT}/metadata-catalog/customer, salesOrder")

    assert error_of(answer)["o:errorCode"] == "INVALID_REQUEST"


def test_server_time_and_governance(simulator: RunningSimulator) -> None:
    simulator.clock(to="2026-04-05T06:07:08Z", freeze=True)
    try:
        told = simulator.call("GET", "/system/v1/serverTime").json()
    finally:
        simulator.clock(freeze=False)
    limits = simulator.call("GET", "/system/v1/governanceLimits").json()

    assert told == {"serverTime": "2026-04-05T06:07:08.000Z"}
    assert limits["accountConcurrencyLimit"] == 5


def test_user_preference_is_told_where_the_account_has_it(simulator: RunningSimulator) -> None:
    hidden = simulator.call("GET", f"{ROOT}/preference/userPreference")
    simulator.switches(user_preference=True, date_format="D/M/YYYY", session_zone="Europe/Berlin")
    told = get(simulator, "/preference/userPreference")

    assert hidden.status_code == 404
    assert (told["timeZone"]["id"], told["dateFormat"]) == ("Europe/Berlin", "d/M/YYYY")


def test_restlet_of_an_unknown_script_is_refused(simulator: RunningSimulator) -> None:
    answer = requests.get(
        f"{simulator.base_url}/app/site/hosting/restlet.nl", auth=simulator.tba(), timeout=10,
        params={"script": "customscript_x", "deploy": "customdeploy_x"},
    )  # fmt: skip

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "SSS_INVALID_SCRIPTLET_ID"


def test_answers_carry_the_recorded_headers(simulator: RunningSimulator) -> None:
    headers = simulator.call("GET", f"{ROOT}/currency/1").headers

    assert {"x-netsuite-jobid", "x-n-operationid", "ns_rtimer_composite"} <= {
        name.lower() for name in headers
    }
    assert (headers["Cache-Control"], headers["Expires"]) == ("No-Cache", "0")
    assert "ETag" not in headers
