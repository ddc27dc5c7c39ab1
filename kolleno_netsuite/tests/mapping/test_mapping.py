from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..support.reference_case import SUBSIDIARIES, ReferenceCase, account_row


@tagged("post_install", "-at_install")
class TestMappingRows(ReferenceCase):
    def test_accounts_get_a_row_in_each_company_they_belong_to(self):
        self.map_parent()
        london = self.new_company("London Ledger", "GBP")
        self.subsidiary(2).company_id = london

        self.land(
            "account",
            account_row(10, "1200", "Accounts Receivable", "AcctRec"),
            account_row(11, "1000", "US Checking", "Bank", subsidiary="1"),
            account_row(12, "1001", "UK Current", "Bank", subsidiary="2"),
        )

        self.assertTrue(self.mapping(10) and self.mapping(10, company=london))
        # NetSuite may include the children of a listed subsidiary without listing them.
        self.assertTrue(self.mapping(11) and self.mapping(11, company=london))
        self.assertFalse(self.mapping(12))
        self.assertTrue(self.mapping(12, company=london))

    def test_rows_are_made_when_the_company_comes_after_the_accounts(self):
        self.land("subsidiary", *SUBSIDIARIES)
        self.land("account", account_row(10, "1200", "Accounts Receivable", "AcctRec"))
        self.assertFalse(self.mapping(10))

        self.subsidiary(1).company_id = self.company

        self.assertEqual(self.mapping(10).name, "Accounts Receivable")
        self.assertTrue(self.account_type("AcctRec"))

    def test_headings_and_statistical_accounts_are_left_out(self):
        self.map_parent()

        records = self.land(
            "account",
            account_row(20, "", "Assets", "OthAsset", issummary="T"),
            account_row(21, "9000", "Headcount", "Stat"),
            account_row(22, "9001", "Sales Orders", "NonPosting"),
        )

        self.assertEqual(set(records.mapped("state")), {"ignored"})
        self.assertEqual(self.counts["ignored"], 3)
        self.assertFalse(self.Mapping.search([("connection_id", "=", self.connection.id)]))

    def test_landing_again_adds_nothing(self):
        self.map_parent()
        rows = [
            account_row(10, "1200", "Accounts Receivable", "AcctRec"),
            account_row(54, "4000", "Product Sales", "Income"),
        ]
        self.land("account", *rows)
        before = self.Mapping.search([("connection_id", "=", self.connection.id)])

        self.land("account", *rows)

        after = self.Mapping.search([("connection_id", "=", self.connection.id)])
        self.assertEqual(before, after)

    def test_renamed_account_keeps_its_chosen_target(self):
        self.map_parent()
        self.land("account", account_row(54, "4000", "Product Sales", "Income"))
        mapping = self.mapping(54)
        mapping.account_id = self.account("450000")

        self.land("account", account_row(54, "4010", "Licence Sales", "Income"))

        self.assertRecordValues(
            mapping,
            [
                {
                    "code": "4010",
                    "name": "Licence Sales",
                    "account_id": self.account("450000").id,
                    "state": "manual",
                }
            ],
        )

    def test_inactive_account_is_flagged_and_still_used(self):
        self.map_parent()
        self.land("account", account_row(54, "4000", "Product Sales", "Income"))
        self.mapping(54).action_accept()

        self.land("account", account_row(54, "4000", "Product Sales", "Income", isinactive="T"))

        self.assertTrue(self.mapping(54).is_inactive)
        resolver = self.Mapping._resolver(self.connection, self.company)
        self.assertEqual(resolver.account("54"), self.account("400000"))


