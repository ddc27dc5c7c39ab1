"""Customers: their subsidiaries, and what marks a company of the own group."""

from __future__ import annotations

import pytest

from netsuite_simulator.errors import BookError
from netsuite_simulator.schema import visible_tables
from netsuite_simulator.switches import Switches

from .bench import Bench


def test_primary_subsidiary_moves_to_one_that_the_customer_deals_with(bench: Bench) -> None:
    first, second = bench.setup.subsidiaries[:2]
    customer = bench.customer()
    bench.ledger.create(
        "customerSubsidiaryRelationship",
        {"entity": {"id": customer}, "subsidiary": {"id": second}},
    )

    bench.ledger.update("customer", customer, {"subsidiary": {"id": second}})

    primary = bench.rows(
        "SELECT subsidiary, isprimarysub FROM _customersubsidiaryrelationship WHERE entity = ?"
        " ORDER BY subsidiary",
        customer,
    )
    assert primary == [(first, "F"), (second, "T")]


def test_primary_subsidiary_cannot_be_one_that_the_customer_does_not_deal_with(
    bench: Bench,
) -> None:
    customer = bench.customer()

    with pytest.raises(BookError):
        bench.ledger.update("customer", customer, {"subsidiary": {"id": 3}})


def test_customer_that_represents_a_subsidiary_says_which(bench: Bench) -> None:
    subsidiary = bench.setup.subsidiaries[1]

    customer = bench.customer(representingSubsidiary={"id": subsidiary})

    assert bench.row("_customer", customer)["representingsubsidiary"] == subsidiary


def test_invoice_between_subsidiaries_names_its_counterpart(bench: Bench) -> None:
    customer = bench.customer()
    first = bench.invoice(customer, 10)

    second = bench.invoice(customer, 10, intercoTransaction={"id": first}, intercoStatus="2")

    row = bench.row("transaction", second)
    assert (row["intercotransaction"], row["intercostatus"]) == (first, "2")


def test_account_without_subsidiaries_has_no_intercompany_columns() -> None:
    tables = visible_tables(Switches(one_world=False))

    assert "representingsubsidiary" not in tables["customer"]
    assert not {"intercotransaction", "intercostatus"} & set(tables["transaction"])
