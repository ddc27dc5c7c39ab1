from unittest.mock import patch

from odoo.tests import tagged

from ...client.transport import Transport
from ..support.writeback_fault_case import SETTLED, WritebackFaultCase


@tagged("post_install", "-at_install")
class TestLostAnswers(WritebackFaultCase):
    """Nobody knows whether NetSuite carried a request out: it is looked up, never guessed."""

    def steps(self, row):
        return row.attempt_ids.mapped("kind")

    def test_answer_is_lost_after_the_commit_and_nothing_is_sent_again(self):
        self.fault("commit_then_drop", match="PATCH")
        row = self.stage("L2")

        self.write()
        self.assertEqual(row.state, "ambiguous")
        self.write_after(2)

        self.assert_once(row, "L2")
        self.assertEqual(self.steps(row), ["send", "look_up"])

    def test_netsuite_falls_silent_after_the_commit_and_nothing_is_sent_again(self):
        self.fault("commit_then_silence", seconds=2, match="PATCH")
        row = self.stage("L2")

        # A number that is not to be waited for.
        with patch.dict(Transport.__init__.__kwdefaults__, read_timeout=0.5):
            self.write()
        self.assertEqual((row.state, row.attempt_ids.code), ("ambiguous", "READ_TIMEOUT"))
        self.write_after(2)

        self.assert_once(row, "L2")

    def test_connection_breaks_before_netsuite_read_anything_and_it_is_sent_when_that_is_sure(self):
        self.fault("drop_before", match="PATCH")
        row = self.stage("L2")

        self.write()
        for minutes in (2, 4):
            self.write_after(minutes)
            self.assertEqual(row.state, "ambiguous")
        self.assertFalse(self.netsuite())
        self.write_after(SETTLED)

        self.assert_once(row, "L2", calls=2)
        self.assertEqual(self.steps(row), ["send", *["look_up"] * 3, "send", "read_back"])

    def test_look_ups_wait_until_they_are_due(self):
        self.fault("drop_before", match="PATCH")
        self.stage("L2")
        self.write()
        self.simulator.clear_requests()

        for _round in range(3):
            self.write()

        self.assertFalse(self.simulator.requests())

    def test_answer_without_a_meaning_is_looked_up(self):
        for fault in ("500", "502_html", "html_200"):
            with self.subTest(fault):
                self.simulator.clear_requests()
                self.fault(fault, match="PATCH")
                row = self.stage(f"after {fault}")

                self.write()
                self.assertEqual(row.state, "ambiguous")
                self.write_after(SETTLED)

                self.assert_once(row, f"after {fault}", calls=2)

    def test_503_twice_is_told_in_the_story(self):
        self.fault("503", times=2, match="PATCH")
        row = self.stage("L2")

        self.write()
        self.write_after(SETTLED)
        self.write_after(SETTLED)

        self.assert_once(row, "L2", calls=3)
        sent = row.attempt_ids.filtered(lambda step: step.kind == "send")
        self.assertEqual((row.attempts, sent.mapped("status")), (3, [503, 503, 0]))

    def test_request_that_never_gets_an_answer_fails_after_five_tries(self):
        self.fault("502_html", times=None, match="PATCH")
        row = self.stage("L2")

        self.write()
        for _try in range(5):
            self.write_after(SETTLED)

        self.assert_not_written(row, "failed")
        self.assertEqual((row.attempts, len(self.patches())), (5, 5))
        self.assertEqual(len(self.open_issues(self.connection, "writeback")), 1)
        self.simulator.clear_faults()
        row.action_retry()
        self.write()
        self.assert_once(row, "L2", calls=6)

    def test_late_commit_is_found_by_a_later_look_up(self):
        for seconds in (30, 4 * 60, 14 * 60):
            with self.subTest(seconds=seconds):
                self.simulator.clear_requests()
                self.fault("late_commit", seconds=seconds)
                row = self.stage(f"after {seconds}")

                self.write()
                for minutes in (1, 4, 11):
                    self.write_after(minutes)

                self.assert_once(row, f"after {seconds}")

    def test_late_commit_that_never_comes_is_sent_again_once_that_is_sure(self):
        self.fault("late_commit", seconds=900)
        row = self.stage("L2")
        self.write()
        self.simulator.clear_pending()

        for minutes in (1, 4):
            self.write_after(minutes)
        self.assert_not_written(row, "ambiguous")
        self.write_after(11)

        self.assert_once(row, "L2", calls=2)

    def test_later_change_of_the_same_record_waits_until_the_first_is_sure(self):
        self.fault("late_commit", seconds=14 * 60)
        first = self.stage("L2")
        self.write()
        second = self.stage("L3")

        self.write_after(5)
        self.assertEqual((first.state, second.state), ("ambiguous", "queued"))
        self.assertIn(first.summary, second.hold_reason)
        self.write_after(SETTLED)

        self.assertEqual((first.state, second.state), ("confirmed", "confirmed"))
        self.assertEqual(self.netsuite(), "L3")
        self.assertEqual(self.patches(), [{"custbody_stage": "L2"}, {"custbody_stage": "L3"}])

    def test_answer_is_lost_and_an_accountant_changes_the_field_and_it_stays_his(self):
        self.fault("commit_then_drop", match="PATCH")
        row = self.stage("L2")
        self.write()
        self.edit(self.number, custbody_stage="legal")

        self.write_after(SETTLED)

        self.assert_not_written(row, "conflict", "legal")
        self.assertEqual(len(self.patches()), 1)

    def test_record_that_cannot_be_looked_at_any_more_is_not_asked_about_without_end(self):
        self.fault("commit_then_drop", match="PATCH")
        row = self.stage("L2")
        self.write()
        self.fault("right_lost", record="invoice")
        self.simulator.clear_requests()

        self.write_after(SETTLED)

        self.assertIn(row.state, ("ambiguous", "blocked"))
        self.assertLess(len(self.simulator.requests()), 10)
        self.simulator.clear_faults()
        self.write_after(24 * 60)
        self.assertEqual((row.state, self.netsuite()), ("confirmed", "L2"))
        self.assertFalse(self.patches())


