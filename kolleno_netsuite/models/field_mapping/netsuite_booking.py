from odoo import api, models


class NetsuiteBooking(models.AbstractModel):
    """Mapped fields are written once their record is booked."""

    _inherit = "netsuite.booking"

    # === BUSINESS METHODS === #

    @api.model
    def _booked(self, records):
        super()._booked(records)
        records.env["netsuite.field.mapping"]._apply(records)
