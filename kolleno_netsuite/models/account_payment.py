from odoo import models


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "netsuite.mixin"]

    def _compute_reconciliation_status(self):
        """Take mirrored payments as matched: their bank statement is kept in NetSuite.

        Without this, an invoice that NetSuite has paid in full would stay in payment for ever.
        """
        super()._compute_reconciliation_status()
        self.filtered(
            lambda payment: payment.netsuite_record_id and payment.move_id.state == "posted"
        ).is_matched = True
