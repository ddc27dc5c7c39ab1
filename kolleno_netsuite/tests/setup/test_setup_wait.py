from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...const import REFERENCE_TYPES
from ..support.setup_case import SetupCase


@tagged("post_install", "-at_install")
class TestSetupWaitsForImport(SetupCase):
    """Until *Import* is pressed, nothing but the steps themselves speaks to NetSuite."""

    def crons(self):
        """Run all scheduled actions of the addon with everything due; return NetSuite's log."""
        Connection = self.env["netsuite.connection"]
        now = fields.Datetime.now()
        for connection in Connection.search([]):
            connection.write(
                {
                    "daily_next_at": now - timedelta(hours=1),
                    "comparison_weekday": connection._weekday(now),
                    "types_to_discover": ["customer"],
                }
            )
        self.later()
        self.simulator.clear_requests()
        crons = self.env["ir.cron"].search([("model_id.model", "=", Connection._name)])
        self.assertGreaterEqual(len(crons), 7)
        for cron in crons:
            getattr(Connection, cron.code.removeprefix("model.").removesuffix("()"))()
        return self.simulator.requests()

    def assert_untouched(self):
        self.assertFalse(self.crons())
        self.assertFalse(
            self.env["netsuite.record"].search([("record_type", "not in", REFERENCE_TYPES)])
        )
        self.assertFalse(self.env["netsuite.run"].search([]))
        self.assertFalse(self.env["account.move"].search([("company_id", "in", self.company_ids)]))

    def test_no_cron_reads_or_books_between_the_steps(self):
        customer = self.customer()
        self.invoice(customer, 10)
        self.payment(customer, 4)
        setup = self.begin()
        self.assert_untouched()
        self.sign_in(setup)
        connection = setup.connection_id
        self.assertEqual((setup.step, connection.state), ("test", "setup"))
        self.assert_untouched()
        setup.action_next()
        self.map_companies(setup, 2)
        setup.action_accept_suggestions()
        self.assert_untouched()
        setup.action_next()
        self.assertEqual((setup.step, setup.line_ids.mapped("to_create").count(1)), ("preview", 3))
        self.assert_untouched()

        setup.action_import()

        self.assertEqual(connection.state, "connected")
        self.assertGreater(connection.daily_next_at, fields.Datetime.now())
        connection.sudo().types_to_discover = False
        for _cron in range(2):
            self.env["netsuite.connection"]._cron_fetch()
            self.env["netsuite.connection"]._cron_book()
        self.assertEqual(connection.run_ids.mapped("kind"), ["first"])
        self.assert_in_step(connection.with_env(self.env))

    def test_left_set_up_goes_on_from_its_card_and_signing_in_again_starts_nothing(self):
        setup = self.begin()
        self.sign_in(setup)
        connection = setup.connection_id

        again = self.Setup.browse(connection.action_set_up()["res_id"])

        self.assertEqual((again, again.step), (setup, "test"))
        again.action_back()
        connection.sudo().client_id = "mistyped"
        self.assertEqual(connection.state, "draft")
        connection.sudo().client_id = self.simulator.ready["m2m"]["client_id"]
        again.action_next()
        self.assertEqual(connection.state, "setup")
        self.assertEqual(connection.in_step_text, "Nothing is read or booked before the import.")
        self.assert_untouched()

    def test_buttons_that_read_say_that_the_import_comes_first(self):
        setup = self.begin()
        self.sign_in(setup)
        connection = setup.connection_id
        self.simulator.clear_requests()

        for button in (
            connection.action_synchronise,
            connection.action_prove_all,
            connection.action_compare_all,
            connection.action_discover_fields,
        ):
            with self.subTest(button.__name__), self.assertRaisesRegex(UserError, "in set-up"):
                button()
        with self.assertRaisesRegex(UserError, "Map at least one subsidiary"):
            connection.action_import()

        self.assertEqual(connection.state, "setup")
        self.assertFalse(self.simulator.requests())

    def test_connection_that_was_imported_is_served_again_after_new_credentials(self):
        connection = self.connect()
        self.drive(connection)

        connection.client_id = "mistyped"
        connection.client_id = self.simulator.ready["m2m"]["client_id"]
        connection.action_connect()

        self.assertEqual(connection.state, "connected")
