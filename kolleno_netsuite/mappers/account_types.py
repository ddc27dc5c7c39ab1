"""NetSuite's account types, and which of Odoo's account types can stand for each."""

from __future__ import annotations

# Codes of SuiteQL's ``account.accttype``. The first Odoo type of each is the one that a new
# account gets; the others are accepted as targets of a suggestion.
ODOO_TYPES: dict[str, tuple[str, ...]] = {
    "AcctRec": ("asset_receivable",),
    "AcctPay": ("liability_payable",),
    "Bank": ("asset_cash", "asset_current"),
    "CredCard": ("liability_credit_card", "liability_current"),
    "OthCurrAsset": ("asset_current", "asset_prepayments"),
    "UnbilledRec": ("asset_current",),
    "DeferExpense": ("asset_prepayments", "asset_current"),
    "FixedAsset": ("asset_fixed",),
    "OthAsset": ("asset_non_current",),
    "OthCurrLiab": ("liability_current",),
    "DeferRevenue": ("liability_current",),
    "LongTermLiab": ("liability_non_current",),
    "Equity": ("equity",),
    "Income": ("income", "income_other"),
    "OthIncome": ("income_other", "income"),
    "COGS": ("expense_direct_cost", "expense"),
    "Expense": ("expense", "expense_direct_cost", "expense_depreciation"),
    "OthExpense": ("expense_other", "expense"),
}

# Types whose accounts carry no amounts of a ledger: nothing of theirs is ever booked.
NON_LEDGER_TYPES = frozenset({"NonPosting", "Stat"})

RECEIVABLE = "AcctRec"
PAYABLE = "AcctPay"
# ``account.sspecacct`` of the account that holds payments until they are deposited.
UNDEPOSITED_FUNDS = "UndepFunds"
# Money that is posted on an account of these types is in the bank at once.
BANK_TYPES = ("Bank", "CredCard")
# Likewise of the account that holds what customers paid in advance.
CUSTOMER_DEPOSITS = "CustDep"

# Odoo allows these on the line of a partner's balance only.
_BALANCE_TYPES = {"asset_receivable": RECEIVABLE, "liability_payable": PAYABLE}


def can_stand_for(account_type: str, odoo_type: str) -> bool:
    """Tell whether Odoo can post a line of a NetSuite account type on an Odoo account type.

    Odoo refuses a receivable or payable account on any line but that of the partner's balance,
    and asks for a receivable account on that one (`account.move.line._check_payable_receivable`).

    :param account_type: NetSuite's code, as ``AcctRec``.
    :param odoo_type: key of ``account.account.account_type``.
    """
    if account_type in (RECEIVABLE, PAYABLE):
        return odoo_type in ODOO_TYPES[account_type]
    return odoo_type not in _BALANCE_TYPES
