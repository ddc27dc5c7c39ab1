from odoo import api, models

from ...const import BANK_DEPOSIT_TYPE


class AccountPartialReconcile(models.Model):
    """What every way of applying and unapplying ends in, whichever screen it started from."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        guard = self.env["netsuite.guard"]
        if not guard._is_sync():
            ids = {values.get(side) for values in vals_list for side in _SIDES}
            lines = self.env["account.move.line"].browse(ids - {None})
            # With which bank transaction money arrived is said here.
            guard._check((lines - lines._netsuite_money()).move_id, "apply")
        return super().create(vals_list)

    def unlink(self):
        guard = self.env["netsuite.guard"]
        if guard._is_sync():
            return super().unlink()
        guard._check(self._netsuite_own()._moves(), "unapply")
        money = (self.debit_move_id | self.credit_move_id)._netsuite_money()
        result = super().unlink()
        # A bank deposit of NetSuite's takes it to the bank, now that nothing else does.
        money.payment_id._netsuite_follow_deposits()
        return result

    def _netsuite_own(self):
        """Return those of these reconciliations that follow from NetSuite.

        What someone reconciled in Odoo with a document of its own may be undone in Odoo.
        """
        # sudo: netsuite.application - only which reconciliations the sync made
        ours = (
            self.env["netsuite.application"].sudo().search([("partial_ids", "in", self.ids)])
        ).partial_ids
        by_hand = self.filtered(lambda partial: partial._netsuite_is_bank_match())
        return (self - by_hand).filtered(
            lambda partial: (
                partial in ours
                or partial._netsuite_is_deposit()
                or partial.debit_move_id.netsuite_set_off
                or partial._moves().exchange_diff_partial_ids
                or partial._moves().reversed_entry_id & partial._moves()
            )
        )

    def _netsuite_is_bank_match(self):
        """Tell whether this matches the money of one mirrored payment with an entry of Odoo's."""
        lines = self.debit_move_id | self.credit_move_id
        mirrored = lines.filtered("move_id.netsuite_record_id")
        taken_back = self._moves().reversed_entry_id & self._moves()
        return len(mirrored) == 1 and not taken_back and mirrored == mirrored._netsuite_money()

    def _netsuite_is_deposit(self):
        """Tell whether this is what NetSuite took to the bank of one of its payments."""
        # sudo: netsuite.record - only of which type it is
        records = self._moves().sudo().netsuite_record_id
        return len(records) > 1 and BANK_DEPOSIT_TYPE in records.mapped("record_type")

    def _moves(self):
        return self.debit_move_id.move_id | self.credit_move_id.move_id


_SIDES = ("debit_move_id", "credit_move_id")
