"""Posting rules: which accounting lines each transaction type makes.

Debits are positive and credits negative, in transaction currency (`foreign`) and in the base
currency of the subsidiary (`base`), both in 1/SCALE. Lines of a transaction sum to zero in both.

What a payer (payment, credit memo or deposit application) settles on an invoice leaves A/R at the
value at which the invoice put it there; the difference to the payer's own rate is a realised
exchange gain or loss inside the payer. So a settled invoice leaves nothing in A/R, in either
currency; nor does a credit that a refund pays out, or a deposit that is used up, where it stood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .document import MAIN_LINE, Document, JournalLine, Line
from .kinds import (
    CREDIT_MEMO,
    CUSTOM_CREDITS,
    DEBITS,
    DEPOSIT,
    DEPOSIT_APPLICATION,
    FOLLOWERS,
    JOURNAL,
    PAYMENT,
    RECEIPTS,
    REFUND,
    REFUND_CREDITS_LINE,
    REFUND_DEPOSITS_LINE,
)
from .values import times


@dataclass(frozen=True)
class Settled:
    """What a line of a payer settles for one customer, all positive.

    :param amount: in the payer's currency.
    :param released: base value at which it leaves A/R, or Customer Deposits.
    :param line: the payer's line.
    :param own: base value, at the payer's own rate, of what the payer gave for it.
    :param discount: part of the amount that the customer did not pay, but took as a discount.
    :param discount_base: its base value at the payer's own rate.
    """

    entity: int
    amount: int
    released: int
    line: int = 0
    own: int = 0
    discount: int = 0
    discount_base: int = 0


@dataclass(frozen=True)
class Applied:
    """All applications of a payer."""

    settled: tuple[Settled, ...] = ()

    @property
    def amount(self) -> int:
        """Applied amount in transaction currency."""
        return sum(part.amount for part in self.settled)

    @property
    def discount(self) -> int:
        """Discounts taken, in transaction currency."""
        return sum(part.discount for part in self.settled)

    @property
    def discount_base(self) -> int:
        """Base value of the discounts at the payer's own rate."""
        return sum(part.discount_base for part in self.settled)

    @property
    def own(self) -> int:
        """Base value, at the payer's own rate, of what the payer gave."""
        return sum(part.own for part in self.settled)

    @property
    def released(self) -> int:
        """Base value that leaves A/R and Customer Deposits."""
        return sum(part.released for part in self.settled)

    @property
    def gain(self) -> int:
        """Realised exchange gain in base currency, negative for a loss."""
        return self.own + self.discount_base - self.released

    def on(self, line: int) -> tuple[int, int]:
        """Return amount and released base value of what one line of the payer settles."""
        parts = [part for part in self.settled if part.line == line]
        return sum(part.amount for part in parts), sum(part.released for part in parts)


@dataclass
class Posting:
    """One line of a transaction with its accounting line."""

    line: int
    kind: str
    account: int
    foreign: int
    base: int
    entity: int | None
    entered: Line | None = None
    item: int | None = None
    rate: int | None = None
    memo: str | None = None
    journal: JournalLine | None = None
    subsidiary: int | None = None
    due: str | None = None


@dataclass(frozen=True)
class Rounding:
    """Smallest amount of the base currency, and the accounts that NetSuite marks for a purpose.

    :param exchange_account: takes realised exchange differences.
    :param deposit_account: holds customer deposits; 0 where the transaction has none.
    :param discount_account: takes discounts on payments; 0 where the transaction has none.
    """

    base_unit: int
    exchange_account: int
    deposit_account: int = 0
    discount_account: int = 0


