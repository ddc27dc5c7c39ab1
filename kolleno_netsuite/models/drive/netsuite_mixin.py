from odoo import models


class NetsuiteMixin(models.AbstractModel):
    """What mirrors a record is read again on demand."""

    _inherit = "netsuite.mixin"

    # === ACTION METHODS === #

    def action_netsuite_resync(self):
        """Read these records again from NetSuite and book them."""
        return self.netsuite_record_id.action_resync()
