"""The RESTlet that sets what the record service has no field for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from netsuite_simulator.testing import RunningSimulator
from netsuite_simulator.tests.front.conftest import Books
from netsuite_simulator.tests.front.paying import Paying, line, lines


@pytest.fixture
def paying(simulator: RunningSimulator, books: Books) -> Iterator[Paying]:
    simulator.switches(payment_restlet=True)
    paying = Paying(simulator, books)
    yield paying
    paying.check_books()


def error_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def change(paying: Paying, payment: int, **values: Any) -> Any:
    """Set values of a payment, and return what is stored then."""
    answer = paying.script(type="customerPayment", id=payment, values=values)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["id"] == str(payment)
    return body["applied"]


def test_method_is_set_where_rest_does_not_take_it(paying: Paying) -> None:
    paying.simulator.switches(payment_method_field="neither")
    wire = paying.row("SELECT id FROM paymentmethod WHERE name = 'Wire Transfer'")["id"]
    payment = paying.paid(payment=10, paymentOption={"id": wire}, externalId="K-r1")
    query = f"SELECT paymentmethod, paymentoption FROM transaction WHERE id = {payment}"
    before = paying.row(query)
    applied = change(paying, payment, paymentMethod={"id": wire})
    after = paying.row(query)
    cleared = change(paying, payment, paymentMethod=None)

    assert before == {}
    assert applied == {"paymentMethod": wire}
    assert after == {"paymentmethod": wire, "paymentoption": wire}
    assert cleared == {"paymentMethod": None}
    assert paying.get(payment)["externalId"] == "K-r1"


def test_discount_settles_the_rest_of_an_invoice(paying: Paying) -> None:
    invoice = paying.invoice(100)
    payment = paying.paid(payment=98, apply=lines(line(invoice, 98)))
    applied = change(paying, payment, apply=[{"doc": {"id": invoice}, "disc": 2}])
    again = change(paying, payment, apply=lines({"doc": {"id": invoice}, "disc": 2}))

    shown = {"doc": str(invoice), "line": 0, "apply": True, "amount": 98, "disc": 2}
    assert applied == again == {"apply": [shown]}
    assert paying.open(invoice) == paying.open(payment) == 0
    assert paying.get(payment)["apply"]["items"][0]["amount"] == 98


def test_unapplied_payment_is_applied_with_its_discount(paying: Paying) -> None:
    invoice, payment = paying.invoice(100), paying.paid(payment=120)
    change(paying, payment, apply=[{"doc": invoice, "disc": 5}])
    whole = paying.open(payment)
    lowered = change(paying, payment, apply=[{"doc": invoice, "amount": 50, "disc": 0}])
    gone = change(paying, payment, apply=[{"doc": invoice, "apply": False}])

    assert whole == 25
    assert (lowered["apply"][0]["amount"], lowered["apply"][0]["disc"]) == (50, 0)
    assert gone["apply"] == [
        {"doc": str(invoice), "line": 0, "apply": False, "amount": 0, "disc": 0}
    ]
    assert (paying.open(invoice), paying.open(payment)) == (100, 120)


def test_refusals_are_in_the_words_of_restlets(paying: Paying, books: Books) -> None:
    invoice, payment = paying.invoice(100), paying.paid(payment=50)
    strange = Paying(paying.simulator, books).invoice(100)
    wanted: list[tuple[dict[str, Any], str]] = [
        ({"type": "customerPayment", "id": payment}, "SSS_MISSING_REQD_ARGUMENT"),
        ({"type": "invoice", "id": invoice, "values": {}}, "INVALID_RCRD_TYPE"),
        ({"type": "customerPayment", "id": "x", "values": {}}, "SSS_INVALID_TYPE_ARG"),
        ({"type": "customerPayment", "id": 1, "values": []}, "SSS_INVALID_TYPE_ARG"),
        ({"type": "customerPayment", "id": 99999, "values": {}}, "RCRD_DSNT_EXIST"),
        ({"type": "customerPayment", "id": 10**30, "values": {}}, "RCRD_DSNT_EXIST"),
        ({"type": "customerPayment", "id": invoice, "values": {}}, "RCRD_DSNT_EXIST"),
    ]
    values: list[tuple[dict[str, Any], str]] = [
        ({"memo": "x"}, "SSS_INVALID_FIELD_ID"),
        ({"apply": 5}, "SSS_INVALID_TYPE_ARG"),
        ({"paymentMethod": 99}, "INVALID_CONTENT"),
        ({"apply": [{"doc": strange, "disc": 1}]}, "USER_ERROR"),
        ({"apply": [{"doc": invoice, "disc": -1}]}, "INVALID_CONTENT"),
        ({"apply": [{"doc": invoice, "amount": 50, "disc": 60}]}, "USER_ERROR"),
        ({"apply": [{"doc": invoice, "amount": 60}]}, "USER_ERROR"),
        ({"apply": [{"disc": 1}]}, "USER_ERROR"),
    ]
    for each, code in values:
        wanted.append(({"type": "customerPayment", "id": payment, "values": each}, code))
    for body, code in wanted:
        assert error_of(paying.script(**body)) == (400, code), body
    assert (paying.open(invoice), paying.open(payment)) == (100, 50)


def test_refused_line_undoes_the_whole_call(paying: Paying) -> None:
    invoice, payment = paying.invoice(100), paying.paid(payment=50)
    wire = paying.row("SELECT MAX(id) AS id FROM paymentmethod")["id"]
    values = {"paymentMethod": wire, "apply": [{"doc": invoice}, {"doc": 99999}]}
    answer = paying.script(type="customerPayment", id=payment, values=values)

    assert answer.status_code == 400
    assert "paymentOption" not in paying.get(payment)
    assert paying.open(invoice) == 100


def test_faults_and_rights_meet_the_script_too(paying: Paying) -> None:
    invoice, payment = paying.invoice(100), paying.paid(payment=50)
    body = {"type": "customerPayment", "id": payment, "values": {"apply": [{"doc": invoice}]}}
    simulator = paying.simulator
    simulator.fault("second_writer")
    met = paying.script(**body)
    simulator.fault("right_lost", record="customerPayment", verb="edit", status=403)
    forbidden = paying.script(**body)
    simulator.clear_faults()
    simulator.fault("after_submit_error", text="Our script failed.")
    failed = paying.script(**body)

    assert error_of(met) == (400, "RCRD_HAS_BEEN_CHANGED")
    assert error_of(forbidden) == (403, "INSUFFICIENT_PERMISSION")
    assert error_of(failed) == (400, "USER_ERROR")
    # It was saved all the same.
    assert paying.open(invoice) == 50


def test_script_is_there_where_it_is_deployed(simulator: RunningSimulator, books: Books) -> None:
    paying = Paying(simulator, books)
    payment = paying.paid(payment=5)
    body = {"type": "customerPayment", "id": payment, "values": {}}
    missing = paying.script(**body)
    simulator.switches(document_restlet=True)
    other_only = paying.script(**body)
    simulator.switches(payment_restlet=True)
    there = paying.script(**body)
    read = requests.get(there.url, auth=simulator.tba(), timeout=20)

    assert error_of(missing) == error_of(other_only) == (400, "SSS_INVALID_SCRIPTLET_ID")
    assert there.json() == {"id": str(payment), "applied": {}}
    assert error_of(read) == (405, "METHOD_NOT_ALLOWED")
