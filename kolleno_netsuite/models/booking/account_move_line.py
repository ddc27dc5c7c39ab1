from odoo import api, fields, models


class AccountMoveLine(models.Model):
    """What lists of open items show of an item."""

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
