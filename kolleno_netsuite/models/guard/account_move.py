from odoo import api, models
from odoo.fields import Domain

# What NetSuite decides about an entry. Notes, references, the responsible person and all that
# Odoo keeps for itself (sending, checking, hashing) stay free.
GUARDED_FIELDS = {
    *("state", "name", "move_type", "journal_id", "company_id", "auto_post"),
    *("partner_id", "currency_id", "invoice_currency_rate", "fiscal_position_id"),
    *("date", "invoice_date", "invoice_date_due", "invoice_payment_term_id"),
    *("invoice_cash_rounding_id", "quick_edit_total_amount", "tax_totals"),
    *("reversed_entry_id", "origin_payment_id", "netsuite_record_id"),
}


class AccountMove(models.Model):
    """Entries that mirror NetSuite's are changed, paid, credited and applied there."""

    _inherit = "account.move"

    # === COMPUTE METHODS === #

    def _compute_show_reset_to_draft_button(self):
        super()._compute_show_reset_to_draft_button()
        self._netsuite_guard()._mirrored(self).show_reset_to_draft_button = False

    def _compute_payments_widget_to_reconcile_info(self):
        """Offer nothing to apply on a mirrored invoice, and no mirrored credit on another."""
        super()._compute_payments_widget_to_reconcile_info()
        for move in self.filtered("invoice_outstanding_credits_debits_widget"):
            widget = move.invoice_outstanding_credits_debits_widget
            offered = self.browse(content["move_id"] for content in widget["content"])
            mirrored = set(self._netsuite_guard()._mirrored(offered | move).ids)
            content = [each for each in widget["content"] if each["move_id"] not in mirrored]
            usable = content and move.id not in mirrored
            move.invoice_outstanding_credits_debits_widget = usable and {
                **widget,
                "content": content,
            }

    # === CRUD METHODS === #

    def write(self, vals):
        if GUARDED_FIELDS & set(vals):
            self._netsuite_guard()._check(self, "edit")
        return super().write(vals)

    def unlink(self):
        self._netsuite_guard()._check(self, "delete")
        return super().unlink()

    def copy_data(self, default=None):
        self._netsuite_guard()._check(self, "copy")
        return super().copy_data(default)

    # === ACTION METHODS === #

    def button_draft(self):
        self._netsuite_guard()._check(self, "edit")
        # What NetSuite changes is booked by way of a draft; mails that wait to be sent stay.
        booked_over = self.env.context.get("netsuite_import")
        queued = {move: move.sending_data for move in self if booked_over and move.sending_data}
        result = super().button_draft()
        for move, sending_data in queued.items():
            move.sending_data = sending_data
        return result

    def button_cancel(self):
        self._netsuite_guard()._check(self, "cancel")
        return super().button_cancel()

    def button_request_cancel(self):
        self._netsuite_guard()._check(self, "cancel")
        return super().button_request_cancel()

    def action_reverse(self):
        self._netsuite_guard()._check(self, "reverse")
        return super().action_reverse()

    def action_switch_move_type(self):
        self._netsuite_guard()._check(self, "edit")
        return super().action_switch_move_type()

    def action_register_payment(self):
        self._netsuite_guard()._check(self, "pay")
        return super().action_register_payment()

    def action_force_register_payment(self):
        self._netsuite_guard()._check(self, "pay")
        return super().action_force_register_payment()

    def js_assign_outstanding_line(self, line_id):
        line = self.env["account.move.line"].browse(line_id)
        self._netsuite_guard()._check(self | line.move_id, "apply")
        return super().js_assign_outstanding_line(line_id)

    # === BUSINESS METHODS === #

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._netsuite_guard()._check(self, "reverse")
        return super()._reverse_moves(default_values_list, cancel)

    def _post(self, soft=True):
        self._netsuite_guard()._check(self, "edit")
        return super()._post(soft)

    @api.model
    def _is_move_restricted(self, move, force_hash=False):
        """Secure no mirrored entry: NetSuite may change it, and its numbers have gaps."""
        restricted = super()._is_move_restricted(move, force_hash=force_hash)
        # Asked for each posting, and hardly ever is there any.
        return restricted and restricted - self._netsuite_guard()._mirrored(restricted)

    @api.model
    def _get_move_hash_domain(self, common_domain=False, force_hash=False):
        """Leave mirrored entries out also where entries are secured by hand."""
        domain = super()._get_move_hash_domain(common_domain, force_hash)
        if not force_hash:
            return domain
        # Whoever secures entries need not see NetSuite's records.
        return domain & (
            Domain([("netsuite_record_id", "=", False)])
            | Domain("netsuite_record_id", "any!", [("connection_id.active", "=", False)])
        )

    def _has_to_be_paid(self):
        # Money for it would have to be recorded in NetSuite.
        return not self._netsuite_guard()._mirrored(self) and super()._has_to_be_paid()

    def _get_online_payment_error(self):
        if self._netsuite_guard()._mirrored(self):
            return self.env._("This invoice cannot be paid online.")
        return super()._get_online_payment_error()

    def _netsuite_guard(self):
        return self.env["netsuite.guard"]
