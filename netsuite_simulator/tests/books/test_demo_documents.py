from __future__ import annotations

from collections.abc import Iterator

import pytest

from netsuite_simulator.clock import Clock
from netsuite_simulator.ledger import Ledger
from netsuite_simulator.scenarios.demo import build_demo_sales
from netsuite_simulator.scenarios.demo_documents import build_demo_documents
from netsuite_simulator.scenarios.setup import build_setup
from netsuite_simulator.store import open_store
from netsuite_simulator.switches import Switches

from .bench import Bench
from .conftest import NOW

COUNTS = 'SELECT type, COUNT(*) FROM "transaction" GROUP BY type'
OPEN_ITEMS = (
    'SELECT type, COUNT(*) FROM "transaction" WHERE COALESCE(foreignamountunpaid,'
    " foreignpaymentamountunused) > 0 AND type IN ('CustInvc', 'CustCred') GROUP BY type"
)


def built() -> tuple[Bench, dict[str, int], dict[str, int]]:
    """Return a demonstration company, and counts from before its further documents came."""
    ledger = Ledger(open_store(), Clock(start=NOW, frozen=True), Switches())
    setup = build_setup(ledger)
    build_demo_sales(ledger, setup, 1)
    bench = Bench(ledger, setup)
    counts, still_open = dict(bench.rows(COUNTS)), dict(bench.rows(OPEN_ITEMS))
    build_demo_documents(ledger, setup, 1)
    return bench, counts, still_open


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[Bench, dict[str, int], dict[str, int]]]:
    found = built()
    yield found
    found[0].ledger.store.close()


def test_further_documents_leave_the_books_in_balance(
    demo: tuple[Bench, dict[str, int], dict[str, int]],
) -> None:
    demo[0].check()


def test_demo_gets_the_promised_documents(
    demo: tuple[Bench, dict[str, int], dict[str, int]],
) -> None:
    bench, before, still_open = demo
    after = dict(bench.rows(COUNTS))
    added = {kind: count - before.get(kind, 0) for kind, count in after.items()}

    assert {kind: count for kind, count in added.items() if count} == {
        "CustDep": 12,
        "DepAppl": 8,
        "CustRfnd": 6,
        "Journal": 20,
        "CustPymt": 1,
    }
    assert dict(bench.rows(OPEN_ITEMS)) == still_open


def test_demo_shows_each_kind_of_deposit_refund_and_journal(
    demo: tuple[Bench, dict[str, int], dict[str, int]],
) -> None:
    bench = demo[0]
    deposits = dict(
        bench.rows("SELECT status, COUNT(*) FROM \"transaction\" WHERE type = 'CustDep' GROUP BY 1")
    )
    currencies = bench.rows(
        "SELECT COUNT(DISTINCT currency) FROM \"transaction\" WHERE type = 'CustRfnd'"
    )
    journals = dict(
        bench.rows("SELECT status, COUNT(*) FROM \"transaction\" WHERE type = 'Journal' GROUP BY 1")
    )
    kinds = dict(
        bench.rows(
            "SELECT recordtype, COUNT(*) FROM \"transaction\" WHERE type = 'Journal' GROUP BY 1"
        )
    )
    applied = bench.rows(
        "SELECT COUNT(*) FROM nexttransactionlinelink l"
        " JOIN \"transaction\" j ON j.id = l.nextdoc AND j.type = 'Journal'"
    )
    reversals = bench.rows("SELECT COUNT(*) FROM \"transaction\" WHERE isreversal = 'T'")

    assert deposits["C"] >= 5
    assert sum(deposits.values()) - deposits["C"] >= 4
    assert currencies[0][0] >= 2
    assert (journals["A"], journals["V"]) == (1, 1)
    assert kinds == {"journalentry": 18, "advintercompanyjournalentry": 2}
    assert applied == [(6,)]
    assert reversals == [(1,)]


def test_same_seed_makes_the_same_documents(
    demo: tuple[Bench, dict[str, int], dict[str, int]],
) -> None:
    other = built()[0]
    query = (
        "SELECT id, type, tranid, trandate, entity, currency, foreigntotal, lastmodifieddate"
        ' FROM "transaction" ORDER BY id'
    )

    assert other.rows(query) == demo[0].rows(query)
    other.ledger.store.close()
