from odoo import models


class NetsuiteRecord(models.Model):
    """Records are read again on demand."""

    _inherit = "netsuite.record"

    # === ACTION METHODS === #

    def action_resync(self):
        """Read these records again from NetSuite and book them, over what Odoo has."""
        return self.env["netsuite.resync"]._request(self)
