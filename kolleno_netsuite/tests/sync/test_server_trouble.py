import errno
from unittest.mock import patch

from odoo import fields
from odoo.addons.account.models.account_move import AccountMove
from odoo.tests import mute_logger, tagged

from ...const import POISON_ATTEMPTS
from ..support.trouble_case import (
    CANCELED,
    DISK_FULL,
    DRIVING_LOG,
    OUT_OF_MEMORY,
    SQL_LOG,
    TroubleCase,
)


def signal_time_expired_handler(*_args):
    """Raise as Odoo's server does in a function of this name when a time limit is reached."""
    raise Exception("CPU time limit exceeded.")


@tagged("post_install", "-at_install")
class TestServerTrouble(TroubleCase):
    """What is the server's trouble is no record's and no stream's, and it ends by itself."""

    def assert_not_counted(self, record, mend, words):
        """Let booking meet a trouble more often than a record may be tried, then end it."""
        for run in range(2 * POISON_ATTEMPTS):
            with self.minutes_later(20 * run):
                self.cron("book")
                self.assertEqual((record.state, record.attempts), ("pending", 0))
        issue = self.open_issues(self.connection)
        self.assertEqual((issue.kind, issue.record_count), ("server", 0))
        self.assertEqual(
            issue.title,
            f"{words} Nothing is counted against any record; the work continues automatically.",
        )
        self.assertEqual(self.connection.state, "connected")
        mend()
        with self.minutes_later(24 * 60):
            self.cron("book")
        self.assertEqual(record.state, "booked")
        self.assertFalse(self.open_issues(self.connection))

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_trouble_of_the_database_is_counted_against_no_record(self):
        for code, words in (
            (DISK_FULL, "The server has no disk space left."),
            (OUT_OF_MEMORY, "The server has no memory left."),
            (CANCELED, "The database took too long or was stopped."),
        ):
            with self.subTest(code):
                record = self.new_record()
                jam = self.break_table("account_move", "INSERT", "TRUE", code=code)
                self.assert_not_counted(record, lambda jam=jam: self.mend(jam), words)

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_trouble_of_the_process_is_counted_against_no_record(self):
        def raises(error):
            def post(*_args, **_options):
                raise error

            return post

        for post, words in (
            (raises(MemoryError()), "The server has no memory left."),
            (
                raises(OSError(errno.EIO, "Input/output error")),
                "The server cannot use its files: Input/output error.",
            ),
            (signal_time_expired_handler, "The work took longer than the server allows."),
        ):
            with self.subTest(words):
                record = self.new_record()
                patcher = patch.object(AccountMove, "_post", post)
                patcher.start()
                self.assert_not_counted(record, patcher.stop, words)

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_trouble_of_the_server_is_no_fault_of_a_stream_and_is_tried_after_a_pause(self):
        jam = self.break_table(
            "netsuite_stream", "UPDATE", "NEW.window_until IS NOT NULL", code=DISK_FULL
        )
        invoice = self.new_invoice()

        for _cron in range(5):
            self.cron("fetch")
        tried = self.tries(jam)
        streams = self.connection.stream_ids

        self.assertEqual(tried, 1)
        self.assertFalse(self.triggers("fetch"))
        soon = fields.Datetime.add(fields.Datetime.now(), minutes=2)
        self.assertTrue(self.triggers("fetch", until=soon))
        self.assertFalse(any(streams.mapped("last_error")))
        self.assertFalse(any(streams.mapped("failures")))
        self.assertEqual(self.open_issues(self.connection).kind, "server")
        self.mend(jam)
        with self.minutes_later(2):
            self.cron("fetch")
        self.assertTrue(self.record_of(self.connection, "invoice", invoice))
        self.assertFalse(self.open_issues(self.connection))

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_trouble_of_the_server_is_counted_against_no_resynchronisation(self):
        record = self.new_record()
        self.connection._drive_book()
        self.env["netsuite.resync"]._request(record, at_once=False)
        resync = self.env["netsuite.resync"].search([])
        jam = self.break_table("netsuite_resync", "UPDATE", "NEW.state = 'done'", code=DISK_FULL)

        for run in range(2 * POISON_ATTEMPTS):
            with self.minutes_later(20 * run):
                self.cron("fetch")
        attempts = resync.attempts
        self.mend(jam)
        with self.minutes_later(24 * 60):
            self.cron("fetch")

        self.assertEqual(attempts, 0)
        self.assertEqual(resync.state, "done")

    @mute_logger(DRIVING_LOG, SQL_LOG)
    def test_synchronise_does_not_wait_for_the_end_of_a_setback(self):
        jam = self.break_table(
            "netsuite_stream", "UPDATE", "NEW.window_until IS NOT NULL", code=DISK_FULL
        )
        invoice = self.new_invoice()
        self.cron("fetch")
        self.mend(jam)

        self.connection.action_synchronise()
        self.cron("fetch")

        self.assertTrue(self.record_of(self.connection, "invoice", invoice))
