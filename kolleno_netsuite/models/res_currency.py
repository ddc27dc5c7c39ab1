from odoo import models


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def write(self, vals):
        waking = self.filtered(lambda currency: vals.get("active") and not currency.active)
        result = super().write(vals)
        if waking:
            # Whoever may activate a currency lets go on records that only the sync may write.
            connections = self.env["netsuite.connection"].sudo().search([])
            for connection in connections:
                self.env["netsuite.issue"].sudo()._release(
                    connection, [f"currency:{currency.name}" for currency in waking]
                )
        return result
