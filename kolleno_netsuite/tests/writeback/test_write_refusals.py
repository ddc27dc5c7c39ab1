from odoo.tests import tagged

from ..support.writeback_fault_case import WritebackFaultCase

WORDINGS_OF_GONE = ("as_record", "type_incorrect")


@tagged("post_install", "-at_install")
class TestRefusals(WritebackFaultCase):
    """NetSuite says no: nothing is in NetSuite, and who can do something about it knows."""

    def test_record_locked_by_a_workflow_fails_and_goes_on_after_retry(self):
        self.fault("record_locked", times=None)
        row = self.stage("L2")

        self.write()

        self.assert_failed_with(row, "locked by a user defined workflow")
        self.simulator.clear_faults()
        row.action_retry()
        self.write()
        self.assert_once(row, "L2", calls=2)

    def assert_failed_with(self, row, words):
        self.assertEqual(row.state, "failed", row.error)
        self.assertIn(words, row.error)
        issue = self.open_issues(self.connection, "writeback")
        self.assertEqual(issue.writeback_ids, row)
        self.assertEqual(len(issue), 1)

    def test_record_deleted_meanwhile_fails_and_says_so(self):
        moves = self.more_invoices(2)
        for move, wording in zip(moves, WORDINGS_OF_GONE, strict=True):
            with self.subTest(wording):
                self.simulator.switches(missing_transaction=wording)
                row = self.stage("L2", move)
                self.simulator.act("delete", id=row.netsuite_internal_id)

                self.write()

                self.assertEqual(row.state, "failed", row.error)
                self.assertIn(f"NetSuite has no invoice {move.name}", row.error)
                self.assertFalse(self.writes())

    def test_record_deleted_between_look_and_call_fails(self):
        row = self.stage("L2")
        self.fault("changed_meanwhile", match="PATCH", acts=[{"act": "delete", "id": self.number}])

        self.write()

        self.assertEqual(row.state, "failed", row.error)
        self.assertIn("NetSuite has no invoice INV-1044", row.error)
        self.assertEqual(len(self.patches()), 1)

    def test_right_is_lost_and_one_issue_holds_all_until_it_is_back(self):
        for answer in ("unnamed", "named"):
            with self.subTest(answer):
                self.simulator.switches(permission_too_low_answer=answer)
                self.simulator.clear_requests()
                self.fault("right_lost", record="invoice", verb="edit")
                rows = self.stage(answer, self.more_invoices(2) | self.move)

                self.write()

                self.assertEqual(set(rows.mapped("state")), {"blocked"}, rows.mapped("error"))
                issue = self.open_issues(self.connection, "writeback")
                self.assertEqual((len(issue), issue.writeback_ids), (1, rows))
                self.simulator.clear_faults()
                issue.action_retry()
                self.write()
                for row in rows:
                    self.assert_once(row, answer, calls=2)

    def test_script_fails_after_saving_and_it_counts_as_saved(self):
        self.fault("after_submit_error", text="Cannot notify the warehouse.")
        row = self.stage("L2")

        self.write()

        said = (
            "NetSuite saved it although it answered with an error: "
            "Error while accessing a resource. Cannot notify the warehouse."
        )
        self.assert_once(row, "L2", error=said)

    def test_invalid_value_is_told_in_netsuite_s_own_words_wherever_one_looks(self):
        action = self.action(("custbody_carrier", "list", "999"))
        self.run_action(action, self.move)
        row = self.rows()

        self.write()

        self.assertEqual(row.state, "failed")
        answer = next(call for call in self.simulator.requests() if call["method"] == "PATCH")
        self.assertEqual(answer["status"], 400)
        said = row.attempt_ids[:1].answer
        self.assertIn("Invalid", said)
        self.assertEqual(row.error, said)
        issue = self.open_issues(self.connection, "writeback")
        self.assertIn(said, issue.detail)
        self.assertIn(said, self.move.message_ids[:1].body.striptags())
        self.assertFalse(self.netsuite("custbody_carrier"))

    def test_one_bad_row_holds_only_what_follows_on_its_own_record(self):
        moves = self.more_invoices(4)
        rows = self.stage("L2", moves)
        bad = rows.filtered(lambda row: row.record_id == moves[1].netsuite_record_id)
        self.fault("workflow_locked", match="no such call")
        self.fault(
            "record_locked", times=None, to="write", match=f"invoice/{bad.netsuite_internal_id}"
        )
        self.write()
        self.assertEqual(bad.state, "failed", bad.error)

        self.run_action(self.action(("custbody_dispute", "boolean", "yes")), moves)
        self.write()

        self.assertEqual(set((rows - bad).mapped("state")), {"confirmed"})
        later = self.rows() - rows
        self.assertEqual(set(later.mapped("state")), {"confirmed"})
        # What failed takes the new field up, to be sent with it.
        self.assertEqual(bad.value_ids.mapped("field_name"), ["custbody_stage", "custbody_dispute"])

    def test_field_that_netsuite_does_not_know_holds_nobody_else(self):
        action = self.action(("custbody_unheard_of", "text", "x"))
        moves = self.more_invoices(2)
        self.run_action(action, self.move)
        rows = self.stage("L2", moves)

        self.write()

        self.assertEqual(set(rows.mapped("state")), {"confirmed"}, rows.mapped("error"))
        self.assertEqual((self.rows() - rows).state, "failed")

    def test_query_that_netsuite_refuses_stops_nobody(self):
        moves = self.more_invoices(2)
        rows = self.stage("L2", moves)
        self.fault("unsupported_search", times=None, match="custbody_stage")

        self.write()
        for _round in range(3):
            self.write_after(60)

        self.assertEqual(set(rows.mapped("state")), {"confirmed"}, rows.mapped("error"))
