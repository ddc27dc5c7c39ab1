"""A NetSuite transaction as one value: header, lines with their ledger amounts, and links.

Amounts of a line are debit-positive, in the currency of the document (``foreign``) and in the
base currency of its subsidiary (``base``). The sign comes from the ledger's debit and credit,
because the sign of ``foreignamount`` and ``foreigntotal`` differs between accounts and types.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..client import dto
from ..const import BANK_DEPOSIT_TYPE, DEPOSIT_TYPE, JOURNAL_TYPE, PAYMENT_TYPE
from .landing import OTHERS
from .links import Link, deposited_payments, read_links, with_discount
from .text import plain

Payload = Mapping[str, Any]

ZERO = Decimal(0)
# ``transaction.status`` of all types (docs/NETSUITE.md 4.4).
VOIDED_STATUS = "V"
# By which letters NetSuite says whether money is in the bank. A deposit that is used up has one
# that does not tell, and a refund has none.
_DEPOSITED = {PAYMENT_TYPE: {"B": False, "C": True}, DEPOSIT_TYPE: {"A": False, "B": True}}
# The customers are on their lines.
_OF_NOBODY = (JOURNAL_TYPE, BANK_DEPOSIT_TYPE)
MAIN = "main"
ITEM = "item"
TAX = "tax"
COGS = "cogs"
NOTE = "note"
EXCHANGE = "exchange"


class InconsistentError(ValueError):
    """What NetSuite answered does not add up, so it cannot be booked exactly.

    :param code: stable word for the kind of inconsistency.
    :param amounts: what differs, for the message.
    """

    def __init__(self, code: str, **amounts: object) -> None:
        super().__init__(code)
        self.code = code
        self.amounts = amounts


@dataclass(frozen=True)
class Line:
    """One line of a transaction.

    :param kind: `MAIN` (the receivable, or the money of a payment), `ITEM`, `TAX`, `COGS`,
        `NOTE` (posts nothing) or `EXCHANGE` (gain or loss: an amount in base currency only).
    :param account: internal id of the account, 0 on a line that posts nothing.
    :param item: internal id of the item; of the tax code on a tax line.
    :param entity: internal id of the customer of this line, 0 for the header's.
    :param subsidiary: internal id, 0 in an account without OneWorld.
    :param is_open: the line itself has an open amount, which only a journal's lines have.
    :param own_base: what a journal's credit is worth at its own rate, debit-positive; `base` moves
        with what it is applied to. None where NetSuite does not tell.
    """

    number: int
    kind: str
    account: int
    foreign: Decimal
    base: Decimal
    quantity: Decimal
    rate: Decimal
    item: int
    label: str
    entity: int
    subsidiary: int = 0
    is_open: bool = False
    own_base: Decimal | None = None


@dataclass(frozen=True)
class Transaction:
    """One document of a customer, or a journal entry with lines of several.

    :param entity: internal id of the customer; 0 of a journal or a bank deposit, whose lines have
        their own.
    :param exchange_rate: base units for one unit of the document's currency.
    :param total: absolute total of the header in the document's currency; None when absent.
    :param project: name of the project that the document names instead of its customer.
    :param posted: False while NetSuite waits for an approval.
    :param voided: NetSuite turned all its amounts to zero. One that a journal takes back keeps its
        amounts, and counts like that journal.
    :param others: lines of a journal that are no customer's receivable; none where they were not
        stored, or cannot be read.
    :param deposited: whether the money is in the bank; None where the status does not tell.
    :param unclear: internal ids of documents that it is linked to, by so much that NetSuite does
        not tell or by a type that nobody knows, although a part of it is applied somewhere.
    """

    internal_id: int
    record_type: str
    number: str
    date: dt.date
    due_date: dt.date
    entity: int
    subsidiary: int
    currency: int
    exchange_rate: Decimal
    total: Decimal | None
    terms: int
    payment_method: int
    memo: str
    purchase_order: str
    posted: bool
    voided: bool
    lines: tuple[Line, ...]
    links: tuple[Link, ...]
    unclear: tuple[int, ...] = ()
    project: str = ""
    others: tuple[Line, ...] = ()
    deposited: bool | None = None

    @property
    def main(self) -> Line:
        """The receivable of an invoice or credit memo, the money of a payment.

        :raise InconsistentError: there is none, or more than one.
        """
        mains = [line for line in self.lines if line.kind == MAIN]
        if len(mains) != 1:
            raise InconsistentError("main_line", count=len(mains))
        return mains[0]

    def of_kind(self, *kinds: str) -> tuple[Line, ...]:
        """Return the lines of some kinds, in NetSuite's order."""
        return tuple(line for line in self.lines if line.kind in kinds)


