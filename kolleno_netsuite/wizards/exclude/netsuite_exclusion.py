from odoo import api, models
from odoo.exceptions import UserError


class NetsuiteExclusion(models.Model):
    """Where the exclusion list opens the wizard that adds to it."""

    _inherit = "netsuite.exclusion"

    # === ACTION METHODS === #

    @api.model
    def action_add(self, _exclusion_ids=None):
        """Open the wizard that excludes customers; the button stands above the list."""
        connection = self.env["netsuite.connection"].browse(
            self.env.context.get("default_connection_id")
        )
        connection = connection or connection.search([], limit=1)
        if not connection:
            raise UserError(self.env._("Connect a NetSuite account first."))
        return self.env["netsuite.exclude"]._open(connection)
