from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kolleno_netsuite.client.metadata import (
    BOOLEAN,
    DATE,
    DATETIME,
    INTEGER,
    LIST,
    MULTI,
    NUMBER,
    TEXT,
)
from kolleno_netsuite.client.wire import json_body
from kolleno_netsuite.mappers.bodies.field_update import (
    COMPUTED_FIELDS,
    PROTECTED_FIELDS,
    Change,
    body,
    differing,
    is_computed,
    is_protected,
)
from kolleno_netsuite.mappers.bodies.field_update import shown as shown_changes
from kolleno_netsuite.mappers.bodies.values import body_of, shown, value_of
from kolleno_netsuite.mappers.fields import ConversionError
from kolleno_netsuite.mappers.queries.field_values import made_here_query, values_query

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("raw", "kind", "expected"),
    [
        ("late", TEXT, "late"),
        ("two\r\nlines  ", TEXT, "two\nlines"),
        ("", TEXT, None),
        (False, TEXT, None),
        ("   ", TEXT, None),
        ("1200.50", NUMBER, "1200.5"),
        (".5", NUMBER, "0.5"),
        (Decimal("-0.00"), NUMBER, "0"),
        ("1E+3", NUMBER, "1000"),
        (0, NUMBER, "0"),
        ("12", INTEGER, "12"),
        ("T", BOOLEAN, True),
        ("no", BOOLEAN, False),
        (None, BOOLEAN, False),
        (True, BOOLEAN, True),
        (date(2026, 3, 1), DATE, "2026-03-01"),
        (datetime(2026, 3, 1, 23, 59, tzinfo=PARIS), DATE, "2026-03-01"),
        ("2026-03-01", DATE, "2026-03-01"),
        (datetime(2026, 3, 1, 10, 5, 59, tzinfo=timezone.utc), DATETIME, "2026-03-01 10:05"),
        (datetime(2026, 3, 1, 10, 5, tzinfo=PARIS), DATETIME, "2026-03-01 09:05"),
        ("2026-03-01T10:05:00Z", DATETIME, "2026-03-01 10:05"),
        ({"id": "3", "refName": "Legal"}, LIST, "3"),
        (3, LIST, "3"),
        ("AUTO", LIST, "AUTO"),
        ({"items": [{"id": "9"}, {"id": "10"}]}, MULTI, ["10", "9"]),
        ("9, 10", MULTI, ["10", "9"]),
        ({"items": []}, MULTI, None),
        (None, LIST, None),
    ],
)
def test_value_has_one_form_whichever_way_it_came(raw, kind, expected):
    assert value_of(raw, kind) == expected


def test_wall_time_is_taken_in_the_session_zone():
    assert value_of("2026-03-01 10:05:00", DATETIME, PARIS) == "2026-03-01 09:05"
    assert value_of("2026-03-01 10:05:00", DATETIME, timezone.utc) == "2026-03-01 10:05"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("many", NUMBER),
        ("NaN", NUMBER),
        ("1E+999999999", NUMBER),
        ("1.5", INTEGER),
        ("perhaps", BOOLEAN),
        ("31/01/2026", DATE),
        ("soon", DATETIME),
        ("not an id", LIST),
        ("1; DROP", LIST),
        ("1, two words", MULTI),
    ],
)
def test_value_of_another_kind_is_refused(raw, kind):
    with pytest.raises(ConversionError):
        value_of(raw, kind)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("late", TEXT, "late"),
        ("1200.5", NUMBER, Decimal("1200.5")),
        (True, BOOLEAN, True),
        ("2026-03-01", DATE, "2026-03-01"),
        ("2026-03-01 10:05", DATETIME, "2026-03-01T10:05:00Z"),
        ("3", LIST, {"id": "3"}),
        (["10", "9"], MULTI, {"items": [{"id": "10"}, {"id": "9"}]}),
        (None, TEXT, None),
        (None, LIST, None),
        (None, MULTI, {"items": []}),
    ],
)
def test_body_has_the_shape_that_rest_takes(value, kind, expected):
    assert body_of(value, kind) == expected


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *(("late", TEXT), ("0.1", NUMBER), (False, BOOLEAN), ("2026-03-01 10:05", DATETIME)),
        *(("3", LIST), (["10", "9"], MULTI), (None, MULTI), (None, NUMBER)),
    ],
)
def test_value_survives_the_way_to_netsuite_and_back(value, kind):
    assert value_of(body_of(value, kind), kind) == value


def test_amounts_are_sent_exactly():
    sent = json_body(body([Change("creditLimit", NUMBER, "12345678.91")]))

    assert sent == b'{"creditLimit": 12345678.91}'
    assert shown_changes([Change("creditLimit", NUMBER, "0.1")]) == {"creditLimit": "0.1"}


def test_values_are_shown_as_people_read_them():
    assert [shown(each) for each in ("L2", True, False, None, ["1", "2"])] == [
        "L2", "✓", "✗", "", "1, 2",
    ]  # fmt: skip


def test_what_differs_leaves_out_what_was_not_read():
    meant = {"memo": "late", "custbody_stage": "L2", "dueDate": None}

    assert differing(meant, {"memo": "late", "custbody_stage": "L1"}) == {"custbody_stage": "L1"}
    assert differing(meant, {"dueDate": None}) == {}


@pytest.mark.parametrize("field", ["total", "amountRemaining", "status", "item", "externalId"])
def test_what_netsuite_computes_is_never_written(field):
    assert is_computed(field)
    assert is_computed(field.upper())


@pytest.mark.parametrize("field", ["entity", "currency", "exchangeRate", "postingPeriod", "tranId"])
def test_what_the_ledger_rests_on_is_protected(field):
    assert is_protected(field, PROTECTED_FIELDS)
    assert is_protected(field.lower(), PROTECTED_FIELDS)


@pytest.mark.parametrize(
    "field", ["memo", "dueDate", "otherRefNum", "creditLimit", "terms", "custbody_stage", "email"]
)
def test_what_receivables_teams_write_is_free(field):
    assert not is_computed(field)
    assert not is_protected(field, PROTECTED_FIELDS)


def test_computed_fields_are_compared_in_lower_case():
    assert {each.lower() for each in COMPUTED_FIELDS} == COMPUTED_FIELDS


def test_fields_of_named_records_are_asked_for_together():
    query = values_query("invoice", (7, 8), {"custbody_stage": TEXT, "dueDate": DATE})

    sql = query.sql()
    assert "t.custbody_stage AS f0" in sql
    assert "TO_CHAR(t.duedate, 'YYYY-MM-DD') AS f1" in sql
    assert "7, 8" in sql


def test_records_made_here_are_told_by_the_beginning_of_their_external_id():
    query = made_here_query("kolleno")

    sql = query.sql()
    assert "t.externalid LIKE 'kolleno%'" in sql
