"""Queries fit to what an account has."""

from __future__ import annotations

import pytest

from kolleno_netsuite.mappers.queries.comparison import id_query
from kolleno_netsuite.mappers.queries.record_sources import (
    RECORD_SOURCES,
    Window,
    header_query,
    part_query,
)
from kolleno_netsuite.mappers.queries.shape import LINK_DATE, Shape, fitted, from_lines, names_of

WINDOW = Window(since="2026-01-01 00:00:00", until="2026-01-02 00:00:00")


def texts(record_type, shape, window=WINDOW):
    """Return the text of all queries of a record type."""
    source = fitted(RECORD_SOURCES[record_type], shape)
    parts = [part_query(source, part, window).sql() for part in source.parts]
    return [header_query(source, window).sql(), *parts]


def lacking(*names, **features):
    return Shape(lacking=frozenset(names), **features)


@pytest.mark.parametrize("record_type", RECORD_SOURCES)
def test_account_without_subsidiaries_is_not_asked_for_them(record_type):
    if record_type == "subsidiary":
        assert not Shape(one_world=False).has_source(RECORD_SOURCES[record_type])
        return
    for text in texts(record_type, Shape(one_world=False)):
        assert "subsidiary" not in text
        assert "interco" not in text


@pytest.mark.parametrize("record_type", RECORD_SOURCES)
def test_account_with_one_currency_is_not_asked_for_others(record_type):
    if record_type == "currency":
        assert not Shape(multi_currency=False).has_source(RECORD_SOURCES[record_type])
        return
    for text in texts(record_type, Shape(multi_currency=False)):
        assert ".currency" not in text
        assert ".exchangerate" not in text
        assert "JOIN currency" not in text


def test_documents_of_an_account_with_one_currency_are_in_it_at_rate_one():
    text = texts("invoice", Shape(multi_currency=False))[0]

    assert "1 AS currency" in text
    assert "1 AS exchangerate" in text


@pytest.mark.parametrize(
    ("record_type", "name", "gone"),
    [
        ("customer", "customeraddressbook", "addr1"),
        ("customer", "customeraddressbookentityaddress", "addr1"),
        ("customer", "customersubsidiaryrelationship", "isprimarysub"),
        ("customer", "term", "c.terms"),
        ("customer", "customer.fax", "c.fax"),
        ("contact", "companycontactrelationship", "r.company"),
        ("invoice", "term", "t.terms"),
        ("customerpayment", "paymentmethod", "t.paymentmethod"),
        ("invoice", "transactionline.department", "l.department"),
        ("subsidiary", "currency", "c.symbol"),
    ],
)
def test_what_is_lacking_is_not_asked_for_and_all_else_is(record_type, name, gone):
    whole, fit = texts(record_type, Shape()), texts(record_type, lacking(name))

    assert any(gone in text for text in whole)
    assert not any(gone in text for text in fit)
    dropped = set(RECORD_SOURCES[record_type].columns) - set(
        fitted(RECORD_SOURCES[record_type], lacking(name)).columns
    )
    assert dropped <= {gone.rpartition(".")[2], "currency_symbol"}


def test_what_is_needed_stays_in_the_query_so_that_netsuite_says_what_is_wrong():
    source = RECORD_SOURCES["invoice"]
    fit = fitted(source, lacking("previoustransactionlinelink", "transactionline"))

    assert [part.name for part in fit.parts] == [part.name for part in source.parts]


def test_every_optional_name_can_be_left_out_of_its_source():
    for source in RECORD_SOURCES.values():
        for name, optional in names_of(source).items():
            if not optional:
                continue
            fit = fitted(source, lacking(name))
            asked = {n for n in names_of(fit) if n == name or n.startswith(f"{name}.")}
            assert not asked, (source.record_type, name)


def test_lines_customer_and_account_are_needed_by_journals():
    names = names_of(RECORD_SOURCES["journalentry"])

    assert not names["customer"]
    assert not names["account"]
    assert not names["transactionline.entity"]


# === APPLICATIONS === #


def test_payer_is_read_when_its_link_changed_where_links_have_a_date():
    for text in texts("journalentry", Shape(link_dates=True)):
        assert "kl.lastmodifieddate >=" in text
        assert "kp." not in text


def test_payer_is_read_when_what_it_pays_changed_where_links_have_no_date():
    for text in texts("journalentry", lacking(LINK_DATE)):
        assert "JOIN transaction kp ON kp.id = kl.previousdoc" in text
        assert "kp.lastmodifieddate >=" in text


def test_first_import_and_documents_that_pay_nothing_ask_for_no_links():
    assert "kl." not in texts("journalentry", Shape(link_dates=True), Window(at_first=True))[0]
    assert "kl." not in texts("invoice", Shape(link_dates=True))[0]


# === OPEN AMOUNTS === #


def test_open_amount_is_taken_from_the_lines_where_headers_have_none():
    shape = lacking("transaction.foreignpaymentamountunused")
    header, lines, _links = texts("customerpayment", shape, Window(open_only=True))
    source = fitted(RECORD_SOURCES["customerpayment"], shape)

    assert "t.foreignpaymentamountunused" not in header
    assert "jl.foreignpaymentamountunused <> 0" in header
    assert "l.foreignpaymentamountunused AS" in lines
    assert source.line_amounts == ("foreignpaymentamountunused",)
    assert "foreignpaymentamountunused" not in id_query(source).sql()


@pytest.mark.parametrize(
    ("lines", "amount"),
    [
        ([{"mainline": "T", "used": "4"}, {"mainline": "F", "used": "9"}], "4"),
        ([{"mainline": "F", "used": "9"}, {"mainline": "T", "used": "0"}], "9"),
        ([{"mainline": "F", "used": "9"}, {"mainline": "T"}], "9"),
        ([{"mainline": "T", "used": "0.00"}, {"mainline": "F"}], "0.00"),
        ([{"mainline": "T"}], None),
    ],
)
def test_line_that_tells_an_amount_gives_it_to_the_header(lines, amount):
    row = {}

    from_lines(row, lines, "used")

    assert row.get("used") == amount
