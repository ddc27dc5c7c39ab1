from __future__ import annotations

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.client.catalogue import BY_KIND, CATALOGUE, explain, fill
from kolleno_netsuite.client.error_parsing import KIND_OF_CODE, parse_error, retry_after
from kolleno_netsuite.client.errors import (
    ClientBug,
    DataError,
    ErrorKind,
    NetsuiteError,
    RecordNotFound,
    TransientError,
)
from kolleno_netsuite.client.messages import Response

SUITEQL = "/services/rest/query/v1/suiteql"
RECORD = "/services/rest/record/v1/invoice/5"
COLLECTION = "/services/rest/record/v1/customer"
CONCURRENCY = "CONCURRENCY_LIMIT_EXCEEDED"


def answer(status, body, *, path=RECORD, method="GET", is_write=False, **headers):
    text = body if isinstance(body, str) else json.dumps(body)
    parsed = None if isinstance(body, str) else json.loads(text, parse_float=Decimal)
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Response(status, named, text, parsed, 0.1, method, path, is_write)


def envelope(status, code, detail="", **extra):
    details = {"detail": detail, "o:errorCode": code, **extra}
    return {"title": "Bad Request", "status": status, "o:errorDetails": [details]}


def thrown(code):
    """The error body of a RESTlet."""
    return {"error": {"code": code, "message": "m"}}


QUERY = "Invalid search query. Detailed unprocessed description follows. "
WORDS = {
    "": "",
    "role": "Your current role does not have permission to perform this action.",
    "list": "You need the 'Custom Lists' permission to access this page.",
    "gone": "Record does not exist.",
    "type": "Record type 'invoce' does not exist.",
    "busy": "Concurrent request limit exceeded. Request blocked.",
    "crash": "An unexpected error occurred. Error ID: abc",
    "twice": "Error while accessing a resource. This entity already exists.",
    "workflow": "Error while accessing a resource. This record has been locked by a user defined "
    "workflow.",
    "changed": "Record has been changed",
    "period": "The accounting period Jan 2026 is closed.",
    "column": QUERY + "Search error occurred: Unknown identifier 'custbody7'. Available "
    "identifiers are: {transaction=transaction}.",
    "field": QUERY + "Search error occurred: Field 'x' for record 'transaction' was not found.",
    "bare field": QUERY + "Search error occurred: Field 'x' was not found.",
    "no subsidiary": QUERY + "Search error occurred: Unknown identifier 'subsidiary'.",
    "table": QUERY + "Invalid search type: Email.",
    "no subsidiaries": QUERY + "Invalid search type: subsidiary.",
    "tokens": "This user has exceeded the number of active access tokens for this role.",
    "more tokens": "Too many active tokens.",
    "no instance": "The record instance does not exist. Provide a valid record instance ID.",
    "other type": "Error while accessing a resource. Transaction type specified is incorrect.",
    "higher": "Permission Violation: You need a higher level of the 'Transactions -> Invoice' "
    "permission to access this page.",
    "else": "Something else is wrong.",
}
USER, PARAMETER = "USER_ERROR", "INVALID_PARAMETER"


