"""The part of a payment that concerns customers who are mirrored.

NetSuite lets a parent pay the invoices of its subcustomers, with one receivable line for each of
them. Where some of these customers are excluded from the mirror, the others' invoices still have to
show what was paid.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from .amounts import Digits, rounded
from .payment import Payment, PaymentLine
from .transaction import ZERO, InconsistentError

# Stands for the account that takes the place of what is not mirrored.
OFFSET = 0


def mirrored_part(
    payment: Payment,
    payer: int,
    left_out: Collection[int],
    paid: Mapping[int, Decimal],
    digits: Digits,
) -> Payment:
    """Return what of a payment is mirrored; all of it when it concerns nobody who is excluded.

    Of a mirrored payer the whole amount received is kept, and what it pays for others who are
    excluded goes to the `OFFSET`. Of a payer who is excluded only what it pays for others is
    kept, against the `OFFSET`: the money is not the mirrored customers'.

    :param payer: internal id of the payment's own customer.
    :param left_out: internal ids of customers who are not mirrored.
    :param paid: {internal id of a customer: what the payment's applications pay of it}, positive.
    :raise InconsistentError: nothing would be left of a payment whose payer is excluded.
    """
    lines = _by_customer(payment.receivables, payer, left_out, paid, digits)
    kept = tuple(line for line in lines if line.entity not in left_out)
    gone = [line for line in lines if line.entity in left_out]
    if payer not in left_out:
        if not gone:
            return payment
        others = (*payment.others, _offset(gone, payer))
        return replace(payment, receivables=kept, others=others)
    if not kept:
        raise InconsistentError("receivable_line")
    money = _offset(kept, payer)
    money = replace(money, foreign=-money.foreign, base=-money.base)
    return replace(
        payment,
        amount=abs(money.foreign),
        inbound=money.foreign >= ZERO,
        money=money,
        receivables=kept,
        others=(),
    )


def _offset(lines: Collection[PaymentLine], payer: int) -> PaymentLine:
    foreign = sum((line.foreign for line in lines), ZERO)
    base = sum((line.base for line in lines), ZERO)
    return PaymentLine(OFFSET, foreign, base, payer, "")


def _by_customer(
    receivables: Collection[PaymentLine],
    payer: int,
    left_out: Collection[int],
    paid: Mapping[int, Decimal],
    digits: Digits,
) -> list[PaymentLine]:
    """Return one line for each customer that has to be told apart from the payer.

    An account may keep all of a payment on the payer's own line; then the applications tell.
    """
    lines = [line for line in receivables if line.foreign]
    named = {line.entity for line in lines}
    for customer, amount in sorted(paid.items()):
        if customer in named or (customer in left_out) == (payer in left_out):
            continue
        own = [line for line in lines if line.entity == payer and abs(line.foreign) >= amount]
        if not own:
            continue
        line = max(own, key=lambda each: abs(each.foreign))
        foreign = amount.copy_sign(line.foreign)
        lines.remove(line)
        if line.foreign == foreign:
            lines.append(replace(line, entity=customer))
            continue
        base = rounded(line.base * foreign / line.foreign, digits.company)
        lines.append(replace(line, foreign=foreign, base=base, entity=customer))
        lines.append(replace(line, foreign=line.foreign - foreign, base=line.base - base))
    return lines
