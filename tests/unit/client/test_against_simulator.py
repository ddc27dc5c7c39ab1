"""The client against a simulated account: real HTTP, real signatures, faults by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest

from kolleno_netsuite.client.account import AccountId
from kolleno_netsuite.client.auth import M2mAuth, TbaAuth
from kolleno_netsuite.client.clock import NetsuiteClock
from kolleno_netsuite.client.errors import (
    AmbiguousOutcome,
    AuthError,
    ClientBug,
    DataError,
    NetsuiteError,
    PermissionDenied,
    RecordNotFound,
    TransientError,
)
from kolleno_netsuite.client.limiter import LocalLimiter
from kolleno_netsuite.client.merge import merge_streams
from kolleno_netsuite.client.records import Records
from kolleno_netsuite.client.suiteql import (
    Query,
    among,
    call,
    column,
    count,
    display,
    equal,
    moment,
    pages,
    rows,
    same,
    scalar,
)
from kolleno_netsuite.client.transport import Transport
from netsuite_simulator.testing import RunningSimulator, running_simulator

TRANSACTIONS = (
    Query("transaction", "t")
    .select("t.id", "t.tranid", "t.type", lastmodified=moment("t.lastmodifieddate"))
    .keyset("lastmodified", "id")
)
BY_ID = TRANSACTIONS.keyset("id")
LINES = (
    TRANSACTIONS.select(line="l.id", amount="l.foreignamount")
    .join("transactionline", "l", same("l.transaction", "t.id"), many=True)
    .keyset("id", "line")
)
CUSTOMERS = Query("customer", "c").select("c.id", "c.companyname").keyset("id")
SOURCE = "/services/rest/query/v1/suiteql"


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSimulator]:
    with running_simulator("demo") as simulator:
        yield simulator


@pytest.fixture
def simulator(started) -> RunningSimulator:
    started.clear_faults()
    started.clear_requests()
    return started


@pytest.fixture
def connect(simulator) -> Iterator[Callable[..., Transport]]:
    account = AccountId.parse(simulator.account_id)
    urls = account.service_urls(simulator.base_url)
    made = []

    def make(method: str = "m2m", **options: object) -> Transport:
        secrets = simulator.account.credentials
        if method == "tba":
            keys = secrets.tba
            auth = TbaAuth(
                keys.consumer_key,
                keys.consumer_secret,
                keys.token_id,
                options.pop("token_secret", keys.token_secret),
                account.realm,
            )
        else:
            pair = secrets.m2m
            auth = M2mAuth(pair.client_id, pair.certificate_id, pair.private_key_pem, urls.token)
        transport = Transport(
            urls, auth, LocalLimiter(4), **{"sleep": lambda _seconds: None, **options}
        )
        made.append(transport)
        return transport

    yield make
    for transport in made:
        transport.close()


@pytest.fixture
def transport(connect) -> Transport:
    return connect()


def ids(transport: Transport, query: Query, page_size: int) -> list[int]:
    return [int(row["id"]) for page in pages(transport, query, page_size) for row in page.rows]


@pytest.mark.parametrize("method", ["tba", "m2m"])
def test_login_works(connect, method):
    assert scalar(connect(method), Query("customer", "c").select(n=call("COUNT"))) == "136"


def test_wrong_secret_is_refused_once(simulator, connect):
    with pytest.raises(AuthError):
        list(pages(connect("tba", token_secret="wrong"), CUSTOMERS))

    assert len(simulator.requests()) == 1


@pytest.mark.parametrize("page_size", [1000, 333, 100])
def test_keyset_paging_reads_each_transaction_once(simulator, transport, page_size):
    expected = count(transport, TRANSACTIONS)
    simulator.clear_requests()

    found = ids(transport, TRANSACTIONS, page_size)

    assert len(found) == len(set(found)) == expected
    calls = [request for request in simulator.requests() if request["path"] == SOURCE]
    assert len(calls) == -(-expected // page_size)


def test_headers_and_lines_are_merged_in_a_handful_of_calls(simulator, transport):
    merged = list(
        merge_streams(
            rows(transport, BY_ID),
            "id",
            {"lines": (rows(transport, LINES), "id")},
        )
    )

    calls = [request for request in simulator.requests() if request["path"] == SOURCE]
    lines = sum(len(groups["lines"]) for _, groups in merged)
    assert len(merged) == count(transport, TRANSACTIONS)
    assert lines == count(transport, LINES)
    assert all(groups["lines"] for _, groups in merged)
    assert len(calls) == -(-len(merged) // 1000) + -(-lines // 1000)


def test_rows_of_one_second_are_all_read(simulator, transport):
    stamp = "2026-01-15T10:20:30Z"
    made = [
        simulator.act(
            "create",
            type="customer",
            body={"companyName": f"O'Tie {number}", "subsidiary": {"id": "1"}},
            stamp=stamp,
        )["id"]
        for number in range(12)
    ]
    query = (
        Query("customer", "c")
        .select("c.id", "c.companyname", lastmodified=moment("c.lastmodifieddate"))
        .where(among("c.companyname", [f"O'Tie {number}" for number in range(12)]))
        .keyset("lastmodified", "id")
    )

    found = list(rows(transport, query))

    assert ids(transport, query, 5) == [int(each) for each in made]
    assert {row["lastmodified"] for row in found} == {"2026-01-15 02:20:30"}


def test_unicode_and_quotes_survive_the_way_there_and_back(simulator, transport):
    name = 'Müller & Søns\' "Läden" 🏮 <b>'
    number = Records(transport).create(
        "customer", {"companyName": name, "subsidiary": {"id": "1"}}, external_id="KOL-unicode-1"
    )

    query = CUSTOMERS.where(equal("c.companyname", name))

    assert [(row["id"], row["companyname"]) for row in rows(transport, query)] == [(number, name)]


def test_record_changed_between_two_pages_comes_again(simulator, transport):
    first, *rest = pages(transport, TRANSACTIONS, 1000)
    touched = first.rows[0]["id"]

    stream = pages(transport, TRANSACTIONS, 400)
    seen = [row["id"] for row in next(stream).rows]
    simulator.act("touch", type=first.rows[0]["type"], id=touched)
    seen += [row["id"] for page in stream for row in page.rows]

    assert seen.count(touched) == 2
    assert len(set(seen)) == sum(len(page.rows) for page in (first, *rest))


@pytest.mark.parametrize(
    "fault",
    [
        "429",
        "400_concurrency",
        "500",
        "502_html",
        "503",
        "html_200",
        "truncated_json",
        "drop_before",
        "drop_mid_body",
        "wrong_content_type",
        "token_expired_mid_page",
    ],
)
def test_reading_survives(simulator, transport, fault):
    expected = ids(transport, TRANSACTIONS, 1000)
    simulator.fault(fault, after=1, match=SOURCE)

    assert ids(transport, TRANSACTIONS, 500) == expected


def test_page_that_netsuite_repeats_is_noticed(simulator, transport):
    simulator.fault("page_repeated", after=2)

    with pytest.raises(ClientBug) as caught:
        ids(transport, TRANSACTIONS, 400)

    assert caught.value.code == "PAGE_REPEATED"


def test_silence_ends_in_a_time_out(simulator, connect):
    transport = connect("tba", read_timeout=0.3, max_tries=1)
    simulator.fault("timeout", seconds=1)

    with pytest.raises(TransientError) as caught:
        transport.request("GET", "/services/rest/record/v1/customer")

    assert caught.value.code == "READ_TIMEOUT"


@pytest.mark.parametrize("fault", ["commit_then_drop", "truncated_json", "502_html"])
def test_write_with_a_lost_answer_is_found_by_its_external_id(simulator, transport, fault):
    records = Records(transport)
    key = f"KOL-lost-{fault.replace('_', '-')}"
    body = {"companyName": key, "subsidiary": {"id": "1"}}
    simulator.fault(fault, match=r"^PUT ")

    if fault == "truncated_json":  # the answer to a write has no body that could be cut off
        records.create("customer", body, external_id=key)
    else:
        with pytest.raises(AmbiguousOutcome):
            records.create("customer", body, external_id=key)

    puts = [request for request in simulator.requests() if request["method"] == "PUT"]
    assert len(puts) == 1
    assert (records.find("customer", key) is None) == (fault == "502_html")


def test_write_over_the_concurrency_limit_is_repeated(simulator, transport):
    simulator.fault("400_concurrency", match=r"^PUT ", times=2)

    made = Records(transport).create(
        "customer", {"companyName": "Busy", "subsidiary": {"id": "1"}}, external_id="KOL-busy"
    )

    assert count(transport, CUSTOMERS.where(equal("c.id", int(made)))) == 1


def test_record_lives_through_its_whole_life(transport):
    records = Records(transport)

    number = records.create(
        "customer", {"companyName": "Life", "subsidiary": {"id": "1"}}, external_id="KOL-life"
    )
    records.update("customer", number, {"phone": "555-0100"})

    assert records.get("customer", "eid:KOL-life")["phone"] == "555-0100"
    assert records.find("customer", "KOL-life") == number
    records.delete("customer", number)
    assert records.exists("customer", number) is False
    with pytest.raises(RecordNotFound):
        records.get("customer", number)


def test_misspelt_field_is_refused_and_not_dropped(transport):
    with pytest.raises(NetsuiteError) as caught:
        Records(transport).create("customer", {"companyNane": "x", "subsidiary": {"id": "1"}})

    assert caught.value.kind.value in ("data", "bug")


def test_misspelt_record_type_never_looks_like_a_deleted_record(transport):
    with pytest.raises(ClientBug):
        Records(transport).exists("custommer", 1)


def test_locked_record_is_refused_over_rest_but_can_be_queried(simulator, transport):
    number = ids(transport, CUSTOMERS, 1000)[0]
    simulator.fault("workflow_locked")

    with pytest.raises(DataError) as caught:
        Records(transport).get("customer", number)

    assert caught.value.code == "RECORD_LOCKED_BY_WORKFLOW"


def test_missing_permission_for_queries_is_named(simulator, transport):
    simulator.fault("permission_suiteanalytics")

    with pytest.raises(PermissionDenied) as caught:
        ids(transport, CUSTOMERS, 1000)

    assert caught.value.code == "WORKBOOK_PERMISSION_MISSING"


def test_unknown_column_is_named(transport):
    query = CUSTOMERS.select("c.custentity_nothing")

    with pytest.raises(DataError) as caught:
        list(rows(transport, query))

    assert caught.value.code == "UNKNOWN_COLUMN"
    assert "custentity_nothing" in caught.value.params["column"].lower()


@pytest.mark.parametrize("wording", ["identifier", "field", "field_of_record"])
def test_unknown_column_is_named_in_whatever_words(simulator, transport, wording):
    simulator.switches(unknown_column_wording=wording, missing_columns=["customer.fax"])
    try:
        with pytest.raises(DataError) as caught:
            list(rows(transport, CUSTOMERS.select("c.fax")))
    finally:
        simulator.reset_switches()

    assert (caught.value.code, caught.value.params["column"]) == ("UNKNOWN_COLUMN", "fax")


@pytest.mark.parametrize("wording", ["record", "search_type"])
def test_unknown_table_is_named_in_whatever_words(simulator, transport, wording):
    simulator.switches(unknown_table_wording=wording, missing_tables=["term"])
    try:
        with pytest.raises(PermissionDenied) as caught:
            list(rows(transport, Query("term", "r").select("r.id").keyset("id")))
    finally:
        simulator.reset_switches()

    assert (caught.value.code, caught.value.params["table"]) == ("UNKNOWN_TABLE", "term")


@pytest.mark.parametrize("query", [LINES, TRANSACTIONS], ids=["lines", "moments"])
def test_more_columns_than_netsuite_answers_come_in_several_queries(simulator, transport, query):
    query = query.where(equal("t.type", "CustPymt"))
    more = {f"c{number}": column("t.memo" if number % 2 else "t.type") for number in range(240)}
    expected = [dict(row, **{f"c{place}": row["type"] for place in range(0, 240, 2)})
                for row in rows(transport, query)]  # fmt: skip
    simulator.clear_requests()

    found = list(rows(transport, query.select(**more)))

    assert [{key: row[key] for key in one} for one, row in zip(expected, found, strict=True)] == (
        expected
    )
    calls = len([each for each in simulator.requests() if each["path"] == SOURCE])
    assert calls == 3 * -(-len(expected) // 1000)


def test_row_that_leaves_between_two_slices_is_left_out_and_the_rest_goes_on(simulator, transport):
    wide = CUSTOMERS.select(**{f"c{number}": column("c.email") for number in range(120)})
    all_ids = ids(transport, CUSTOMERS, 1000)
    customer = simulator.act(
        "create", type="customer", body={"companyName": "Gone Soon", "subsidiary": {"id": "1"}}
    )["id"]
    acts = [{"act": "delete", "type": "customer", "id": customer}]
    simulator.fault("modify_between_pages", acts=acts, match="suiteql", after=1)

    found = [int(row["id"]) for row in rows(transport, wide)]

    assert found == all_ids


def test_account_without_oneworld_is_recognised(simulator, transport):
    simulator.switches(one_world=False)
    try:
        with pytest.raises(PermissionDenied) as caught:
            list(rows(transport, Query("subsidiary", "s").select("s.id").keyset("id")))
    finally:
        simulator.switches(one_world=True)

    assert caught.value.code == "NOT_ONEWORLD"


def test_display_text_and_grouped_sums(transport):
    query = (
        Query("transaction", "t")
        .select(currency="t.currency", name=display("t.currency"))
        .select(open=call("SUM", "t.foreignamountunpaid"))
        .where(equal("t.type", "CustInvc"))
        .group_by("t.currency", display("t.currency"))
        .keyset("currency")
    )

    found = list(rows(transport, query))

    assert len(found) > 1
    assert {"US Dollar", "Euro"} <= {row["name"] for row in found}
    assert column("t.currency").sql == "t.currency"


@pytest.mark.parametrize(
    ("session", "expected"),
    [("account", "America/Los_Angeles"), ("utc", "UTC"), ("Asia/Kathmandu", "Asia/Kathmandu")],
)
def test_zone_of_the_session_is_measured(simulator, transport, session, expected):
    simulator.switches(session_zone=session)
    try:
        clock = NetsuiteClock.discover(transport)
        made = simulator.act("create", type="customer", body={
            "companyName": f"Zone {session}", "subsidiary": {"id": "1"}})  # fmt: skip
        query = Query("customer", "c").select(m=moment("c.lastmodifieddate"))
        text = scalar(transport, query.where(equal("c.id", int(made["id"]))))
    finally:
        simulator.switches(session_zone="account")

    stamp = datetime.fromisoformat(made["lastmodifieddate"]).replace(tzinfo=timezone.utc)
    assert clock.zone_name == expected
    assert clock.doubt == timedelta()
    assert clock.to_utc(text) == stamp
    assert abs(clock.skew(datetime.now(timezone.utc))) < timedelta(minutes=2)
