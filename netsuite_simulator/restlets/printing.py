"""The printed form of a transaction: a PDF as NetSuite's standard template makes it."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import inch
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from netsuite_simulator.ledger import Ledger, Ref
from netsuite_simulator.ledger.record_types import record_type

TITLES = {"invoice": "Invoice", "creditMemo": "Credit Memo"}
_GREY = colors.HexColor("#607d8b")
_LINE = colors.HexColor("#cfd8dc")
_STYLES = getSampleStyleSheet()
_NORMAL = ParagraphStyle("normal", parent=_STYLES["Normal"], fontSize=9, leading=12)
_RIGHT = ParagraphStyle("right", parent=_NORMAL, alignment=2)
_SMALL = ParagraphStyle("small", parent=_NORMAL, fontSize=7.5, leading=10, textColor=_GREY)
_TITLE = ParagraphStyle("title", parent=_STYLES["Title"], fontSize=22, alignment=2)
_WIDTHS = (3.1 * inch, 0.8 * inch, 1.2 * inch, 0.9 * inch, 1.2 * inch)


def print_transaction(ledger: Ledger, type_name: str, transaction: int) -> tuple[str, bytes]:
    """Print an invoice or a credit memo.

    :param ledger: the account's books.
    :param type_name: REST name of the record type, in any casing.
    :param transaction: internal id.
    :return: the name that NetSuite gives the file, and its contents. The same books give the same
        bytes.
    :raise BookError: 404 when there is no such transaction.
    """
    kind = record_type(type_name)
    body = ledger.read(kind.name, transaction)
    customer = ledger.read("customer", body["entity"].id)
    title, number = TITLES[kind.name], str(body.get("tranId") or transaction)
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=LETTER,
        leftMargin=0.65 * inch,
        rightMargin=0.65 * inch,
        topMargin=0.6 * inch,
        bottomMargin=0.7 * inch,
        title=f"{title} {number}",
        author=_name(body.get("subsidiary")) or "Simulated NetSuite account",
        invariant=1,
    )
    document.build(
        [
            _head(title, number, body),
            Spacer(1, 14),
            _parties(customer, body),
            Spacer(1, 16),
            _lines(body),
            Spacer(1, 8),
            _totals(kind.name, body),
            Spacer(1, 18),
            _text(str(body.get("memo") or ""), _SMALL),
        ]
    )
    return f"{title.replace(' ', '_')}_{number.replace('/', '_')}.pdf", buffer.getvalue()


def _head(title: str, number: str, body: dict[str, Any]) -> Table:
    company = _name(body.get("subsidiary")) or "Northwind Lantern"
    left = [
        _text(company, ParagraphStyle("company", parent=_NORMAL, fontSize=13, leading=16)),
        _text("Accounts Receivable", _SMALL),
    ]
    right = [Paragraph(escape(title), _TITLE), _text(f"#{number}", _RIGHT)]
    return Table(
        [[left, right]],
        colWidths=(3.6 * inch, 3.6 * inch),
        style=TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]),
    )


def _parties(customer: dict[str, Any], body: dict[str, Any]) -> Table:
    facts = [("Date", body.get("tranDate")), ("Due Date", body.get("dueDate"))]
    facts += [("Terms", _name(body.get("terms"))), ("PO #", body.get("otherRefNum"))]
    facts += [("Currency", _name(body.get("currency")))]
    rows = [
        [_text(label, _SMALL), _text(str(value), _NORMAL)]
        for label, value in facts
        if value not in (None, "")
    ]
    address = [_text("Bill To", _SMALL), *(_text(line, _NORMAL) for line in _address(customer))]
    return Table(
        [[address, Table(rows, colWidths=(0.9 * inch, 2.1 * inch))]],
        colWidths=(4.0 * inch, 3.2 * inch),
        style=TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]),
    )


def _address(customer: dict[str, Any]) -> list[str]:
    names = (customer.get("firstName"), customer.get("lastName"))
    person = " ".join(name for name in names if name)
    lines = [customer.get("companyName") or person or customer["entityId"]]
    book = customer.get("addressBook") or []
    billing = next((entry for entry in book if entry.get("defaultBilling")), None)
    address = (billing or {}).get("addressBookAddress") or {}
    town = (address.get("city"), address.get("state"), address.get("zip"))
    country = address.get("country")
    lines += [address.get("addr1"), address.get("addr2"), " ".join(part for part in town if part)]
    lines.append(getattr(country, "name", country))
    return [str(line) for line in lines if line]


def _lines(body: dict[str, Any]) -> Table:
    head = ("Item", "Quantity", "Rate", "Tax", "Amount")
    rows = [[_text(text, _SMALL) for text in head]]
    for line in body.get("item") or ():
        item = escape(_name(line.get("item")))
        memo = escape(str(line.get("description") or ""))
        label = f"<b>{item}</b>" + (f"<br/>{memo}" if memo else "")
        rows.append(
            [
                Paragraph(label, _NORMAL),
                _text(_number(line.get("quantity")), _RIGHT),
                _text(_money(line.get("rate")), _RIGHT),
                _text(_name(line.get("taxCode")), _RIGHT),
                _text(_money(line.get("amount")), _RIGHT),
            ]
        )
    return Table(
        rows,
        colWidths=_WIDTHS,
        repeatRows=1,
        style=TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 1, _GREY),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, _LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        ),
    )


def _totals(name: str, body: dict[str, Any]) -> Table:
    currency = _name(body.get("currency"))
    rows = [("Subtotal", body.get("subtotal")), ("Tax", body.get("taxTotal"))]
    rows += [(f"Total ({currency})", body.get("total"))]
    left = body.get("amountRemaining")
    rows += [("Amount Due" if name == "invoice" else "Unapplied", left)]
    return Table(
        [[_text(label, _RIGHT), _text(_money(value), _RIGHT)] for label, value in rows],
        colWidths=(6.0 * inch, 1.2 * inch),
        style=TableStyle([("LINEABOVE", (1, 2), (-1, 2), 1, _GREY)]),
    )


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)


def _name(value: object) -> str:
    if isinstance(value, Ref):
        return value.name or str(value.id)
    return "" if value is None else str(value)


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _money(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"
