from odoo import api, models


class NetsuiteBooking(models.AbstractModel):
    """Customers that NetSuite no longer has stay as long as something of them is open."""

    _inherit = "netsuite.booking"

    # === BUSINESS METHODS === #

    @api.model
    def _removed(self, records):
        super()._removed(records)
        # Issues belong to the sync.
        self.env["netsuite.removal"].sudo()._note_leaving(records)
