from dataclasses import replace

from odoo import models

from ...exceptions import RecordBlocked
from ...mappers.entry import build_journal, other_side
from ..connection.hook import hook
from ..scope.scope import Scope
from .draft import Draft


class NetsuiteBookingJournal(models.AbstractModel):
    """Books the receivable lines of journal entries, each as an open item of its customer.

    The journal's other lines stand on their own accounts where those are mapped. One offset account
    takes the place of all else, what is for excluded customers included, so that the customers'
    balances are NetSuite's whatever is mapped. A journal between
    subsidiaries becomes one entry in each company that it has such lines of; the record is linked
    to the first of them, the others are its parts.
    """

    _name = "netsuite.booking.journal"
    _inherit = "netsuite.booking.entry"
    _description = "NetSuite Journal Booking"

    # === BUSINESS METHODS - VALUES === #

    def _draft(self, record, transaction, document, context):
        draft = super()._draft(record, transaction, document, context)
        locks = []
        if draft.parts and self._is_rebooking(draft):
            for part in draft.parts:
                locks += part.ledger.lock(
                    transaction.date, part.ledger.journal("general"), part.has_tax
                )
        if locks:
            raise RecordBlocked(*locks)
        return draft

    def _fill(self, draft, context, missing):
        currency = context.currency(draft.transaction, draft.ledger, missing)
        by_company = {}
        for line in draft.transaction.lines:
            if not self._is_left_out(line, context):
                by_company.setdefault(context.company(line.subsidiary), []).append(line)
        if draft.ledger.company not in by_company:
            draft.ledger = context.ledger_of(next(iter(by_company), draft.ledger.company))
        if not currency:
            return
        for company, lines in by_company.items():
            part = draft
            if company != draft.ledger.company:
                part = Draft(
                    draft.record,
                    draft.transaction,
                    self._empty_document(),
                    context.ledger_of(company),
                )
                draft.parts.append(part)
            self._fill_company(part, lines, currency, context, missing)

    def _fill_company(self, draft, lines, currency, context, missing):
        """Set the values of the entry of one company.

        :param lines: the journal's receivable lines of this company.
        """
        transaction, ledger = draft.transaction, draft.ledger
        context.check_rate(draft, currency, missing)
        own = replace(
            transaction,
            lines=tuple(lines),
            others=tuple(
                line
                for line in transaction.others
                if context.connection._company_of(line.subsidiary) == ledger.company
            ),
        )
        digits = context.digits(currency, ledger)
        for line in build_journal(own, digits):
            account = ledger.receivable(line.account, missing)
            partner = context.partner(line.entity, missing)
            if account and partner:
                draft.lines.append(self._item_values(line, account, partner, currency, transaction))
        if missing:
            return
        for line in other_side(own, digits):
            account = ledger.other(line.account, currency)
            if account:
                nobody = self.env["res.partner"]
                draft.lines.append(self._item_values(line, account, nobody, currency, transaction))
        self._convert(draft, context, currency)
        converted = not context.connection._uses_netsuite_rates(draft.record.record_type)
        self._add_offset(draft, currency, converted=converted)
        self._set_values(draft, self.env["res.partner"], currency)

    def _is_left_out(self, line, context):
        """Tell whether a line's customer is not mirrored; the other lines need none of it.

        A customer who is excluded for being inactive, and has this line open, is evaluated again
        with it; the journal waits for him meanwhile.
        """
        reason = context.left_out.get(line.entity)
        if not reason:
            return False
        scope = Scope(context.connection)
        if scope.is_lifted_by_line(line, reason):
            scope.evaluate_again({line.entity})
            return False
        return reason != "subsidiary"

    def _add_offset(self, draft, currency, *, converted):
        """Add the item that takes the place of all lines that are not mirrored.

        :param converted: Odoo's rate is booked, whose rounding the largest other line takes.
        """
        company_currency = draft.ledger.currency
        foreign = currency.round(sum(values["amount_currency"] for values in draft.lines))
        base = company_currency.round(sum(values["balance"] for values in draft.lines))
        if not foreign and not base:
            return
        others = [values for values in draft.lines if not values["partner_id"]]
        if converted and others and not foreign:
            largest = max(others, key=lambda values: abs(values["balance"]))
            largest["balance"] = company_currency.round(largest["balance"] - base)
            return
        account = draft.ledger.journal("general")._netsuite_offset_account()
        draft.lines.append(
            {
                "name": self.env._("Offset account for %s in NetSuite", draft.transaction.number),
                "account_id": account.id,
                "partner_id": False,
                "currency_id": currency.id,
                "amount_currency": -foreign,
                "balance": -base,
                "analytic_distribution": False,
                "tax_ids": False,
            }
        )

    def _reason_left_out(self, transaction, context):
        reason = super()._reason_left_out(transaction, context)
        if reason:
            return reason
        if not transaction.lines:
            return self.env._("It has no receivable line of a customer")
        if all(self._is_left_out(line, context) for line in transaction.lines):
            return self.env._("All its customers are excluded")
        return None

    # === BUSINESS METHODS - WRITING === #

    def _write_drafts(self, drafts):
        rebooked = [draft for draft in drafts if self._is_rebooking(draft)]
        for draft in drafts:
            self._remember_customers(draft.record, draft.transaction, draft.document)
        super()._write_drafts(drafts)
        for draft in rebooked:
            self._write_parts(draft)
            entries = draft.document.union(*(part.document for part in draft.parts))
            self._entries_written(draft, entries)
        for draft in drafts:
            if draft.parts:
                # Each of its companies has to see where its entry comes from.
                draft.record.company_id = False

    @hook
    def _entries_written(self, draft, entries):
        """Follow that the entries of a journal were made or rewritten.

        :param entries: those of all its companies.
        """

    def _write_parts(self, draft):
        """Bring the entries of a journal's other companies in sync with it."""
        present = {part.company_id: part for part in self._parts(draft.record, draft.document)}
        for part in draft.parts:
            company = part.ledger.company
            part.document = present.pop(company, self._empty_document())
            if part.document:
                self._check_not_secured(part)
                self._rewrite(part)
            else:
                self.with_company(company)._create_documents([part])
            self._verify(part)
        for gone in present.values():
            self._cancel_part(gone)

    def _parts(self, record, document):
        """Return the entries of a journal in other companies than that of `document`."""
        domain = [("netsuite_record_id", "=", record.id), ("id", "not in", document.ids)]
        return self._empty_document().search(domain)

    def _cancel_part(self, part):
        if part.state == "posted":
            self.env["netsuite.booking.application"]._release(part)
            self._cancel(part)

    # === BUSINESS METHODS - TAKING BACK === #

    def _locks(self, document, context):
        """Return what keeps an entry, or one of the same journal elsewhere, from being changed."""
        locks = [*super()._locks(document, context)]
        if document:
            for part in self._parts(document.netsuite_record_id, document):
                locks += super()._locks(part, context)
        return locks

    def _remove(self, records):
        for record in records:
            document = record._target()
            if document is not None:
                self._remember_customers(record, None, document)
                self._take_parts_out(record, document)
        super()._remove(records)

    def _take_parts_out(self, record, document):
        for part in self._parts(record, document).filtered(self._counts):
            self.env["netsuite.booking.application"]._release(part)
            self._take_out(part)

    def _cancel_voided(self, drafts):
        super()._cancel_voided(drafts)
        for draft in drafts:
            for part in self._parts(draft.record, draft.document):
                self._cancel_part(part)

    def _take_back(self, record, document, reason, context, outcome, final):
        self._remember_customers(record, None, document)
        super()._take_back(record, document, reason, context, outcome, final)
        self._take_parts_out(record, document)

    def _remember_customers(self, record, transaction, document):
        """Note who is on the lines now and who was, because both balances change."""
        items = (document | self._parts(record, document)).line_ids
        before = set(items.partner_id.netsuite_record_id.mapped("internal_id"))
        now = {line.entity for line in transaction.lines} if transaction else set()
        record.line_customers = sorted(before | now)
