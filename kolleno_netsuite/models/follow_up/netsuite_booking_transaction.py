from odoo import api, models

from .follow_up import FollowUp


class NetsuiteBookingTransaction(models.AbstractModel):
    """What is booked is followed up, or held back from it, at once."""

    _inherit = "netsuite.booking.transaction"

    # === BUSINESS METHODS === #

    @api.model
    def _drafts_booked(self, drafts, outcome):
        super()._drafts_booked(drafts, outcome)
        records = self.env["netsuite.record"].union(*(draft.record for draft in drafts))
        FollowUp(self.env).decide_of_records(records)
