"""What is asked of NetSuite to prove balances, and how its answers are read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kolleno_netsuite.client.errors import PermissionDenied, TransientError
from kolleno_netsuite.const import TRANSACTION_TYPES
from kolleno_netsuite.mappers.queries.open_amounts import (
    OpenAmount,
    OpenDocument,
    changed_customers,
    read_documents,
    read_open_amounts,
)
from kolleno_netsuite.mappers.queries.shape import Shape
from kolleno_netsuite.mappers.queries.transaction_types import CUSTOM_PREFIXES, TYPE_CODES


class ScriptedRows:
    """Answers queries by a function of their text, and keeps the texts."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def rows(self, query):
        self.asked.append(query.sql())
        return self.answer(query.sql())


def by_side(owed, paying, deposited=(), journals=()):
    def answer(sql):
        if "'Journal'" in sql:
            return list(journals)
        if "'CustDep'" in sql:
            return list(deposited)
        return owed if "foreignamountunpaid" in sql else paying

    return answer


def only_payments(rows):
    return lambda sql: rows(sql) if "'CustPymt'" in sql or "'CustInvc'" in sql else []


def test_every_mirrored_transaction_type_is_compared():
    client = ScriptedRows(lambda sql: [])

    read_open_amounts(client, shape=Shape())

    asked = " ".join(client.asked)
    codes = {each: TYPE_CODES.get(each, (f"{CUSTOM_PREFIXES[0]}%",)) for each in TRANSACTION_TYPES}
    assert all(f"'{code}'" in asked for of_type in codes.values() for code in of_type)


def test_types_that_an_account_does_not_use_are_not_asked_for():
    client = ScriptedRows(lambda sql: [])

    read_open_amounts(client, shape=Shape(), rare=(), customers=[7])

    assert not [sql for sql in client.asked if "CustChrg" in sql or "CuTr" in sql or "job" in sql]


def test_open_amounts_of_a_project_are_those_of_its_customer():
    client = ScriptedRows(lambda sql: [])

    shape = Shape(projects=True)
    read_open_amounts(client, shape=shape, customers=[7])
    list(read_documents(client, 7, shape=shape, currencies=[1], subsidiaries=None))
    changed_customers(client, [7], "2026-03-01 10:00:00", projects=True)

    sums = [sql for sql in client.asked if "GROUP BY" in sql]
    assert all("COALESCE(" in sql.partition("GROUP BY ")[2] for sql in sums)
    theirs = "(SELECT qj.id FROM job qj WHERE COALESCE(qj.customer, qj.parent) IN (7))"
    assert all(theirs in sql for sql in client.asked)


def test_open_invoices_and_unapplied_payments_are_told_apart():
    client = ScriptedRows(
        by_side(
            [
                {"customer": "7", "currency": "1", "subsidiary": "2", "open_amount": "1200.50",
                 "company_open": "1100.25", "documents": "3"},
            ],
            [
                {"customer": "7", "currency": "1", "subsidiary": "2", "open_amount": ".5",
                 "company_open": ".45", "company_amounts": "1", "documents": "1"},
            ],
        )
    )  # fmt: skip

    amounts = read_open_amounts(client, shape=Shape())

    assert amounts == [
        OpenAmount(
            7, 1, 2, Decimal("1200.50"), Decimal("0.5"), Decimal("1100.25"), Decimal("0.45"), 4
        )
    ]


def test_deposits_are_told_apart_and_lines_of_journals_belong_to_either_side():
    key = {"customer": "7", "currency": "1"}
    client = ScriptedRows(
        by_side(
            [{**key, "open_amount": "10", "company_open": "11", "documents": "1"}],
            [{**key, "open_amount": "4", "company_open": "5",
              "company_amounts": "1", "documents": "1"}],
            [{**key, "open_amount": "3", "company_open": "2",
              "company_amounts": "1", "documents": "1"}],
            [{**key, "owed": "30", "company_owed": "33", "unapplied": "6",
              "company_unapplied": "7", "documents": "2"}],
        )
    )  # fmt: skip

    (amount,) = read_open_amounts(client, shape=Shape(one_world=False))

    assert (amount.owed, amount.company_owed) == (40, 44)
    assert (amount.unapplied, amount.company_unapplied) == (10, 12)
    assert (amount.deposits, amount.company_deposits) == (3, 2)
    assert amount.documents == 5