@pytest.mark.parametrize(
    ("status", "code", "words", "path", "kind", "refined"),
    [
        (401, "INVALID_LOGIN", "", RECORD, "auth", "INVALID_LOGIN"),
        (400, USER, "role", SUITEQL, "permission", "WORKBOOK_PERMISSION_MISSING"),
        (400, USER, "role", COLLECTION, "permission", "WORKBOOK_PERMISSION_MISSING"),
        (400, USER, "role", RECORD, "permission", "PERMISSION_DENIED"),
        (403, "INSUFFICIENT_PERMISSION", "list", RECORD, "permission", "PERMISSION_DENIED"),
        (403, "INSUFFICIENT_PERMISSION", "", RECORD, "permission", "INSUFFICIENT_PERMISSION"),
        (404, "NONEXISTENT_ID", "gone", RECORD, "not_found", "NONEXISTENT_ID"),
        (404, "NONEXISTENT_ID", "type", RECORD, "bug", "UNKNOWN_RECORD_TYPE"),
        (400, "INVALID_REQUEST", "else", RECORD, "bug", "INVALID_REQUEST"),
        (429, "CONCURRENCY_LIMIT_EXCEEDED", "busy", RECORD, "concurrency", CONCURRENCY),
        (400, "CONCURRENCY_LIMIT_EXCEEDED", "", RECORD, "concurrency", CONCURRENCY),
        (400, USER, "busy", RECORD, "concurrency", CONCURRENCY),
        (500, "UNEXPECTED_ERROR", "crash", RECORD, "transient", "UNEXPECTED_ERROR"),
        (400, "IDEMPOTENCY_ERROR", "twice", RECORD, "data", "IDEMPOTENCY_ERROR"),
        (400, USER, "twice", RECORD, "data", "DUPLICATE_RECORD"),
        (400, USER, "workflow", RECORD, "data", "RECORD_LOCKED_BY_WORKFLOW"),
        (400, USER, "changed", RECORD, "data", "RECORD_CHANGED"),
        (400, USER, "period", RECORD, "data", "PERIOD_CLOSED"),
        (400, USER, "else", RECORD, "data", "USER_ERROR"),
        (400, PARAMETER, "column", SUITEQL, "data", "UNKNOWN_COLUMN"),
        (400, PARAMETER, "field", SUITEQL, "data", "UNKNOWN_COLUMN"),
        (400, PARAMETER, "bare field", SUITEQL, "data", "UNKNOWN_COLUMN"),
        (400, PARAMETER, "no subsidiary", SUITEQL, "permission", "NOT_ONEWORLD"),
        (400, PARAMETER, "no subsidiaries", SUITEQL, "permission", "NOT_ONEWORLD"),
        (400, PARAMETER, "table", SUITEQL, "permission", "UNKNOWN_TABLE"),
        (400, PARAMETER, "else", SUITEQL, "bug", "INVALID_PARAMETER"),
        (401, USER, "tokens", RECORD, "auth", "ACTIVE_TOKEN_LIMIT"),
        (400, "invalid_grant", "tokens", RECORD, "auth", "ACTIVE_TOKEN_LIMIT"),
        (401, "INVALID_LOGIN", "more tokens", RECORD, "auth", "ACTIVE_TOKEN_LIMIT"),
        (404, "NONEXISTENT_ID", "no instance", RECORD, "not_found", "NONEXISTENT_ID"),
        (404, USER, "no instance", RECORD, "not_found", "NONEXISTENT_ID"),
        (400, USER, "no instance", RECORD, "data", "USER_ERROR"),
        (400, USER, "other type", RECORD, "data", "WRONG_TRANSACTION_TYPE"),
        (403, "INSUFFICIENT_PERMISSION", "higher", RECORD, "permission", "PERMISSION_DENIED"),
        (503, "SOMETHING", "else", RECORD, "transient", "SOMETHING"),
        (418, "TEAPOT", "else", RECORD, "data", "TEAPOT"),
    ],
)
def test_error_is_told_by_code_and_wording(status, code, words, path, kind, refined):
    error = parse_error(answer(status, envelope(status, code, WORDS[words]), path=path))

    assert (error.kind.value, error.code) == (kind, refined)
    assert (error.http_status, error.path) == (status, path)


