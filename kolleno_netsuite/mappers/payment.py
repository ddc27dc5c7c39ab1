"""A payment, deposit or refund of a customer as the lines of an Odoo payment's journal entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from ..const import DEPOSIT_TYPE
from .amounts import Digits, check_decimals, rounded
from .transaction import EXCHANGE, MAIN, NOTE, ZERO, InconsistentError, Line, Transaction


@dataclass(frozen=True)
class PaymentLine:
    """One line for Odoo; amounts debit-positive.

    :param entity: internal id of the customer whose balance it changes.
    :param deposit: it stands on the account of customer deposits.
    """

    account: int
    foreign: Decimal
    base: Decimal
    entity: int
    label: str
    deposit: bool = False


@dataclass(frozen=True)
class Payment:
    """One payment, ready to be mirrored.

    :param amount: of the money received, positive, in the payment's currency.
    :param inbound: False when money went out to the customer.
    :param money: bank, or payments that are not deposited yet.
    :param receivables: what it takes off the customers' balances, or adds to their deposits, at
        the payment's own rate; the other way round for a refund.
    :param others: discounts taken and the like.
    """

    amount: Decimal
    inbound: bool
    money: PaymentLine
    receivables: tuple[PaymentLine, ...]
    others: tuple[PaymentLine, ...]


def build_payment(
    transaction: Transaction, receivable_accounts: Collection[int], digits: Digits
) -> Payment:
    """Return the lines that mirror a customer payment, deposit or refund.

    NetSuite books realised exchange differences inside the payment; they are left out, and the
    receivable carries the payment's own rate: Odoo books the difference when it applies it.

    :param receivable_accounts: internal ids of accounts that keep customers' balances.
    :raise InconsistentError: the lines do not add up to the header, do not balance, have no
        receivable, or have more decimals than the currency.
    """
    main = transaction.main
    amount = abs(main.foreign)
    if transaction.total is not None and transaction.total != amount:
        raise InconsistentError("total", header=transaction.total, lines=amount)
    ledger = sum((line.base for line in transaction.lines), ZERO)
    if ledger:
        raise InconsistentError("unbalanced", difference=ledger)
    posting = [line for line in transaction.lines if line.kind not in (EXCHANGE, NOTE)]
    check_decimals(posting, digits)
    counterparts = [line for line in posting if line.kind != MAIN]
    deposits = deposit_accounts(transaction)
    receivable = [
        line for line in counterparts if line.account in {*receivable_accounts, *deposits}
    ]
    others = tuple(_line(line) for line in counterparts if line not in receivable and line.foreign)
    if not receivable:
        raise InconsistentError("receivable_line")
    money = _line(main)
    foreign = -money.foreign - sum((line.foreign for line in others), ZERO)
    base = -money.base - sum((line.base for line in others), ZERO)
    return Payment(
        amount=amount,
        inbound=main.foreign >= 0,
        money=money,
        receivables=shares(receivable, foreign, base, transaction.entity, digits, deposits),
        others=others,
    )


def _line(line: Line) -> PaymentLine:
    return PaymentLine(line.account, line.foreign, line.base, line.entity, line.label)


def deposit_accounts(transaction: Transaction) -> frozenset[int]:
    """Return the internal ids of the accounts on which a transaction keeps customer deposits.

    All that a deposit was booked for; of a refund, the lines that pay deposits back.
    """
    if transaction.record_type == DEPOSIT_TYPE:
        lines = {line.number for line in transaction.lines if line.kind not in (MAIN, EXCHANGE)}
    else:
        lines = {link.line for link in transaction.links if link.deposit}
    return frozenset(
        line.account
        for line in transaction.lines
        if line.number in lines and line.account and line.kind != MAIN
    )


def shares(
    lines: list[Line],
    foreign: Decimal,
    base: Decimal,
    entity: int,
    digits: Digits,
    deposits: Collection[int] = (),
) -> tuple[PaymentLine, ...]:
    """Return one line per customer and account, whose base amounts add up to `base`.

    :param deposits: internal ids of the accounts of customer deposits.
    :raise InconsistentError: the shares do not add up to `foreign`.
    """
    amounts: dict[tuple[int, int], Decimal] = {}
    for line in lines:
        key = (line.entity or entity, line.account)
        amounts[key] = amounts.get(key, ZERO) + line.foreign
    if sum(amounts.values(), ZERO) != foreign:
        raise InconsistentError("total", header=-foreign, lines=-sum(amounts.values(), ZERO))
    kept = {key: amount for key, amount in amounts.items() if amount} or amounts
    found, left = [], base
    for position, ((customer, account), amount) in enumerate(sorted(kept.items()), start=1):
        part = left
        if position < len(kept):
            part = rounded(base * amount / foreign, digits.company) if foreign else ZERO
        left -= part
        found.append(PaymentLine(account, amount, part, customer, "", account in deposits))
    return tuple(found)
