from odoo import models

from ...mappers.entry import build_deposit_application
from ...mappers.transaction import EXCHANGE, NOTE
from .ledger import is_receivable


class NetsuiteBookingDepositApplication(models.AbstractModel):
    """Books deposit applications: what was paid in advance pays invoices."""

    _name = "netsuite.booking.deposit.application"
    _inherit = "netsuite.booking.entry"
    _description = "NetSuite Deposit Application Booking"

    def _fill(self, draft, context, missing):
        transaction, ledger = draft.transaction, draft.ledger
        currency = context.currency(transaction, ledger, missing)
        partner = context.partner(transaction.entity, missing)
        if not currency:
            return
        context.check_rate(draft, currency, missing)
        lines = build_deposit_application(
            transaction,
            self._receivable_accounts(transaction, ledger, missing),
            context.digits(currency, ledger),
        )
        for line in lines:
            ask = ledger.deposits if line.deposit else ledger.account
            account = ask(line.account, missing)
            owner = context.partner(line.entity, missing)
            if account and owner:
                draft.lines.append(self._item_values(line, account, owner, currency, transaction))
        if missing:
            return
        self._convert(draft, context, currency)
        balances = [values for values in draft.lines if not values["netsuite_deposit"]]
        # Rounded line by line at Odoo's rate, the last one takes what is left.
        balances[-1]["balance"] -= sum(values["balance"] for values in draft.lines)
        balances[-1]["balance"] = ledger.currency.round(balances[-1]["balance"])
        self._set_values(draft, partner, currency)

    def _receivable_accounts(self, transaction, ledger, missing):
        """Return the NetSuite accounts among the lines that keep customers' balances."""
        accounts = {line.account for line in transaction.lines if line.kind not in (EXCHANGE, NOTE)}
        found = {account: ledger.account(account, missing) for account in accounts}
        return {
            internal_id
            for internal_id, account in found.items()
            if account and is_receivable(account)
        }
