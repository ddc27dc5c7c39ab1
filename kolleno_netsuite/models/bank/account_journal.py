from odoo import fields, models


class AccountJournal(models.Model):
    """Where NetSuite's bank deposits stand until the bank's own statement is matched with them."""

    _inherit = "account.journal"

    netsuite_clearing_account_id = fields.Many2one(
        "account.account",
        string="Clearing Account of NetSuite's Bank Deposits",
        copy=False,
        readonly=True,
        help="Holds what NetSuite took to the bank until it is matched with the bank statement.",
    )

    # === BUSINESS METHODS === #

    def _netsuite_clearing_account(self):
        """Return the account that takes NetSuite's bank deposits, made on first need.

        :return: a reconcilable account, so that a bank transaction can be matched with a deposit.
        """
        self.ensure_one()
        if not self.netsuite_clearing_account_id:
            Account = self.env["account.account"].with_company(self.company_id)
            last = Account.search(
                [
                    *Account._check_company_domain(self.company_id),
                    ("account_type", "=", "asset_current"),
                ],
                order="code desc",
                limit=1,
            )
            # sudo: account.journal - only the sync says which account it is
            self.sudo().netsuite_clearing_account_id = Account.create(
                {
                    "name": self.env._("NetSuite bank deposits (clearing)"),
                    "code": Account._search_new_account_code(last.code or "100000"),
                    "account_type": "asset_current",
                    "reconcile": True,
                    "company_ids": [(6, 0, self.company_id.ids)],
                }
            )
        return self.netsuite_clearing_account_id
