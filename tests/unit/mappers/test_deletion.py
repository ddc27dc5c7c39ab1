import pytest

from kolleno_netsuite.mappers.queries.deletion import (
    deletion_query,
    name_keys,
    read_deletion,
    record_type,
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
        ("salesOrder", "salesorder"),
        ("", ""),
    ],
)
def test_record_type_is_netsuites_rest_name_however_it_is_written(text, expected):
    assert record_type(text) == expected


def test_deletion_has_type_id_time_and_person():
    row = {
        "recordtype": "Invoice",
        "recordid": "55",
        "name": "Invoice #INV7",
        "deleteddate": "2026-03-01 10:00:00",
        "deletedby": "Marlow Quill",
    }

    found = read_deletion(row)

    assert (found.record_type, found.internal_id) == ("invoice", 55)
    assert (found.deleted_at, found.deleted_by) == ("2026-03-01 10:00:00", "Marlow Quill")


@pytest.mark.parametrize("recordid", ["", "INV7", "-"])
def test_deletion_without_a_usable_id_has_none(recordid):
    row = {"recordtype": "invoice", "recordid": recordid, "deleteddate": SINCE}

    assert read_deletion(row).internal_id is None


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
