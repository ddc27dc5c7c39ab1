"""Transactions as REST bodies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ..schema import ENUMS, enum_name
from .applications import Item
from .applying import payer_of
from .books import Books
from .document import Document
from .journal_entry import INTERCOMPANY
from .kinds import (
    BANK_DEPOSIT,
    BILLS,
    DEBITS,
    DEPOSIT,
    DEPOSIT_APPLICATION,
    JOURNAL,
    PAYERS,
    PAYMENT,
    RECEIPTS,
    REFUND,
)
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
        document = self.transactions.rows.load(transaction, kind)
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
        if kind.code == JOURNAL:
            self._add_journal_fields(document, body)
            return body
        if kind.code == BANK_DEPOSIT:
            self._add_bank_deposit_fields(document, body)
            return body
        applications = self.transactions.applications
        left = applications.open(applications.item(transaction)).amount
        body["total"] = to_decimal(document.total)
        if kind.code in BILLS:
            self._add_bill_fields(document, body, left)
        if kind.code in PAYERS:
            body["apply"] = self._apply(document)
        if kind.code == PAYMENT:
            self._add_method(body)
            body["credit"] = self._credits(document)
            body["deposit"] = self._deposits(document)
        if kind.code in PAYERS and kind.code != REFUND:
            body["applied"] = to_decimal(document.total - left)
            body["unapplied"] = to_decimal(left)
        if document.created_from is not None:
            body["createdFrom"] = self.records.ref("transaction", document.created_from)
        if kind.code not in BILLS:
            self._add_money_fields(document, body)
        return body

    def _add_bill_fields(self, document: Document, body: dict[str, Any], left: int) -> None:
        body["account"] = self.records.ref("account", document.receivable)
        body["subtotal"] = to_decimal(document.subtotal)
        body["taxTotal"] = to_decimal(document.tax_total)
        body["item"] = self._items(document)
        body["amountPaid"] = to_decimal(document.total - left)
        body["amountRemaining"] = to_decimal(left)
        if document.type in DEBITS:
            body["amountRemainingTotalBox"] = to_decimal(left)
        if document.instalments:
            body["installment"] = self._instalments(document)

    def _add_journal_fields(self, document: Document, body: dict[str, Any]) -> None:
        header = document.header
        body["approved"] = header["approvalstatus"] == "2"
        if header["reversal"] is not None and header["isreversal"] != "T":
            day = self.books.scalar(
                'SELECT trandate FROM "transaction" WHERE id = ?', header["reversal"]
            )
            body["reversalDate"] = date.fromisoformat(day)
        lines = Sublist()
        for line in document.journal:
            side = "credit" if line.amount < 0 else "debit"
            shown: dict[str, Any] = {
                "line": line.id,
                "account": self.records.ref("account", line.account),
                side: to_decimal(abs(line.amount)),
            }
            if not line.amount:
                shown["credit"] = to_decimal(0)
            if line.memo is not None:
                shown["memo"] = line.memo
            for name, table, value in (
                ("entity", "entity", line.entity),
                ("department", "department", line.department),
                ("location", "location", line.location),
                ("class", "classification", line.classification),
            ):
                if value is not None:
                    shown[name] = self.records.ref(table, value)
            if header["recordtype"] == INTERCOMPANY:
                shown["lineSubsidiary"] = self.records.ref("subsidiary", line.subsidiary)
            lines.append(shown)
        body["line"] = lines

    def _add_bank_deposit_fields(self, document: Document, body: dict[str, Any]) -> None:
        body["account"] = self.records.ref("account", document.money_account)
        body["total"] = to_decimal(document.total)
        rows = self.books.con.execute(
            "SELECT a.previousdoc, l.foreignamount, l.entity FROM _application a"
            ' JOIN transactionline l ON l."transaction" = a.nextdoc AND l.id = a.nextline'
            " WHERE a.nextdoc = ? AND a.kind = 'Deposit' ORDER BY a.nextline",
            [document.id],
        ).fetchall()
        body["payment"] = Sublist(
            {
                "id": payment,
                "deposit": True,
                "paymentAmount": to_decimal(-amount),
                "entity": self.records.ref("entity", entity),
            }
            for payment, amount, entity in rows
        )

    def _add_money_fields(self, document: Document, body: dict[str, Any]) -> None:
        if document.type != DEPOSIT:
            body["arAcct"] = self.records.ref("account", document.receivable)
        if document.type == DEPOSIT_APPLICATION:
            body["deposit"] = body["createdFrom"]
            return
        if document.type in RECEIPTS:
            body["payment"] = to_decimal(document.total)
        special = self.books.scalar(
            "SELECT sspecacct FROM account WHERE id = ?", document.money_account
        )
        undeposited = "T" if special == "UndepFunds" else "F"
        if document.type in RECEIPTS:
            body["undepFunds"] = Enum(undeposited, ENUMS["yesno"][undeposited])
        if undeposited == "F":
            body["account"] = self.records.ref("account", document.money_account)
        if document.type == REFUND:
            # NetSuite's record service shows this sublist empty, whatever was refunded.
            body["deposit"] = Sublist()
        balance = self.books.scalar(
            "SELECT balancesearch FROM customer WHERE id = ?", document.customer
        )
        body["balance"] = to_decimal(balance or 0)

    def _instalments(self, document: Document) -> Sublist:
        """Return what is due when, and what of each is still open."""
        rows = self.books.con.execute(
            "SELECT duedate, foreignamount, foreignamountunpaid FROM transactionline"
            " WHERE \"transaction\" = ? AND transactionlinetype = 'RECEIVABLE'"
            " ORDER BY duedate, id",
            [document.id],
        ).fetchall()
        return Sublist(
            {
                "seqNum": number,
                "dueDate": date.fromisoformat(due),
                "amount": to_decimal(amount),
                "due": to_decimal(left),
            }
            for number, (due, amount, left) in enumerate(rows, start=1)
        )

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
        """Return what is applied, then everything open that could be."""
        lines = Sublist()
        known = set()
        for application in self.transactions.applications.of_payer(document.id):
            line = self._apply_line(application.target_item, document.customer)
            if line is None:
                continue
            line["apply"] = True
            line["amount"] = to_decimal(application.money)
            line["applyDate"] = date.fromisoformat(application.date)
            lines.append(line)
            known.add(application.target_item)
        if document.header["voided"] == "T":
            return lines
        payer, applying = payer_of(document), self.transactions.applying
        for target, _due in applying.candidates(payer, applying.is_consolidated(payer)):
            line = None if target in known else self._apply_line(target, document.customer)
            if line is not None:
                lines.append(line)
        return lines

    def _add_method(self, body: dict[str, Any]) -> None:
        """Leave the names that a payment's method has in this account."""
        choice = self.books.switches.payment_method_field
        if choice != "method_too":
            body.pop("paymentMethod", None)
        if choice == "neither":
            body.pop("paymentOption", None)

    def _credits(self, document: Document) -> Sublist:
        """Return the open credits that a payment could use; which it used is kept nowhere."""
        lines = Sublist()
        if document.header["voided"] == "T":
            return lines
        payer = replace(payer_of(document), type=REFUND)
        for source, left in self.transactions.applying.candidates(payer):
            line = self._apply_line(source) if source.document != document.id else None
            if line is None:
                continue
            del line["job"]
            line["creditDate"] = line.pop("applyDate")
            line["due"] = to_decimal(left)
            lines.append(line)
        return lines

    def _deposits(self, document: Document) -> Sublist:
        """Return the customer's open deposits."""
        rows = self.books.con.execute(
            "SELECT t.id, t.trandate, t.tranid, t.foreigntotal, t.foreignpaymentamountunused,"
            ' c.name FROM "transaction" t JOIN currency c ON c.id = t.currency'
            " WHERE t.type = ? AND t.entity = ? AND t.currency = ? AND t.subsidiary = ?"
            " AND t.voided = 'F' AND t.foreignpaymentamountunused > 0 ORDER BY t.trandate, t.id",
            [DEPOSIT, document.customer, document.currency, document.subsidiary],
        ).fetchall()
        return Sublist(
            {
                "apply": False,
                "currencyName": currency,
                "depositDate": date.fromisoformat(day),
                "doc": self.records.ref("transaction", deposit),
                "refNum": number,
                "remaining": to_decimal(left),
                "total": to_decimal(abs(total)),
            }
            for deposit, day, number, total, left, currency in rows
        )

    def _apply_line(self, target: Item, payer: int | None = None) -> dict[str, Any] | None:
        """Return the line of a document; a refund's deposits are in a sublist of their own.

        :param payer: the payer's customer; a line of a sub-customer names that.
        """
        row = self.books.needed(
            "SELECT t.trandate, t.tranid, t.foreigntotal, t.foreignamountunpaid, c.name,"
            " t.entity, t.type, t.foreignpaymentamountunused"
            ' FROM "transaction" t JOIN currency c ON c.id = t.currency WHERE t.id = ?',
            target.document,
        )
        trandate, number, total, due, currency, entity, code, unused = row
        if code == DEPOSIT:
            return None
        if code == JOURNAL:
            total, due, unused, entity = self.books.needed(
                "SELECT foreignamount, foreignamountunpaid, foreignpaymentamountunused, entity"
                ' FROM transactionline WHERE "transaction" = ? AND id = ?',
                *target,
            )
        shown = {
            "apply": False,
            "applyDate": date.fromisoformat(trandate),
            "currency": currency,
            "doc": self.records.ref("transaction", target.document),
            "due": to_decimal(unused if due is None else due),
            "job": self.books.display("entity", entity),
            "line": target.line if code == JOURNAL else 0,
            "refNum": number,
            "total": to_decimal(total if code in DEBITS else abs(total)),
            "type": enum_name("transactiontype", code),
        }
        if payer is not None and self.books.customer_of(entity) != payer:
            shown["jobName"] = shown["job"]
        return shown
