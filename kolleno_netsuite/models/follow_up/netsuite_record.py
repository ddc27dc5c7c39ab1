from odoo import fields, models


class NetsuiteRecord(models.Model):
    """When a customer was read by itself, between two synchronisations."""

    _inherit = "netsuite.record"

    refreshed_at = fields.Datetime(
        readonly=True,
        help="Up to when all changes of this customer were read before a reminder.",
    )

    # === BUSINESS METHODS === #

    def _read_at(self):
        """Return up to when all changes of this customer were read (UTC), or False."""
        self.ensure_one()
        moments = filter(None, (self.refreshed_at, self.connection_id.in_step_at))
        return max(moments, default=False)
