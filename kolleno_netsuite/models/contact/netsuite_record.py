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
