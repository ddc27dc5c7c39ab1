from odoo import api, models

from .withdrawal import Withdrawal


class NetsuiteExclusion(models.Model):
    """Who is taken off the exclusion list while it waits to leave the books stays in them."""

    _inherit = "netsuite.exclusion"

    # === BUSINESS METHODS === #

    @api.model
    def _lifted(self, connection, internal_ids):
        super()._lifted(connection, internal_ids)
        Withdrawal(connection).plan(internal_ids, effect=False)
