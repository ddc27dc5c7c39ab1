"""What the demonstration company entered twice: a customer that was merged, an invoice deleted."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

from ..clock import stored
from ..ledger import Ledger
from .setup import Setup

# Documents that it leaves in the books of the demonstration company, all open and overdue.
INVOICES = 1
_TWIN_OF = "Old Anchor Chandlery"
# Ages in days of what is entered, and of what is put right afterwards.
_ENTERED, _PUT_RIGHT = 70, 12


class DemoRemovals:
    """Enters a customer and an invoice a second time, and puts both right."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self.ledger = ledger
        self.setup = setup

    def build(self) -> None:
        """Merge a customer with an open invoice into its twin, and delete a doubled invoice."""
        books = self.ledger.books
        with books.session():
            twin = books.scalar("SELECT id FROM _customer WHERE companyname = ?", _TWIN_OF)
            with books.stamped(self._moment(_ENTERED)):
                again = self.ledger.create(
                    "customer",
                    {
                        "entityId": "C9099",
                        "companyName": f"{_TWIN_OF} (entered twice)",
                        "subsidiary": {"id": self.setup.subsidiaries[0]},
                    },
                )
                self._invoice(again, 480)
                doubled = self._invoice(again, 480)
            with books.stamped(self._moment(_PUT_RIGHT)):
                self.ledger.delete("invoice", doubled)
                self.ledger.customers.merge(again, int(twin))

    def _invoice(self, customer: int, amount: int) -> int:
        item = {"item": {"id": self.setup.items[0]}, "quantity": 1, "rate": amount}
        day = self.ledger.clock.today() - timedelta(days=_ENTERED)
        return self.ledger.create(
            "invoice",
            {"entity": {"id": customer}, "tranDate": str(day), "item": {"items": [item]}},
        )

    def _moment(self, age: int) -> str:
        day = self.ledger.clock.today() - timedelta(days=age)
        return stored(datetime.combine(day, time(15), timezone.utc))


def build_demo_removals(ledger: Ledger, setup: Setup) -> None:
    """Add what was merged and deleted to the demonstration company."""
    DemoRemovals(ledger, setup).build()
