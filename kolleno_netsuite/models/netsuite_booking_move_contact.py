from odoo import api, models


class NetsuiteBookingMove(models.AbstractModel):
    """With an invoice come the contacts that its fields name."""

    _inherit = "netsuite.booking.move"

    @api.model
    def _book(self, records):
        outcome = super()._book(records)
        if records[0].record_type == "invoice" and outcome.booked:
            self.env["netsuite.booking.person"]._book_invoices(
                records.browse().union(*outcome.booked)
            )
        return outcome
