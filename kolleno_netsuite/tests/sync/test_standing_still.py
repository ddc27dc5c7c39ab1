from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.base.models import ir_cron
from odoo.tests import mute_logger, tagged

from ..support.trouble_case import TroubleCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"
CRONS = ("fetch", "book", "heal", "daily", "compare", "documents", "discover")
# Runs of one cron in which it has to come to rest.
ROUNDS = 5


@tagged("post_install", "-at_install")
class TestStandingStill(TroubleCase):
    """What is not to be done is not done, by no cron and by nothing that starts one."""

    def setUp(self):
        super().setUp()
        # Everything is due.
        self.connection.write(
            {
                "pdf_in_advance": True,
                "types_to_discover": ["customer"],
                "comparison_weekday": self.connection._weekday(fields.Datetime.now()),
            }
        )
        self.invoice_id = self.new_invoice()

    def make_all_due(self):
        past = fields.Datetime.now() - timedelta(hours=1)
        self.connection.stream_ids.next_read_at = past
        self.connection.daily_next_at = past
        self.connection.paused_until = False

    def run_of(self, name):
        """Run a cron as Odoo does, as long as something starts it; return how often."""
        cron = self.env.ref(f"kolleno_netsuite.ir_cron_{name}")
        cron.nextcall = fields.Datetime.now()
        for number in range(ROUNDS):
            # Odoo does so, by a clock that stands still in a test.
            self.triggers(name).unlink()
            # Time enough, on a busy machine as well: what is over time starts itself again.
            with patch.object(ir_cron, "MIN_TIME_PER_JOB", 600):
                cron.method_direct_trigger()
            self.env.invalidate_all()
            if not self.triggers(name):
                return number + 1
        return None

    def daily_runs(self):
        return self.connection.run_ids.filtered(lambda run: run.kind == "daily")

    def test_no_cron_does_anything_for_a_connection_that_is_not_served(self):
        before = self.connection.run_ids
        for state in ("paused", "reconnect", "draft"):
            self.connection.state = state
            self.make_all_due()
            self.simulator.clear_requests()
            for name in CRONS:
                with self.subTest(state=state, cron=name):
                    self.assertEqual(self.run_of(name), 1)
                    self.assertFalse(self.simulator.requests())
        self.assertEqual(self.connection.run_ids, before)
        self.assertEqual(self.connection.types_to_discover, ["customer"])

    def test_what_fell_due_in_a_pause_is_done_once_after_it(self):
        self.connection._pause("Month end")
        self.make_all_due()
        for name in CRONS:
            self.run_of(name)

        self.connection.action_resume()

        self.assertTrue(all(self.triggers(name) for name in ("fetch", "book", "discover")))
        daily = self.env.ref("kolleno_netsuite.ir_cron_daily")
        self.assertLessEqual(daily.nextcall, fields.Datetime.now())
        for name in (*CRONS, *CRONS):
            self.assertIsNotNone(self.run_of(name), name)
        self.assertEqual(len(self.daily_runs()), 1)
        self.assertGreater(self.connection.daily_next_at, fields.Datetime.now())
        self.assertFalse(self.connection.types_to_discover)
        record = self.record_of(self.connection, "invoice", self.invoice_id)
        self.assertEqual(record.state, "booked")

    @mute_logger(SYNC_LOG)
    def test_reconnect_reads_at_once(self):
        self.simulator.fault("token_revoked", times=None)
        self.cron("fetch")
        self.assertEqual(self.connection.state, "reconnect")
        self.simulator.clear_faults()
        self.connection.stream_ids.next_read_at = fields.Datetime.now() + timedelta(hours=6)
        self.env["ir.cron.trigger"].search([]).unlink()

        self.connection.action_connect()

        self.assertTrue(self.triggers("fetch"))
        self.cron("fetch")
        self.assertTrue(self.record_of(self.connection, "invoice", self.invoice_id))

    # === PAUSES === #

    def test_pause_stops_reading_between_two_pages(self):
        for amount in (1, 2, 3):
            self.new_invoice(amount)
        self.small_pages(1)
        asked = []

        def pause(_run):
            asked.append(len(self.simulator.requests()))
            self.connection._pause("Month end")

        self.connection._drive_fetch(on_progress=pause)

        self.assertEqual(len(asked), 1)
        self.assertEqual(len(self.simulator.requests()), asked[0])

    def test_pause_stops_booking_between_two_chunks(self):
        for record_type in ("invoice", "creditMemo"):
            self.invoice(self.customer_id, 10, type=record_type)
        self.later()
        self.connection.stream_ids.next_read_at = False
        self.connection._drive_fetch()

        run = self.connection._drive_book(
            on_progress=lambda _run: self.connection._pause("Month end")
        )

        pending = self.env["netsuite.record"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", "pending")]
        )
        self.assertEqual(pending.mapped("record_type"), ["creditmemo"])
        self.assertEqual(run.state, "running")
        self.connection.action_resume()
        self.connection._drive_book()
        self.assertEqual(pending.state, "booked")

    # === SWITCHES === #

    def open_run(self):
        """Leave a run open that reading did not bring to its end."""
        run = self.connection._open_run()
        self.connection.stream_ids.next_read_at = False
        return run

    def is_read(self):
        return bool(self.record_of(self.connection, "invoice", self.invoice_id))

    def test_open_run_reads_nothing_while_reading_is_switched_off(self):
        self.open_run()
        self.connection.fetch_active = False

        self.cron("fetch")
        self.cron("book")

        self.assertFalse(self.is_read())
        self.assertFalse(self.connection._running_run())

    def test_open_run_reads_nothing_outside_business_hours(self):
        self.open_run()
        self.connection.write({"hours_limited": True, "hours_from": 0, "hours_to": 0.01})
        self.connection.hours_weekdays = False
        with self.minutes_later(self.minutes_until_noon()):
            self.cron("fetch")
            self.cron("book")

            self.assertFalse(self.is_read())

    def minutes_until_noon(self):
        now = fields.Datetime.now()
        noon = now.replace(hour=12, minute=0) + timedelta(days=1)
        return (noon - now).total_seconds() / 60

    def test_synchronise_reads_once_although_reading_is_switched_off(self):
        self.connection.write({"fetch_active": False, "daily_active": False})

        self.connection.action_synchronise()
        self.cron("fetch")
        # It cannot close: somebody else is booking, or NetSuite does not answer the proof.
        run = self.connection._running_run()
        self.assertTrue(self.is_read())
        self.assertFalse(run.asked_by)
        second = self.new_invoice()
        self.cron("fetch")

        self.assertEqual(self.connection._running_run(), run)
        self.assertFalse(self.record_of(self.connection, "invoice", second))

    def test_daily_check_that_was_interrupted_goes_on_at_any_hour_until_it_has_read_all(self):
        self.connection.write({"hours_limited": True, "hours_from": 0, "hours_to": 0.01})
        with self.minutes_later(self.minutes_until_noon()):
            self.connection._look_back()
            self.cron("fetch")
            self.assertTrue(self.is_read())
            second = self.new_invoice()
            self.cron("fetch")
            self.assertFalse(self.record_of(self.connection, "invoice", second))

    def test_nothing_is_booked_while_booking_is_switched_off(self):
        self.connection.book_active = False

        self.connection.action_synchronise()
        self.cron("fetch")
        self.cron("book")
        self.connection.daily_next_at = fields.Datetime.now()
        self.cron("daily")
        self.cron("heal")

        record = self.record_of(self.connection, "invoice", self.invoice_id)
        self.assertEqual(record.state, "pending")
        self.assertFalse(self.connection._running_run())
        self.connection.book_active = True
        self.cron("book")
        self.assertEqual(record.state, "booked")

    def test_comparison_that_is_switched_off_ends(self):
        run = self.connection._open_comparison()
        self.connection.comparison_active = False
        self.simulator.clear_requests()

        self.cron("compare")

        self.assertFalse(self.simulator.requests())
        self.assertEqual(run.state, "failed")
        self.connection.action_compare_all()
        self.cron("compare")
        self.assertEqual(self.connection._last_comparison().state, "done")
