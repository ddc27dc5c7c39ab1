from __future__ import annotations

from itertools import combinations, product

import pytest

from netsuite_simulator.account import SimulatedAccount
from netsuite_simulator.profiles import (
    IMPOSSIBLE,
    PAIRED,
    PAYMENT_SWITCHES,
    PROFILES,
    TESTED,
    choices_of,
    pairwise,
    payment_accounts,
    profile,
)
from netsuite_simulator.schema import visible_tables
from netsuite_simulator.switches import Switches
from netsuite_simulator.testing import running_simulator


def switches_of(name: str) -> Switches:
    switches = Switches()
    switches.change(profile(name))
    return switches


def test_every_two_choices_meet_in_a_tested_profile() -> None:
    chosen = {
        name: {
            choice: [
                all(getattr(switches_of(name), key) == value for key, value in side.items())
                for side in sides
            ].index(True)
            for choice, sides in PAIRED.items()
        }
        for name in TESTED
    }

    met = {
        (first, row[first], second, row[second])
        for row in chosen.values()
        for first, second in combinations(PAIRED, 2)
    }

    assert len(TESTED) <= 8
    wanted = {
        (first, one, second, other)
        for first, second in combinations(PAIRED, 2)
        for one, other in product((0, 1), repeat=2)
    }
    assert wanted - met == set()


@pytest.mark.parametrize("switch", ["deletedrecord_type", "foreigntotal_sign", "unapply_touches"])
def test_tested_profiles_have_every_choice_of_what_has_several(switch: str) -> None:
    soak = {getattr(switches_of(name), switch) for name in TESTED}

    assert len(soak) >= 3


# Building the demonstration takes a while; the others differ in what a query shows only.
@pytest.mark.parametrize(
    "name",
    [
        "one_world_one_currency",
        "single_company_many_currencies",
        "single_currency_suitetax_leads",
    ],
)
def test_books_of_a_profile_are_one_company_and_currency_where_it_says_so(name: str) -> None:
    with running_simulator("demo", profile=name, certificate="ec") as simulator:
        switches = simulator.switches()
        ledger = simulator.ledger(documents=True)
        lines = simulator.suiteql("SELECT COUNT(*) AS n FROM transactionline").json()["items"]
        with simulator.account.store.read() as con:
            (companies,) = con.execute("SELECT COUNT(*) FROM subsidiary").fetchone()
            (currencies,) = con.execute("SELECT COUNT(*) FROM currency").fetchone()
            (stages,) = con.execute("SELECT COUNT(DISTINCT searchstage) FROM customer").fetchone()

    assert int(lines[0]["n"]) > 3000
    assert (companies > 1, currencies > 1) == (switches["one_world"], switches["multi_currency"])
    used = {row["currency"] for row in ledger["documents"]}
    assert (len(used) > 1) == switches["multi_currency"]
    assert stages == (3 if switches["leads"] else 1)


def test_small_company_has_one_of_each_and_some_thirty_documents() -> None:
    with running_simulator("small") as simulator:
        switches = simulator.switches()
        ledger = simulator.ledger(documents=True)
        hidden = simulator.suiteql("SELECT id FROM currency").status_code
        found = simulator.suiteql("SELECT type, COUNT(*) AS n FROM transaction GROUP BY type")

    assert (switches["one_world"], switches["multi_currency"], hidden) == (False, False, 400)
    counts = {row["type"]: int(row["n"]) for row in found.json()["items"]}
    assert counts == {
        "CustInvc": 18, "CustPymt": 10, "CustCred": 3, "CustDep": 1, "DepAppl": 1,
        "CustRfnd": 1, "Journal": 1,
    }  # fmt: skip
    assert len({row["customer"] for row in ledger["balances"]}) > 5
    assert {row["currency"] for row in ledger["documents"]} == {"USD"}


def test_every_profile_names_switches_tables_and_columns_that_exist() -> None:
    for name in PROFILES:
        account = SimulatedAccount(certificate_kind="ec")
        account.ledger.change_switches(profile(name))
        assert visible_tables(account.switches), name
        account.close()


def test_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="no profile 'largest'"):
        profile("largest")


def test_reset_switches_are_those_of_the_profile() -> None:
    with running_simulator("empty", profile="single_currency_single_company") as simulator:
        simulator.switches(one_world=True, concurrency_limit=1)
        simulator.reset_switches()

        switches = simulator.switches()

    assert (switches["one_world"], switches["concurrency_limit"]) == (False, 5)


# === Pairs of switches === #


def test_payment_accounts_have_every_two_choices_that_can_meet() -> None:
    accounts = payment_accounts()
    for first, second in combinations(PAYMENT_SWITCHES, 2):
        met = [(account[first], account[second]) for account in accounts]
        for one, other in product(choices_of(first), choices_of(second)):
            pair = {first: one, second: other}
            assert ((one, other) in met) == (pair not in IMPOSSIBLE), pair

    # All of them together would be millions.
    assert len(accounts) <= 24
    assert all(set(account) == set(PAYMENT_SWITCHES) for account in accounts)
    for account in accounts:
        Switches().change(account)


def test_fixed_switches_are_the_same_in_all_accounts() -> None:
    accounts = payment_accounts(payment_method_field="neither", one_world=False)

    assert {account["one_world"] for account in accounts} == {False}
    assert {account["payment_method_required"] for account in accounts} == {False}


def test_no_combination_is_left_out_because_it_is_impossible_alone() -> None:
    rows = pairwise({"a": (1, 2), "b": (1, 2), "c": (1, 2)}, [{"a": 1, "b": 1}, {"a": 2, "c": 2}])

    assert {(row["b"], row["c"]) for row in rows} == {(1, 1), (2, 1), (2, 2)}
