import re

from odoo import models
from odoo.fields import Command

from ...mappers.account_types import (
    CUSTOMER_DEPOSITS,
    ODOO_TYPES,
    RECEIVABLE,
    UNDEPOSITED_FUNDS,
)
from ...mappers.suggestion import last_part

# Odoo takes letters, digits and dots in an account number.
_NOT_IN_A_CODE = re.compile(r"[^A-Za-z0-9.]+")


class NetsuiteMapping(models.Model):
    """Makes in Odoo what NetSuite has and Odoo has not, for mappings that nobody chose."""

    _inherit = "netsuite.mapping"

    # === ACTION METHODS === #

    def action_create_accounts(self):
        """Create accounts with NetSuite's numbers and names, and map to them.

        An account that exists under the number with a type that fits is taken as it is.
        Needs the right to create accounts; mappings that someone chose stay.
        """
        for mapping in self._unchosen("account").filtered("ns_type"):
            mapping.account_id = mapping._account_by_number() or mapping._create_account()
        return True

    def action_create_taxes(self):
        """Create sales taxes with NetSuite's rates and names, and map to them."""
        for mapping in self._unchosen("tax"):
            mapping.tax_id = mapping._create_tax()
        return True

    def action_create_terms(self):
        """Create payment terms with NetSuite's days and discounts, and map to them."""
        for mapping in self._unchosen("term"):
            mapping.payment_term_id = self.env["account.payment.term"].create(
                {
                    "name": mapping.name,
                    "company_id": mapping.company_id.id,
                    "early_discount": bool(mapping.ns_discount and mapping.ns_discount_days),
                    "discount_percentage": mapping.ns_discount,
                    "discount_days": mapping.ns_discount_days,
                    "line_ids": [
                        Command.create(
                            {"value": "percent", "value_amount": 100, "nb_days": mapping.ns_days}
                        )
                    ],
                }
            )
        return True

    def action_create_payment_methods(self):
        """Create payment methods in the journal of mirrored payments, and map to them."""
        for mapping in self._unchosen("payment_method"):
            journal = self.env["account.journal"]._netsuite_journal(
                mapping.connection_id, mapping.company_id, "payment"
            )
            Line = self.env["account.payment.method.line"]
            mapping.payment_method_line_id = Line.create(
                {
                    "name": mapping.name,
                    "journal_id": journal.id,
                    "payment_method_id": self.env.ref(
                        "account.account_payment_method_manual_in"
                    ).id,
                }
            )
        return True

    def action_create_in_odoo(self):
        """Create what is missing for these mappings, of whatever kind they are."""
        self.action_create_accounts()
        self.action_create_taxes()
        self.action_create_terms()
        self.action_create_payment_methods()
        return True

    # === BUSINESS METHODS === #

    def _unchosen(self, kind):
        return self.filtered(lambda row: row.kind == kind and row.state != "manual")

    def _account_by_number(self):
        """Return the account that already has this number, if its type fits."""
        self.ensure_one()
        accounts = self._candidate_accounts(self.company_id)
        code = self._odoo_code()
        return self._fitting_accounts(accounts).filtered(
            lambda account: code and account.code == code
        )[:1]

    def _odoo_code(self):
        return _NOT_IN_A_CODE.sub(".", self.code or "").strip(".")

    def _create_account(self):
        self.ensure_one()
        Account = self.env["account.account"].with_company(self.company_id)
        undeposited = self.ns_special == UNDEPOSITED_FUNDS
        account_type = "asset_current" if undeposited else ODOO_TYPES[self.ns_type][0]
        return Account.create(
            {
                "name": last_part(self.name),
                "code": self._free_code(account_type),
                "account_type": account_type,
                # Deposits are used up part by part.
                "reconcile": self.ns_type == RECEIVABLE
                or self.ns_special in (UNDEPOSITED_FUNDS, CUSTOMER_DEPOSITS),
                "company_ids": [Command.set(self.company_id.ids)],
            }
        )

    def _free_code(self, account_type):
        """Return NetSuite's number, or the next free one when it is taken or there is none."""
        accounts = self._candidate_accounts(self.company_id)
        if code := self._odoo_code():
            return accounts._search_new_account_code(code, cache=set())
        alike = accounts.filtered(lambda row: row.account_type == account_type and row.code)
        return accounts._search_new_account_code((alike or accounts)[-1:].code)

    def _tax_group(self, company):
        """Return the group under whose name Odoo shows the tax below a document's total.

        One of its own: the company's first group, which Odoo would take, is named after
        another rate.
        """
        Group = self.env["account.tax.group"].with_company(company)
        domain = [("name", "=", self.name), ("company_id", "=", company.id)]
        return Group.search(domain, limit=1) or Group.create(
            {"name": self.name, "company_id": company.id}
        )

    def _create_tax(self):
        self.ensure_one()
        company = self.company_id
        owed = self._tax_account(company)
        lines = (
            {"repartition_type": "base"},
            {"repartition_type": "tax", "account_id": owed.id},
        )
        return (
            self.env["account.tax"]
            .with_company(company)
            .create(
                {
                    "name": self.name,
                    "amount": self.ns_rate,
                    "amount_type": "percent",
                    "type_tax_use": "sale",
                    "company_id": company.id,
                    "tax_group_id": self._tax_group(company).id,
                    "invoice_repartition_line_ids": [Command.create(line) for line in lines],
                    "refund_repartition_line_ids": [Command.create(line) for line in lines],
                }
            )
        )
