from odoo import models

from ..exceptions import RecordFailed
from ..mappers.entry import build_journal


class NetsuiteBookingJournal(models.AbstractModel):
    """Books the receivable lines of journal entries, each as an open item of its customer.

    The journal's other lines stay in NetSuite: one account takes their place, so that the
    customers' balances are NetSuite's and nothing else is said about the books.
    """

    _name = "netsuite.booking.journal"
    _inherit = "netsuite.booking.entry"
    _description = "NetSuite Journal Booking"

    def _fill(self, draft, context, missing):
        transaction, ledger = draft.transaction, draft.ledger
        currency = context.currency(transaction, ledger, missing)
        self._check_company(draft, context)
        if not currency:
            return
        lines = build_journal(transaction, context.digits(currency, ledger))
        for line in (each for each in lines if not self._is_left_out(each, context)):
            account = ledger.receivable(line.account, missing)
            partner = context.partner(line.entity, missing)
            if account and partner:
                draft.lines.append(self._item_values(line, account, partner, currency, transaction))
        if missing:
            return
        self._convert(draft, context, currency)
        self._add_other_side(draft, currency)
        self._set_values(draft, self.env["res.partner"], currency)

    def _is_left_out(self, line, context):
        """Tell whether a line's customer is not mirrored; the other lines need none of it.

        A customer who is left out for being inactive, and has this line open, is judged again
        with it; the journal waits for him meanwhile.
        """
        reason = context.left_out.get(line.entity)
        if not reason:
            return False
        scope = self.env["netsuite.scope"]
        if scope._lifted_by_line(context.connection, line, reason):
            scope._look_again(context.connection, {line.entity})
            return False
        return reason != "subsidiary"

    def _check_company(self, draft, context):
        """Refuse a journal between subsidiaries whose customers are in several companies.

        :raise RecordFailed: Odoo has no entry in two companies.
        """
        companies = {context.company(line.subsidiary) for line in draft.transaction.lines}
        if len(companies) > 1:
            raise RecordFailed(
                "companies",
                self.env._(
                    "Its receivable lines belong to several companies: %s",
                    ", ".join(sorted(company.name for company in companies)),
                ),
                self.env._(
                    "Split it in NetSuite into one journal entry for each company: an entry in "
                    "Odoo belongs to one."
                ),
            )

    def _add_other_side(self, draft, currency):
        """Add the item that takes the place of all lines that are not mirrored."""
        company_currency = draft.ledger.currency
        foreign = currency.round(sum(values["amount_currency"] for values in draft.lines))
        base = company_currency.round(sum(values["balance"] for values in draft.lines))
        if not foreign and not base:
            return
        account = draft.ledger.journal("general")._netsuite_offset_account()
        draft.lines.append(
            {
                "name": self.env._("Other lines of %s in NetSuite", draft.transaction.number),
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
            return self.env._("All its customers are left out")
        return None

    def _write_drafts(self, drafts):
        for draft in drafts:
            self._remember_customers(draft.record, draft.transaction, draft.document)
        super()._write_drafts(drafts)

    def _take_back(self, record, document, reason, context, outcome):
        super()._take_back(record, document, reason, context, outcome)
        self._remember_customers(record, None, document)

    def _remember_customers(self, record, transaction, document):
        """Note who is on the lines now and who was, because both balances change."""
        before = set(document.line_ids.partner_id.netsuite_record_id.mapped("internal_id"))
        now = {line.entity for line in transaction.lines} if transaction else set()
        record.line_customers = sorted(before | now)
