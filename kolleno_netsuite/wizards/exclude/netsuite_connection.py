from odoo import models

from ...const import MOST_CUSTOMERS


class NetsuiteConnection(models.Model):
    """Where a connection opens the wizard that leaves customers out."""

    _inherit = "netsuite.connection"

    # === ACTION METHODS === #

    def action_exclude(self):
        """Open the wizard that leaves customers out."""
        self.ensure_one()
        return self.env["netsuite.exclude"]._open(self)

    def action_clean_up_inactive(self):
        """List customers that are inactive in NetSuite and in Odoo, to take them out."""
        self.ensure_one()
        return self._open_clean_up(self._inactive_domain(), "inactive")

    def action_clean_up_left_out(self):
        """List customers that are excluded from now on and still in Odoo."""
        self.ensure_one()
        return self._open_clean_up(self._kept_domain(), "left_out")

    def _open_clean_up(self, domain, purpose):
        """Open the exclusion wizard on the first customers of a domain of partners."""
        partners = self.env["res.partner"].with_context(active_test=False)
        partners = partners.search([*domain, ("netsuite_connection_id", "=", self.id)])
        ids = partners.netsuite_record_id.mapped("internal_id")
        return self.env["netsuite.exclude"]._open(
            self,
            sorted(ids)[:MOST_CUSTOMERS],
            reason="inactive" if purpose == "inactive" else "primary",
            purpose=purpose,
        )
