"""Tests of what posts to receivables beside what is mirrored."""

import pytest

from kolleno_netsuite.client.suiteql import TooManyRows
from kolleno_netsuite.mappers.queries.completeness import (
    CUSTOMER,
    INSIDE,
    MIRRORED,
    NOBODY,
    NOT_MIRRORED,
    OTHER,
    OTHER_ENTITY,
    REVALUATION,
    WITHOUT_CUSTOMER,
    IncompleteError,
    category,
    read_matching,
    read_postings,
    read_totals,
)

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


def test_more_than_a_page_is_asked_for_in_parts():
    asked = []

    def ask(query):
        sql = query.sql()
        asked.append(sql)
        if "l.subsidiary = " not in sql:
            raise TooManyRows("more")
        return [row("CustInvc", debit="10", first="2026-01-05", last="2026-02-05")]

    postings = read_postings(ask, [119, 120], [1, 2], READ, one_world=True, projects=False)

    # Both accounts, each of them, and each in two subsidiaries.
    assert len(asked) == 1 + 2 + 4
    assert sum(posting.amount for posting in postings) == 40
    assert {str(posting.first) for posting in postings} == {"2026-01-05"}


def test_main_lines_and_others_of_one_kind_are_one_posting():
    rows = [row("Journal", debit="10", mainline="T"), row("Journal", credit="4", mainline="F")]

    (posting,) = read_postings(lambda _query: rows, [119], [], READ, one_world=True, projects=False)

    assert (posting.documents, posting.amount) == (2, 6)


def test_postings_that_are_not_what_the_account_holds_prove_nothing():
    rows = [row("CustInvc", debit="10")]
    postings = read_postings(lambda _q: rows, [119], [], READ, one_world=True, projects=False)

    for totals in ({119: 12}, {}):
        with pytest.raises(IncompleteError) as raised:
            read_matching(lambda totals=totals: totals, lambda _totals: postings)
        assert not raised.value.moving


def test_totals_are_asked_for_again_when_documents_were_entered_meanwhile():
    totals = read_totals(lambda _q: [{"account": "119", "debit": "12", "credit": "2"}])
    assert totals == {119: 10}
    asked = []

    def postings_of(totals):
        asked.append(totals)
        rows = [row("CustInvc", debit=str(10 * len(asked)))]
        return read_postings(lambda _q: rows, [119], [], READ, one_world=True, projects=False)

    # Before, or after.
    assert read_matching(lambda: {119: 10}, postings_of)[1] == {119: 10}
    answers = iter([{119: 10}, {119: 20}])
    assert read_matching(lambda: next(answers), postings_of)[1] == {119: 20}
    # Only at the second try.
    asked.clear()
    answers = iter([{119: 1}, {119: 2}, {119: 20}])
    assert read_matching(lambda: next(answers), postings_of)[1] == {119: 20}
    # Never.
    moving = iter(range(1, 100))
    with pytest.raises(IncompleteError) as raised:
        read_matching(lambda: {119: next(moving)}, postings_of)
    assert raised.value.moving


def test_projects_are_asked_for_only_where_there_are_any():
    asked = []
    for projects in (False, True):
        read_postings(
            lambda query: asked.append(query.sql()) or [],
            *([119], [], READ),
            one_world=False,
            projects=projects,
        )

    assert "job" not in asked[0]
    assert "c.id = COALESCE(pj.customer, pj.parent, " in asked[1]
    assert "subsidiary" not in asked[0]
