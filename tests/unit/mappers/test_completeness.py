"""Tests of what posts to receivables beside what is mirrored."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from kolleno_netsuite.client.errors import NetsuiteError
from kolleno_netsuite.client.suiteql import TooManyRows
from kolleno_netsuite.mappers.queries.completeness import (
    BEFORE_START,
    CUSTOMER,
    EXCLUDED,
    HIDDEN,
    INSIDE,
    MIRRORED,
    NOBODY,
    NOT_MIRRORED,
    OTHER,
    OTHER_ENTITY,
    REVALUATION,
    UNMAPPED,
    WITHOUT_CUSTOMER,
    IncompleteError,
    Rules,
    Told,
    category,
    read_hidden,
    read_matching,
    read_postings,
    read_totals,
)
from kolleno_netsuite.mappers.queries.shape import Shape

READ = ("invoice", "customercharge", "customtransaction", "journalentry", "customerpayment")


def row(code, debit="0", credit="0", whose=CUSTOMER, mainline="T", **more):
    return {
        "type": code,
        "whose": whose,
        "mainline": mainline,
        "account": "119",
        "subsidiary": "1",
        "documents": "1",
        "debit": debit,
        "credit": credit,
        **more,
    }


@pytest.mark.parametrize(
    ("code", "whose", "mainline", "expected"),
    [
        ("CustInvc", CUSTOMER, True, MIRRORED),
        ("FinChrg", CUSTOMER, True, MIRRORED),
        ("CustChrg", CUSTOMER, True, MIRRORED),
        ("CuTrSale101", CUSTOMER, True, MIRRORED),
        ("CuTrPrch9", CUSTOMER, False, NOT_MIRRORED),
        ("CuTrJrnl4", CUSTOMER, True, NOT_MIRRORED),
        ("CustPymt", CUSTOMER, False, MIRRORED),
        ("CustInvc", CUSTOMER, False, INSIDE),
        ("CustCred", CUSTOMER, True, NOT_MIRRORED),
        ("CashSale", CUSTOMER, True, NOT_MIRRORED),
        ("FxReval", NOBODY, True, REVALUATION),
        ("FxReval", CUSTOMER, True, REVALUATION),
        ("Journal", NOBODY, False, WITHOUT_CUSTOMER),
        ("Journal", OTHER, False, OTHER_ENTITY),
        ("VendBill", OTHER, False, OTHER_ENTITY),
        ("CustInvc", OTHER, True, NOT_MIRRORED),
    ],
)
def test_each_posting_has_its_place(code, whose, mainline, expected):
    assert category(code, whose, READ, mainline=mainline) == expected


def test_type_that_is_switched_off_is_not_mirrored():
    assert category("Journal", CUSTOMER, ("invoice",), mainline=False) == NOT_MIRRORED


def told(rows, rules=None, **more):
    """Return what is read when each question has the same rows."""
    return read_postings(lambda _query: rows, [119], [], rules or Rules(READ, **more))


def test_more_than_a_page_is_asked_for_in_parts():
    asked = []

    def ask(query):
        sql = query.sql()
        asked.append(sql)
        if "COUNT" not in sql:
            return [{"first": "2026-01-05", "last": "2026-01-20"}]
        if "l.subsidiary = " not in sql:
            raise TooManyRows("more")
        return [row("CustInvc", debit="10", first="2026-01-05", last="2026-02-05")]

    postings = read_postings(ask, [119, 120], [1, 2], Rules(READ))

    # Both accounts, each of them, and each in two subsidiaries; three times for their dates.
    assert len(asked) == 1 + 2 + 4 + 3
    assert sum(posting.amount for posting in postings) == 40
    assert {str(posting.first) for posting in postings} == {"2026-01-05"}


def test_a_long_time_is_asked_for_in_shorter_ones_that_leave_no_day_out():
    days, asked = [dt.date(2024, 1, 1) + dt.timedelta(days=each) for each in range(800)], []

    def ask(query):
        sql = query.sql()
        if "COUNT" not in sql:
            return [{"first": str(days[0]), "last": str(days[-1])}]
        bounds = re.findall(r"trandate (>=|<=) TO_DATE\('([0-9-]+)'", sql)
        found = [
            day
            for day in days
            if all(
                day >= dt.date.fromisoformat(bound)
                if sign == ">="
                else day <= dt.date.fromisoformat(bound)
                for sign, bound in bounds
            )
        ]
        asked.append(len(found))
        if len(found) > 60:
            raise TooManyRows("more")
        return [row("CustInvc", debit="1", period=f"{day:%Y-%m}") for day in found]

    postings = read_postings(ask, [119], [], Rules(READ))

    assert sum(posting.amount for posting in postings) == len(days)
    assert len({posting.period for posting in postings}) == len(postings) == 27
    assert len(asked) == 1 + 4 + 16


def test_what_takes_netsuite_too_long_is_asked_for_in_parts_of_a_year_at_least():
    """Ten years are too long to answer; a short time is an outage, and another code a refusal."""

    def asking(code, longest):
        asked = []

        def ask(query):
            sql = query.sql()
            if "COUNT" not in sql:
                return [{"first": "2016-01-01", "last": "2025-12-31"}]
            asked.append(sql)
            bounds = [dt.date.fromisoformat(each) for each in re.findall(r"DATE\('([0-9-]+)'", sql)]
            if not bounds or (bounds[1] - bounds[0]).days > longest:
                raise NetsuiteError(code)
            return [row("CustInvc", debit="1")]

        return ask, asked

    ask, asked = asking("UNEXPECTED_ERROR", 366)
    assert sum(each.amount for each in read_postings(ask, [119], [], Rules(READ))) == 16
    assert len(asked) == 1 + 4 + 16
    for code, longest, number in (("READ_TIMEOUT", 0, 3), ("INSUFFICIENT_PERMISSION", 366, 1)):
        ask, asked = asking(code, longest)
        with pytest.raises(NetsuiteError):
            read_postings(ask, [119], [], Rules(READ))
        assert len(asked) == number


def test_what_is_kept_of_an_excluded_customer_is_left_out_once():
    """An old journal of 140 is kept for one customer's 40; the other's 100 is excluded."""

    def ask(query):
        sql = query.sql()
        of_excluded = "c.id = 7" in sql or "c.id IN (7)" in sql
        return [row("Journal", debit="100" if of_excluded else "140", older="T")]

    rules = Rules(READ, start=dt.date(2026, 1, 1), excluded=[7], held=[11], mixed=[11])
    postings = read_postings(ask, [119], [], rules)

    assert {each.category: each.amount for each in postings} == {EXCLUDED: 100, MIRRORED: 40}


def test_main_lines_and_others_of_one_kind_are_one_posting():
    rows = [row("Journal", debit="10", mainline="T"), row("Journal", credit="4", mainline="F")]

    (posting,) = told(rows)

    assert (posting.documents, posting.amount) == (2, 6)


def test_each_period_is_a_posting_of_its_own():
    rows = [row("CustInvc", debit="10", period="310"), row("CustInvc", debit="4", period="311")]

    assert {each.period: each.amount for each in told(rows)} == {"310": 10, "311": 4}


@pytest.mark.parametrize(
    ("periods", "expected"), [(True, "t.postingperiod"), (False, "TO_CHAR(t.trandate, 'YYYY-MM')")]
)
def test_periods_are_netsuites_own_or_months(periods, expected):
    asked = []
    rules = Rules(READ, periods=periods)

    read_postings(lambda query: asked.append(query.sql()) or [], [119], [], rules)

    assert f"{expected} AS period" in asked[0]


def test_what_a_rule_leaves_out_is_asked_for_by_the_rule():
    """1 invoice of an excluded customer; 3 closed before the start, 1 of which is mirrored."""
    asked = []

    def ask(query):
        sql = query.sql()
        asked.append(sql)
        if "c.id = 7" in sql or "c.id IN (7)" in sql:
            return [row("CustInvc", debit="5")]
        if "t.id = 11" in sql or "t.id IN (11)" in sql:
            return [row("CustInvc", debit="20", older="T"), row("CustInvc", debit="99")]
        return [
            row("CustInvc", debit="105", documents="6"),
            row("CustInvc", debit="60", documents="3", older="T"),
            row("CustInvc", debit="40", subsidiary="2"),
            row("CashSale", debit="8", older="T"),
        ]

    rules = Rules(READ, start=dt.date(2026, 1, 1), excluded=[7], held=[11], unmapped=[2])
    postings = read_postings(ask, [119], [], rules)

    assert len(asked) == 3
    assert {(each.code, each.category): (each.documents, each.amount) for each in postings} == {
        # What is mirrored for another's sake is; open documents are never before the start.
        ("CustInvc", MIRRORED): (6, 120),
        ("CustInvc", EXCLUDED): (1, 5),
        ("CustInvc", BEFORE_START): (2, 40),
        ("CustInvc", UNMAPPED): (1, 40),
        ("CashSale", NOT_MIRRORED): (1, 8),
    }


def test_open_document_is_never_before_the_start():
    asked = []
    rules = Rules(READ, start=dt.date(2026, 1, 1))

    read_postings(lambda query: asked.append(query.sql()) or [], [119], [], rules)

    (older,) = re.findall(r"(CASE WHEN t.trandate < .*?) AS older", asked[0])
    assert "t.foreignamountunpaid" in older
    assert "l.foreignpaymentamountunused" in older
    assert "t.trandate <" not in told_sql(Rules(READ))
    lines = Shape(lacking=frozenset({"transaction.foreignamountunpaid"}))
    assert "t.foreignamountunpaid" not in told_sql(replace(rules, shape=lines))


def told_sql(rules):
    asked = []
    read_postings(lambda query: asked.append(query.sql()) or [], [119], [], rules)
    return asked[0]


def test_what_the_accounts_hold_besides_is_hidden():
    postings = told([row("CustInvc", debit="10")])

    for totals, hidden in (({119: 12}, {119: 2}), ({}, {119: -10}), ({119: 10}, {})):
        found = read_matching(lambda totals=totals: totals, lambda _totals: postings)
        assert found.hidden == hidden


def test_hidden_amounts_are_told_apart_by_subsidiary_where_the_ledger_agrees():
    postings = told([row("CustInvc", debit="10"), row("CustInvc", debit="5", subsidiary="2")])
    found = Told(postings, {119: 22}, {119: 7})

    def ledger(second):
        return lambda _query: [
            {"account": "119", "subsidiary": "1", "debit": "13"},
            {"account": "119", "subsidiary": "2", "debit": second},
        ]

    hidden = read_hidden(ledger("9"), found, one_world=True)
    assert {each.subsidiary: (each.category, each.amount) for each in hidden} == {
        1: (HIDDEN, 3),
        2: (HIDDEN, 4),
    }
    assert read_hidden(ledger("8"), found, one_world=True) == []
    assert [each.amount for each in read_hidden(ledger("9"), found, one_world=False)] == [7]
    assert read_hidden(ledger("9"), Told(postings, {119: 15}), one_world=True) == []


def test_totals_are_asked_of_the_ledger_alone():
    asked = []

    read_totals(lambda query: asked.append(query.sql()) or [])
    read_totals(lambda query: asked.append(query.sql()) or [], accounts=[119])

    assert "JOIN account " in asked[0]
    assert "JOIN" not in asked[1]
    assert not any("transaction t" in sql for sql in asked)


def test_totals_are_asked_for_again_when_documents_were_entered_meanwhile():
    totals = read_totals(lambda _q: [{"account": "119", "debit": "12", "credit": "2"}])
    assert totals == {119: 10}
    asked = []

    def postings_of(totals):
        asked.append(totals)
        return told([row("CustInvc", debit=str(10 * len(asked)))])

    # Before, or after.
    assert read_matching(lambda: {119: 10}, postings_of).totals == {119: 10}
    answers = iter([{119: 10}, {119: 20}])
    assert read_matching(lambda: next(answers), postings_of).totals == {119: 20}
    # Only at the second try.
    asked.clear()
    answers = iter([{119: 1}, {119: 2}, {119: 20}])
    assert read_matching(lambda: next(answers), postings_of).totals == {119: 20}
    # Never.
    moving = iter(range(1, 100))
    with pytest.raises(IncompleteError) as raised:
        read_matching(lambda: {119: next(moving)}, postings_of)
    assert raised.value.moving


def test_projects_are_asked_for_only_where_there_are_any():
    asked = [told_sql(Rules(READ, Shape(one_world=False, projects=each))) for each in (False, True)]

    assert "job" not in asked[0]
    assert "c.id = COALESCE(pj.customer, pj.parent, " in asked[1]
    assert "subsidiary" not in asked[0]
