"""What a landed contact says."""

from __future__ import annotations

from typing import Any

import pytest

from kolleno_netsuite.client.dto import ShapeError
from kolleno_netsuite.mappers.contact import Contact, read_contact


def contact(*companies: dict[str, str], **row: str) -> Contact:
    payload: dict[str, Any] = {"row": {"id": "7", "entityid": "Ann Lee 7", **row}}
    return read_contact({**payload, "companies": list(companies)})


def test_contact_has_its_names_title_and_phones() -> None:
    ann = contact(
        firstname="Ann", middlename="B.", lastname="Lee", title="AP Manager", mobilephone="2"
    )

    assert (ann.name, ann.first_name, ann.last_name) == ("Ann B. Lee", "Ann", "Lee")
    assert (ann.title, ann.phone, ann.mobile) == ("AP Manager", "2", "2")
    assert (ann.inactive, ann.private) == (False, False)


def test_contact_without_names_is_called_as_netsuite_calls_it() -> None:
    ann = contact()

    assert (ann.name, ann.first_name, ann.last_name) == ("Ann Lee 7", "Ann Lee 7", "")


@pytest.mark.parametrize(
    ("row", "email"),
    [
        ({"email": "a@quay.example", "altemail": "b@quay.example"}, "a@quay.example"),
        ({"altemail": "b@quay.example"}, "b@quay.example"),
        ({"email": " call me "}, "call me"),
        ({}, ""),
    ],
)
def test_email_is_kept_as_text(row: dict[str, str], email: str) -> None:
    assert contact(**row).email == email


def test_own_company_and_relationships_are_one_list() -> None:
    ann = contact(
        {"contact": "7", "company": "12", "role": "2", "role_name": "Purchasing"},
        {"contact": "7", "company": "11"},
        company="11",
        role_name="Primary Contact",
    )

    assert ann.companies == {11: "Primary Contact", 12: "Purchasing"}


def test_contact_of_nobody_has_no_companies() -> None:
    assert contact(isinactive="T", isprivate="T").companies == {}


def test_flag_that_is_none_is_refused() -> None:
    with pytest.raises(ShapeError):
        contact(isinactive="perhaps")