def body_lines(document: Document, rounding: Rounding) -> list[Posting]:
    """Return the item and tax lines: credits of an invoice, debits of a credit memo."""
    sign = -1 if document.type in DEBITS else 1
    postings = []
    for line in document.lines:
        foreign = sign * line.amount
        base = times(foreign, document.rate, rounding.base_unit)
        postings.append(
            Posting(
                line.id,
                "ITEM",
                line.account,
                foreign,
                base,
                document.entity,
                line,
                line.item,
                memo=line.memo,
            )
        )
    for tax in document.taxes:
        foreign = sign * tax.amount
        base = times(foreign, document.rate, rounding.base_unit)
        postings.append(
            Posting(
                tax.id,
                "TAX",
                tax.account,
                foreign,
                base,
                document.entity,
                None,
                tax.tax_code,
                tax.rate,
                tax.name,
            )
        )
    return postings


def base_total(document: Document, applied: Applied, rounding: Rounding) -> int:
    """Return the total in base currency, positive as typed; of bills the sum of rounded lines."""
    if document.type in RECEIPTS:
        return times(document.payment, document.rate, rounding.base_unit)
    if document.type in FOLLOWERS:
        return applied.own
    if document.type == JOURNAL:
        return sum(line.base for line in document.journal if line.amount > 0)
    return abs_sum(document.type, body_lines(document, rounding))


def abs_sum(transaction_type: str, postings: list[Posting]) -> int:
    """Return what body lines add up to, with the sign of the document as typed."""
    total = sum(posting.base for posting in postings)
    return -total if transaction_type in DEBITS else total


def post_invoice(document: Document, _applied: Applied, rounding: Rounding) -> list[Posting]:
    """Dr A/R, Cr income per line, Cr tax; with instalments one line on A/R for each of them."""
    lines = body_lines(document, rounding)
    base = -sum(posting.base for posting in lines)
    main = Posting(
        MAIN_LINE, "RECEIVABLE", document.receivable, document.total, base, document.entity
    )
    parts = []
    for instalment in document.instalments[1:]:
        value = times(instalment.amount, document.rate, rounding.base_unit)
        main.foreign, main.base = main.foreign - instalment.amount, main.base - value
        parts.append(
            Posting(
                instalment.line,
                "RECEIVABLE",
                document.receivable,
                instalment.amount,
                value,
                document.entity,
                due=instalment.due,
            )
        )
    if document.instalments:
        main.due = document.instalments[0].due
    return [main, *lines, *parts]


def post_credit_memo(document: Document, applied: Applied, rounding: Rounding) -> list[Posting]:
    """Dr income and tax, Cr A/R at the value that it settles; the rest is exchange gain."""
    lines = body_lines(document, rounding)
    base = sum(posting.base for posting in lines) - applied.gain
    main = Posting(
        MAIN_LINE, "RECEIVABLE", document.receivable, -document.total, -base, document.entity
    )
    return [main, *lines, *_exchange(document, applied.gain, rounding, document.next_line)]


def post_payment(document: Document, applied: Applied, rounding: Rounding) -> list[Posting]:
    """Dr bank or undeposited funds, Cr A/R per customer whose invoices it settles.

    A discount that the customer took is a debit of its own: it settles, and is no money.
    """
    base = base_total(document, applied, rounding)
    own = document.customer
    main = Posting(
        MAIN_LINE, "PAYMENT", document.money_account, document.payment, base, document.entity
    )
    rest = document.payment - applied.amount + applied.discount
    shares = {own: (rest, base - applied.own)}
    for part in applied.settled:
        amount, value = shares.get(part.entity, (0, 0))
        shares[part.entity] = (amount + part.amount, value + part.released)
    receivables = [
        Posting(
            number,
            "RECEIVABLE",
            document.receivable,
            -amount,
            -value,
            document.entity if entity == own else entity,
        )
        for number, (entity, (amount, value)) in enumerate(shares.items(), start=1)
    ]
    number = len(receivables) + 1
    discounts = []
    if applied.discount:
        taken, value = applied.discount, applied.discount_base
        account = rounding.discount_account
        discounts.append(Posting(number, "DISCOUNT", account, taken, value, document.entity))
        number += 1
    return [main, *receivables, *discounts, *_exchange(document, applied.gain, rounding, number)]


