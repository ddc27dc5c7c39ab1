"""Whatever people do, in any order, the books keep their invariants."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from netsuite_simulator.errors import BookError

from .conftest import open_bench

AMOUNTS = st.decimals("0.01", "5000", places=2)
RATES = st.decimals("0.005", "190", places=5)
CURRENCIES = st.sampled_from(("", "USD", "EUR", "GBP", "JPY"))
PICK = st.integers(0, 10**6)


class Receivables(RuleBasedStateMachine):
    """People at work in two companies with one hierarchy, five currencies, any rates."""

    @initialize()
    def open_books(self) -> None:
        self.bench = open_bench()
        bench = self.bench
        parent = bench.customer()
        self.customers = [parent, bench.customer(parent={"id": parent}), bench.customer(1)]
        self.refused = 0

    def teardown(self) -> None:
        self.bench.ledger.store.close()

    def pick(self, kinds: tuple[str, ...], number: int) -> int | None:
        ids = [record for kind in kinds for record in self.bench.ledger.ids(kind)]
        return ids[number % len(ids)] if ids else None

    def attempt(self, name: str, params: dict[str, Any]) -> None:
        """Perform an act; what the books refuse must leave no trace."""
        before = self.bench.ledger.documents()
        try:
            self.bench.ledger.act(name, params)
        except BookError:
            self.refused += 1
            assert self.bench.ledger.documents() == before

    @rule(
        who=PICK,
        amounts=st.lists(AMOUNTS, min_size=1, max_size=4),
        currency=CURRENCIES,
        rate=st.none() | RATES,
        taxed=st.booleans(),
        back=st.booleans(),
    )
    def bill(
        self,
        who: int,
        amounts: list[Decimal],
        currency: str,
        rate: Decimal | None,
        taxed: bool,
        back: bool,
    ) -> None:
        bench = self.bench
        customer = self.customers[who % len(self.customers)]
        tax = {"taxCode": {"id": bench.setup.taxes["VAT_S-GB 20%"]}} if taxed else {}
        lines = [bench.line(amount, **tax) for amount in amounts]
        if back:
            lines.append(bench.line(None, quantity=-1, rate=amounts[0] / 2))
        bench.invoice(customer, *lines, currency=currency, exchangeRate=rate)

    @rule(who=PICK, amount=AMOUNTS, currency=CURRENCIES, rate=st.none() | RATES)
    def credit(self, who: int, amount: Decimal, currency: str, rate: Decimal | None) -> None:
        customer = self.customers[who % len(self.customers)]
        self.bench.credit(customer, amount, currency=currency, exchangeRate=rate)

    @rule(who=PICK, amount=AMOUNTS, currency=CURRENCIES, rate=st.none() | RATES, auto=st.booleans())
    def pay(
        self, who: int, amount: Decimal, currency: str, rate: Decimal | None, auto: bool
    ) -> None:
        customer = self.customers[who % len(self.customers)]
        self.bench.payment(customer, amount, currency=currency, exchangeRate=rate, autoApply=auto)

    @rule(payer=PICK, number=PICK, amount=st.none() | AMOUNTS)
    def apply(self, payer: int, number: int, amount: Decimal | None) -> None:
        chosen = self.pick(("customerPayment", "creditMemo"), payer)
        invoice = self.pick(("invoice",), number)
        if chosen and invoice:
            self.attempt("apply", {"payer": chosen, "doc": invoice, "amount": amount})

    @rule(number=PICK, amount=st.none() | AMOUNTS)
    def unapply(self, number: int, amount: Decimal | None) -> None:
        pairs = self.bench.rows("SELECT nextdoc, previousdoc FROM nexttransactionlinelink")
        if pairs:
            payer, invoice = pairs[number % len(pairs)]
            self.attempt("unapply", {"payer": payer, "doc": invoice, "amount": amount})

    @rule(number=PICK, amount=AMOUNTS)
    def edit_invoice(self, number: int, amount: Decimal) -> None:
        invoice = self.pick(("invoice",), number)
        if invoice:
            body = {"item": {"items": [{"line": 1, "amount": amount}]}}
            self.attempt("edit", {"type": "invoice", "id": invoice, "body": body})

    @rule(number=PICK, rate=RATES)
    def edit_rate(self, number: int, rate: Decimal) -> None:
        kinds = ("invoice", "creditMemo", "customerPayment")
        chosen = self.pick(kinds, number)
        if chosen:
            kind = self.bench.ledger.transactions
            with self.bench.ledger.books.session():
                name = kind.type_of(chosen).name
            self.attempt("edit", {"type": name, "id": chosen, "body": {"exchangeRate": rate}})

    @rule(number=PICK, amount=AMOUNTS)
    def edit_payment(self, number: int, amount: Decimal) -> None:
        payment = self.pick(("customerPayment",), number)
        if payment:
            body = {"payment": amount}
            self.attempt("edit", {"type": "customerPayment", "id": payment, "body": body})

    @rule(number=PICK)
    def void(self, number: int) -> None:
        chosen = self.pick(("invoice", "creditMemo", "customerPayment"), number)
        if chosen:
            self.attempt("void", {"id": chosen})

    @rule(number=PICK)
    def delete(self, number: int) -> None:
        chosen = self.pick(("invoice", "creditMemo", "customerPayment"), number)
        if chosen:
            self.attempt("delete", {"id": chosen})

    @precondition(lambda self: len(self.customers) > 2)
    @rule(into=PICK)
    def merge(self, into: int) -> None:
        gone = self.customers.pop()
        target = self.customers[into % len(self.customers)]
        self.attempt("merge", {"source": gone, "target": target})

    @invariant()
    def books_are_right(self) -> None:
        if hasattr(self, "bench"):
            self.bench.check()


TestReceivables = Receivables.TestCase
TestReceivables.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
