from odoo import api, fields, models


class AccountMoveLine(models.Model):
    """What of open items is overdue: by one rule in lists, totals and statements."""

    _inherit = "account.move.line"

    netsuite_overdue = fields.Boolean(
        compute="_compute_netsuite_overdue",
        string="Overdue",
        help="Was due before today, is still owed, and is followed up.",
    )

    # === COMPUTE METHODS === #

    @api.depends("date_maturity", "amount_residual_currency", "no_followup")
    def _compute_netsuite_overdue(self):
        overdue = self.filtered_domain(self._netsuite_overdue_domain())
        for line in self:
            line.netsuite_overdue = line in overdue

    # === BUSINESS METHODS === #

    @api.model
    def _netsuite_overdue_domain(self):
        """Return the condition of open items that are overdue.

        A payment or credit that is not applied takes off what is open and is never overdue itself.
        """
        return [
            ("date_maturity", "<", fields.Date.context_today(self)),
            ("amount_residual_currency", ">", 0),
            ("no_followup", "=", False),
        ]
