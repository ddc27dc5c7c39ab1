from unittest.mock import patch

from odoo import fields
from odoo.addons.mail.models.mail_thread import MailThread
from odoo.exceptions import UserError
from odoo.tests import mute_logger, tagged

from ..support.trouble_case import DRIVING_LOG, SQL_LOG, TroubleCase


@tagged("post_install", "-at_install")
class TestDriving(TroubleCase):
    """One connection's unforeseen error keeps no other one from being served."""

    def assert_told(self, connection, work):
        issue = self.open_issues(connection, "program")
        self.assertEqual(issue.key, f"driver:{work}")
        self.assertIn("RaiseException: The ledger is jammed", issue.title)
        self.assertTrue(issue.advice)
        self.assertEqual(connection.state, "connected")

    # === EACH CRON === #

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_reading_goes_on_with_the_next_connection(self):
        broken = self.broken_connection()
        self.break_table("netsuite_run", "INSERT", f"NEW.connection_id = {broken.id}")
        invoice = self.new_invoice()

        self.cron("fetch")

        self.assertTrue(self.record_of(self.connection, "invoice", invoice))
        self.assert_told(broken, "fetch")
        self.assertFalse(self.open_issues(self.connection))

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_booking_goes_on_with_the_next_connection_and_the_open_run_ends(self):
        broken = self.broken_connection()
        run = broken._open_run()
        self.env["netsuite.record"].create(
            {"connection_id": broken.id, "record_type": "term", "internal_id": 1, "payload": {}}
        )
        jam = self.break_table("netsuite_record", "UPDATE", f"NEW.connection_id = {broken.id}")
        record = self.new_record()

        self.cron("book")

        self.assertEqual(self.tries(jam), 1)
        self.assertEqual(record.state, "booked")
        self.assert_told(broken, "book")
        self.assertEqual(run.state, "failed")
        self.assertIn("The ledger is jammed", run.message)

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_daily_check_goes_on_with_the_next_connection_and_is_done_later(self):
        broken = self.broken_connection()
        jam = self.break_table("netsuite_run", "INSERT", f"NEW.connection_id = {broken.id}")
        now = fields.Datetime.now()
        (broken | self.connection).daily_next_at = now

        self.cron("daily")

        self.assertTrue(self.connection.run_ids.filtered(lambda run: run.kind == "daily"))
        self.assertGreater(self.connection.daily_next_at, now)
        self.assert_told(broken, "daily")
        self.mend(jam)
        broken.private_key = False  # it would ask the simulator for another account
        broken.state = "connected"
        with self.minutes_later(2):
            self.cron("daily")
        self.assertEqual(broken.state, "reconnect")

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_healing_goes_on_with_the_next_connection_and_with_its_other_steps(self):
        broken = self.broken_connection()
        runs = [each._open_run() for each in (broken, self.connection)]
        blocked = self.env["netsuite.record"].create(
            {
                "connection_id": broken.id,
                "record_type": "term",
                "internal_id": 1,
                "payload": {},
                "state": "blocked",
            }
        )
        self.env.flush_all()
        for table in ("netsuite_run", "netsuite_record"):
            self.env.cr.execute(f"UPDATE {table} SET write_date = '2020-01-01'")
        self.env.invalidate_all()
        self.break_table(
            "netsuite_run",
            "UPDATE",
            f"NEW.connection_id = {broken.id} AND NEW.state = 'failed'",
        )

        self.cron("heal")

        self.assertEqual([run.state for run in runs], ["running", "failed"])
        self.assertEqual(blocked.state, "pending")
        self.assert_told(broken, "heal")

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_comparison_goes_on_with_the_next_connection(self):
        broken = self.broken_connection()
        broken.stream_ids.phase = "regular"
        today = self.connection._weekday(fields.Datetime.now())
        (broken | self.connection).comparison_weekday = today
        self.break_table("netsuite_run", "INSERT", f"NEW.connection_id = {broken.id}")

        self.cron("compare")

        self.assertEqual(self.connection._last_comparison().state, "done")
        self.assert_told(broken, "compare")

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_discovery_goes_on_with_the_next_connection(self):
        broken = self.broken_connection(types_to_discover=["customer", "invoice"])
        self.connection.types_to_discover = ["customer"]
        self.break_table(
            "netsuite_connection",
            "UPDATE",
            f"NEW.id = {broken.id} AND NEW.discovery_note IS NOT NULL",
        )

        self.cron("discover")

        self.assertFalse(self.connection.types_to_discover)
        self.assertTrue(self.connection.field_count)
        self.assert_told(broken, "discover")

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_document_that_meets_an_unforeseen_error_costs_itself_only(self):
        jammed, other = self.new_record(10), self.new_record(20)
        self.connection._drive_book()
        self.connection.pdf_in_advance = True
        self.break_table(
            "netsuite_record", "UPDATE", f"NEW.id = {jammed.id} AND NEW.pdf_state IS NOT NULL"
        )

        self.cron("documents")

        self.assertTrue(other.pdf_state)
        self.assertFalse(jammed.pdf_state)
        self.assert_told(self.connection, "documents")

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_held_mail_that_meets_an_unforeseen_error_costs_itself_only(self):
        records = self.new_record(10) | self.new_record(20)
        self.connection._drive_book()
        jammed, other = (record._target() for record in records)
        for move in (jammed, other):
            # Nothing is sent of an entry that is not posted: held, and let go of.
            move.with_context(netsuite_import=True).button_draft()
            move.netsuite_held_at = fields.Datetime.now()
        self.break_table(
            "account_move", "UPDATE", f"NEW.id = {jammed.id} AND NEW.netsuite_held_at IS NULL"
        )

        self.cron("documents")

        self.assertTrue(jammed.netsuite_held_at)
        self.assertFalse(other.netsuite_held_at)
        self.assert_told(self.connection, "held")

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_resynchronisation_that_meets_an_unforeseen_error_costs_itself_only(self):
        records = self.new_record(10) | self.new_record(20)
        self.connection._drive_book()
        self.env["netsuite.resync"]._request(records, at_once=False)
        first, second = self.env["netsuite.resync"].search([], order="id")
        self.break_table("netsuite_resync", "UPDATE", f"NEW.id = {first.id} AND NEW.state = 'done'")

        self.cron("fetch")

        self.assertEqual((first.state, second.state), ("failed", "done"))
        self.assertIn("The ledger is jammed", first.message)

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_error_that_cannot_even_be_noted_keeps_nobody_from_being_served(self):
        broken = self.broken_connection()
        for table in ("netsuite_run", "netsuite_issue"):
            self.break_table(table, "INSERT", f"NEW.connection_id = {broken.id}")
        invoice = self.new_invoice()

        self.cron("fetch")

        self.assertTrue(self.record_of(self.connection, "invoice", invoice))
        self.assertFalse(self.open_issues(broken))

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_error_is_met_less_and_less_often_and_its_issue_closes_itself(self):
        jam = self.break_table("netsuite_record", "UPDATE", "NEW.attempts > 0")
        record = self.new_record()

        for minute in range(60):
            with self.minutes_later(minute):
                self.cron("book")
        often = self.tries(jam)
        listed = len(self.open_issues(self.connection, "program"))
        self.mend(jam)
        with self.minutes_later(24 * 60):
            self.cron("book")

        self.assertEqual(
            often, 5
        )  # at once, with the next cron, 1, 5 and 15 minutes later, then hourly
        self.assertEqual(listed, 1)
        self.assertEqual(record.state, "booked")
        self.assertFalse(self.open_issues(self.connection))
        self.assertFalse(self.connection.setbacks)

    @mute_logger(DRIVING_LOG)
    def test_user_error_of_odoo_is_no_lost_sign_in(self):
        self.connection.types_to_discover = ["customer"]

        with patch.object(MailThread, "_message_log", side_effect=UserError("No chatter today.")):
            self.cron("discover")

        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.activity_ids)
        issue = self.open_issues(self.connection)
        self.assertEqual((issue.kind, issue.key), ("program", "driver:discover"))
        self.assertIn("No chatter today.", issue.title)

    # === STREAMS === #

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_unforeseen_error_of_one_stream_costs_that_stream_only(self):
        jam = self.break_table(
            "netsuite_stream",
            "UPDATE",
            "NEW.record_type = 'term' AND OLD.window_until IS NULL"
            " AND NEW.window_until IS NOT NULL",
        )
        stream = self.connection.stream_ids.filtered(lambda each: each.record_type == "term")
        invoice = self.new_invoice()
        now = fields.Datetime.now()

        for _cron in range(3):
            self.cron("fetch")
            self.cron("book")
        once = self.tries(jam)
        issue = self.open_issues(self.connection, "program")

        self.assertEqual(once, 1)
        self.assertEqual(issue.key, "stream:term")
        self.assertIn("Terms", issue.title)
        self.assertIn("The ledger is jammed", issue.title)
        self.assertGreater(stream.next_read_at, now)
        self.assertEqual(self.record_of(self.connection, "invoice", invoice).state, "booked")
        self.assertEqual(self.connection.run_ids[0].state, "done")
        self.mend(jam)
        self.drive(self.connection)
        self.assertFalse(self.open_issues(self.connection))
        self.assertFalse(stream.last_error)

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_deletions_that_cannot_be_followed_stop_no_stream(self):
        jam = self.break_table(
            "netsuite_connection", "UPDATE", "NEW.deletions_read_until <> OLD.deletions_read_until"
        )
        invoice = self.new_invoice()

        self.cron("fetch")

        self.assertTrue(self.record_of(self.connection, "invoice", invoice))
        self.assert_told(self.connection, "deletions")
        self.mend(jam)
        self.drive(self.connection)
        self.assertFalse(self.open_issues(self.connection, "program"))
