"""Customers that a mirror leaves out or has to decide on: own companies, inactive ones, heads."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta, timezone
from typing import Any

from ..clock import stored
from ..ledger import Ledger
from .setup import Setup

# Documents that it adds to the demonstration company.
INVOICES, OPEN_INVOICES, OVERDUE_INVOICES, PAYMENTS = 7, 6, 5, 1
# Ages in days of what the companies of the own group owe each other.
_SISTER_AGES = (75, 40)


class DemoCustomers:
    """Adds to a demonstration company that is built already; its documents stay as they are."""

    def __init__(self, ledger: Ledger, setup: Setup, seed: int) -> None:
        self.ledger = ledger
        self.setup = setup
        self.rng = random.Random(f"{seed}-customers")  # noqa: S311 repeatable, not secret
        self.number = 9001

    def build(self) -> None:
        """Create the customers with their documents, and make some of them inactive."""
        with self.ledger.books.session():
            inactive = [self._settled(), self._dormant(), self._head_of_a_group()]
            if self.setup.one_world:
                self._sister_company()
                self._two_houses()
            with self.ledger.books.stamped(self._moment(0)):
                for customer in inactive:
                    self.ledger.update("customer", customer, {"isInactive": True})

    def _settled(self) -> int:
        """Return a customer whose only invoice is paid."""
        customer = self._customer("Closed Quay Trading LLC")
        invoice, amount = self._invoice(customer, 60)
        with self.ledger.books.stamped(self._moment(30)):
            self.ledger.create(
                "customerPayment",
                {
                    "customer": {"id": customer},
                    "payment": amount,
                    "tranDate": self._day(30),
                    "autoApply": False,
                    "apply": {"items": [{"doc": {"id": invoice}, "apply": True, "amount": amount}]},
                },
            )
        return customer

    def _dormant(self) -> int:
        """Return a customer who still owes something."""
        customer = self._customer("Dormant Dry Dock Inc.")
        self._invoice(customer, 90)
        return customer

    def _head_of_a_group(self) -> int:
        """Return a parent without documents of its own, whose branch still buys."""
        head = self._customer("Old Anchor Holding Corp.")
        branch = self._customer("Old Anchor Chandlery", parent={"id": head})
        self._invoice(branch, 20)
        return head

    def _sister_company(self) -> None:
        """Create the customer that stands for another subsidiary of the own group."""
        sister = self.setup.subsidiaries[1]
        customer = self._customer(
            "Northwind Lantern UK (intercompany)", representingSubsidiary={"id": sister}
        )
        for age in _SISTER_AGES:
            self._invoice(customer, age, intercoStatus="1")

    def _two_houses(self) -> None:
        """Create a customer of one subsidiary who buys from another one as well."""
        main, second = self.setup.subsidiaries[0], self.setup.subsidiaries[2]
        customer = self._customer("Two Harbours Shipping B.V.", subsidiary=second)
        with self.ledger.books.stamped(self._moment(300)):
            self.ledger.create(
                "customerSubsidiaryRelationship",
                {"entity": {"id": customer}, "subsidiary": {"id": main}},
            )
        self._invoice(customer, 15, subsidiary={"id": main})
        self._invoice(customer, 0, subsidiary={"id": second})

    def _customer(self, name: str, subsidiary: int | None = None, **body: Any) -> int:
        number, self.number = self.number, self.number + 1
        with self.ledger.books.stamped(self._moment(400)):
            return self.ledger.create(
                "customer",
                {
                    "entityId": f"C{number}",
                    "companyName": name,
                    "subsidiary": {"id": subsidiary or self.setup.subsidiaries[0]},
                    "email": f"accounts.c{number}@example.com",
                    **body,
                },
            )

    def _invoice(self, customer: int, age: int, **body: Any) -> tuple[int, int]:
        """Return the id and the total of an invoice that is some days old."""
        amount = self.rng.randrange(100, 900)
        item = {"item": {"id": self.setup.items[0]}, "quantity": 1, "rate": amount}
        with self.ledger.books.stamped(self._moment(age)):
            invoice = self.ledger.create(
                "invoice",
                {
                    "entity": {"id": customer},
                    "tranDate": self._day(age),
                    "item": {"items": [item]},
                    **body,
                },
            )
        return invoice, amount

    def _day(self, age: int) -> str:
        return str(self.ledger.clock.today() - timedelta(days=age))

    def _moment(self, age: int) -> str:
        """Return a time of a day some days ago; nobody works just now."""
        day = self.ledger.clock.today() - timedelta(days=age)
        noon = datetime.combine(day, time(15), timezone.utc)
        latest = self.ledger.clock.now() - timedelta(minutes=10)
        return min(stored(noon), stored(latest))


def build_demo_customers(ledger: Ledger, setup: Setup, seed: int) -> None:
    """Add the customers to the demonstration company."""
    DemoCustomers(ledger, setup, seed).build()
