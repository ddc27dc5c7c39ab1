from odoo import models


class ResPartner(models.Model):
    """Contacts show the attributes of their NetSuite contact record."""

    _inherit = "res.partner"

    def _netsuite_field_sources(self):
        sources = super()._netsuite_field_sources()
        persons = self.filtered(lambda partner: partner.parent_id and not sources[partner])
        contacts = self.env["netsuite.contact"].search(
            [("partner_id", "in", persons.ids), ("source", "=", "record")]
        )
        for partner, group in contacts.grouped("partner_id").items():
            sources[partner] = group.record_id[:1]
        return sources
