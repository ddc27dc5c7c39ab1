from odoo import fields, models

from ..connection.hook import hook


class NetsuiteRecord(models.Model):
    """Customers that are excluded from now on and wait to be taken out of Odoo's books."""

    _inherit = "netsuite.record"

    withdrawal = fields.Selection(
        [("cancel", "Archive and cancel documents"), ("archive", "Archive only")],
        string="To Be Excluded",
        readonly=True,
        help="What was decided about this customer's records in Odoo; empty once it is done.",
    )

    _withdrawal_index = models.Index("(connection_id) WHERE withdrawal IS NOT NULL")

    # === BUSINESS METHODS === #

    @hook
    def _documents_excluded(self):
        """Follow that these documents are not booked: their customers are not mirrored."""
