"""An invoice or credit memo as the lines of an Odoo invoice, with NetSuite's own amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .amounts import Digits, check_decimals, rounded
from .transaction import (
    COGS,
    ITEM,
    MAIN,
    NOTE,
    TAX,
    ZERO,
    InconsistentError,
    Line,
    Transaction,
)

# Odoo's `move_type` by the sign of the receivable; zero takes the type's own.
INVOICE_TYPE, REFUND_TYPE = "out_invoice", "out_refund"


@dataclass(frozen=True)
class InvoiceLine:
    """One line for Odoo; amounts debit-positive.

    :param quantity: units as a person reads them: positive for what is sold.
    :param price: for one unit; quantity times price is the amount, to the cent.
    """

    kind: str
    account: int
    foreign: Decimal
    base: Decimal
    quantity: Decimal
    price: Decimal
    tax_code: int
    label: str


@dataclass(frozen=True)
class Invoice:
    """One invoice or credit memo, ready to be mirrored.

    :param move_type: ``out_refund`` for a credit memo and for an invoice below zero, which
        Odoo does not post as an invoice; the amounts of the lines are the same either way.
    :param total: of the document, positive, in its currency.
    :param tax: part of `total`, with its sign.
    :param base_total: `total` in company currency.
    :param receivable: the line of the customer's balance.
    :param instalments: how many lines of NetSuite it stands for, each with a date of its own.
    """

    move_type: str
    total: Decimal
    tax: Decimal
    base_total: Decimal
    receivable: InvoiceLine
    lines: tuple[InvoiceLine, ...]
    instalments: int = 1


def build_invoice(transaction: Transaction, digits: Digits) -> Invoice:
    """Return the lines that mirror an invoice or a credit memo.

    An exchange gain or loss inside a credit memo is left out and the receivable carries the
    document's own rate: Odoo books the difference when the memo is applied. Instalments are one
    receivable: NetSuite applies payments to the invoice, not to one of them.

    :raise InconsistentError: the lines do not add up to the header, do not balance, or have
        more decimals than the currency.
    """
    balances = _balances(transaction)
    body = [line for line in transaction.of_kind(ITEM, TAX) if line not in balances]
    foreign = -sum((line.foreign for line in body), ZERO)
    base = -sum((line.base for line in body), ZERO)
    _check(transaction, balances, foreign, digits)
    move_type = _move_type(transaction, foreign)
    direction = -1 if move_type == INVOICE_TYPE else 1
    main = balances[0]
    receivable = InvoiceLine(
        main.kind, main.account, foreign, base, ZERO, ZERO, 0, transaction.number
    )
    lines = tuple(
        _invoice_line(line, direction, digits)
        for line in transaction.of_kind(ITEM, TAX, COGS, NOTE)
        if line not in balances
    )
    return Invoice(
        move_type=move_type,
        total=-direction * foreign,
        tax=direction * sum((line.foreign for line in body if line.kind == TAX), ZERO),
        base_total=-direction * base,
        receivable=receivable,
        lines=lines,
        instalments=len(balances),
    )


def _balances(transaction: Transaction) -> tuple[Line, ...]:
    """Return the lines of the customer's balance: one, or one for each instalment.

    Whether each of them counts as a main line, or the first, is not documented; none has an item.

    :raise InconsistentError: there is none, or they are on several accounts.
    """
    mains = transaction.of_kind(MAIN)
    accounts = {line.account for line in mains}
    if len(accounts) != 1:
        raise InconsistentError("main_line", count=len(mains))
    others = (
        line
        for line in transaction.of_kind(ITEM)
        if line.account in accounts and not line.item and line.foreign
    )
    return (*mains, *others)


def _move_type(transaction: Transaction, foreign: Decimal) -> str:
    if not foreign:
        return REFUND_TYPE if transaction.record_type == "creditmemo" else INVOICE_TYPE
    return INVOICE_TYPE if foreign > 0 else REFUND_TYPE


def _check(
    transaction: Transaction, balances: tuple[Line, ...], foreign: Decimal, digits: Digits
) -> None:
    ledger = sum((line.base for line in transaction.lines), ZERO)
    if ledger:
        raise InconsistentError("unbalanced", difference=ledger)
    header = transaction.total
    if header is None:
        header = abs(sum((line.foreign for line in balances), ZERO))
    if abs(foreign) != header:
        raise InconsistentError("total", header=header, lines=abs(foreign))
    check_decimals(transaction.of_kind(ITEM, TAX, COGS), digits)


def _invoice_line(line: Line, direction: int, digits: Digits) -> InvoiceLine:
    quantity, price, label = ZERO, ZERO, line.label
    if line.kind == ITEM:
        shown = direction * line.foreign
        quantity, price = quantity_and_price(shown, line.quantity, line.rate, digits)
        entered = abs(line.quantity)
        if entered and abs(quantity) != entered:
            each = line.rate or shown / entered
            label = f"{label} ({_short(entered)} × {_short(each)})".strip()
    foreign = line.foreign
    if line.kind == COGS:
        # Kept in base currency by NetSuite; both legs cancel out in either currency.
        foreign = rounded(foreign, digits.currency)
    tax_code = line.item if line.kind == TAX else 0
    return InvoiceLine(
        line.kind, line.account, foreign, line.base, quantity, price, tax_code, label
    )


def _short(number: Decimal) -> str:
    text = f"{number:.6f}"
    return text.rstrip("0").rstrip(".")


def quantity_and_price(
    shown: Decimal, quantity: Decimal, rate: Decimal, digits: Digits
) -> tuple[Decimal, Decimal]:
    """Return a quantity and a unit price whose product is exactly the amount of the line.

    NetSuite's own pair is kept where it gives the amount at Odoo's precision; else the price is
    the amount divided by the quantity; else it is one unit at the whole amount.

    :param shown: amount as the customer reads it: positive for a sale, negative for a discount.
    :param quantity: NetSuite's quantity, whose sign says nothing (negative on invoices).
    :param rate: NetSuite's price for one unit, 0 for none.
    """
    units = abs(quantity)
    if not shown:
        return units or Decimal(1), ZERO
    if units and rounded(units, digits.quantity) == units:
        prices = [rate, shown / units] if rate else [shown / units]
        for price in prices:
            price = rounded(price, digits.price)
            signed = units if (shown < 0) == (price < 0) else -units
            if price and rounded(signed * price, digits.currency) == shown:
                return signed, price
    return Decimal(1), shown
