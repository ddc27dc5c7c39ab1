from odoo import api, fields, models
from odoo.tools import float_compare, formatLang

from ...mappers.account_types import (
    CUSTOMER_DEPOSITS,
    ODOO_TYPES,
    RECEIVABLE,
    UNDEPOSITED_FUNDS,
    can_stand_for,
)
from ...mappers.suggestion import (
    Candidate,
    Why,
    best_account,
    best_name,
    last_part,
    names_fit,
    same_account,
    same_name,
    same_number,
)
from .netsuite_mapping import RATE_DIGITS, TARGET_FIELDS


class NetsuiteMapping(models.Model):
    """What a mapping most likely is, and how sure that is; it is used once someone accepts it."""

    _inherit = "netsuite.mapping"

    needs_check = fields.Boolean(
        compute="_compute_needs_check",
        help="The suggested account has NetSuite's number and another name. It is used only when "
        "it is accepted by itself.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "state", "account_id", "code", "name", "company_id")
    def _compute_needs_check(self):
        for mapping in self:
            account = mapping.with_company(mapping.company_id).account_id
            mapping.needs_check = (
                mapping.state == "suggested"
                and mapping.kind == "account"
                and mapping._is_named_otherwise(account)
            )

    # === BUSINESS METHODS - SUGGESTIONS === #

    def _suggest(self):
        """Suggest a target for those of these mappings that nobody chose one for.

        :return: the mappings that have a suggestion now.
        """
        unchosen = self.filtered(lambda row: row.state != "manual" or not row._target())
        for company, of_company in unchosen.grouped("company_id").items():
            mappings = of_company.with_company(company)
            accounts = mappings._candidate_accounts(company)
            for mapping in mappings:
                target, reason = mapping._best_target(accounts)
                values = mapping._suggestion_values(target, reason)
                if (target or mapping._target().browse()) != mapping._target() or any(
                    mapping[name] != values[name] for name in ("state", "suggestion_reason")
                ):
                    mapping.write(values)
        return unchosen.filtered(lambda row: row.state == "suggested")

    def _suggestion_values(self, target, reason):
        """Return the values that suggest `target`, or take an outdated suggestion off.

        :param reason: without a target, the new account that is proposed; empty for nothing.
        """
        self.ensure_one()
        return {
            TARGET_FIELDS[self.kind]: target.id if target else False,
            "state": "suggested" if reason else "none",
            "suggestion_reason": reason or False,
        }

    def _best_target(self, accounts):
        """Return (target, reason), or (None, None); `accounts` are those of the company.

        A reason without a target proposes a new account.
        """
        self.ensure_one()
        if self.kind == "account":
            return self._best_account(accounts)
        if self.kind == "account_type":
            return self._default_account(accounts, self.code)
        if self.kind == "tax":
            return self._best_tax()
        if self.kind == "term":
            return self._best_term()
        return self._best_payment_method()

    # === BUSINESS METHODS - ACCOUNTS === #

    @api.model
    def _candidate_accounts(self, company):
        """Return the accounts of a company, in the order of their numbers."""
        Account = self.env["account.account"].with_company(company)
        return Account.search(Account._check_company_domain(company), order="code, id")

    def _best_account(self, accounts):
        if self.ns_special == UNDEPOSITED_FUNDS and (
            account := self._outstanding_receipts(accounts)
        ):
            return account, self.env._("Payments that are not deposited yet")
        fitting = self._fitting_accounts(accounts)
        match = best_account(
            self.code or "",
            self.name,
            [Candidate(row.id, row.name or "", row.code or "") for row in fitting],
        )
        weak = not match or match.why in (Why.LIKENESS, Why.NUMBER_PREFIX)
        if self.ns_type == RECEIVABLE and weak:
            # What customers owe goes where Odoo expects it unless the chart says otherwise.
            return self._default_account(accounts, RECEIVABLE)
        if match:
            account = accounts.browse(match.candidate.id)
            if self._is_named_otherwise(account):
                return account, self.env._(
                    "Please check: same number, but %s is another name", account.name
                )
            return account, self._account_reason(match.why, account)
        if self.ns_special == CUSTOMER_DEPOSITS and self._is_creatable():
            # No chart has one, and that of its type would be the account of the taxes.
            return None, self._new_account_reason()
        # The account of its type takes its amounts; to suggest that one here as well would
        # only make more rows to accept.
        return None, None

    def _fitting_accounts(self, accounts):
        """Return those of `accounts` that can be this NetSuite account, best type first."""
        self.ensure_one()
        fitting = self._fitting(accounts, self.ns_type)
        if self.ns_special == CUSTOMER_DEPOSITS:
            fitting = fitting.filtered("reconcile")
        return fitting

    def _account_reason(self, why, account):
        return {
            Why.NUMBER: self.env._("Same number: %s", account.code),
            Why.PADDED_NUMBER: self.env._("Same number apart from zeros: %s", account.code),
            Why.NUMBER_PREFIX: self.env._("Its number starts with that of %s", account.code),
            Why.NAME: self.env._("Same name: %s", account.name),
            Why.LIKENESS: self.env._("Similar name: %s", account.name),
        }[why]

    @api.model
    def _fitting(self, accounts, account_type):
        """Return those of `accounts` whose type fits, best type first."""
        types = ODOO_TYPES.get(account_type, ())
        fitting = accounts.filtered(lambda row: row.account_type in types)
        if account_type == RECEIVABLE:
            fitting = fitting.filtered(lambda row: not row.non_trade)
        elif account_type == "Bank":
            # Of current assets only those that wait to be matched with a bank statement.
            fitting = fitting.filtered(
                lambda row: row.account_type == "asset_cash" or row.reconcile
            )
        return fitting.sorted(lambda row: types.index(row.account_type))

    @api.model
    def _default_account(self, accounts, account_type):
        """Return the account that takes everything of a type, and why.

        :param accounts: accounts of one company, in its context.
        :param account_type: NetSuite's code, as ``Income``.
        """
        company = accounts.env.company
        fitting = self._fitting(accounts, account_type)
        told, reason = {
            RECEIVABLE: (
                self._default_receivable(company),
                self.env._("Receivable account of the company"),
            ),
            "Bank": (
                self._outstanding_receipts(accounts),
                self.env._("Receipts that no bank statement confirmed yet"),
            ),
            "Income": (company.income_account_id, self.env._("Income account of the company")),
            "Expense": (company.expense_account_id, self.env._("Expense account of the company")),
            "OthExpense": (
                company.expense_account_id,
                self.env._("Expense account of the company"),
            ),
            "OthCurrLiab": (
                self._tax_account(company),
                self.env._("Account of the company's sales taxes"),
            ),
        }.get(account_type, (accounts.browse(), ""))
        if told and can_stand_for(account_type, told.account_type):
            return told, reason
        label = self._account_type_labels().get(account_type, account_type)
        named = best_name(label, [Candidate(row.id, row.name or "") for row in fitting])
        if named:
            account = accounts.browse(named.candidate.id)
            return account, self._account_reason(named.why, account)
        if fitting:
            return fitting[0], self.env._("First account of this type")
        return None, None

    @api.model
    def _default_receivable(self, company):
        """Return the receivable account that new customers of a company get."""
        Partner = self.env["res.partner"].with_company(company)
        field = Partner._fields["property_account_receivable_id"]
        return field.get_company_dependent_fallback(Partner)

    @api.model
    def _outstanding_receipts(self, accounts):
        """Return the account of receipts that are not on a bank statement yet.

        Not the bank account itself: statements imported in Odoo would count twice what
        NetSuite's payments already brought.
        """
        company = accounts.env.company
        template = self.env["account.chart.template"].with_company(company)
        account = template.ref("account_journal_payment_debit_account_id", raise_if_not_found=False)
        if account and account in accounts:
            return account
        return company.transfer_account_id or self._fitting(accounts, "Bank")[:1]

    @api.model
    def _tax_account(self, company):
        """Return the account on which a company's sales taxes are owed."""
        Tax = self.env["account.tax"]
        taxes = company.account_sale_tax_id | Tax.search(
            [*Tax._check_company_domain(company), ("type_tax_use", "=", "sale")]
        )
        owed = taxes.invoice_repartition_line_ids.account_id
        return owed.filtered(lambda row: can_stand_for("OthCurrLiab", row.account_type))[:1]

    # === BUSINESS METHODS - TAXES, TERMS, METHODS === #

    def _best_tax(self):
        Tax = self.env["account.tax"]
        taxes = Tax.search(
            [
                *Tax._check_company_domain(self.company_id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
            ]
        ).filtered(
            lambda tax: not float_compare(tax.amount, self.ns_rate, precision_digits=RATE_DIGITS)
        )
        if not taxes:
            return None, None
        rate = formatLang(self.env, self.ns_rate, digits=2)
        named = best_name(self.name, [Candidate(tax.id, tax.name) for tax in taxes])
        if named:
            return Tax.browse(named.candidate.id), self.env._("Same rate (%s%%) and name", rate)
        return taxes[0], self.env._("Same rate (%s%%)", rate)

    def _best_term(self):
        Term = self.env["account.payment.term"]
        terms = Term.search(Term._check_company_domain(self.company_id))
        named = best_name(self.name, [Candidate(term.id, term.name) for term in terms])
        if named and named.why is Why.NAME:
            return Term.browse(named.candidate.id), self.env._(
                "Same name: %s", named.candidate.name
            )
        same_days = terms.filtered(self._has_same_days)
        with_discount = same_days.filtered(self._has_same_discount)
        if with_discount:
            return with_discount[0], self.env._(
                "Due after the same number of days: %s", self.ns_days
            )
        if same_days:
            return same_days[0], self.env._(
                "Due after the same number of days: %s; the discount differs", self.ns_days
            )
        return None, None

    def _has_same_days(self, term):
        line = term.line_ids
        return (
            len(line) == 1
            and line.value == "percent"
            and line.delay_type == "days_after"
            and line.nb_days == self.ns_days
        )

    def _has_same_discount(self, term):
        if not self.ns_discount:
            return not term.early_discount
        return (
            term.early_discount
            and term.discount_days == self.ns_discount_days
            and not float_compare(
                term.discount_percentage, self.ns_discount, precision_digits=RATE_DIGITS
            )
        )

    def _best_payment_method(self):
        Line = self.env["account.payment.method.line"]
        lines = Line.search(
            [
                ("journal_id.company_id", "=", self.company_id.id),
                # Mirrored payments are booked in a journal of their own, with its methods.
                ("journal_id.netsuite_connection_id", "=", self.connection_id.id),
                ("payment_type", "=", "inbound"),
            ]
        )
        named = best_name(self.name, [Candidate(line.id, line.name or "") for line in lines])
        if not named:
            return None, None
        line = Line.browse(named.candidate.id)
        if named.why is Why.NAME:
            return line, self.env._("Same name: %s", line.name)
        return line, self.env._("Similar name: %s", line.name)

    @api.model
    def _account_type_labels(self):
        """Return {NetSuite's code of an account type: what accountants call it}."""
        return {
            "AcctRec": self.env._("Accounts Receivable"),
            "AcctPay": self.env._("Accounts Payable"),
            "Bank": self.env._("Bank"),
            "CredCard": self.env._("Credit Card"),
            "OthCurrAsset": self.env._("Other Current Asset"),
            "UnbilledRec": self.env._("Unbilled Receivable"),
            "DeferExpense": self.env._("Deferred Expense"),
            "FixedAsset": self.env._("Fixed Asset"),
            "OthAsset": self.env._("Other Asset"),
            "OthCurrLiab": self.env._("Other Current Liability"),
            "DeferRevenue": self.env._("Deferred Revenue"),
            "LongTermLiab": self.env._("Long Term Liability"),
            "Equity": self.env._("Equity"),
            "Income": self.env._("Income"),
            "OthIncome": self.env._("Other Income"),
            "COGS": self.env._("Cost of Goods Sold"),
            "Expense": self.env._("Expense"),
            "OthExpense": self.env._("Other Expense"),
        }

    # === BUSINESS METHODS === #

    def _is_certain(self):
        """Tell whether the suggested target can be no other, so that nobody need be asked.

        Number, name and type of an account are NetSuite's, in the codes of the mapping's own
        company; rate and name of a tax; days, discount and name of terms; the name of a payment
        method. Whatever is only similar, filled up with zeros, or the company's default, is not.
        """
        self.ensure_one()
        mapping = self.with_company(self.company_id)
        target = mapping._target()
        if not target:
            return False
        if self.kind == "account":
            candidate = Candidate(target.id, target.name or "", target.code or "")
            fits = target in mapping._fitting_accounts(target)
            return fits and same_account(self.code or "", self.name, candidate)
        if self.kind == "account_type":
            # A whole type has neither number nor name in a chart.
            return False
        if not same_name(self.name, target.name or ""):
            return False
        if self.kind == "term":
            return self._has_same_days(target) and self._has_same_discount(target)
        return True

    def _is_named_otherwise(self, account):
        """Tell whether an account has NetSuite's number, digit by digit, and another name.

        :param account: of the mapping's company, in its context.
        """
        self.ensure_one()
        return (
            bool(account.code)
            and same_number(self.code or "", account.code)
            and not names_fit(self.name, account.name or "")
        )

    def _propose_new(self):
        """Propose accounts of NetSuite's number and name for those that nothing was found for.

        They are created once someone accepts them.
        """
        for mapping in self:
            if mapping.kind == "account" and mapping.state == "none" and mapping._is_creatable():
                mapping.write(mapping._suggestion_values(None, mapping._new_account_reason()))

    def _is_creatable(self):
        """Tell whether an account of this NetSuite type can be made in Odoo."""
        self.ensure_one()
        return self.ns_type in ODOO_TYPES

    def _new_account_reason(self):
        self.ensure_one()
        return self.env._("New account: %s", f"{self._odoo_code()} {last_part(self.name)}".strip())
