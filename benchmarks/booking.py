"""Booking of invoices and payments: ours, a loop over Odoo's ORM, and Odoo's own CSV import.

All take turns in one process on one database, each round after the other, so that whatever else
the machine does hits all of them. What they book is checked to be the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from typing import Any

from odoo import Command

from . import session
from .company import CUSTOMERS, Company
from .documents import (
    DATE,
    DUE_DATE,
    ITEMS,
    PAID_ON,
    Invoice,
    invoice_document,
    invoices,
    payment_document,
)
from .figures import Measure, measured, median_rate, spread, table

NAIVE, LOAD, OURS = "loop: create, post", "CSV import (`load`), then post", "NetSuite connector"
NAIVE_PAYMENTS = "loop: create, post, reconcile"
# NetSuite's ids of payments; those of invoices are smaller.
FIRST_PAYMENT = 1_000_000


class Benchmark:
    """The ways to book, side by side.

    :param company: where is booked
    :param sizes: {way: documents of a round}
    """

    def __init__(self, company: Company, sizes: dict[str, int]) -> None:
        self.company, self.env = company, company.env
        self.sizes = sizes
        self._invoices: Iterator[Invoice] = invoices(list(CUSTOMERS))
        self._payment_ids = count(FIRST_PAYMENT)

    def round(self) -> tuple[dict[str, Measure], dict[str, Measure]]:
        """Book invoices in all ways, then payments of them; return {way: its measure} of each."""
        batches = {way: list(islice(self._invoices, size)) for way, size in self.sizes.items()}
        self.company.land("invoice", [invoice_document(invoice) for invoice in batches[OURS]])
        invoice_measures = {
            way: measured(self.env, len(batch), partial(self._book, way, batch))
            for way, batch in batches.items()
        }
        for batch in batches.values():
            self._check(batch)
        payments = [payment_document(next(self._payment_ids), one) for one in batches[OURS]]
        self.company.land("customerpayment", payments)
        payment_measures = {
            NAIVE_PAYMENTS: measured(
                self.env, len(batches[NAIVE]), partial(self._pay_one_by_one, batches[NAIVE])
            ),
            OURS: measured(self.env, len(batches[OURS]), self.company.book),
        }
        self._check_paid(batches[NAIVE] + batches[OURS])
        return invoice_measures, payment_measures

    def _book(self, way: str, batch: list[Invoice]) -> None:
        if way == NAIVE:
            self._create_one_by_one(batch)
        elif way == LOAD:
            self._load(batch)
        else:
            self.company.book()

    # === The loop that an import script is === #

    def _create_one_by_one(self, batch: list[Invoice]) -> None:
        for invoice in batch:
            move = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "name": invoice.number,
                    "partner_id": self.company.partners[invoice.customer].id,
                    "journal_id": self.company.sales.id,
                    "invoice_date": DATE,
                    "invoice_date_due": DUE_DATE,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": name,
                                "account_id": self.company.accounts[account].id,
                                "quantity": quantity,
                                "price_unit": float(price),
                                "tax_ids": [Command.set(self.company.tax.ids)],
                            }
                        )
                        for (_item, _sku, name, account), (quantity, price) in zip(
                            ITEMS, invoice.lines, strict=True
                        )
                    ],
                }
            )
            move.action_post()

    def _pay_one_by_one(self, batch: list[Invoice]) -> None:
        moves = {move.name: move for move in self._moves(batch)}
        for invoice in batch:
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.company.partners[invoice.customer].id,
                    "amount": float(invoice.total),
                    "date": PAID_ON,
                    "journal_id": self.company.bank.id,
                    "memo": f"Cheque for {invoice.number}",
                }
            )
            payment.action_post()
            lines = payment.move_id.line_ids | moves[invoice.number].line_ids
            lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    # === Odoo's CSV import === #

    def _load(self, batch: list[Invoice]) -> None:
        """Import a file, with database ids where a person has names, which Odoo looks up slower.

        `load` leaves drafts: they are posted together afterwards.
        """
        line = "invoice_line_ids"
        fields = ["move_type", "name", "partner_id/.id", "journal_id/.id", "invoice_date"]
        fields += ["invoice_date_due", f"{line}/name", f"{line}/account_id/.id"]
        fields += [f"{line}/quantity", f"{line}/price_unit", f"{line}/tax_ids/.id"]
        result = self.env["account.move"].load(fields, list(self._rows(batch)))
        if not result["ids"]:
            raise RuntimeError(f"The import was refused: {result['messages']}")
        self.env["account.move"].browse(result["ids"])._post()

    def _rows(self, batch: list[Invoice]) -> Iterator[list[str]]:
        accounts, tax = self.company.accounts, str(self.company.tax.id)
        for invoice in batch:
            partner = str(self.company.partners[invoice.customer].id)
            head = ["out_invoice", invoice.number, partner, str(self.company.sales.id)]
            head += [DATE, DUE_DATE]
            for (_item, _sku, name, account), (quantity, price) in zip(
                ITEMS, invoice.lines, strict=True
            ):
                yield [*head, name, str(accounts[account].id), str(quantity), str(price), tax]
                head = [""] * len(head)

    # === Whether all did the same === #

    def _moves(self, batch: list[Invoice]) -> Any:
        numbers = [invoice.number for invoice in batch]
        domain = [("company_id", "=", self.company.company.id), ("name", "in", numbers)]
        return self.env["account.move"].search(domain)

    def _check(self, batch: list[Invoice]) -> None:
        """Fail unless the invoices are posted with their amounts and five journal items each.

        :raise RuntimeError: then the times mean nothing
        """
        expected = {
            invoice.number: ("posted", float(invoice.total), float(invoice.tax), 5)
            for invoice in batch
        }
        found = {
            move.name: (move.state, move.amount_total, move.amount_tax, len(move.line_ids))
            for move in self._moves(batch)
        }
        if found != expected:
            wrong = next(number for number in expected if found.get(number) != expected[number])
            raise RuntimeError(f"{wrong}: {found.get(wrong)} instead of {expected[wrong]}")

    def _check_paid(self, batch: list[Invoice]) -> None:
        """Fail unless nothing is open of the invoices.

        :raise RuntimeError: then the times mean nothing
        """
        unpaid = self._moves(batch).filtered("amount_residual")
        if unpaid:
            raise RuntimeError(f"{unpaid[0].name} is not paid: {unpaid[0].amount_residual} is open")


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("--rounds", type=int, default=5, help="rounds of booking")
    parser.add_argument("--chunk", type=int, default=150, help="our documents in a round")


def run(env: Any, arguments: argparse.Namespace) -> str:
    """Measure; return the tables."""
    sizes = {NAIVE: arguments.chunk // 5, LOAD: arguments.chunk, OURS: arguments.chunk}
    benchmark = Benchmark(Company(env, "Booking benchmark", "TSTDRV7"), sizes)
    benchmark.round()  # warms caches up; PostgreSQL's planner needs rows to count
    session.refresh_statistics(env)
    rounds = [benchmark.round() for _number in range(arguments.rounds)]
    parts = []
    for title, measures in (
        ("Invoices", [invoice for invoice, _payment in rounds]),
        ("Payments, each applied to an invoice", [payment for _invoice, payment in rounds]),
    ):
        parts.append(_table(title, measures))
    return "\n\n".join(parts)


def _table(title: str, rounds: list[dict[str, Measure]]) -> str:
    ours = [measures[OURS] for measures in rounds]
    rows = []
    for way in rounds[0]:
        theirs = [measures[way] for measures in rounds]
        ratios = [mine.rate / other.rate for mine, other in zip(ours, theirs, strict=True)]
        queries = sum(measure.queries for measure in theirs)
        documents = sum(measure.count for measure in theirs)
        rows.append(
            [
                way,
                f"{median_rate(theirs):.1f}",
                f"{queries / documents:.1f}",
                "1" if way == OURS else spread(ratios),
            ]
        )
    return table((title, "per second", "queries each", "the connector is faster by"), rows)
