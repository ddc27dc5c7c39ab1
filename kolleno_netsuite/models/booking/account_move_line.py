from odoo import api, fields, models

from ..connection.hook import hook


class AccountMoveLine(models.Model):
    """What lists show of an item, and what of mirrored entries is money, for the bank to settle."""

    _inherit = "account.move.line"

    netsuite_amount = fields.Monetary(
        compute="_compute_netsuite_amount",
        string="Original Amount",
        currency_field="currency_id",
        aggregator=None,
        help="Amount of the item in its currency. Lists of open items add up what is open of it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount_currency")
    def _compute_netsuite_amount(self):
        for line in self:
            line.netsuite_amount = line.amount_currency

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
