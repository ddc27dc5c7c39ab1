"""Posting rules: which accounting lines each transaction type makes.

Debits are positive and credits negative, in transaction currency (``foreign``) and in the base
currency of the subsidiary (``base``), both in 1/SCALE. Lines of a transaction sum to zero in both.

What a payer (payment or credit memo) settles on an invoice leaves A/R at the value at which the
invoice put it there; the difference to the payer's own rate is a realised exchange gain or loss
inside the payer. So a settled invoice leaves nothing in A/R, in either currency.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .document import MAIN_LINE, Document, Line
from .values import times

INVOICE, CREDIT_MEMO, PAYMENT = "CustInvc", "CustCred", "CustPymt"


@dataclass(frozen=True)
class Settled:
    """What a payer settles for one customer: in its currency, and as A/R values in base."""

    entity: int
    amount: int
    released: int


@dataclass(frozen=True)
class Applied:
    """All applications of a payer.

    :param own: base value, at the payer's own rate, of what it applied.
    """

    settled: tuple[Settled, ...] = ()
    own: int = 0

    @property
    def amount(self) -> int:
        """Applied amount in transaction currency."""
        return sum(part.amount for part in self.settled)

    @property
    def gain(self) -> int:
        """Realised exchange gain in base currency, negative for a loss."""
        return self.own - sum(part.released for part in self.settled)


@dataclass
class Posting:
    """One line of a transaction with its accounting line."""

    line: int
    kind: str
    account: int
    foreign: int
    base: int
    entity: int
    entered: Line | None = None
    item: int | None = None
    rate: int | None = None
    memo: str | None = None


@dataclass(frozen=True)
class Rounding:
    """Smallest amount of the base currency, and the account for exchange differences."""

    base_unit: int
    exchange_account: int


def body_lines(document: Document, rounding: Rounding) -> list[Posting]:
    """Return the item and tax lines: credits of an invoice, debits of a credit memo."""
    sign = -1 if document.type == INVOICE else 1
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


def base_total(document: Document, rounding: Rounding) -> int:
    """Return the total in base currency: the sum of the rounded lines, positive as typed."""
    if document.type == PAYMENT:
        return times(document.payment, document.rate, rounding.base_unit)
    return abs_sum(document.type, body_lines(document, rounding))


def abs_sum(transaction_type: str, postings: list[Posting]) -> int:
    """Return what body lines add up to, with the sign of the document as typed."""
    total = sum(posting.base for posting in postings)
    return -total if transaction_type == INVOICE else total


def post_invoice(document: Document, _applied: Applied, rounding: Rounding) -> list[Posting]:
    """Dr A/R, Cr income per line, Cr tax."""
    lines = body_lines(document, rounding)
    base = -sum(posting.base for posting in lines)
    main = Posting(
        MAIN_LINE, "RECEIVABLE", document.receivable, document.total, base, document.entity
    )
    return [main, *lines]


def post_credit_memo(document: Document, applied: Applied, rounding: Rounding) -> list[Posting]:
    """Dr income and tax, Cr A/R at the value that it settles; the rest is exchange gain."""
    lines = body_lines(document, rounding)
    base = sum(posting.base for posting in lines) - applied.gain
    main = Posting(
        MAIN_LINE, "RECEIVABLE", document.receivable, -document.total, -base, document.entity
    )
    return [main, *lines, *_exchange(document, applied, rounding, document.next_line)]


def post_payment(document: Document, applied: Applied, rounding: Rounding) -> list[Posting]:
    """Dr bank or undeposited funds, Cr A/R per customer whose invoices it settles."""
    base = base_total(document, rounding)
    own = document.entity
    main = Posting(MAIN_LINE, "PAYMENT", document.money_account, document.payment, base, own)
    rest = document.payment - applied.amount
    shares = {own: (rest, base - applied.own)}
    for part in applied.settled:
        amount, value = shares.get(part.entity, (0, 0))
        shares[part.entity] = (amount + part.amount, value + part.released)
    receivables = [
        Posting(number, "RECEIVABLE", document.receivable, -amount, -value, entity)
        for number, (entity, (amount, value)) in enumerate(shares.items(), start=1)
    ]
    return [main, *receivables, *_exchange(document, applied, rounding, len(receivables) + 1)]


def _exchange(document: Document, applied: Applied, rounding: Rounding, line: int) -> list[Posting]:
    if not applied.gain:
        return []
    return [
        Posting(line, "FXVARIANCE", rounding.exchange_account, 0, -applied.gain, document.entity)
    ]


RULES: dict[str, Callable[[Document, Applied, Rounding], list[Posting]]] = {
    INVOICE: post_invoice,
    CREDIT_MEMO: post_credit_memo,
    PAYMENT: post_payment,
}
PAYERS = frozenset({CREDIT_MEMO, PAYMENT})
