"""Data entry: from the body of a transaction to a document, with NetSuite's defaults."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from ..errors import invalid_value, is_inactive, missing_values, user_error
from ..schema import SCALE
from .books import Books
from .customers import Customers
from .document import MAIN_LINE, Document, Instalment, Line, TaxLine
from .journal_entry import JournalEntry
from .kinds import (
    BILLS,
    DEBITS,
    DEPOSIT,
    DEPOSIT_APPLICATION,
    DISCOUNTS,
    INVOICES,
    JOURNAL,
    PAYABLES,
    PAYMENT,
    RECEIPTS,
    REFUND,
    UNREALISED,
    customer_field,
    receivable_field,
)
from .periods import Periods
from .record_types import NUMBERING, RECORD_TYPES, TYPE_TEXTS, RecordType
from .records import Records
from .values import (
    Body,
    is_emptied,
    items_of,
    round_half_up,
    rounded,
    rounding_unit,
    to_bool,
    to_date,
    to_scaled,
)

NO_LINES = "You must enter at least one line item for this transaction."
INSTALMENTS = "The amounts of the installments must add up to the total of the transaction."
LEFT_OUT_WHEN_VOID = "This transaction has been voided and can no longer be changed."

# Accounts that exist from their first use on: number, name and type.
_MADE_ACCOUNTS = {
    DISCOUNTS: ("4095", "Payment Discounts Taken", "Income"),
    UNREALISED: ("7510", "Unrealized Gain/Loss", "OthIncome"),
    PAYABLES: ("2000", "Accounts Payable", "AcctPay"),
}
# What can take the money of a payment.
_MONEY = ("Bank", "OthCurrAsset", "OthCurrLiab", "CredCard")


class Entry:
    """Fills documents from bodies."""

    def __init__(
        self, books: Books, records: Records, customers: Customers, periods: Periods
    ) -> None:
        self.books = books
        self.records = records
        self.customers = customers
        self.periods = periods
        self.journals = JournalEntry(books, customers)

    def new(self, kind: RecordType, body: Body, created_from: int | None = None) -> Document:
        """Return a new document of a transaction type as a body describes it, with an id."""
        books = self.books
        header: dict[str, Any] = self.records.columns(kind, body)
        self.records.require(kind, header)
        self.records.check_external_id(kind, header.get("externalid"), None)
        customer = self._customer(kind, header)
        subsidiary = self._subsidiary(customer, header)
        header["subsidiary"] = subsidiary
        header["currency"] = header.get("currency") or customer.get(
            "currency", books.base_currency(subsidiary)
        )
        header["trandate"] = header.get("trandate") or books.clock.today().isoformat()
        header["exchangerate"] = header.get("exchangerate") or self._rate(header)
        document = Document(
            id=books.next_id(kind.sequence),
            type=kind.code,
            header=header,
            subsidiary=subsidiary,
            receivable=self._receivable(kind, body, header, customer.get("receivablesaccount")),
            created_from=created_from,
            owner=customer.get("id", 0),
            next_line=0 if kind.code == JOURNAL else 1,
        )
        self.identify(kind, document)
        if kind.code in DEBITS:
            header.setdefault("terms", customer["terms"])
            if not header.get("duedate"):
                header["duedate"] = self._due_date(header)
        self._take_defaults(header, customer)
        header["postingperiod"] = self.periods.for_new(
            header["trandate"], header.get("postingperiod")
        )
        self._fill(kind, document, body, ())
        return document

    def _customer(self, kind: RecordType, header: dict[str, Any]) -> dict[str, Any]:
        """Return the customer's row; a journal has none of its own."""
        if kind.code == JOURNAL:
            header["entity"] = None
            return {}
        return self.customers.check_billable(
            header["entity"], header.get("subsidiary"), customer_field(kind.code)
        )

    def _subsidiary(self, customer: dict[str, Any], header: dict[str, Any]) -> int:
        given = header.get("subsidiary")
        if given is not None:
            return int(given)
        if customer:
            return self.customers.subsidiaries(customer["id"])[0]
        if self.books.switches.one_world:
            raise missing_values("Subsidiary")
        return int(self.books.scalar("SELECT MIN(id) FROM subsidiary"))

    def _take_defaults(self, header: dict[str, Any], customer: dict[str, Any]) -> None:
        header.setdefault("email", customer.get("email"))
        header.setdefault("salesrep", customer.get("salesrep"))
        for column, default in (
            ("billingaddress", "defaultbillingaddress"),
            ("shippingaddress", "defaultshippingaddress"),
        ):
            if customer.get(default) is not None:
                header[column] = self.books.scalar(
                    "SELECT addressbookaddress FROM customeraddressbook WHERE internalid = ?",
                    customer[default],
                )

    def identify(self, kind: RecordType, document: Document) -> None:
        """Give a new document its number, names, dates of change and first marks."""
        header = document.header
        _name, abbreviation, display = TYPE_TEXTS[kind.code]
        header["tranid"] = header.get("tranid") or self._next_number(kind.code)
        self._check_number(kind.code, header["tranid"], document.id)
        moment = self.books.stamp()
        header.update(
            id=document.id,
            type=kind.code,
            recordtype=kind.name.lower(),
            abbrevtype=abbreviation,
            trandisplayname=f"{display} #{header['tranid']}",
            transactionnumber=f"{kind.code.upper()}{self.books.next_id('number:' + kind.code)}",
            createddate=moment,
            lastmodifieddate=moment,
            approvalstatus="2",
            posting="T",
            void="F",
            voided="F",
            isreversal="F",
            isfinchrg="F",
        )

    def _next_number(self, code: str) -> str:
        prefix, digits, first = NUMBERING[code]
        row = self.books.needed(
            "INSERT INTO _numbering VALUES (?, ?, ?, ?) ON CONFLICT (type)"
            " DO UPDATE SET next = next + 1 RETURNING prefix, digits, next - 1",
            code,
            prefix,
            digits,
            first + 1,
        )
        return f"{row[0]}{row[2]:0{row[1]}d}"

    def _check_number(self, code: str, number: str, transaction: int) -> None:
        if self.books.switches.allow_duplicate_numbers:
            return
        if self.books.one(
            'SELECT 1 FROM "transaction" WHERE tranid = ? AND type = ? AND id <> ?',
            number,
            code,
            transaction,
        ):
            raise user_error("This record already exists.", "tranId")

    def _rate(self, header: dict[str, Any]) -> int:
        base = self.books.base_currency(header["subsidiary"])
        return self.books.exchange_rate(base, header["currency"], header["trandate"])

    def _due_date(self, header: dict[str, Any]) -> str:
        days = 0
        if header.get("terms") is not None:
            days = self.books.remember(
                "net_days",
                header["terms"],
                lambda: (
                    self.books.scalar(
                        "SELECT daysuntilnetdue FROM term WHERE id = ?", header["terms"]
                    )
                    or 0
                ),
            )
        return (date.fromisoformat(header["trandate"]) + timedelta(days=days)).isoformat()

    def _receivable(
        self, kind: RecordType, body: Body, header: dict[str, Any], default: int | None = None
    ) -> int:
        if kind.code in (DEPOSIT, JOURNAL):
            return 0
        field = receivable_field(kind.code)
        given = self.books.reference("account", body.get(field), field)
        if self.books.over_rest and kind.code == PAYMENT:
            if given is not None:
                self._check_account(given, field, header, ("AcctRec",))
                return given
            choice = self.books.switches.ar_account_default
            if choice != "customer" and not header.get("id"):
                return self._receivable_of_form(choice)
        return self._account_of_type("AcctRec", given or default, field)

    def _receivable_of_form(self, choice: str) -> int:
        """Return the account that the form of payments has: not the one that is meant."""
        if choice == "form_payable":
            return self.special_account(PAYABLES)
        query = "SELECT MAX(id) FROM account WHERE accttype = 'AcctRec' AND isinactive = 'F'"
        return int(self.books.scalar(query))

    def _check_account(
        self, account: int, field: str, header: dict[str, Any], types: tuple[str, ...]
    ) -> None:
        """Refuse an account that a client cannot use for a transaction.

        :param types: the account types that are on the field's list.
        :raise BookError: also for one of another company, or one kept in another currency.
        """
        kind, name, inactive, shared_by, currency = self.books.needed(
            "SELECT accttype, fullname, isinactive, subsidiary, currency FROM account WHERE id = ?",
            account,
        )
        choice = self.books.switches.inactive_account
        if inactive == "T" and choice == "own_text":
            raise is_inactive("account", name)
        if kind not in types or (inactive == "T" and choice != "accepted"):
            raise invalid_value(account, field)
        company = header["subsidiary"]
        own = [int(each) for each in str(shared_by or company).split(", ")]
        if self.books.switches.one_world and company not in own:
            shown = self.books.display("subsidiary", company)
            raise user_error(f"The {name} account cannot be used with the {shown} subsidiary.")
        if currency not in (None, header["currency"], self.books.base_currency(company)):
            raise invalid_value(account, field)

    def _account_of_type(self, account_type: str, account: int | None, field: str) -> int:
        found = self.books.remember(
            f"account:{account_type}",
            account,
            lambda: self.books.scalar(
                "SELECT MIN(id) FROM account WHERE accttype = ? AND isinactive = 'F'"
                " AND id = COALESCE(?, id)",
                account_type,
                account,
            ),
        )
        if found is None:
            raise invalid_value(account, field)
        return int(found)

    def special_account(self, code: str) -> int:
        """Return the account that NetSuite marks for a purpose: UndepFunds, FxGain, CustDep.

        Some it makes when they are first needed.
        """
        found = self.books.remember(
            "special",
            code,
            lambda: self.books.scalar("SELECT MIN(id) FROM account WHERE sspecacct = ?", code),
        )
        if found is None and code in _MADE_ACCOUNTS:
            found = self._made_account(code)
        if found is None:
            raise user_error(f"There is no account of the type {code}.")
        return int(found)

    def _made_account(self, code: str) -> int:
        number, name, kind = _MADE_ACCOUNTS[code]
        body = {
            "acctNumber": number,
            "acctName": name,
            "acctType": {"id": kind},
            "sSpecAcct": code,
            "subsidiary": self.books.scalar(
                "SELECT group_concat(id, ', ') FROM (SELECT id FROM subsidiary ORDER BY id)"
            ),
        }
        return self.records.create(RECORD_TYPES["account"], body)

    def change(
        self, kind: RecordType, document: Document, body: Body, replace: Iterable[str]
    ) -> None:
        """Change a document as the body of an edit says; what it does not name stays."""
        if document.header["voided"] == "T":
            raise user_error(LEFT_OUT_WHEN_VOID)
        changed = self.records.columns(kind, body)
        header = document.header
        self.records.require(kind, {**header, **changed})
        self.records.check_external_id(kind, changed.get("externalid"), document.id)
        if changed.get("entity", document.entity) != document.entity:
            self.customers.check_billable(
                changed["entity"], changed.get("subsidiary", document.subsidiary), "entity"
            )
        for column in ("currency", "trandate", "tranid", "subsidiary"):
            if column in changed and changed[column] is None:
                del changed[column]
        if changed.get("tranid"):
            self._check_number(kind.code, changed["tranid"], document.id)
            display = TYPE_TEXTS[kind.code][2]
            changed["trandisplayname"] = f"{display} #{changed['tranid']}"
        moved = changed.get("currency", document.currency) != document.currency
        header.update(changed)
        document.subsidiary = header["subsidiary"]
        if not header.get("exchangerate") or (moved and "exchangerate" not in changed):
            header["exchangerate"] = self._rate(header)
        due_again = changed.keys() & {"terms", "trandate", "duedate"}
        if kind.code in DEBITS and due_again and not changed.get("duedate"):
            header["duedate"] = self._due_date(header)
        if body.get(receivable_field(kind.code)) is not None or not document.receivable:
            document.receivable = self._receivable(kind, body, header)
        self._fill(kind, document, body, tuple(replace))

    def _fill(
        self, kind: RecordType, document: Document, body: Body, replace: tuple[str, ...]
    ) -> None:
        for attribute, field, table in (
            ("department", "department", "department"),
            ("location", "location", "location"),
            ("classification", "class", "classification"),
        ):
            if field in body:
                setattr(document, attribute, self.books.reference(table, body[field], field))
        if kind.code == JOURNAL:
            self.journals.fill(document, body, replace)
            return
        if kind.code not in BILLS:
            self._fill_money(document, body)
            return
        lines = items_of(body, "item")
        if lines is not None:
            if "item" in replace or is_emptied(body, "item"):
                document.lines = []
            self._merge_lines(document, lines)
        if not document.lines:
            raise user_error(NO_LINES, "item")
        self._compute_taxes(document)
        self._check_total(document)
        self._fill_instalments(document, body)

    def _check_total(self, document: Document) -> None:
        allowed = document.type in INVOICES and self.books.switches.allow_negative_invoices
        if document.total < 0 and not allowed:
            raise user_error("The total of the transaction cannot be negative.", "total")

    def _fill_instalments(self, document: Document, body: Body) -> None:
        """Split what is due into the instalments that a body names; the first stays as it is.

        :raise BookError: when they do not add up to the total.
        """
        parts = items_of(body, "installment")
        if parts is not None and document.type in INVOICES:
            unit = rounding_unit(self.books.precision(document.currency))
            lines = [part.line for part in document.instalments] or [MAIN_LINE]
            while len(lines) < len(parts):
                lines.append(document.take_line_id())
            document.instalments = [
                Instalment(
                    line,
                    to_date(part.get("dueDate"), "dueDate"),
                    rounded(to_scaled(part.get("amount"), "amount"), unit),
                )
                for line, part in zip(lines, parts, strict=False)
            ]
        if not document.instalments:
            return
        if sum(part.amount for part in document.instalments) != document.total:
            raise user_error(INSTALMENTS, "installment")
        document.header["duedate"] = max(part.due for part in document.instalments)

    def _fill_money(self, document: Document, body: Body) -> None:
        """Fill the amount of a receipt, and where money goes to or comes from."""
        if document.type == DEPOSIT_APPLICATION:
            return
        unit = rounding_unit(self.books.precision(document.currency))
        if document.type in RECEIPTS and body.get("payment") is not None:
            document.payment = rounded(to_scaled(body["payment"], "payment"), unit)
            if document.payment < 0:
                raise invalid_value(body["payment"], "payment")
        account = self.books.reference("account", body.get("account"), "account")
        undeposited = body.get("undepFunds")
        is_straight = undeposited is not None and not to_bool(undeposited, "undepFunds")
        if undeposited is not None and not is_straight:
            account = self.special_account("UndepFunds")
        elif account is not None and self.books.over_rest:
            self._check_account(account, "account", document.header, _MONEY)
        elif is_straight and self.books.over_rest and self._is_undeposited(document):
            raise missing_values("Account")
        if account is not None:
            document.money_account = account
        elif not document.money_account and document.type == REFUND:
            document.money_account = self._account_of_type("Bank", None, "account")
        elif not document.money_account:
            document.money_account = self.special_account("UndepFunds")

    def _is_undeposited(self, document: Document) -> bool:
        """Whether a receipt has no account of its own, but waits to be deposited."""
        return document.money_account in (0, self.special_account("UndepFunds"))

    def _merge_lines(self, document: Document, lines: list[Body]) -> None:
        present = {line.id: line for line in document.lines}
        unit = rounding_unit(self.books.precision(document.currency))
        for body in lines:
            number = body.get("line")
            if number is not None and int(number) in present:
                self._fill_line(present[int(number)], body, unit)
                continue
            line = Line(document.take_line_id(), 0, 0)
            self._fill_line(line, body, unit)
            document.lines.append(line)

    def _fill_line(self, line: Line, body: Body, unit: int) -> None:
        books = self.books
        if "item" in body or not line.item:
            item = books.reference("item", body.get("item"), "item")
            if item is None:
                raise missing_values("Item")
            line.item = item
            account, line.item_type, line.memo = books.remember(
                "item_row",
                item,
                lambda: books.one(
                    "SELECT incomeaccount, itemtype, description FROM item WHERE id = ?", item
                ),
            ) or (None, None, None)
            line.account = account or self._account_of_type("Income", None, "account")
        for attribute, field in (("quantity", "quantity"), ("rate", "rate")):
            if field in body:
                value = body[field]
                scaled = None if value is None else to_scaled(value, field)
                setattr(line, attribute, scaled)
        for attribute, field, table in (
            ("tax_code", "taxCode", "salestaxitem"),
            ("department", "department", "department"),
            ("location", "location", "location"),
            ("classification", "class", "classification"),
        ):
            if field in body:
                setattr(line, attribute, books.reference(table, body[field], field))
        if "description" in body:
            line.memo = body["description"]
        if body.get("amount") is not None:
            line.amount = rounded(to_scaled(body["amount"], "amount"), unit)
            if "rate" not in body and line.quantity:
                line.rate = round_half_up(line.amount * SCALE, line.quantity)
        elif line.rate is not None and body.keys() & {"rate", "quantity"}:
            line.fill_amount(unit)
        elif line.rate is None and not line.amount:
            raise missing_values("Amount")

    def _compute_taxes(self, document: Document) -> None:
        unit = rounding_unit(self.books.precision(document.currency))
        present = {tax.tax_code: tax for tax in document.taxes}
        bases: dict[int, int] = {}
        for line in document.lines:
            if line.tax_code is not None:
                bases[line.tax_code] = bases.get(line.tax_code, 0) + line.amount
        document.taxes = []
        for code, base in bases.items():
            name, rate, account = self.books.remember(
                "tax",
                code,
                lambda code=code: self.books.one(  # type: ignore[misc]
                    "SELECT itemid, rate, taxaccount FROM salestaxitem WHERE id = ?", code
                ),
            )
            known = present.get(code)
            document.taxes.append(
                TaxLine(
                    id=known.id if known else document.take_line_id(),
                    tax_code=code,
                    name=name,
                    account=account or self.special_account("TaxPay"),
                    rate=rate,
                    amount=round_half_up(base * rate, SCALE * 100 * unit) * unit,
                )
            )
