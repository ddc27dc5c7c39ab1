from odoo import models

from ...mappers.account_types import RECEIVABLE, UNDEPOSITED_FUNDS
from ...mappers.suggestion import Candidate, Why, best_account


class NetsuiteMapping(models.Model):
    """Which suggestions nobody has to look at."""

    _inherit = "netsuite.mapping"

    # === BUSINESS METHODS === #

    def _is_certain(self):
        """Tell whether the suggested target can be no other.

        Same number or same name, the company's own default for what it is, same rate and name,
        same days and discount. What is only similar, or the first of its type, is not certain.
        """
        self.ensure_one()
        target = self._target()
        if not target:
            return False
        if self.kind == "account":
            return self._is_certain_account(target)
        if self.kind == "account_type":
            return target in self._own_defaults()
        if self.kind == "term":
            return self._has_same_days(target) and self._has_same_discount(target)
        return _word(target.name) == _word(self.name)

    def _is_certain_account(self, account):
        own = self.ns_special == UNDEPOSITED_FUNDS or self.ns_type == RECEIVABLE
        if own and account in self._own_defaults():
            return True
        match = best_account(
            self.code or "",
            self.name,
            [Candidate(account.id, account.name or "", account.code or "")],
        )
        return bool(match) and match.why in (Why.NUMBER, Why.PADDED_NUMBER, Why.NAME)

    def _own_defaults(self):
        """Return the accounts that the company itself has for an account type."""
        company = self.company_id
        accounts = self.with_company(company)._candidate_accounts(company)
        if self.ns_special == UNDEPOSITED_FUNDS:
            return self._outstanding_receipts(accounts)
        defaults = {
            RECEIVABLE: lambda: self._default_receivable(company),
            "Bank": lambda: self._outstanding_receipts(accounts),
            "Income": lambda: company.income_account_id,
            "Expense": lambda: company.expense_account_id,
            "OthExpense": lambda: company.expense_account_id,
            "OthCurrLiab": lambda: self._tax_account(company),
        }
        find = defaults.get(self.ns_type)
        return find() if find else accounts.browse()


def _word(text):
    return " ".join((text or "").casefold().split())
