from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..const import TRANSACTION_TYPES
from .documents_case import DocumentsCase


class SetupCase(DocumentsCase):
    """Somebody who leads a NetSuite account through the set-up."""

    companies = 2

    def setUp(self):
        super().setUp()
        self.administrator = new_test_user(
            self.env,
            login="netsuite_setup",
            groups="base.group_system,account.group_account_manager,"
            "kolleno_netsuite.group_netsuite_administrator",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.company_ids)],
        )
        self.Setup = self.env["netsuite.setup"].with_user(self.administrator)

    def begin(self, **values):
        """Return a set-up whose account is entered."""
        setup = self.Setup.browse(self.Setup.action_start()["res_id"])
        setup.write(
            {
                "account": f"https://{self.simulator.account_id.lower()}.app.netsuite.com/app/x.nl",
                "name": "Simulator",
                "service_url": self.simulator.base_url,
                **values,
            }
        )
        setup.action_next()
        return setup

    def sign_in(self, setup):
        """Enter the credentials as a person copies them from NetSuite."""
        m2m = self.simulator.ready["m2m"]
        setup.write({"client_id": m2m["client_id"], "certificate_id": m2m["certificate_id"]})
        setup.connection_id.private_key = m2m["private_key_pem"]
        setup.action_next()

    def map_companies(self, setup, count=1):
        """Choose the first companies for the first subsidiaries, as the list does on saving."""
        rows = setup.connection_id.subsidiary_ids.sorted("internal_id")[:count]
        setup.write(
            {
                "subsidiary_ids": [
                    Command.update(row.id, {"company_id": company_id})
                    for row, company_id in zip(rows, self.company_ids, strict=False)
                ]
            }
        )

    def up_to_preview(self, companies=1, **values):
        """Return a set-up that was led to its last step."""
        setup = self.begin()
        self.sign_in(setup)
        setup.action_next()
        setup.write(values)
        self.map_companies(setup, companies)
        setup.action_accept_suggestions()
        setup.action_next()
        self.assertEqual(setup.step, "preview")
        return setup

    def lines(self, setup):
        """Return {record type: (to create, waiting, left out)} of the preview."""
        return {
            line.record_type: (line.to_create, line.waiting, line.left_out)
            for line in setup.line_ids
            if line.total
        }

    def made(self, connection):
        """Return {record type: (booked, waiting, left out)} of what an import made."""
        counts = {}
        for record_type, state, number in self.env["netsuite.record"]._read_group(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "in", ("customer", *TRANSACTION_TYPES)),
            ],
            ["record_type", "state"],
            ["__count"],
        ):
            counts.setdefault(record_type, {})[state] = number
        return {
            record_type: (
                states.get("booked", 0),
                states.get("blocked", 0),
                states.get("ignored", 0),
            )
            for record_type, states in counts.items()
        }

    def tables(self):
        """Return {table: number of rows} of the whole database, but for the set-up itself."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT table_name FROM information_schema.tables
               WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        counts = {}
        for name in names:
            if not name.startswith(("netsuite_setup", "netsuite_call")):
                self.env.cr.execute(f'SELECT COUNT(*) FROM "{name}"')
                counts[name] = self.env.cr.fetchone()[0]
        return counts


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
        with self.assertRaisesRegex(UserError, "does not tell the NetSuite account"):
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

        with self.assertRaisesRegex(UserError, "is set up already as Simulator"):
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

        with self.assertRaisesRegex(UserError, "Fill in Client ID, Certificate ID"):
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
        self.assertEqual(
            [check.detail for check in setup.check_ids if check.detail], ["America/Los_Angeles"]
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
            mappings.filtered(lambda row: row.how == "suggested" and row._is_certain())
        )
        # What no document uses is not asked, however unsure it is.
        self.assertLess(len(setup.question_ids), 12)
        self.assertGreater(len(mappings.filtered(lambda row: row.how == "none")), 12)
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


@tagged("post_install", "-at_install")
class TestPreview(SetupCase):
    def setUp(self):
        super().setUp()
        self.home = self.customer()
        self.abroad = self.customer("Zeeland Kaden", subsidiary=self.UK, currency=self.GBP)
        paid = self.invoice(self.home, 100, 20, tax=self.SALES_TAX)
        self.payment(self.home, 150, apply={paid: 100})
        self.credit_memo(self.home, 30)
        self.voided = self.invoice(self.home, 60)
        self.simulator.act("void", id=self.voided)
        self.foreign = self.invoice(self.abroad, 77)
        self.old = self.invoice(self.home, 10, days_ago=300)
        self.payment(self.home, 10, apply={self.old: 10}, days_ago=290)
        linked = self.invoice(self.home, 25, days_ago=300)
        self.payment(self.home, 25, apply={linked: 25}, days_ago=5)
        deposit = self.deposit(self.home, 90)
        advanced = self.invoice(self.home, 35)
        self.apply_deposit(deposit, {advanced: 35})
        self.refund(self.home, deposits={deposit: 15})
        self.journal((self.AR, 12, self.home), (self.SALES, -12))
        self.journal((self.BANK, 12), (self.SALES, -12))
        self.later()

    def imported(self, setup):
        """Import, and return what the import made."""
        setup.action_import()
        connection = setup.connection_id.with_env(self.env)
        self.drive(connection)
        return connection

    def test_preview_writes_nothing_and_equals_what_the_import_makes(self):
        setup = self.up_to_preview(companies=2)
        before = self.tables()
        setup.action_preview()
        self.assertEqual(self.tables(), before)
        previewed = self.lines(setup)
        self.assertFalse(setup.reason_ids, setup.reason_ids.mapped("name"))

        connection = self.imported(setup)

        self.assertEqual(previewed, self.made(connection))
        self.assertEqual(previewed["invoice"], (6, 0, 0))
        self.assertEqual(previewed["journalentry"], (1, 0, 0))
        self.assert_in_step(connection)
        setup.action_preview()
        self.assertEqual({line.to_create for line in setup.line_ids}, {0})

    def test_start_of_the_history_counts_what_is_linked_with_it(self):
        setup = self.up_to_preview(companies=2, history="date", history_from=self.day(100))

        connection = self.imported(setup)

        # One of the two old invoices is read for the payment that closed it.
        self.assertEqual(self.lines(setup)["invoice"], (5, 0, 0))
        self.assertEqual(self.lines(setup), self.made(connection))
        self.assert_in_step(connection)

    def test_unmapped_subsidiary_and_account_are_the_reasons_to_wait(self):
        setup = self.up_to_preview(companies=1)
        connection = setup.connection_id
        income = connection.mapping_ids.filtered(
            lambda row: row.kind in ("account", "account_type") and row.ns_type == "Income"
        )
        income.action_clear()

        setup.action_preview()

        names = setup.reason_ids.mapped("name")
        self.assertIn("Subsidiary Northwind Lantern UK is not mapped to a company", names)
        self.assertTrue([name for name in names if name.startswith("Account ")])
        self.assertIn("USD", setup.open_text)
        self.assertEqual(setup.open_elsewhere_text, "GBP 77.00")
        fix = setup.reason_ids.filtered(lambda reason: reason.kind == "mapping")[0].action_fix()
        self.assertEqual(fix["res_model"], "netsuite.mapping")
        connection = self.imported(setup)
        self.assertEqual(self.lines(setup), self.made(connection))
        issues = {issue.key: issue.record_count for issue in self.open_issues(connection)}
        reasons = {
            reason.key: reason.documents
            for reason in setup.reason_ids
            if reason.kind in ("mapping", "subsidiary")
        }
        self.assertEqual(reasons, {key: issues[key] for key in reasons})

    def test_customers_who_are_not_mirrored_are_left_out_with_their_documents(self):
        idle, busy, listed = (self.customer(name) for name in ("Idle", "Busy", "Listed"))
        for owner in (idle, busy, listed):
            paid = self.invoice(owner, 15)
            self.payment(owner, 15, apply={paid: 15})
        self.invoice(busy, 40)
        for owner in (idle, busy):
            self.simulator.act("edit", type="customer", id=owner, body={"isInactive": True})
        self.later()
        setup = self.up_to_preview(companies=1)
        self.env["netsuite.exclusion"].create(
            {"connection_id": setup.connection_id.id, "internal_id": listed}
        )

        setup.action_preview()

        previewed = self.lines(setup)
        # Idle, Listed, and the one whose subsidiary has no company.
        self.assertEqual(previewed["customer"], (2, 0, 3))
        self.assertEqual(previewed["customerpayment"][2], 2)
        connection = self.imported(setup)
        self.assertEqual(previewed, self.made(connection))

    def test_locked_period_is_a_reason_to_wait(self):
        setup = self.up_to_preview(companies=2)
        self.main_company.fiscalyear_lock_date = self.day(10)

        setup.action_preview()

        self.assertIn("are locked up to", setup.reason_ids.name)
        connection = self.imported(setup)
        self.assertEqual(self.lines(setup), self.made(connection))
        self.assertGreater(self.lines(setup)["invoice"][1], 0)

    def test_open_amounts_are_netsuites_own(self):
        setup = self.up_to_preview(companies=2)

        ledger = {}
        for row in self.simulator.ledger()["balances"]:
            ledger[row["currency"]] = ledger.get(row["currency"], 0) + float(row["open"])
        for currency, total in ledger.items():
            self.assertIn(f"{currency} {total:,.2f}", setup.open_text)

    def test_import_shows_the_overview_and_what_runs(self):
        setup = self.up_to_preview()

        action = setup.action_import()

        self.assertEqual(action["res_model"], "netsuite.connection")
        self.assertTrue(setup.connection_id.running_run_id)

    def test_refusal_while_counting_is_said_in_words(self):
        setup = self.up_to_preview()
        self.simulator.fault("permission_missing", record="previoustransactionlinelink")
        setup.action_back()
        setup.history = "date"
        setup.history_from = self.day(100)

        with self.assertRaisesRegex(UserError, "lacks the permission"):
            setup.action_next()
