"""Many transactions at once: the posting rules feed bulk inserts, so the books still balance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone
from typing import Any

from ..clock import stored
from ..ledger import Ledger
from ..ledger.document import Document, Line
from ..ledger.kinds import CREDIT_MEMO, INVOICE, PAYMENT, negative_types
from ..ledger.posting import RULES, Applied, Posting, Rounding, Settled
from ..ledger.record_types import TYPE_TEXTS
from ..ledger.rows import (
    INSERT_ACCOUNTING,
    INSERT_HEADER,
    INSERT_LINE,
    accounting_row,
    header_row,
)
from ..schema import SCALE
from .setup import Setup

DEFAULT_SIZE = 20_000
TRANSACTIONS_PER_CUSTOMER = 50
DAYS = 540
CHUNK = 5_000
CENT = SCALE // 100


@dataclass
class Batch:
    """Rows that wait to be inserted."""

    headers: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    accounting: list[dict[str, Any]] = field(default_factory=list)
    applications: list[tuple[Any, ...]] = field(default_factory=list)


class Scale:
    """Builds large books: customers with six invoices, three payments and a credit memo in turn."""

    def __init__(self, ledger: Ledger, setup: Setup, seed: int) -> None:
        self.ledger = ledger
        self.setup = setup
        self.rng = random.Random(seed)  # noqa: S311 repeatable, not secret
        self.batch = Batch()
        self._exchange = setup.accounts["7500"]
        self._start = ledger.clock.now() - timedelta(days=DAYS)
        self._periods: dict[str, int] = {}
        # The next free id of each kind, and the range of transactions, set when building.
        self._size = self._first = self._transaction = self._line_key = self._link = 0

    def build(self, size: int) -> None:
        """Create that many transactions, and one customer for each fifty."""
        books = self.ledger.books
        with books.session():
            customers = self._customers(max(1, size // TRANSACTIONS_PER_CUSTOMER))
            self._size = size
            self._transaction = self._first = books.next_id("transaction", size)
            self._line_key = books.next_id("linekey", size * 4)
            self._link = books.next_id("application", size)
            made = 0
            position = 0
            while made < size:
                for document, applied, targets in self._turn(*customers[position % len(customers)]):
                    if made == size:
                        break
                    self._take(document, applied, targets)
                    made += 1
                position += 1
                if len(self.batch.headers) >= CHUNK:
                    self._flush()
            self._flush()

    def _customers(self, count: int) -> list[tuple[int, int]]:
        """Return (customer, subsidiary) of new customers."""
        created = []
        opened = stored(self._start - timedelta(days=30))
        with self.ledger.books.stamped(opened):
            for number in range(count):
                subsidiary = self.setup.subsidiaries[(0, 0, 0, 1, 2)[number % 5]]
                body = {
                    "entityId": f"S{number + 1:06d}",
                    "companyName": f"Scale Customer {number + 1}",
                    "subsidiary": {"id": subsidiary},
                    "terms": {"id": self.setup.terms["Net 30"]},
                    "email": f"scale.{number + 1}@example.com",
                }
                created.append((self.ledger.create("customer", body), subsidiary))
        return created

    def _turn(
        self, customer: int, subsidiary: int
    ) -> Iterator[tuple[Document, int, list[tuple[int, int]]]]:
        """Yield ten documents of a customer: (document, amount settled, [(invoice, amount)])."""
        settled = ("full", "full", "full", "half", "credit", "open")
        if self.rng.random() < 0.5:
            settled = ("full", "full", "full", "half", "open", "full")
        invoices = [self._document(INVOICE, customer, subsidiary) for _ in settled]
        first = self._transaction
        amounts = []
        for position, (invoice, fate) in enumerate(zip(invoices, settled, strict=True)):
            half = invoice.total // 2 // CENT * CENT
            amount = {"open": 0, "half": half}.get(fate, invoice.total)
            # Documents beyond the wanted size are not made, and settle nothing.
            settled_by = first + {0: 6, 1: 6, 2: 7, 5: 7, 3: 8, 4: 9}[position]
            if settled_by >= self._first + self._size:
                amount = 0
            amounts.append(amount)
            yield invoice, amount, []
        groups: tuple[tuple[int, ...], ...] = ((0, 1), (2, 5), (3,), (4,))
        for positions in groups:
            targets = [(first + item, amounts[item]) for item in positions if amounts[item]]
            total = sum(amount for _target, amount in targets)
            kind = CREDIT_MEMO if positions == (4,) else PAYMENT
            payer = self._document(kind, customer, subsidiary, total or 25 * SCALE)
            yield payer, total, targets

    def _document(self, kind: str, customer: int, subsidiary: int, amount: int = 0) -> Document:
        setup, rng = self.setup, self.rng
        header = {
            "entity": customer,
            "currency": setup.currencies[setup.base_of(subsidiary)],
            "exchangerate": SCALE,
        }
        document = Document(0, kind, header, subsidiary, setup.accounts["1100"])
        if kind == PAYMENT:
            document.payment = amount
            document.money_account = setup.accounts["1090"]
            return document
        for _ in range(1 if amount else rng.choice((1, 2))):
            index = rng.randrange(4)
            value = amount or rng.randrange(500, 500_000) * CENT
            document.lines.append(
                Line(
                    document.take_line_id(),
                    setup.items[index],
                    setup.accounts["4000"],
                    "InvtPart",
                    SCALE,
                    value,
                    value,
                )
            )
        return document

    def _take(self, document: Document, applied: int, targets: list[tuple[int, int]]) -> None:
        """Number and date a document, post it, and put its rows into the batch."""
        document.id = self._transaction
        self._transaction += 1
        self._date(document)
        for target, amount in targets:
            payer_line = 1 if document.type == PAYMENT else 0
            self.batch.applications.append(
                (
                    self._link,
                    target,
                    0,
                    document.id,
                    payer_line,
                    "Payment",
                    amount,
                    amount,
                    amount,
                    document.header["trandate"],
                    "Payment",
                    amount,
                    document.header["lastmodifieddate"],
                )
            )
            self._link += 1
        parts = (Settled(document.entity, applied, applied, own=applied),) if targets else ()
        postings = RULES[document.type](document, Applied(parts), Rounding(CENT, self._exchange))
        self._add_rows(document, postings, applied)

    def _add_rows(self, document: Document, postings: list[Posting], applied: int) -> None:
        left = document.total - applied
        names = ("foreignamountpaid", "foreignamountunpaid", "amountpaid", "amountunpaid")
        if document.type != INVOICE:
            names = (
                "foreignpaymentamountused",
                "foreignpaymentamountunused",
                "paymentamountused",
                "paymentamountunused",
            )
        foreign = dict(zip(names[:2], (applied, left), strict=True))
        base = dict(zip(names[2:], (applied, left), strict=True))
        rows = self.ledger.transactions.rows
        for sequence, posting in enumerate(postings):
            line = rows.line_row(document, posting, sequence, self._line_key)
            accounting = accounting_row(document, posting)
            if sequence == 0:
                line.update(foreign)
                accounting.update(base)
            self._line_key += 1
            self.batch.lines.append(line)
            self.batch.accounting.append(accounting)
        document.header.update(foreign)
        if left == 0:
            document.header["closedate"] = document.header["trandate"]
            if document.type != PAYMENT:
                document.header["status"] = "B"
        self.batch.headers.append(header_row(document))

    def _date(self, document: Document) -> None:
        """Fill the header; times rise with the ids, and several share each second."""
        books = self.ledger.books
        done = (document.id - self._first) * DAYS // self._size
        day = (self._start + timedelta(days=done)).date()
        noon = datetime.combine(day, time(12), timezone.utc)
        moment = stored(min(noon + timedelta(seconds=document.id // 7 % 9000), books.clock.now()))
        period = self._periods.get(day.isoformat())
        if period is None:
            period = self.ledger.transactions.periods.of(day.isoformat()).id
            self._periods[day.isoformat()] = period
        rest_name, abbreviation, display = TYPE_TEXTS[document.type]
        number = f"{abbreviation}{document.id}"
        is_negative = document.type in negative_types(books.switches.foreigntotal_sign)
        total = -document.total if is_negative else document.total
        settled = {INVOICE: "A", CREDIT_MEMO: "A", PAYMENT: "B"}[document.type]
        document.header.update(
            id=document.id,
            type=document.type,
            recordtype=rest_name,
            abbrevtype=abbreviation,
            tranid=number,
            trandisplayname=f"{display} #{number}",
            transactionnumber=f"{document.type.upper()}{document.id}",
            trandate=day.isoformat(),
            createddate=moment,
            lastmodifieddate=moment,
            subsidiary=document.subsidiary,
            foreigntotal=total,
            total=total,
            status=settled,
            approvalstatus="2",
            posting="T",
            postingperiod=period,
            void="F",
            voided="F",
            isreversal="F",
        )
        if document.type == INVOICE:
            document.header["duedate"] = (day + timedelta(days=30)).isoformat()
            document.header["terms"] = self.setup.terms["Net 30"]

    def _flush(self) -> None:
        con, batch = self.ledger.books.con, self.batch
        con.executemany(INSERT_HEADER, batch.headers)
        con.executemany(INSERT_LINE, batch.lines)
        con.executemany(INSERT_ACCOUNTING, batch.accounting)
        con.executemany(
            "INSERT INTO _application VALUES (?,?,?,?,?,?,?,?,?,?,0,0,?,?,?)", batch.applications
        )
        self.batch = Batch()


def build_scale(ledger: Ledger, setup: Setup, size: int, seed: int) -> None:
    """Fill the books with `size` transactions that balance."""
    Scale(ledger, setup, seed).build(size)
