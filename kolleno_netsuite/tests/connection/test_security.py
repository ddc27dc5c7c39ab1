from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.connection.netsuite_connection import SIGN_IN_FIELDS
from ..support.simulator_case import SimulatorCase

ROLES = {
    "viewer": "kolleno_netsuite.group_netsuite_viewer",
    "accountant": "kolleno_netsuite.group_netsuite_accountant",
    "administrator": "kolleno_netsuite.group_netsuite_administrator",
    "employee": "base.group_user",
    "settings": "base.group_system",
    "bookkeeper": "account.group_account_manager",
}
SECRETS = (
    *("client_id", "certificate_id", "private_key", "certificate", "consumer_key"),
    *("consumer_secret", "token_id", "token_secret", "service_url"),
)
# What is never in a file; the others are names that NetSuite's pages show as well.
NEVER_EXPORTED = ("private_key", "consumer_key", "consumer_secret", "token_id", "token_secret")


@tagged("post_install", "-at_install")
class TestSecurity(SimulatorCase):
    """What each group may see and do, in a database of two companies."""

    companies = 2

    def setUp(self):
        super().setUp()
        self.uk_company = self.env["res.company"].browse(self.company_ids[1])
        self.both = self.main_company | self.uk_company

    def user(self, companies, *roles):
        """Return a new user of these companies who has these roles."""
        return self.env["res.users"].create(
            {
                "name": roles[0].title(),
                "login": f"{roles[0]}{len(self.env['res.users'].search([]))}",
                "company_id": companies[0].id,
                "company_ids": [Command.set(companies.ids)],
                "group_ids": [Command.set([self.env.ref(ROLES[role]).id for role in roles])],
            }
        )

    def seen_by(self, records, user):
        """Return `records` as `user` has them who works in all of his companies."""
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"allowed_company_ids": user.company_ids.ids}
        return records.with_env(self.env(user=user, su=False, context=context))

    def import_both(self):
        """Mirror one invoice, partly paid, in each company; return the connection."""
        us, uk = self.customer(), self.customer("Thames Rope", self.UK, self.GBP)
        self.us_invoice = self.invoice(us, 100)
        self.uk_invoice = self.invoice(uk, 50, subsidiary={"id": self.UK})
        self.us_payment = self.payment(us, 40, apply={self.us_invoice: 40})
        self.us_customer = us
        connection = self.connect()
        self.drive(connection)
        return connection

    # === BUTTONS === #

    def test_connection_is_started_and_stopped_by_administrators_only(self):
        connection = self.connect()
        for role in ("employee", "viewer", "accountant"):
            mine = self.seen_by(connection, self.user(self.both, role))
            for button in ("action_connect", "action_import", "action_pause"):
                with self.subTest(role=role, button=button), self.assertRaises(AccessError):
                    getattr(mine, button)()
        connection._pause("NetSuite is being upgraded")
        with self.assertRaises(AccessError):
            self.seen_by(connection, self.user(self.both, "accountant")).action_resume()
        mine = self.seen_by(connection, self.user(self.both, "administrator"))

        mine.action_resume()
        mine.action_connect()
        mine.action_import()

        self.assertEqual(connection.state, "connected")

    def test_viewer_starts_no_work(self):
        connection = self.import_both()
        record = self.record_of(connection, "invoice", self.us_invoice)
        proof = self.env["netsuite.proof"].search([("connection_id", "=", connection.id)], limit=1)
        viewer = self.user(self.both, "viewer")

        for target, button in (
            (connection, "action_synchronise"),
            (connection, "action_prove_all"),
            (connection, "action_suggest_mappings"),
            (record, "action_resync"),
            (proof, "action_resync"),
            (proof, "action_prove"),
        ):
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(self.seen_by(target, viewer), button)()
        self.assertTrue(self.seen_by(proof, viewer).action_open_documents())
        self.assertTrue(self.seen_by(record, viewer).action_open_in_netsuite()["url"])

    def test_accountant_of_one_company_does_his_daily_work(self):
        connection = self.import_both()
        record = self.record_of(connection, "invoice", self.us_invoice)
        proof = self.env["netsuite.proof"].search(
            [("connection_id", "=", connection.id), ("company_id", "=", self.main_company.id)]
        )
        mirrors = [
            self.record_of(connection, record_type, internal_id)._target()
            for record_type, internal_id in (
                ("customer", self.us_customer),
                ("invoice", self.us_invoice),
                ("customerpayment", self.us_payment),
            )
        ]
        accountant = self.user(self.main_company, "accountant")

        for target, button in (
            (connection, "action_synchronise"),
            (connection, "action_suggest_mappings"),
            (connection, "action_accept_suggestions"),
            (connection, "action_prove_all"),
            (record, "action_resync"),
            (proof, "action_prove"),
            (proof, "action_resync"),
            *((mirror, "action_netsuite_resync") for mirror in mirrors),
            *((mirror, "action_netsuite_open") for mirror in mirrors),
        ):
            with self.subTest(model=target._name, button=button):
                self.assertTrue(getattr(self.seen_by(target, accountant), button)())
        self.assert_in_step(connection)

    def test_accountant_of_one_company_handles_its_issues(self):
        connection = self.connect()
        mapping = connection.mapping_ids.filtered(
            lambda row: row.company_id == self.main_company and row.ns_type == "Income"
        )
        by_type = connection.mapping_ids.filtered(lambda row: row.kind == "account_type")
        (mapping | by_type.filtered(lambda row: row.code == "Income")).action_clear()
        self.invoice(self.customer(), 10)
        self.drive(connection)
        issue = self.open_issues(connection, "mapping")
        mine = self.seen_by(issue, self.user(self.main_company, "accountant"))

        fix = mine.action_fix()
        mine.action_set_aside()
        mine.action_reopen()
        mine.action_retry()

        self.assertEqual(issue.company_id, self.main_company)
        self.assertEqual(fix["res_model"], "netsuite.mapping")
        self.assertFalse(self.seen_by(issue, self.user(self.uk_company, "accountant")).search([]))

    # === COMPANIES === #

    def test_administrator_of_one_company_starts_the_import(self):
        connection = self.connect()
        mine = self.seen_by(connection, self.user(self.main_company, "administrator"))

        mine.action_import()

        self.assertTrue(connection.run_ids.filtered(lambda run: run.state == "running"))

    def test_company_keeps_its_connection_when_another_one_is_mapped(self):
        connection = self.connect(use_netsuite_rates=False)
        mine = self.seen_by(connection, self.user(self.main_company, "administrator"))
        unmapped = mine.subsidiary_ids.filtered(lambda row: not row.company_id)

        unmapped.company_id = self.main_company
        self.env.flush_all()
        self.env.invalidate_all()

        self.assertEqual(connection.company_ids, self.both)

    def test_set_up_reaches_companies_that_are_not_ticked(self):
        connection = self.new_connection()
        settings = self.user(self.main_company, "administrator", "settings", "bookkeeper")

        def press(button):
            # As the web client does: the companies ticked stay those of before.
            self.env.flush_all()
            self.env.invalidate_all()
            context = {"allowed_company_ids": self.main_company.ids}
            mine = connection.with_env(self.env(user=settings, su=False, context=context))
            return getattr(mine, button)()

        press("action_connect")
        message = press("action_create_companies")["params"]["message"]
        press("action_suggest_mappings")
        press("action_accept_suggestions")
        press("action_create_missing")

        self.assertIn("company menu", message)
        self.assertEqual(len(connection.company_ids), 3)
        self.assertFalse(connection.mapping_ids.filtered(lambda row: row.state == "suggested"))
        for company in connection.company_ids:
            chosen = connection.mapping_ids.filtered(
                lambda row, company=company: row.company_id == company and row.state == "manual"
            )
            self.assertTrue({"account_type", "tax", "term"} <= set(chosen.mapped("kind")))

    def test_waiting_invoice_is_hidden_from_other_companies(self):
        connection = self.connect()
        uk = self.customer("Thames Rope", self.UK, self.GBP)
        invoice = self.invoice(uk, 50, subsidiary={"id": self.UK})
        self.later()
        connection._drive_fetch()
        record = self.record_of(connection, "invoice", invoice)
        domain = [("id", "=", record.id)]

        found = {
            company: self.seen_by(record, self.user(company, "accountant")).search(domain)
            for company in self.both
        }

        self.assertEqual(record.state, "pending")
        self.assertFalse(found[self.main_company])
        self.assertTrue(found[self.uk_company].payload)

    def test_invoice_that_waited_for_a_company_is_hidden_from_the_others(self):
        connection = self.connect()
        subsidiary = connection.subsidiary_ids.filtered(
            lambda row: row.company_id == self.uk_company
        )
        subsidiary.company_id = False
        uk = self.customer("Thames Rope", self.UK, self.GBP)
        invoice = self.invoice(uk, 50, subsidiary={"id": self.UK})
        self.later()
        connection._drive_fetch()

        subsidiary.company_id = self.uk_company

        record = self.record_of(connection, "invoice", invoice)
        self.assertEqual(record.company_id, self.uk_company)

    # === SECRETS === #

    def test_secrets_are_for_the_settings_group_only(self):
        connection = self.new_connection(consumer_secret="cs", token_secret="ts")
        administrator = self.seen_by(connection, self.user(self.both, "administrator"))
        settings = self.seen_by(connection, self.user(self.both, "administrator", "settings"))

        for name in SECRETS:
            with self.subTest(field=name):
                with self.assertRaises(AccessError):
                    administrator.read([name])
                with self.assertRaises(AccessError):
                    administrator.search([(name, "like", "a")])
                with self.assertRaises(AccessError):
                    administrator.write({name: "x"})
                self.assertNotIn(name, administrator.fields_get())
        with self.assertRaises(AccessError):
            administrator.env["netsuite.session"].search([])
        self.assertEqual(settings.token_secret, "ts")

    def test_secrets_are_never_exported(self):
        connection = self.new_connection(consumer_secret="cs", token_secret="ts")
        stream = connection.stream_ids[0]

        for name in NEVER_EXPORTED:
            with self.subTest(field=name):
                self.assertFalse(connection.fields_get([name])[name].get("exportable", True))
                with self.assertRaises(UserError):
                    connection.export_data(["name", name])
                with self.assertRaises(UserError):
                    stream.export_data([f"connection_id/{name}"])
        self.assertEqual(connection.export_data(["name"])["datas"], [["Simulator"]])

    def test_secrets_are_neither_copied_nor_tracked(self):
        connection = self.new_connection(consumer_secret="cs", token_secret="ts")

        values = connection.copy_data()[0]

        self.assertFalse(set(SECRETS) & set(values))
        tracked = connection._track_get_fields()
        self.assertFalse(set(SECRETS) & set(tracked))

    def test_neutralised_database_has_no_secret_left(self):
        connection = self.connect(token_secret="ts")
        session = self.env["netsuite.session"].search([("connection_id", "=", connection.id)])
        session.access_token = "bearer"
        self.env.flush_all()
        sql = Path(__file__).parents[2] / "data" / "neutralize.sql"

        self.env.cr.execute(sql.read_text())
        self.env.invalidate_all()

        self.assertEqual(connection.state, "draft")
        self.assertFalse([name for name in SECRETS if connection[name]])
        self.assertFalse([name for name in SIGN_IN_FIELDS if connection[name]])
        self.assertFalse(session.access_token)
        # Whoever connects it with a sign-in of its own is asked nothing.
        self.env["ir.config_parameter"].set_param("database.uuid", "another")
        self.assertFalse(connection.moved_text)

    # === FOREIGN TEXT === #

    def test_markup_from_netsuite_is_shown_as_text(self):
        markup = "<img src=x onerror=alert(1)>"
        customer = self.customer(f"Rope {markup}", comments=markup)
        invoice = self.invoice(customer, 10, memo=markup)
        connection = self.connect()
        self.drive(connection)
        record = self.record_of(connection, "invoice", invoice)
        move = record._target()
        self._edit(customer, f"Cord {markup}")

        self.drive(connection)

        shown = [
            *(move.narration, move.partner_id.comment, record.payload_table),
            *move.partner_id.message_ids.mapped("body"),
        ]
        self.assertEqual(move.partner_id.name, f"Cord {markup}")
        self.assertTrue(all(shown))
        for html in shown:
            self.assertNotIn("<img", str(html))

    def _edit(self, customer, name):
        self.simulator.act("edit", type="customer", id=customer, body={"companyName": name})
