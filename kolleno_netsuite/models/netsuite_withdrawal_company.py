from odoo import api, models

from .netsuite_booking import SYNC_CONTEXT


class NetsuiteWithdrawal(models.AbstractModel):
    """Archives the partners of a left-out customer in every company that has its own."""

    _inherit = "netsuite.withdrawal"

    @api.model
    def _withdraw(self, connection, internal_ids, cancel=True):
        cancelled = super()._withdraw(connection, internal_ids, cancel)
        if connection.customers_per_company:
            records = self.env["netsuite.record"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("record_type", "=", "customer"),
                    ("internal_id", "in", list(internal_ids)),
                ]
            )
            booker = self.env["netsuite.booking.customer"]
            partners = booker._all_partners(records).filtered("active")
            booker._archivable(partners).with_context(**SYNC_CONTEXT).active = False
        return cancelled