@tagged("post_install", "-at_install")
class TestStorms(WritebackFaultCase):
    """What all rows meet is no row's fault: none fails, few calls are made, all goes on later."""

    def assert_all_once(self, rows, value):
        self.assertEqual(set(rows.mapped("state")), {"confirmed"}, rows.mapped("error"))
        for row in rows:
            self.assertEqual(self.netsuite(internal_id=row.netsuite_internal_id), value)

    def test_storm_of_429_fails_nothing_and_asks_little(self):
        rows = self.stage("L2", self.more_invoices(8))
        self.fault("429", times=None, match="PATCH")

        for minutes in (0, 1, 5, 15, 60, 360, 360, 360):
            self.write_after(minutes)

        self.assertEqual(set(rows.mapped("state")), {"queued"})
        self.assertLessEqual(len(self.writes()), 8 * 5)
        self.simulator.clear_faults()
        self.simulator.clear_requests()
        for _round in range(3):
            self.write_after(360)
        self.assert_all_once(rows, "L2")
        self.assertEqual(len(self.writes()), 8)
        self.drive(self.connection)
        self.assertFalse(self.open_issues(self.connection))

    def test_short_storm_is_over_after_minutes(self):
        rows = self.stage("L2", self.more_invoices(8))
        self.fault("400_concurrency", times=4, match="PATCH")

        self.write()
        for _minute in range(3):
            self.write_after(2)

        self.assert_all_once(rows, "L2")
        self.assertEqual(len(self.writes()), 8 + 4)

    def test_outage_in_the_middle_stops_after_a_few_calls(self):
        rows = self.stage("L2", self.more_invoices(12))
        self.fault("503", times=None, after=2, match="PATCH")

        self.write()

        self.assertLess(len(self.writes()), 12)
        self.assertIn("queued", rows.mapped("state"))
        self.simulator.clear_faults()
        for _round in range(3):
            self.write_after(SETTLED)
        self.assert_all_once(rows, "L2")

    def test_token_dies_in_the_middle_and_rows_wait_for_the_next_sign_in(self):
        rows = self.stage("L2", self.more_invoices(6))
        self.fault("token_revoked", times=None)
        self.fault("invalid_login", times=None)

        self.write()

        self.assertEqual(self.connection.state, "reconnect")
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        self.assertEqual(set(rows.mapped("attempts")), {0})
        self.simulator.clear_requests()
        self.write_after(60)
        self.assertFalse(self.simulator.requests())
        self.simulator.clear_faults()
        self.connection.action_connect()
        self.write()
        self.assert_all_once(rows, "L2")
        self.assertEqual(len(self.writes()), 6)

    def test_token_is_revoked_between_two_calls_and_rows_wait(self):
        rows = self.stage("L2", self.more_invoices(6))
        self.fault("token_revoked", times=None, after=2, match="PATCH")
        self.fault("token_revoked", times=None, after=7, match="oauth2")

        self.write()

        self.assertNotIn("failed", rows.mapped("state"))
        self.simulator.clear_faults()
        if self.connection.state != "connected":
            self.connection.action_connect()
        self.write_after(1)
        self.assert_all_once(rows, "L2")
        self.assertEqual(len([call for call in self.writes() if call[0] == "PATCH"]) >= 6, True)

    def test_token_expires_between_two_calls_and_is_renewed(self):
        rows = self.stage("L2", self.more_invoices(4))
        self.fault("token_expired_mid_page", match="PATCH", after=1)

        self.write()

        self.assert_all_once(rows, "L2")
        self.assertEqual(self.connection.state, "connected")

    def test_netsuite_does_not_let_itself_be_looked_at_and_nothing_is_sent(self):
        row = self.stage("L2")
        self.fault("503", times=None)

        for _round in range(3):
            self.write_after(10)

        self.assertEqual((row.state, self.writes()), ("queued", []))
        self.simulator.clear_faults()
        self.write_after(60)
        self.assert_once(row, "L2")
