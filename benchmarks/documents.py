"""Invoices and payments to book, in NetSuite's words and as plain amounts for everybody else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

# Internal ids of the NetSuite account that is made up here.
SUBSIDIARY, USD, TAX_CODE = 1, 1, 221
RECEIVABLE, INCOME, SERVICES, SALES_TAX, UNDEPOSITED = 114, 119, 120, 117, 116
ITEMS = (
    (211, "LAN-100", "Signal Lantern", INCOME),
    (214, "SPARE-7", "Lens, 7 inch", INCOME),
    (216, "SUB-PRO", "Fleet Monitoring, Professional", SERVICES),
)
TAX_RATE = Decimal("8.25")
DATE, DUE_DATE, PAID_ON = "2026-03-10", "2026-04-09", "2026-03-31"
CREATED = "2026-03-31 10:41:16"

Document = dict[str, Any]


@dataclass(frozen=True)
class Invoice:
    """An invoice of three lines and a tax.

    :param customer: internal id
    :param lines: quantity and price of each item; a line's tax is a whole number of cents,
        so that no way of rounding makes a difference
    """

    internal_id: int
    customer: int
    lines: tuple[tuple[int, Decimal], ...]

    @property
    def number(self) -> str:
        """NetSuite's document number."""
        return f"INV{self.internal_id}"

    @property
    def untaxed(self) -> Decimal:
        """Amount before tax."""
        return sum((quantity * price for quantity, price in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Amount of the tax."""
        return (self.untaxed * TAX_RATE / 100).quantize(Decimal("0.01"))

    @property
    def total(self) -> Decimal:
        """Amount with tax."""
        return self.untaxed + self.tax


def invoices(customers: list[int]) -> Iterator[Invoice]:
    """Yield invoices without end, the same ones in each run."""
    chance = random.Random(7)  # noqa: S311 repeatable, not secret
    for internal_id in count(10_000):
        # Four units of money carry 33 cents of the tax.
        lines = tuple(
            (chance.randint(1, 9), Decimal(4 * chance.randint(2, 300))) for _item in ITEMS
        )
        yield Invoice(internal_id, chance.choice(customers), lines)


def customer_document(internal_id: int) -> Document:
    """Return a customer as a page of NetSuite's has it."""
    name = f"Benchmark Customer {internal_id}"
    row = {"id": internal_id, "entityid": f"C{internal_id}", "companyname": name, "altname": name}
    row |= {"isperson": "F", "isinactive": "F", "email": f"c{internal_id}@example.com"}
    row |= {"currency": USD, "datecreated": CREATED, "lastmodified": CREATED}
    address = {"entity": internal_id, "addressid": internal_id, "label": "Head office"}
    address |= {"defaultbilling": "T", "defaultshipping": "T", "addr1": "117 Lantern Row"}
    address |= {"city": "Millhaven", "state": "OR", "zip": "97000", "country": "US"}
    subsidiary = {"id": internal_id, "entity": internal_id, "subsidiary": SUBSIDIARY}
    return {
        "row": _texts(row),
        "addresses": [_texts(address)],
        "subsidiaries": [_texts(subsidiary | {"isprimarysub": "T"})],
    }


def invoice_document(invoice: Invoice) -> Document:
    """Return an invoice as a page of NetSuite's has it: its own amounts are negative."""
    row = _header(invoice.internal_id, invoice.number, "CustInvc", invoice.customer)
    row |= {"foreigntotal": invoice.total, "foreignamountunpaid": invoice.total}
    row |= {"status": "A", "trandate": DATE, "duedate": DUE_DATE, "otherrefnum": "PO-93223"}
    lines = [_line(invoice, 0, RECEIVABLE, invoice.total, mainline="T")]
    for number, (item, line) in enumerate(zip(ITEMS, invoice.lines, strict=True), start=1):
        internal_id, name, memo, account = item
        quantity, price = line
        more = {"item": internal_id, "item_name": name, "memo": memo}
        more |= {"quantity": -quantity, "rate": price}
        lines.append(_line(invoice, number, account, -quantity * price, **more))
    tax = {"item": TAX_CODE, "item_name": "CA_8.25%", "memo": "CA_8.25%", "rate": TAX_RATE}
    lines.append(_line(invoice, len(lines), SALES_TAX, -invoice.tax, taxline="T", **tax))
    return {"row": _texts(row), "lines": lines}


def payment_document(internal_id: int, invoice: Invoice) -> Document:
    """Return a payment of all of an invoice as a page of NetSuite's has it."""
    row = _header(internal_id, f"PYMT{internal_id}", "CustPymt", invoice.customer)
    row |= {"foreigntotal": -invoice.total, "foreignpaymentamountunused": 0}
    row |= {"status": "B", "trandate": PAID_ON, "memo": f"Cheque for {invoice.number}"}
    paying = Invoice(internal_id, invoice.customer, ())
    link = {"previousdoc": invoice.internal_id, "previousline": 0, "previoustype": "CustInvc"}
    link |= {"nextdoc": internal_id, "nextline": 1, "foreignamount": invoice.total}
    return {
        "row": _texts(row),
        "lines": [
            _line(paying, 0, UNDEPOSITED, invoice.total, mainline="T"),
            _line(paying, 1, RECEIVABLE, -invoice.total),
        ],
        "links": [_texts(link)],
    }


def _header(internal_id: int, number: str, kind: str, customer: int) -> Document:
    return {
        "id": internal_id,
        "tranid": number,
        "type": kind,
        "entity": customer,
        "currency": USD,
        "exchangerate": 1,
        "posting": "T",
        "postingperiod": 333,
        "voided": "F",
        "createddate": CREATED,
        "lastmodified": CREATED,
    }


def _line(owner: Invoice, number: int, account: int, amount: Decimal, **more: object) -> Document:
    """Return a line; `amount` is debit-positive."""
    line: Document = {
        "transaction": owner.internal_id,
        "line": number,
        "mainline": "F",
        "taxline": "F",
        "iscogs": "F",
        "subsidiary": SUBSIDIARY,
        "subentity": owner.customer,
        "foreignamount": amount,
        "account": account,
        "amount": amount,
        "debit" if amount > 0 else "credit": abs(amount),
    }
    return _texts(line | more)


def _texts(row: Document) -> Document:
    """Return a row as SuiteQL has it: texts only."""
    return {name: str(value) for name, value in row.items()}
