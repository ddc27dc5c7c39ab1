from odoo import api, models

from .deposits import Deposits


class NetsuiteBookingPayment(models.AbstractModel):
    """A bank deposit follows when one of its payments comes, changes or goes."""

    _inherit = "netsuite.booking.payment"

    # === BUSINESS METHODS === #

    @api.model
    def _drafts_booked(self, drafts, outcome):
        super()._drafts_booked(drafts, outcome)
        booked = self.env["netsuite.record"].union(*outcome.booked)
        if not booked or booked.connection_id.bank_deposits == "none":
            return
        deposits = Deposits(booked.connection_id)
        deposits.follow(booked)
        deposits.note(booked.mapped("internal_id"))
