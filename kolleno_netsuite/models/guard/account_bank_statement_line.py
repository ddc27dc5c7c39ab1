from odoo import models


class AccountBankStatementLine(models.Model):
    """Bank transactions are not matched with mirrored entries."""

    _inherit = "account.bank.statement.line"

    def _get_default_amls_matching_domain(self, allow_draft=False):
        """Match no bank transaction with what is applied in NetSuite."""
        domain = super()._get_default_amls_matching_domain(allow_draft=allow_draft)
        return [*domain, ("move_id.netsuite_record_id", "=", False)]
