from odoo import models


class ResCurrency(models.Model):
    """A currency that is activated lets go on what waited for it."""

    _inherit = "res.currency"

    def write(self, vals):
        waking = self.filtered(lambda currency: vals.get("active") and not currency.active)
        result = super().write(vals)
        if waking:
            keys = [f"currency:{currency.name}" for currency in waking]
            # sudo: netsuite.issue, netsuite.record - written by the sync; activating a currency
            # releases them
            Issue = self.env["netsuite.issue"].sudo()
            waiting = Issue.search([("key", "in", keys), ("state", "!=", "solved")])
            for connection in waiting.connection_id:
                Issue._release(connection, keys)
        return result
