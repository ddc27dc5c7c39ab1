"""One served account for the module of a test, in its first state before every test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from netsuite_simulator.testing import RunningSimulator, running_simulator

PAGED_ROWS = 2500
_numbers = count(1)


@pytest.fixture(scope="module")
def served() -> Iterator[RunningSimulator]:
    with running_simulator("empty") as simulator:
        yield simulator


@pytest.fixture
def simulator(served: RunningSimulator) -> RunningSimulator:
    served.clear_faults()
    served._control("DELETE", "switches")
    served.clock(zone="America/Los_Angeles")
    served.clear_requests()
    return served


class Books:
    """Short ways to make records for a test."""

    def __init__(self, simulator: RunningSimulator) -> None:
        self.simulator = simulator

    def customer(self, **values: Any) -> int:
        name = f"Copper Kettle {next(_numbers)} Ltd"
        body = {"companyName": name, "subsidiary": {"id": "1"}, **values}
        return int(self.simulator.act("create", type="customer", body=body)["id"])

    def invoice(self, customer: int, amount: float = 100, **values: Any) -> int:
        line = {"item": {"id": str(self.item)}, "quantity": 1, "rate": amount}
        body = {"entity": {"id": str(customer)}, "item": {"items": [line]}, **values}
        stamp = body.pop("stamp", None)
        extra = {"stamp": stamp} if stamp else {}
        return int(self.simulator.act("create", type="invoice", body=body, **extra)["id"])

    @property
    def item(self) -> int:
        with self.simulator.account.store.read() as connection:
            return int(connection.execute("SELECT min(id) FROM item").fetchone()[0])

    def many_classifications(self, wanted: int = PAGED_ROWS) -> None:
        """Add rows that all have the same time of change."""
        rows = [(10_000 + number, f"Class {number:05d}") for number in range(wanted)]
        with self.simulator.account.store.write() as connection:
            connection.execute("DELETE FROM classification WHERE id >= 10000")
            connection.executemany(
                "INSERT INTO classification (id, name, lastmodifieddate)"
                " VALUES (?, ?, '2026-01-10 12:00:00')",
                rows,
            )


@pytest.fixture
def books(simulator: RunningSimulator) -> Books:
    return Books(simulator)
