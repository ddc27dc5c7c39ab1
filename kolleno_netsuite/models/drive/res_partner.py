from odoo import models


class ResPartner(models.Model):
    """Customers and contacts are read again on demand, customers with all of their group."""

    _inherit = "res.partner"

    # === ACTION METHODS === #

    def action_netsuite_resync_group(self):
        """Read this customer and all that belong to its NetSuite group again."""
        self.ensure_one()
        members = self.with_context(active_test=False).search(
            [("netsuite_group_id", "=", self.netsuite_group_id.id)]
        )
        return self.env["netsuite.resync"]._request(members.netsuite_record_id, at_once=False)

    def action_netsuite_contact_resync(self):
        """Read these contacts again; what was archived or corrected here gives way."""
        contacts = self.netsuite_contact_ids
        # sudo: netsuite.contact - written by the sync; an error below undoes this
        contacts.sudo()._give_up_own_words()
        records = contacts.record_id or contacts.move_ids.netsuite_record_id[:1]
        return records.action_resync()
