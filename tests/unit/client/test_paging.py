from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kolleno_netsuite.client.errors import ClientBug
from kolleno_netsuite.client.messages import Response
from kolleno_netsuite.client.suiteql import (
    Query,
    QueryError,
    call,
    count,
    equal,
    moment,
    pages,
    rows,
    same,
    scalar,
    single_page,
)

QUERY = (
    Query("doc", "d")
    .select("d.id", "d.version", lastmodified=moment("d.lastmodifieddate"))
    .keyset("lastmodified", "id")
)
LINES = (
    QUERY.select(line="l.id")
    .join("line", "l", same("l.doc", "d.id"), many=True)
    .keyset("lastmodified", "id", "line")
)
BY_ID = Query("doc", "d").select("d.id").keyset("id")


class Account:
    """Runs SuiteQL on SQLite, with NetSuite's paging; rows may change between two pages."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:")
        for function in ("TO_CHAR", "TO_DATE"):
            self.database.create_function(function, 2, lambda value, _format: value)
        self.database.execute(
            "CREATE TABLE doc (id INTEGER, lastmodifieddate TEXT, version INTEGER)"
        )
        self.database.execute("CREATE TABLE line (id INTEGER, doc INTEGER)")
        self.asked: list[str] = []
        self.between_pages: Callable[[], None] = lambda: None

    def add(self, doc: int, second: int, lines: int = 0) -> None:
        self.database.execute("INSERT INTO doc VALUES (?, ?, 0)", (doc, self.text(second)))
        for line in range(lines):
            self.database.execute("INSERT INTO line VALUES (?, ?)", (line, doc))

    def touch(self, doc: int, second: int) -> None:
        self.database.execute(
            "UPDATE doc SET version = version + 1, lastmodifieddate = ? WHERE id = ?",
            (self.text(second), doc),
        )

    @staticmethod
    def text(second: int) -> str:
        return f"2026-01-31 {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"

    def request(self, method, path, *, params, json, headers, idempotent):
        assert (method, headers, idempotent) == ("POST", {"Prefer": "transient"}, True)
        if self.asked:
            self.between_pages()
        self.asked.append(json["q"])
        cursor = self.database.execute(json["q"])
        names = [each[0] for each in cursor.description]
        found = [
            {"links": []} | {k: str(v) for k, v in zip(names, row, strict=True) if v is not None}
            for row in cursor
        ]
        page = found[: params["limit"]]
        body = {
            "items": page,
            "count": len(page),
            "hasMore": len(found) > len(page),
            "totalResults": len(found),
        }
        return Response(200, {}, "", body)


DOCS = st.lists(st.integers(0, 4), min_size=0, max_size=25)


@settings(max_examples=80, deadline=None)
@given(DOCS, st.integers(1, 7))
def test_paging_loses_and_doubles_nothing_whatever_ties_and_page_size(seconds, page_size):
    account = Account()
    for doc, second in enumerate(seconds):
        account.add(doc, second)

    found = list(pages(account, QUERY, page_size))

    ids = [int(row["id"]) for page in found for row in page.rows]
    assert ids == sorted(range(len(seconds)), key=lambda doc: (seconds[doc], doc))
    assert len(account.asked) == max(1, -(-len(seconds) // page_size))
    assert {page.total for page in found} <= {len(seconds)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=12), st.integers(1, 5))
def test_paging_of_lines_orders_by_three_columns(docs, page_size):
    account = Account()
    for doc, (second, lines) in enumerate(docs):
        account.add(doc, second, lines)

    found = [row for page in pages(account, LINES, page_size) for row in page.rows]

    expected = sorted(
        (account.text(second), doc, line)
        for doc, (second, lines) in enumerate(docs)
        for line in range(lines)
    )
    assert [(r["lastmodified"], int(r["id"]), int(r["line"])) for r in found] == expected


@settings(max_examples=80, deadline=None)
@given(DOCS, st.integers(1, 5), st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=12))
def test_paging_sees_the_last_version_of_rows_that_change_meanwhile(seconds, page_size, edits):
    account = Account()
    for doc, second in enumerate(seconds):
        account.add(doc, second)
    waiting, now = list(edits), [10]

    def edit():
        if waiting:
            doc, is_new = waiting.pop()
            now[0] += 1
            if is_new:
                account.add(100 + now[0], now[0])
            else:
                account.touch(doc, now[0])

    account.between_pages = edit

    seen = {}
    for page in pages(account, QUERY, page_size):
        seen.update({row["id"]: row["version"] for row in page.rows})

    truth = account.database.execute("SELECT id, version FROM doc").fetchall()
    assert seen == {str(doc): str(version) for doc, version in truth}


def test_paging_resumes_behind_a_stored_key():
    account = Account()
    for doc in range(6):
        account.add(doc, doc // 3)
    first = next(pages(account, QUERY, 4))

    rest = list(rows(account, QUERY, after=first.last_key))

    assert first.last_key == ("2026-01-31 00:00:01", 3)
    assert [row["id"] for row in rest] == ["4", "5"]


def test_paging_without_unique_order_is_refused():
    with pytest.raises(QueryError):
        next(pages(Account(), Query("doc", "d").select("d.id")))


@pytest.mark.parametrize("page_size", [0, 1001])
def test_page_size_beyond_netsuites_limits_is_refused(page_size):
    with pytest.raises(QueryError):
        next(pages(Account(), QUERY, page_size))


class Scripted:
    """Answers with prepared bodies."""

    def __init__(self, *bodies):
        self.bodies = list(bodies)

    def request(self, *_args, **_options):
        return Response(200, {}, "", self.bodies.pop(0))


def page(*ids, has_more=True, total=None):
    body = {"items": [{"links": [], "id": each} for each in ids], "hasMore": has_more}
    return body if total is None else {**body, "totalResults": total}


@pytest.mark.parametrize(
    "bodies",
    [
        [page("1", "2"), page("1", "2")],
        [page("1", "2"), page("2", "3")],
        [page("2", "1")],
        [page("1", "1")],
        [page("1", "2"), page()],
        [page("1", None)],
        [page("1", "x")],
    ],
)
def test_page_that_repeats_or_does_not_go_on_is_a_bug(bodies):
    with pytest.raises(ClientBug):
        list(pages(Scripted(*bodies), BY_ID, 2))


def test_short_page_that_has_more_is_not_the_last():
    account = Scripted(page("1", total=2), page("2", has_more=False, total=1))

    found = [row["id"] for part in pages(account, BY_ID, 2) for row in part.rows]

    assert found == ["1", "2"]


def test_full_page_without_word_of_more_is_followed_by_another():
    first = {"items": page("1", "2")["items"]}
    account = Scripted(first, {"items": []})

    assert [part.last_key for part in pages(account, BY_ID, 2)] == [(2,)]


def test_empty_page_ends_the_reading_whatever_the_total_says():
    account = Scripted(page("1", total=2), {"items": [], "hasMore": False, "totalResults": 1})

    assert [part.last_key for part in pages(account, BY_ID, 2)] == [(1,)]


@pytest.mark.parametrize("body", [None, [], {"rows": []}, {"items": None}])
def test_answer_that_is_no_page_is_a_bug(body):
    with pytest.raises(ClientBug):
        list(pages(Scripted(body), BY_ID))


def test_values_are_always_text():
    items = [{"id": 7, "flag": True, "rate": None, "links": []}]
    account = Scripted({"items": items, "hasMore": False})

    assert single_page(account, BY_ID) == [{"id": "7", "flag": "T"}]


def test_scalar_sum_and_count():
    account = Account()
    for doc in range(3):
        account.add(doc, doc)

    largest = scalar(account, Query("doc", "d").select(largest=call("MAX", "d.id")))
    nothing = scalar(account, Query("doc", "d").select("d.id").where(equal("d.id", 9)))

    assert (largest, nothing) == ("2", None)
    assert count(account, QUERY.where(equal("d.version", 0))) == 3
    with pytest.raises(QueryError):
        scalar(account, Query("doc", "d").select("d.id"))
    with pytest.raises(QueryError):
        scalar(account, Query("doc", "d").select("d.id", "d.version"))
    with pytest.raises(QueryError):
        single_page(Scripted(page("1", has_more=True)), BY_ID)
    with pytest.raises(QueryError):
        count(account, QUERY.group_by("d.id"))


@pytest.mark.parametrize("odd_id", [None, "abc", 2**31, 2**40])
def test_row_without_a_usable_key_is_handed_out_and_the_others_come_once(odd_id):
    answers = [["1", odd_id, "3"], [odd_id, "4"], ["5"]]
    asked, odd = [], []

    class Transport:
        def request(self, _method, path, *, json, **_more):
            asked.append(json["q"])
            items = [{} if each is None else {"id": each} for each in answers[len(asked) - 1]]
            more = len(asked) < len(answers)
            return Response(200, {}, "", {"items": items, "hasMore": more})

    found = [
        row["id"] for page in pages(Transport(), BY_ID, 3, odd=odd.append) for row in page.rows
    ]

    assert found == ["1", "3", "4", "5"]
    assert len(odd) == 2
    assert "> 3" in asked[1]
    assert "> 4" in asked[2]
