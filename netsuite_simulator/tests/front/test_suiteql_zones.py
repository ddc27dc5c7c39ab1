"""Time zones, daylight saving and the server's own clock (docs/NETSUITE.md 4.2)."""

# ruff: noqa: DTZ001 - naive times are what a session writes

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsuite_simulator.suiteql.zone import zone_table
from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books

MODEL = "YYYY-MM-DD HH24:MI:SS"
# The night on which Los Angeles repeats the hour from one to two.
NIGHT = ["2025-11-02T08:30:00Z", "2025-11-02T09:30:00Z"]


def modified(simulator: RunningSimulator, invoice: int) -> str:
    query = f"SELECT TO_CHAR(lastmodifieddate, '{MODEL}') AS m FROM transaction WHERE id = ?"
    return str(simulator.suiteql(query, [str(invoice)]).json()["items"][0]["m"])


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("account", "2026-07-01 05:00:00"),
        ("utc", "2026-07-01 12:00:00"),
        ("Europe/Berlin", "2026-07-01 14:00:00"),
        ("Asia/Kolkata", "2026-07-01 17:30:00"),
    ],
)
def test_times_are_shown_and_read_in_the_sessions_zone(
    simulator: RunningSimulator, books: Books, zone: str, local: str
) -> None:
    invoice = books.invoice(books.customer(), stamp="2026-07-01T12:00:00Z")
    simulator.switches(session_zone=zone)

    assert modified(simulator, invoice) == local
    query = f"SELECT id FROM transaction WHERE id = ? AND lastmodifieddate = TO_DATE(?, '{MODEL}')"
    assert simulator.suiteql(query, [str(invoice), local]).json()["count"] == 1


def test_session_zone_is_told(simulator: RunningSimulator) -> None:
    simulator.clock(zone="Europe/Paris")

    items = simulator.suiteql("SELECT SESSIONTIMEZONE FROM dual").json()["items"]
    assert items == [{"links": [], "sessiontimezone": "Europe/Paris"}]


def test_sysdate_is_pacific_whatever_the_session_zone(simulator: RunningSimulator) -> None:
    simulator.clock(to="2026-01-15T20:00:00Z", freeze=True)
    simulator.switches(session_zone="Europe/Berlin")
    try:
        query = (
            f"SELECT TO_CHAR(SYSDATE, '{MODEL}') AS server, "
            f"TO_CHAR(CURRENT_DATE, '{MODEL}') AS session FROM dual"
        )
        (row,) = simulator.suiteql(query).json()["items"]
    finally:
        simulator.clock(freeze=False)

    assert row["server"] == "2026-01-15 12:00:00"
    assert row["session"] == "2026-01-15 21:00:00"


def test_repeated_hour_shows_two_changes_at_one_local_time(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    invoices = [books.invoice(customer, stamp=stamp) for stamp in NIGHT]

    assert [modified(simulator, invoice) for invoice in invoices] == ["2025-11-02 01:30:00"] * 2
    # As in Oracle, the text means the later of the two: the first change is not found by it.
    query = (
        f"SELECT id FROM transaction WHERE entity = {customer} AND lastmodifieddate >= "
        f"TO_DATE('2025-11-02 01:30:00', '{MODEL}')"
    )
    assert [item["id"] for item in simulator.suiteql(query).json()["items"]] == [str(invoices[1])]


def test_raw_dates_follow_the_accounts_format_and_zone(
    simulator: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer(), tranDate="2026-03-04", stamp="2026-03-05T02:00:00Z")
    query = f"SELECT trandate, lastmodifieddate FROM transaction WHERE id = {invoice}"
    american = simulator.suiteql(query).json()["items"][0]
    simulator.switches(date_format="D/M/YYYY", session_zone="utc")
    british = simulator.suiteql(query).json()["items"][0]

    assert (american["trandate"], american["lastmodifieddate"]) == ("3/4/2026", "3/4/2026")
    assert (british["trandate"], british["lastmodifieddate"]) == ("4/3/2026", "5/3/2026")


def test_date_column_compared_with_a_time_of_day(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer(), tranDate="2026-03-04")
    query = (
        "SELECT id FROM transaction WHERE id = {} AND trandate {} TO_DATE('2026-03-04 {}', '{}')"
    )

    def found(operator: str, clock: str) -> bool:
        text = query.format(invoice, operator, clock, MODEL)
        return bool(simulator.suiteql(text).json()["count"])

    assert found("=", "00:00:00")
    assert found("<", "08:00:00")
    assert not found(">=", "08:00:00")


def test_time_column_compared_with_a_bare_date_starts_at_local_midnight(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    books.invoice(customer, stamp="2026-03-04T07:59:00Z")
    after = books.invoice(customer, stamp="2026-03-04T08:01:00Z")
    query = (
        f"SELECT id FROM transaction WHERE entity = {customer} "
        "AND lastmodifieddate >= TO_DATE('2026-03-04', 'YYYY-MM-DD')"
    )

    assert [item["id"] for item in simulator.suiteql(query).json()["items"]] == [str(after)]


def test_left_out_hour_moves_on_in_spring() -> None:
    table = zone_table("America/Los_Angeles")

    assert table.stored(datetime(2026, 3, 8, 2, 30)) == "2026-03-08 10:30:00"


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2060, 1, 1)),
    st.sampled_from(
        ["America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
    ),
)
def test_zone_table_agrees_with_zoneinfo_and_reverses(moment: datetime, zone: str) -> None:
    stored = moment.strftime("%Y-%m-%d %H:%M:%S")
    table = zone_table(zone)
    aware = moment.replace(microsecond=0, tzinfo=timezone.utc).astimezone(ZoneInfo(zone))

    assert table.local(stored) == aware.replace(tzinfo=None)
    # The way back gives the same local time, and never an earlier moment.
    back = table.stored(table.local(stored))
    assert back >= stored
    assert table.local(back) == table.local(stored)
