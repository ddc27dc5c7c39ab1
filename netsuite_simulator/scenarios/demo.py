"""The demonstration company: eighteen months of a lantern maker's receivables."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..clock import stored
from ..ledger import Ledger
from ..ledger.acts import Acts
from ..ledger.values import to_decimal
from .demo_bank import build_demo_bank
from .demo_contacts import build_demo_contacts
from .demo_customers import build_demo_customers
from .demo_documents import build_demo_documents
from .demo_fields import build_demo_fields
from .demo_files import build_demo_files
from .demo_removals import build_demo_removals
from .people import Customer, build_customers
from .setup import CURRENCIES, ITEMS, TERMS, Setup

PAID, OVERDUE, CURRENT, PARTIAL = 798, 70, 70, 60
FULL_PAYMENTS, OVERPAYMENTS, UNAPPLIED = 380, 10, 20
APPLIED_CREDITS, OPEN_CREDITS, HALF_USED_CREDITS = 28, 8, 4
LARGEST_GROUP = 7
DAYS = 540

# Document numbers that other systems read as dates or sequences, and one that comes twice.
TRAP_NUMBERS = (
    "INV2021-000123",
    "10-4567",
    "US-21-00045",
    "2024-07-0012",
    "INV24-0012A",
    "SO24-11-0001",
    "1234567890123",
    "A/B 12",
    "inv #7",
    "0000042",
    "TWICE-1",
    "TWICE-1",
)


@dataclass
class Invoice:
    """An invoice to be: for whom, when, and what becomes of it."""

    customer: Customer
    currency: str
    day: date
    terms: str
    fate: str
    number: str | None = None
    id: int = 0
    credited: bool = False

    @property
    def key(self) -> tuple[int, str]:
        """What has to be equal for one payment to settle several."""
        return self.customer.id, self.currency


@dataclass
class Calendar:
    """What happens on which day."""

    entries: list[tuple[date, int, Callable[[], None]]] = field(default_factory=list)

    def add(self, day: date, action: Callable[[], None]) -> None:
        """Plan an action; actions of one day keep their order."""
        self.entries.append((day, len(self.entries), action))


class Demo:
    """Builds the demonstration company in empty books."""

    def __init__(self, ledger: Ledger, setup: Setup, seed: int) -> None:
        self.ledger = ledger
        self.setup = setup
        self.rng = random.Random(seed)  # noqa: S311 repeatable, not secret
        self.today = ledger.clock.today()
        self.days = dict(TERMS)
        self.calendar = Calendar()
        self.customers: list[Customer] = []

    def build(self) -> None:
        """Create customers and 1,500 transactions in order of their dates."""
        with self.ledger.books.session():
            self.customers = build_customers(self.ledger, self.setup, self.rng)
            invoices = self._plan_invoices()
            for invoice in invoices:
                self.calendar.add(invoice.day, lambda item=invoice: self._invoice(item))  # type: ignore[misc]
            self._plan_credits(invoices)
            self._plan_payments(invoices)
            for day, position, action in sorted(self.calendar.entries, key=lambda item: item[:2]):
                with self.ledger.books.stamped(self._moment(day, position)):
                    action()
            last = self.customers[-1].id
            with self.ledger.books.stamped(self._latest()):
                self.ledger.update("customer", last, {"isInactive": True})

    def _moment(self, day: date, position: int) -> str:
        """Return a time of the working day, later for later actions; nobody works just now."""
        noon = datetime.combine(day, time(16), timezone.utc)
        moment = noon + timedelta(seconds=position * 7 % 25000)
        return min(stored(moment), self._latest())

    def _latest(self) -> str:
        # A client may well leave out the last seconds, in which a slow save could still turn up.
        return stored(self.ledger.clock.now() - timedelta(minutes=10))

    # === PLAN === #

    def _plan_invoices(self) -> list[Invoice]:
        fates = (
            ["paid"] * PAID
            + ["overdue"] * OVERDUE
            + ["current"] * CURRENT
            + ["partial overdue"] * (PARTIAL // 2)
            + ["partial current"] * (PARTIAL // 2)
            + ["void", "zero"]
        )
        self.rng.shuffle(fates)
        numbers: list[str | None] = [*TRAP_NUMBERS, *[None] * (len(fates) - len(TRAP_NUMBERS))]
        self.rng.shuffle(numbers)
        return [
            self._plan_invoice(fate, number) for fate, number in zip(fates, numbers, strict=True)
        ]

    def _plan_invoice(self, fate: str, number: str | None) -> Invoice:
        rng = self.rng
        customer = rng.choice(self.customers)
        currency = customer.currency
        if rng.random() < 0.08 and currency != "JPY":
            others = [code for code in ("USD", "EUR", "GBP", "JPY") if code != currency]
            chosen = rng.choice(others)
            currency = chosen if chosen in self.setup.currencies else currency
        terms = rng.choice(("Net 15", "Net 30", "Net 30", "Net 45", "Net 60"))
        length = self.days[terms]
        if "current" in fate:
            age = rng.randrange(length)
        elif "overdue" in fate:
            age = length + 1 + rng.randrange(170)
        else:
            age = rng.randrange(12, DAYS)
        return Invoice(customer, currency, self.today - timedelta(days=age), terms, fate, number)

    def _plan_credits(self, invoices: list[Invoice]) -> None:
        paid = [invoice for invoice in invoices if invoice.fate == "paid"]
        for invoice in self.rng.sample(paid, APPLIED_CREDITS):
            invoice.credited = True
            self.calendar.add(
                invoice.day + timedelta(days=3),
                lambda item=invoice: self._credit(item),  # type: ignore[misc]
            )
        still_open = [invoice for invoice in invoices if invoice.fate == "overdue"]
        for invoice in self.rng.sample(still_open, HALF_USED_CREDITS):
            self.calendar.add(
                invoice.day + timedelta(days=5),
                lambda item=invoice: self._half_credit(item),  # type: ignore[misc]
            )
        for invoice in self.rng.sample(paid, OPEN_CREDITS):
            day = self.today - timedelta(days=self.rng.randrange(1, 120))
            self.calendar.add(
                max(day, invoice.day),
                lambda item=invoice: self._open_credit(item),  # type: ignore[misc]
            )

    def _plan_payments(self, invoices: list[Invoice]) -> None:
        groups = self._grouped([invoice for invoice in invoices if invoice.fate == "paid"])
        over = set(self.rng.sample(range(len(groups)), OVERPAYMENTS))
        for index, group in enumerate(groups):
            latest = max(invoice.day for invoice in group)
            day = min(latest + timedelta(days=4 + self.rng.randrange(45)), self.today)
            self.calendar.add(day, lambda items=group, more=index in over: self._pay(items, more))  # type: ignore[misc]
        for invoice in invoices:
            if invoice.fate.startswith("partial"):
                age = (self.today - invoice.day).days
                day = invoice.day + timedelta(days=self.rng.randrange(age + 1))
                self.calendar.add(day, lambda item=invoice: self._pay_part(item))  # type: ignore[misc]
        for _ in range(UNAPPLIED):
            day = self.today - timedelta(days=self.rng.randrange(60))
            customer = self.rng.choice(self.customers)
            self.calendar.add(day, lambda who=customer: self._pay_ahead(who))  # type: ignore[misc]

    def _grouped(self, invoices: list[Invoice]) -> list[list[Invoice]]:
        """Group paid invoices into exactly the wanted number of payments."""
        groups = [[item] for item in sorted(invoices, key=lambda item: (item.key, item.day))]
        while len(groups) > FULL_PAYMENTS:
            index = self.rng.randrange(len(groups) - 1)
            here, after = groups[index], groups[index + 1]
            if here[0].key == after[0].key and len(here) + len(after) <= LARGEST_GROUP:
                groups[index : index + 2] = [here + after]
        return groups

    # === CARRY OUT === #

    def _price(self, index: int, currency: str) -> str:
        dollars = {code: Decimal(rate) for _n, code, _s, _d, rate in CURRENCIES}[currency]
        places = "1" if currency == "JPY" else "0.01"
        return str((Decimal(ITEMS[index][3]) / dollars).quantize(Decimal(places)))

    def _lines(self, invoice: Invoice) -> list[dict[str, Any]]:
        rng = self.rng
        tax = None
        if rng.random() < 0.6:
            tax = {"US": "CA_8.25%", "GB": "VAT_S-GB 20%", "NL": "VAT_S-NL 21%"}.get(
                invoice.customer.country
            )
        lines = []
        for _ in range(rng.choice((1, 1, 2, 2, 3, 5))):
            index = rng.randrange(len(ITEMS) - 1)
            line: dict[str, Any] = {
                "item": {"id": self.setup.items[index]},
                "quantity": rng.choice((1, 1, 2, 3, 5, 8, "2.5")),
                "rate": self._price(index, invoice.currency),
                "description": ITEMS[index][0].partition(" ")[2],
            }
            if tax:
                line["taxCode"] = {"id": self.setup.taxes[tax]}
            lines.append(line)
        if invoice.fate == "zero":
            lines = [lines[0], {**lines[0], "quantity": f"-{lines[0]['quantity']}"}]
        elif rng.random() < 0.1:
            lines.append({**lines[0], "quantity": "-0.1", "description": "Return of packaging"})
        return lines

    def _invoice(self, invoice: Invoice) -> None:
        body: dict[str, Any] = {
            "entity": {"id": invoice.customer.id},
            "currency": {"id": self.setup.currencies[invoice.currency]},
            "tranDate": invoice.day,
            "terms": {"id": self.setup.terms[invoice.terms]},
            "otherRefNum": f"PO-{self.rng.randrange(10000, 99999)}",
            "item": {"items": self._lines(invoice)},
        }
        if invoice.number:
            body["tranId"] = invoice.number
        invoice.id = self.ledger.create("invoice", body)
        if invoice.fate == "void":
            Acts(self.ledger).perform("void", {"id": invoice.id})

    def _open_amount(self, invoice: Invoice) -> Decimal:
        applications = self.ledger.transactions.applications
        return to_decimal(applications.open(applications.item(invoice.id)).amount)

    def _part(self, invoice: Invoice, share: str) -> Decimal:
        places = Decimal(1) if invoice.currency == "JPY" else Decimal("0.01")
        return (self._open_amount(invoice) * Decimal(share)).quantize(places)

    def _credit(self, invoice: Invoice, share: str = "0.2", extra: str = "1") -> None:
        """Credit a part of an invoice; `extra` above 1 leaves some of the credit open."""
        amount = self._part(invoice, share)
        total = amount * Decimal(extra)
        self._credit_memo(invoice, total, [{"doc": {"id": invoice.id}, "amount": amount}])

    def _half_credit(self, invoice: Invoice) -> None:
        self._credit(invoice, "0.15", "2")

    def _open_credit(self, invoice: Invoice) -> None:
        price = Decimal(self._price(self.rng.randrange(3), invoice.currency))
        self._credit_memo(invoice, price, [])

    def _credit_memo(self, invoice: Invoice, amount: Decimal, apply: list[dict[str, Any]]) -> None:
        self.ledger.create(
            "creditMemo",
            {
                "entity": {"id": invoice.customer.id},
                "currency": {"id": self.setup.currencies[invoice.currency]},
                "tranDate": self.ledger.books.today(),
                "memo": "Goods returned",
                "item": {"items": [{"item": {"id": self.setup.items[0]}, "amount": amount}]},
                "apply": {"items": apply},
            },
        )

    def _payment(self, customer: Customer, currency: str, body: dict[str, Any]) -> None:
        methods = list(self.setup.payment_methods.values())
        filled: dict[str, Any] = {
            "customer": {"id": customer.id},
            "currency": {"id": self.setup.currencies[currency]},
            "tranDate": self.ledger.books.today(),
            "paymentMethod": {"id": self.rng.choice(methods)},
            "checkNumber": str(self.rng.randrange(100000, 999999)),
            "autoApply": False,
            **body,
        }
        if self.rng.random() < 0.4:
            position = self.setup.subsidiaries.index(customer.subsidiary)
            filled["account"] = {"id": self.setup.accounts[("1000", "1010", "1020")[position]]}
            filled["undepFunds"] = False
        self.ledger.create("customerPayment", filled)

    def _pay(self, group: list[Invoice], more: bool) -> None:
        amounts = {invoice.id: self._open_amount(invoice) for invoice in group}
        apply = [{"doc": {"id": key}, "amount": amount} for key, amount in amounts.items()]
        total = sum(amounts.values()) + (100 if more else 0)
        self._payment(
            group[0].customer, group[0].currency, {"payment": total, "apply": {"items": apply}}
        )

    def _pay_part(self, invoice: Invoice) -> None:
        amount = self._part(invoice, self.rng.choice(("0.25", "0.4", "0.5", "0.75")))
        self._payment(
            invoice.customer,
            invoice.currency,
            {
                "payment": amount,
                "apply": {"items": [{"doc": {"id": invoice.id}, "amount": amount}]},
            },
        )

    def _pay_ahead(self, customer: Customer) -> None:
        price = Decimal(self._price(self.rng.randrange(3), customer.currency))
        self._payment(customer, customer.currency, {"payment": price})


def build_demo(ledger: Ledger, setup: Setup, seed: int) -> None:
    """Fill the books with the demonstration company."""
    build_demo_sales(ledger, setup, seed)
    build_demo_documents(ledger, setup, seed)
    build_demo_removals(ledger, setup)
    build_demo_bank(ledger, setup)


def build_demo_sales(ledger: Ledger, setup: Setup, seed: int) -> None:
    """Fill the books with customers and what they were billed and paid."""
    Demo(ledger, setup, seed).build()
    build_demo_files(ledger, seed)
    build_demo_contacts(ledger, setup, seed)
    build_demo_customers(ledger, setup, seed)
    build_demo_fields(ledger, seed)
