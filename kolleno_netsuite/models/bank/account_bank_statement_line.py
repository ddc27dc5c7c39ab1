from odoo import api, models
from odoo.exceptions import ValidationError

from .deposits import Deposits


class AccountBankStatementLine(models.Model):
    """No cash counts twice: from the bank's statement, and from NetSuite's deposits."""

    _inherit = "account.bank.statement.line"

    # === CONSTRAINT METHODS === #

    @api.constrains("journal_id")
    def _check_no_netsuite_deposits(self):
        for journal in self.journal_id:
            # sudo: netsuite.connection, netsuite.mapping - settings, whoever enters a transaction
            account = journal.default_account_id
            connection = account and Deposits.connection_of(self.env, account)
            if connection:
                raise ValidationError(
                    self.env._(
                        "NetSuite's bank deposits are booked on the account of %(journal)s "
                        "(connection %(connection)s), so its bank transactions would count the "
                        "cash twice. Let the deposits go to the clearing account first: on the "
                        "connection, under Documents, Bank Deposits.",
                        journal=journal.name,
                        connection=connection.name,
                    )
                )
