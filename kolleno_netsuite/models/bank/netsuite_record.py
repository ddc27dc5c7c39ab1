from odoo import fields, models


class NetsuiteRecord(models.Model):
    """Which payments a bank deposit has."""

    _inherit = "netsuite.record"

    deposited_ids = fields.Json(
        readonly=True,
        help="Internal IDs of the payments, deposits and refunds in this bank deposit.",
    )

    _deposited_index = models.Index(
        "USING gin (deposited_ids) WHERE record_type = 'deposit' AND deposited_ids IS NOT NULL"
    )
