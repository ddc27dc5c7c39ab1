from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..support.setup_case import SetupCase


@tagged("post_install", "-at_install")
class TestSetup(SetupCase):
    # === ACCOUNT === #

    def test_pasted_address_names_account_and_environment(self):
        setup = self.Setup.create({"account": "https://1234567-sb1.app.netsuite.com/app/home.nl"})

        self.assertEqual(setup.account_text, "Account 1234567_SB1 · Sandbox")
        self.assertTrue(setup.account_known)
        setup.account = "1234567"
        self.assertEqual(setup.account_text, "Account 1234567 · Production")
        setup.account = "https://www.netsuite.com"
        self.assertFalse(setup.account_known)
        with self.assertRaisesRegex(UserError, "No account ID found in this address"):
            setup.action_next()

    def test_left_set_up_is_opened_again_where_it_was(self):
        setup = self.Setup.browse(self.Setup.action_start()["res_id"])
        setup.account = "1234567"

        again = self.Setup.browse(self.Setup.action_start()["res_id"])

        self.assertEqual((again, again.step, again.account), (setup, "account", "1234567"))
        setup.action_next()
        setup.client_id = "half of it"
        by_card = self.Setup.browse(setup.connection_id.action_set_up()["res_id"])
        self.assertEqual(by_card, setup)
        self.assertEqual((by_card.step, by_card.client_id), ("sign_in", "half of it"))
        self.assertNotEqual(self.Setup.action_start()["res_id"], setup.id)

    def test_account_that_is_set_up_already_is_not_connected_twice(self):
        self.begin()
        second = self.Setup.create({"account": self.simulator.account_id})

        with self.assertRaisesRegex(UserError, "is already set up as Simulator"):
            second.action_next()

    def test_connection_made_before_is_taken_up(self):
        connection = self.connect()
        setup = self.Setup.browse(
            connection.with_user(self.administrator).action_set_up()["res_id"]
        )

        self.assertEqual((setup.step, setup.account), ("companies", self.simulator.account_id))
        self.assertEqual(connection.state, "connected")
        setup.action_back()
        setup.action_back()
        setup.action_back()
        setup.action_next()
        self.assertEqual(connection.state, "connected", "nothing was changed")

    def test_set_up_is_for_administrators(self):
        accountant = new_test_user(
            self.env,
            login="setup_accountant",
            groups="kolleno_netsuite.group_netsuite_accountant",
        )

        with self.assertRaises(AccessError):
            self.env["netsuite.setup"].with_user(accountant).action_start()

    # === SIGN-IN AND TEST === #

    def test_missing_credentials_are_named(self):
        setup = self.begin()

        with self.assertRaisesRegex(UserError, "Enter Client ID, Certificate ID"):
            setup.action_next()
        self.assertEqual(setup.step, "sign_in")

    def test_key_pair_is_made_and_its_certificate_can_be_copied(self):
        setup = self.begin()

        setup.action_make_key_pair()

        self.assertIn("BEGIN CERTIFICATE", setup.certificate)
        self.assertIn("/web/content/", setup.action_download_certificate()["url"])

    def test_everything_readable_connects(self):
        setup = self.begin()

        self.sign_in(setup)

        self.assertEqual(setup.step, "test")
        self.assertEqual(set(setup.check_ids.mapped("state")), {"ok"})
        self.assertEqual(setup.check_ids[:3].mapped("name"), ["Sign-in", "SuiteAnalytics", "Clock"])
        details = {check.name: check.detail for check in setup.check_ids if check.detail}
        self.assertEqual(details.pop("Clock"), "America/Los_Angeles")
        self.assertIn("NetSuite's list of enabled features", details.pop("Features"))
        # No account shows the name of a tax code; the number says it.
        self.assertEqual(
            details,
            {"Tax codes": "Without, as the account does not show it: Field name of Tax codes"},
        )
        self.assertEqual(setup.connection_id.state, "connected")
        self.assertIn("everything that is needed works", setup.test_text)

    def test_refused_sign_in_is_said_and_tested_again(self):
        setup = self.begin()
        self.simulator.fault("invalid_login", times=None)

        self.sign_in(setup)

        self.assertEqual(setup.check_ids.mapped("state"), ["missing"])
        self.assertTrue(setup.check_ids.detail)
        self.assertNotEqual(setup.connection_id.state, "connected")
        with self.assertRaisesRegex(UserError, "Still missing: Sign-in"):
            setup.action_next()
        self.simulator.clear_faults()
        setup.action_test()
        setup.action_next()
        self.assertEqual(setup.step, "companies")

    def test_missing_suiteanalytics_is_told_from_the_sign_in(self):
        setup = self.begin()
        self.simulator.fault("permission_suiteanalytics", times=None)

        self.sign_in(setup)

        self.assertEqual(setup.check_ids.mapped("state"), ["ok", "missing"])
        self.assertIn("SuiteAnalytics Workbook", setup.check_ids[1].place)

    def test_missing_required_record_type_names_where_to_tick_it(self):
        setup = self.begin()
        self.simulator.fault("permission_missing", record="customer", times=None)

        self.sign_in(setup)

        customers = setup.check_ids.filtered(lambda check: check.name == "Customers")
        self.assertEqual(customers.state, "missing")
        self.assertIn("Lists: Customers", customers.place)
        self.assertEqual(setup.connection_id.state, "draft")

    def test_account_without_subsidiaries_needs_none(self):
        self.simulator.switches(one_world=False)
        setup = self.begin()

        self.sign_in(setup)

        states = {check.name: check.state for check in setup.check_ids}
        self.assertEqual(states["Subsidiaries"], "not_needed")
        self.assertEqual(states["Invoices"], "ok")
        self.assertEqual(setup.connection_id.state, "connected")

    # === COMPANIES AND MAPPINGS === #

    def test_no_company_is_refused_with_a_sentence(self):
        setup = self.begin()
        self.sign_in(setup)
        setup.action_next()

        with self.assertRaisesRegex(UserError, "Choose a company for at least one subsidiary"):
            setup.action_next()

    def test_only_what_is_unsure_and_needed_is_asked(self):
        customer = self.customer()
        self.invoice(customer, 10, tax=self.SALES_TAX)
        setup = self.begin()
        self.sign_in(setup)
        setup.action_next()

        self.map_companies(setup)

        self.assertTrue(setup.sure_count)
        mappings = setup.connection_id.mapping_ids
        self.assertFalse(
            mappings.filtered(lambda row: row.state == "suggested" and row._is_certain())
        )
        # What no document uses is not asked, however unsure it is.
        self.assertLess(len(setup.question_ids), 12)
        self.assertGreater(len(mappings.filtered(lambda row: row.state == "none")), 12)
        setup.action_accept_suggestions()
        self.assertEqual(setup.to_look_at_count, 0)
        self.assertTrue(setup.question_ids, "what was accepted can still be changed")

    def test_start_of_the_history_is_a_year_ago_unless_chosen_otherwise(self):
        setup = self.up_to_preview()
        connection = setup.connection_id

        self.assertEqual(
            connection.history_start,
            fields.Date.subtract(fields.Date.context_today(setup), years=1),
        )
        for values, start in (
            ({"history": "everything"}, False),
            ({"history": "date", "history_from": "2025-03-01"}, fields.Date.to_date("2025-03-01")),
        ):
            setup.action_back()
            setup.write(values)
            setup.action_next()
            self.assertEqual(connection.history_start, start)

    def test_record_type_is_switched_off(self):
        setup = self.begin()
        self.sign_in(setup)
        setup.action_next()
        terms = setup.stream_ids.filtered(lambda stream: stream.record_type == "term")

        setup.write({"stream_ids": [Command.update(terms.id, {"active": False})]})

        self.assertFalse(terms.active)
        self.assertIn(terms, setup.stream_ids)
        self.assertIn("Terms", setup.connection_id.not_read_text)