def read_transaction(payload: Payload, record_type: str) -> Transaction:
    """Return the transaction of a landed payload.

    :param payload: ``{"row": {...}, "lines": [...], "links": [...]}``, all texts.
    :param record_type: one of `const.TRANSACTION_TYPES`.
    :raise ShapeError: a required column is missing or a value is not of its kind.
    :raise InconsistentError: the exchange rate is missing or not positive (docs/FEATURES.md 17).
    """
    row = payload["row"]
    raw_lines = payload.get("lines") or ()
    date = dto.date(row, "trandate")
    total = dto.decimal(row, "foreigntotal", None)
    exchange_rate = dto.decimal(row, "exchangerate", ZERO)
    if exchange_rate <= ZERO:
        raise InconsistentError("rate", rate=row.get("exchangerate") or "-")
    lines = tuple(_line(raw, exchange_rate) for raw in raw_lines)
    if record_type == BANK_DEPOSIT_TYPE:
        links = deposited_payments(payload)
    else:
        links = read_links(payload, record_type)
    if record_type == PAYMENT_TYPE:
        money = sum((abs(line.foreign) for line in lines if line.kind == MAIN), ZERO)
        settled = sum(
            (-line.foreign for line in lines if line.kind == ITEM and line.foreign < 0), ZERO
        )
        links = with_discount(links, payload, money, settled)
    return Transaction(
        internal_id=dto.integer(row, "id"),
        record_type=record_type,
        number=plain(dto.text(row, "tranid", "")),
        date=date,
        due_date=dto.date(row, "duedate", date),
        entity=dto.integer(row, "entity") if record_type not in _OF_NOBODY else 0,
        subsidiary=_subsidiary(raw_lines),
        currency=dto.integer(row, "currency", 0),
        exchange_rate=exchange_rate,
        total=None if total is None else abs(total),
        terms=dto.integer(row, "terms", 0),
        payment_method=dto.integer(row, "paymentmethod", 0),
        memo=dto.text(row, "memo", "").replace("\x00", "").strip(),
        purchase_order=plain(dto.text(row, "otherrefnum", "")),
        posted=dto.boolean(row, "posting", default=True),
        voided=_is_void(row) and not any(line.base for line in lines),
        lines=lines,
        links=links.applied,
        unclear=links.unclear,
        project=plain(dto.text(row, "project_name", "")),
        others=_others(payload, exchange_rate),
        deposited=is_deposited(record_type, row),
    )


def is_deposited(record_type: str, row: dto.Row) -> bool | None:
    """Tell whether NetSuite says that the money of a payment or deposit is in the bank.

    :param row: NetSuite's header of it.
    :return: None where its status does not tell.
    """
    return _DEPOSITED.get(record_type, {}).get(dto.text(row, "status", ""))


def _others(payload: Payload, exchange_rate: Decimal) -> tuple[Line, ...]:
    """Return the other side of a journal, whose lines stop no open item of a customer."""
    try:
        return tuple(_line(raw, exchange_rate) for raw in payload.get(OTHERS) or ())
    except dto.ShapeError:
        return ()


def _is_void(row: dto.Row) -> bool:
    """Tell whether NetSuite calls a transaction void, whatever still posts of it."""
    return dto.boolean(row, "voided", default=False) or dto.text(row, "status", "") == VOIDED_STATUS


def _subsidiary(raw_lines: Any) -> int:
    """Return the main line's subsidiary; the header does not have it in every account.

    Of a journal only the receivable lines are read, so the first of them has to do.
    """
    main = [raw for raw in raw_lines if dto.boolean(raw, "mainline", default=False)]
    return next((dto.integer(raw, "subsidiary", 0) for raw in (*main, *raw_lines)), 0)


def _line(raw: dto.Row, exchange_rate: Decimal) -> Line:
    record = f"line {raw.get('line', '?')} of transaction {raw.get('transaction', '?')}"
    account = dto.integer(raw, "account", 0, record=record)
    base = _base(raw)
    foreign = dto.decimal(raw, "foreignamount", ZERO, record=record)
    if base:
        foreign = abs(foreign).copy_sign(base)
    kind = _kind(raw, account, foreign, base)
    if kind == COGS and not foreign:
        # Cost is kept in base currency; not every account has it in the document's as well.
        foreign = base / exchange_rate
    return Line(
        number=dto.integer(raw, "line", 0, record=record),
        kind=kind,
        account=account,
        foreign=foreign,
        base=base,
        quantity=dto.decimal(raw, "quantity", ZERO, record=record),
        rate=_rate(raw),
        item=dto.integer(raw, "item", 0, record=record),
        label=plain(dto.text(raw, "memo", "")) or plain(dto.text(raw, "item_name", "")),
        entity=dto.integer(raw, "subentity", 0, record=record),
        subsidiary=dto.integer(raw, "subsidiary", 0, record=record),
        is_open=any(
            dto.decimal(raw, column, ZERO, record=record)
            for column in ("foreignamountunpaid", "foreignpaymentamountunused")
        ),
        own_base=_own_base(raw),
    )


def _own_base(raw: dto.Row) -> Decimal | None:
    used = dto.decimal(raw, "paymentamountused", None)
    unused = dto.decimal(raw, "paymentamountunused", None)
    return None if used is None or unused is None else -abs(used) - abs(unused)


def _base(raw: dto.Row) -> Decimal:
    if "debit" in raw or "credit" in raw:
        return dto.decimal(raw, "debit", ZERO) - dto.decimal(raw, "credit", ZERO)
    return dto.decimal(raw, "amount", ZERO)


def _rate(raw: dto.Row) -> Decimal:
    """Return the price of one unit; a discount in percent has none of its own."""
    if raw.get("rate", "").strip().endswith("%"):
        return ZERO
    return dto.decimal(raw, "rate", ZERO)


def _kind(raw: dto.Row, account: int, foreign: Decimal, base: Decimal) -> str:
    if dto.boolean(raw, "mainline", default=False):
        return MAIN
    if not account:
        return NOTE
    if dto.boolean(raw, "iscogs", default=False):
        return COGS
    if dto.boolean(raw, "taxline", default=False):
        return TAX
    # Only an exchange difference has an amount in base currency and none in the document's.
    return EXCHANGE if base and not foreign else ITEM
