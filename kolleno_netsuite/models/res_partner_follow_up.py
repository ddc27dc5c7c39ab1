from odoo import models


class ResPartner(models.Model):
    """Customers who are inactive in NetSuite are not reminded of what they owe."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "netsuite_inactive" in vals:
            self.env["netsuite.follow.up"]._decide_of_partners(self)
        return result
