"""The demonstration company's deposits, refunds and journals.

They use what is open in its books, and leave something open of every invoice, credit memo and
payment, so that the counts of the demonstration stay as they are.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..clock import stored
from ..ledger import Ledger
from ..ledger.acts import Acts
from .setup import Setup

USED_WHOLLY, USED_PARTLY, UNUSED = 4, 4, 4
REFUNDED_CREDITS, REFUNDED_PAYMENTS = 2, 2
WRITE_OFFS, RECLASSIFICATIONS, INTERCOMPANY = 5, 3, 2
BANKS = ("1000", "1010", "1020")

_OPEN = """
SELECT t.id, t.entity, t.currency, t.subsidiary, t.trandate,
    COALESCE(t.foreignamountunpaid, t.foreignpaymentamountunused)
FROM "transaction" t JOIN _customer c ON c.id = t.entity AND c.isinactive = 'F'
WHERE t.type = ? AND COALESCE(t.foreignamountunpaid, t.foreignpaymentamountunused) > ?
ORDER BY t.id
"""
_CUSTOMERS = """
SELECT c.id, r.subsidiary, c.currency FROM _customer c
JOIN _customersubsidiaryrelationship r ON r.entity = c.id AND r.isprimarysub = 'T'
WHERE c.isinactive = 'F' ORDER BY c.id
"""


@dataclass(frozen=True)
class Party:
    """A customer with one of its subsidiaries and a currency."""

    customer: int
    subsidiary: int
    currency: int


@dataclass(frozen=True)
class OpenDocument:
    """A document of which something is open, an amount of its currency."""

    id: int
    party: Party
    day: date
    left: Decimal


class DemoDocuments:
    """Adds the further documents of receivables to the demonstration company."""

    def __init__(self, ledger: Ledger, setup: Setup, seed: int) -> None:
        self.ledger = ledger
        self.acts = Acts(ledger)
        self.setup = setup
        self.rng = random.Random(f"{seed}-documents")  # noqa: S311 repeatable, not secret
        self.today = ledger.clock.today()
        self.plan: list[tuple[date, int, Callable[[], object]]] = []
        self.parties: list[Party] = []

    def build(self) -> None:
        """Create all documents in order of their dates."""
        with self.ledger.books.session() as con:
            self.parties = [Party(*row) for row in con.execute(_CUSTOMERS)]
            invoices = self._varied(self._open("CustInvc"), USED_WHOLLY + USED_PARTLY + WRITE_OFFS)
            self._plan_deposits(invoices[: USED_WHOLLY + USED_PARTLY])
            self._plan_refunds()
            self._plan_write_offs(invoices[USED_WHOLLY + USED_PARTLY :])
            self._plan_openings()
            self._plan_reclassifications()
            self._plan_approvals()
            self._plan_other_journals()
            for day, position, action in sorted(self.plan, key=lambda item: item[:2]):
                with self.ledger.books.stamped(self._moment(day, position)):
                    action()

    def _moment(self, day: date, position: int) -> str:
        evening = datetime.combine(day, time(22), timezone.utc) + timedelta(seconds=position)
        latest = self.ledger.clock.now() - timedelta(minutes=10)
        return min(stored(evening), stored(latest))

    def _on(self, day: date, action: Callable[[], object]) -> None:
        self.plan.append((min(day, self.today), len(self.plan), action))

    def _ago(self, most: int, least: int = 0) -> date:
        return self.today - timedelta(days=self.rng.randrange(least, most))

    # === CHOICES === #

    def _open(self, code: str) -> list[OpenDocument]:
        rows = self.ledger.books.con.execute(_OPEN, [code, 100 * 10**8]).fetchall()
        return [
            OpenDocument(
                row[0],
                Party(row[1], row[3], row[2]),
                date.fromisoformat(row[4]),
                Decimal(row[5]) / 10**8,
            )
            for row in rows
        ]

    def _varied(self, documents: list[OpenDocument], count: int) -> list[OpenDocument]:
        """Choose documents of different customers, of as many currencies as there are."""
        left = self.rng.sample(documents, len(documents))
        chosen: list[OpenDocument] = []
        while left and len(chosen) < count:
            seen = [item.party.currency for item in chosen]
            rarest = min(left, key=lambda item: seen.count(item.party.currency))
            chosen.append(rarest)
            left = [item for item in left if item.party.customer != rarest.party.customer]
        return chosen

    def _party(self) -> Party:
        return self.rng.choice(self.parties)

    def _pair(self) -> tuple[Party, Party]:
        """Return two customers of one subsidiary and currency."""
        while True:
            first = self._party()
            others = [
                party
                for party in self.parties
                if (party.subsidiary, party.currency) == (first.subsidiary, first.currency)
                and party.customer != first.customer
            ]
            if others:
                return first, self.rng.choice(others)

    def _part(self, amount: Decimal, share: str, currency: int) -> Decimal:
        places = 1 if currency == self.setup.currencies.get("JPY") else Decimal("0.01")
        return (amount * Decimal(share)).quantize(Decimal(places))

    def _amount(self, currency: int) -> Decimal:
        scale = 100 if currency == self.setup.currencies.get("JPY") else 1
        return Decimal(self.rng.randrange(50, 900) * scale)

    def _account(self, number: str) -> dict[str, Any]:
        return {"id": self.setup.accounts[number]}

    # === DEPOSITS AND REFUNDS === #

    def _plan_deposits(self, invoices: list[OpenDocument]) -> None:
        for number, invoice in enumerate(invoices):
            day = invoice.day - timedelta(days=self.rng.randrange(3, 20))
            share = "0.2" if number < USED_WHOLLY else "0.4"
            self._on(day, lambda item=invoice, share=share: self._use_deposit(item, share))  # type: ignore[misc]
        for number in range(UNUSED):
            party, day = self._party(), self._ago(60, 20)
            self._on(day, lambda who=party, n=number: self._keep_deposit(who, n))  # type: ignore[misc]

    def _deposit(self, party: Party, amount: Decimal, **fields: Any) -> int:
        body = {
            "customer": {"id": party.customer},
            "subsidiary": {"id": party.subsidiary},
            "currency": {"id": party.currency},
            "tranDate": self.ledger.books.today(),
            "payment": amount,
            "memo": "Payment in advance",
            **fields,
        }
        return self.ledger.create("customerDeposit", body)

    def _use_deposit(self, invoice: OpenDocument, share: str) -> None:
        """Take a deposit before an invoice, and apply a fifth of the invoice's open amount."""
        currency = invoice.party.currency
        bank = BANKS[self.setup.subsidiaries.index(invoice.party.subsidiary)]
        amount = self._part(invoice.left, share, currency)
        deposit = self._deposit(invoice.party, amount, account=self._account(bank))
        line = {
            "doc": {"id": invoice.id},
            "apply": True,
            "amount": self._part(invoice.left, "0.2", currency),
        }
        applied = min(invoice.day + timedelta(days=2), self.today)
        with self.ledger.books.stamped(self._moment(applied, deposit % 1000)):
            self.ledger.transform(
                "customerDeposit",
                deposit,
                "depositApplication",
                {"tranDate": applied, "apply": {"items": [line]}},
            )

    def _keep_deposit(self, party: Party, number: int) -> None:
        """Take a deposit that nothing uses; two are paid back later, one of them in part."""
        amount = self._amount(party.currency)
        deposit = self._deposit(party, amount)
        if number < 2:
            paid_back = amount if number else self._part(amount, "0.5", party.currency)
            day = date.fromisoformat(self.ledger.books.today()) + timedelta(days=9)
            with self.ledger.books.stamped(self._moment(day, number)):
                self._refund(party, deposit, "deposit", paid_back)

    def _plan_refunds(self) -> None:
        for code, count in (("CustCred", REFUNDED_CREDITS), ("CustPymt", REFUNDED_PAYMENTS)):
            for credit in self._varied(self._open(code), count):
                amount = self._part(credit.left, "0.5", credit.party.currency)
                day = credit.day + timedelta(days=self.rng.randrange(1, 9))
                self._on(
                    day,
                    lambda item=credit, sum_=amount: self._refund(  # type: ignore[misc]
                        item.party, item.id, "apply", sum_
                    ),
                )

    def _refund(self, party: Party, source: int, sublist: str, amount: Decimal) -> None:
        bank = BANKS[self.setup.subsidiaries.index(party.subsidiary)]
        body = {
            "customer": {"id": party.customer},
            "subsidiary": {"id": party.subsidiary},
            "currency": {"id": party.currency},
            "tranDate": self.ledger.books.today(),
            "account": self._account(bank),
            sublist: {"items": [{"doc": {"id": source}, "apply": True, "amount": amount}]},
        }
        self.ledger.create("customerRefund", body)

    # === JOURNALS === #

    def _line(self, account: str, amount: Decimal, party: Party | None = None) -> dict[str, Any]:
        """Return a line; a negative amount is a credit, a party stands in the Name column."""
        line: dict[str, Any] = {"account": self._account(account)}
        line["credit" if amount < 0 else "debit"] = abs(amount)
        if party is not None:
            line["entity"] = {"id": party.customer}
        return line

    def _journal(self, party: Party, memo: str, *lines: dict[str, Any], **fields: Any) -> int:
        body = {
            "subsidiary": {"id": party.subsidiary},
            "currency": {"id": party.currency},
            "tranDate": self.ledger.books.today(),
            "memo": memo,
            "line": {"items": [{"memo": memo, **line} for line in lines]},
            **fields,
        }
        return self.ledger.create("journalEntry", body)

    def _plan_write_offs(self, invoices: list[OpenDocument]) -> None:
        for invoice in invoices:
            day = max(invoice.day + timedelta(days=1), self._ago(45))
            self._on(day, lambda item=invoice: self._write_off(item))  # type: ignore[misc]

    def _write_off(self, invoice: OpenDocument) -> None:
        """Give a tenth of what is open up, by a journal that is applied to the invoice."""
        party = invoice.party
        amount = self._part(invoice.left, "0.1", party.currency)
        journal = self._journal(
            party,
            "Write-off of a disputed part",
            self._line("6300", amount),
            self._line("1100", -amount, party),
        )
        self.acts.perform("apply", {"payer": journal, "payer_line": 1, "doc": invoice.id})

    def _plan_openings(self) -> None:
        day = self.setup.first_day + timedelta(days=14)
        for number in range(4):
            parties = self._pair() if number == 3 else (self._party(),)
            sign = -1 if number == 2 else 1
            self._on(day, lambda who=parties, s=sign: self._opening(who, s))  # type: ignore[misc]

    def _opening(self, parties: tuple[Party, ...], sign: int) -> None:
        """Take balances over from an older system; the first customer pays a part of its debit."""
        amounts = [sign * self._amount(party.currency) for party in parties]
        lines = [
            self._line("1100", amount, party)
            for amount, party in zip(amounts, parties, strict=True)
        ]
        lines.append(self._line("3200", -Decimal(sum(amounts))))
        journal = self._journal(parties[0], "Opening balance", *lines)
        if len(parties) > 1:
            self._pay_line(
                parties[0], journal, 0, self._part(amounts[0], "0.5", parties[0].currency)
            )

    def _pay_line(self, party: Party, journal: int, line: int, amount: Decimal) -> None:
        applied = {"doc": {"id": journal}, "line": line, "apply": True, "amount": amount}
        self.ledger.create(
            "customerPayment",
            {
                "customer": {"id": party.customer},
                "subsidiary": {"id": party.subsidiary},
                "currency": {"id": party.currency},
                "tranDate": self.ledger.books.today(),
                "payment": amount,
                "autoApply": False,
                "apply": {"items": [applied]},
            },
        )

    def _plan_reclassifications(self) -> None:
        for _ in range(RECLASSIFICATIONS):
            first, second = self._pair()
            amount = self._amount(first.currency)
            lines = (self._line("1100", amount, first), self._line("1100", -amount, second))
            self._on(
                self._ago(90, 5),
                lambda who=first, what=lines: self._journal(  # type: ignore[misc]
                    who, "Moved to the right customer", *what
                ),
            )

    def _plan_approvals(self) -> None:
        """Plan a journal that waits for approval, one that is taken back and one that is voided."""
        for day, action in (
            (self._ago(5), self._leave_pending),
            (self._ago(100, 40), self._reverse),
            (self._ago(100, 40), self._void),
        ):
            self._on(day, lambda act=action: act(self._party()))  # type: ignore[misc]

    def _charge(self, party: Party, memo: str, **fields: Any) -> int:
        amount = self._amount(party.currency)
        lines = (self._line("1100", amount, party), self._line("4030", -amount))
        return self._journal(party, memo, *lines, **fields)

    def _leave_pending(self, party: Party) -> None:
        self._charge(party, "Freight charged later, to be approved", approved=False)

    def _reverse(self, party: Party) -> None:
        """Accrue freight, take it back in the next month, and set both off against each other."""
        journal = self._charge(party, "Accrued freight")
        day = date.fromisoformat(self.ledger.books.today())
        first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        with self.ledger.books.stamped(self._moment(first, 0)):
            reversal = self.acts.perform("reverse", {"id": journal, "date": first})["id"]
            self.acts.perform("apply", {"payer": reversal, "payer_line": 0, "doc": journal})

    def _void(self, party: Party) -> None:
        self.acts.perform("void", {"id": self._charge(party, "Freight charged twice")})

    def _plan_other_journals(self) -> None:
        for _ in range(INTERCOMPANY if self.setup.one_world else 0):
            self._on(self._ago(80, 5), self._between_companies)
        self._on(self._ago(80, 5), self._bank_fee)
        self._on(self._ago(80, 5), self._vendor_line)

    def _between_companies(self) -> None:
        """Move a dollar debt from a customer of the first company to one of another company."""
        home = self.rng.choice(
            [who for who in self.parties if who.subsidiary == self._companies[0]]
        )
        away = self.rng.choice(
            [who for who in self.parties if who.subsidiary != self._companies[0]]
        )
        amount = self._amount(self.setup.currencies["USD"])
        there = {"lineSubsidiary": {"id": away.subsidiary}}
        lines = [
            self._line("1500", amount),
            self._line("1100", -amount, home),
            self._line("1100", amount, away) | there,
            self._line("1500", -amount) | there,
        ]
        self.ledger.create(
            "advInterCompanyJournalEntry",
            {
                "subsidiary": {"id": home.subsidiary},
                "currency": {"id": self.setup.currencies["USD"]},
                "tranDate": self.ledger.books.today(),
                "memo": "Billed by the other company",
                "line": {"items": lines},
            },
        )

    @property
    def _companies(self) -> list[int]:
        return self.setup.subsidiaries

    def _home(self) -> Party:
        return Party(0, self._companies[0], self.setup.currencies["USD"])

    def _bank_fee(self) -> None:
        fee = Decimal("18.40")
        lines = (self._line("6300", fee), self._line("1000", -fee))
        self._journal(self._home(), "Bank fee", *lines)

    def _vendor_line(self) -> None:
        """Set a vendor's credit off in the receivable account, where it is nobody's open item."""
        vendor = self.ledger.create("vendor", {"entityId": "Gaslight Wholesale"})
        home, amount = self._home(), Decimal("64.00")
        lines = (
            self._line("1100", amount, Party(vendor, home.subsidiary, home.currency)),
            self._line("6300", -amount),
        )
        self._journal(home, "Refund due from a supplier", *lines)


def build_demo_documents(ledger: Ledger, setup: Setup, seed: int) -> None:
    """Add deposits, refunds and journals to the demonstration company.

    :param seed: decides all choices; the demonstration's other choices do not depend on it.
    """
    DemoDocuments(ledger, setup, seed).build()
