"""Transactions: save, apply, void, delete and transform them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import BookError, invalid_value, missing_values, user_error
from .applications import OVER_APPLIED, Applications
from .books import Books
from .customers import Customers
from .document import Document
from .entry import LEFT_OUT_WHEN_VOID, Entry
from .periods import Periods
from .posting import INVOICE, PAYERS, PAYMENT
from .record_types import BY_CODE, RecordType
from .records import Records
from .rows import Rows
from .values import Body, is_emptied, items_of, rounded, rounding_unit, to_bool, to_scaled

LINKED = "This transaction cannot be deleted because it is linked to by one or more transactions."
CANT_VOID = (
    "You cannot void this transaction because it is linked to by one or more transactions such as"
    " payments. You must delete or void those transactions first."
)
BELOW_APPLIED = "The total of the transaction cannot be less than the amount applied to it."
APPLIED_FIELD = "You cannot change this field because the transaction has been applied: {}."
# Body fields that say nothing about the record itself, only about what it is applied to.
_APPLY_ONLY = frozenset({"apply", "customer", "entity", "autoApply", "id", "links"})


class Transactions:
    """All transactions of the books."""

    def __init__(self, books: Books, records: Records, customers: Customers) -> None:
        self.books = books
        self.records = records
        self.applications = Applications(books)
        self.periods = Periods(books)
        self.entry = Entry(books, records, customers, self.periods)
        self.rows = Rows(books, self.applications, lambda: self.entry.special_account("FxGain"))

    # === SAVE === #

    def create(self, kind: RecordType, body: Body, created_from: int | None = None) -> int:
        """Create a transaction and apply it as its apply sublist says; returns its id.

        A payment without ``payment`` is as large as what it applies. With ``autoApply`` the rest
        of a payer goes to the customer's oldest open invoices.
        """
        document = self.entry.new(kind, body, created_from)
        wanted = self._wanted(body) if kind.code in PAYERS else {}
        if kind.code == PAYMENT and body.get("payment") is None:
            document.payment = sum(
                self.applications.open(target).amount if amount is None else amount
                for target, amount in wanted.items()
            )
            if not wanted:
                raise missing_values("Payment Amount")
        self.rows.post(document, is_new=True)
        auto = kind.code in PAYERS and self._auto_applies(kind, body)
        if not wanted and not auto:
            return document.id
        targets = self._apply_all(document, wanted)
        if auto:
            targets += self._apply_rest(document)
        self.rows.post(document)
        self._refresh_targets(targets, self.books.switches.apply_touches_invoice)
        return document.id

    def _auto_applies(self, kind: RecordType, body: Body) -> bool:
        default = self.books.switches.auto_apply_default and kind.code == PAYMENT
        return to_bool(body.get("autoApply", default), "autoApply")

    def update(
        self, kind: RecordType, transaction: int, body: Body, replace: Iterable[str] = ()
    ) -> None:
        """Change a transaction; the apply sublist merges by document.

        :raises BookError: for locked periods, voided transactions, totals below what is applied.
        """
        replace = tuple(replace)
        document = self.rows.load(transaction, kind.code)
        before, present = _impact(document), dict(document.header)
        self.entry.change(kind, document, body, replace)
        self._check_applied_fields(document, present, before)
        is_payer = kind.code in PAYERS
        emptied = is_payer and ("apply" in replace or is_emptied(body, "apply"))
        wanted = self._wanted(body) if is_payer else {}
        changes_ledger = before != _impact(document) or bool(wanted) or emptied
        document.header["postingperiod"] = self.periods.check_edit(
            present["trandate"], document.header["trandate"], changes_ledger
        )
        removed = self._take_off(document, wanted, emptied)
        grows = any(amount != 0 for amount in wanted.values())
        silent = bool(removed) and not grows and body.keys() <= _APPLY_ONLY
        if not (silent and self.books.switches.unapply_touches == "none"):
            document.header["lastmodifieddate"] = self.books.stamp()
        self.rows.post(document)
        others = self._rebase(document) if before != _impact(document) else []
        added = self._apply_all(document, wanted)
        if added or others or removed:
            self.rows.post(document)
        for other in others:
            self._repost(other)
        switches = self.books.switches
        self._refresh_targets(added, switches.apply_touches_invoice)
        self._refresh_targets(
            [target for target in removed if target not in added],
            switches.unapply_touches == "both",
        )
        self.records.note_changes(transaction, present, _noted(document.header, present), -30)

    def _check_applied_fields(
        self, document: Document, present: Mapping[str, Any], before: tuple[Any, ...]
    ) -> None:
        if before == _impact(document) or not self.applications.of(document.id):
            return
        for column in ("entity", "currency", "subsidiary"):
            if document.header[column] != present[column]:
                raise user_error(APPLIED_FIELD.format(column))
        if before[1] != document.receivable:
            raise user_error(APPLIED_FIELD.format("account"))
        applied = sum(item.amount for item in self.applications.of_target(document.id))
        if applied > document.total and document.type == INVOICE:
            raise user_error(BELOW_APPLIED)

    def _rebase(self, document: Document) -> list[int]:
        return self.applications.rebase(document.id)

    def _repost(self, transaction: int) -> None:
        document = self.rows.load(transaction)
        if document.type in PAYERS:
            self.rows.post(document)
        else:
            self.rows.refresh(transaction)

    # === APPLY === #

    def _wanted(self, body: Body) -> dict[int, int | None]:
        """Return the amount that the body wants on each document; 0 is off, None is all it can."""
        wanted: dict[int, int | None] = {}
        for index, line in enumerate(items_of(body, "apply") or []):
            path = f"apply.items[{index}].doc"
            if line.get("doc") is None:
                raise missing_values("Doc")
            target = self.books.reference("transaction", line["doc"], path) or 0
            amount = line.get("amount")
            scaled = None if amount is None else to_scaled(amount, "amount")
            if scaled is not None and scaled < 0:
                raise invalid_value(amount, "amount", f"apply.items[{index}].amount")
            if not to_bool(line.get("apply", scaled != 0), "apply"):
                scaled = 0
            wanted[target] = scaled
        return wanted

    def _take_off(
        self, document: Document, wanted: dict[int, int | None], emptied: bool
    ) -> list[int]:
        """Remove the applications that the body removes or changes; ``wanted`` keeps the latter."""
        removed = []
        for application in self.applications.of_payer(document.id):
            target = application.target
            if target in wanted:
                amount = wanted[target]
                if amount is None or amount == application.amount:
                    del wanted[target]
                    continue
            elif not emptied:
                continue
            self.applications.remove(application)
            removed.append(target)
        return removed

    def _apply_all(self, document: Document, wanted: Mapping[int, int | None]) -> list[int]:
        unit = rounding_unit(self.books.precision(document.currency))
        targets = []
        for target, amount in wanted.items():
            if amount == 0:
                continue
            self._check_pair(document, target)
            if amount is None:
                due = self.applications.open(target).amount
                amount = min(due, self.applications.open(document.id).amount)
                if amount <= 0:
                    raise user_error(OVER_APPLIED, "apply")
            self.applications.add(document.id, target, rounded(amount, unit), self.books.today())
            targets.append(target)
        return targets

    def _apply_rest(self, document: Document) -> list[int]:
        left = self.applications.open(document.id).amount
        targets = []
        for target, due in self.open_invoices(document):
            if left <= 0:
                break
            amount = min(left, due)
            self.applications.add(document.id, target, amount, self.books.today())
            targets.append(target)
            left -= amount
        return targets

    def open_invoices(self, payer: Document) -> list[tuple[int, int]]:
        """Return (id, open amount) of what a payer could settle, the oldest first."""
        rows = self.books.con.execute(
            'SELECT t.id, t.foreignamountunpaid FROM "transaction" t'
            " JOIN transactionaccountingline a"
            ' ON a."transaction" = t.id AND a.transactionline = 0 AND a.account = ?'
            " WHERE t.entity = ? AND t.type = 'CustInvc' AND t.foreignamountunpaid > 0"
            " AND t.currency = ? AND t.subsidiary = ? ORDER BY t.duedate, t.id",
            [payer.receivable, payer.entity, payer.currency, payer.subsidiary],
        )
        return [(row[0], row[1]) for row in rows]

    def _check_pair(self, payer: Document, target: int) -> None:
        """Refuse a document that the payer cannot settle, as if it were not on its list."""
        row = self.books.one(
            "SELECT t.type, t.voided, t.currency, t.subsidiary, a.account, t.entity"
            ' FROM "transaction" t JOIN transactionaccountingline a'
            ' ON a."transaction" = t.id AND a.transactionline = 0 WHERE t.id = ?',
            target,
        )
        expected = (INVOICE, "F", payer.currency, payer.subsidiary, payer.receivable)
        if row is None or tuple(row[:5]) != expected:
            raise invalid_value(target, "doc", "apply")
        if row[5] != payer.entity and not self._may_pay_for(payer, row[5]):
            raise invalid_value(target, "doc", "apply")

    def _may_pay_for(self, payer: Document, entity: int) -> bool:
        if payer.type != PAYMENT or not self.books.switches.parent_pays_children:
            return False
        found = self.books.one(
            "WITH RECURSIVE up(id) AS (SELECT ? UNION SELECT c.parent FROM _customer c"
            " JOIN up ON c.id = up.id WHERE c.parent IS NOT NULL) SELECT 1 FROM up WHERE id = ?",
            entity,
            payer.entity,
        )
        return found is not None

    def _refresh_targets(self, targets: Iterable[int], touch: bool) -> None:
        moment = self.books.stamp() if touch else None
        for target in dict.fromkeys(targets):
            self.rows.refresh(target, moment)

    # === VOID AND DELETE === #

    def void(self, transaction: int) -> None:
        """Void a transaction: its amounts become zero, its applications go.

        :raises BookError: when it is voided already, or its period is locked.
        """
        document = self.rows.load(transaction)
        if document.header["voided"] == "T":
            raise user_error(LEFT_OUT_WHEN_VOID)
        self.periods.open_for(document.header["trandate"])
        present = self.applications.of(transaction)
        is_target = document.type not in PAYERS
        if is_target and present and self.books.switches.void_linked == "refuse":
            raise user_error(CANT_VOID)
        self._unlink(document)
        if document.type in PAYERS:
            self.rows.post(self.rows.load(transaction))
        self.rows.void(transaction)

    def delete(self, kind: RecordType, transaction: int) -> None:
        """Delete a transaction, leaving a deletedrecord row; a paid invoice is refused.

        What a deleted payment or credit memo had settled is open again.
        """
        document = self.rows.load(transaction, kind.code)
        self.periods.open_for(document.header["trandate"])
        if document.type not in PAYERS and self.applications.of(transaction):
            raise user_error(LINKED)
        self._unlink(document)
        self.rows.remove_lines(transaction)
        self.books.con.execute('DELETE FROM "transaction" WHERE id = ?', [transaction])
        self.records.note_deletion(
            kind, transaction, document.header["trandisplayname"], document.header["externalid"]
        )
        self.books.forget()

    def _unlink(self, document: Document) -> None:
        present = self.applications.of(document.id)
        for application in present:
            self.applications.remove(application)
        choice = self.books.switches.unapply_touches
        for application in present:
            if application.payer == document.id:
                moment = self.books.stamp() if choice == "both" else None
                self.rows.refresh(application.target, moment)
            else:
                payer = self.rows.load(application.payer)
                if choice != "none":
                    payer.header["lastmodifieddate"] = self.books.stamp()
                self.rows.post(payer)

    # === TRANSFORM === #

    def transform(self, kind: RecordType, source: int, target: RecordType, body: Body) -> int:
        """Make a transaction out of another: a payment or a credit memo out of an invoice."""
        document = self.rows.load(source, kind.code)
        own = "customer" if target.code == PAYMENT else "entity"
        if own in body:
            raise BookError(
                400, "INVALID_CONTENT", f"Field {own} cannot be set in a transformation.", own
            )
        due = self.applications.open(source).amount
        account = "arAcct" if target.code == PAYMENT else "account"
        filled: dict[str, Any] = {
            own: {"id": document.entity},
            "currency": {"id": document.currency},
            "subsidiary": {"id": document.subsidiary},
            account: {"id": document.receivable},
            "autoApply": False,
        }
        if target.code == PAYMENT:
            filled["apply"] = {"items": [{"doc": {"id": source}, "apply": True}]}
            return self.create(target, {**filled, **body})
        filled["item"] = {"items": _copied_lines(document)}
        filled["exchangeRate"] = _plain(document.rate)
        if due > 0:
            filled["apply"] = {"items": [{"doc": {"id": source}, "apply": True}]}
        return self.create(target, {**filled, **body}, created_from=source)

    def type_of(self, transaction: int) -> RecordType:
        """Return the record type of a transaction by id."""
        code = self.books.scalar('SELECT type FROM "transaction" WHERE id = ?', transaction)
        if code is None:
            raise invalid_value(transaction, "transaction")
        return BY_CODE[code]


def _impact(document: Document) -> tuple[Any, ...]:
    """Return all that the general ledger depends on, to see whether an edit changes it."""
    header = document.header
    return (
        document.money_account,
        document.receivable,
        header["entity"],
        header["currency"],
        header["exchangerate"],
        document.subsidiary,
        header["trandate"],
        document.payment,
        tuple((line.id, line.account, line.amount, line.tax_code) for line in document.lines),
        tuple((tax.tax_code, tax.amount) for tax in document.taxes),
    )


def _noted(header: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    ignored = {"lastmodifieddate", "status", "closedate", "postingperiod"}
    return {
        column: value
        for column, value in header.items()
        if column not in ignored and present.get(column) != value
    }


def _plain(scaled: int) -> str:
    sign = "-" if scaled < 0 else ""
    return f"{sign}{abs(scaled) // 10**8}.{abs(scaled) % 10**8:08d}"


def _copied_lines(document: Document) -> list[dict[str, Any]]:
    copies = []
    for line in document.lines:
        copy: dict[str, Any] = {
            "item": {"id": line.item},
            "amount": _plain(line.amount),
            "description": line.memo,
        }
        for name, value in (("quantity", line.quantity), ("rate", line.rate)):
            if value is not None:
                copy[name] = _plain(value)
        for name, reference in (
            ("taxCode", line.tax_code),
            ("department", line.department),
            ("location", line.location),
            ("class", line.classification),
        ):
            if reference is not None:
                copy[name] = {"id": reference}
        copies.append(copy)
    return copies
