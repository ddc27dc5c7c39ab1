from odoo import models


class PaymentTransaction(models.Model):
    """Online payments are not applied to mirrored invoices."""

    _inherit = "payment.transaction"

    def _create_payment(self, **extra_create_values):
        """Keep the money of an online payment, but leave mirrored invoices to NetSuite.

        They are not offered for payment; a payment that was begun before is booked unapplied
        instead of being refused when the money is there already.
        """
        transaction = self.with_context(netsuite_leave_unapplied=True)
        return super(PaymentTransaction, transaction)._create_payment(**extra_create_values)
