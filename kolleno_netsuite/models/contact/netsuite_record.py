from odoo import models


class NetsuiteRecord(models.Model):
    """Who asks for NetSuite's state gives up what was decided or corrected here of contacts."""

    _inherit = "netsuite.record"

    # === BUSINESS METHODS === #

    def _overwrite(self):
        super()._overwrite()
        # sudo: netsuite.contact - written by the sync; users who may resync a record may overwrite
        # them
        contacts = self.env["netsuite.contact"].sudo().search([("record_id", "in", self.ids)])
        contacts._give_up_own_words()

    def _reread_people(self, client):
        own = super()._reread_people(client)
        contacts = self.env["netsuite.contact"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("source", "=", "record"),
                ("customer_internal_id", "=", self.internal_id),
            ]
        )
        records = contacts.record_id
        own += records.filtered(
            lambda record: record.payload["row"].get("company") == str(self.internal_id)
        ).mapped("internal_id")
        if records and self.connection_id.sync_contacts:
            self.env["netsuite.fetch"]._reread(
                self.connection_id, client, "contact", records.mapped("internal_id")
            )
        return own
