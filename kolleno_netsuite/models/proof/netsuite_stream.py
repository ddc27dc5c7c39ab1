from odoo import fields, models

from ...const import TRANSACTION_TYPES


class NetsuiteStream(models.Model):
    """What is no longer read is missing at once, and not only after the next daily question."""

    _inherit = "netsuite.stream"

    hidden_since = fields.Datetime(
        help="NetSuite showed these records then for the last time, and shows none of them now."
    )

    def _written(self, names):
        super()._written(names)
        if "active" in names:
            documents = self.filtered(lambda stream: stream.record_type in TRANSACTION_TYPES)
            # sudo: netsuite.connection - only the sync writes when it asks; a setting starts it
            documents.connection_id.sudo().completeness_next_at = False
