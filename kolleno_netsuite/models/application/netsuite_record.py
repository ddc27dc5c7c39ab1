from odoo import models

from ...const import PAYMENT_TYPE


class NetsuiteRecord(models.Model):
    """Payments that wait for documents which turn out not to be mirrored."""

    _inherit = "netsuite.record"

    # === BUSINESS METHODS === #

    def _documents_excluded(self):
        super()._documents_excluded()
        waiting = self.env["netsuite.application"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("state", "=", "waiting"),
                ("invoice_internal_id", "in", self.mapped("internal_id")),
                ("paying_record_id.record_type", "=", PAYMENT_TYPE),
                ("paying_record_id.state", "=", "booked"),
            ]
        )
        # They are booked once more, with what they do for others.
        waiting.paying_record_id._requeue()
