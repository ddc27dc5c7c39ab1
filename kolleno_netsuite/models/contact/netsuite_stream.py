from odoo import models


class NetsuiteStream(models.Model):
    """Contacts are switched on and off in one place, whichever of the two screens is used."""

    _inherit = "netsuite.stream"

    def _written(self, names):
        super()._written(names)
        if "active" in names:
            for stream in self.filtered(lambda each: each.record_type == "contact"):
                if stream.connection_id.sync_contacts != stream.active:
                    stream.connection_id.sync_contacts = stream.active
