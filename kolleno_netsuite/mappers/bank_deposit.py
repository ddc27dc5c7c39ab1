"""A bank deposit: which payments it took to the bank, and what else it posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .amounts import Digits, check_decimals, rounded
from .transaction import EXCHANGE, MAIN, NOTE, ZERO, InconsistentError, Line, Transaction


@dataclass(frozen=True)
class BankDeposit:
    """The lines of a deposit, told apart.

    :param bank: what the bank got.
    :param payments: {internal id of a payment, deposit or refund: the line that took it along}.
    :param others: fees, cash back, and receipts that no link leads to.
    :param exchange_account: internal id of the account of its exchange difference; 0 without one.
    """

    bank: Line
    payments: Mapping[int, Line]
    others: tuple[Line, ...]
    exchange_account: int = 0


@dataclass(frozen=True)
class BankLine:
    """What the bank got for a part of a deposit, debit-positive, and the exchange difference.

    :param exchange: in company currency; what is left between the bank and all other lines.
    """

    foreign: Decimal
    base: Decimal
    exchange: Decimal


def build_bank_deposit(transaction: Transaction, digits: Digits) -> BankDeposit:
    """Return the lines of a deposit, each payment with its own.

    A link names its line; where that is none, one of its amount is taken.

    :raise InconsistentError: there is not one bank line, the lines do not balance, or have more
        decimals than the currency.
    """
    bank = transaction.main
    posting = [line for line in transaction.lines if line.kind not in (EXCHANGE, NOTE)]
    difference = sum((line.base for line in transaction.lines), ZERO)
    if difference:
        raise InconsistentError("unbalanced", difference=difference)
    check_decimals(posting, digits)
    left = {line.number: line for line in posting if line.kind != MAIN}
    payments = {}
    for link in transaction.links:
        alike = (each.number for each in left.values() if abs(each.foreign) == link.amount)
        line = left.pop(link.line if link.line in left else next(alike, -1), None)
        if line is not None:
            payments[link.paid] = line
    exchange = next((line.account for line in transaction.of_kind(EXCHANGE) if line.account), 0)
    return BankDeposit(bank, payments, tuple(left.values()), exchange)


def bank_line(
    deposit: BankDeposit, kept: Decimal, booked: Decimal, exchange_rate: Decimal, digits: Digits
) -> BankLine:
    """Return what the bank got for the lines of a deposit that are mirrored.

    :param kept: their sum in the deposit's currency, debit-positive, so below zero mostly.
    :param booked: what they are booked with in company currency, likewise.
    :param exchange_rate: company units for one unit of the deposit's currency.
    """
    foreign = -kept
    whole = foreign == deposit.bank.foreign
    base = deposit.bank.base if whole else rounded(foreign * exchange_rate, digits.company)
    return BankLine(foreign, base, -base - booked)
