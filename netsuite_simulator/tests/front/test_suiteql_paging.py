"""Pages, links, totals, and rows that change places (docs/NETSUITE.md 4.1)."""

from __future__ import annotations

from typing import Any

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import PAGED_ROWS, Books

FILTER = "FROM classification WHERE id >= 10000"


def page(simulator: RunningSimulator, query: str, offset: int, limit: int = 1000) -> Any:
    answer = simulator.suiteql(query, limit=limit, offset=offset)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(body: Any) -> list[int]:
    return [int(item["id"]) for item in body["items"]]


def test_pages_sorted_by_a_unique_key_are_complete(
    simulator: RunningSimulator, books: Books
) -> None:
    books.many_classifications()
    query = f"SELECT id {FILTER} ORDER BY id"
    pages = [page(simulator, query, offset) for offset in (0, 1000, 2000)]

    assert [found["count"] for found in pages] == [1000, 1000, 500]
    assert [found["hasMore"] for found in pages] == [True, True, False]
    assert {found["totalResults"] for found in pages} == {PAGED_ROWS}
    read = [number for found in pages for number in ids(found)]
    assert read == list(range(10_000, 10_000 + PAGED_ROWS))


def test_links_name_next_last_and_previous_first(simulator: RunningSimulator, books: Books) -> None:
    books.many_classifications()
    query = f"SELECT id {FILTER} ORDER BY id"
    first, last = page(simulator, query, 0), page(simulator, query, 2000)

    assert [entry["rel"] for entry in first["links"]] == ["next", "last", "self"]
    assert [entry["rel"] for entry in last["links"]] == ["previous", "first", "self"]
    assert first["links"][1]["href"].endswith("/suiteql?limit=1000&offset=2000")


def test_pages_without_a_unique_order_miss_and_repeat_rows(
    simulator: RunningSimulator, books: Books
) -> None:
    books.many_classifications()
    for order in ("", " ORDER BY lastmodifieddate"):
        query = f"SELECT id {FILTER}{order}"
        read = [
            number for offset in (0, 1000, 2000) for number in ids(page(simulator, query, offset))
        ]

        assert len(read) == PAGED_ROWS
        assert len(set(read)) < PAGED_ROWS


def test_order_of_equal_rows_is_kept_when_switched_off(
    simulator: RunningSimulator, books: Books
) -> None:
    books.many_classifications()
    simulator.switches(shuffle_ties=False)
    query = f"SELECT id {FILTER}"
    read = [number for offset in (0, 1000, 2000) for number in ids(page(simulator, query, offset))]

    assert len(set(read)) == PAGED_ROWS


def test_keyset_over_equal_times_reads_every_row_once(
    simulator: RunningSimulator, books: Books
) -> None:
    books.many_classifications()
    simulator.switches(session_zone="utc")
    model = "YYYY-MM-DD HH24:MI:SS"
    query = (
        f"SELECT id, TO_CHAR(lastmodifieddate, '{model}') AS modified FROM classification "
        f"WHERE id >= 10000 AND (lastmodifieddate > TO_DATE(?, '{model}') "
        f"OR (lastmodifieddate = TO_DATE(?, '{model}') AND id > ?)) ORDER BY lastmodifieddate, id"
    )
    read: list[int] = []
    modified, last = "2026-01-01 00:00:00", "0"
    while True:
        found = simulator.suiteql(query, [modified, modified, last]).json()
        read += ids(found)
        if not found["hasMore"]:
            break
        modified, last = found["items"][-1]["modified"], found["items"][-1]["id"]

    assert read == list(range(10_000, 10_000 + PAGED_ROWS))


def test_descending_keyset_reads_every_row_once(simulator: RunningSimulator, books: Books) -> None:
    books.many_classifications(30)
    query = (
        "SELECT id FROM classification WHERE id >= 10000 AND (lastmodifieddate < "
        "TO_DATE('1/11/2026', 'MM/DD/YYYY') OR (lastmodifieddate = TO_DATE('1/11/2026',"
        "'MM/DD/YYYY') AND id < ?)) ORDER BY lastmodifieddate DESC, id DESC"
    )

    assert ids(simulator.suiteql(query, ["10005"]).json()) == list(range(10_029, 9_999, -1))


def test_total_follows_a_change_of_the_books(simulator: RunningSimulator, books: Books) -> None:
    books.many_classifications(20)
    query = f"SELECT id {FILTER} ORDER BY id"
    before = page(simulator, query, 0, 10)["totalResults"]
    books.many_classifications(15)

    assert (before, page(simulator, query, 0, 10)["totalResults"]) == (20, 15)


def test_last_usable_offset_is_99000(simulator: RunningSimulator) -> None:
    assert page(simulator, "SELECT id FROM currency ORDER BY id", 99_000)["items"] == []
    assert simulator.suiteql("SELECT id FROM currency", offset=100_000).status_code == 400


def test_request_log_counts_rows(simulator: RunningSimulator) -> None:
    page(simulator, "SELECT id FROM currency ORDER BY id", 0, 2)

    logged = simulator.requests()[-1]
    assert (logged["rows"], logged["status"], logged["auth"]) == (2, 200, "tba")
    assert logged["query"] == "limit=2&offset=0"
    assert "SELECT id FROM currency" in logged["body"]