def test_journals_are_not_asked_for_when_they_are_not_mirrored():
    client = ScriptedRows(lambda sql: [])

    read_open_amounts(client, shape=Shape(), journals=False)
    list(
        read_documents(client, 7, shape=Shape(), currencies=[1], subsidiaries=None, journals=False)
    )

    assert not any("'Journal'" in sql for sql in client.asked)


def test_lines_of_journals_are_documents_of_their_own():
    row = {"id": "9", "tranid": "JE9", "date": "2026-03-01"}
    client = ScriptedRows(
        by_side(
            [], [],
            journals=[
                {**row, "line": "0", "foreignamount": "30", "foreignamountunpaid": "20"},
                {**row, "line": "3", "foreignamount": "-5",
                 "foreignpaymentamountunused": "5"},
            ],
        )
    )  # fmt: skip

    found = list(read_documents(client, 7, shape=Shape(), currencies=[1], subsidiaries=None))

    assert [(each.line, each.total, each.open) for each in found] == [(0, 30, 20), (3, 5, -5)]


def test_company_amount_is_unknown_when_netsuite_has_no_accounting_line():
    client = ScriptedRows(
        by_side([{"customer": "7", "currency": "1", "open_amount": "10", "documents": "1"}], [])
    )

    (amount,) = read_open_amounts(client, shape=Shape(one_world=False))

    assert amount.subsidiary == 0
    assert amount.company_owed is None
    assert amount.owed == Decimal(10)


def test_open_instalments_are_added_up_over_all_lines_and_documents_once():
    key = {"customer": "7", "currency": "1", "subsidiary": "2"}

    def answer(sql):
        if "foreignamountunpaid" not in sql:
            return []
        assert "mb.id IS NULL" in sql
        if "SUM(al.amountunpaid)" in sql:
            return [{**key, "company_open": "130"}]
        return [{**key, "open_amount": "120", "documents": "2"}]

    client = ScriptedRows(answer)
    (amount,) = read_open_amounts(client, shape=Shape(instalments=True), journals=False)

    assert (amount.owed, amount.company_owed, amount.documents) == (120, 130, 2)
    # Payers have no instalments, and are asked for once as ever.
    assert len(client.asked) == 4


def test_company_amount_of_a_payment_is_looked_for_on_its_other_lines():
    key = {"customer": "7", "currency": "1"}

    def answer(sql):
        if "IS NULL" in sql:
            return [{**key, "company_open": "30.10"}]
        if "foreignamountunpaid" in sql:
            return []
        return [
            {
                **key,
                "open_amount": "50",
                "company_open": "20.00",
                "company_amounts": "1",
                "documents": "3",
            }
        ]

    (amount,) = read_open_amounts(ScriptedRows(only_payments(answer)), shape=Shape(one_world=False))

    assert (amount.unapplied, amount.company_unapplied) == (Decimal(50), Decimal("50.10"))


def test_account_without_subsidiaries_is_not_asked_for_them():
    client = ScriptedRows(lambda sql: [])

    read_open_amounts(client, shape=Shape(one_world=False))

    assert not any("subsidiary" in sql for sql in client.asked)


def test_account_with_one_currency_is_not_asked_for_it():
    key = {"customer": "7"}
    client = ScriptedRows(
        by_side([{**key, "open_amount": "10", "company_open": "10", "documents": "1"}], [])
    )
    shape = Shape(one_world=False, multi_currency=False)

    (amount,) = read_open_amounts(client, shape=shape)
    documents = ScriptedRows(lambda sql: [])
    list(read_documents(documents, 7, shape=shape, currencies=[1], subsidiaries=None))

    assert not any("currency" in sql for sql in client.asked + documents.asked)
    assert (amount.currency, amount.owed, amount.company_owed) == (1, 10, 10)


