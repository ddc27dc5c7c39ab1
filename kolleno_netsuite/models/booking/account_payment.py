from odoo import models


class AccountPayment(models.Model):
    """Mirrored payments are settled as NetSuite has them, and may not all be sent to it."""

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

    def _netsuite_may_be_sent(self):
        """Tell whether a write-back may make this payment in NetSuite.

        Never one that was there and was deleted: a person meant it, so it is not sent again.
        """
        self.ensure_one()
        # sudo: netsuite.record - only whether NetSuite deleted it; users see the payment, not the
        # record
        return self.sudo().netsuite_record_id.removal_kind != "deleted"
