from typing import Any

from kolleno_netsuite.mappers.customer import read_customer
from kolleno_netsuite.mappers.intercompany import customer_signals, transaction_signals


def customer(subsidiaries: tuple[int, ...] = (), **row: str) -> Any:
    entries = [
        {"id": str(number), "subsidiary": str(subsidiary), "isprimarysub": "F"}
        for number, subsidiary in enumerate(subsidiaries)
    ]
    return read_customer({"row": {"id": "7", "entityid": "C7", **row}, "subsidiaries": entries})


def test_outside_party_has_no_signal() -> None:
    assert customer_signals(customer((1, 2)), {9}) == {}


def test_customer_that_represents_a_subsidiary_is_signalled() -> None:
    assert customer_signals(customer(representingsubsidiary="2"), ()) == {"represents": True}


def test_customer_of_an_elimination_subsidiary_is_signalled() -> None:
    assert customer_signals(customer((1, 9)), {9}) == {"eliminated": True}


def test_transaction_is_signalled_by_its_counterpart_or_its_status() -> None:
    assert transaction_signals({"row": {"intercotransaction": "8"}}) == {"paired": True}
    assert transaction_signals({"row": {"intercostatus": "1"}}) == {"paired": True}
    assert transaction_signals({"row": {}}) == {}
