"""A deposit application or a journal as the items of an Odoo journal entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from .amounts import Digits, check_decimals, rounded
from .payment import shares
from .transaction import EXCHANGE, NOTE, ZERO, InconsistentError, Line, Transaction

# Other lines of a journal that are booked one by one.
MOST_OTHERS = 200


@dataclass(frozen=True)
class EntryLine:
    """One item for Odoo; amounts debit-positive.

    :param account: NetSuite's internal id.
    :param entity: internal id of the customer whose balance it changes.
    :param number: NetSuite's number of the line, by which a journal's items are told apart.
    :param deposit: it stands on the account of customer deposits.
    :param is_open: it is open in NetSuite, as only a journal's line is by itself.
    """

    account: int
    foreign: Decimal
    base: Decimal
    entity: int
    label: str
    number: int = 0
    deposit: bool = False
    is_open: bool = False


def build_deposit_application(
    transaction: Transaction, receivable_accounts: Collection[int], digits: Digits
) -> tuple[EntryLine, ...]:
    """Return the items that mirror a deposit application: deposits first, then receivables.

    An exchange gain or loss inside it is left out, and the receivable carries the deposit's own
    rate: Odoo books the difference when it is reconciled with the invoice.

    :param receivable_accounts: internal ids of accounts that keep customers' balances.
    :raise InconsistentError: the lines do not add up to the header or do not balance, or have
        more decimals than the currency.
    """
    posting = [line for line in transaction.lines if line.kind not in (EXCHANGE, NOTE)]
    _check_balanced(transaction.lines)
    check_decimals(posting, digits)
    receivable = [line for line in posting if line.account in receivable_accounts]
    deposits = [line for line in posting if line not in receivable]
    foreign = sum((line.foreign for line in deposits), ZERO)
    if transaction.total is not None and transaction.total != foreign:
        raise InconsistentError("total", header=transaction.total, lines=foreign)
    if not receivable:
        raise InconsistentError("receivable_line")
    used = tuple(
        EntryLine(
            line.account,
            line.foreign,
            line.base,
            line.entity or transaction.entity,
            line.label,
            line.number,
            deposit=True,
        )
        for line in deposits
    )
    base = sum((line.base for line in deposits), ZERO)
    balances = tuple(
        EntryLine(share.account, share.foreign, share.base, share.entity, share.label)
        for share in shares(receivable, -foreign, -base, transaction.entity, digits)
    )
    return used + balances


def build_journal(transaction: Transaction, digits: Digits) -> tuple[EntryLine, ...]:
    """Return the receivable lines of a journal, each its own item (docs/FEATURES.md 34).

    A credit has the journal's own rate, whatever the invoices that it is applied to were worth:
    Odoo books the difference when it is reconciled with them.

    :raise InconsistentError: an amount has more decimals than its currency.
    """
    check_decimals(transaction.lines, digits)
    return tuple(
        EntryLine(
            line.account,
            line.foreign,
            _own_base(line, transaction.exchange_rate, digits),
            line.entity,
            line.label,
            line.number,
            is_open=line.is_open,
        )
        for line in transaction.lines
    )


def other_side(transaction: Transaction, digits: Digits) -> tuple[EntryLine, ...]:
    """Return the lines of a journal that are no customer's receivable.

    Without exchange gains and losses, which Odoo books when it reconciles. A journal with very
    many lines is told by account.
    """
    posting = [line for line in transaction.others if line.foreign]
    try:
        check_decimals(posting, digits)
    except InconsistentError:
        # It changes no customer's balance: the offset account takes it.
        return ()
    lines = tuple(
        EntryLine(line.account, line.foreign, line.base, 0, line.label, line.number)
        for line in posting
    )
    if len(lines) <= MOST_OTHERS:
        return lines
    sums: dict[int, tuple[Decimal, Decimal]] = {}
    for line in lines:
        foreign, base = sums.get(line.account, (ZERO, ZERO))
        sums[line.account] = (foreign + line.foreign, base + line.base)
    return tuple(
        EntryLine(account, foreign, base, 0, "", number=-1)
        for account, (foreign, base) in sums.items()
        if foreign or base
    )


def _own_base(line: Line, exchange_rate: Decimal, digits: Digits) -> Decimal:
    if line.foreign >= ZERO:
        return line.base
    if line.own_base is not None:
        return line.own_base
    return rounded(line.foreign * exchange_rate, digits.company)


def _check_balanced(lines: Collection[Line]) -> None:
    difference = sum((line.base for line in lines), ZERO)
    if difference:
        raise InconsistentError("unbalanced", difference=difference)
