from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL

from ...client.account import TOKEN_PATH
from ...const import LOCK_STREAM, RARE_TYPES, RECORD_TYPES
from ..support.simulator_case import SimulatorCase

QUERY = "/services/rest/query/v1/suiteql"


@tagged("post_install", "-at_install")
class TestDrivers(SimulatorCase):
    """From NetSuite to Odoo and proved, by the drivers that crons and buttons use."""

    drives_all = True

    def test_first_import_mirrors_and_proves_everything(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100, 50, tax=self.SALES_TAX)
        self.payment(customer, 40, apply={invoice: 40})
        connection = self.connect()

        run = self.drive(connection)

        self.assertEqual(run.state, "done")
        self.assertEqual(run.kind, "first")
        self.assertEqual(run.progress, 100)
        self.assert_in_step(connection)
        move = self.record_of(connection, "invoice", invoice)._target()
        self.assertEqual(move.payment_state, "partial")
        self.assertEqual(move.netsuite_status, "Open")
        self.assertFalse(self.open_issues(connection))
        lines = {line.record_type: line for line in run.line_ids}
        self.assertEqual(
            [(lines["invoice"][name]) for name in ("landed", "created", "updated", "booked")],
            [1, 1, 0, 1],
        )

    def test_connect_learns_zone_and_loads_references_only(self):
        self.customer()

        connection = self.connect()

        self.assertEqual(connection.session_zone, "America/Los_Angeles")
        self.assertEqual(len(connection.subsidiary_ids), 3)
        self.assertFalse(self.record_of(connection, "customer", 1301))

    def test_sync_with_nothing_new_books_nothing_and_costs_constant_calls(self):
        customer = self.customer()
        for amount in range(1, 8):
            self.invoice(customer, amount)
        connection = self.connect()
        self.drive(connection)
        self.later(3600)
        self.drive(connection)
        self.simulator.clear_requests()
        before = self.env["account.move"].search_count([])

        run = self.drive(connection)

        calls = [
            call["path"]
            for call in self.simulator.requests()
            if call["path"] != TOKEN_PATH  # the test's uncommitted connection keeps no token
        ]
        # One query per record type and one for what was deleted, NetSuite's clock, nothing else.
        types = len(RECORD_TYPES) - len(RARE_TYPES)
        self.assertEqual(calls.count(QUERY), types + 1)
        self.assertEqual(len(calls), types + 2)
        self.assertEqual(sum(run.line_ids.mapped("booked")), 0)
        self.assertEqual(self.env["account.move"].search_count([]), before)

    def test_read_that_finds_nothing_new_has_its_run_closed_at_once(self):
        connection = self.connect()
        self.drive(connection)
        book = self.env.ref("kolleno_netsuite.ir_cron_book")
        self.env["ir.cron.trigger"].search([("cron_id", "=", book.id)]).unlink()
        connection.stream_ids.next_read_at = False

        run = connection._drive_fetch()

        self.assertEqual(run.state, "running")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", book.id)]))
        self.assertEqual(connection._drive_book(), run)
        self.assertEqual(run.state, "done")

    def test_change_in_netsuite_is_mirrored_by_the_next_sync(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        self.drive(connection)

        payment = self.payment(customer, 100, apply={invoice: 100})
        self.drive(connection)

        move = self.record_of(connection, "invoice", invoice)._target()
        self.assertEqual(move.payment_state, "paid")
        self.assertTrue(self.record_of(connection, "customerpayment", payment)._target())
        self.assert_in_step(connection)

    def test_open_items_are_booked_before_history_is_read(self):
        customer = self.customer()
        paid = self.invoice(customer, 10)
        self.payment(customer, 10, apply={paid: 10})
        still_open = self.invoice(customer, 20)
        connection = self.connect()
        self.later()

        connection._drive_fetch(phases=("open",))
        connection._drive_book()

        self.assertTrue(self.record_of(connection, "invoice", still_open)._target())
        self.assertFalse(self.record_of(connection, "invoice", paid))

    def test_two_fetchers_at_once_leave_the_second_idle(self):
        connection = self.connect()
        self.customer()
        other = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(other.close)
        other.execute(SQL("SELECT pg_advisory_lock(%s, %s)", LOCK_STREAM, connection.id))
        self.simulator.clear_requests()

        run = connection._drive_fetch()

        self.assertFalse(run)
        self.assertFalse(self.simulator.requests())

    def test_paused_connection_makes_no_call(self):
        connection = self.connect()
        connection._pause("NetSuite is being upgraded")
        self.simulator.clear_requests()

        self.env["netsuite.connection"]._cron_fetch()

        self.assertFalse(self.simulator.requests())

    def test_call_log_holds_no_secret(self):
        connection = self.connect(
            auth_method="tba",
            **{
                name: self.simulator.ready["tba"][name]
                for name in ("consumer_key", "consumer_secret", "token_id", "token_secret")
            },
        )

        calls = self.env["netsuite.call"].search([("connection_id", "=", connection.id)])

        self.assertTrue(calls)
        text = repr(calls.read())
        for secret in self.simulator.ready["tba"].values():
            self.assertNotIn(secret, text)
