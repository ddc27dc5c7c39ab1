from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from netsuite_simulator.clock import Clock
from netsuite_simulator.ledger import Ledger
from netsuite_simulator.scenarios.setup import Setup, build_setup
from netsuite_simulator.store import open_store
from netsuite_simulator.switches import Switches

from .bench import Bench

NOW = datetime(2026, 3, 18, 17, 30, tzinfo=timezone.utc)


def open_bench() -> Bench:
    store = open_store()
    ledger = Ledger(store, Clock(start=NOW, frozen=True), Switches())
    setup: Setup = build_setup(ledger)
    return Bench(ledger, setup)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Empty books with the setup of every account, on 18 March 2026."""
    opened = open_bench()
    yield opened
    opened.ledger.store.close()
