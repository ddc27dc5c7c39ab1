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
            account = self._netsuite_new_account(
                self.env._("NetSuite bank deposits (clearing)"), "asset_current", "100000"
            )
            account.reconcile = True
            # sudo: account.journal - only the sync says which account it is
            self.sudo().netsuite_clearing_account_id = account
        return self.netsuite_clearing_account_id
