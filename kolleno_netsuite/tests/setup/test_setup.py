from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ...const import CHOSEN_TYPES, RARE_TYPES
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

    def refused(self, account, kind=RedirectWarning):
        """Enter an account that is connected; return what is said, the action and its button."""
        setup = self.Setup.create({"account": account, "name": "Another name"})
        with self.assertRaises(kind) as refusal:
            setup.action_next()
        self.assertFalse(setup.connection_id)
        self.assertFalse(setup.client_id)
        return refusal.exception.args

    def test_account_that_is_being_set_up_leads_back_there(self):
        setup = self.begin()

        sentence, action, button = self.refused(self.simulator.account_id.lower())[:3]

        self.assertIn("is already being set up as Simulator", sentence)
        self.assertEqual((action["res_model"], action["res_id"]), ("netsuite.setup", setup.id))
        self.assertEqual(button, "Open It")

    def test_connected_account_is_opened_and_left_as_it_is_however_it_is_written(self):
        production = self.env["netsuite.connection"].create(
            {"name": "Production", "account_id": "1234567", "company_id": self.main_company.id}
        )
        connection = production.create(
            {"name": "Live", "account_id": "1234567_SB1", "client_id": "secret"}
            | {"company_id": self.main_company.id}
        )
        connection._advance("connected")
        spellings = ("1234567_SB1", "1234567_sb1", "1234567-sb1", "1234567-SB1")
        for written in (*spellings, "https://1234567-sb1.app.netsuite.com/app/home.nl"):
            with self.subTest(written):
                sentence, action, _button = self.refused(written)[:3]
                self.assertIn("1234567_SB1 is already connected as Live", sentence)
                self.assertEqual(action["res_model"], "netsuite.connection")
                self.assertEqual(action["res_id"], connection.id)
        for state in ("reconnect", "connected", "paused"):
            connection._advance(state)
            with self.subTest(state):
                self.assertIn("already connected as Live", self.refused("1234567_SB1")[0])
                self.assertRecordValues(
                    connection, [{"name": "Live", "state": state, "client_id": "secret"}]
                )
        self.assertEqual(self.refused("1234567")[1]["res_id"], production.id)
        # Of one account, the production account and each sandbox are different ones.
        other = self.Setup.create({"account": "1234567_SB2"})
        other.action_next()
        self.assertNotIn(other.connection_id, production | connection)

    def test_own_set_up_cannot_be_turned_into_a_connected_account(self):
        connection = self.env["netsuite.connection"].create(
            {"name": "Live", "account_id": "1234567", "company_id": self.main_company.id}
        )
        connection._advance("connected")
        setup = self.begin()
        setup.action_back()
        setup.account = "1234567"

        with self.assertRaisesRegex(RedirectWarning, "already connected as Live"):
            setup.action_next()

        self.assertEqual(setup.connection_id.account_id, self.simulator.account_id)

    def test_nothing_is_told_of_a_connection_of_other_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        connection = self.env["netsuite.connection"].create(
            {"name": "Secret deal", "account_id": "1234567", "company_id": company.id}
        )
        connection._advance("connected")

        told = " ".join(map(str, self.refused("1234567", kind=UserError)))

        self.assertIn("in companies that you may not work in", told)
        self.assertNotIn("Secret deal", told)
        self.assertNotIn("Elsewhere", told)

    def test_connection_made_before_is_taken_up(self):
        connection = self.connect()
        setup = self.Setup.browse(
            connection.with_user(self.administrator).action_set_up()["res_id"]
        )

        self.assertEqual((setup.step, setup.account), ("companies", self.simulator.account_id))
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
        awaited = setup.check_ids.filtered(lambda check: check.state == "not_needed")
        self.assertEqual(set((setup.check_ids - awaited).mapped("state")), {"ok"})
        self.assertEqual(setup.check_ids[:3].mapped("name"), ["Sign-in", "SuiteAnalytics", "Clock"])
        # The simulated account has no statement charge and no custom transaction yet.
        self.assertEqual(len(awaited), len(RARE_TYPES) + len(CHOSEN_TYPES))
        self.assertEqual(
            set(awaited.mapped("detail")),
            {"Nothing yet on receivables; read from the first one on", "Switched off"},
        )
        checks = setup.check_ids - awaited
        details = {check.name: check.detail for check in checks if check.detail}
        self.assertEqual(details.pop("Clock"), "America/Los_Angeles")
        self.assertIn("NetSuite's list of enabled features", details.pop("Features"))
        self.assertFalse(details)
        self.assertEqual(setup.connection_id.state, "setup")
        self.assertIn("everything that is needed works", setup.test_text)
        self.assertEqual(setup.test_verdict, "passed")
        optional = setup.optional_check_ids.mapped("name")
        self.assertIn("Contacts", optional)
        self.assertIn("Deleted Records", optional)
        self.assertEqual(len(setup.required_check_ids) + len(optional), len(setup.check_ids))

    def test_refused_sign_in_is_said_and_tested_again(self):
        setup = self.begin()
        self.simulator.fault("invalid_login", times=None)

        self.sign_in(setup)

        self.assertEqual(setup.check_ids.mapped("state"), ["failed"])
        self.assertEqual(setup.test_verdict, "failed")
        self.assertIn("NetSuite refused the login", setup.test_text)
        self.assertNotIn("ick it", setup.test_text)
        self.assertIn("Login Audit Trail", setup.check_ids.place)
        self.assertEqual(setup.connection_id.state, "draft")
        with self.assertRaisesRegex(UserError, "Sign-in does not work"):
            setup.action_next()
        self.simulator.clear_faults()
        setup.action_test()
        setup.action_next()
        self.assertEqual(setup.step, "companies")

    def test_missing_suiteanalytics_is_told_from_the_sign_in(self):
        setup = self.begin()
        self.simulator.fault("permission_suiteanalytics", times=None)

        self.sign_in(setup)

        self.assertEqual(setup.check_ids.mapped("state"), ["missing", "ok"])
        self.assertIn("SuiteAnalytics Workbook", setup.check_ids[0].place)

    def test_missing_required_record_type_names_where_to_tick_it(self):
        setup = self.begin()
        self.simulator.fault("permission_missing", record="customer", times=None)

        self.sign_in(setup)

        customers = setup.check_ids.filtered(lambda check: check.name == "Customers")
        self.assertEqual(customers.state, "missing")
        self.assertEqual(setup.check_ids.sorted("sequence")[0], customers)
        self.assertEqual(setup.test_verdict, "failed")
        self.assertIn("Missing in NetSuite: Customers", setup.test_text)
        with self.assertRaisesRegex(UserError, "Missing in NetSuite: Customers"):
            setup.action_next()
        self.assertIn("Lists: Customers", customers.place)
        self.assertEqual(setup.connection_id.state, "draft")

    def test_account_without_subsidiaries_needs_none(self):
        self.simulator.switches(one_world=False)
        setup = self.begin()

        self.sign_in(setup)

        states = {check.name: check.state for check in setup.check_ids}
        self.assertEqual(states["Subsidiaries"], "not_needed")
        self.assertEqual(states["Invoices"], "ok")
        self.assertEqual(setup.connection_id.state, "setup")

    def test_right_that_was_lost_is_red_although_the_connection_works(self):
        connection = self.connect()
        setup = self.Setup.browse(
            connection.with_user(self.administrator).action_set_up()["res_id"]
        )
        setup.action_back()
        self.simulator.fault("permission_missing", record="customer", times=None)

        setup.action_test()

        self.assertEqual((setup.state, setup.test_verdict), ("connected", "failed"))
        with self.assertRaisesRegex(UserError, "Missing in NetSuite: Customers"):
            setup.action_next()

    def assert_led_back_to_the_test(self, setup, action, name):
        """Fail unless the test step is shown, with what does not work first."""
        self.assertEqual((action["res_model"], action["res_id"]), ("netsuite.setup", setup.id))
        self.assertEqual((setup.step, setup.test_verdict), ("test", "failed"))
        first = setup.required_check_ids.sorted("sequence")[0]
        self.assertEqual((first.name, first.state), (name, "missing"))

    def test_right_that_was_lost_since_the_test_leads_back_to_it_from_any_step(self):
        setup = self.begin()
        self.sign_in(setup)
        self.simulator.fault("right_lost", record="customer")

        self.assert_led_back_to_the_test(setup, setup.action_next(), "Customers")
        with self.assertRaisesRegex(UserError, "Missing in NetSuite: Customers"):
            setup.action_next()

        self.simulator.clear_faults()
        setup.action_test()
        setup.action_next()
        self.simulator.fault("right_lost", record="customer")
        # A choice is kept; the next step tells what stops it.
        self.map_companies(setup)
        self.assertEqual(setup.step, "companies")
        self.assert_led_back_to_the_test(setup, setup.action_next(), "Customers")

        self.simulator.clear_faults()
        setup.action_test()
        setup.action_next()
        setup.action_next()
        self.assertEqual(setup.step, "preview")
        self.simulator.fault("right_lost", record="account")
        self.assert_led_back_to_the_test(setup, setup.action_preview(), "Accounts")

        self.simulator.clear_faults()
        setup.action_test()
        setup.action_next()
        # What is optional is left out, since nothing was imported yet.
        self.simulator.fault("right_lost", record="contact")
        setup.action_next()
        self.assertEqual((setup.step, setup.test_verdict), ("test", "limited"))
        first = setup.optional_check_ids.sorted("sequence")[0]
        self.assertEqual((first.name, first.state), ("Contacts", "missing"))
        setup.action_next()
        setup.action_next()
        self.assertEqual(setup.step, "preview")

    def test_outage_in_a_later_step_is_a_sentence_and_stays_there(self):
        setup = self.begin()
        self.sign_in(setup)
        setup.action_next()
        self.map_companies(setup)
        self.simulator.fault("503", times=None)

        with self.assertRaisesRegex(UserError, "NetSuite"):
            setup.action_next()

        self.assertEqual(setup.step, "companies")

    def test_optional_parts_that_are_refused_are_named_with_what_they_cost(self):
        self.simulator.fault("permission_missing", record="deletedrecord", times=None)
        self.simulator.fault("permission_missing", record="term", times=None)
        setup = self.begin()

        self.sign_in(setup)

        refused = setup.check_ids.filtered(lambda check: check.state == "missing")
        self.assertEqual(set(refused.mapped("name")), {"Terms", "Deleted Records"})
        self.assertEqual(setup.optional_check_ids.sorted("sequence")[:2], refused)
        deleted = refused.filtered(lambda check: check.name == "Deleted Records")
        self.assertIn("daily and the weekly check only", deleted.purpose)
        self.assertIn("Setup: Deleted Records (View)", deleted.place)
        self.assertEqual(setup.test_verdict, "limited")
        self.assertIn("Deleted Records", setup.test_text)
        self.assertEqual(setup.state, "setup")
        setup.action_next()
        self.assertEqual(setup.step, "companies")

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

    def test_each_company_is_asked_and_compared_by_its_own_codes(self):
        """Numbers are given by the books: the same account has another one in each company."""
        self.invoice(self.customer(), 10)
        uk = self.customer("Quay", subsidiary=self.UK, currency=self.GBP)
        self.invoice(uk, 10)
        first, second = self.env["res.company"].browse(self.company_ids)
        Account = self.env["account.account"]
        # NetSuite's name and number in the second company, its name alone in the first.
        name = self.simulator.suiteql(
            f"SELECT fullname FROM account WHERE acctnumber = '{self.SALES}'"
        ).json()["items"][0]["fullname"]
        for company, code in ((first, "499900"), (second, self.SALES)):
            Account.with_company(company).create(
                {
                    "name": name.rsplit(" : ", 1)[-1],
                    "code": code,
                    "account_type": "income",
                    "company_ids": [Command.set(company.ids)],
                }
            )
        setup = self.begin()
        self.sign_in(setup)
        setup.action_next()

        self.map_companies(setup, 2)

        questions = setup.with_env(self.env).question_ids
        sales = setup.connection_id.with_env(self.env).mapping_ids.filtered(
            lambda row: row.kind == "account" and row.code == self.SALES
        )
        of_first = sales.filtered(lambda row: row.company_id == first)
        of_second = sales - of_first
        self.assertEqual((of_first.state, of_second.state), ("suggested", "manual"))
        self.assertEqual(setup.sure_count, 1)
        self.assertIn(of_first, questions)
        receivable = questions.filtered(lambda row: row.ns_type == "AcctRec")
        self.assertEqual(receivable.company_id, first | second)
        self.assertFalse(receivable.filtered(lambda row: row.state == "manual"))
        setup.action_accept_suggestions()
        self.assertEqual(set(questions.mapped("state")), {"manual"})

    def test_account_that_odoo_has_not_is_proposed_and_created_once_accepted(self):
        customer = self.customer()
        self.deposit(customer, 50)
        Account = self.env["account.account"].with_company(self.main_company)
        before = Account.search_count([])
        setup = self.begin()
        self.sign_in(setup)
        setup.action_next()

        self.map_companies(setup)

        self.assertEqual(Account.search_count([]), before, "nothing is created unasked")
        deposits = setup.question_ids.filtered(lambda row: row.ns_special == "CustDep")
        self.assertRecordValues(deposits, [{"state": "suggested", "account_id": False}])
        self.assertRegex(deposits.suggestion_reason, "^New account: [0-9]+ .*Deposits")
        setup.action_accept_suggestions()
        created = deposits.account_id.with_company(self.main_company)
        self.assertEqual((created.code, created.reconcile), (deposits.code, True))

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
