from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...const import RUN_LOG_DAYS
from ...hooks import uninstall_hook
from ...models.drive.netsuite_connection_units import STALE_RUN_HOURS
from ..support.netsuite_builders import unguarded
from ..support.simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestLifecycle(SimulatorCase):
    """What people do in Odoo to the mirror and to its connection, and what becomes of it."""

    def prepare(self):
        super().prepare()
        self.netsuite_customer = self.customer()
        self.paid = self.invoice(self.netsuite_customer, 100)
        self.unpaid = self.invoice(self.netsuite_customer, 100)
        self.paying = self.payment(self.netsuite_customer, 100, apply={self.paid: 100})
        self.connection = self.connect()
        self.drive(self.connection)

    def mirror(self, record_type, internal_id):
        return self.record_of(self.connection, record_type, internal_id)._target()

    def night(self):
        self.later()
        self.connection._drive_daily()
        self.connection._drive_heal()
        self.connection._drive_book()

    def merge(self, kept, merged):
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((kept | merged).ids)], "dst_partner_id": kept.id}
        )
        wizard.action_merge()

    # === WHAT IS CHANGED BY HAND IN ODOO === #

    def test_drafted_invoice_is_listed_by_the_daily_check_and_posted_again(self):
        move = self.mirror("invoice", self.unpaid)
        unguarded(move).button_draft()

        self.later()
        self.connection._drive_daily()
        titles = self.open_issues(self.connection, "difference").mapped("title")
        self.connection._drive_heal()

        self.assertIn("NetSuite has 100.00 USD open and Odoo 0.00 USD", titles[0])
        self.assertEqual(move.state, "posted")
        self.assert_in_step(self.connection)

    def test_deleted_invoice_is_booked_again_by_the_next_booking(self):
        move = self.mirror("invoice", self.paid)
        unguarded(move).button_draft()
        unguarded(move).unlink()

        self.connection._drive_book()

        self.assertEqual(self.mirror("invoice", self.paid).payment_state, "paid")
        self.assert_in_step(self.connection)

    def test_cancelled_payment_is_booked_again_by_the_daily_check(self):
        payment = self.mirror("customerpayment", self.paying)
        unguarded(payment).action_draft()
        unguarded(payment).action_cancel()

        self.night()

        # As before: in the books, and not deposited yet.
        self.assertEqual(payment.state, "in_process")
        self.assertEqual(self.mirror("invoice", self.paid).payment_state, "paid")
        self.assert_in_step(self.connection)

    def test_application_undone_by_hand_is_made_again(self):
        invoice = self.mirror("invoice", self.paid)
        unguarded(invoice.line_ids).remove_move_reconcile()

        self.connection._drive_heal()
        self.connection._drive_book()

        self.assertEqual(invoice.payment_state, "paid")

    def test_payment_applied_to_another_invoice_by_hand_is_listed(self):
        paid, unpaid = self.mirror("invoice", self.paid), self.mirror("invoice", self.unpaid)
        payment = self.mirror("customerpayment", self.paying)
        unguarded(paid.line_ids).remove_move_reconcile()
        lines = (payment.move_id.line_ids | unpaid.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        unguarded(lines).reconcile()

        self.night()
        issue = self.open_issues(self.connection, "content")
        unpaid.line_ids.remove_move_reconcile()
        issue.action_retry()
        self.connection._drive_book()

        # Both customers' sums agree all the while, so only the application can tell.
        self.assertIn("NetSuite applies more than is open in Odoo", issue.title)
        self.assertIn("undo what was reconciled there by hand", issue.advice)
        self.assertEqual(paid.payment_state, "paid")
        self.assertEqual(issue.state, "solved")

    def test_deleted_customer_is_made_again(self):
        newcomer = self.customer("Newcomer")
        self.drive(self.connection)
        self.mirror("customer", newcomer).unlink()
        invoice = self.invoice(newcomer, 10)

        self.drive(self.connection)

        self.assertEqual(self.mirror("invoice", invoice).partner_id.name, "Newcomer")
        self.assertFalse(self.open_issues(self.connection))

    # === PARTNERS MERGED === #

    def test_two_customers_of_netsuite_are_not_merged(self):
        second = self.customer("Second")
        self.drive(self.connection)
        first, other = (self.mirror("customer", i) for i in (self.netsuite_customer, second))

        with self.assertRaisesRegex(UserError, "different customers in NetSuite"):
            self.merge(first, other)

    def test_customer_merged_into_our_own_partner_stays_mirrored(self):
        own = self.env["res.partner"].create({"name": "Our own"})
        self.merge(own, self.mirror("customer", self.netsuite_customer))

        invoice = self.invoice(self.netsuite_customer, 44)
        self.drive(self.connection)

        self.assertEqual(self.mirror("customer", self.netsuite_customer), own)
        self.assertEqual(self.mirror("invoice", invoice).partner_id, own)
        self.assert_in_step(self.connection)

    # === CONNECTIONS === #

    def test_connection_with_documents_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.connection.unlink()

    def test_connection_without_documents_is_deleted_with_all_it_has(self):
        connection = self.new_connection(account_id="7654321")

        connection.unlink()

        self.assertFalse(connection.exists())

    def test_account_of_an_archived_connection_is_not_mirrored_twice(self):
        self.connection.active = False
        self.env.flush_all()

        with self.assertRaisesRegex(ValidationError, "Unarchive it instead"):
            self.new_connection()

    def test_connection_that_cannot_sign_in_stops_itself_only(self):
        broken = self.new_connection(
            name="A comes first", account_id="7654321", private_key=False, state="connected"
        )
        broken._open_run()
        self.invoice(self.netsuite_customer, 5)
        self.later()
        self.connection.stream_ids.next_read_at = False

        self.env["netsuite.connection"]._cron_fetch()

        self.assertEqual(broken.state, "reconnect")
        self.assertIn("Private Key", broken.state_reason)
        self.assertTrue(self.open_issues(broken, "sign_in"))
        self.assertEqual(self.connection.state, "connected")
        self.assertTrue(
            self.env["netsuite.record"].search_count(
                [("connection_id", "=", self.connection.id), ("state", "=", "pending")]
            )
        )

    def test_uninstalling_archives_the_journals_of_the_mirror(self):
        journals = self.env["account.journal"].search(
            [("netsuite_connection_id", "=", self.connection.id)]
        )
        own = self.env["account.journal"].search([("netsuite_connection_id", "=", False)])

        uninstall_hook(self.env)

        self.assertTrue(journals)
        self.assertFalse(journals.filtered("active"))
        self.assertTrue(all(own.mapped("active")))
        self.assertEqual(self.mirror("invoice", self.unpaid).state, "posted")

    # === RUNS === #

    def test_idle_booking_leaves_no_run(self):
        before = self.env["netsuite.run"].search([])

        self.env["netsuite.connection"]._cron_book()

        self.assertEqual(self.env["netsuite.run"].search([]), before)

    def test_finished_run_is_deleted_after_a_quarter(self):
        run = self.connection.run_ids
        run.started_at = fields.Datetime.subtract(fields.Datetime.now(), days=RUN_LOG_DAYS + 1)
        recent = self.connection._open_run()
        recent._close()

        self.env["netsuite.run"]._gc_runs()

        self.assertEqual(self.connection.run_ids, recent)

    def test_run_whose_lines_still_count_is_not_stale(self):
        run = self.connection._open_run()
        line = run._line("invoice")
        long_ago = fields.Datetime.subtract(fields.Datetime.now(), hours=STALE_RUN_HOURS + 1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE netsuite_run SET write_date = %s", [long_ago])
        run.invalidate_recordset()

        self.connection._close_stale_runs()
        while_counting = run.state
        self.env.cr.execute("UPDATE netsuite_run_line SET write_date = %s", [long_ago])
        line.invalidate_recordset()
        self.connection._close_stale_runs()

        self.assertEqual(while_counting, "running")
        self.assertEqual(run.state, "failed")

    def test_cron_that_is_out_of_time_goes_on_in_its_next_call(self):
        for amount in range(1, 5):
            self.invoice(self.netsuite_customer, amount)
        self.later()
        self.connection.stream_ids.next_read_at = False
        self.connection._drive_fetch()
        self.env["ir.cron.trigger"].search([]).unlink()

        with patch(
            "odoo.addons.kolleno_netsuite.models.drive.netsuite_connection_units.BOOK_CHUNK", 2
        ):
            out_of_time = self.connection.with_context(cron_end_time=0)
            out_of_time._drive_book()
        left = self.env["netsuite.record"].search_count([("state", "=", "pending")])

        cron = self.env.ref("kolleno_netsuite.ir_cron_book")
        self.assertEqual(left, 2)
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.connection._drive_book()
        self.assert_in_step(self.connection)

    # === CURRENCIES === #

    def test_customer_with_two_currencies_is_proved_in_each(self):
        self.env.ref("base.EUR").active = True
        self.invoice(self.netsuite_customer, 80, currency={"id": self.EUR})

        self.drive(self.connection)

        self.assert_in_step(self.connection)
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(
            {proof.currency_name: proof.odoo_open for proof in proofs}, {"USD": 100, "EUR": 80}
        )
