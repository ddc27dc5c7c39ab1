from unittest.mock import patch

from odoo.tests import tagged

from ...client import transport
from ...models.removal.removal import Removal
from ..support.deletion_case import DeletionCase


@tagged("post_install", "-at_install")
class TestDeletionStream(DeletionCase):
    """Nothing leaves the books without NetSuite's own word, whatever it does not show."""

    # === WHERE NETSUITE DOES NOT TELL === #

    def test_without_ids_the_record_is_found_by_its_name_and_asked_for(self):
        self.simulator.switches(deletedrecord_recordid=False)
        open_invoice, paid = self.target("invoice", self.open), self.target("invoice", self.paid)
        self.simulator.act("delete", id=self.open)
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertEqual(open_invoice.state, "cancel")
        self.assertEqual(paid.state, "posted")
        self.assertEqual(self.connection.deletions_missing_columns, ["recordid"])
        reads = [c["path"] for c in self.simulator.requests() if "/record/v1/invoice/" in c["path"]]
        self.assertEqual(len(reads), 1)

    def test_without_ids_a_record_that_is_there_stays(self):
        self.simulator.switches(deletedrecord_recordid=False)
        number = self.target("invoice", self.open).name
        self.pretend_deleted("invoice", 0, name=f"Invoice #{number}")

        self.drive(self.connection)

        record = self.record_of(self.connection, "invoice", self.open)
        self.assertEqual((record._target().state, record.removal_step), ("posted", False))

    def test_role_without_the_permission_gets_a_banner_and_the_sync_goes_on(self):
        self.simulator.fault("permission_missing", times=None, record="deletedrecord")
        self.simulator.act("delete", id=self.open)
        newcomer = self.invoice(self.owner, 5)
        move = self.target("invoice", self.open)

        self.drive(self.connection)
        hidden, state = self.connection.deletions_hidden_since, move.state
        issue = self.open_issues(self.connection, "permission")
        self.connection._drive_daily()
        self.connection._drive_heal()

        self.assertTrue(hidden)
        self.assertIn("Deleted Records (View)", issue.advice)
        self.assertEqual(self.target("invoice", newcomer).state, "posted")
        # The open-items check asks for what NetSuite no longer shows.
        self.assertEqual((state, move.state), ("posted", "cancel"))

    def test_permission_that_is_given_later_leaves_no_gap(self):
        self.simulator.fault("permission_missing", times=None, record="deletedrecord")
        self.simulator.act("delete", id=self.open)
        self.drive(self.connection)
        self.later(86400)
        self.drive(self.connection)
        self.simulator.clear_faults()

        self.drive(self.connection)

        self.assertEqual(self.target("invoice", self.open).state, "cancel")
        self.assertFalse(self.connection.deletions_hidden_since)
        self.assertFalse(self.open_issues(self.connection, "permission"))

    def test_deletions_are_not_asked_for_when_switched_off(self):
        self.connection.track_deletions = False
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertFalse(self.deletion_calls())

    # === NEVER WITHOUT A POSITIVE SIGNAL === #

    def test_failing_or_refused_reads_close_nothing(self):
        self.enterContext(patch.object(transport, "BACK_OFF", (0.0,) * 5))
        client = self.connection._client()
        for fault, match in (("500", "suiteql"), ("permission_missing", None)):
            with self.subTest(fault):
                more = {"match": match} if match else {"record": "invoice"}
                self.simulator.fault(fault, times=None, **more)
                self.drive(self.connection)
                self.simulator.clear_faults()
                self.connection.stream_ids.write({"next_read_at": False, "failures": 0})
        self.simulator.fault("permission_missing", times=None, record="invoice")
        self.record_of(self.connection, "invoice", self.open).removal_step = "suspected"
        Removal(self.connection).ask_for_suspected(client)

        self.assertEqual(self.target("invoice", self.open).state, "posted")
        self.assertFalse(self.record_of(self.connection, "invoice", self.open).removal_step)

    def test_record_that_comes_back_is_listed_and_not_booked_by_itself(self):
        self.env["netsuite.booking"]._remove(self.record_of(self.connection, "invoice", self.open))
        move = self.target("invoice", self.open)
        self.simulator.act("edit", type="invoice", id=self.open, body={"memo": "back again"})

        self.drive(self.connection)
        issue = self.open_issues(self.connection, "removal")
        state = move.state
        issue.action_fix()
        self.connection._drive_book()

        self.assertEqual(state, "cancel")
        self.assertIn("shows records again that it had deleted", issue.title)
        self.assertEqual((move.state, issue.state), ("posted", "solved"))
        self.assert_in_step(self.connection)

    def test_many_deletions_stop_and_go_on_when_somebody_confirms(self):
        many = [self.invoice(self.owner, 10 + number) for number in range(12)]
        self.drive(self.connection)
        for invoice in many:
            self.simulator.act("delete", id=invoice)

        self.drive(self.connection)
        issue = self.open_issues(self.connection, "removal")
        count, before = issue.record_count, {self.target("invoice", i).state for i in many}
        issue.action_fix()
        self.drive(self.connection)

        self.assertEqual((count, before), (12, {"posted"}))
        self.assertIn("12 at once", issue.advice)
        self.assertEqual({self.target("invoice", each).state for each in many}, {"cancel"})
        self.assertEqual(issue.state, "solved")
        self.assert_in_step(self.connection)

    def test_deletion_that_odoo_refuses_is_listed_and_the_rest_goes_on(self):
        move, memo = self.target("invoice", self.open), self.target("creditmemo", self.memo)
        move.journal_id.active = False
        self.main_company.fiscalyear_lock_date = self.day(10)
        self.simulator.act("delete", id=self.open)
        self.simulator.act("delete", id=self.settling)
        payment = self.target("customerpayment", self.settling)

        self.drive(self.connection)

        self.assertEqual(payment.state, "canceled")
        record = self.record_of(self.connection, "invoice", self.open)
        self.assertIn(record.state, ("failed", "removed"))
        self.assertEqual(memo.state, "posted")

    # === HOW MUCH IS ASKED === #

    def test_one_call_per_synchronisation_whatever_is_deleted(self):
        self.drive(self.connection)
        self.simulator.clear_requests()
        self.drive(self.connection)
        quiet = len(self.deletion_calls())
        for each in (self.open, self.settling, self.memo):
            self.simulator.act("delete", id=each)
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertEqual((quiet, len(self.deletion_calls())), (1, 1))
