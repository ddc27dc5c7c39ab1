from odoo import api, models

# What NetSuite decides about a journal item; its label and its analytic distribution stay free.
GUARDED_FIELDS = {
    *("move_id", "account_id", "partner_id", "currency_id", "display_type", "product_id"),
    *("amount_currency", "balance", "debit", "credit", "date_maturity"),
    *("quantity", "price_unit", "discount", "price_subtotal", "price_total"),
    *("tax_ids", "tax_line_id", "tax_repartition_line_id", "tax_tag_ids", "tax_base_amount"),
    # What the proof reads of it.
    *("netsuite_line", "netsuite_deposit", "netsuite_set_off"),
}


class AccountMoveLine(models.Model):
    """Journal items of mirrored entries: neither changed nor reconciled by hand."""

    _inherit = "account.move.line"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self._netsuite_guard()._is_sync():
            moves = {values["move_id"] for values in vals_list if values.get("move_id")}
            self._netsuite_guard()._check(self.env["account.move"].browse(moves), "edit")
        return super().create(vals_list)

    def write(self, vals):
        if GUARDED_FIELDS & set(vals):
            self._netsuite_guard()._check(self.move_id, "edit")
        return super().write(vals)

    def unlink(self):
        self._netsuite_guard()._check(self.move_id, "edit")
        return super().unlink()

    # === ACTION METHODS === #

    def action_register_payment(self, ctx=None):
        self._netsuite_guard()._check(self.move_id, "pay")
        return super().action_register_payment(ctx)

    # === BUSINESS METHODS === #

    def reconcile(self):
        """Leave mirrored items out where Odoo settles an online payment by itself."""
        lines = self
        if self.env.context.get("netsuite_leave_unapplied"):
            mirrored = self._netsuite_guard()._mirrored(self.move_id)
            lines = self.filtered(lambda line: line.move_id not in mirrored)
        return super(AccountMoveLine, lines).reconcile()

    def _netsuite_guard(self):
        return self.env["netsuite.guard"]
