from datetime import timedelta

from odoo import Command, api, models

from ...const import MIRROR_CONTEXT
from ...exceptions import RecordBlocked, RecordFailed
from ...mappers.transaction import read_transaction
from ..connection.failure import UNREADABLE
from ..connection.hook import hook
from ..record.sync_note import log_sync_notes
from .booking_context import BookingContext
from .draft import Draft
from .outcome import Note, Outcome

REVERSED_TYPES = {"out_invoice": "out_refund", "out_refund": "out_invoice"}


class NetsuiteBookingTransaction(models.AbstractModel):
    """What booking an invoice and booking a payment have in common.

    A transaction that is not in Odoo yet is made; one whose amounts changed is drafted,
    rewritten, posted and applied again; one of which only words or dates changed is written;
    a voided one is cancelled. What did not change is left alone.

    Who inherits it sets `_journal_kind`, and has these methods:
    `_empty_document()` and `_moves(documents)` for what it books and their entries;
    `_fill(draft, context, missing)` sets a draft's values and notes what they lack;
    `_create_documents(drafts)` makes and posts documents of one company;
    `_rewrite(draft)` brings a posted entry to other amounts; `_write_header(draft)` writes
    what does not change the books; `_cancel(document)`; `_check_totals(draft)` returns a
    sentence when Odoo's totals are not NetSuite's.
    """

    _name = "netsuite.booking.transaction"
    _description = "NetSuite Transaction Booking"

    # === BUSINESS METHODS === #

    @hook
    @api.model
    def _book(self, records):
        """Book pending transactions of one type.

        :return: `Outcome`; what concerns a single record is in it, other errors are raised.
        """
        outcome = Outcome()
        transactions = {}
        for record in records:
            try:
                transactions[record] = read_transaction(record.payload, record.record_type)
            except UNREADABLE as error:
                outcome.errors[record] = error
        context = BookingContext(records.connection_id, transactions.values())
        documents = records._targets(self._empty_document()._name)
        drafts = []
        for record, transaction in transactions.items():
            document = documents.get(record, self._empty_document())
            reason = self._reason_left_out(transaction, context)
            try:
                if document and reason:
                    final = transaction.voided
                    self._take_back(record, document, reason, context, outcome, final)
                elif reason and not transaction.voided:
                    outcome.ignored[record] = reason
                else:
                    drafts.append(self._draft(record, transaction, document, context))
            except RecordBlocked as error:
                if transaction.voided:
                    # Nobody waits for the trace of a document that counts for nothing.
                    outcome.ignored[record] = self.env._("Voided in NetSuite")
                else:
                    outcome.errors[record] = error
            except (RecordFailed, *UNREADABLE) as error:
                # Nothing was written yet; what writing meets is found by `isolate`.
                outcome.errors[record] = error
        self._write_drafts(drafts)
        outcome.booked += [draft.record for draft in drafts]
        outcome.notes.update({draft.record: draft.notes for draft in drafts if draft.notes})
        self._cancel_voided([draft for draft in drafts if draft.transaction.voided])
        self.env["netsuite.booking.application"]._sync(
            [draft for draft in drafts if not draft.transaction.voided]
        )
        for record in outcome.booked:
            record._mark_voided(transactions[record].voided)
        self._drafts_booked(drafts, outcome)
        return outcome

    @hook
    @api.model
    def _drafts_booked(self, drafts, outcome):
        """Follow that `drafts` are in the books.

        :param outcome: the `Outcome` of their chunk, which may still be changed.
        """

    @hook
    @api.model
    def _remove(self, records):
        """Cancel what mirrors `records`; reverse it where a lock date forbids to cancel."""
        for record in records:
            document = record._target()
            if document is None or not self._is_alive(document):
                continue
            self._forget_applications(record, document)
            self._take_out(document)

    @hook
    def _take_out(self, document):
        """Cancel a document; reverse it where a lock date or a hash forbids that."""
        move = self._moves(document)
        locks = move._get_violated_lock_dates(move.date, move._affect_tax_report())
        if move.state == "posted" and (locks or move.inalterable_hash):
            self._reverse(move, locks)
        else:
            self._cancel(document)
            move._netsuite_give_names_free()

    # === BUSINESS METHODS - FROM NETSUITE'S WORDS TO ODOO'S VALUES === #

    @hook
    def _draft(self, record, transaction, document, context):
        """Return the `Draft` of one transaction.

        :raise RecordBlocked: something that it refers to is not there, or its period is locked.
        """
        ledger = context.ledger(transaction)
        draft = Draft(record, transaction, document, ledger)
        missing = []
        if transaction.unclear:
            draft.notes.append(self._unclear_note(draft))
        self._fill(draft, context.within(ledger.company), missing)
        if not missing and self._is_rebooking(draft):
            journal = draft.ledger.journal(self._journal_kind)
            missing += draft.ledger.lock(transaction.date, journal, draft.has_tax)
            missing += self._locks(document, context)
        if missing:
            raise RecordBlocked(*dict.fromkeys(missing))
        return draft

    def _unclear_note(self, draft):
        """Return what to say of a payer when NetSuite does not tell how much it pays of what."""
        return Note(
            "links",
            self.env._("NetSuite does not tell how much these payments or credits pay of what"),
            self.env._(
                "They are booked, but only applied as far as that is known. Open them in "
                "NetSuite, take the application off and apply it again."
            ),
            self.env._(
                "%(payment)s: NetSuite IDs %(documents)s",
                payment=draft.transaction.number,
                documents=", ".join(map(str, draft.transaction.unclear)),
            ),
        )

    def _is_rebooking(self, draft):
        """Tell whether the books have to change for `draft`."""
        if not self._is_alive(draft.document):
            return True
        booked, _sep, _header = (draft.record.booked_hash or "").partition(":")
        return booked != draft.ledger_hash

    @hook
    def _locks(self, document, context):
        """Return what keeps a posted document from being changed, as `Missing`."""
        if not self._is_alive(document):
            return []
        move = self._moves(document)
        ledger = context.ledger_of(move.company_id)
        return ledger.lock(move.date, move.journal_id, move._affect_tax_report())

    def _is_alive(self, document):
        """Tell whether there is a document and it is posted."""
        return bool(document) and self._moves(document).state == "posted"

    # === BUSINESS METHODS - WRITING === #

    @hook
    def _write_drafts(self, drafts):
        """Make, rewrite or leave each document, check the totals and keep the hash."""
        new, rewritten, written = [], [], []
        for draft in drafts:
            if draft.document and self._must_replace(draft):
                self._replace(draft)
            if not draft.document:
                new.append(draft)
            elif self._is_rebooking(draft):
                self._check_not_secured(draft)
                self._rewrite(draft)
                rewritten.append(draft)
            elif draft.record.booked_hash != draft.booked_hash:
                self._write_header(draft)
                written.append(draft)
        by_company = {}
        for draft in new:
            by_company.setdefault(draft.ledger.company, []).append(draft)
        for company, group in by_company.items():
            self.with_company(company)._create_documents(group)
        for draft in new + rewritten + written:
            self._verify(draft)
            draft.record._link_to(draft.document)
            draft.record.booked_hash = draft.booked_hash
            draft.record.company_id = draft.ledger.company
        self._reactivate_customers(new + rewritten)
        for group, message in (
            (rewritten, self.env._("Booked again after a change in NetSuite.")),
            (written, self.env._("Changed in NetSuite.")),
        ):
            self._note(self._empty_document().union(*(draft.document for draft in group)), message)

    def _reactivate_customers(self, drafts):
        """Bring archived customers back of whom NetSuite says that something is open."""
        documents = self._empty_document().union(
            *(draft.document for draft in drafts if draft.record.priority == 0)
        )
        partners = self._partners(documents)
        partners.filtered(lambda p: p.netsuite_inactive and not p.active).active = True

    @hook
    def _partners(self, documents):
        """Return the customers of `documents`."""
        return documents.partner_id

    @hook
    def _must_replace(self, draft):
        """Tell whether Odoo cannot turn the old document into the new one."""
        return draft.document.company_id != draft.ledger.company

    def _replace(self, draft):
        """Cancel the old document; a new one takes its place and its link."""
        old, move = draft.document, self._moves(draft.document)
        self.env["netsuite.booking.application"]._release(move)
        if self._is_alive(old):
            self._cancel(old)
        old.netsuite_record_id = False
        move.netsuite_record_id = False
        draft.document = self._empty_document()

    def _verify(self, draft):
        """Refuse a document whose totals in Odoo are not NetSuite's.

        :raise RecordFailed: they differ; the caller undoes the booking.
        """
        sentence = self._check_totals(draft)
        if sentence:
            raise RecordFailed(
                "odoo_totals",
                sentence,
                self.env._("Nothing was booked. Check the currency's rounding and the lines."),
            )

    def _check_not_secured(self, draft):
        move = self._moves(draft.document)
        if move.inalterable_hash:
            raise RecordFailed(
                "secured",
                self.env._("%s is secured by a hash and cannot be changed", move.name),
                self.env._(
                    "Undo the change in NetSuite, or credit the document there and create a "
                    "new one."
                ),
            )

    # === BUSINESS METHODS - TAKING BACK === #

    @hook
    def _reason_left_out(self, transaction, context):
        """Return why a transaction counts for nothing, in words; None when it counts."""
        if transaction.voided:
            return self.env._("Voided in NetSuite")
        if not transaction.posted:
            return self.env._("NetSuite does not post it yet")
        return None

    @hook
    def _take_back(self, record, document, reason, context, outcome, final):
        """Take a transaction out of the books that NetSuite voided, or no longer posts.

        :param final: it never counts again, and is reversed where a lock date forbids to cancel.
        :raise RecordBlocked: its period is locked, and it may count again.
        """
        locks = [] if final else self._locks(document, context)
        if locks:
            raise RecordBlocked(*locks)
        if self._counts(document):
            self._forget_applications(record, document)
            self._take_out(document)
            self._note(document, reason)
        record.booked_hash = False
        outcome.booked.append(record)

    def _counts(self, document):
        """Tell whether a document is in the books: neither cancelled nor reversed."""
        move = self._moves(document)
        return move.state != "cancel" and not move.reversal_move_ids

    @hook
    def _cancel_voided(self, drafts):
        """Keep the trace of what was voided before it was ever read: its number, cancelled."""
        for draft in drafts:
            self._cancel(draft.document)
            self._moves(draft.document)._netsuite_give_names_free()
            draft.record.booked_hash = False

    def _forget_applications(self, record, document):
        """Undo the applications of a document that goes out of the books.

        Those that it makes are dropped; those that others make on it wait, in case it returns.
        """
        Application = self.env["netsuite.booking.application"]
        Application._release(self._moves(document))
        Application._drop(record)

    def _reverse(self, move, locks):
        """Reverse an entry that may not be cancelled, on the first day that is open.

        Line by line: Odoo's own reversal would compute the taxes again.
        """
        date = max([move.date, *(lock_date + timedelta(days=1) for lock_date, _field in locks)])
        reversal = move.with_context(**MIRROR_CONTEXT).create(
            {
                "move_type": REVERSED_TYPES.get(move.move_type, move.move_type),
                "reversed_entry_id": move.id,
                "journal_id": move.journal_id.id,
                "company_id": move.company_id.id,
                "partner_id": move.partner_id.id,
                "currency_id": move.currency_id.id,
                "date": date,
                "invoice_date": date if move.is_invoice() else False,
                "invoice_date_due": date if move.is_invoice() else False,
                "invoice_currency_rate": move.invoice_currency_rate,
                "ref": self.env._("Removed in NetSuite"),
                "line_ids": [Command.create(_reversed(line)) for line in move.line_ids],
            }
        )
        # Posting reconciles it with the entry that it reverses.
        reversal.with_context(move_reverse_cancel=True)._post(soft=False)

    # === BUSINESS METHODS - CHATTER === #

    def _note(self, documents, message):
        """Leave one line on documents that a synchronisation changed; nobody is notified."""
        documents = documents.filtered(
            lambda document: document.netsuite_record_id.connection_id.note_changes
        )
        log_sync_notes(documents, dict.fromkeys(documents.ids, message))


def _reversed(line):
    """Return the values of the journal item that takes `line` back, its tax as well."""
    refunds = line.move_id.move_type in ("out_invoice", "entry")
    distribution = "refund_repartition_line_ids" if refunds else "invoice_repartition_line_ids"
    tax = line.tax_line_id[distribution].filtered(
        lambda repartition: repartition.repartition_type == "tax"
    )[:1]
    of_base = line.tax_ids[distribution].filtered(
        lambda repartition: repartition.repartition_type == "base"
    )
    return {
        "display_type": line.display_type,
        "sequence": line.sequence,
        "name": line.name,
        "account_id": line.account_id.id,
        "partner_id": line.partner_id.id,
        "currency_id": line.currency_id.id,
        "quantity": line.quantity,
        "price_unit": line.price_unit,
        "amount_currency": -line.amount_currency,
        "balance": -line.balance,
        "date_maturity": line.date_maturity,
        "tax_ids": [Command.set(line.tax_ids.ids)],
        "tax_repartition_line_id": tax.id,
        "tax_tag_ids": [Command.set((tax | of_base).tag_ids.ids)],
        "tax_base_amount": -line.tax_base_amount,
        "analytic_distribution": False,
    }
