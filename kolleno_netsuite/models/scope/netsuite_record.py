from odoo import fields, models


class NetsuiteRecord(models.Model):
    """Customers that are left out from now on and wait to be taken out of Odoo's books."""

    _inherit = "netsuite.record"

    withdrawal = fields.Selection(
        [("cancel", "Archive and cancel documents"), ("archive", "Archive only")],
        string="To Be Taken Out",
        readonly=True,
        help="What somebody decided about what Odoo has of this customer; empty once it is done.",
    )

    _withdrawal_index = models.Index("(connection_id) WHERE withdrawal IS NOT NULL")
