from datetime import datetime, timedelta, timezone

import pytest

from kolleno_netsuite.client.clock import NetsuiteClock
from kolleno_netsuite.mappers.queries.deletion import (
    deletion_query,
    name_keys,
    read_deletion,
    record_type,
)

CLOCK = NetsuiteClock(
    datetime(2026, 3, 2, tzinfo=timezone.utc), timezone(timedelta(hours=-5)), "America/New_York"
)
KNOWN = (
    *("invoice", "creditmemo", "customerpayment", "customerdeposit", "depositapplication"),
    *("customerrefund", "journalentry", "customer", "contact", "term", "salestaxitem"),
    *("customercharge", "customtransaction"),
)
SINCE, UNTIL = "2026-03-01 00:00:00", "2026-03-02 00:00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("invoice", "invoice"),
        ("CustInvc", "invoice"),
        ("Credit Memo", "creditmemo"),
        ("CUSTPYMT", "customerpayment"),
        ("customerPayment", "customerpayment"),
        ("advIntercompanyJournalEntry", "journalentry"),
        ("custjob", "customer"),
        ("Customer Deposit", "customerdeposit"),
        ("Deposit Application", "depositapplication"),
        ("Advanced Intercompany Journal Entry", "journalentry"),
        ("Terms", "term"),
        ("CustChrg", "customercharge"),
        ("Statement Charge", "customercharge"),
        ("FinChrg", "invoice"),
        ("CuTrSale101", "customtransaction"),
        ("customtransaction_rebate", "customtransaction"),
        ("Lead", "customer"),
        ("salesOrder", "salesorder"),
        ("SalesOrd", "salesord"),
        ("Bill Payment", "billpayment"),
        ("", ""),
        ("7", ""),
        ("-30", ""),
        ("customrecord_route", ""),
        ("something new", ""),
    ],
)
def test_record_type_is_netsuites_rest_name_however_it_is_written(text, expected):
    assert record_type(text, KNOWN) == expected


def test_deletion_has_type_id_time_and_person():
    row = {
        "type": "Invoice",
        "recordid": "55",
        "name": "Invoice #INV7",
        "deleteddate": "2026-03-01 10:00:00",
        "deletedby": "Marlow Quill",
    }

    found = read_deletion(row, CLOCK, KNOWN)

    assert (found.record_type, found.internal_id) == ("invoice", 55)
    assert found.deleted_at == datetime(2026, 3, 1, 15, tzinfo=timezone.utc)
    assert (found.deleted_by, found.problem) == ("Marlow Quill", None)


@pytest.mark.parametrize("row", [{}, {"recordid": ""}])
def test_deletion_without_an_id_has_none(row):
    found = read_deletion({"type": "invoice", "deleteddate": SINCE, **row}, CLOCK, KNOWN)

    assert (found.internal_id, found.problem) == (None, None)


@pytest.mark.parametrize("recordid", ["INV7", "-", "1.5", "4294967297"])
def test_id_that_cannot_be_kept_is_the_deletions_problem(recordid):
    row = {"type": "invoice", "recordid": recordid, "deleteddate": SINCE, "name": "INV7"}

    found = read_deletion(row, CLOCK, KNOWN)

    assert (found.internal_id, found.name) == (None, "INV7")
    assert (found.problem.column, found.problem.value) == ("recordid", recordid)


@pytest.mark.parametrize("date", ["yesterday", "2026-02-30 10:00:00", "9999-12-31 23:59:59"])
def test_date_that_cannot_be_read_is_the_deletions_problem(date):
    found = read_deletion({"type": "invoice", "recordid": "55", "deleteddate": date}, CLOCK, KNOWN)

    assert (found.internal_id, found.deleted_at) == (55, None)
    assert (found.problem.column, found.problem.value) == ("deleteddate", date)


def test_deletion_without_a_date_names_its_record_all_the_same():
    found = read_deletion({"type": "invoice", "recordid": "55"}, CLOCK, KNOWN)

    assert (found.internal_id, found.deleted_at, found.problem) == (55, None, None)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Invoice #INV7", "INV7"),
        ("Credit Memo #CM 12", "CM 12"),
        ("C7 Harbour Supplies", "C7"),
        ("Harbour Supplies", "Harbour Supplies"),
    ],
)
def test_name_leads_to_the_number_or_entity_id(name, key):
    assert key in name_keys(name)


def test_name_without_text_leads_nowhere():
    assert name_keys("  ") == ()


def test_query_leaves_out_what_the_account_does_not_have():
    sql = deletion_query(SINCE, UNTIL, {"recordid", "deletedby"}).sql()

    assert "recordid" not in sql
    assert "deletedby" not in sql
    assert "d.deleteddate" in sql
