from odoo.tests import tagged

from ..support.setup_case import SetupCase

# Each goes with a feature, or with a permission that a role need not have.
OPTIONAL_TABLES = {
    "term": "Terms",
    "paymentmethod": "Payment methods",
    "salestaxitem": "Tax codes",
    "accountingperiod": "Accounting periods",
    "contact": "Contacts",
    "companycontactrelationship": "Contacts",
    "customeraddressbook": "Customers",
    "customeraddressbookentityaddress": "Customers",
    "customersubsidiaryrelationship": "Customers",
}


@tagged("post_install", "-at_install")
class TestSetupFacts(SetupCase):
    """The set-up learns what an account has, and asks where nothing tells (faults C2, C3, C12)."""

    def test_role_that_may_not_see_the_subsidiaries_is_told_so(self):
        self.simulator.switches(
            missing_tables=["subsidiary", "customersubsidiaryrelationship"],
            missing_columns=["transactionline.subsidiary", "account.subsidiary"],
        )
        setup = self.begin()

        self.sign_in(setup)

        states = {check.name: check.state for check in setup.check_ids}
        self.assertEqual(states["Features"], "ok")
        self.assertEqual(states["Subsidiaries"], "missing")
        self.assertEqual(setup.connection_id.state, "draft")
        self.assertTrue(setup.connection_id.one_world)

    def test_administrator_is_asked_where_nothing_tells(self):
        self.simulator.switches(
            one_world=False, multi_currency=False, missing_tables=["companyfeaturesetup"]
        )
        setup = self.begin()
        self.sign_in(setup)

        features = setup.check_ids.filtered(lambda check: check.name == "Features")
        self.assertEqual((features.state, features.is_required), ("missing", True))
        self.assertTrue(setup.asks_one_world and setup.asks_multi_currency)
        self.assertEqual(setup.connection_id.state, "draft")

        setup.write({"says_one_world": "no", "says_multi_currency": "no"})
        setup.action_test()

        connection = setup.connection_id
        self.assertEqual(connection.state, "setup", setup.test_text)
        self.assertFalse(connection.one_world or connection.multi_currency)
        facts = connection.fact_ids.filtered(lambda fact: fact.decided_by_id)
        self.assertEqual(set(facts.mapped("key")), {"one_world", "multi_currency"})
        self.assertIn("Entered by", facts[0].source)
        only = connection.subsidiary_ids
        self.assertEqual(only.currency_name, self.main_company.currency_id.name)
        euro = self.env.ref("base.EUR")
        self.assertTrue(setup.one_currency)
        setup.base_currency_id = euro
        self.assertEqual(only.currency_name, "EUR")

    def test_each_table_that_an_account_can_lack_is_done_without(self):
        setup = self.begin()
        self.sign_in(setup)
        # sudo: netsuite.connection - as the test itself asks
        connection = setup.connection_id.sudo()
        client = connection._client()

        for table, name in OPTIONAL_TABLES.items():
            with self.subTest(table=table):
                connection.fact_ids.filtered(lambda fact: ":" in fact.key).unlink()
                self.simulator.switches(missing_tables=[table])

                checks = setup._record_checks(connection, client)
                checks = {check["name"]: check for check in checks}

                required = [each for each in checks.values() if each["is_required"]]
                self.assertEqual({each["state"] for each in required}, {"ok"})
                self.assertTrue(checks[name]["detail"])
                self.assertEqual(connection.fact_ids._of(connection, f"table:{table}").value, "no")
