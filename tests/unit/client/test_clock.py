from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.client.clock import NetsuiteClock, fitting_zone
from kolleno_netsuite.client.errors import DataError, PermissionDenied
from kolleno_netsuite.client.messages import Response

UTC = timezone.utc
NOW = datetime(2026, 3, 26, 16, 21, 30, tzinfo=UTC)
WINTER = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
SUMMER = datetime(2025, 7, 5, 9, 30, tzinfo=UTC)


class Account:
    """Answers what the clock asks, in a zone of choice."""

    def __init__(self, zone="America/Los_Angeles", named=None, changed=(WINTER, SUMMER)):
        self.zone = ZoneInfo(zone)
        self.named = named
        self.wall_works = True
        self.time_works = True
        self.locked: set[str] = set()
        self.changed = {str(number): moment for number, moment in enumerate(sorted(changed), 1)}
        self.asked: list[str] = []

    def request(self, method, path, *, params=None, json=None, headers=None, idempotent=None):
        self.asked.append(json["q"] if json else path)
        if path.endswith("/serverTime"):
            return self._server_time()
        if path.endswith("/suiteql"):
            return self._query(json["q"])
        number = path.rpartition("/")[2]
        if number in self.locked:
            raise DataError("RECORD_LOCKED_BY_WORKFLOW")
        return self._answer({"lastModifiedDate": f"{self.changed[number]:%Y-%m-%dT%H:%M:00Z}"})

    def _server_time(self):
        if not self.time_works:
            raise PermissionDenied("INSUFFICIENT_PERMISSION")
        return self._answer({"serverTime": f"{NOW:%Y-%m-%dT%H:%M}:00.000Z"})

    def _query(self, sql):
        if "SYSDATE" in sql:
            return self._answer({"items": [{"now": "2026-03-26 09:21:30"}]})
        if "SESSIONTIMEZONE" in sql:
            if not self.wall_works:
                raise DataError("UNKNOWN_COLUMN")
            row = {"wall": self._wall(NOW)} | ({"zone": self.named} if self.named else {})
            return self._answer({"items": [row], "hasMore": False})
        rows = [{"id": k, "lastmodified": self._wall(v)} for k, v in self.changed.items()]
        return self._answer({"items": rows, "hasMore": False})

    def _wall(self, moment):
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def _answer(self, body):
        return Response(200, {"Date": "Thu, 26 Mar 2026 16:21:30 GMT"}, "", body)


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("America/Los_Angeles", "America/Los_Angeles"),
        ("Europe/Berlin", "Europe/Paris"),
        ("UTC", "UTC"),
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("America/Phoenix", "America/Phoenix"),
        ("Australia/Sydney", "Australia/Sydney"),
    ],
)
def test_zone_is_measured_by_reading_a_record_both_ways(zone, found):
    clock = NetsuiteClock.discover(Account(zone))

    assert clock.zone_name == found
    assert clock.doubt == timedelta()
    assert clock.server_now == NOW
    assert clock.to_utc(clock.from_utc(WINTER)) == WINTER
    assert clock.from_utc(SUMMER) == SUMMER.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def test_zone_that_the_session_names_counts_when_the_records_agree():
    named = NetsuiteClock.discover(Account("America/Vancouver", named="America/Vancouver"))
    contradicted = NetsuiteClock.discover(Account("Asia/Tokyo", named="America/Vancouver"))

    assert named.zone_name == "America/Vancouver"
    assert contradicted.zone_name == "Asia/Tokyo"


def test_offset_of_one_season_leaves_a_doubt():
    clock = NetsuiteClock.discover(Account("Europe/London", changed=[WINTER]))

    assert clock.doubt == timedelta(hours=1)
    assert clock.overlap((WINTER, WINTER)) >= timedelta(hours=2, minutes=10)


def test_locked_record_is_left_out():
    account = Account("Asia/Tokyo", changed=[WINTER, WINTER + timedelta(hours=1), SUMMER])
    account.locked = {"3"}

    assert NetsuiteClock.discover(account).zone_name == "Asia/Tokyo"


def test_record_saved_between_the_two_readings_is_left_out():
    account = Account("Asia/Tokyo", changed=[WINTER, SUMMER])
    original = account._wall
    account._wall = lambda moment: (
        original(moment + timedelta(minutes=7)) if moment == WINTER else original(moment)
    )

    assert NetsuiteClock.discover(account).zone_name == "Asia/Tokyo"


def test_empty_account_is_measured_by_the_sessions_clock():
    clock = NetsuiteClock.discover(Account("Asia/Kolkata", changed=[]))

    assert clock.from_utc(NOW) == "2026-03-26 21:51:30"


def test_account_that_tells_nothing_gets_utc_and_the_widest_overlap():
    account = Account(changed=[])
    account.wall_works = False

    clock = NetsuiteClock.discover(account)

    assert (clock.zone_name, clock.doubt) == ("UTC", timedelta(hours=14))
    assert clock.overlap((NOW, NOW)) > timedelta(hours=26)


def test_known_zone_costs_one_call():
    account = Account("Asia/Tokyo")

    clock = NetsuiteClock.discover(account, zone_name="Asia/Tokyo")

    assert len(account.asked) == 1
    assert clock.from_utc(NOW) == "2026-03-27 01:21:30"


def test_time_is_taken_from_a_query_when_the_system_service_is_closed():
    account = Account()
    account.time_works = False

    assert NetsuiteClock.discover(account).server_now == NOW


def test_skew_is_how_far_we_are_ahead():
    clock = NetsuiteClock.discover(Account())

    assert clock.skew(NOW + timedelta(seconds=90)) == timedelta(seconds=90)
    assert clock.until() == NOW - timedelta(seconds=30)


def test_overlap_is_widened_when_the_offset_changes_in_the_window():
    clock = NetsuiteClock(NOW, ZoneInfo("America/Los_Angeles"), "America/Los_Angeles")
    change = datetime(2026, 11, 1, 9, tzinfo=UTC)
    hour = timedelta(hours=1)

    assert clock.overlap((change - 9 * hour, change - 8 * hour)) == timedelta(minutes=10)
    assert clock.overlap((change - hour, change + hour)) == timedelta(hours=2, minutes=10)
    assert clock.overlap((change + hour, change + 2 * hour)) == timedelta(hours=2, minutes=10)
    assert clock.overlap((change - 4000 * hour, change + 4000 * hour)) > timedelta(hours=2)


def test_doubled_hour_means_the_earlier_moment():
    clock = NetsuiteClock(NOW, ZoneInfo("America/Los_Angeles"), "America/Los_Angeles")

    assert clock.to_utc("2026-11-01 01:30:00") == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


@given(
    st.integers(1_420_000_000, 2_050_000_000),
    st.sampled_from(["America/Los_Angeles", "Europe/Paris", "Asia/Kolkata", "Australia/Sydney"]),
)
def test_wall_time_never_leads_past_its_moment(seconds, zone):
    utc = datetime.fromtimestamp(seconds, UTC)
    clock = NetsuiteClock(NOW, ZoneInfo(zone), zone)

    back = clock.to_utc(clock.from_utc(utc))

    assert back in (utc, utc - timedelta(hours=1))


def test_offset_without_a_known_zone_is_kept_as_an_offset():
    samples = [(WINTER, (WINTER + timedelta(hours=8, minutes=45)).strftime("%Y-%m-%d %H:%M:%S"))]

    assert fitting_zone(samples) == "+08:45"
    assert fitting_zone([]) is None
    assert fitting_zone([], "Mars/Olympus") is None
