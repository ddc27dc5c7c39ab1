from odoo import models


class ResPartner(models.Model):
    """Customers who are inactive in NetSuite are not reminded of what they owe."""

    _inherit = "res.partner"

    def _netsuite_written(self, vals):
        super()._netsuite_written(vals)
        if "netsuite_inactive" in vals:
            self.env["netsuite.follow.up"]._decide_of_partners(self)
