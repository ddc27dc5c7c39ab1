from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.client.errors import ClientBug
from kolleno_netsuite.client.merge import merge_streams

IDS = st.integers(1, 120)


def header(number):
    return {"id": str(number)}


def child(number, line):
    return {"parent": str(number), "line": str(line)}


def merged(headers, children):
    for found, groups in merge_streams(headers, "id", {"lines": (children, "parent")}):
        yield found, groups["lines"]


@given(st.sets(IDS, max_size=15), st.lists(IDS, max_size=40))
def test_merge_gives_each_header_all_its_children_in_order(header_ids, child_ids):
    headers = [header(number) for number in sorted(header_ids)]
    children = [child(number, line) for line, number in enumerate(sorted(child_ids))]

    found = list(merged(iter(headers), iter(children)))

    assert [each for each, _ in found] == headers
    for each, group in found:
        assert group == [row for row in children if row["parent"] == each["id"]]


def test_ids_are_compared_as_numbers():
    found = list(merged([header(9), header(10)], [child(9, 1), child(10, 2)]))

    assert [len(group) for _, group in found] == [1, 1]


def test_streams_are_read_no_further_than_needed():
    def children():
        yield child(1, 1)
        yield child(2, 1)
        raise AssertionError("read too far")

    assert next(merged([header(1), header(3)], children()))[1] == [child(1, 1)]


def test_several_streams_are_merged_at_once():
    streams = {
        "lines": ([child(1, 1), child(2, 1)], "parent"),
        "links": ([child(2, 7)], "parent"),
    }

    found = list(merge_streams([header(1), header(2)], "id", streams))

    assert [{name: len(rows) for name, rows in groups.items()} for _, groups in found] == [
        {"lines": 1, "links": 0},
        {"lines": 1, "links": 1},
    ]


@pytest.mark.parametrize(
    ("headers", "children"),
    [
        ([2, 1], []),
        ([1, 1], []),
        ([3], [2, 1]),
        (["", 1], []),
        ([3], ["abc"]),
        ([3], ["9" * 5000]),
    ],
)
def test_stream_out_of_order_or_without_ids_is_refused(headers, children):
    with pytest.raises(ClientBug) as caught:
        list(merged([header(key) for key in headers], [child(key, 1) for key in children]))

    assert caught.value.code == "STREAM_OUT_OF_ORDER"


def test_child_without_its_column_is_refused():
    with pytest.raises(ClientBug):
        list(merged([header(1)], [{"line": "1"}]))
