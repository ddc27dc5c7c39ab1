"""The simulator's tables are those of accounts that exist (netsuite_simulator/listings)."""

from __future__ import annotations

from netsuite_simulator.listings import listing_of, listings
from netsuite_simulator.schema import visible_tables
from netsuite_simulator.switches import Switches

# Everything that any account may have.
ALL = Switches(projects=True, header_subsidiary=True)
KNOWN = listings()

# Tables of which no public listing was found. Their columns are those that clients read in
# working queries, or the shape that their siblings have.
WITHOUT_A_LISTING = {
    "contactrole", "paymentmethod", "vendor", "item", "location",
    # Addresses of transactions have the columns of entityaddress.
    "transactionbillingaddress", "transactionshippingaddress",
    # Files and logs: seen in queries of single columns only.
    "file", "mediaitemfolder", "systemnote", "script", "scriptnote", "scriptdeployment",
}  # fmt: skip

# Columns beyond a listing, each with its reason. No listing of these tables is complete but one.
BEYOND = {
    "transaction": {
        # A switch: some accounts have it next to the main line's.
        "subsidiary",
    },
    # The listing is of queries that read other columns; these are fields of the contact's form.
    "contact": {
        *("entitytitle", "salutation", "middlename", "altemail", "homephone", "isprivate"),
        *("subsidiary", "comments", "externalid", "datecreated"),
    },
    # The listing is of queries that read other columns; these are fields of its REST record.
    "customersubsidiaryrelationship": {
        *("name", "balance", "depositbalance", "unbilledorders", "primarycurrency"),
        *("lastmodifieddate", "externalid"),
    },
    # Rates have an internal id over REST; the listing is of one query.
    "currencyrate": {"id", "externalid"},
    # What each list has; the listing is of queries for names and rates.
    "salestaxitem": {"externalid", "lastmodifieddate"},
    # The listing is of queries that read names and addresses.
    "employee": {"issalesrep", "externalid", "lastmodifieddate"},
}


def test_every_column_of_the_simulator_is_listed_or_has_its_reason() -> None:
    unlisted = {}
    for name, table in visible_tables(ALL).items():
        listing = listing_of(name, KNOWN)
        if listing is None:
            assert name in WITHOUT_A_LISTING, name
            continue
        own = {column for column in table if column.startswith(("custbody", "custentity"))}
        beyond = set(table) - listing.columns - own
        if beyond:
            unlisted[name] = beyond

    assert unlisted == BEYOND


def test_tables_without_a_listing_are_really_without_one() -> None:
    shown = visible_tables(ALL)

    assert {name for name in shown if listing_of(name, KNOWN) is None} == WITHOUT_A_LISTING


def test_deleted_records_have_the_columns_that_connectors_read() -> None:
    shown = visible_tables(ALL)["deletedrecord"]

    assert {"type", "recordid", "name", "deleteddate", "deletedby", "context"} <= set(shown)
    assert not {"recordtype", "externalid"} & set(shown)


def test_what_no_listing_has_is_not_shown() -> None:
    shown = visible_tables(ALL)

    assert "total" not in shown["transaction"]
    assert not {"lastmodifieddate", "datedriven"} & set(shown["term"])
    assert set(shown["customlist_carrier"]) == KNOWN["customlist_any"].columns
