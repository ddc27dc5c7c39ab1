from odoo import models

# What NetSuite decides about a payment; the memo is part of the journal entry's lines.
GUARDED_FIELDS = {
    *("state", "amount", "currency_id", "date", "payment_type", "partner_type", "partner_id"),
    *("journal_id", "company_id", "payment_method_line_id", "payment_method_id", "memo"),
    *("destination_account_id", "outstanding_account_id", "move_id", "netsuite_record_id"),
}


class AccountPayment(models.Model):
    """Payments that mirror NetSuite's are changed, voided and applied there."""

    _inherit = "account.payment"

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

    def action_post(self):
        self._netsuite_guard()._check(self, "edit")
        return super().action_post()

    def action_validate(self):
        self._netsuite_guard()._check(self, "edit")
        return super().action_validate()

    def action_reject(self):
        self._netsuite_guard()._check(self, "cancel")
        return super().action_reject()

    def action_cancel(self):
        self._netsuite_guard()._check(self, "cancel")
        return super().action_cancel()

    def button_request_cancel(self):
        self._netsuite_guard()._check(self, "cancel")
        return super().button_request_cancel()

    def action_draft(self):
        self._netsuite_guard()._check(self, "edit")
        return super().action_draft()

    # === BUSINESS METHODS === #

    def _netsuite_guard(self):
        return self.env["netsuite.guard"]
