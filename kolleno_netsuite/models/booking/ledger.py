"""The accounts and journals that a chunk is booked on."""

from odoo.tools import format_date

from ...client.suiteql import LARGEST_ID
from ...exceptions import Missing
from ...mappers.account_types import BANK_TYPES


class Ledger:
    """What NetSuite's ids are in one Odoo company, asked once for each id of a chunk.

    :param connection: the `netsuite.connection` that was read.
    :param company: the `res.company` that books.
    """

    def __init__(self, connection, company):
        self.company = company
        self.currency = company.currency_id
        self._env = connection.env
        self._connection = connection
        self._resolver = connection.env["netsuite.mapping"]._resolver(connection, company)
        self._found = {}
        self._locks = {}
        self._journals = {}

    def account(self, internal_id, missing):
        """Return the account of a NetSuite account; note in `missing` when there is none."""
        account, lacking = self._ask("account", internal_id)
        missing += lacking
        return account

    def receivable(self, internal_id, missing):
        """Return the account that keeps customers' balances, where NetSuite keeps them.

        Odoo posts the balance of an invoice on a receivable account that can be reconciled
        and on no other.
        """
        account = self.account(internal_id, missing)
        if account and not is_receivable(account):
            env = self._env
            missing.append(
                Missing(
                    f"account:{internal_id}:{self.company.id}",
                    "mapping",
                    env._(
                        "Account %(account)s of %(company)s cannot hold customer balances",
                        account=account.display_name,
                        company=self.company.name,
                    ),
                    env._(
                        "NetSuite keeps receivables on it. Map it to an account of the type "
                        "Receivable that allows reconciliation."
                    ),
                )
            )
        return account

    def posting(self, internal_id, missing):
        """Return the account of a line of an invoice that is not its balance.

        What stands on a receivable account would be open in Odoo for ever: NetSuite does not count
        a retention, say, among what is open of the invoice.
        """
        account = self.account(internal_id, missing)
        if account and account.account_type in ("asset_receivable", "liability_payable"):
            env = self._env
            missing.append(
                Missing(
                    f"account:{internal_id}:{self.company.id}",
                    "mapping",
                    env._(
                        "Account %(account)s of %(company)s holds balances, and a line of an "
                        "invoice posts on it",
                        account=account.display_name,
                        company=self.company.name,
                    ),
                    env._(
                        "NetSuite posts a part of an invoice on it that no payment settles, as a "
                        "retention. Map it to an account of another type, as Current Assets."
                    ),
                )
            )
        return account

    def deposits(self, internal_id, missing):
        """Return the account of customer deposits; note in `missing` what keeps it from use.

        A deposit is used up part by part, so its account has to allow reconciliation; it is no
        receivable, because a deposit does not change what the customer owes.
        """
        account = self.account(internal_id, missing)
        if account and (account.account_type == "asset_receivable" or not account.reconcile):
            env = self._env
            missing.append(
                Missing(
                    f"account:{internal_id}:{self.company.id}",
                    "mapping",
                    env._(
                        "Account %(account)s of %(company)s cannot hold customer deposits",
                        account=account.display_name,
                        company=self.company.name,
                    ),
                    env._(
                        "NetSuite keeps customer deposits on it. Map it to a liability account "
                        "that allows reconciliation, or allow reconciliation on this one."
                    ),
                )
            )
        return account

    def is_bank(self, internal_id):
        """Tell whether money on a NetSuite account is in the bank, there or on Odoo's side."""
        account, _lacking = self._ask("account", internal_id)
        if account and is_bank(account):
            return True
        return self._resolver.account_type(internal_id) in BANK_TYPES

    def special(self, internal_id):
        """Return what NetSuite itself uses an account for, as ``UndepFunds``; empty for nothing."""
        return self._resolver.account_role(internal_id)

    def other(self, internal_id, currency):
        """Return the account of another line of a journal; None where the offset account takes it.

        It never keeps a journal waiting. What is no customer's may not stand among what partners
        owe or are owed, and off-balance accounts take no entry with others.
        """
        account = self._ask("account", internal_id)[0] if internal_id <= LARGEST_ID else None
        unfit = ("asset_receivable", "liability_payable", "off_balance")
        if not account or account.account_type in unfit:
            return None
        held = account.currency_id
        return None if held and held not in (currency, self.currency) else account

    def tax(self, internal_id):
        """Return the tax that a tax code is; empty when not mapped, or Odoo computes otherwise.

        A tax that is not used stops nothing: its line is mirrored on its account.
        """
        tax, _lacking = self._ask("tax", internal_id)
        if not tax or self._env["netsuite.mapping"]._tax_obstacle(tax, self.company):
            return self._env["account.tax"]
        return tax

    def term(self, internal_id):
        """Return the payment terms, empty when they are not mapped."""
        if not internal_id:
            return self._env["account.payment.term"]
        return self._ask("term", internal_id)[0]

    def payment_method(self, internal_id):
        """Return the payment method line, empty when it is not mapped."""
        if not internal_id:
            return self._env["account.payment.method.line"]
        return self._ask("payment_method", internal_id)[0]

    def journal(self, kind):
        """Return the journal of mirrored documents: "sale", "payment" or "general"."""
        if kind not in self._journals:
            self._journals[kind] = self._env["account.journal"]._netsuite_journal(
                self._connection, self.company, kind
            )
        return self._journals[kind]

    def lock(self, date, journal, has_tax):
        """Return what blocks booking on `date` in `journal`: a list of none or one `Missing`."""
        key = (date, journal.id, has_tax)
        if key not in self._locks:
            violated = self.company._get_violated_lock_dates(date, has_tax, journal)
            self._locks[key] = [self._locked(max(violated)[0])] if violated else []
        return self._locks[key]

    def _locked(self, lock_date):
        env = self._env
        return Missing(
            f"period:{self.company.id}:{lock_date}",
            "period",
            env._(
                "The books of %(company)s are locked until %(date)s",
                company=self.company.name,
                date=format_date(env, lock_date),
            ),
            env._(
                "NetSuite changed documents of this period. Fix shows the lock dates: move "
                "them back for as long as needed; what waits is booked automatically."
            ),
        )

    def _ask(self, kind, internal_id):
        key = (kind, internal_id)
        if key not in self._found:
            target = getattr(self._resolver, kind)(internal_id)
            self._found[key] = (target, self._resolver.take_missing())
        return self._found[key]


def is_receivable(account):
    """Tell whether customers' balances can be kept and reconciled on `account`."""
    return account.account_type == "asset_receivable" and account.reconcile


def is_bank(account):
    """Tell whether money on `account` is in the bank or with a card's company."""
    return account.account_type in ("asset_cash", "liability_credit_card")
