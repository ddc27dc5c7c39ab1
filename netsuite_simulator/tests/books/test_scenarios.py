from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from netsuite_simulator.clock import Clock
from netsuite_simulator.ledger import Ledger
from netsuite_simulator.scenarios import build, demo_removals
from netsuite_simulator.scenarios.demo import TRAP_NUMBERS
from netsuite_simulator.scenarios.demo_customers import (
    INVOICES,
    OPEN_INVOICES,
    OVERDUE_INVOICES,
    PAYMENTS,
)
from netsuite_simulator.scenarios.setup import Setup
from netsuite_simulator.store import open_store
from netsuite_simulator.switches import Switches

from .bench import Bench
from .conftest import NOW


def built(name: str, size: int | None = None, seed: int = 1) -> Bench:
    ledger = Ledger(open_store(), Clock(start=NOW, frozen=True), Switches())
    build(name, ledger, size, seed)
    return Bench(ledger, Setup({}, [], {}, {}, {}, {}, [], NOW.date()))


@pytest.fixture(scope="module")
def demo() -> Iterator[Bench]:
    bench = built("demo")
    yield bench
    bench.ledger.store.close()


def test_demo_balances(demo: Bench) -> None:
    demo.check()


def test_demo_tells_what_was_deleted_and_merged(demo: Bench) -> None:
    deleted = demo.rows("SELECT type, name FROM _deletedrecord ORDER BY deleteddate, type")
    twins = demo.rows(
        'SELECT c.companyname, COUNT(*) FROM _customer c JOIN "transaction" t ON t.entity = c.id'
        " WHERE c.companyname LIKE 'Old Anchor Chandlery%' GROUP BY c.companyname"
    )

    assert [kind for kind, _name in deleted] == ["customer", "invoice"]
    assert twins == [("Old Anchor Chandlery", 2)]


def test_demo_has_the_promised_mix(demo: Bench) -> None:
    counts = dict(demo.rows('SELECT type, COUNT(*) FROM "transaction" GROUP BY type'))
    still_open = demo.rows(
        'SELECT COUNT(*), SUM(duedate < account_today()) FROM "transaction"'
        " WHERE type = 'CustInvc' AND foreignamountunpaid > 0"
    )
    open_credits = demo.rows(
        "SELECT COUNT(*) FROM \"transaction\" WHERE type = 'CustCred' AND status = 'A'"
    )
    unapplied = demo.rows(
        'SELECT COUNT(*) FROM "transaction" WHERE foreignpaymentamountunused > 0'
        " AND type = 'CustPymt'"
    )
    many = demo.rows(
        "SELECT COUNT(*) FROM (SELECT nextdoc FROM nexttransactionlinelink"
        " GROUP BY nextdoc HAVING COUNT(*) > 1)"
    )

    # Its deposits, refunds and journals have tests of their own.
    assert {code: counts[code] for code in ("CustInvc", "CustCred", "CustPymt")} == {
        "CustInvc": 1000 + INVOICES + demo_removals.INVOICES,
        "CustCred": 40,
        # One pays what a journal debited.
        "CustPymt": 460 + PAYMENTS + 1,
    }
    late = demo_removals.INVOICES
    assert still_open == [(200 + OPEN_INVOICES + late, 100 + OVERDUE_INVOICES + late)]
    assert open_credits == [(12,)]
    assert unapplied == [(30,)]
    assert many[0][0] > 100


def test_demo_has_customers_in_three_levels_and_one_odd_currency(demo: Bench) -> None:
    levels = demo.rows(
        "WITH RECURSIVE tree(id, level) AS (SELECT id, 1 FROM customer WHERE parent IS NULL"
        " UNION ALL SELECT c.id, level + 1 FROM customer c JOIN tree ON c.parent = tree.id)"
        " SELECT level, COUNT(*) FROM tree GROUP BY level ORDER BY level"
    )
    odd = demo.rows(
        "SELECT COUNT(*) FROM customer c JOIN customersubsidiaryrelationship r ON r.entity = c.id"
        " JOIN subsidiary s ON s.id = r.subsidiary"
        " WHERE s.currency <> c.currency AND r.isprimarysub = 'T'"
    )

    assert [level for level, _count in levels] == [1, 2, 3]
    assert sum(count for _level, count in levels) >= 120
    assert odd == [(1,)]


def test_demo_has_traps_and_no_reachable_address(demo: Bench) -> None:
    numbers = [row[0] for row in demo.rows('SELECT tranid FROM "transaction"')]
    symbols = demo.rows(
        'SELECT DISTINCT c.symbol FROM "transaction" t JOIN currency c ON c.id = t.currency'
    )
    mails = demo.rows(
        "SELECT email FROM customer WHERE email NOT LIKE '%@example.com'"
        " UNION SELECT email FROM contact WHERE email NOT LIKE '%@example.org'"
    )
    special = demo.rows(
        "SELECT SUM(voided = 'T'), SUM(foreigntotal = 0 AND voided = 'F') FROM \"transaction\""
    )

    assert all(number in numbers for number in TRAP_NUMBERS)
    assert numbers.count("TWICE-1") == 2
    assert {row[0] for row in symbols} == {"USD", "GBP", "EUR", "JPY"}
    assert mails == []
    assert special == [(2, 1)]


