"""Whatever NetSuite or the network answers, the client returns or raises a `NetsuiteError`."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import zlib
from collections.abc import Callable
from decimal import Decimal

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kolleno_netsuite.client import clock, deletions, dto, merge, metadata, suiteql
from kolleno_netsuite.client.auth import M2mAuth, TbaAuth, new_key_pair
from kolleno_netsuite.client.catalogue import explain, fill
from kolleno_netsuite.client.error_parsing import parse_error, retry_after
from kolleno_netsuite.client.errors import (
    AmbiguousOutcome,
    AuthError,
    ClientBug,
    ErrorKind,
    NetsuiteError,
    TokenAuthError,
    TransientError,
)
from kolleno_netsuite.client.messages import Response, mask
from kolleno_netsuite.client.records import Records
from kolleno_netsuite.client.restlets import Restlets, matching

from .scripted_server import drop, on_the_wire, raw, reply

# An EC key, because an RSA key takes a second to be loaded.
PEM = (
    ec.generate_private_key(ec.SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
MOMENT = "2026-03-01 00:00:00"
DEEP = "[" * 100_000
LONG_NUMBER = "9" * 5_000
BY_ID = suiteql.Query("customer", "c").select("c.id").keyset("id")
BY_MOMENT = (
    suiteql.Query("customer", "c")
    .select("c.id", lastmodified=suiteql.moment("c.lastmodifieddate"))
    .keyset("lastmodified", "id")
)
FEW = 3  # pages or rows that are taken of what may go on for ever


def few(found):
    return list(itertools.islice(found, FEW))


def merged(transport):
    lines = suiteql.rows(transport, BY_MOMENT)
    return merge.merge_streams(suiteql.rows(transport, BY_ID), "id", {"lines": (lines, "id")})


def window(since, until):
    return suiteql.Query("deletedrecord", "d").select("d.name").where(suiteql.equal("d.name", "x"))


# Every public function that asks NetSuite something.
CALLS: dict[str, Callable] = {
    "request": lambda t: t.request("GET", "/services/rest/record/v1/invoice/1"),
    "write": lambda t: t.request("POST", "/services/rest/record/v1/invoice", json={}),
    "restlet": lambda t: t.request("GET", "/app/site/hosting/restlet.nl", service="restlet"),
    "get": lambda t: Records(t).get("invoice", 1, expand=True),
    "exists": lambda t: Records(t).exists("invoice", 1),
    "find": lambda t: Records(t).find("invoice", "a-1"),
    "collection": lambda t: few(Records(t).collection("currency", "name IS USD")),
    "create": lambda t: Records(t).create("invoice", {}),
    "put": lambda t: Records(t).create("invoice", {}, "a-1"),
    "update": lambda t: Records(t).update("invoice", 1, {}, ["item"]),
    "delete": lambda t: Records(t).delete("invoice", 1),
    "transform": lambda t: Records(t).transform("invoice", 1, "customerPayment"),
    "ask": lambda t: suiteql.rows_of(suiteql.ask(t, "SELECT 1 FROM dual")),
    "pages": lambda t: few(suiteql.pages(t, BY_ID)),
    "rows": lambda t: few(suiteql.rows(t, BY_MOMENT)),
    "single_page": lambda t: suiteql.single_page(t, BY_ID),
    "scalar": lambda t: suiteql.scalar(t, BY_ID),
    "count": lambda t: suiteql.count(t, BY_ID),
    "merge": lambda t: few(merged(t)),
    "deletions": lambda t: few(deletions.rows_of_window(t, window, MOMENT, "2026-03-01 00:00:04")),
    "fields": lambda t: metadata.read_fields(t, "invoice"),
    "time": clock.server_time,
    "clock": clock.NetsuiteClock.discover,
    "pdf": lambda t: Restlets(t).print_transaction("invoice", 1),
    "file": lambda t: Restlets(t).file("invoice", 1, 2),
    "attached": lambda t: matching(Restlets(t).attached("invoice", 1), "{tranId}*.pdf", "INV1"),
}

TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(st.characters(), max_size=6),  # with halves of surrogate pairs and NUL
    st.sampled_from(
        (
            *("", "T", "id", "0", "-1", "²", "٣", LONG_NUMBER, "1e999999999", "NaN", "\ud83d"),
            *("2024-02-30 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", MOMENT),
            *("2026-13-45T99:99:99Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
            *("+25:00", "Europe", "../../etc/passwd", "a" * 5_000, "\x00", "Mars/Olympus"),
            *("JVBERi0x", "====", "period " * 50, "<script" * 200, "Invalid Login Attempt"),
        )
    ),
)
NUMBERS = st.one_of(
    st.integers(-(10**25), 10**25),
    st.integers(-3, 3),
    st.floats(),
    st.just(10**4_000),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
KNOWN_KEYS = (
    *("items", "hasMore", "totalResults", "count", "links", "id", "lastmodified", "serverTime"),
    *("zone", "wall", "now", "lastModifiedDate", "o:errorDetails", "o:errorCode", "detail"),
    *("error", "error_description", "title", "properties", "x-ns-filterable", "contents", "name"),
    *("mimeType", "files", "size", "lastModified", "access_token", "expires_in", "token_type"),
)
OBJECTS = st.dictionaries(st.sampled_from(KNOWN_KEYS), VALUES, max_size=6)
PAGES = st.fixed_dictionaries(
    {"items": st.lists(st.one_of(OBJECTS, st.none(), VALUES), max_size=4)},
    optional={"hasMore": VALUES, "totalResults": VALUES},
)
DOCUMENTS = st.fixed_dictionaries({}, optional=dict.fromkeys(("contents", "name"), VALUES)) | (
    st.fixed_dictionaries({"files": st.lists(OBJECTS, max_size=3)})
)
FAULTS = st.fixed_dictionaries({"o:errorDetails": st.lists(OBJECTS | VALUES, max_size=3)})
SCHEMAS = st.fixed_dictionaries(
    {
        "properties": st.dictionaries(
            TEXTS | st.sampled_from(("custbody1", "links", "self", "order")),
            st.dictionaries(
                st.sampled_from(("type", "format", "title", "$ref", "properties", "readOnly")),
                VALUES,
                max_size=4,
            )
            | VALUES,
            max_size=4,
        )
    },
    optional={"x-ns-filterable": VALUES},
)
JSON = st.one_of(PAGES, OBJECTS, DOCUMENTS, FAULTS, SCHEMAS, VALUES)
TEXT_BODIES = JSON.map(lambda value: json.dumps(value).encode())
BODIES = st.one_of(
    TEXT_BODIES,
    TEXT_BODIES.map(lambda body: body[: len(body) // 2]),
    TEXT_BODIES.map(gzip.compress),
    st.binary(max_size=40),
    st.sampled_from(
        (
            DEEP.encode(),
            b'{"items": [{"id": ' + DEEP.encode() + b"]}",
            b'{"items": [{"id": ' + LONG_NUMBER.encode() + b"}]}",
            b'{"items": [{"id": 1e999999999999999999999}, {"id": NaN}], "totalResults": 1e999}',
            b"\xff\xfe{\x00}\x00",
            b"\xef\xbb\xbf{}",
            b"<!DOCTYPE html><html><script><script>",
        )
    ),
)
LATIN = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=12
).filter(lambda text: text == text.strip())
HEADERS = st.dictionaries(
    st.sampled_from(
        (
            *("Content-Type", "Content-Encoding", "Retry-After", "Date", "Location"),
            *("WWW-Authenticate", "Set-Cookie", "Transfer-Encoding", "X-Other"),
        )
    ),
    st.one_of(
        LATIN,
        st.sampled_from(
            (
                *("gzip", "gzip, gzip", "deflate", "br", "identity", "application/json"),
                *("text/html; charset=utf-16", "application/json; charset=klingon", "soon"),
                *("-5", "9" * 400, "1e9", "Thu, 01 Jan 99999 00:00:00 GMT", "0", "http://[x"),
                *("Wed, 21 Oct 2015 07:28:00 +9999", "https://elsewhere.example/", "chunked"),
                *('Bearer error="invalid_token", error_description="' + "x" * 200 + '"',),
            )
        ),
    ),
    max_size=3,
)
STATUSES = st.sampled_from(
    (*(200,) * 8, 201, 202, 204, 301, 307, 400, 401, 403, 404, 429, 500, 503)
)


class Answers:
    """Stands for the network: gives what the test says, on every way in."""

    def __init__(self, status, headers, body):
        lines = [f"HTTP/1.1 {status} Whatever"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [] if "Transfer-Encoding" in headers else [f"Content-Length: {len(body)}"]
        head = "\r\n".join([*lines, "Connection: close", "", ""])
        self.sent = head.encode("latin-1") + body


def check_error(error):
    """Fail unless an error can be stored, logged and said to a person."""
    texts = [error.code, error.detail, error.path, error.field, *error.params.values(), str(error)]
    for text in texts:
        assert "\x00" not in text
        text.encode()
    info = explain(error)
    assert fill(info.title, error.params)
    assert fill(info.advice, error.params)
    assert error.retry_after is None or 0 <= error.retry_after <= 86400


@pytest.fixture
def patient(kit_of):
    """Return a transport that tries twice and waits for nobody."""
    return kit_of(max_tries=2, read_timeout=1.0, body_limit=1_000_000)


COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@settings(max_examples=150, **COMMON)
@given(name=st.sampled_from(sorted(CALLS)), status=STATUSES, headers=HEADERS, body=BODIES)
def test_any_answer_is_returned_or_raises_a_netsuite_error(
    server, patient, name, status, headers, body
):
    server.answer(on_the_wire(Answers(status, headers, body).sent))

    try:
        CALLS[name](patient.transport)
    except NetsuiteError as error:
        check_error(error)
    for call in patient.calls:
        for text in (call.path, call.query, call.excerpt, call.answer, call.code):
            assert "\x00" not in text
            text.encode()
    patient.calls.clear()


@settings(max_examples=150, **COMMON)
@given(name=st.sampled_from(sorted(CALLS)), body=JSON)
def test_any_json_is_returned_or_raises_a_netsuite_error(server, patient, name, body):
    server.answer(reply(200, json.dumps(body)))

    try:
        CALLS[name](patient.transport)
    except NetsuiteError as error:
        check_error(error)


@settings(max_examples=40, **COMMON)
@given(name=st.sampled_from(sorted(CALLS)), sent=st.binary(max_size=60))
def test_any_bytes_on_the_wire_raise_a_netsuite_error(server, patient, name, sent):
    server.answer(on_the_wire(sent))

    with pytest.raises(NetsuiteError) as caught:
        CALLS[name](patient.transport)

    check_error(caught.value)


TOKENS = st.fixed_dictionaries(
    {},
    optional={
        "access_token": VALUES | st.sampled_from(("good", "a\nb", "ü", "a" * 20_000)),
        "expires_in": VALUES | st.sampled_from(("abc", "3600", -1, 0, 1e308, "inf")),
        "token_type": VALUES,
        "error": VALUES,
    },
)


@settings(max_examples=80, **COMMON)
@given(
    status=STATUSES,
    headers=HEADERS,
    body=st.one_of(TOKENS.map(lambda t: json.dumps(t).encode()), BODIES),
)
def test_any_answer_to_a_login_gives_a_token_or_a_netsuite_error(server, status, headers, body):
    server.answer(on_the_wire(Answers(status, headers, body).sent))
    auth = M2mAuth("client", "certificate", PEM, server.base_url + "/token", clock=lambda: 1000.0)

    refused = None
    try:
        request = auth(requests.Request("GET", server.base_url).prepare())
    except NetsuiteError as error:
        refused = error
    if refused is not None:
        check_error(refused)
        assert refused.kind in (ErrorKind.AUTH, ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY)
    else:
        request.headers["Authorization"].encode("ascii")
        assert 1000 < auth._store.get().expires_at <= 1000 + 86400


@settings(max_examples=80, deadline=None)
@given(row=st.dictionaries(st.just("x"), VALUES))
def test_any_value_of_a_row_is_read_or_refused(row):
    for read in (
        *(dto.text, dto.integer, dto.decimal, dto.boolean, dto.date),
        dto.datetime_text,
    ):
        try:
            found = read(row, "x")
        except NetsuiteError as error:
            check_error(error)
        else:
            assert not isinstance(found, Decimal) or len(f"{found:f}") < 6_000


@settings(max_examples=80, deadline=None)
@given(status=st.integers(0, 999), headers=HEADERS, body=JSON, is_write=st.booleans())
def test_any_refusal_becomes_an_error_of_the_tree(status, headers, body, is_write):
    text = json.dumps(body)

    error = parse_error(Response(status, headers, text, body, path="/x", is_write=is_write))

    check_error(error)


@given(text=TEXTS)
def test_any_moment_is_converted_or_refused(text):
    zone = clock.zone_named("Europe/Paris")
    measured = clock.NetsuiteClock(dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc), zone, "x")

    try:
        moment = measured.to_utc(text)
    except NetsuiteError as error:
        check_error(error)
    else:
        assert dto.MOMENT_PATTERN.fullmatch(measured.from_utc(moment))


@given(name=TEXTS)
def test_any_name_of_a_zone_is_known_or_not(name):
    clock.zone_named(name)


# === CASES WITH A MEANING OF THEIR OWN === #


@pytest.mark.parametrize("body", ["null", "[]", "7", '"text"', DEEP, "{", "NaN"])
def test_page_that_is_no_page_is_refused(server, patient, body):
    server.answer(reply(200, body))

    with pytest.raises(NetsuiteError):
        suiteql.single_page(patient.transport, BY_ID)


@pytest.mark.parametrize("items", [[None], [{"id": "1"}, None], ["x"], [[1]], "x", {"id": "1"}])
def test_row_that_is_none_makes_the_page_unreadable(server, patient, items):
    server.answer(reply(200, {"items": items, "hasMore": False}))

    with pytest.raises(ClientBug):
        suiteql.single_page(patient.transport, BY_ID)


def test_number_beyond_all_measure_costs_its_own_value_only(server, patient):
    body = f'{{"items": [{{"id": "1", "big": {LONG_NUMBER}, "far": 1e999999, "no": NaN}}]}}'
    server.answer(reply(200, body))

    (row,) = suiteql.single_page(patient.transport, BY_ID)

    assert row == {"id": "1", "big": LONG_NUMBER, "far": "1e999999", "no": "NaN"}
    for column in ("big", "far", "no"):
        with pytest.raises(dto.ShapeError):
            dto.decimal(row, column)


def test_moment_that_no_calendar_has_does_not_stop_the_paging(server, patient):
    first = {"items": [{"id": "1", "lastmodified": "2024-02-30 00:00:00"}], "hasMore": True}
    last = {"items": [{"id": "2", "lastmodified": "2024-03-01 00:00:00"}], "hasMore": False}
    server.answer(reply(200, first), reply(200, last))

    found = list(suiteql.rows(patient.transport, BY_MOMENT))

    assert [row["id"] for row in found] == ["1", "2"]


@pytest.mark.parametrize("packed", ["gzip", "deflate"])
def test_packed_answer_is_read(server, patient, packed):
    pack = gzip.compress if packed == "gzip" else zlib.compress
    server.answer(raw(200, pack(b'{"a": 1}'), Content_Encoding=packed))

    assert patient.transport.request("GET", "/x").json == {"a": 1}


def test_bomb_is_unpacked_no_further_than_the_limit(server, patient):
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=1)
    server.answer(raw(200, bomb, Content_Encoding="gzip"))

    with pytest.raises(ClientBug) as caught:
        patient.transport.request("GET", "/x")

    assert caught.value.code == "BODY_TOO_LARGE"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b'{"a": 1}')[:-9]),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}"))),
        ("br", b"{}"),
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_broken_packing_is_a_lost_answer(server, patient, encoding, body, write):
    server.answer(raw(200, body, Content_Encoding=encoding))

    with pytest.raises(AmbiguousOutcome if write else TransientError):
        patient.transport.request("POST" if write else "GET", "/x")


@pytest.mark.parametrize("location", ["https://elsewhere.example/", "/x", "http://[x", "\xff\xfe"])
def test_redirect_is_not_followed(server, patient, location):
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    server.answer(on_the_wire(head.encode("latin-1")))

    with pytest.raises(AuthError) as caught:
        patient.transport.request("GET", "/x")

    assert caught.value.code == "REDIRECT_REFUSED"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "broken", [drop, on_the_wire(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")]
)
def test_answer_that_breaks_off_is_lost(server, patient, broken):
    server.answer(broken)

    with pytest.raises(TransientError):
        patient.transport.request("GET", "/x")
    with pytest.raises(AmbiguousOutcome):
        patient.transport.request("POST", "/x", json={})


def test_answer_with_two_lengths_to_a_write_is_ambiguous(server, patient):
    server.answer(on_the_wire(b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}"))

    with pytest.raises(AmbiguousOutcome):
        patient.transport.request("POST", "/x", json={})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("soon", None),
        ("-5", None),
        ("7", 7.0),
        ("9" * 400, 86400.0),
        ("Thu, 01 Jan 99999 00:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0),
    ],
)
def test_retry_after_is_seconds_or_nothing(text, seconds):
    assert retry_after({"Retry-After": text}) == seconds


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon", None, 7])
def test_time_that_makes_no_sense_is_asked_otherwise(server, patient, told):
    server.answer(reply(200, {"serverTime": told, "items": []}))

    found = clock.server_time(patient.transport)

    assert abs(found - dt.datetime.now(dt.timezone.utc)) < dt.timedelta(minutes=1)


def test_list_that_never_ends_is_given_up(server, patient):
    server.answer(reply(200, {"items": [{"id": "1"}, {"id": "2"}], "hasMore": True}))

    with pytest.raises(ClientBug):
        list(Records(patient.transport).collection("currency"))


@pytest.mark.parametrize("unit", ["a", "secret", "a.b", "eyJ-", "a@", '"secret" :', "<", "AB12"])
def test_masking_takes_time_by_length_only(unit):
    calls = []
    text = unit * (40_000 // len(unit))

    # 40 KB took two minutes when a pattern was tried from each letter to the end.
    calls.append(mask(text))

    assert len(calls[0]) <= len(text) * 2


# === CREDENTIALS === #

ENCRYPTED = (
    load_pem_private_key(PEM.encode(), password=None)
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password"))
    .decode()
)


@pytest.mark.parametrize(
    "values",
    [
        ("key", "sécret", "token", "sécret"),
        ("ключ", "секрет", "знак", "секрет"),
        ("\ud83d", "secret", "token", "secret"),
        ("key\n", "secret\n", "token\x00", "secret"),
        (None, "secret", "token", "secret"),
        (False, False, False, False),
        ("key", 7, "token", 7),
    ],
)
def test_unusable_secrets_are_an_error_of_signing_in(server, kit_of, values):
    server.answer(reply(401, {"error": "invalid_login"}))
    kit = kit_of(auth=TbaAuth(*values, "1234567"))

    with pytest.raises(AuthError) as caught:
        kit.transport.request("GET", "/x")

    check_error(caught.value)


@pytest.mark.parametrize(
    "pem",
    [
        *("", "no key", "\ud83d", None, False, "-----BEGIN PRIVATE KEY-----\nxx\n-----END"),
        new_key_pair().certificate_pem,
        PEM[:100],
        ENCRYPTED,
    ],
)
def test_text_that_is_no_private_key_is_an_error_of_signing_in(pem):
    with pytest.raises(TokenAuthError) as caught:
        _ = M2mAuth("client", "certificate", pem, "https://127.0.0.1/token").algorithm

    assert caught.value.code.startswith("PRIVATE_KEY_")
    assert "private key" in explain(caught.value).title
    check_error(caught.value)


@pytest.mark.parametrize("name", ["\ud83d", None, "a\x00b", 7])
def test_unusable_names_are_an_error_of_signing_in(server, name):
    server.answer(reply(400, {"error": "invalid_client"}))

    with pytest.raises(TokenAuthError) as caught:
        M2mAuth(name, name, PEM, server.base_url)(
            requests.Request("GET", server.base_url).prepare()
        )

    check_error(caught.value)