def post_deposit(document: Document, applied: Applied, rounding: Rounding) -> list[Posting]:
    """Dr bank or undeposited funds, Cr Customer Deposits; A/R has no part in it."""
    base = base_total(document, applied, rounding)
    amount, own = document.payment, document.entity
    return [
        Posting(MAIN_LINE, "PAYMENT", document.money_account, amount, base, own),
        Posting(1, "DEPOSIT", rounding.deposit_account, -amount, -base, own),
    ]


def post_deposit_application(
    document: Document, applied: Applied, rounding: Rounding
) -> list[Posting]:
    """Cr A/R at the value that it settles, Dr Customer Deposits at the deposit's rate."""
    own, amount = document.entity, applied.amount
    return [
        Posting(MAIN_LINE, "RECEIVABLE", document.receivable, -amount, -applied.released, own),
        Posting(1, "DEPOSIT", rounding.deposit_account, amount, applied.own, own),
        *_exchange(document, applied.gain, rounding, 2),
    ]


def post_refund(document: Document, applied: Applied, rounding: Rounding) -> list[Posting]:
    """Cr bank, Dr A/R and Customer Deposits at the values of what it pays out."""
    own = document.entity
    postings = [
        Posting(MAIN_LINE, "PAYMENT", document.money_account, -applied.amount, -applied.own, own)
    ]
    for line, kind, account in (
        (REFUND_CREDITS_LINE, "RECEIVABLE", document.receivable),
        (REFUND_DEPOSITS_LINE, "DEPOSIT", rounding.deposit_account),
    ):
        amount, released = applied.on(line)
        if amount:
            postings.append(Posting(line, kind, account, amount, released, own))
    # What it pays out above the value of the credits is a loss.
    return [*postings, *_exchange(document, -applied.gain, rounding, REFUND_DEPOSITS_LINE + 1)]


def post_journal(document: Document, applied: Applied, rounding: Rounding) -> list[Posting]:
    """Post the lines as typed; credits in A/R leave it at the value that they settle.

    Each line is rounded by itself. What the lines of a subsidiary then lack to its balance, the
    exchange differences of its credits included, is a line of its own without an amount.
    """
    postings: list[Posting] = []
    rest: dict[int, int] = {}
    for line in document.journal:
        parts = [part for part in applied.settled if part.line == line.id]
        base = line.base + sum(part.own - part.released for part in parts)
        rest[line.subsidiary] = rest.get(line.subsidiary, 0) + base
        postings.append(
            Posting(
                line.id,
                "JOURNAL",
                line.account,
                line.amount,
                base,
                line.entity,
                memo=line.memo,
                journal=line,
                subsidiary=line.subsidiary,
            )
        )
    account = rounding.exchange_account
    differences = [(subsidiary, -base) for subsidiary, base in rest.items() if base]
    for number, (subsidiary, base) in enumerate(differences, start=document.next_line):
        postings.append(
            Posting(number, "FXVARIANCE", account, 0, base, None, subsidiary=subsidiary)
        )
    return postings


def _exchange(document: Document, gain: int, rounding: Rounding, line: int) -> list[Posting]:
    if not gain:
        return []
    return [Posting(line, "FXVARIANCE", rounding.exchange_account, 0, -gain, document.entity)]


RULES: dict[str, Callable[[Document, Applied, Rounding], list[Posting]]] = {
    CREDIT_MEMO: post_credit_memo,
    PAYMENT: post_payment,
    DEPOSIT: post_deposit,
    DEPOSIT_APPLICATION: post_deposit_application,
    REFUND: post_refund,
    JOURNAL: post_journal,
    **dict.fromkeys(DEBITS, post_invoice),
    **dict.fromkeys(CUSTOM_CREDITS, post_credit_memo),
}
