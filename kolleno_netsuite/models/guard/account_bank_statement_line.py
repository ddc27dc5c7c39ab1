from odoo import models


class AccountBankStatementLine(models.Model):
    """Bank transactions are matched with the money of mirrored entries, and with nothing else."""

    _inherit = "account.bank.statement.line"

    def _get_default_amls_matching_domain(self, allow_draft=False):
        """Offer the money of mirrored payments, and nothing of what is applied in NetSuite."""
        domain = super()._get_default_amls_matching_domain(allow_draft=allow_draft)
        balances = ("asset_receivable", "liability_payable")
        # sudo: account.journal - the one of the deposits need not be the user's
        journals = self.env["account.journal"].sudo()
        journals = journals.search([("netsuite_clearing_account_id", "!=", False)])
        return [
            *domain,
            *("|", "|", ("move_id.netsuite_record_id", "=", False)),
            # What the bank got by a bank deposit.
            ("account_id", "in", journals.netsuite_clearing_account_id.ids),
            *("&", "&", ("payment_id", "!=", False), ("netsuite_deposit", "=", False)),
            ("account_id.account_type", "not in", balances),
        ]
