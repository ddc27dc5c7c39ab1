"""Transactions: save, apply, void, delete and transform them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from ..errors import BookError, invalid_value, missing_values, user_error
from .applications import Applications, Item
from .applying import Applying, Wanted, payer_of
from .books import Books
from .customers import Customers
from .document import Document
from .entry import LEFT_OUT_WHEN_VOID, Entry
from .kinds import (
    CREDIT_MEMO,
    CREDITS,
    DEBITS,
    DEPOSIT,
    DEPOSIT_APPLICATION,
    JOURNAL,
    PAYERS,
    PAYMENT,
    REFUND,
    customer_field,
    receivable_field,
)
from .periods import Periods
from .record_types import BY_CODE, BY_LOWER_NAME, RecordType
from .records import Records
from .rows import Rows
from .values import Body, is_emptied, to_bool

LINKED = "This transaction cannot be deleted because it is linked to by one or more transactions."
BELOW_APPLIED = "The total of the transaction cannot be less than the amount applied to it."
APPLIED_FIELD = "You cannot change this field because the transaction has been applied: {}."
# Where the setting of the payment before is kept.
_LAST_AUTO_APPLY = "last:autoApply"
# Body fields that say nothing about the record itself, only about what it is applied to.
_APPLY_ONLY = frozenset({"apply", "customer", "entity", "autoApply", "id", "links"})


class Revision(Protocol):
    """What else decides about the applications of a transaction that is saved."""

    def settled(self, document: Document, wanted: Wanted, emptied: bool) -> Wanted | None:
        """Return what the document itself shall settle, and fill its amount.

        :param wanted: what its apply sublist says.
        :param emptied: whether all that the sublist does not name goes.
        :return: None when there is nothing to save.
        """

    def tie(self, document: Document) -> None:
        """Do what goes along with it, once the document settles its part."""

    def is_open(self, document: Document) -> bool:
        """Return whether it may be applied otherwise although its period is closed."""


class Transactions:
    """All transactions of the books."""

    def __init__(self, books: Books, records: Records, customers: Customers) -> None:
        self.books = books
        self.records = records
        self.applications = Applications(books)
        self.periods = Periods(books)
        self.entry = Entry(books, records, customers, self.periods)
        self.rows = Rows(books, self.applications, self.entry.special_account)
        self.applying = Applying(books, self.applications)

    # === SAVE === #

    def create(
        self,
        kind: RecordType,
        body: Body,
        created_from: int | None = None,
        revision: Revision | None = None,
    ) -> int:
        """Create a transaction and apply it as its apply sublist says, and return its id.

        With `autoApply` the rest of a payer goes to the customer's oldest open invoices.

        :param revision: decides about a payment's applications; 0 is returned when there is
            nothing to save of it.
        """
        document = self.entry.new(kind, body, created_from)
        wanted = self.applying.wanted(kind.code, body)
        if kind.code == REFUND:
            wanted |= self.applying.wanted(kind.code, body, "deposit")
        if kind.code == DEPOSIT and body.get("payment") is None:
            raise missing_values("Payment Amount")
        if revision is not None:
            revised = revision.settled(document, wanted, emptied=False)
            if revised is None:
                revision.tie(document)
                return 0
            wanted = revised
        self.rows.post(document, is_new=True)
        targets = self.applying.apply_all(payer_of(document), wanted)
        if targets:
            self.rows.post(document)
            self.refresh_targets(document, targets, self.books.switches.apply_touches_invoice)
        if revision is not None:
            revision.tie(document)
        if self._auto_applies(kind, body):
            targets = self.applying.apply_rest(payer_of(document))
            self.rows.post(document)
            self.refresh_targets(document, targets, self.books.switches.apply_touches_invoice)
        return document.id

    def _auto_applies(self, kind: RecordType, body: Body) -> bool:
        if kind.code not in CREDITS:
            return False
        if kind.code != PAYMENT:
            return to_bool(body.get("autoApply", False), "autoApply")
        default = self.books.switches.auto_apply_default
        if default == "last_used":
            last = self.books.scalar("SELECT value FROM _sequence WHERE name = ?", _LAST_AUTO_APPLY)
            default = last != 0
        chosen = to_bool(body.get("autoApply", default), "autoApply")
        if "autoApply" in body:
            self.books.con.execute(
                "INSERT OR REPLACE INTO _sequence VALUES (?, ?)", [_LAST_AUTO_APPLY, int(chosen)]
            )
        return chosen

    def update(
        self,
        kind: RecordType,
        transaction: int,
        body: Body,
        replace: Iterable[str] = (),
        revision: Revision | None = None,
    ) -> None:
        """Change a transaction; the apply sublist merges by document.

        :param revision: decides about a payment's applications.
        :raise BookError: for locked periods, voided transactions, totals below what is applied.
        """
        replace = tuple(replace)
        document = self.rows.load(transaction, kind)
        before, present = _impact(document), dict(document.header)
        self.entry.change(kind, document, body, replace)
        document.owner = self.books.customer_of(document.entity or None) or 0
        self._check_applied_fields(document, present, before)
        is_payer = kind.code in PAYERS
        emptied = is_payer and ("apply" in replace or is_emptied(body, "apply"))
        wanted = self.applying.wanted(kind.code, body)
        if revision is not None:
            wanted = revision.settled(document, wanted, emptied) or {}
        applies = bool(wanted) or emptied
        is_open = applies and revision is not None and revision.is_open(document)
        moved = before != _impact(document)
        document.header["postingperiod"] = present["postingperiod"]
        if moved or not is_open:
            document.header["postingperiod"] = self.periods.check_edit(
                present,
                document.header["trandate"],
                moved or (applies and not self._is_no_change(kind)),
                self.books.reference(
                    "accountingperiod", body.get("postingPeriod"), "postingPeriod"
                ),
            )
        removed = self.applying.take_off(document, wanted, emptied)
        grows = any(amount != 0 for amount in wanted.values())
        silent = bool(removed) and not grows and body.keys() <= _APPLY_ONLY
        if not (silent and self.books.switches.unapply_touches == "none"):
            document.header["lastmodifieddate"] = self.books.stamp()
        self.rows.post(document)
        others = self.applications.rebase(document.id) if before != _impact(document) else []
        added = self.applying.apply_all(payer_of(document), wanted)
        if added or others or removed:
            self.rows.post(document)
        for other in others:
            self.repost(other)
        if revision is not None:
            revision.tie(document)
        switches = self.books.switches
        self.refresh_targets(document, added, switches.apply_touches_invoice)
        self.refresh_targets(
            document,
            [target for target in removed if target not in added],
            self._unapplying_moves_invoices(document),
        )
        self.records.note_changes(transaction, present, _noted(document.header, present), -30)

    def _is_no_change(self, kind: RecordType) -> bool:
        """Whether the applications of a transaction are no change of the ledger."""
        choice = self.books.switches.closed_period_apply
        return kind.code == PAYMENT and self.books.over_rest and choice == "non_gl"

    def _unapplying_moves_invoices(self, payer: Document) -> bool:
        switches = self.books.switches
        own = payer.type != PAYMENT or switches.payment_unapply_moves_invoice_date
        return own and switches.unapply_touches == "both"

    def _check_applied_fields(
        self, document: Document, present: Mapping[str, Any], before: tuple[Any, ...]
    ) -> None:
        if before == _impact(document):
            return
        if document.type != DEPOSIT_APPLICATION and not self.applications.of(document.id):
            return
        if document.type == JOURNAL:
            self._check_applied_lines(document)
        for column in ("entity", "currency", "subsidiary"):
            if document.header[column] != present[column]:
                raise user_error(APPLIED_FIELD.format(column))
        if before[1] != document.receivable:
            raise user_error(APPLIED_FIELD.format("account"))
        applied = sum(item.amount for item in self.applications.of_target(document.id))
        if applied > document.total and document.type in DEBITS:
            raise user_error(BELOW_APPLIED)

    def _check_applied_lines(self, document: Document) -> None:
        """Refuse a journal's edit that removes or redirects lines that are applied."""
        now = {line.id: line for line in document.journal}
        for before in self.rows.load(document.id).journal:
            if not self.applications.of_line(Item(document.id, before.id)):
                continue
            line = now.get(before.id)
            if line is None or line.amount * before.amount <= 0:
                raise user_error(BELOW_APPLIED)
            for name in ("account", "entity", "subsidiary"):
                if getattr(line, name) != getattr(before, name):
                    raise user_error(APPLIED_FIELD.format(name))

    def repost(self, transaction: int) -> None:
        """Write a transaction anew, as its applications stand."""
        document = self.rows.load(transaction)
        if document.type in (*PAYERS, JOURNAL):
            self.rows.post(document)
        else:
            self.rows.refresh(transaction)

    def refresh_targets(self, payer: Document, targets: Iterable[int], touch: bool) -> None:
        """Refresh what a payer settles, and the deposit that it draws on."""
        moment = self.books.stamp() if touch else None
        settled = list(dict.fromkeys(targets))
        if settled and payer.type == DEPOSIT_APPLICATION and payer.created_from is not None:
            settled.append(payer.created_from)
        for target in settled:
            self.rows.refresh(target, moment)

    def settle(
        self,
        payer: int,
        wanted: Mapping[Item, int | None],
        discounts: Mapping[Item, int] | None = None,
        in_any_period: bool = False,
    ) -> None:
        """Apply a payer to items, on top of what is there, with discounts that are taken.

        :param wanted: amount per item in 1/SCALE; None is all that is possible.
        :param discounts: discount per item in 1/SCALE.
        :param in_any_period: whether a closed period of the payer does not hinder it.
        """
        document = self.rows.load(payer)
        if document.header["voided"] == "T":
            raise user_error(LEFT_OUT_WHEN_VOID)
        if not in_any_period:
            self.periods.check_open(document.header)
        targets = self.applying.apply_all(payer_of(document), wanted, discounts)
        document.header["lastmodifieddate"] = self.books.stamp()
        self.rows.post(document)
        self.refresh_targets(document, targets, self.books.switches.apply_touches_invoice)

    def take_off(self, payer: int, target: Item) -> None:
        """Take one application of a payer off, if it is there.

        :raise BookError: when its period is locked.
        """
        present = self.applications.between(payer, target)
        if present is None:
            return
        document = self.rows.load(payer)
        self.periods.check_open(document.header)
        self.applications.remove(present)
        document.header["lastmodifieddate"] = self.books.stamp()
        self.rows.post(document)
        self.refresh_targets(document, [target.document], self._unapplying_moves_invoices(document))

    # === DELETE === #

    def delete(self, kind: RecordType, transaction: int) -> None:
        """Delete a transaction, leaving a deletedrecord row.

        Paid invoices, and credits and deposits that were refunded or used, are refused. What a
        deleted payer had settled is open again.
        """
        document = self.rows.load(transaction, kind)
        self.periods.check_open(document.header)
        if self.applications.is_used(transaction) or self._is_voided_by_journal(transaction):
            raise user_error(LINKED)
        self.unlink(document)
        self.rows.remove_lines(transaction)
        self.books.con.execute('DELETE FROM "transaction" WHERE id = ?', [transaction])
        self.books.con.execute(
            'UPDATE "transaction" SET reversal = NULL WHERE reversal = ?', [transaction]
        )
        self.records.note_deletion(kind, transaction, document.header["trandisplayname"])
        self.books.forget()

    def _is_voided_by_journal(self, transaction: int) -> bool:
        found = self.books.one(
            'SELECT 1 FROM transactionline l JOIN "transaction" t ON t.id = l."transaction"'
            " AND t.void = 'T' AND t.type = 'Journal' WHERE l.createdfrom = ? AND l.id = 0",
            transaction,
        )
        return found is not None

    def unlink(self, document: Document) -> None:
        """Take all applications of a document off, and refresh the other sides."""
        present = self.applications.of(document.id)
        for application in present:
            self.applications.remove(application)
        choice = self.books.switches.unapply_touches
        settled = [item.target for item in present if item.payer == document.id]
        self.refresh_targets(document, settled, self._unapplying_moves_invoices(document))
        for number in dict.fromkeys(item.payer for item in present if item.payer != document.id):
            payer = self.rows.load(number)
            if choice != "none":
                payer.header["lastmodifieddate"] = self.books.stamp()
            self.rows.post(payer)
            self.refresh_targets(payer, self.applications.deposits_of([number]), choice == "both")

    # === TRANSFORM === #

    def filled(
        self, kind: RecordType, source: int, target: RecordType, body: Body
    ) -> tuple[dict[str, Any], int | None]:
        """Return the body of a transaction that is made out of another, and whether it names that.

        `body` goes over what NetSuite fills in. Invoices become payments and credit memos, deposits
        become deposit applications, and what is left of a payment, a credit memo or a deposit
        becomes a refund.
        """
        document = self.rows.load(source, kind)
        own = customer_field(target.code)
        if own in body:
            raise BookError(
                400, "INVALID_CONTENT", f"Field {own} cannot be set in a transformation.", own
            )
        filled: dict[str, Any] = {
            own: {"id": document.entity},
            "currency": {"id": document.currency},
            "subsidiary": {"id": document.subsidiary},
            "autoApply": False,
        }
        if document.receivable:
            filled[receivable_field(target.code)] = {"id": document.receivable}
        left = self.applications.open(self.applications.item(source)).amount
        whole = {"items": [{"doc": {"id": source}, "apply": True}]}
        if target.code == CREDIT_MEMO:
            filled["item"] = {"items": _copied_lines(document)}
            filled["exchangeRate"] = _plain(document.rate)
            if left > 0:
                filled["apply"] = whole
        elif target.code == REFUND:
            filled["deposit" if kind.code == DEPOSIT else "apply"] = whole
        elif target.code == PAYMENT:
            filled["apply"] = whole
        derived = target.code in (CREDIT_MEMO, DEPOSIT_APPLICATION)
        return {**filled, **body}, source if derived else None

    def type_of(self, transaction: int) -> RecordType:
        """Return the record type of a transaction by id."""
        row = self.books.one('SELECT type, recordtype FROM "transaction" WHERE id = ?', transaction)
        if row is None:
            raise invalid_value(transaction, "transaction")
        code, name = row
        return BY_LOWER_NAME.get(name, BY_CODE[code])


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
        header["posting"],
        tuple(
            (line.id, line.account, line.amount, line.entity, line.subsidiary, line.rate)
            for line in document.journal
        ),
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