def test_unknown_column_and_other_words_become_params():
    column = parse_error(
        answer(400, envelope(400, "INVALID_PARAMETER", "Unknown identifier 'custbody7'."))
    )
    value = parse_error(
        answer(
            400,
            envelope(
                400,
                "INVALID_CONTENT",
                "Error while accessing resource: You have entered an Invalid Field Value 9999 "
                "for the following field: item",
                **{"o:errorPath": "item.items[0].item"},
            ),
        )
    )
    labels = parse_error(
        answer(400, envelope(400, "USER_ERROR", "x. Please enter value(s) for: Terms, Location."))
    )

    assert column.params["column"] == "custbody7"
    assert (value.code, value.params["value"], value.params["field"]) == (
        "INVALID_FIELD_VALUE",
        "9999",
        "item",
    )
    assert value.field == "item.items[0].item"
    assert (labels.code, labels.params["labels"]) == ("MANDATORY_FIELD", "Terms, Location")


def test_gravest_of_several_details_decides():
    body = envelope(400, "USER_ERROR", "Something.")
    body["o:errorDetails"].append(
        {
            "detail": "Concurrent request limit exceeded.",
            "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED",
        }
    )

    assert parse_error(answer(400, body)).kind is ErrorKind.CONCURRENCY


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, thrown("SSS_REQUEST_LIMIT_EXCEEDED"), "concurrency", "SSS_REQUEST_LIMIT_EXCEEDED"),
        (400, thrown("SSS_INVALID_SCRIPTLET_ID"), "data", "SSS_INVALID_SCRIPTLET_ID"),
        (403, thrown("INVALID_LOGIN_ATTEMPT"), "auth", "INVALID_LOGIN_ATTEMPT"),
        (400, thrown("UNEXPECTED_ERROR"), "transient", "UNEXPECTED_ERROR"),
        (400, thrown("MY_SCRIPT_CODE"), "data", "MY_SCRIPT_CODE"),
        (400, {"error": "invalid_grant"}, "auth", "invalid_grant"),
        (401, {"error": "invalid_client"}, "auth", "invalid_client"),
        (502, "<html>Bad Gateway</html>", "transient", "GATEWAY_ERROR"),
        (404, "<!DOCTYPE html><h1>Not found</h1>", "transient", "HTML_RESPONSE"),
        (404, "nothing here", "bug", "UNKNOWN_PATH"),
        (403, "<html>Access denied</html>", "permission", "HTTP_403"),
        (401, "", "auth", "INVALID_LOGIN"),
        (405, "", "bug", "HTTP_405"),
        (200, '{"items": [', "transient", "BROKEN_RESPONSE"),
        (302, "", "auth", "REDIRECT_REFUSED"),
    ],
)
def test_other_bodies_are_read_too(status, body, kind, code):
    error = parse_error(answer(status, body))

    assert (error.kind.value, error.code) == (kind, code)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, envelope(500, "UNEXPECTED_ERROR")),
        (502, "<html></html>"),
        (503, "<html></html>"),
        (504, ""),
        (408, ""),
        (200, "<html></html>"),
        (400, {"error": {"code": "UNEXPECTED_ERROR", "message": "m"}}),
    ],
)
def test_write_whose_fate_is_unknown_is_ambiguous(status, body):
    error = parse_error(answer(status, body, method="POST", is_write=True))

    assert error.kind is ErrorKind.AMBIGUOUS
    assert not error.may_be_repeated


def test_only_netsuites_own_words_say_that_a_record_is_gone():
    pages = ["", "<html>404</html>", "Not Found", "{}"]
    bodies = [{"title": "x"}, {"error": "not_found"}, [], None]

    kinds = {parse_error(answer(404, page)).kind for page in pages}
    kinds |= {parse_error(answer(404, body)).kind for body in bodies[1:]}

    assert ErrorKind.NOT_FOUND not in kinds
    assert isinstance(parse_error(answer(404, envelope(404, "RCRD_DSNT_EXIST"))), RecordNotFound)
    assert isinstance(
        parse_error(answer(404, envelope(404, "", "Record does not exist."))), RecordNotFound
    )


def test_missing_record_that_a_body_refers_to_is_a_matter_of_data():
    error = parse_error(
        answer(400, envelope(400, "NONEXISTENT_ID", "Record does not exist."), method="POST")
    )

    assert error.kind is ErrorKind.DATA


