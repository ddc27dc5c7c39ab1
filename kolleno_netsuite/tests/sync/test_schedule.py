from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ...client.account import TOKEN_PATH
from ..support.simulator_case import SimulatorCase

QUERY = "/services/rest/query/v1/suiteql"


def moment(text):
    """Return a time (UTC) as Odoo stores it."""
    return fields.Datetime.to_datetime(text)


@tagged("post_install", "-at_install")
class TestSchedule(SimulatorCase):
    """When NetSuite is asked, and when it is left in peace."""

    drives_all = True

    def prepare(self):
        super().prepare()
        self.customer_id = self.customer()
        self.invoice_id = self.invoice(self.customer_id, 100)
        self.connection = self.connect(schedule_tz="UTC")
        self.drive(self.connection)
        self.later(3600)
        self.drive(self.connection)

    @contextmanager
    def at(self, now):
        """Let Odoo's clock show `now` (UTC); NetSuite's goes on, and so does the sign-in."""
        with patch.object(fields.Datetime, "now", lambda *_args: now):
            yield

    def queries(self, table):
        """Return the queries whose own rows come from `table` or name that type."""
        return [
            call
            for call in self.simulator.requests()
            if call["path"] == QUERY and table in call["body"] and "SUM(" not in call["body"]
        ]

    # === INTERVALS === #

    def due_in(self, stream):
        """Return the minutes until a stream is due, as its last read planned it."""
        return round((stream.next_read_at - stream.last_success_at).total_seconds() / 60)

    def fetches_at(self):
        """Return when the reading was asked for."""
        cron = self.env.ref("kolleno_netsuite.ir_cron_fetch")
        return self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).mapped("call_at")

    def test_shorter_interval_counts_from_the_last_read_and_starts_the_reading_in_time(self):
        streams = {stream.record_type: stream for stream in self.connection.stream_ids}
        customers, invoices, failed = (streams[n] for n in ("customer", "invoice", "creditmemo"))
        self.connection.interval_minutes = 1440
        customers.interval_minutes = 600
        self.connection.stream_ids.next_read_at = False
        self.drive(self.connection)
        self.assertEqual((self.due_in(invoices), self.due_in(customers)), (1440, 600))
        waits = fields.Datetime.now() + timedelta(hours=3)
        failed.write({"failures": 2, "next_read_at": waits})
        self.connection.history_next_try = last = fields.Datetime.now() + timedelta(minutes=1440)

        self.connection.interval_minutes = 5

        self.assertEqual((self.due_in(invoices), self.due_in(customers)), (5, 600))
        self.assertEqual(failed.next_read_at, waits)
        self.assertEqual(last - self.connection.history_next_try, timedelta(minutes=1435))
        self.assertIn(invoices.next_read_at, self.fetches_at())
        customers.interval_minutes = 60
        self.assertEqual(self.due_in(customers), 60)
        self.assertIn(customers.next_read_at, self.fetches_at())
        # Back to the connection's own; a longer one counts from the next read on.
        customers.interval_minutes = 0
        self.connection.interval_minutes = 1440
        self.assertEqual((self.due_in(invoices), self.due_in(customers)), (5, 5))
        self.simulator.clear_requests()
        with self.at(fields.Datetime.now() + timedelta(minutes=5)):
            self.env["netsuite.connection"]._cron_fetch()
        self.assertTrue(self.queries("customer"))

    def test_each_type_keeps_its_own_interval_through_an_hour_of_crons(self):
        streams = {stream.record_type: stream for stream in self.connection.stream_ids}
        (streams["customer"] | streams["contact"]).interval_minutes = 24 * 60
        self.connection.interval_minutes = 15
        start = fields.Datetime.now()
        self.connection.stream_ids.next_read_at = start
        self.simulator.clear_requests()

        for minute in range(60):
            with self.at(start + timedelta(minutes=minute)):
                self.env["netsuite.connection"]._cron_fetch()
                self.env["netsuite.connection"]._cron_book()

        self.assertEqual(len(self.queries("CustInvc")), 4)
        self.assertEqual(len(self.queries("FROM customer c")), 1)
        self.assertEqual(len(self.queries("FROM contact n")), 1)

    def test_interval_of_nothing_is_refused_in_words(self):
        for minutes in (0, -5):
            with self.subTest(minutes=minutes), self.assertRaises(ValidationError):
                self.connection.interval_minutes = minutes

    def test_changed_interval_is_in_the_chatter(self):
        connection = self.connection.with_context(tracking_disable=False)
        stream = connection.stream_ids.filtered(lambda s: s.record_type == "invoice")

        stream.interval_minutes = 60

        self.assertIn(
            "Invoices are read every 60 minutes.", connection.message_ids[0].body.striptags()
        )

    def test_rows_per_call_are_those_of_the_setting(self):
        for number in range(55):
            self.invoice(self.customer_id, 10 + number)
        self.connection.page_size = 50
        self.simulator.clear_requests()

        self.drive(self.connection)

        headers = [
            call for call in self.queries("CustInvc") if "FROM transaction t" in call["body"]
        ]
        self.assertEqual(len(headers), 2)
        self.assertTrue(all("limit=50" in call["query"] for call in headers))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.connection.page_size = 49
            self.connection.flush_recordset()

    # === BUSINESS HOURS === #

    def test_outside_business_hours_nothing_is_asked(self):
        self.connection.write(
            {"hours_limited": True, "hours_from": 9, "hours_to": 17, "hours_weekdays": True}
        )
        for now, asked in (
            (moment("2026-11-25 08:59:00"), False),
            (moment("2026-11-25 09:00:00"), True),
            (moment("2026-11-25 16:59:00"), True),
            (moment("2026-11-25 17:00:00"), False),
            (moment("2026-11-28 12:00:00"), False),  # a Saturday
        ):
            with self.subTest(now=now), self.at(now):
                self.connection.stream_ids.next_read_at = False
                self.simulator.clear_requests()

                self.env["netsuite.connection"]._cron_fetch()
                self.env["netsuite.connection"]._cron_book()

                self.assertEqual(bool(self.simulator.requests()), asked)

    def test_synchronise_works_outside_business_hours(self):
        self.connection.write({"hours_limited": True, "hours_from": 9, "hours_to": 17})
        with self.at(moment("2026-11-25 22:00:00")):
            self.simulator.clear_requests()
            self.connection.action_synchronise()

            self.env["netsuite.connection"]._cron_fetch()

            self.assertTrue(self.simulator.requests())

    def test_business_hours_follow_the_zone_of_the_schedule(self):
        self.connection.write(
            {
                "hours_limited": True,
                "hours_from": 9,
                "hours_to": 17,
                "schedule_tz": "America/New_York",
            }
        )
        with self.at(moment("2026-11-25 13:00:00")):
            self.assertFalse(self.connection._in_business_hours())
        with self.at(moment("2026-11-25 14:00:00")):
            self.assertTrue(self.connection._in_business_hours())

    # === PAUSE === #

    def test_paused_until_tomorrow_makes_no_call_and_goes_on_by_itself(self):
        start = fields.Datetime.now()
        pause = Form(
            self.env["netsuite.pause"].with_context(**self.connection.action_pause()["context"])
        )
        pause.reason = "NetSuite is being upgraded"
        pause.until = start + timedelta(days=1)
        pause.save().action_pause()
        self.simulator.clear_requests()

        for hours in (1, 12, 23):
            with self.at(start + timedelta(hours=hours)):
                self.env["netsuite.connection"]._cron_fetch()
                self.env["netsuite.connection"]._cron_daily()
                self.env["netsuite.connection"]._cron_heal()
        self.assertFalse(self.simulator.requests())
        self.assertIn("NetSuite is being upgraded", self.connection.state_reason)

        with self.at(start + timedelta(hours=24, minutes=1)):
            self.env["netsuite.connection"]._cron_fetch()

        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.pause_reason)
        self.assertTrue(self.simulator.requests())

    def test_pause_in_the_past_is_refused(self):
        with self.assertRaises(ValidationError):
            self.env["netsuite.pause"].create(
                {
                    "connection_id": self.connection.id,
                    "reason": "x",
                    "until": fields.Datetime.now() - timedelta(minutes=1),
                }
            )

    def test_resynchronising_while_paused_asks_first_and_leaves_the_pause(self):
        record = self.record_of(self.connection, "invoice", self.invoice_id)
        self.connection._pause("Month end")
        self.simulator.clear_requests()

        with self.assertRaises(RedirectWarning) as asked:
            record.action_resync()
        self.assertFalse(self.simulator.requests())
        _message, action, _button, context = asked.exception.args
        self.env["ir.actions.server"].browse(action).with_context(**context).run()

        self.assertTrue(self.simulator.requests())
        self.assertEqual(self.connection.state, "paused")

    def test_only_administrators_pause(self):
        accountant = new_test_user(
            self.env,
            "pausing.accountant",
            groups="kolleno_netsuite.group_netsuite_accountant",
            company_id=self.main_company.id,
            company_ids=[(6, 0, self.main_company.ids)],
        )

        with self.assertRaises(AccessError):
            self.connection.with_user(accountant).action_pause()

    # === DAILY CHECK === #

    def test_changed_hour_moves_the_daily_cron(self):
        cron = self.env.ref("kolleno_netsuite.ir_cron_daily")
        with self.at(moment("2026-11-25 12:00:00")):
            self.connection.write({"daily_hour": 4.5, "schedule_tz": "Europe/Berlin"})

            self.assertEqual(self.connection.daily_next_at, moment("2026-11-26 03:30:00"))
            self.assertEqual(cron.nextcall, moment("2026-11-26 03:30:00"))

    def test_daily_check_runs_once_at_its_hour(self):
        with self.at(moment("2026-11-25 12:00:00")):
            self.connection._plan_daily()
        runs = [("connection_id", "=", self.connection.id), ("kind", "=", "daily")]
        for now, expected in (
            (moment("2026-11-26 01:59:00"), 0),
            (moment("2026-11-26 02:01:00"), 1),
            (moment("2026-11-26 03:01:00"), 1),
            (moment("2026-11-27 02:01:00"), 2),
        ):
            with self.subTest(now=now), self.at(now):
                self.env["netsuite.connection"]._cron_daily()

                self.assertEqual(self.env["netsuite.run"].search_count(runs), expected)

    def test_daily_check_counts_what_the_regular_reads_missed(self):
        self.simulator.act(
            "edit",
            type="invoice",
            id=self.invoice_id,
            body={"memo": "Saved late"},
            stamp=(self.simulator.account.clock.now() - timedelta(hours=10)).isoformat(),
        )
        self.later(3600)
        self.drive(self.connection)
        move = self.record_of(self.connection, "invoice", self.invoice_id)._target()
        self.assertNotIn("Saved late", move.narration or "")

        self.connection._drive_daily()

        self.assertIn("Saved late", move.narration)
        run = self.connection.missed_run_id
        self.assertEqual(run.missed, 1)
        self.assertIn("1 Invoices", self.connection.missed_text)

    def test_open_items_check_finds_a_payment_that_moved_no_date(self):
        """Two changes that leave the customer's sums alone, and no date within the look-back."""
        other = self.invoice(self.customer_id, 100, days_ago=30)
        payment = self.payment(self.customer_id, 60, apply={self.invoice_id: 60}, days_ago=10)
        self.later(3600)
        self.drive(self.connection)
        self.simulator.switches(unapply_touches="none", apply_touches_invoice=False)
        self.silent_swap(payment, self.invoice_id, other)
        self.later(3600)
        self.connection.lookback_days = 1
        moves = [
            self.record_of(self.connection, "invoice", each)._target()
            for each in (self.invoice_id, other)
        ]
        self.drive(self.connection)
        self.assertEqual([move.amount_residual for move in moves], [40, 100])

        self.connection._drive_daily()
        self.drive(self.connection)

        self.assertEqual([move.amount_residual for move in moves], [100, 40])
        self.assertGreaterEqual(self.connection.missed_run_id.missed, 2)
        self.assert_in_step(self.connection)

    def test_invoice_paid_yesterday_that_was_missed_is_corrected_and_counted(self):
        payment = self.payment(self.customer_id, 60, days_ago=10)
        self.later(3600)
        self.drive(self.connection)
        self.apply_silently(payment, self.invoice_id, 60, hours_ago=24)
        self.later(3600)
        self.drive(self.connection)
        move = self.record_of(self.connection, "invoice", self.invoice_id)._target()
        self.assertEqual(move.amount_residual, 100)

        self.connection._drive_daily()

        self.assertEqual(move.amount_residual, 40)
        self.assertGreaterEqual(self.connection.missed_run_id.missed, 1)
        self.assert_in_step(self.connection)

    def test_change_before_the_look_back_is_found_on_open_documents_only(self):
        closed = self.invoice(self.customer_id, 80, days_ago=30)
        self.payment(self.customer_id, 80, apply={closed: 80}, days_ago=10)
        payment = self.payment(self.customer_id, 60, days_ago=10)
        self.later(3600)
        self.drive(self.connection)
        self.apply_silently(payment, self.invoice_id, 60, hours_ago=3 * 24)
        self.simulator.act(
            "edit", type="invoice", id=closed, body={"memo": "Late"}, stamp=self.stamp(3 * 24)
        )
        self.later(3600)
        self.assertEqual(self.connection.lookback_days, 2)

        self.connection._drive_daily()

        moves = [
            self.record_of(self.connection, "invoice", each)._target()
            for each in (closed, self.invoice_id)
        ]
        self.assertNotIn("Late", moves[0].narration or "")
        self.assertEqual(moves[1].amount_residual, 40)

    def stamp(self, hours_ago):
        """Return a moment of NetSuite's clock."""
        return (self.simulator.account.clock.now() - timedelta(hours=hours_ago)).isoformat()

    def apply_silently(self, payment, invoice, amount, hours_ago):
        """Apply a payment with a date that the regular windows have passed."""
        self.simulator.switches(apply_touches_invoice=False)
        stamp = self.stamp(hours_ago)
        self.simulator.act("apply", payer=payment, doc=invoice, amount=amount, stamp=stamp)

    def test_open_items_check_is_left_out_when_switched_off(self):
        self.connection.daily_open_items = False
        self.simulator.clear_requests()

        self.connection._drive_daily()

        self.assertFalse(
            [call for call in self.queries("foreignamountunpaid") if "tranid" not in call["body"]]
        )

    def test_open_items_check_costs_a_call_per_page_of_open_items(self):
        for number in range(7):
            self.invoice(self.customer_id, 10 + number)
        self.drive(self.connection)
        self.small_pages(4)
        self.simulator.clear_requests()

        self.connection._drive_daily()

        checks = [
            call
            for call in self.queries("foreignamountunpaid <> 0")
            if "tranid" not in call["body"] and "CustInvc" in call["body"]
        ]
        self.assertEqual(len(checks), 2)  # eight open invoices, four to a page
        self.assertFalse(
            [call for call in self.simulator.requests() if "/record/v1/" in call["path"]]
        )

    def silent_swap(self, payment, old, new):
        """Apply a payment to another invoice with dates that no window reaches."""
        stamp = self.stamp(9 * 24)
        self.simulator.act("unapply", payer=payment, doc=old, stamp=stamp)
        self.simulator.act("apply", payer=payment, doc=new, amount=60, stamp=stamp)

    def test_calls_only_sign_in_otherwise(self):
        """What the counting above leaves out is the sign-in, and nothing else."""
        self.simulator.clear_requests()

        self.connection._drive_daily()

        others = {call["path"] for call in self.simulator.requests()} - {QUERY, TOKEN_PATH}
        self.assertFalse([path for path in others if "/record/v1/" in path])
