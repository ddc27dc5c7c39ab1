from odoo import models

from ...const import BANK_DEPOSIT_TYPE


class AccountMoveLine(models.Model):
    """What the bank got by a mirrored deposit is matched with the bank's statement, too."""

    _inherit = "account.move.line"

    # === BUSINESS METHODS === #

    def _netsuite_money(self):
        others = self.filtered(
            lambda line: (
                line.move_id.netsuite_record_id
                and not (line.payment_id or line.netsuite_line)
                and line.account_id.reconcile
            )
        )
        # sudo: netsuite.record - only of which type it is; who matches need not see it
        deposits = others.filtered(
            lambda line: line.sudo().move_id.netsuite_record_id.record_type == BANK_DEPOSIT_TYPE
        )
        return super()._netsuite_money() | deposits
