from odoo import api, models


class AccountPartialReconcile(models.Model):
    """What every way of applying and unapplying ends in, whichever screen it started from."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        guard = self.env["netsuite.guard"]
        if not guard._is_sync():
            lines = {values.get(side) for values in vals_list for side in _SIDES}
            guard._check(self.env["account.move.line"].browse(lines - {None}).move_id, "apply")
        return super().create(vals_list)

    def unlink(self):
        guard = self.env["netsuite.guard"]
        if not guard._is_sync():
            guard._check(self._netsuite_own()._moves(), "unapply")
        return super().unlink()

    def _netsuite_own(self):
        """Return those of these reconciliations that follow from NetSuite.

        What someone reconciled in Odoo with a document of its own may be undone in Odoo.
        """
        # sudo: netsuite.application - only which reconciliations the sync made
        ours = (
            self.env["netsuite.application"].sudo().search([("partial_ids", "in", self.ids)])
        ).partial_ids
        return self.filtered(
            lambda partial: (
                partial in ours
                or partial.debit_move_id.netsuite_set_off
                or partial._moves().exchange_diff_partial_ids
                or partial._moves().reversed_entry_id & partial._moves()
            )
        )

    def _moves(self):
        return self.debit_move_id.move_id | self.credit_move_id.move_id


_SIDES = ("debit_move_id", "credit_move_id")
