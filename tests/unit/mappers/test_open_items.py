"""Open items are asked for by document, those of journals by line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kolleno_netsuite.mappers.queries.open_items import (
    open_items_query,
    payers_query,
    read_open_items,
)
from kolleno_netsuite.mappers.queries.record_sources import RECORD_SOURCES


def test_open_lines_of_journals_are_ordered_by_journal_and_line() -> None:
    query = open_items_query(RECORD_SOURCES["journalentry"])

    assert query.keys == ("id", "line")


@pytest.mark.parametrize("record_type", ["depositapplication", "customerrefund", "customer"])
def test_type_that_is_never_open_has_no_open_items(record_type: str) -> None:
    with pytest.raises(ValueError, match=record_type):
        open_items_query(RECORD_SOURCES[record_type])


def test_amounts_are_read_by_document_and_line_without_their_sign() -> None:
    rows = [
        {"id": "7", "foreignamountunpaid": "12.50"},
        {"id": "9", "line": "2", "foreignpaymentamountunused": "-3"},
        {"id": "9", "line": "3"},
    ]

    assert read_open_items(rows) == {
        (7, 0): Decimal("12.50"),
        (9, 2): Decimal(3),
        (9, 3): Decimal(0),
    }


def test_payers_of_deposits_are_asked_for_as_well() -> None:
    assert "DepAppl" in payers_query([5]).sql()
