from odoo import models


class NetsuiteIssue(models.Model):
    """Applications that an issue stops are tried again with it."""

    _inherit = "netsuite.issue"

    # === BUSINESS METHODS === #

    def _retry_booking(self):
        released = super()._retry_booking()
        applications = self._waiting_applications()
        applications.next_try = False
        for connection in applications.connection_id:
            connection._trigger_cron("book")
        return released + len(applications)

    def _waiting_applications(self):
        """Return the payments' applications that these issues stop."""
        # sudo: netsuite.record - retrying an issue needs no right on the sync's tables
        payers = self.filtered(lambda issue: issue.key.startswith("apply:")).sudo().record_ids
        return (
            self.env["netsuite.application"]
            .sudo()
            .search([("paying_record_id", "in", payers.ids), ("state", "=", "waiting")])
        )