def test_demo_has_customers_that_a_mirror_decides_on(demo: Bench) -> None:
    sister = demo.rows("SELECT COUNT(*) FROM customer WHERE representingsubsidiary IS NOT NULL")
    inactive = demo.rows("SELECT COUNT(*) FROM customer WHERE isinactive = 'T'")
    two_houses = demo.rows(
        "SELECT COUNT(*) FROM (SELECT entity FROM customersubsidiaryrelationship"
        " GROUP BY entity HAVING COUNT(*) > 1)"
    )

    assert (sister, inactive, two_houses) == ([(1,)], [(4,)], [(1,)])


def test_demo_has_people_with_roles_several_customers_and_e_mail_fields(demo: Bench) -> None:
    attached = demo.rows(
        "SELECT COUNT(*) FROM (SELECT contact FROM companycontactrelationship"
        " GROUP BY contact HAVING COUNT(*) > 1)"
    )
    flags = demo.rows(
        "SELECT SUM(isinactive = 'T'), SUM(isprivate = 'T'), SUM(email IS NULL) FROM contact"
    )
    fields = demo.rows(
        'SELECT COUNT(custbody15), COUNT(custbody16) FROM "transaction"'
        " UNION ALL SELECT COUNT(custentity_ap_email), 0 FROM customer"
    )

    assert attached == [(6,)]
    assert flags == [(4, 3, 5)]
    assert fields == [(40, 20), (12, 0)]


def test_demo_lies_in_the_past_eighteen_months_but_for_opening_balances(demo: Bench) -> None:
    first, last, modified = demo.rows(
        'SELECT MIN(trandate), MAX(trandate), MAX(lastmodifieddate) FROM "transaction"'
        " WHERE type IN ('CustInvc', 'CustCred')"
    )[0]

    assert first >= "2024-09-01"
    assert last <= "2026-03-18"
    assert modified <= "2026-03-18 17:30:00"


def test_demo_is_the_same_for_a_seed(demo: Bench) -> None:
    again = built("demo")

    documents = again.ledger.documents()
    assert documents == demo.ledger.documents()[: len(documents)]
    again.ledger.store.close()


def test_scale_differs_with_the_seed() -> None:
    first, other = built("scale", 50), built("scale", 50, seed=2)

    assert first.ledger.documents() != other.ledger.documents()
    for bench in (first, other):
        bench.ledger.store.close()


@pytest.mark.parametrize("size", [1, 7, 995, 3000])
def test_scale_has_the_wanted_size_and_balances(size: int) -> None:
    bench = built("scale", size)

    assert bench.rows('SELECT COUNT(*) FROM "transaction"') == [(size,)]
    bench.check()
    bench.ledger.store.close()


def test_scale_goes_on_as_ordinary_books() -> None:
    bench = built("scale", 100)
    ledger = bench.ledger
    payment = bench.rows("SELECT MIN(nextdoc) FROM nexttransactionlinelink")[0][0]
    invoice = bench.rows(
        "SELECT MIN(previousdoc) FROM nexttransactionlinelink WHERE nextdoc = ?", payment
    )[0][0]

    bench.act("unapply", {"payer": payment, "doc": invoice})
    bench.act("void", {"id": invoice})

    bench.check()
    ledger.store.close()


def test_creating_an_invoice_takes_few_milliseconds(demo: Bench) -> None:
    body = {
        "entity": {"id": demo.rows("SELECT MIN(id) FROM customer")[0][0]},
        "item": {"items": [{"item": {"id": demo.ledger.ids("item")[0]}, "amount": 5}]},
    }
    times = []
    for _ in range(50):
        start = time.perf_counter()
        demo.ledger.create("invoice", body)
        times.append(time.perf_counter() - start)

    assert sorted(times)[len(times) // 2] < 0.003


def test_unknown_scenario_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        built("nothing")


def test_demo_has_values_in_custom_fields_of_every_kind(demo: Bench) -> None:
    filled = demo.rows(
        "SELECT COUNT(custbody_stage) > 100, COUNT(custbody_promise_date) > 100,"
        " COUNT(custbody_carrier) > 100, COUNT(custbody_tags) > 100,"
        " COUNT(CASE WHEN custbody_dispute = 'T' THEN 1 END) > 10"
        ' FROM "transaction"'
    )
    customers = demo.rows("SELECT COUNT(custentity_carrier) > 5, COUNT(*) FROM customer")

    assert filled == [(1, 1, 1, 1, 1)]
    assert customers[0][0] == 1
