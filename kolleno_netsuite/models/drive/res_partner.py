from odoo import models


class ResPartner(models.Model):
    """Customers are read again on demand, with all that belong to their group."""

    _inherit = "res.partner"

    # === ACTION METHODS === #

    def action_netsuite_resync_group(self):
        """Read this customer and all that belong to its NetSuite group again."""
        self.ensure_one()
        members = self.with_context(active_test=False).search(
            [("netsuite_group_id", "=", self.netsuite_group_id.id)]
        )
        return self.env["netsuite.resync"]._request(members.netsuite_record_id, at_once=False)
