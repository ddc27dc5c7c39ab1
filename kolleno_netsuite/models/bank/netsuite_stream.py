from odoo import models
from odoo.exceptions import ValidationError

from ...const import BANK_DEPOSIT_TYPE


class NetsuiteStream(models.Model):
    """Bank deposits are read when the setting says what becomes of them."""

    _inherit = "netsuite.stream"

    # === BUSINESS METHODS === #

    def _written(self, names):
        super()._written(names)
        if "active" not in names:
            return
        for stream in self.filtered(lambda stream: stream.record_type == BANK_DEPOSIT_TYPE):
            if stream.active != (stream.connection_id.bank_deposits != "none"):
                raise ValidationError(
                    self.env._(
                        "Whether the bank deposits of %s are read is set on the connection, under "
                        "Documents.",
                        stream.connection_id.name,
                    )
                )
