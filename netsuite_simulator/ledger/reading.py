"""Transactions as REST bodies."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..schema import ENUMS, enum_name
from .books import Books
from .document import Document
from .posting import CREDIT_MEMO, INVOICE, PAYERS, PAYMENT
from .record_types import RecordType
from .records import Records
from .transactions import Transactions
from .values import Enum, Sublist, to_decimal


class Reading:
    """Reads transactions the way the record service shows them: loaded for editing."""

    def __init__(self, books: Books, records: Records, transactions: Transactions) -> None:
        self.books = books
        self.records = records
        self.transactions = transactions

    def read(self, kind: RecordType, transaction: int) -> dict[str, Any]:
        """Return a transaction with its sublists; amounts are in transaction currency."""
        document = self.transactions.rows.load(transaction, kind.code)
        body = self.records.body(kind, document.header)
        status = document.header["status"]
        body["status"] = Enum(status, enum_name("transactionstatus", status, kind.code))
        if not self.books.switches.one_world:
            body.pop("subsidiary", None)
        for name, table, value in (
            ("department", "department", document.department),
            ("location", "location", document.location),
            ("class", "classification", document.classification),
        ):
            if value is not None:
                body[name] = self.records.ref(table, value)
        left = self.transactions.applications.open(transaction).amount
        body["total"] = to_decimal(document.total)
        if kind.code != PAYMENT:
            body["account"] = self.records.ref("account", document.receivable)
            body["subtotal"] = to_decimal(document.subtotal)
            body["taxTotal"] = to_decimal(document.tax_total)
            body["item"] = self._items(document)
        if kind.code == INVOICE:
            body["amountPaid"] = to_decimal(document.total - left)
            body["amountRemaining"] = to_decimal(left)
            body["amountRemainingTotalBox"] = to_decimal(left)
        if kind.code in PAYERS:
            body["applied"] = to_decimal(document.total - left)
            body["unapplied"] = to_decimal(left)
            body["apply"] = self._apply(document)
        if kind.code == CREDIT_MEMO:
            body["amountPaid"] = to_decimal(document.total - left)
            body["amountRemaining"] = to_decimal(left)
            if document.created_from is not None:
                body["createdFrom"] = self.records.ref("transaction", document.created_from)
        if kind.code == PAYMENT:
            self._add_payment_fields(document, body)
        return body

    def _add_payment_fields(self, document: Document, body: dict[str, Any]) -> None:
        body["payment"] = to_decimal(document.total)
        body["arAcct"] = self.records.ref("account", document.receivable)
        special = self.books.scalar(
            "SELECT sspecacct FROM account WHERE id = ?", document.money_account
        )
        undeposited = "T" if special == "UndepFunds" else "F"
        body["undepFunds"] = Enum(undeposited, ENUMS["yesno"][undeposited])
        if undeposited == "F":
            body["account"] = self.records.ref("account", document.money_account)
        balance = self.books.scalar(
            "SELECT balancesearch FROM customer WHERE id = ?", document.entity
        )
        body["balance"] = to_decimal(balance or 0)

    def _items(self, document: Document) -> Sublist:
        lines = Sublist()
        for line in document.lines:
            item: dict[str, Any] = {
                "line": line.id,
                "item": self.records.ref("item", line.item),
                "amount": to_decimal(line.amount),
            }
            if line.quantity is not None:
                item["quantity"] = to_decimal(line.quantity)
            if line.rate is not None:
                item["rate"] = to_decimal(line.rate)
            if line.memo is not None:
                item["description"] = line.memo
            for name, table, value in (
                ("taxCode", "salestaxitem", line.tax_code),
                ("department", "department", line.department),
                ("location", "location", line.location),
                ("class", "classification", line.classification),
            ):
                if value is not None:
                    item[name] = self.records.ref(table, value)
            lines.append(item)
        return lines

    def _apply(self, document: Document) -> Sublist:
        """Return what is applied, then every open invoice that could be."""
        applied = self.transactions.applications.of_payer(document.id)
        lines = Sublist()
        for application in applied:
            line = self._apply_line(application.target)
            line["apply"] = True
            line["amount"] = to_decimal(application.amount)
            line["applyDate"] = date.fromisoformat(application.date)
            lines.append(line)
        if document.header["voided"] == "T":
            return lines
        known = {application.target for application in applied}
        for target, _due in self.transactions.open_invoices(document):
            if target not in known:
                lines.append(self._apply_line(target))
        return lines

    def _apply_line(self, target: int) -> dict[str, Any]:
        row = self.books.needed(
            "SELECT t.trandate, t.tranid, t.foreigntotal, t.foreignamountunpaid, c.name,"
            ' t.entity, t.type FROM "transaction" t JOIN currency c ON c.id = t.currency'
            " WHERE t.id = ?",
            target,
        )
        trandate, number, total, due, currency, entity, code = row
        return {
            "apply": False,
            "applyDate": date.fromisoformat(trandate),
            "currency": currency,
            "doc": self.records.ref("transaction", target),
            "due": to_decimal(due),
            "job": self.books.display("customer", entity),
            "line": 0,
            "refNum": number,
            "total": to_decimal(total),
            "type": enum_name("transactiontype", code),
        }
