from dateutil.relativedelta import relativedelta
from odoo import fields
from odoo.tests import TransactionCase, tagged

NOW = fields.Datetime.to_datetime("2026-11-25 12:00:00")  # a Wednesday


@tagged("post_install", "-at_install")
class TestFreshness(TransactionCase):
    """When NetSuite is asked next, and what stopped it, as the Overview says."""

    def setUp(self):
        super().setUp()
        self.connection = self.env["netsuite.connection"].create(
            {"name": "Test account", "account_id": "TSTDRV1", "schedule_tz": "UTC"}
        )
        self.connection.state = "connected"
        self.streams = self.connection.stream_ids
        self.streams.next_read_at = "2026-11-25 12:15:00"

    def next_read(self):
        return self.connection._next_read(NOW)

    def test_next_read_is_that_of_the_first_record_type(self):
        self.streams[1].next_read_at = "2026-11-25 12:05:00"

        self.assertEqual(self.next_read(), fields.Datetime.to_datetime("2026-11-25 12:05:00"))

    def test_overdue_read_is_due_now(self):
        self.streams[1].next_read_at = "2026-11-25 11:00:00"
        self.assertEqual(self.next_read(), NOW)
        self.streams[1].next_read_at = False
        self.assertEqual(self.next_read(), NOW)
        self.assertEqual(self.connection.next_read_text, "Next read: now")

    def test_next_read_waits_for_business_hours_and_the_weekend(self):
        self.connection.write(
            {
                "hours_limited": True,
                "hours_from": 9,
                "hours_to": 17,
                "schedule_tz": "America/New_York",
            }
        )
        for due, expected in (
            ("2026-11-25 12:15:00", "2026-11-25 14:00:00"),  # too early in New York
            ("2026-11-25 15:30:00", "2026-11-25 15:30:00"),
            ("2026-11-25 22:00:00", "2026-11-26 14:00:00"),
            ("2026-11-27 22:00:00", "2026-11-30 14:00:00"),  # a Friday evening
        ):
            with self.subTest(due):
                self.streams.next_read_at = due
                self.assertEqual(self.next_read(), fields.Datetime.to_datetime(expected))
        self.connection.hours_weekdays = False
        self.assertEqual(self.next_read(), fields.Datetime.to_datetime("2026-11-28 14:00:00"))

    def test_paused_or_switched_off_reads_nothing_next(self):
        self.connection.fetch_active = False
        self.assertFalse(self.next_read())
        self.assertIn("switched off", self.connection.next_read_text)
        self.connection.fetch_active = True
        self.connection.state = "paused"
        self.assertFalse(self.next_read())
        self.assertFalse(self.connection.next_read_text)

    def test_new_connection_mirrors_a_year_of_closed_documents(self):
        a_year_ago = fields.Date.context_today(self.connection) - relativedelta(months=12)

        self.assertEqual(self.connection.history_start, a_year_ago)

    def test_what_stopped_record_types_is_said_once_with_all_of_them(self):
        self.assertFalse(self.connection.last_error_text)
        of_type = {stream.record_type: stream for stream in self.streams}
        (of_type["invoice"] | of_type["customer"]).last_error = "NetSuite refused it."
        self.connection.invalidate_recordset()

        self.assertEqual(
            self.connection.last_error_text, "Customers, Invoices: NetSuite refused it."
        )
