from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.client.errors import ClientBug
from kolleno_netsuite.client.merge import by_modified, merge_by_key, merge_streams

HEADER = by_modified("m", "id")
CHILD = by_modified("m", "parent")
KEYS = st.tuples(
    st.sampled_from(["2026-01-01 00:00:01", "2026-01-01 00:00:02"]), st.integers(1, 120)
)


def header(key):
    return {"m": key[0], "id": str(key[1])}


def child(key, number):
    return {"m": key[0], "parent": str(key[1]), "line": str(number)}


@given(st.sets(KEYS, max_size=15), st.lists(KEYS, max_size=40))
def test_merge_gives_each_header_all_its_children_in_order(header_keys, child_keys):
    headers = [header(key) for key in sorted(header_keys)]
    children = [child(key, number) for number, key in enumerate(sorted(child_keys))]

    merged = list(merge_by_key(iter(headers), iter(children), HEADER, CHILD))

    assert [found for found, _ in merged] == headers
    for found, group in merged:
        assert group == [each for each in children if CHILD(each) == HEADER(found)]


def test_ids_are_compared_as_numbers():
    headers = [header(("t", 9)), header(("t", 10))]
    children = [child(("t", 9), 1), child(("t", 10), 2)]

    merged = list(merge_by_key(headers, children, HEADER, CHILD))

    assert [len(group) for _, group in merged] == [1, 1]


def test_streams_are_read_no_further_than_needed():
    def children():
        yield child(("t", 1), 1)
        yield child(("t", 2), 1)
        raise AssertionError("read too far")

    merged = merge_by_key([header(("t", 1)), header(("t", 3))], children(), HEADER, CHILD)

    assert next(merged)[1] == [child(("t", 1), 1)]


def test_several_streams_are_merged_at_once():
    headers = [header(("t", 1)), header(("t", 2))]
    streams = {
        "lines": ([child(("t", 1), 1), child(("t", 2), 1)], CHILD),
        "links": ([child(("t", 2), 7)], CHILD),
    }

    merged = list(merge_streams(headers, HEADER, streams))

    assert [{name: len(rows) for name, rows in groups.items()} for _, groups in merged] == [
        {"lines": 1, "links": 0},
        {"lines": 1, "links": 1},
    ]


@pytest.mark.parametrize(
    ("headers", "children"),
    [
        ([("t", 2), ("t", 1)], []),
        ([("t", 1), ("t", 1)], []),
        ([("t", 3)], [("t", 2), ("t", 1)]),
    ],
)
def test_stream_out_of_order_is_refused(headers, children):
    with pytest.raises(ClientBug) as caught:
        list(
            merge_by_key(
                [header(key) for key in headers],
                [child(key, 1) for key in children],
                HEADER,
                CHILD,
            )
        )

    assert caught.value.code == "STREAM_OUT_OF_ORDER"
