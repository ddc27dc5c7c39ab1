"""What a landed customer says."""

from __future__ import annotations

from typing import Any

import pytest

from kolleno_netsuite.client.dto import ShapeError
from kolleno_netsuite.mappers.customer import Customer, read_customer


def customer(row: dict[str, str] | None = None, **parts: Any) -> Customer:
    """Return a company named as `row` says."""
    return read_customer({"row": {"id": "9", "entityid": "C-9", **(row or {})}, **parts})


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"companyname": "Acme"}, "Acme"),
        ({"companyname": "Acme", "firstname": "Jo", "isperson": "F"}, "Acme"),
        ({"altname": "Old Acme"}, "Old Acme"),
        ({"isperson": "T", "firstname": "Jo", "lastname": "Doe", "companyname": "X"}, "Jo Doe"),
        ({"isperson": "T", "companyname": "Only Company"}, "Only Company"),
        ({}, "C-9"),
        ({"companyname": 'A "B" <i>é</i> 🚀\r\n\x00 Ltd'}, 'A "B" <i>é</i> 🚀 Ltd'),
    ],
)
def test_name_is_found_where_netsuite_keeps_it(row: dict[str, str], name: str) -> None:
    assert customer(row).name == name


def test_default_billing_address_is_the_customers_own() -> None:
    addresses = [
        {"addressid": "1", "addr1": "Dock", "defaultshipping": "T"},
        {
            "addressid": "2",
            "addr1": "Head office",
            "defaultbilling": "T",
            "addr2": "F2",
            "addr3": "R3",
        },
    ]

    found = customer(addresses=addresses)

    assert found.main_address is not None
    assert (found.main_address.street, found.main_address.street2) == ("Head office", "F2, R3")
    assert [address.internal_id for address in found.other_addresses] == [1]


def test_first_address_stands_in_without_a_default() -> None:
    found = customer(addresses=[{"addressid": "4", "addr1": "Here"}])

    assert found.main_address is not None
    assert found.main_address.internal_id == 4
    assert not found.other_addresses


def test_customer_without_address_has_none() -> None:
    assert customer().main_address is None


def test_primary_subsidiary_comes_first() -> None:
    subsidiaries = [
        {"subsidiary": "2", "isprimarysub": "F"},
        {"subsidiary": "5", "isprimarysub": "T"},
    ]

    assert customer(subsidiaries=subsidiaries).subsidiaries == (5, 2)


def test_customer_without_id_is_refused() -> None:
    with pytest.raises(ShapeError):
        read_customer({"row": {"entityid": "C-9"}})


@pytest.mark.parametrize(
    ("stage", "is_lead"),
    [("LEAD", True), ("Prospect", True), ("Customer", False), ("", False), ("Other", False)],
)
def test_lead_is_known_by_its_stage(stage: str, is_lead: bool) -> None:
    assert customer({"searchstage": stage}).is_lead is is_lead
