"""A transaction as its author typed it: the header and the lines that are entered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .kinds import BILLS, JOURNAL
from .values import times

# Position of NetSuite's main line; entered lines follow.
MAIN_LINE = 0


@dataclass
class Line:
    """An item line. Amounts are in 1/SCALE of the transaction currency, positive as typed."""

    id: int
    item: int
    account: int
    item_type: str | None = None
    quantity: int | None = None
    rate: int | None = None
    amount: int = 0
    tax_code: int | None = None
    memo: str | None = None
    department: int | None = None
    location: int | None = None
    classification: int | None = None
    unique_key: int | None = None

    def fill_amount(self, unit: int) -> None:
        """Compute the amount from quantity and rate; a missing quantity is one."""
        if self.rate is not None:
            quantity = 10**8 if self.quantity is None else self.quantity
            self.amount = times(self.rate, quantity, unit)


@dataclass
class TaxLine:
    """The tax of one tax code over all lines that have it, one line as NetSuite shows it."""

    id: int
    tax_code: int
    name: str
    account: int
    rate: int
    amount: int = 0


@dataclass
class Instalment:
    """A part of an invoice that is due by itself.

    :param line: id of its receivable line; the first is on the main line.
    :param amount: in 1/SCALE of the transaction currency.
    """

    line: int
    due: str
    amount: int


@dataclass
class JournalLine:
    """A line of a journal.

    :param amount: in 1/SCALE of the journal's currency, debits positive, credits negative.
    :param entity: the customer or vendor in its Name column.
    :param rate: base-currency units of its subsidiary per unit of the journal's currency.
    :param unit: smallest amount of that base currency.
    :param is_open_item: whether it is an A/R line of a customer, which is settled by itself.
    """

    id: int
    account: int = 0
    amount: int = 0
    entity: int | None = None
    subsidiary: int = 0
    rate: int = 0
    unit: int = 1
    memo: str | None = None
    department: int | None = None
    location: int | None = None
    classification: int | None = None
    is_open_item: bool = False

    @property
    def base(self) -> int:
        """The amount in base currency of its subsidiary."""
        return times(self.amount, self.rate, self.unit)


@dataclass
class Document:
    """A transaction between the body that describes it and the rows that store it.

    :param header: columns of the transaction table.
    :param receivable: its A/R account, 0 for a deposit.
    :param money_account: the bank or undeposited-funds account of a payment, deposit or refund, 0
        for others.
    :param owner: the customer, where `entity` is a project of it.
    :param payment: amount of those, and of a deposit application, in 1/SCALE of its currency.
    """

    id: int
    type: str
    header: dict[str, Any]
    subsidiary: int
    receivable: int
    money_account: int = 0
    payment: int = 0
    department: int | None = None
    location: int | None = None
    classification: int | None = None
    lines: list[Line] = field(default_factory=list)
    taxes: list[TaxLine] = field(default_factory=list)
    created_from: int | None = None
    owner: int = 0
    instalments: list[Instalment] = field(default_factory=list)
    journal: list[JournalLine] = field(default_factory=list)
    next_line: int = 1

    @property
    def entity(self) -> int:
        """The customer or its project; 0 for a journal, whose lines have one each."""
        return int(self.header["entity"] or 0)

    @property
    def customer(self) -> int:
        """The customer, also where the document names one of its projects."""
        return self.owner or self.entity

    @property
    def currency(self) -> int:
        """The transaction currency."""
        return int(self.header["currency"])

    @property
    def rate(self) -> int:
        """Base-currency units per transaction-currency unit, in 1/SCALE."""
        return int(self.header["exchangerate"])

    @property
    def subtotal(self) -> int:
        """Sum of the entered lines, before tax."""
        return sum(line.amount for line in self.lines)

    @property
    def tax_total(self) -> int:
        """Sum of the tax lines."""
        return sum(tax.amount for tax in self.taxes)

    @property
    def total(self) -> int:
        """What the customer owes by it, or is credited, or a journal debits: positive as typed."""
        if self.type == JOURNAL:
            return sum(line.amount for line in self.journal if line.amount > 0)
        return self.subtotal + self.tax_total if self.type in BILLS else self.payment

    def take_line_id(self) -> int:
        """Return the id of a further line."""
        taken = self.next_line
        self.next_line += 1
        return taken
