from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """No reminder goes out for what was settled in NetSuite since the last synchronisation."""

    _inherit = "account.move.send"

    @api.model
    def _generate_and_send_invoices(self, moves, from_cron=False, **settings):
        to_send = moves._netsuite_still_to_send()
        if not to_send:
            return self.env["ir.attachment"]
        return super()._generate_and_send_invoices(to_send, from_cron=from_cron, **settings)