def test_amounts_that_only_lines_tell_are_taken_from_the_main_line_or_else_another_one():
    shape = Shape(one_world=False, lacking=frozenset({"transaction.foreignpaymentamountunused"}))
    key = {"customer": "7", "currency": "1"}

    def answer(sql):
        assert "t.foreignpaymentamountunused" not in sql
        if "foreignamountunpaid" in sql:
            return []
        if "NVL(ml." in sql:
            return [{**key, "open_amount": "30"}]
        full = {"company_open": "50", "company_amounts": "2", "documents": "2"}
        return [{**key, "open_amount": "20", **full}]

    (amount,) = read_open_amounts(ScriptedRows(only_payments(answer)), shape=shape)

    assert (amount.unapplied, amount.documents) == (50, 2)


def test_document_with_amounts_on_lines_is_one_with_what_one_of_them_tells():
    shape = Shape(lacking=frozenset({"transaction.foreignpaymentamountunused"}))
    row = {"id": "5", "type": "CustPymt", "tranid": "P1", "date": "2026-03-01",
           "foreigntotal": "-100"}  # fmt: skip
    client = ScriptedRows(
        by_side([], [{**row, "line": "0", "main": "T"},
                     {**row, "line": "1", "main": "F", "open_amount": "40"}])
    )  # fmt: skip

    (document,) = read_documents(client, 7, shape=shape, currencies=[1], subsidiaries=None)

    assert (document.internal_id, document.open) == (5, -40)


def test_aggregate_is_asked_in_halves_when_netsuite_cannot_do_it_at_once():
    def answer(sql):
        document, company = "t.foreignamountunpaid)" in sql, "amountunpaid) AS company" in sql
        if "unused" in sql:
            return []
        if document and company:
            raise TransientError("UNEXPECTED_ERROR", http_status=500)
        key = {"customer": "7", "currency": "1", "subsidiary": "2"}
        if company:
            return [{**key, "company_open": "9"}]
        return [{**key, "open_amount": "10", "documents": "1"}]

    (amount,) = read_open_amounts(ScriptedRows(only_payments(answer)), shape=Shape())

    assert (amount.owed, amount.company_owed, amount.documents) == (Decimal(10), Decimal(9), 1)


def test_refusal_of_the_role_is_not_asked_again():
    def refuse(sql):
        raise PermissionDenied("PERMISSION_DENIED", http_status=403)

    client = ScriptedRows(refuse)

    with pytest.raises(PermissionDenied):
        read_open_amounts(client, shape=Shape())
    assert len(client.asked) == 1


def test_only_the_given_customers_are_asked_for():
    client = ScriptedRows(lambda sql: [])

    read_open_amounts(client, shape=Shape(), customers=[7, 9])

    assert all(".entity IN (7, 9)" in sql for sql in client.asked)


@pytest.mark.parametrize("unused", ["40", "-40"])
def test_open_amount_of_a_payment_is_negative_whatever_the_sign_of_the_account(unused):
    row = {"id": "5", "type": "CustPymt", "tranid": "P1", "date": "2026-03-01",
           "foreigntotal": "-100", "open_amount": unused}  # fmt: skip
    client = ScriptedRows(by_side([], [row]))

    (document,) = read_documents(client, 7, shape=Shape(), currencies=[1], subsidiaries=None)

    assert document == OpenDocument(
        "customerpayment", 5, "P1", dt.date(2026, 3, 1), Decimal(100), Decimal(-40)
    )


def test_change_at_the_end_of_the_last_read_is_not_a_later_change():
    client = ScriptedRows(lambda sql: [{"customer": "7", "documents": "2"}])

    found = changed_customers(client, [7, 9], "2026-03-01 10:00:00")

    assert found == {7}
    assert "> '2026-03-01 10:00:00'" in client.asked[0]