@tagged("post_install", "-at_install")
class TestChoosing(ReferenceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_parent()

    def setUp(self):
        super().setUp()
        self.land(
            "account",
            account_row(10, "1200", "Accounts Receivable", "AcctRec"),
            account_row(54, "4000", "Product Sales", "Income"),
            account_row(55, "4321", "Consulting EMEA", "Income"),
        )
        self.resolver = lambda: self.Mapping._resolver(self.connection, self.company)

    def key(self, internal_id):
        return f"account:{internal_id}:{self.company.id}"

    def test_suggestion_alone_is_not_used(self):
        resolver = self.resolver()

        self.assertIsNone(resolver.account("54"))

        self.assertEqual([missing.key for missing in resolver.missing], [self.key(54)])
        self.assertEqual(
            resolver.missing[0].title, 'Account 4000 "Product Sales" is not mapped in Main Ledger'
        )

    def test_accepted_suggestions_are_used(self):
        self.connection.action_accept_suggestions()

        resolver = self.resolver()
        self.assertEqual(resolver.account("54"), self.account("400000"))
        self.assertEqual(resolver.account("10"), self.account("121000"))
        self.assertFalse(resolver.missing)

    def test_account_without_a_choice_falls_back_to_its_type(self):
        self.connection.action_accept_suggestions()

        self.assertEqual(self.mapping(55).state, "none")
        self.assertEqual(self.resolver().account(55), self.company.income_account_id)
        self.assertEqual(self.mapping(55).type_account_id, self.company.income_account_id)

    def test_account_of_another_subsidiary_falls_back_to_its_type(self):
        self.land("account", account_row(56, "4400", "Local Sales", "Income", subsidiary="3"))
        self.connection.action_accept_suggestions()
        self.assertFalse(self.mapping(56))

        self.assertEqual(self.resolver().account("56"), self.company.income_account_id)

    def test_unknown_account_is_missing_once_and_gets_a_row_to_choose(self):
        resolver = self.resolver()

        resolver.account("4711")
        resolver.account("4711")
        missing = resolver.take_missing()

        self.assertEqual([item.key for item in missing], [self.key(4711)])
        self.assertEqual(resolver.missing, [])
        row = self.Mapping._of_key(self.connection, missing[0].key)
        self.assertEqual((row.kind, row.internal_id), ("account", 4711))
        self.assertEqual(self.Mapping._of_key(self.connection, missing[0].key), row)

    def test_archived_account_counts_as_missing(self):
        self.connection.action_accept_suggestions()
        self.account_type("Income").action_clear()
        self.account("400000").active = False

        self.assertIsNone(self.resolver().account("54"))

    def test_tax_blocks_and_terms_and_methods_do_not(self):
        resolver = self.resolver()

        self.assertIsNone(resolver.tax("7"))
        self.assertFalse(resolver.term("7"))
        self.assertFalse(resolver.payment_method(None))

        self.assertEqual([item.key for item in resolver.missing], [f"tax:7:{self.company.id}"])

    def test_choosing_an_account_lets_go_on_what_waited_for_it(self):
        waiting = self.blocked_record(self.key(55), "mapping")
        other = self.blocked_record(self.key(54), "mapping")
        self.assertEqual(self.mapping(55).waiting_count, 1)

        self.mapping(55).account_id = self.account("450000")

        self.assertEqual(self.mapping(55).state, "manual")
        self.assertEqual(waiting.state, "pending")
        self.assertEqual(other.state, "blocked")

    def test_accountant_may_choose_and_lets_go(self):
        accountant = new_test_user(
            self.env,
            "netsuite_accountant",
            "kolleno_netsuite.group_netsuite_accountant",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        waiting = self.blocked_record(self.key(55), "mapping")
        other = self.blocked_record(self.key(54), "mapping")

        self.connection.with_user(accountant).action_suggest_mappings()
        self.mapping(55).with_user(accountant).account_id = self.account("450000")
        self.connection.with_user(accountant).action_accept_suggestions()

        self.assertEqual(waiting.state, "pending")
        self.assertEqual(other.state, "pending")
        self.assertEqual(self.mapping(54).state, "manual")

    def test_receivable_with_open_documents_keeps_its_account(self):
        receivable = self.account("121000")
        self.mapping(10).account_id = receivable
        journal = self.env["account.journal"].create(
            {
                "name": "Mirror",
                "code": "NSM",
                "type": "general",
                "company_id": self.company.id,
                "netsuite_connection_id": self.connection.id,
            }
        )
        self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "line_ids": [
                    Command.create({"account_id": receivable.id, "debit": 5}),
                    Command.create({"account_id": self.account("400000").id, "credit": 5}),
                ],
            }
        )

        with self.assertRaisesRegex(ValidationError, "could not be applied"):
            self.mapping(10).account_id = receivable.copy()

    def test_account_type_lets_go_on_all_of_its_accounts(self):
        income = self.blocked_record(self.key(55), "mapping")
        receivable = self.blocked_record(self.key(10), "mapping")
        mapping = self.account_type("Income")
        self.assertEqual(mapping.waiting_count, 1)

        mapping.action_accept()

        self.assertEqual(income.state, "pending")
        self.assertEqual(receivable.state, "blocked")

    def test_a_new_suggestion_lets_go_on_nothing(self):
        waiting = self.blocked_record(self.key(54), "mapping")

        self.connection.action_suggest_mappings()

        self.assertEqual(waiting.state, "blocked")

    def test_clearing_a_choice_stops_its_use(self):
        self.mapping(55).account_id = self.account("450000")

        self.mapping(55).action_clear()

        self.assertEqual(self.mapping(55).state, "none")
        self.assertIsNone(self.resolver().account("55"))

    def test_receivables_are_refused_another_type_of_account(self):
        with self.assertRaisesRegex(ValidationError, "receivable account"):
            self.mapping(10).account_id = self.account("400000")

    def test_income_is_refused_a_receivable_account(self):
        with self.assertRaisesRegex(ValidationError, "another type"):
            self.mapping(54).account_id = self.account("121000")

    def test_choice_without_a_target_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Choose the Odoo counterpart of"):
            self.mapping(55).state = "manual"

    def test_account_of_another_company_is_refused(self):
        other = self.new_company("Other Ledger", "USD")

        with self.assertRaises(Exception) as caught:
            self.mapping(54).account_id = self.account("400000", other)
        self.assertIn("company", str(caught.exception).lower())
