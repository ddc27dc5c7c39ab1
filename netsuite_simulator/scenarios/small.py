"""A small company: one company, one currency, ten customers and some thirty documents."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..clock import stored
from ..ledger import Ledger
from .setup import Setup

# What such an account has switched off.
SWITCHES: dict[str, Any] = {
    "one_world": False,
    "multi_currency": False,
    "features_off": ["DEPARTMENTS", "CLASSES", "LOCATIONS"],
}
CUSTOMERS = (
    "Alder Street Bakery", "Brightwater Cafe", "Copper Kettle Catering", "Dockside Deli",
    "Elm Park School", "Fern Hill Care Home", "Greenway Grocers", "Hazel & Finch",
    "Ivy Court Hotel", "Juniper Kitchen",
)  # fmt: skip
# Ages in days of the invoices, and what became of each; customers take turns.
INVOICES = (
    (160, "paid"), (150, "paid"), (141, "paid"), (133, "credited"), (120, "paid"),
    (110, "open"), (98, "paid"), (90, "part"), (75, "paid"), (66, "open"), (58, "part"),
    (44, "credited"), (37, "paid"), (29, "open"), (21, "deposit"), (14, "open"), (8, "open"),
    (2, "open"),
)  # fmt: skip


class Small:
    """Builds the small company in empty books."""

    def __init__(self, ledger: Ledger, setup: Setup, seed: int) -> None:
        self.ledger = ledger
        self.setup = setup
        self.rng = random.Random(f"{seed}-small")  # noqa: S311 repeatable, not secret

    def build(self) -> None:
        """Create the customers, and their documents in order of their dates."""
        with self.ledger.books.session():
            customers = [self._customer(*each) for each in enumerate(CUSTOMERS, 1)]
            for place, (age, fate) in enumerate(INVOICES):
                self._sale(customers[place % len(customers)], age, fate)
            self._ahead(customers[-1])
            self._refunded(customers[3])
            self._opening(customers[5])

    @contextmanager
    def _ago(self, age: int) -> Iterator[str]:
        """Do something on a day some days ago, and yield that day."""
        day = self.ledger.clock.today() - timedelta(days=max(age, 0))
        evening = datetime.combine(day, time(20), timezone.utc)
        latest = self.ledger.clock.now() - timedelta(minutes=10)
        with self.ledger.books.stamped(min(stored(evening), stored(latest))):
            yield day.isoformat()

    def _customer(self, number: int, name: str) -> int:
        with self._ago(400 - number):
            return self.ledger.create(
                "customer",
                {
                    "entityId": f"S{100 + number}",
                    "companyName": name,
                    "email": f"accounts.s{100 + number}@example.com",
                    "terms": {"id": self.setup.terms["Net 30"]},
                },
            )

    def _sale(self, customer: int, age: int, fate: str) -> None:
        price = Decimal(self.rng.randrange(4000, 90000)) / 100
        line = {"item": {"id": self.setup.items[0]}, "quantity": 1, "rate": price}
        with self._ago(age) as day:
            invoice = self._create("invoice", customer, day, item={"items": [line]})
        if fate == "deposit":
            self._use_deposit(customer, invoice, age, price)
        elif fate == "credited":
            credited = {**line, "rate": (price / 4).quantize(Decimal("0.01"))}
            with self._ago(age - 5) as day:
                self._create(
                    "creditMemo", customer, day, item={"items": [credited]}, **_to(invoice)
                )
        elif fate != "open":
            paid = price if fate == "paid" else (price / 3).quantize(Decimal("0.01"))
            with self._ago(age - 7) as day:
                self._create("customerPayment", customer, day, payment=paid, **_to(invoice, paid))

    def _use_deposit(self, customer: int, invoice: int, age: int, price: Decimal) -> None:
        amount = (price / 2).quantize(Decimal("0.01"))
        with self._ago(age + 4) as day:
            deposit = self._create("customerDeposit", customer, day, payment=amount)
        with self._ago(age - 1) as day:
            body = {"tranDate": day, **_to(invoice, amount)}
            self.ledger.transform("customerDeposit", deposit, "depositApplication", body)

    def _ahead(self, customer: int) -> None:
        """Take money that pays nothing yet."""
        with self._ago(12) as day:
            self._create("customerPayment", customer, day, payment=Decimal("120.00"))

    def _refunded(self, customer: int) -> None:
        """Give a credit, and pay it back."""
        line = {"item": {"id": self.setup.items[0]}, "quantity": 1, "rate": Decimal("45.50")}
        with self._ago(40) as day:
            memo = self._create("creditMemo", customer, day, item={"items": [line]})
        with self._ago(33) as day:
            account = {"id": self.setup.accounts["1000"]}
            self._create(
                "customerRefund", customer, day, account=account, **_to(memo, Decimal("45.50"))
            )

    def _opening(self, customer: int) -> None:
        """Take a balance over from an older system."""
        amount = Decimal("310.00")
        lines = [
            {
                "account": {"id": self.setup.accounts["1100"]},
                "debit": amount,
                "entity": {"id": customer},
            },
            {"account": {"id": self.setup.accounts["3200"]}, "credit": amount},
        ]
        with self._ago(300) as day:
            body = {"tranDate": day, "memo": "Opening balance", "line": {"items": lines}}
            self.ledger.create("journalEntry", body)

    def _create(self, record_type: str, customer: int, day: str, **body: Any) -> int:
        named = "entity" if record_type in ("invoice", "creditMemo") else "customer"
        if record_type == "customerPayment":
            body.setdefault("autoApply", False)
        return self.ledger.create(record_type, {named: {"id": customer}, "tranDate": day, **body})


def _to(document: int, amount: Decimal | None = None) -> dict[str, Any]:
    """Return the sublist that applies to a document, all that is possible without an amount."""
    line: dict[str, Any] = {"doc": {"id": document}, "apply": True}
    if amount is not None:
        line["amount"] = amount
    return {"apply": {"items": [line]}}


def build_small(ledger: Ledger, setup: Setup, seed: int) -> None:
    """Fill the books with the small company."""
    Small(ledger, setup, seed).build()
