"""What an account has and how it refuses the rest, as the switches say."""

from __future__ import annotations

import pytest

from netsuite_simulator.testing import RunningSimulator

from .conftest import Books

PREFIX = "Invalid search query. Detailed unprocessed description follows. "


def rows(simulator: RunningSimulator, query: str) -> list[dict[str, str]]:
    answer = simulator.suiteql(query)
    assert answer.ok, answer.text
    return [{k: v for k, v in row.items() if k != "links"} for row in answer.json()["items"]]


def refusal(simulator: RunningSimulator, query: str) -> str:
    answer = simulator.suiteql(query)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["o:errorDetails"][0]["detail"]).removeprefix(PREFIX)


def names(simulator: RunningSimulator, table: str) -> bool:
    return simulator.suiteql(f"SELECT COUNT(*) AS n FROM {table}").ok


def test_without_multiple_currencies_nothing_names_one(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    simulator.switches(multi_currency=False)

    assert not names(simulator, "currency")
    assert not names(simulator, "currencyrate")
    for column in ("c.currency FROM customer c", "t.currency FROM transaction t",
                   "t.exchangerate FROM transaction t", "a.currency FROM account a",
                   "g.exchangerate FROM transactionaccountingline g"):  # fmt: skip
        assert "Unknown identifier" in refusal(simulator, f"SELECT {column}")
    assert names(simulator, "subsidiary")
    body = simulator.call("GET", f"/record/v1/customer/{customer}").json()
    assert not {"currency", "currencyList"} & set(body)


@pytest.mark.parametrize(
    ("switches", "table", "column"),
    [
        ({"features_off": ["DEPARTMENTS"]}, "department", "l.department FROM transactionline l"),
        ({"features_off": ["LOCATIONS"]}, "location", "l.location FROM transactionline l"),
        ({"features_off": ["CLASSES"]}, "classification", "l.class FROM transactionline l"),
        (
            {"features_off": ["ACCOUNTINGPERIODS"]},
            "accountingperiod",
            "t.postingperiod FROM transaction t",
        ),
    ],
)
def test_feature_that_is_off_takes_table_and_columns(
    simulator: RunningSimulator, switches: dict[str, list[str]], table: str, column: str
) -> None:
    simulator.switches(**switches)

    assert not names(simulator, table)
    assert "Unknown identifier" in refusal(simulator, f"SELECT {column}")


def test_missing_table_leaves_the_columns_that_refer_to_it(simulator: RunningSimulator) -> None:
    simulator.switches(missing_tables=["term"], missing_columns=["customer.fax"])

    assert refusal(simulator, "SELECT id FROM term") == (
        "Search error occurred: Record 'term' was not found."
    )
    assert rows(simulator, "SELECT c.terms FROM customer c WHERE c.id = 0") == []
    assert "Unknown identifier 'fax'" in refusal(simulator, "SELECT c.fax FROM customer c")


def test_suitetax_has_no_tax_codes_and_projects_have_a_table(simulator: RunningSimulator) -> None:
    before = names(simulator, "salestaxitem"), names(simulator, "job")
    simulator.switches(suite_tax=True, projects=True)

    assert before == (True, False)
    assert (names(simulator, "salestaxitem"), names(simulator, "job")) == (False, True)


def test_features_are_told_as_they_are(simulator: RunningSimulator) -> None:
    query = "SELECT id, name, isactive FROM companyfeaturesetup"
    before = {row["id"]: row["isactive"] for row in rows(simulator, query)}
    simulator.switches(
        one_world=False, multi_currency=False, suite_tax=True, features_off=["CLASSES"]
    )

    after = {row["id"]: row["isactive"] for row in rows(simulator, query)}

    changed = {code: after[code] for code in after if after[code] != before[code]}
    assert changed == {
        "SUBSIDIARIES": "F", "INTERCOMPANYAUTOELIMINATION": "F", "MULTICURRENCY": "F",
        "CLASSES": "F", "TAX_OVERHAULING": "T",
    }  # fmt: skip
    assert (before["JOBS"], before["RECEIVABLES"]) == ("F", "T")


@pytest.mark.parametrize(
    ("wording", "column", "table"),
    [
        (
            {"unknown_column_wording": "field", "unknown_table_wording": "search_type"},
            "Search error occurred: Field 'nosuch' was not found.",
            "Invalid search type: term.",
        ),
        (
            {"unknown_column_wording": "field_of_record"},
            (
                "Search error occurred: Field 'nosuch' for record 'customer' was not found."
                " Reason: REMOVED - Field is removed."
            ),
            "Search error occurred: Record 'term' was not found.",
        ),
    ],
)
def test_missing_names_are_refused_in_the_accounts_words(
    simulator: RunningSimulator, wording: dict[str, str], column: str, table: str
) -> None:
    simulator.switches(missing_tables=["term"], **wording)

    assert refusal(simulator, "SELECT c.nosuch FROM customer c") == column
    assert refusal(simulator, "SELECT nosuch FROM customer") == column
    assert refusal(simulator, "SELECT id FROM term") == table


def test_more_than_a_hundred_columns_bring_no_row(simulator: RunningSimulator) -> None:
    hundred = ", ".join(f"id AS c{number}" for number in range(100))
    query = "SELECT {} FROM currency"

    assert len(rows(simulator, query.format(hundred))) == 5
    assert rows(simulator, query.format(f"{hundred}, name")) == []
    simulator.switches(wide_select_empty=False)
    assert len(rows(simulator, query.format(f"{hundred}, name"))) == 5


@pytest.mark.parametrize(
    ("sign", "negative"),
    [
        ("credits", {"CustCred"}),
        ("signed", {"CustCred", "CustPymt", "CustDep"}),
        ("absolute", set()),
    ],
)
def test_sign_of_totals_is_the_accounts(
    simulator: RunningSimulator, books: Books, sign: str, negative: set[str]
) -> None:
    customer = books.customer()
    kinds = {"invoice": "entity", "creditMemo": "entity", "customerPayment": "customer",
             "customerDeposit": "customer"}  # fmt: skip

    def make() -> None:
        for kind, name in kinds.items():
            body = {name: {"id": customer}, "payment": 5}
            if name == "entity":
                line = {"item": {"id": books.item}, "quantity": 1, "rate": 5}
                body = {name: {"id": customer}, "item": {"items": [line]}}
            simulator.act("create", type=kind, body=body)

    make()
    simulator.switches(foreigntotal_sign=sign)
    make()

    query = f"SELECT type, foreigntotal FROM transaction WHERE entity = {customer}"
    found = rows(simulator, query)
    assert len(found) == 8
    assert {row["type"] for row in found if row["foreigntotal"].startswith("-")} == negative


def test_links_tell_when_they_were_made_and_what_they_join(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()
    line = {"item": {"id": books.item}, "quantity": 1, "rate": 50}
    invoice = simulator.act(
        "create", type="invoice", body={"entity": {"id": customer}, "item": {"items": [line]}}
    )["id"]
    payment = simulator.act(
        "create", type="customerPayment", body={"customer": {"id": customer}, "payment": 50}
    )["id"]
    simulator.act("apply", payer=payment, doc=invoice, amount=20)
    query = (
        "SELECT k.previoustype, k.nexttype, TO_CHAR(k.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS')"
        " AS changed FROM {} k WHERE k.nextdoc = " + str(payment)
    )

    before = [rows(simulator, query.format(f"{each}transactionlinelink"))
              for each in ("next", "previous")]  # fmt: skip
    simulator.clock(advance=3600)
    simulator.act("apply", payer=payment, doc=invoice, amount=10)
    (after,) = rows(simulator, query.format("nexttransactionlinelink"))
    simulator.switches(link_dates=False, link_types=False)

    assert before[0] == before[1]
    assert (before[0][0]["previoustype"], before[0][0]["nexttype"]) == ("CustInvc", "CustPymt")
    assert after["changed"] > before[0][0]["changed"]
    for column in ("k.nexttype", "k.lastmodifieddate"):
        assert "Unknown" in refusal(simulator, f"SELECT {column} FROM nexttransactionlinelink k")
    assert names(simulator, "previoustransactionlinelink")


@pytest.mark.parametrize(
    ("form", "types"),
    [
        ("code", ["CustInvc", "CustJob"]),
        ("rest", ["invoice", "customer"]),
        ("text", ["Invoice", "Customer"]),
    ],
)
def test_deletions_write_their_type_as_the_account_does(
    simulator: RunningSimulator, books: Books, form: str, types: list[str]
) -> None:
    customer, unused = books.customer(), books.customer()
    line = {"item": {"id": books.item}, "quantity": 1, "rate": 50}
    invoice = simulator.act(
        "create", type="invoice", body={"entity": {"id": customer}, "item": {"items": [line]}}
    )["id"]
    simulator.act("delete", id=invoice)
    simulator.act("delete", type="customer", id=unused)
    simulator.switches(deletedrecord_type=form)

    query = "SELECT type, recordid FROM deletedrecord WHERE recordid IN ({}, {})"
    found = {row["recordid"]: row["type"] for row in rows(simulator, query.format(invoice, unused))}

    assert [found[str(invoice)], found[str(unused)]] == types
    simulator.switches(deletedrecord_type="number")
    assert all(row["type"].isdigit() for row in rows(simulator, query.format(invoice, unused)))


def test_leads_and_prospects_stand_among_customers(
    simulator: RunningSimulator, books: Books
) -> None:
    customer = books.customer()

    simulator.act("set_stage", id=customer, stage="Lead")

    query = f"SELECT searchstage FROM customer WHERE id = {customer}"
    assert rows(simulator, query) == [{"searchstage": "Lead"}]
    with pytest.raises(ValueError, match="no stage"):
        simulator.act("set_stage", id=customer, stage="Friend")


def test_switches_that_name_nothing_are_refused(simulator: RunningSimulator) -> None:
    for name, value in (
        ("missing_tables", ["terms"]),
        ("missing_columns", ["customer.nosuch"]),
        ("features_off", ["MULTI"]),
        ("missing_tables", "term"),
    ):
        with pytest.raises(ValueError, match=name):
            simulator.switches(**{name: value})
