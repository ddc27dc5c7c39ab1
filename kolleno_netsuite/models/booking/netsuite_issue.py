from odoo import api, fields, models

from ..record.netsuite_issue import Fix


class NetsuiteIssue(models.Model):
    """Bank transactions that are to be matched again."""

    _inherit = "netsuite.issue"

    kind = fields.Selection(
        selection_add=[("bank", "Bank"), ("sign_in",)], ondelete={"bank": "cascade"}
    )

    # === BUSINESS METHODS === #

    @api.model
    def _fixes(self):
        unmatched = self.env._("See the bank transaction")
        return {
            **super()._fixes(),
            "bank": [Fix(unmatched, "_open_bank_entry", lambda issue: issue._unmatched_entry())],
        }

    @api.model
    def _retries(self):
        return {**super()._retries(), "bank": "_retry_bank"}

    def _retry_bank(self):
        """Close what is matched again, and book what waits; return how many records."""
        self._close_matched()
        return self._retry_booking()

    def _open_bank_entry(self):
        return self._open_form("account.move", self._unmatched_entry())

    def _unmatched_entry(self):
        """Return the entry that has to be matched again; empty when the issue is about none."""
        self.ensure_one()
        Move = self.env["account.move"]
        if self._key_parts()[0] != "unmatched":
            return Move
        return Move.browse(self._key_number(1)).exists()

    def _close_matched(self):
        """Close those of these issues whose entry is matched again, or is gone."""
        unmatched = self.filtered(
            lambda issue: issue.state != "solved" and issue._key_parts()[0] == "unmatched"
        )
        unmatched.filtered(lambda issue: not issue._is_unmatched())._solve()

    def _is_unmatched(self):
        # sudo: account.move - the issue is read by who may not see the bank's journal
        entry = self.sudo()._unmatched_entry()
        if entry.state != "posted":
            return False
        if transaction := entry.statement_line_id:
            _liquidity, suspense, others = transaction._seek_for_lines()
            return bool(suspense) or any(
                line.account_id.reconcile and not line.reconciled for line in others
            )
        return any(line.account_id.reconcile and not line.reconciled for line in entry.line_ids)
