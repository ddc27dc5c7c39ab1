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
        """Return up to when all changes of these customers were read (UTC, naive).

        :return: False when those of one of them never were, or there is no customer.
        """
        moments = [
            max(filter(None, (record.refreshed_at, record.connection_id.in_step_at)), default=False)
            for record in self
        ]
        return min(moments) if moments and all(moments) else False
