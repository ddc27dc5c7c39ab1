"""Many tests begin with the same books: each gets a copy of the account, at the same address."""

from __future__ import annotations

import contextlib

from netsuite_simulator.testing import RunningSimulator, running_simulator

CUSTOMER = {"companyName": "Harbour Supplies", "subsidiary": {"id": 1}, "currency": {"id": 1}}
NAMES = "SELECT companyname FROM customer ORDER BY id"


def names(simulator: RunningSimulator) -> list[str]:
    items = simulator.suiteql(NAMES).json()["items"]
    return [item["companyname"] for item in items]


def test_copy_has_books_clock_switches_and_tokens_of_the_account() -> None:
    with running_simulator() as simulator:
        customer = simulator.act("create", type="customer", body=CUSTOMER)["id"]
        simulator.clock(advance=7200, zone="Europe/London", freeze=True)
        simulator.switches(unapply_touches="payer")
        token = simulator.m2m_token()
        clock, ready, address = simulator.clock(), simulator.ready, simulator.base_url

        with simulator.copied():
            path = f"/record/v1/customer/{customer}"
            bearer = simulator.call(
                "GET", path, auth=None, headers={"Authorization": f"Bearer {token}"}
            )

            assert bearer.json()["companyName"] == "Harbour Supplies"
            assert simulator.clock() == clock
            assert simulator.switches()["unapply_touches"] == "payer"
            assert (simulator.ready, simulator.base_url) == (ready, address)


def test_copy_is_of_the_same_profile() -> None:
    with running_simulator(profile="single_currency_single_company") as simulator:
        switches = simulator.switches()
        with simulator.copied():
            simulator.switches(unapply_touches="payer", one_world=not switches["one_world"])
            simulator.reset_switches()

            assert simulator.switches() == switches


def test_what_happens_to_a_copy_does_not_happen_to_the_account() -> None:
    with running_simulator() as simulator:
        simulator.act("create", type="customer", body=CUSTOMER)
        clock = simulator.clock(freeze=True)
        for _copy in range(2):
            with simulator.copied():
                assert names(simulator) == ["Harbour Supplies"]
                assert len(simulator.requests()) == 1
                simulator.act("create", type="customer", body=CUSTOMER | {"companyName": "Other"})
                simulator.clock(advance=7200)
                simulator.switches(one_world=False)
                simulator.fault("503", times=None)
                simulator.account.credentials.tba_revoked = True

        assert names(simulator) == ["Harbour Supplies"]
        assert simulator.clock() == clock
        assert simulator.switches()["one_world"]


def test_copy_gives_no_id_twice() -> None:
    with running_simulator() as simulator:
        first = int(simulator.act("create", type="customer", body=CUSTOMER)["id"])
        with simulator.copied():
            other = CUSTOMER | {"companyName": "Other"}
            assert int(simulator.act("create", type="customer", body=other)["id"]) > first


def test_account_answers_again_after_an_error() -> None:
    with running_simulator() as simulator:
        with contextlib.suppress(RuntimeError), simulator.copied():
            simulator.fault("503", times=None)
            raise RuntimeError

        assert names(simulator) == []
