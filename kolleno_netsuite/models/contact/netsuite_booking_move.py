from odoo import api, models


class NetsuiteBookingMove(models.AbstractModel):
    """With an invoice come the contacts that its fields name."""

    _inherit = "netsuite.booking.move"

    @api.model
    def _drafts_booked(self, drafts, outcome):
        super()._drafts_booked(drafts, outcome)
        booked = self.env["netsuite.record"].union(*outcome.booked)
        invoices = booked.filtered(lambda record: record.record_type == "invoice")
        if invoices:
            self.env["netsuite.booking.person"]._book_invoices(invoices)
