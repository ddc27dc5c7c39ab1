from odoo import api, fields, models


class AccountPayment(models.Model):
    """Mirrored payments are paid once their money is in the bank, and may not all be sent back."""

    _name = "account.payment"
    _inherit = ["account.payment", "netsuite.mixin"]

    netsuite_deposited = fields.Boolean(
        string="In the Bank in NetSuite",
        copy=False,
        readonly=True,
        help="NetSuite posted the money to a bank account at once, or a bank deposit has it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("netsuite_deposited")
    def _compute_reconciliation_status(self):
        """Take a mirrored payment as matched when its money is in the bank."""
        super()._compute_reconciliation_status()
        for payment in self._netsuite_posted():
            payment.is_matched = payment._netsuite_is_in_bank()

    @api.depends("netsuite_deposited")
    def _compute_state(self):
        """Take a mirrored payment as paid by the same rule, whatever its invoices say."""
        super()._compute_state()
        for payment in self._netsuite_posted():
            if payment.state in ("in_process", "paid"):
                payment.state = "paid" if payment._netsuite_is_in_bank() else "in_process"

    # === BUSINESS METHODS === #

    def _netsuite_posted(self):
        """Return those of these payments that mirror one of NetSuite's and are in the books."""
        return self.filtered(
            lambda payment: payment.netsuite_record_id and payment.move_id.state == "posted"
        )

    def _netsuite_is_in_bank(self):
        """Tell whether the money was deposited in NetSuite, or matched with the bank here."""
        self.ensure_one()
        if self.netsuite_deposited or self.currency_id.is_zero(self.amount):
            return True
        money = self.move_id.line_ids._netsuite_money()
        return any(money.account_id.mapped("reconcile")) and self.currency_id.is_zero(
            sum(money.mapped("amount_residual_currency"))
        )

    def _netsuite_may_be_sent(self):
        """Tell whether a write-back may make this payment in NetSuite.

        Never one that was there and was deleted: a person meant it, so it is not sent again.
        """
        self.ensure_one()
        # sudo: netsuite.record - only whether NetSuite deleted it; users see the payment, not the
        # record
        return self.sudo().netsuite_record_id.removal_kind != "deleted"