def test_html_detail_is_readable_and_secrets_are_masked():
    error = parse_error(
        answer(502, "<html><style>x{}</style><h1>Bad  Gateway</h1> jane@example.com</html>")
    )

    assert error.detail == "Bad Gateway ***@***"


@given(
    st.integers(200, 599),
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["error", "code", "message", "o:errorDetails", "detail", "o:errorCode", "title"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ),
    st.booleans(),
)
def test_any_answer_becomes_an_error_that_can_be_explained(status, body, is_write):
    error = parse_error(answer(status, body, is_write=is_write))

    info = explain(error)
    assert info.kind is error.kind
    assert fill(info.title, error.params)
    assert fill(info.advice, error.params)
    if is_write and error.kind is ErrorKind.TRANSIENT:
        assert status == 503


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("12", 12.0),
        ("soon", None),
        ("Fri, 01 May 2026 12:00:30 GMT", 30.0),
        ("Fri, 01 May 2026 11:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(text, seconds):
    now = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)

    assert retry_after({"retry-after": text}, now) == seconds


ENTRIES = {**CATALOGUE, **{kind.value: info for kind, info in BY_KIND.items()}}
EVERYWHERE = {"code", "detail", "path", "field", "status"}
PARAMS = {
    "CLOCK_SKEW": {"seconds"},
    "UNKNOWN_TABLE": {"table"},
    "UNKNOWN_COLUMN": {"column"},
    "INVALID_FIELD_VALUE": {"value"},
    "MANDATORY_FIELD": {"labels"},
    "UNEXPECTED_SHAPE": {"record", "column", "value"},
    "UNTRUE_NUMBER": {"value"},
    "NO_PDF": {"name"},
    "FILE_TOO_LARGE": {"limit"},
}


class Recorder(dict):
    def __init__(self):
        super().__init__()
        self.names = set()

    def __missing__(self, key):
        self.names.add(key)
        return "x"


@pytest.mark.parametrize("code", sorted(ENTRIES))
def test_catalogue_entry_tells_what_happened_and_what_to_do(code):
    info = ENTRIES[code]
    recorder = Recorder()

    sentences = [info.title % recorder, info.advice % recorder]

    assert all(len(sentence) > 15 and sentence[0].isupper() for sentence in sentences)
    assert info.advice.endswith((".", "%(detail)s"))
    assert info.help_url.startswith("https://docs.oracle.com/")
    assert info.help_url.endswith(".html")
    assert recorder.names <= EVERYWHERE | PARAMS.get(code, set())


def test_catalogue_has_every_kind_and_every_code_that_is_recognised():
    assert set(BY_KIND) == set(ErrorKind)
    assert {kind for kind, info in BY_KIND.items() if info.kind is kind} == set(ErrorKind)
    missing = {
        code
        for code, kind in KIND_OF_CODE.items()
        if code not in CATALOGUE or CATALOGUE[code].kind is not kind
    }
    assert missing == set()


def test_code_is_explained_by_the_kind_of_the_error():
    timeout = TransientError("READ_TIMEOUT")
    lost_write = parse_error(answer(500, envelope(500, "UNEXPECTED_ERROR"), is_write=True))

    assert explain(timeout) is CATALOGUE["READ_TIMEOUT"]
    assert explain(lost_write) is BY_KIND[ErrorKind.AMBIGUOUS]
    assert explain(DataError("NEVER_SEEN")) is BY_KIND[ErrorKind.DATA]


def test_sentence_with_missing_words_can_still_be_shown():
    assert fill("The value %(value)s of %(record)s", {"value": "7"}) == "The value 7 of ?"


def test_error_shows_code_status_path_and_detail():
    error = ClientBug("X", detail="why", http_status=400, path="/p")

    assert str(error) == "X (HTTP 400) /p: why"
    assert isinstance(error, NetsuiteError)
