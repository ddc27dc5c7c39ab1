"""Transaction types, and how each takes part in receivables."""

from __future__ import annotations

from ..schema import CUSTOM_TRANSACTIONS

INVOICE, CREDIT_MEMO, PAYMENT = "CustInvc", "CustCred", "CustPymt"
DEPOSIT, DEPOSIT_APPLICATION, REFUND, JOURNAL = "CustDep", "DepAppl", "CustRfnd", "Journal"
# A statement charge; a finance charge where it has a code of its own; a currency revaluation.
CHARGE, FINANCE_CHARGE, REVALUATION = "CustChrg", "FinChrg", "FxReval"
# Takes payments from Undeposited Funds to the bank; nothing of receivables.
BANK_DEPOSIT = "Deposit"

_CUSTOM_DEBITS = {code for code, kind in CUSTOM_TRANSACTIONS.items() if kind.side == "debit"}
CUSTOM_CREDITS = frozenset(CUSTOM_TRANSACTIONS) - _CUSTOM_DEBITS
# Shown as the record type invoice.
INVOICES = frozenset({INVOICE, FINANCE_CHARGE})
# Open items that payments and credits settle.
DEBITS = frozenset({*INVOICES, CHARGE, *_CUSTOM_DEBITS})
# Made of item and tax lines.
BILLS = frozenset({*DEBITS, CREDIT_MEMO, *CUSTOM_CREDITS})
# Money that comes in: an amount that is typed, and an account that takes it.
RECEIPTS = frozenset({PAYMENT, DEPOSIT})
# As large as what they apply; nothing of them is ever open.
FOLLOWERS = frozenset({DEPOSIT_APPLICATION, REFUND})
# Have an apply sublist: invoices and debits of journals, or the credits that a refund pays out.
PAYERS = frozenset({CREDIT_MEMO, PAYMENT, DEPOSIT_APPLICATION, REFUND, *CUSTOM_CREDITS})
# What a refund may pay out, beside credit lines of journals and deposits.
CREDITS = frozenset({CREDIT_MEMO, PAYMENT, *CUSTOM_CREDITS})
# Reduce what the customer owes, so that signed totals of them are negative.
NEGATIVE = frozenset({*CREDITS, DEPOSIT, DEPOSIT_APPLICATION})
# The line that links name: the one that holds the open amount in A/R or in Customer Deposits.
ITEM_LINE = {PAYMENT: 1, DEPOSIT: 1}
# Marks of accounts: of discounts on payments, and of unrealised exchange differences.
DISCOUNTS, UNREALISED = "SalesDisc", "UnrERV"
# Of payables, which some account's payment form has for its A/R account.
PAYABLES = "AcctPay"
# Lines of a refund: what it pays out for credits, and for deposits.
REFUND_CREDITS_LINE, REFUND_DEPOSITS_LINE = 1, 2


def customer_field(code: str) -> str:
    """Return the name that a transaction type's body has for its customer."""
    return "entity" if code in BILLS else "customer"


def receivable_field(code: str) -> str:
    """Return the name that a transaction type's body has for its A/R account."""
    return "account" if code in BILLS else "arAcct"


def negative_types(choice: str) -> frozenset[str]:
    """Return the types whose header total is negative, by the switch `foreigntotal_sign`."""
    if choice == "credits":
        return frozenset({CREDIT_MEMO})
    return NEGATIVE if choice == "signed" else frozenset()
