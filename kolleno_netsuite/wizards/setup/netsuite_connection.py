from odoo import models

from ...const import SETTINGS_GROUP


class NetsuiteConnection(models.Model):
    """The way to the set-up."""

    _inherit = "netsuite.connection"

    # === ACTION METHODS === #

    def action_set_up(self):
        """Open the set-up of this connection where it was left."""
        self.ensure_one()
        self.check_access("write")
        Setup = self.env["netsuite.setup"]
        setup = Setup.search([("connection_id", "=", self.id)], limit=1)
        if not setup:
            # sudo: netsuite.setup - it is this connection's, which the user may change
            setup = Setup.sudo().create(
                {
                    "connection_id": self.id,
                    "name": self.name,
                    "account": self.account_id,
                    "company_id": self.company_id.id,
                    # What is there stays until someone chooses otherwise.
                    "history": "date" if self.history_start else "everything",
                    "history_from": self.history_start,
                }
            )
            setup = setup.with_env(self.env)
            if self.env.user.has_group(SETTINGS_GROUP):
                setup.service_url = self.service_url
            setup._advance(step="companies" if self.state in ("setup", "connected") else "sign_in")
            return setup._open_after(setup._enter)
        return setup._open()
