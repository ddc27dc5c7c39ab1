"""What landing reads of a document, and what it does with values that are none."""

from datetime import datetime, timezone

import pytest

from kolleno_netsuite.client.clock import NetsuiteClock
from kolleno_netsuite.mappers import landing

NOW = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
CLOCK = NetsuiteClock(NOW, timezone.utc, "UTC")


def document(**row):
    return {
        "row": {"id": "5", "entity": "7", "currency": "1", **row},
        "lines": [{"line": "0", "mainline": "T", "subsidiary": "2", "debit": ".5"}],
        "links": [{"previousdoc": "9"}],
    }


def test_columns_of_a_readable_document():
    row = document(foreignamountunpaid="12.50", lastmodified="2024-05-01 10:00:00")
    found = landing.read_landing("invoice", row, CLOCK)
    assert (found.internal_id, found.customer, found.subsidiary, found.is_open) == (5, 7, 2, True)
    assert found.modified_at == datetime(2024, 5, 1, 10, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("column", "value", "wanted"),
    [
        ("foreignamountunpaid", "abc", "number"),
        ("foreignamountunpaid", "(12.00)", "number"),
        ("foreignamountunpaid", "NaN", "number"),
        ("foreignpaymentamountunused", "1_000", "number"),
        ("entity", "Blue Harbor", "id"),
        ("entity", "2147483648", "id"),
        ("entity", "٣", "id"),
        ("currency", "1.5", "id"),
        ("lastmodified", "2024-02-30 10:00:00", "moment"),
        ("lastmodified", "yesterday", "moment"),
        ("lastmodified", "9999-12-31 23:59:59", "moment"),
        ("lastmodified", "2024-06-04 00:00:00", "moment"),
    ],
)
def test_value_that_is_none_is_named(column, value, wanted):
    with pytest.raises(landing.UnreadError) as caught:
        landing.read_landing("invoice", document(**{column: value}), CLOCK)
    assert (caught.value.column, caught.value.value, caught.value.wanted) == (column, value, wanted)


@pytest.mark.parametrize(
    ("part", "column"),
    [("lines", "subentity"), ("lines", "debit"), ("lines", "line"), ("links", "previousdoc")],
)
def test_value_of_a_line_or_link_counts_as_well(part, column):
    odd = document()
    odd[part][0][column] = "odd"
    with pytest.raises(landing.UnreadError):
        landing.read_landing("customerpayment", odd, CLOCK)


@pytest.mark.parametrize("value", [None, "", "abc", "1.0", "2147483648", "-99999999999"])
def test_id_that_cannot_be_kept_is_none(value):
    row = {} if value is None else {"id": value}
    assert landing.internal_id({"row": row}) is None


@pytest.mark.parametrize(("value", "is_open"), [("0.00", False), ("-3", True), ("abc", True)])
def test_open_amount(value, is_open):
    assert landing.is_open(document(foreignamountunpaid=value)) is is_open


def test_links_that_cannot_be_read_are_left_out():
    links = [{"previousdoc": "9"}, {"previousdoc": "x"}, {}]
    assert landing.paid_by({"row": {}, "links": links}) == {9}


def test_texts_and_names_are_storable():
    odd = {
        "row": {"id": "5", "na\x00me": "Half \ud83d\x00", "entity": ""},
        "lines": [{"a": "\ude00"}],
    }
    assert landing.storable_document(odd) == {
        "row": {"id": "5", "name": "Half \ufffd"},
        "lines": [{"a": "\ufffd"}],
    }


def test_whole_emoji_stays():
    assert landing.storable_document({"row": {"a": "🚢"}}) == {"row": {"a": "🚢"}}


def test_document_put_aside_shows_no_value_to_queries():
    odd = document(entity="Blue Harbor")
    kept = landing.aside(odd)
    assert kept == {"row": {"id": "5"}, "lines": [], "links": [], "unread": odd}


def test_odd_rows_go_to_their_record_or_are_told():
    odd = landing.OddRows({"lines": "transaction"})
    header, mine, nobodys = {"tranid": "A"}, {"transaction": "5", "line": "x"}, {"line": "3"}
    odd.of("")(header)
    odd.of("")(header)
    for row in (mine, nobodys):
        odd.of("lines")(row)
    assert odd.take("lines", "5") == [mine]
    assert odd.documents() == [{"row": header}, {"row": {}, "unowned": nobodys}]
