from odoo import models


class NetsuiteIntercompany(models.Model):
    """Where a suggestion opens the wizard that follows it."""

    _inherit = "netsuite.intercompany"

    # === ACTION METHODS === #

    def action_exclude(self):
        """Open the wizard that excludes these customers, filled in."""
        self.check_access("write")
        return self.env["netsuite.exclude"]._open(
            self.connection_id[:1], self.mapped("internal_id"), reason="intercompany"
        )
