"""Whatever people do, in any order, the books keep their invariants."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from netsuite_simulator.errors import BookError
from netsuite_simulator.schema import CUSTOM_TRANSACTIONS

from .conftest import open_bench

AMOUNTS = st.decimals("0.01", "5000", places=2)
RATES = st.decimals("0.005", "190", places=5)
# Few currencies, so that documents often match; "" is the customer's own.
CURRENCIES = st.sampled_from(("", "", "EUR", "JPY"))
PICK = st.integers(0, 10**6)
PAYERS = (
    "customerPayment",
    "creditMemo",
    "customsale_goodwill",
    "depositApplication",
    "customerRefund",
)
CHARGES = ("customerCharge", "customsale_service_fee", "custompurchase_recharge")
# Acts that bill something, with what they need beside an amount.
ODD_BILLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("charge", {}),
    ("finance_charge", {}),
    *(("custom_transaction", {"type": code}) for code in CUSTOM_TRANSACTIONS),
    ("bill", {}),
    ("bill", {}),
)
SELDOM = st.sampled_from((False, False, False, True))


class Receivables(RuleBasedStateMachine):
    """People at work in two companies with one hierarchy, five currencies, any rates."""

    @initialize(
        rounding=st.sampled_from(("released", "left")),
        applied=st.booleans(),
        named=st.sampled_from(("none", "customer")),
        charge=st.sampled_from(("CustInvc", "FinChrg")),
    )
    def open_books(self, rounding: str, applied: bool, named: str, charge: str) -> None:
        self.bench = open_bench()
        bench = self.bench
        bench.ledger.change_switches(
            {
                "projects": True,
                "open_base_rounding": rounding,
                "void_journal_applied": applied,
                "revaluation_entity": named,
                "finance_charge_type": charge,
            }
        )
        parent = bench.customer()
        self.customers = [parent, bench.customer(parent={"id": parent}), bench.customer(1)]
        # Projects, which documents may name instead of their customers.
        self.jobs: list[int] = [
            bench.act("job", {"customer": customer, "name": "Quay"})["id"]
            for customer in self.customers[:2]
        ]
        bench.invoice(self.jobs[0], "64.07", currency="EUR", exchangeRate="1.19")
        for customer in self.customers:
            for currency in ("", "EUR", "JPY"):
                bench.invoice(customer, "333.33", "0.05", currency=currency)
                bench.invoice(customer, 1000, currency=currency, exchangeRate="1.37")
                bench.payment(customer, 700, currency=currency, exchangeRate="0.91")
            bench.credit(customer, 99)
            bench.deposit(customer, 250, currency="EUR", exchangeRate="1.11")
        self.write_journal(0, 0, Decimal(40), Decimal("20.02"), "EUR", Decimal("1.07"), True)

    def teardown(self) -> None:
        self.bench.ledger.store.close()

    def pick(self, kinds: tuple[str, ...], number: int) -> int | None:
        ids = [record for kind in kinds for record in self.bench.ledger.ids(kind)]
        return ids[number % len(ids)] if ids else None

    def payee(self, number: int) -> int:
        """Return a customer or a project."""
        entities: list[int] = [*self.customers, *self.jobs]
        return entities[number % len(entities)]

    def attempt(self, name: str, params: dict[str, Any]) -> None:
        """Perform an act; what the books refuse must leave no trace."""
        before = self.bench.ledger.documents()
        try:
            self.bench.act(name, params)
        except BookError:
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
        customer = self.payee(who)
        tax = {"taxCode": {"id": bench.setup.taxes["VAT_S-GB 20%"]}} if taxed else {}
        lines = [bench.line(amount, **tax) for amount in amounts]
        if back:
            lines.append(bench.line(None, quantity=-1, rate=amounts[0] / 2))
        bench.invoice(customer, *lines, currency=currency, exchangeRate=rate)

    @rule(who=PICK, amount=AMOUNTS, currency=CURRENCIES, rate=st.none() | RATES)
    def credit(self, who: int, amount: Decimal, currency: str, rate: Decimal | None) -> None:
        customer = self.payee(who)
        self.bench.credit(customer, amount, currency=currency, exchangeRate=rate)

    @rule(who=PICK, amount=AMOUNTS, currency=CURRENCIES, rate=st.none() | RATES, auto=st.booleans())
    def pay(
        self, who: int, amount: Decimal, currency: str, rate: Decimal | None, auto: bool
    ) -> None:
        customer = self.customers[who % len(self.customers)]
        self.bench.payment(customer, amount, currency=currency, exchangeRate=rate, autoApply=auto)

    @rule(
        who=PICK,
        amount=AMOUNTS,
        currency=CURRENCIES,
        rate=st.none() | RATES,
        chosen=st.sampled_from(ODD_BILLS),
        part=st.sampled_from((1, 2, 3)),
    )
    def bill_oddly(
        self,
        who: int,
        amount: Decimal,
        currency: str,
        rate: Decimal | None,
        chosen: tuple[str, dict[str, Any]],
        part: int,
    ) -> None:
        """Charges, custom transactions, instalments and retentions."""
        act, more = chosen
        params = {"customer": self.payee(who), "amount": amount, **more}
        places = Decimal(1) if currency == "JPY" else Decimal("0.01")
        piece = (amount.quantize(places) / part).quantize(places)
        if act == "bill" and who % 2:
            params["retention"] = piece / 2
        elif act == "bill":
            rest = amount.quantize(places) - piece
            params["instalments"] = [
                {"date": "2026-04-10", "amount": piece},
                {"date": "2026-05-10", "amount": rest},
            ]
        self.attempt(act, {**params, "currency": currency or None, "body": {"exchangeRate": rate}})

    @rule(number=PICK, disc=AMOUNTS, part=st.sampled_from((1, 2, 50)))
    def pay_with_discount(self, number: int, disc: Decimal, part: int) -> None:
        pairs = self.bench.rows(
            'SELECT p.id, i.id, i.foreignamountunpaid FROM "transaction" p JOIN "transaction" i'
            " ON i.currency = p.currency AND i.subsidiary = p.subsidiary"
            " AND i.foreignamountunpaid > 0 WHERE p.type = 'CustPymt'"
            " AND p.foreignpaymentamountunused > 0 ORDER BY p.id, i.id"
        )
        if pairs:
            payment, document, left = pairs[number % len(pairs)]
            taken = min(disc, Decimal(left // 10**8 // part))
            self.attempt("apply", {"payer": payment, "doc": document, "disc": taken})

    @rule(currency=st.sampled_from(("EUR", "JPY")), rate=RATES, second=st.booleans())
    def revalue(self, currency: str, rate: Decimal, second: bool) -> None:
        subsidiary = self.bench.setup.subsidiaries[int(second)]
        params = {"date": "2026-03-02", "currency": currency, "subsidiary": subsidiary}
        self.attempt("revalue", {**params, "rate": rate})

    @rule(number=PICK, sure=SELDOM)
    def void_by_journal(self, number: int, sure: bool) -> None:
        chosen = sure and self.pick(("invoice", *CHARGES, *PAYERS), number)
        if chosen:
            self.attempt("void", {"id": chosen, "style": "reversing_journal"})

    @rule(
        number=PICK, part=st.sampled_from((1, 1, 2, 3)), over=st.booleans(), rate=st.none() | RATES
    )
    def settle(self, number: int, part: int, over: bool, rate: Decimal | None) -> None:
        """Pay an invoice, in whole or in part, perhaps with something left over."""
        due = self.bench.rows(
            'SELECT id, entity, currency, subsidiary, foreignamountunpaid FROM "transaction"'
            " WHERE foreignamountunpaid > 0 ORDER BY id"
        )
        if not due:
            return
        invoice, customer, currency, subsidiary, left = due[number % len(due)]
        amount = Decimal(left // part) / 10**8
        amount = amount.quantize(Decimal("0.01")) if currency != 4 else amount.quantize(Decimal(1))
        body = {
            "customer": {"id": customer},
            "currency": {"id": currency},
            "subsidiary": {"id": subsidiary},
            "exchangeRate": rate,
            "payment": amount + (10 if over else 0),
            "apply": self.bench.apply({invoice: amount}),
        }
        self.attempt("create", {"type": "customerPayment", "body": body})

    @rule(who=PICK, amount=AMOUNTS, currency=CURRENCIES, rate=st.none() | RATES)
    def pay_ahead(self, who: int, amount: Decimal, currency: str, rate: Decimal | None) -> None:
        customer = self.customers[who % len(self.customers)]
        self.bench.deposit(customer, amount, currency=currency, exchangeRate=rate)

    @rule(number=PICK, amount=st.none() | AMOUNTS)
    def use_deposit(self, number: int, amount: Decimal | None) -> None:
        pairs = self.bench.rows(
            'SELECT d.id, i.id FROM "transaction" d JOIN "transaction" i'
            " ON i.type = 'CustInvc' AND i.currency = d.currency AND i.foreignamountunpaid > 0"
            " AND i.entity = d.entity WHERE d.type = 'CustDep' AND d.foreignpaymentamountunused > 0"
            " ORDER BY d.id, i.id"
        )
        if pairs:
            deposit, invoice = pairs[number % len(pairs)]
            line = {"doc": {"id": invoice}, "apply": True}
            if amount is not None:
                line["amount"] = amount
            body = {"apply": {"items": [line]}}
            names = {"type": "customerDeposit", "target": "depositApplication"}
            self.attempt("transform", {**names, "id": deposit, "body": body})

    @rule(
        debtor=PICK,
        creditor=PICK,
        debit=AMOUNTS,
        credit=AMOUNTS,
        currency=CURRENCIES,
        rate=st.none() | RATES,
        approved=st.sampled_from((True, True, False)),
    )
    def write_journal(
        self,
        debtor: int,
        creditor: int,
        debit: Decimal,
        credit: Decimal,
        currency: str,
        rate: Decimal | None,
        approved: bool,
    ) -> None:
        """Debit one customer and credit another, the rest to another account."""
        bench = self.bench
        if currency == "JPY":
            debit, credit = debit.quantize(Decimal(1)), credit.quantize(Decimal(1))
        entities = [*self.customers[:2], *self.jobs]
        own = [entities[number % len(entities)] for number in (debtor, creditor)]
        lines = [bench.entry("1100", debit, own[0]), bench.entry("1100", -credit, own[1])]
        if debit != credit:
            lines.append(bench.entry("6300", credit - debit))
        bench.journal(*lines, currency=currency, exchangeRate=rate, approved=approved)

    @rule(number=PICK, amount=st.none() | AMOUNTS)
    def apply_credit_line(self, number: int, amount: Decimal | None) -> None:
        pairs = self.bench.rows(
            'SELECT j."transaction", j.id, i.id, i.line FROM transactionline j'
            ' JOIN "transaction" p ON p.id = j."transaction"'
            " JOIN (SELECT id, 0 AS line, currency, entity, foreignamountunpaid AS due"
            ' FROM "transaction" WHERE foreignamountunpaid IS NOT NULL UNION ALL'
            ' SELECT t.id, l.id, t.currency, l.entity, l.foreignamountunpaid FROM "transaction" t'
            " JOIN transactionline l ON l.\"transaction\" = t.id WHERE t.type = 'Journal') i"
            " ON i.currency = p.currency AND i.due > 0 AND i.entity = j.entity"
            " WHERE p.type = 'Journal' AND j.foreignpaymentamountunused > 0 ORDER BY 1, 2, 3, 4"
        )
        if pairs:
            names = ("payer", "payer_line", "doc", "doc_line")
            pair = dict(zip(names, pairs[number % len(pairs)], strict=True))
            self.attempt("apply", {**pair, "amount": amount})

    @rule(number=PICK, line=st.sampled_from((0, 1)), amount=AMOUNTS, who=st.none() | PICK)
    def edit_journal(self, number: int, line: int, amount: Decimal, who: int | None) -> None:
        """Change a line's amount, the last line taking the difference, and perhaps its customer."""
        journal = self.pick(("journalEntry",), number)
        if journal is None:
            return
        sides = ("debit", "credit")
        shown = self.bench.ledger.read("journalEntry", journal)["line"]
        amount = amount.quantize(Decimal(1))
        lines = [
            {"line": item["line"], **{side: item[side] for side in sides if side in item}}
            for item in shown[:2]
        ]
        lines[line] = {"line": line, sides[line]: amount}
        if who is not None:
            lines[line]["entity"] = {"id": self.customers[who % 2 % len(self.customers)]}
        rest = sum(item.get("credit", 0) - item.get("debit", 0) for item in lines)
        lines.append(self.bench.entry("6300", rest))
        if len(shown) > 2:
            lines[2]["line"] = 2
            lines[2] = {"debit": 0, "credit": 0} | lines[2]
        body = {"line": {"items": lines}}
        self.attempt("edit", {"type": "journalEntry", "id": journal, "body": body})

    @rule(number=PICK, chosen=st.sampled_from(("approve", "reverse", "void", "delete")))
    def treat_journal(self, number: int, chosen: str) -> None:
        journal = self.pick(("journalEntry",), number)
        if journal:
            self.attempt(chosen, {"id": journal, "date": "2026-03-17"})

    @rule(number=PICK, part=st.sampled_from((1, 1, 2, 3)), rate=st.none() | RATES)
    def refund(self, number: int, part: int, rate: Decimal | None) -> None:
        """Pay a credit or a deposit back, in whole or in part."""
        left = self.bench.rows(
            'SELECT id, recordtype, currency, foreignpaymentamountunused FROM "transaction"'
            " WHERE foreignpaymentamountunused > 0 ORDER BY id"
        )
        if not left:
            return
        source, kind, currency, unused = left[number % len(left)]
        places = Decimal("0.01") if currency != 4 else Decimal(1)
        amount = (Decimal(unused // part) / 10**8).quantize(places)
        sublist = "deposit" if kind == "customerdeposit" else "apply"
        body = {sublist: self.bench.apply({source: amount}), "exchangeRate": rate}
        target = {"type": kind, "id": source, "target": "customerRefund"}
        self.attempt("transform", {**target, "body": body})

    @rule(payer=PICK, amount=st.none() | AMOUNTS)
    def apply(self, payer: int, amount: Decimal | None) -> None:
        pairs = self.bench.rows(
            'SELECT p.id, i.id FROM "transaction" p JOIN "transaction" i'
            " ON i.currency = p.currency AND i.foreignamountunpaid > 0"
            " WHERE p.foreignpaymentamountunused > 0 ORDER BY p.id, i.id"
        )
        if pairs:
            chosen, invoice = pairs[payer % len(pairs)]
            self.attempt("apply", {"payer": chosen, "doc": invoice, "amount": amount})

    @rule(payer=PICK, number=PICK, amount=AMOUNTS)
    def apply_anything(self, payer: int, number: int, amount: Decimal) -> None:
        chosen = self.pick(PAYERS, payer)
        invoice = self.pick(("invoice", "creditMemo", "customerPayment", "customerDeposit"), number)
        if chosen and invoice:
            self.attempt("apply", {"payer": chosen, "doc": invoice, "amount": amount})

    @rule(number=PICK, amount=st.none() | AMOUNTS)
    def unapply(self, number: int, amount: Decimal | None) -> None:
        pairs = self.bench.rows(
            "SELECT nextdoc, nextline, previousdoc, previousline FROM nexttransactionlinelink"
            " WHERE linktype = 'Payment'"
        )
        if pairs:
            names = ("payer", "payer_line", "doc", "doc_line")
            pair = dict(zip(names, pairs[number % len(pairs)], strict=True))
            self.attempt("unapply", {**pair, "amount": amount})

    @rule(number=PICK, amount=AMOUNTS)
    def edit_invoice(self, number: int, amount: Decimal) -> None:
        invoice = self.pick(("invoice",), number)
        if invoice:
            body = {"item": {"items": [{"line": 1, "amount": amount}]}}
            self.attempt("edit", {"type": "invoice", "id": invoice, "body": body})

    @rule(number=PICK, rate=RATES)
    def edit_rate(self, number: int, rate: Decimal) -> None:
        chosen = self.pick(("invoice", "customerDeposit", *PAYERS), number)
        if chosen:
            kind = self.bench.ledger.transactions
            with self.bench.ledger.books.session():
                name = kind.type_of(chosen).name
            self.attempt("edit", {"type": name, "id": chosen, "body": {"exchangeRate": rate}})

    @rule(number=PICK, amount=AMOUNTS)
    def edit_payment(self, number: int, amount: Decimal) -> None:
        kind = ("customerPayment", "customerDeposit")[number % 2]
        receipt = self.pick((kind,), number)
        if receipt:
            self.attempt("edit", {"type": kind, "id": receipt, "body": {"payment": amount}})

    @rule(number=PICK, sure=SELDOM)
    def void(self, number: int, sure: bool) -> None:
        chosen = sure and self.pick(("invoice", *CHARGES, "customerDeposit", *PAYERS), number)
        if chosen:
            self.attempt("void", {"id": chosen})

    @rule(number=PICK, sure=SELDOM)
    def delete(self, number: int, sure: bool) -> None:
        chosen = sure and self.pick(("invoice", *CHARGES, "customerDeposit", *PAYERS), number)
        if chosen:
            self.attempt("delete", {"id": chosen})

    @precondition(lambda self: len(self.customers) > 2)
    @rule(into=PICK, sure=SELDOM)
    def merge(self, into: int, sure: bool) -> None:
        if not sure:
            return
        gone = self.customers.pop()
        target = self.customers[into % len(self.customers)]
        self.attempt("merge", {"source": gone, "target": target})

    @invariant()
    def books_are_right(self) -> None:
        if hasattr(self, "bench"):
            self.bench.check()


TestReceivables = Receivables.TestCase
TestReceivables.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
