from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..support.reference_case import ReferenceCase, account_row


@tagged("post_install", "-at_install")
class TestSuggestions(ReferenceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_parent()

    def suggested(self, *row, **columns):
        """Return the suggestion for an account that lands now."""
        self.land("account", account_row(*row, **columns))
        return self.mapping(row[0])

    def test_same_number_is_suggested_beside_another_name_as_something_to_check(self):
        mapping = self.suggested(54, "450000", "Freight Income", "Income")
        alike = self.suggested(55, "450000", "Other Income Europe", "Income")

        self.assertEqual(mapping.account_id, self.account("450000"))
        self.assertEqual(mapping.state, "suggested")
        self.assertEqual(
            mapping.suggestion_reason,
            "Please check: same number, but Other Income is another name",
        )
        self.assertTrue(mapping.needs_check)
        self.assertEqual(alike.suggestion_reason, "Same number: 450000")
        self.assertFalse(alike.needs_check)

    def test_what_has_to_be_checked_is_accepted_by_itself_only(self):
        doubtful = self.suggested(54, "450000", "Freight Income", "Income")
        other = self.suggested(55, "4000", "Product Sales", "Income")
        again = self.suggested(56, "400000", "Product Sales Europe", "Income")

        by_all = self.connection.action_accept_suggestions()["params"]["message"]
        again.write({"state": "suggested"})
        by_hand = (doubtful | again).action_accept()["params"]["message"]

        self.assertEqual((doubtful.state, other.state, again.state), ("suggested", *["manual"] * 2))
        for message in (by_all, by_hand):
            self.assertIn("another name: 450000 Freight Income. Accept each by itself", message)
        self.assertIs(doubtful.action_accept(), True)
        self.assertEqual(doubtful.state, "manual")
        self.assertFalse(doubtful.needs_check)

    def test_number_that_odoo_filled_with_zeros_is_suggested_beside_a_name_that_fits(self):
        mapping = self.suggested(54, "4500", "Income", "Income")
        bad_debt = self.suggested(55, "6300", "Bad Debt Expense", "Expense")

        self.assertEqual(mapping.account_id, self.account("450000"))
        # The chart's 630000 are salaries.
        self.assertEqual(self.account("630000").name, "Salary Expenses")
        self.assertRecordValues(bad_debt, [{"state": "none", "account_id": False}])

    def test_number_of_a_parent_is_suggested_beside_a_name_that_fits(self):
        mapping = self.suggested(54, "4500.10", "Other Income Europe", "Income")
        bad_debt = self.suggested(55, "6305", "Bad Debt Expense", "Expense")

        self.assertEqual(mapping.account_id, self.account("450000"))
        self.assertIn("starts with", mapping.suggestion_reason)
        self.assertRecordValues(bad_debt, [{"state": "none", "account_id": False}])

    def test_same_name_is_suggested_over_a_number_that_only_begins_alike(self):
        mapping = self.suggested(54, "4500.10", "Income : Product Sales", "Income")

        self.assertEqual(mapping.account_id, self.account("400000"))
        self.assertEqual(mapping.suggestion_reason, "Same name: Product Sales")

    def test_number_of_an_account_of_another_type_is_not_suggested(self):
        # 121000 is the receivable account: income cannot be posted on it.
        mapping = self.suggested(54, "121000", "Subscriptions", "Income")

        self.assertFalse(mapping.account_id)
        self.assertEqual(mapping.state, "none")

    def test_bank_account_is_not_suggested_an_asset_that_is_never_reconciled(self):
        # 101000 are the current assets of the generic chart.
        mapping = self.suggested(11, "1010", "UK Current Account", "Bank")

        self.assertFalse(mapping.account_id)
        self.assertTrue(self.account_type("Bank").account_id.reconcile)

    def test_receivable_without_match_gets_the_companys_receivable(self):
        debtors = self.suggested(10, "1999", "Debtors EMEA", "AcctRec")
        # Like "Account Receivable (PoS)", which is for another purpose.
        projects = self.suggested(11, "1110", "Accounts Receivable - Projects", "AcctRec")

        self.assertEqual(debtors.account_id, self.account("121000"))
        self.assertEqual(projects.account_id, self.account("121000"))

    def test_undeposited_funds_are_suggested_as_outstanding_receipts(self):
        mapping = self.suggested(
            13, "1499", "Undeposited Funds", "OthCurrAsset", sspecacct="UndepFunds"
        )

        self.assertEqual(mapping.account_id.name, "Outstanding Receipts")

    def test_every_account_type_of_receivables_gets_a_default(self):
        types = [
            "AcctRec",
            "Bank",
            "Income",
            "OthIncome",
            "OthCurrAsset",
            "OthCurrLiab",
            "DeferRevenue",
            "COGS",
            "Expense",
            "OthExpense",
        ]
        self.land(
            "account",
            *(
                account_row(100 + position, "", f"Zzyzx {code}", code)
                for position, code in enumerate(types)
            ),
        )

        for code in types:
            mapping = self.account_type(code)
            self.assertEqual(mapping.state, "suggested", code)
            self.assertTrue(mapping.suggestion_reason, code)
        self.assertEqual(self.account_type("Income").account_id, self.company.income_account_id)
        self.assertEqual(self.account_type("OthCurrLiab").account_id.name, "Tax Received")
        self.assertEqual(self.account_type("DeferRevenue").account_id.name, "Deferred Revenue")

    def test_terms_are_suggested_by_days_and_discount(self):
        Term = self.env["account.payment.term"]
        thirty = Term.create(
            {
                "name": "Thirty",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 33})
                ],
            }
        )
        discount = Term.create(
            {
                "name": "Hurry",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 33})
                ],
            }
        )

        self.land(
            "term",
            {"id": "1", "name": "Net 33", "daysuntilnetdue": "33", "isinactive": "F"},
            {
                "id": "2",
                "name": "2% 10 Net 33",
                "daysuntilnetdue": "33",
                "discountpercent": "2",
                "daysuntilexpiry": "10",
                "isinactive": "F",
            },
            {"id": "3", "name": "Net 77", "daysuntilnetdue": "77", "isinactive": "F"},
        )

        self.assertEqual(self.mapping(1, "term").payment_term_id, thirty)
        self.assertEqual(self.mapping(2, "term").payment_term_id, discount)
        self.assertFalse(self.mapping(3, "term").payment_term_id)

    def test_tax_codes_are_suggested_by_rate_and_name(self):
        tax = self.company.account_sale_tax_id
        twin = tax.copy({"name": "Standard VAT"})

        self.land(
            "salestaxitem",
            {"id": "1", "name": "VAT Standard", "rate": "15", "isinactive": "F"},
            {"id": "2", "name": "S-GB", "rate": "15.0%", "isinactive": "F"},
            {"id": "3", "name": "Standard VAT", "rate": "14", "isinactive": "F"},
        )

        self.assertEqual(self.mapping(1, "tax").tax_id, twin)
        self.assertEqual(self.mapping(2, "tax").tax_id, tax)
        self.assertFalse(self.mapping(3, "tax").tax_id)

    def payments_journal(self):
        """Return the journal of mirrored payments."""
        return self.env["account.journal"]._netsuite_journal(
            self.connection, self.company, "payment"
        )

    def test_payment_methods_are_suggested_by_name(self):
        journal = self.payments_journal()
        self.land(
            "paymentmethod",
            {"id": "1", "name": "Manual Payment", "isinactive": "F"},
            {"id": "2", "name": "Barter", "isinactive": "F"},
        )

        self.assertIn(
            self.mapping(1, "payment_method").payment_method_line_id,
            journal.inbound_payment_method_line_ids,
        )
        self.assertFalse(self.mapping(2, "payment_method").payment_method_line_id)

    def test_payment_method_of_another_journal_is_neither_suggested_nor_taken(self):
        bank = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        method = bank.inbound_payment_method_line_ids[:1]
        self.land("paymentmethod", {"id": "1", "name": method.name, "isinactive": "F"})
        mapping = self.mapping(1, "payment_method")

        self.assertEqual(mapping.state, "none")
        with self.assertRaisesRegex(ValidationError, f"journal {bank.name}, .* no effect"):
            mapping.payment_method_line_id = method

    def account_of(self, company, code, name, account_type="income"):
        return (
            self.env["account.account"]
            .with_company(company)
            .create(
                {
                    "name": name,
                    "code": code,
                    "account_type": account_type,
                    "company_ids": [Command.set(company.ids)],
                }
            )
        )

    def test_account_is_certain_by_number_name_and_type_alone(self):
        self.account_of(self.company, "4000", "Consulting")
        self.account_of(self.company, "4010", "Support")
        self.account_of(self.company, "4020", "Retention", "liability_current")
        for internal_id, number, name, certain in (
            (61, "4000", "Consulting", True),
            (62, "4010", "Maintenance", False),  # another name
            (63, "4011", "Support", False),  # another number
            (64, "4020", "Retention", False),  # another type
            (65, "4500", "Rebates", False),  # filled up with zeros, and an unlike name
            (66, "", "Consulting", False),  # no number
        ):
            with self.subTest(number=number, name=name):
                mapping = self.suggested(internal_id, number, name, "Income")
                self.assertEqual(mapping._is_certain(), certain)
        self.assertFalse(self.account_type("Income")._is_certain())
        receivable = self.suggested(67, "1999", "Debtors EMEA", "AcctRec")
        self.assertFalse(receivable._is_certain())

    def test_account_is_certain_by_the_codes_of_its_own_company(self):
        other = self.new_company("Second Ledger", "USD")
        self.subsidiary(2).write({"currency_name": "USD", "company_id": other.id})
        self.account_of(self.company, "4100", "Consulting")
        self.account_of(other, "4000", "Consulting")
        self.land("account", account_row(61, "4000", "Consulting", "Income"))

        for active in (self.company, other):
            found = {
                company: self.mapping(61, company=company).with_company(active)._is_certain()
                for company in (self.company, other)
            }
            self.assertEqual(found, {self.company: False, other: True})
        code = self.mapping(61, company=other).suggestion_reason
        self.assertEqual(code, "Same number: 4000")

    def test_taxes_terms_and_methods_are_certain_by_all_that_they_have(self):
        line = [Command.create({"value": "percent", "value_amount": 100, "nb_days": 33})]
        self.env["account.payment.term"].create(
            [
                {"name": name, "company_id": self.company.id, "line_ids": line}
                for name in ("Net 33", "Thirty-three")
            ]
        )
        self.company.account_sale_tax_id.copy({"name": "Standard VAT"})
        self.payments_journal()
        self.land(
            "term",
            {"id": "1", "name": "net 33", "daysuntilnetdue": "33", "isinactive": "F"},
            {"id": "2", "name": "Due in 33", "daysuntilnetdue": "33", "isinactive": "F"},
            {"id": "3", "name": "Net 33", "daysuntilnetdue": "34", "isinactive": "F"},
        )
        self.land(
            "salestaxitem",
            {"id": "1", "name": "Standard VAT", "rate": "15", "isinactive": "F"},
            {"id": "2", "name": "S-GB", "rate": "15", "isinactive": "F"},
        )
        self.land(
            "paymentmethod",
            {"id": "1", "name": "Manual Payment", "isinactive": "F"},
            {"id": "2", "name": "Manual Payments", "isinactive": "F"},
        )

        certain = {
            (kind, internal_id): self.mapping(internal_id, kind)._is_certain()
            for kind, count in (("term", 3), ("tax", 2), ("payment_method", 2))
            for internal_id in range(1, count + 1)
        }

        self.assertEqual(
            [key for key, sure in certain.items() if sure],
            [("term", 1), ("tax", 1), ("payment_method", 1)],
        )
        self.assertEqual(self.mapping(2, "term").state, "suggested")
        self.assertEqual(self.mapping(2, "payment_method").state, "suggested")

    def test_proposed_account_is_created_by_who_may_and_waits_for_them(self):
        deposits = self.suggested(
            70, "2150", "Customer Deposits", "OthCurrLiab", sspecacct="CustDep"
        )
        sales = self.suggested(54, "450000", "Other Income", "Income")
        self.assertRecordValues(deposits, [{"state": "suggested", "account_id": False}])
        accountant = new_test_user(
            self.env,
            "mapping_accountant",
            "kolleno_netsuite.group_netsuite_accountant",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

        (deposits | sales).with_user(accountant).action_accept()

        self.assertEqual((deposits.state, sales.state), ("suggested", "manual"))
        with self.assertRaises(AccessError):
            deposits.with_user(accountant).action_accept()
        deposits.with_user(self.administrator).action_accept()
        self.assertRecordValues(
            deposits.account_id.with_company(self.company),
            [{"code": "2150", "name": "Customer Deposits", "reconcile": True}],
        )
        self.assertEqual(deposits.state, "manual")

    def test_suggesting_again_leaves_a_choice_alone(self):
        mapping = self.suggested(54, "4000", "Product Sales", "Income")
        mapping.account_id = self.account("450000")

        self.connection.action_suggest_mappings()

        self.assertEqual(mapping.account_id, self.account("450000"))

    def test_suggestion_appears_for_an_account_created_later(self):
        mapping = self.suggested(54, "4777", "Freight Carriage", "Income")
        self.assertEqual(mapping.state, "none")
        account = (
            self.env["account.account"]
            .with_company(self.company)
            .create(
                {
                    "name": "Carriage",
                    "code": "477700",
                    "account_type": "income",
                    "company_ids": [Command.set(self.company.ids)],
                }
            )
        )

        self.connection.action_suggest_mappings()

        self.assertEqual(mapping.account_id, account)


@tagged("post_install", "-at_install")
class TestCreateInOdoo(ReferenceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_parent()

    def test_missing_accounts_are_created_with_netsuites_numbers(self):
        self.land(
            "account",
            account_row(10, "1195", "Debtors", "AcctRec"),
            account_row(54, "4000", "Product Sales", "Income"),
            account_row(57, "4-810", "Income : Training", "Income"),
            account_row(58, "", "Unnumbered", "Income"),
        )
        mappings = self.mapping(10) | self.mapping(57) | self.mapping(58)

        mappings.action_create_accounts()

        created = mappings.account_id
        self.assertEqual(set(mappings.mapped("state")), {"manual"})
        self.assertEqual(created[0].with_company(self.company).code, "1195")
        self.assertTrue(created[0].reconcile)
        self.assertEqual(created[0].account_type, "asset_receivable")
        self.assertEqual(created[1].with_company(self.company).code, "4.810")
        self.assertEqual(created[1].name, "Training")
        self.assertTrue(created[2].with_company(self.company).code)

    def test_account_that_has_the_number_is_taken(self):
        self.land("account", account_row(54, "450000", "Whatever", "Income"))

        self.mapping(54).action_create_accounts()

        self.assertEqual(self.mapping(54).account_id, self.account("450000"))

    def test_fix_of_a_missing_mapping_starts_from_a_suggestion(self):
        self.land("account", account_row(54, "450000", "Whatever", "Income"))
        mapping = self.mapping(54)
        mapping.action_clear()
        issue = self.env["netsuite.issue"]._touch(
            self.connection, "mapping", f"account:54:{self.company.id}", "Not mapped"
        )

        action = issue.action_fix()

        self.assertEqual(action["res_id"], mapping.id)
        self.assertEqual(mapping.state, "suggested")
        self.assertEqual(mapping.account_id, self.account("450000"))

    def test_what_is_missing_is_created(self):
        self.land("salestaxitem", {"id": "3", "name": "CA 8.25%", "rate": "8.25"})
        self.land("paymentmethod", {"id": "6", "name": "Wire", "isinactive": "F"})
        self.land("term", {"id": "4", "name": "Net 77", "daysuntilnetdue": "77"})

        self.connection.action_create_missing()

        tax = self.mapping(3, "tax").tax_id
        self.assertRecordValues(tax, [{"name": "CA 8.25%", "amount": 8.25, "type_tax_use": "sale"}])
        self.assertEqual(tax.tax_group_id.name, "CA 8.25%")
        self.assertEqual(tax.invoice_repartition_line_ids.account_id.name, "Tax Received")
        self.assertEqual(self.mapping(4, "term").payment_term_id.line_ids.nb_days, 77)
        self.assertEqual(self.mapping(6, "payment_method").payment_method_line_id.name, "Wire")

    def test_choice_is_left_alone(self):
        self.land("account", account_row(54, "4000", "Product Sales", "Income"))
        self.mapping(54).account_id = self.account("450000")

        self.mapping(54).action_create_accounts()

        self.assertEqual(self.mapping(54).account_id, self.account("450000"))

    def test_missing_payment_methods_are_created_in_the_mirrors_journal(self):
        self.land("paymentmethod", {"id": "5", "name": "Visa", "isinactive": "F"})

        self.mapping(5, "payment_method").action_create_in_odoo()

        line = self.mapping(5, "payment_method").payment_method_line_id
        self.assertEqual(line.name, "Visa")
        self.assertEqual(line.journal_id.netsuite_connection_id, self.connection)
        self.assertEqual(line.payment_type, "inbound")
