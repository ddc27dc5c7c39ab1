"""What a landed transaction says, whatever signs and nulls NetSuite sends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kolleno_netsuite.client.dto import ShapeError
from kolleno_netsuite.mappers.links import Link
from kolleno_netsuite.mappers.transaction import InconsistentError, read_transaction


def payload(**parts: Any) -> dict[str, Any]:
    """Return an invoice of 100.00 as the fetch lands it."""
    row = {
        "id": "7",
        "tranid": "INV7",
        "trandate": "2024-03-10",
        "entity": "12",
        "currency": "1",
        "exchangerate": "1",
        "foreigntotal": "-100.00",
        "posting": "T",
        "voided": "F",
        "status": "A",
        **parts.pop("row", {}),
    }
    lines = [
        {
            "line": "0",
            "mainline": "T",
            "account": "119",
            "foreignamount": "100",
            "debit": "100",
            "subsidiary": "3",
        },
        {"line": "1", "mainline": "F", "account": "54", "foreignamount": "-100", "credit": "100"},
    ]
    return {"row": row, "lines": parts.pop("lines", lines), **parts}


def test_header_is_read_with_absolute_total_and_subsidiary_of_the_main_line() -> None:
    transaction = read_transaction(payload(), "invoice")

    assert transaction.total == Decimal("100.00")
    assert transaction.subsidiary == 3
    assert transaction.date == dt.date(2024, 3, 10)
    assert transaction.due_date == transaction.date
    assert transaction.main.base == Decimal(100)


def test_sign_of_the_ledger_wins_over_the_sign_of_foreignamount() -> None:
    lines = [
        {"line": "0", "mainline": "T", "account": "1", "foreignamount": "50", "credit": "54"},
        {"line": "1", "mainline": "F", "account": "2", "foreignamount": "50", "debit": "54"},
    ]

    transaction = read_transaction(payload(lines=lines), "creditmemo")

    assert [line.foreign for line in transaction.lines] == [Decimal(-50), Decimal(50)]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"mainline": "T", "account": "1", "debit": "1"}, "main"),
        ({"account": "1", "taxline": "T", "credit": "1", "foreignamount": "-1"}, "tax"),
        ({"account": "1", "iscogs": "T", "debit": "1"}, "cogs"),
        ({"memo": "only words", "foreignamount": "0"}, "note"),
        ({"account": "1", "debit": "1", "foreignamount": "0"}, "exchange"),
        ({"account": "1", "debit": "1"}, "exchange"),
        ({"account": "1", "credit": "1", "foreignamount": "-1"}, "item"),
        ({"account": "1", "foreignamount": "0"}, "item"),
    ],
)
def test_lines_are_told_apart_by_what_they_post(raw: dict[str, str], kind: str) -> None:
    transaction = read_transaction(payload(lines=[{"line": "1", **raw}]), "invoice")

    assert transaction.lines[0].kind == kind


def test_cost_without_document_amount_takes_the_documents_rate() -> None:
    lines = [{"line": "1", "account": "1", "iscogs": "T", "debit": "6"}]

    transaction = read_transaction(payload(lines=lines, row={"exchangerate": "2"}), "invoice")

    assert transaction.lines[0].foreign == Decimal(3)


def test_percent_rate_is_no_price() -> None:
    lines = [{"line": "1", "account": "1", "rate": "-10.0%", "debit": "5", "foreignamount": "5"}]

    assert read_transaction(payload(lines=lines), "invoice").lines[0].rate == 0


def test_links_of_one_pair_are_added_and_signs_dropped() -> None:
    row = {"nextdoc": "7", "nextline": "1", "previousdoc": "3", "previousline": "0"}
    links = [
        {**row, "foreignamount": "-40.00"},
        {**row, "foreignamount": "2.50"},
        {**row, "previousdoc": "4", "foreignamount": "0"},
    ]

    transaction = read_transaction(payload(links=links), "customerpayment")

    assert transaction.links == (Link(1, 3, 0, Decimal("42.50")),)
    assert not transaction.unclear


@pytest.mark.parametrize("row", [{"voided": "T"}, {"status": "V"}])
def test_voided_is_known_by_flag_or_by_status_once_nothing_posts(row: dict[str, str]) -> None:
    zero = [{"line": "0", "mainline": "T", "account": "1", "foreignamount": "0"}]

    assert read_transaction(payload(row=row, lines=zero), "invoice").voided


@pytest.mark.parametrize("row", [{"voided": "T"}, {"status": "V"}])
def test_what_a_journal_takes_back_counts_although_it_is_called_void(row: dict[str, str]) -> None:
    assert not read_transaction(payload(row=row), "customerrefund").voided


@pytest.mark.parametrize("rate", ["0", "-1.1", ""])
def test_exchange_rate_that_is_missing_or_not_positive_is_refused(rate: str) -> None:
    with pytest.raises(InconsistentError, match="rate"):
        read_transaction(payload(row={"exchangerate": rate}), "invoice")


def test_date_in_another_format_is_refused() -> None:
    with pytest.raises(ShapeError):
        read_transaction(payload(row={"trandate": "10.03.2024"}), "invoice")


def test_two_main_lines_are_refused() -> None:
    main = {"line": "0", "mainline": "T", "account": "1", "debit": "1"}

    with pytest.raises(InconsistentError, match="main_line"):
        _ = read_transaction(payload(lines=[main, main]), "invoice").main
