"""The pages to which links of other programs lead."""

from __future__ import annotations

import requests

from netsuite_simulator.testing import running_simulator


def test_link_to_a_customer_shows_its_page_with_the_name_escaped() -> None:
    with running_simulator() as simulator:
        customer = simulator.act(
            "create",
            type="customer",
            body={"companyName": "<b>Bolts</b>", "subsidiary": {"id": 1}, "currency": {"id": 1}},
        )["id"]

        page = requests.get(
            f"{simulator.base_url}/app/common/entity/custjob.nl?id={customer}", timeout=10
        )

    assert page.status_code == 200
    assert "&lt;b&gt;Bolts&lt;/b&gt;" in page.text
    assert "<b>Bolts" not in page.text


def test_link_to_a_record_that_is_gone_is_not_found() -> None:
    with running_simulator() as simulator:
        page = requests.get(
            f"{simulator.base_url}/app/accounting/transactions/custinvc.nl?id=99", timeout=10
        )

    assert page.status_code == 404
