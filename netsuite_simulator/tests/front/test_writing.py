"""Writing over REST: what is stored, what is refused, and the switches (docs/NETSUITE.md 9)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from netsuite_simulator.errors import PREFIX
from netsuite_simulator.schema import ENUMS
from netsuite_simulator.testing import RunningSimulator, running_simulator
from netsuite_simulator.tests.front.conftest import Books

ROOT = "/record/v1"
ERROR_ON_UNKNOWN = {"X-NetSuite-PropertyNameValidation": "error"}
INVALID = "Error while accessing resource: You have entered an Invalid Field Value {} for the"


def get(simulator: RunningSimulator, path: str) -> Any:
    answer = simulator.call("GET", ROOT + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def patch(
    simulator: RunningSimulator, path: str, body: dict[str, Any], **headers: str
) -> requests.Response:
    return simulator.call("PATCH", ROOT + path, json=body, headers=headers or None)


def error_of(answer: requests.Response) -> Any:
    return answer.json()["o:errorDetails"][0]


def outcome(answer: requests.Response) -> tuple[int, str, str]:
    """Return status, code and wording of a refusal."""
    error = error_of(answer)
    return answer.status_code, error["o:errorCode"], error["detail"]


def row(simulator: RunningSimulator, query: str) -> dict[str, Any]:
    found: dict[str, Any] = simulator.suiteql(query).json()["items"][0]
    return found


def external(simulator: RunningSimulator, table: str, value: str) -> int:
    query = f"SELECT id FROM {table} WHERE externalid = '{value}'"
    count: int = simulator.suiteql(query).json()["totalResults"]
    return count


# === The fields that receivables teams write === #

CHASED: dict[str, Any] = {
    "memo": "Disputed by the warehouse",
    "dueDate": "2031-02-03",
    "otherRefNum": "PO 4711",
    "custbody_chase_note": "Left a voicemail",
    "custbody_chase_history": "Called.\n" * 400,
    "custbody_chase_score": 0.75,
    "custbody_chase_count": 3,
    "custbody_do_not_chase": True,
    "custbody_last_chased": "2026-03-04",
    "custbody_chased_at": "2026-03-04T05:06:00Z",
    "custbody_collection_stage": {"id": "3"},
    "custbody_tags": {"items": [{"id": "2"}, {"id": "4"}]},
}


def test_invoice_takes_and_shows_what_collectors_write(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer())
    answer = patch(simulator, f"/invoice/{invoice}", CHASED, **ERROR_ON_UNKNOWN)
    body = get(simulator, f"/invoice/{invoice}")
    shown = row(
        simulator,
        "SELECT memo, otherrefnum, TO_CHAR(duedate, 'YYYY-MM-DD') AS due, custbody_chase_note,"
        " custbody_chase_score, custbody_chase_count, custbody_do_not_chase, custbody_tags,"
        " TO_CHAR(custbody_last_chased, 'YYYY-MM-DD') AS chased, custbody_chase_history,"
        " custbody_collection_stage, BUILTIN.DF(custbody_collection_stage) AS stage"
        f" FROM transaction WHERE id = {invoice}",
    )

    assert answer.status_code == 204, answer.text
    assert "Warning" not in answer.headers
    plain = {name: value for name, value in CHASED.items() if not isinstance(value, dict)}
    assert {name: body[name] for name in plain} == plain
    assert body["custbody_collection_stage"]["refName"] == "Final notice"
    assert [each["id"] for each in body["custbody_tags"]["items"]] == ["2", "4"]
    assert shown == {
        "links": [], "memo": CHASED["memo"], "otherrefnum": "PO 4711", "due": "2031-02-03",
        "custbody_chase_note": "Left a voicemail", "custbody_chase_score": ".75",
        "custbody_chase_count": "3", "custbody_do_not_chase": "T", "custbody_tags": "2, 4",
        "chased": "2026-03-04", "custbody_chase_history": CHASED["custbody_chase_history"],
        "custbody_collection_stage": "3", "stage": "Final notice",
    }  # fmt: skip


@pytest.mark.parametrize("record", ["creditMemo", "customerPayment"])
def test_credits_and_payments_take_the_same_custom_fields(
    simulator: RunningSimulator, books: Books, record: str
) -> None:
    customer = books.customer()
    invoice = books.invoice(customer)
    made = simulator.act("transform", type="invoice", id=invoice, target=record)["id"]
    fields = {name: value for name, value in CHASED.items() if name.startswith("custbody")}
    answer = patch(simulator, f"/{record}/{made}", {"memo": "x", **fields}, **ERROR_ON_UNKNOWN)
    body = get(simulator, f"/{record}/{made}")

    assert answer.status_code == 204, answer.text
    assert (body["memo"], body["custbody_chase_count"]) == ("x", 3)
    assert body["custbody_collection_stage"]["id"] == "3"


@pytest.mark.parametrize("hold", sorted(ENUMS["credithold"]))
def test_customer_takes_and_shows_what_collectors_write(
    simulator: RunningSimulator, books: Books, hold: str
) -> None:
    customer = books.customer()
    term = row(simulator, "SELECT max(id) AS id FROM term")["id"]
    employee = row(simulator, "SELECT max(id) AS id FROM employee")["id"]
    written: dict[str, Any] = {
        "comments": "Pays on Fridays", "creditLimit": 2500.5, "phone": "+44 20 7946 0000",
        "email": "ap@kettle.example", "emailTransactions": True,
        "creditHoldOverride": {"id": hold}, "terms": {"id": term}, "salesRep": {"id": employee},
        "custentity_on_hold": True, "custentity_average_delay": 12.5,
        "custentity_open_promises": 2, "custentity_collection_stage": {"id": 4},
        "custentity_collection_notes": "Long", "custentity_last_contacted": "2026-03-04T05:06:00Z",
    }  # fmt: skip
    answer = patch(simulator, f"/customer/{customer}", written, **ERROR_ON_UNKNOWN)
    body = get(simulator, f"/customer/{customer}")
    shown = row(
        simulator,
        "SELECT comments, creditlimit, creditholdoverride, phone, email, emailtransactions, terms,"
        " salesrep, custentity_on_hold, custentity_average_delay, custentity_open_promises"
        f" FROM customer WHERE id = {customer}",
    )

    assert answer.status_code == 204, answer.text
    plain = {name: value for name, value in written.items() if not isinstance(value, dict)}
    assert {name: body[name] for name in plain} == plain
    assert body["creditHoldOverride"]["id"] == hold
    assert (body["terms"]["id"], body["salesRep"]["id"]) == (term, employee)
    assert shown == {
        "links": [], "comments": "Pays on Fridays", "creditlimit": "2500.5",
        "creditholdoverride": hold, "phone": "+44 20 7946 0000", "email": "ap@kettle.example",
        "emailtransactions": "T", "terms": term, "salesrep": employee,
        "custentity_on_hold": "T", "custentity_average_delay": "12.5",
        "custentity_open_promises": "2",
    }  # fmt: skip


def test_null_clears_fields_of_every_kind(simulator: RunningSimulator, books: Books) -> None:
    customer = books.customer(creditLimit=5, comments="x", custentity_on_hold=True)
    invoice = books.invoice(customer, **CHASED)
    nothing = dict.fromkeys((*CHASED, "custbody_tags"))
    del nothing["dueDate"]
    fields = ("creditLimit", "comments", "creditHoldOverride", "custentity_on_hold", "terms")
    answers = [
        patch(simulator, f"/invoice/{invoice}", nothing),
        patch(simulator, f"/customer/{customer}", dict.fromkeys(fields)),
    ]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert not set(nothing) & set(get(simulator, f"/invoice/{invoice}"))
    assert not set(fields) & set(get(simulator, f"/customer/{customer}"))


def test_catalog_lists_them_with_their_types(simulator: RunningSimulator) -> None:
    def properties(name: str) -> Any:
        accept = {"Accept": "application/schema+json"}
        path = f"{ROOT}/metadata-catalog/{name}"
        return simulator.call("GET", path, headers=accept).json()["properties"]

    invoice, customer = properties("invoice"), properties("customer")

    assert {
        name: (invoice[name]["type"], invoice[name].get("format"))
        for name in CHASED
    } == {
        "memo": ("string", None), "otherRefNum": ("string", None), "dueDate": ("string", "date"),
        "custbody_chase_note": ("string", None), "custbody_chase_history": ("string", None),
        "custbody_chase_score": ("number", "double"),
        "custbody_chase_count": ("integer", "int64"),
        "custbody_do_not_chase": ("boolean", None),
        "custbody_last_chased": ("string", "date"),
        "custbody_chased_at": ("string", "date-time"),
        "custbody_collection_stage": ("object", None), "custbody_tags": ("object", None),
    }  # fmt: skip
    assert customer["custentity_on_hold"]["type"] == "boolean"
    assert customer["custentity_average_delay"]["format"] == "double"
    assert customer["creditHoldOverride"]["properties"].keys() == {"id", "refName"}


def test_list_values_are_made_over_rest(simulator: RunningSimulator, books: Books) -> None:
    made = simulator.call(
        "POST", f"{ROOT}/customlist_collection_stage", json={"name": "Bailiff"}
    ).headers["Location"]
    entry = made.rpartition("/")[2]
    invoice = books.invoice(books.customer())
    patch(simulator, f"/invoice/{invoice}", {"custbody_collection_stage": {"id": entry}})
    names = simulator.suiteql("SELECT name FROM customlist_collection_stage ORDER BY id").json()

    assert [each["name"] for each in names["items"]][:5] == [
        "Reminder", "Second reminder", "Final notice", "Legal", "Written off",
    ]  # fmt: skip
    assert get(simulator, f"/invoice/{invoice}")["custbody_collection_stage"]["refName"] == (
        "Bailiff"
    )


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("custbody_chase_score", "soon", "soon"),
        ("custbody_chase_count", "soon", "soon"),
        ("custbody_chase_count", 2.5, "2.5"),
        ("custbody_do_not_chase", "yes", "yes"),
        ("custbody_do_not_chase", [1], "[1]"),
        ("custbody_last_chased", "3/4/2026", "3/4/2026"),
        ("custbody_last_chased", "2026-02-30", "2026-02-30"),
        ("custbody_last_chased", "20260304", "20260304"),
        ("custbody_chased_at", "yesterday", "yesterday"),
        ("custbody_collection_stage", {"id": "77"}, "77"),
        ("custbody_collection_stage", {"id": "Legal"}, "Legal"),
        ("custbody_tags", {"items": [{"id": "77"}]}, "77"),
        ("dueDate", "04.03.2026", "04.03.2026"),
        ("terms", {"id": "9" * 30}, "9" * 30),
    ],
)
def test_value_that_does_not_fit_is_refused_and_nothing_changes(
    simulator: RunningSimulator, books: Books, field: str, value: Any, shown: str
) -> None:
    invoice = books.invoice(books.customer())
    before = get(simulator, f"/invoice/{invoice}")
    answer = patch(simulator, f"/invoice/{invoice}", {"memo": "with it", field: value})

    assert outcome(answer)[:2] == (400, "INVALID_CONTENT")
    assert error_of(answer)["detail"] == f"{INVALID.format(shown)} following field: {field}"
    assert get(simulator, f"/invoice/{invoice}") == before


@pytest.mark.parametrize("value", [True, 5, "x", {"items": 5}, [5]])
def test_sublist_without_lines_is_refused(
    simulator: RunningSimulator, books: Books, value: Any
) -> None:
    answer = patch(simulator, f"/invoice/{books.invoice(books.customer())}", {"item": value})

    assert outcome(answer) == (400, "INVALID_CONTENT", "Invalid content in the sublist item.")


def test_number_beyond_all_ids_is_no_records(simulator: RunningSimulator) -> None:
    assert simulator.call("GET", f"{ROOT}/invoice/{'9' * 30}").status_code == 404


def test_unknown_choice_of_the_credit_hold_is_refused(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    answer = patch(simulator, f"/customer/{customer}", {"creditHoldOverride": {"id": "MAYBE"}})

    assert outcome(answer)[:2] == (400, "INVALID_CONTENT")
    assert get(simulator, f"/customer/{customer}")["creditHoldOverride"]["id"] == "AUTO"


def test_long_memo_is_refused_or_cut(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer())
    fits = patch(simulator, f"/invoice/{invoice}", {"memo": "a" * 999})
    refused = patch(simulator, f"/invoice/{invoice}", {"memo": "b" * 1000})
    kept = get(simulator, f"/invoice/{invoice}")["memo"]
    simulator.switches(memo_limit="cut")
    cut = patch(simulator, f"/invoice/{invoice}", {"memo": "c" * 1000})

    assert (fits.status_code, cut.status_code) == (204, 204)
    assert outcome(refused) == (
        400, "USER_ERROR", PREFIX + "The field memo contained more than the maximum number ( 999 )"
        + " of characters allowed.",
    )  # fmt: skip
    assert kept == "a" * 999
    assert get(simulator, f"/invoice/{invoice}")["memo"] == "c" * 999


@pytest.mark.parametrize("record", ["invoice", "customer"])
def test_date_of_change_moves_on_a_patch_that_is_carried_out_only(
    simulator: RunningSimulator, books: Books, record: str
) -> None:
    customer = books.customer()
    made = customer if record == "customer" else books.invoice(customer)
    field = "comments" if record == "customer" else "memo"
    wrong = {"creditLimit": "x"} if record == "customer" else {"dueDate": "x"}
    seen = []
    for body in ({field: "a"}, {field: "b", **wrong}, {field: "b"}):
        simulator.clock(advance=60)
        patch(simulator, f"/{record}/{made}", body)
        seen.append(get(simulator, f"/{record}/{made}")["lastModifiedDate"])

    assert seen[0] == seen[1] < seen[2]


# === Computed and locked fields, names === #

SENT = [
    ("invoice", "total"), ("invoice", "subtotal"), ("invoice", "taxTotal"),
    ("invoice", "amountPaid"), ("invoice", "amountRemaining"), ("invoice", "status"),
    ("creditMemo", "applied"), ("creditMemo", "unapplied"),
    ("customerPayment", "applied"), ("customerPayment", "balance"), ("customerPayment", "total"),
    ("customer", "balance"), ("customer", "overdueBalance"), ("customer", "depositBalance"),
]  # fmt: skip


def made_of(simulator: RunningSimulator, books: Books, record: str) -> int:
    customer = books.customer()
    if record == "customer":
        return customer
    invoice = books.invoice(customer)
    if record == "invoice":
        return invoice
    made = simulator.act("transform", type="invoice", id=invoice, target=record)["id"]
    return int(made)


@pytest.mark.parametrize(("record", "field"), SENT)
def test_computed_field_is_ignored_refused_or_warned_about(
    simulator: RunningSimulator, books: Books, record: str, field: str
) -> None:
    path = f"/{record}/{made_of(simulator, books, record)}"
    note = "comments" if record == "customer" else "memo"
    before = get(simulator, path).get(field)
    answers = {}
    for choice in ("ignored", "warned", "refused"):
        simulator.switches(computed_field_sent=choice)
        answers[choice] = patch(simulator, path, {field: 7, note: choice})

    after = get(simulator, path)
    assert [answer.status_code for answer in answers.values()] == [204, 204, 400]
    assert "Warning" not in answers["ignored"].headers
    assert field in answers["warned"].headers["Warning"]
    assert error_of(answers["refused"])["o:errorPath"] == field
    assert (after.get(field), after[note]) == (before, "warned")


def test_computed_field_of_a_new_record_follows_the_switch(
    simulator: RunningSimulator, books: Books
) -> None:
    body = {"companyName": "Computed Co", "subsidiary": {"id": "1"}, "balance": 5}
    simulator.switches(computed_field_sent="refused")
    refused = simulator.call("POST", f"{ROOT}/customer", json=body)
    simulator.reset_switches()

    assert refused.status_code == 400
    assert simulator.call("POST", f"{ROOT}/customer", json=body).status_code == 204


@pytest.mark.parametrize("field", ["entity", "subsidiary", "currency"])
def test_saved_invoice_keeps_customer_subsidiary_and_currency(
    simulator: RunningSimulator, books: Books, field: str
) -> None:
    other = {"entity": books.customer(), "subsidiary": 2, "currency": 2}[field]
    path = f"/invoice/{books.invoice(books.customer())}"
    before = get(simulator, path)
    same = patch(simulator, path, {field: {"id": before[field]["id"]}, "memo": "same"})
    refused = patch(simulator, path, {field: {"id": other}, "memo": "refused"})
    simulator.switches(locked_field_changed="ignored")
    ignored = patch(simulator, path, {field: {"id": other}, "memo": "ignored"})

    after = get(simulator, path)
    assert (same.status_code, ignored.status_code) == (204, 204)
    assert outcome(refused)[:2] == (400, "USER_ERROR")
    assert f"value for element {field} due to" in error_of(refused)["detail"]
    assert (after[field], after["memo"]) == (before[field], "ignored")


def test_applied_invoice_is_refused_in_its_own_words(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    invoice = books.invoice(customer)
    simulator.act("transform", type="invoice", id=invoice, target="customerPayment")
    answer = patch(simulator, f"/invoice/{invoice}", {"entity": {"id": books.customer()}})

    assert "because the transaction has been applied" in error_of(answer)["detail"]


@pytest.mark.parametrize("field", ["subsidiary", "currency"])
def test_customer_with_transactions_keeps_subsidiary_and_currency(
    simulator: RunningSimulator, books: Books, field: str
) -> None:
    free, billed = books.customer(), books.customer()
    for customer in (free, billed):
        body = {"entity": {"id": customer}, "subsidiary": {"id": 2}}
        simulator.act("create", type="customerSubsidiaryRelationship", body=body)
    books.invoice(billed)
    change = {field: {"id": 2}, "comments": "changed"}
    answers = [patch(simulator, f"/customer/{customer}", change) for customer in (free, billed)]
    simulator.switches(locked_field_changed="ignored")
    ignored = patch(simulator, f"/customer/{billed}", change)

    assert [answer.status_code for answer in (*answers, ignored)] == [204, 400, 204]
    assert get(simulator, f"/customer/{free}")[field]["id"] == "2"
    shown = get(simulator, f"/customer/{billed}")
    assert (shown[field]["id"], shown["comments"]) == ("1", "changed")


def test_property_in_the_wrong_case_is_unknown_or_taken(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    line = {"DOC": {"id": invoice}, "APPLY": True, "Amount": 40}
    body = {
        "Customer": {"id": customer}, "PAYMENT": 60, "autoapply": False, "MEMO": "loud",
        "APPLY": {"ITEMS": [], "items": [line]},
    }  # fmt: skip
    strict = simulator.call("POST", f"{ROOT}/customerPayment", json=body, headers=ERROR_ON_UNKNOWN)
    simulator.switches(property_case="accepted")
    taken = simulator.call("POST", f"{ROOT}/customerPayment", json=body, headers=ERROR_ON_UNKNOWN)
    typo = patch(simulator, f"/customer/{customer}", {"phonne": "1"}, **ERROR_ON_UNKNOWN)

    assert (strict.status_code, taken.status_code, typo.status_code) == (400, 204, 400)
    payment = get(simulator, "/customerPayment/" + taken.headers["Location"].rpartition("/")[2])
    assert (payment["memo"], payment["applied"], payment["unapplied"]) == ("loud", 40, 20)


# === External ids === #


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("record_exists", (400, "USER_ERROR", PREFIX + "This record already exists.")),
        ("entity_exists", (400, "USER_ERROR", PREFIX + "This entity already exists.")),
        ("conflict", (409, "DUP_RCRD", "This record already exists.")),
    ],
)  # fmt: skip
def test_external_id_that_is_taken(
    simulator: RunningSimulator, books: Books, choice: str, expected: tuple[int, str, str]
) -> None:
    simulator.switches(duplicate_external_id=choice)
    taken = f"taken-{choice}"
    books.customer(externalId=taken)
    other = books.customer()
    body = {"companyName": f"Second {choice}", "subsidiary": {"id": "1"}, "externalId": taken}
    answers = [
        simulator.call("POST", f"{ROOT}/customer", json=body),
        patch(simulator, f"/customer/{other}", {"externalId": taken}),
    ]

    assert [outcome(answer) for answer in answers] == [expected] * 2
    assert external(simulator, "customer", taken) == 1


@pytest.mark.parametrize(("scope", "status"), [("type", 204), ("transactions", 400)])
def test_external_id_of_another_type_of_transactions(
    simulator: RunningSimulator, books: Books, scope: str, status: int
) -> None:
    simulator.switches(external_id_scope=scope)
    customer, key = books.customer(), f"shared-{scope}"
    books.invoice(customer, externalId=key)
    body = {"customer": {"id": customer}, "payment": 5, "autoApply": False}
    answer = simulator.call("PUT", f"{ROOT}/customerPayment/eid:{key}", json=body)

    assert answer.status_code == status
    assert external(simulator, "transaction", key) == (2 if status == 204 else 1)
    # Other records have external ids of their own.
    assert simulator.call(
        "PUT", f"{ROOT}/customer/eid:{key}", json={"companyName": key, "subsidiary": {"id": "1"}}
    ).ok


# === What is not there, and rights === #

WRONG_TYPE = (
    400, "USER_ERROR", "Error while accessing a resource. Transaction type specified is incorrect."
)  # fmt: skip
MISSING = (404, "NONEXISTENT_ID", "Record does not exist.")


@pytest.mark.parametrize("verb", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("is_missing", [True, False], ids=["missing", "other type"])
def test_write_to_what_is_not_there_is_answered_as_a_read_is(
    simulator: RunningSimulator, books: Books, verb: str, is_missing: bool
) -> None:
    number = 999999 if is_missing else books.invoice(books.customer())
    more = {"json": {"memo": "x", "customer": {"id": 1}}} if verb == "PATCH" else {}
    seen = []
    for choice in ("as_record", "type_incorrect"):
        simulator.switches(missing_transaction=choice)
        seen.append(outcome(simulator.call(verb, f"{ROOT}/customerRefund/{number}", **more)))

    assert seen == [MISSING, WRONG_TYPE]


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("view", "You need the 'Transactions -> Invoice' permission"),
        ("create", "You need a higher level of the 'Transactions -> Invoice' permission"),
        ("edit", "You need a higher level of the 'Transactions -> Invoice' permission"),
    ],
)
def test_too_low_a_permission_is_named_or_not(
    simulator: RunningSimulator, books: Books, verb: str, words: str
) -> None:
    path = f"/invoice/{books.invoice(books.customer())}"
    simulator.fault("right_lost", record="invoice", verb=verb)
    unnamed = patch(simulator, path, {"memo": "x"})
    simulator.switches(permission_too_low_answer="named")
    named = patch(simulator, path, {"memo": "x"})

    assert outcome(unnamed) == (
        400, "USER_ERROR", "Your current role does not have permission to perform this action.",
    )  # fmt: skip
    assert outcome(named)[:2] == (403, "INSUFFICIENT_PERMISSION")
    assert words in error_of(named)["detail"]


def test_fault_says_itself_how_a_right_is_refused(
    simulator: RunningSimulator, books: Books
) -> None:
    path = f"/invoice/{books.invoice(books.customer())}"
    simulator.switches(permission_too_low_answer="named")
    simulator.fault("right_lost", record="invoice", verb="edit", status=400)

    assert outcome(patch(simulator, path, {"memo": "x"}))[:2] == (400, "USER_ERROR")


def test_role_without_the_full_level_deletes_nothing(
    simulator: RunningSimulator, books: Books
) -> None:
    path = f"/invoice/{books.invoice(books.customer())}"
    simulator.fault("right_lost", record="invoice", verb="delete", status=403)
    deleted = simulator.call("DELETE", ROOT + path)

    assert deleted.status_code == 403
    assert patch(simulator, path, {"memo": "x"}).status_code == 204


# === Ready-made accounts === #


def test_demo_was_chased() -> None:
    with running_simulator("demo") as simulator:
        chased = row(
            simulator,
            "SELECT COUNT(custbody_collection_stage) AS stages,"
            " COUNT(custbody_last_chased) AS days,"
            " COUNT(DISTINCT custbody_collection_stage) AS kinds FROM transaction",
        )
        held = row(simulator, "SELECT COUNT(*) AS n FROM customer WHERE custentity_on_hold = 'T'")

    assert int(chased["stages"]) == int(chased["days"]) > 5
    assert int(chased["kinds"]) > 2
    assert int(held["n"]) > 0
