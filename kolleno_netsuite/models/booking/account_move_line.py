from odoo import models

from ..connection.hook import hook


class AccountMoveLine(models.Model):
    """What of mirrored entries is money, which the bank's own statement settles."""

    _inherit = "account.move.line"

    # === BUSINESS METHODS === #

    @hook
    def _netsuite_money(self):
        """Return those of these items that are the money of a mirrored payment.

        NetSuite decides how much it is and who paid it; with which bank transaction it arrived,
        people may say here.
        """
        return self.filtered(
            lambda line: (
                line.payment_id.netsuite_record_id
                and line.account_id == line.payment_id.outstanding_account_id
                and not line.netsuite_deposit
            )
        )
