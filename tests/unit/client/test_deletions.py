from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from kolleno_netsuite.client.deletions import rows_of_window
from kolleno_netsuite.client.messages import Response
from kolleno_netsuite.mappers.queries.deletion import deletion_query

FORMAT = "%Y-%m-%d %H:%M:%S"
START = datetime.fromisoformat("2026-03-01 00:00:00")
WINDOW = (START.strftime(FORMAT), (START + timedelta(days=30)).strftime(FORMAT))
_MOMENT = re.compile(r"TO_DATE\('([^']+)'")


class Account:
    """Answers windows of deletions with at most 1,000 rows, in no order."""

    def __init__(self, moments: list[datetime]) -> None:
        self.moments = moments
        self.asked = 0

    def request(self, _method, _path, *, params, json, headers, idempotent):
        self.asked += 1
        since, until = (datetime.fromisoformat(text) for text in _MOMENT.findall(json["q"])[:2])
        found = [
            {"links": [], "type": "invoice", "recordid": number, "deleteddate": at}
            for number, at in enumerate(self.moments)
            if since <= at <= until
        ][::-1]
        page = [
            {**row, "deleteddate": row["deleteddate"].strftime(FORMAT)}
            for row in found[: params["limit"]]
        ]
        more = len(found) > len(page)
        return Response(200, json={"items": page, "hasMore": more, "totalResults": len(found)})


def read(account: Account) -> set[int]:
    pages = rows_of_window(account, deletion_query, *WINDOW)
    return {int(row["recordid"]) for page in pages for row in page}


def test_window_without_deletions_costs_one_call():
    account = Account([])

    assert read(account) == set()
    assert account.asked == 1


@pytest.mark.parametrize("number", [1, 999, 1000])
def test_window_that_fits_a_page_costs_one_call(number):
    account = Account([START + timedelta(minutes=each) for each in range(number)])

    assert len(read(account)) == number
    assert account.asked == 1


def test_window_that_does_not_fit_is_halved_and_loses_nothing():
    account = Account([START + timedelta(minutes=each) for each in range(3500)])

    assert len(read(account)) == 3500
    assert account.asked < 40


def test_more_than_a_page_in_one_second_ends_with_a_page():
    account = Account([START + timedelta(days=3)] * 1500)

    assert len(read(account)) == 1000
