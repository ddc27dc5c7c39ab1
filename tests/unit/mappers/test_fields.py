from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kolleno_netsuite.mappers.fields import (
    ConversionError,
    alias_of,
    convert,
    expression_of,
    shown,
    stored,
)

CARRIER = {"id": "2", "refName": "Blue Star Couriers", "links": []}


@pytest.mark.parametrize(
    ("value", "conversion", "expected"),
    [
        ("L2", "text", "L2"),
        ("  kept  ", "text", "  kept  "),
        ("12.50", "number", Decimal("12.50")),
        (".5", "number", Decimal("0.5")),
        ("2026-05-06", "date", date(2026, 5, 6)),
        ("2026-05-06T10:00:00Z", "date", date(2026, 5, 6)),
        ("T", "boolean", True),
        ("F", "boolean", False),
        (True, "boolean", True),
        ({"id": "T", "refName": "Yes"}, "boolean", True),
        ("2", "list_id", 2),
        (CARRIER, "list_id", 2),
        (CARRIER, "list_text", "Blue Star Couriers"),
        ("Blue Star Couriers", "list_text", "Blue Star Couriers"),
        ("Key account, Portal", "multi_select", ["Key account", "Portal"]),
        ("Key account\x05Portal", "multi_select", ["Key account", "Portal"]),
        ({"items": [{"id": "1", "refName": "Portal"}]}, "multi_select", ["Portal"]),
    ],
)
def test_value_is_converted(value, conversion, expected):
    assert convert(value, conversion) == expected


@pytest.mark.parametrize(
    "conversion", ["text", "number", "date", "list_id", "list_text", "multi_select"]
)
@pytest.mark.parametrize("nothing", [None, "", {}])
def test_nothing_stays_nothing(nothing, conversion):
    assert convert(nothing, conversion) is None


def test_checkbox_without_value_is_not_ticked():
    assert convert(None, "boolean") is False


@pytest.mark.parametrize(
    ("value", "conversion"),
    [
        ("abc", "number"),
        ("NaN", "number"),
        ("5/6/2026", "date"),
        ("perhaps", "boolean"),
        ("Blue Star", "list_id"),
    ],
)
def test_value_of_another_kind_is_refused(value, conversion):
    with pytest.raises(ConversionError) as caught:
        convert(value, conversion)

    assert (caught.value.value, caught.value.expected) == (value, conversion)


def test_column_is_lower_case_and_read_by_kind():
    assert expression_of("t", "otherRefNum", "text").sql == "t.otherrefnum"
    assert expression_of("t", "custbody_carrier", "list_text").sql == (
        "BUILTIN.DF(t.custbody_carrier)"
    )
    assert expression_of("c", "custentity_due", "date").sql == (
        "TO_CHAR(c.custentity_due, 'YYYY-MM-DD')"
    )
    assert alias_of("otherRefNum", "text") == "otherrefnum"
    names = {alias_of("custbody_x", kind) for kind in ("text", "date", "list_text")}
    assert len(names) == 3


def test_converted_value_is_kept_exactly():
    assert stored(Decimal("12.50")) == "12.50"
    assert stored(date(2026, 5, 6)) == "2026-05-06"
    assert shown(["Key account", "Portal"]) == "Key account, Portal"
    assert shown(None) == ""


def test_wall_time_of_the_session_is_told_in_utc():
    zone = ZoneInfo("America/Los_Angeles")

    for text, expected in (
        ("2026-07-01 10:00:00", "2026-07-01 17:00:00"),
        ("2026-01-01 23:30:00", "2026-01-02 07:30:00"),
        # The doubled hour of autumn: the earlier one.
        ("2026-11-01 01:30:00", "2026-11-01 08:30:00"),
        ("2026-07-01T10:00:00Z", "2026-07-01 10:00:00"),
    ):
        value = convert(text, "datetime", zone)
        assert isinstance(value, datetime)
        assert value.tzinfo is None
        assert stored(value) == expected
        assert shown(value) == f"{expected} UTC"
    assert convert("", "datetime", zone) is None


def test_time_without_a_known_zone_or_no_time_at_all_does_not_fit():
    with pytest.raises(ConversionError) as unknown:
        convert("2026-07-01 10:00:00", "datetime")
    with pytest.raises(ConversionError) as wrong:
        convert("soon", "datetime", timezone.utc)

    assert (unknown.value.expected, wrong.value.expected) == ("zone", "datetime")


def test_time_is_asked_for_by_an_expression_of_its_own():
    assert alias_of("createdDate", "datetime") == "createddate_moment"
    assert "HH24:MI:SS" in expression_of("t", "createdDate", "datetime").sql
