from odoo import api, models

from ...const import REFERENCE_TYPES


class NetsuiteBooking(models.AbstractModel):
    """What is mapped is flagged when NetSuite deletes it, and customers stay while they owe."""

    _inherit = "netsuite.booking"

    # === BUSINESS METHODS === #

    @api.model
    def _removed(self, records):
        super()._removed(records)
        records.filtered(lambda each: each.record_type in REFERENCE_TYPES)._flag_references()
        # sudo: netsuite.issue - issues are the sync's, whoever has the records removed.
        records.sudo()._note_leaving()
