from odoo.tests import tagged

from ..support.writeback_fault_case import SETTLED, WritebackFaultCase


@tagged("post_install", "-at_install")
class TestOtherHands(WritebackFaultCase):
    """Somebody else changes the field: what holds is what the policy says, and it is never lost."""

    def test_netsuite_changed_the_field_since_it_was_meant(self):
        for policy, state, holds, calls in (
            ("ask", "conflict", "N", 0),
            ("netsuite", "cancelled", "N", 0),
            ("odoo", "confirmed", "O", 1),
        ):
            with self.subTest(policy), self.mapped_for_a_while():
                self.map_stage(conflict_policy=policy)
                row = self.say("O")
                self.edit(self.number, custbody_stage="N")

                self.write()

                self.assertEqual((row.state, self.netsuite()), (state, holds), row.error)
                self.assertEqual(len(self.patches()), calls)
                self.drive(self.connection)
                odoo = {"ask": "O", "netsuite": "N", "odoo": "O"}[policy]
                self.assertEqual(self.move.invoice_origin, odoo)

    def test_netsuite_changed_it_between_our_look_and_our_call(self):
        for answer in ("user_error", "status_409"):
            for policy, state, holds in (
                ("ask", "conflict", "N"),
                ("netsuite", "cancelled", "N"),
                ("odoo", "confirmed", "O"),
            ):
                with self.subTest(answer=answer, policy=policy), self.mapped_for_a_while():
                    self.simulator.switches(conflict_answer=answer)
                    self.map_stage(conflict_policy=policy)
                    row = self.say("O")
                    self.fault("second_writer", acts=self.another_act("N"))

                    self.write()
                    self.assertEqual((row.state, row.attempts), ("queued", 1), row.error)
                    self.write_after(2)

                    self.assertEqual((row.state, self.netsuite()), (state, holds), row.error)
                    self.assertEqual(len(self.patches()), 2 if policy == "odoo" else 1)

    def test_last_write_wins_and_it_is_ours_and_read_back(self):
        self.simulator.switches(conflict_answer="last_write_wins")
        self.map_stage()
        row = self.say("O")
        self.fault("second_writer", acts=self.another_act("N"))

        self.write()

        self.assert_once(row, "O")

    def test_somebody_changes_it_right_after_our_call_and_a_person_decides(self):
        self.map_stage()
        row = self.say("O")
        # The read-back is the first query behind the call.
        self.fault("changed_meanwhile", match="suiteql.*f0", after=1, acts=self.another_act("N"))

        self.write()

        self.assert_not_written(row, "conflict", "N")
        self.assertEqual(len(self.patches()), 1)
        row.action_keep_netsuite()
        self.drive(self.connection)
        self.assertEqual((row.state, self.move.invoice_origin), ("cancelled", "N"))

    def test_field_that_netsuite_drops_in_silence_is_found(self):
        self.fault("field_dropped", record="invoice", field="custbody_stage")
        row = self.stage("L2")

        self.write()

        self.assert_not_written(row, "conflict")
        self.assertIn("kept the old value", row.error)
        self.assertEqual(len(self.patches()), 1)
        self.simulator.clear_faults()
        row.action_keep_odoo()
        self.write()
        self.assert_once(row, "L2", calls=2)

    def test_field_that_a_workflow_changes_is_found(self):
        self.fault("field_changed", record="invoice", field="custbody_stage", value="L2 (checked)")
        row = self.stage("L2")

        self.write()

        self.assert_not_written(row, "conflict", "L2 (checked)")
        self.assertIn("stored something else", row.error)
        self.assertEqual(row.value_ids.found_text, "L2 (checked)")
        row.action_keep_netsuite()
        self.write_after(60)
        self.assertEqual((row.state, len(self.patches())), ("cancelled", 1))

    def test_two_of_three_fields_are_stored_and_the_third_is_named(self):
        self.fault("field_dropped", record="invoice", field="custbody_dispute")
        action = self.action(
            ("custbody_stage", "text", "L2"),
            ("custbody_dispute", "boolean", "yes"),
            ("custbody_carrier", "list", "2"),
        )
        self.run_action(action, self.move)
        row = self.rows()

        self.write()

        self.assertEqual(row.state, "conflict")
        self.assertIn("custbody_dispute", row.error)
        self.assertNotIn("custbody_stage", row.error)

    def test_user_changes_it_again_before_the_first_change_was_booked_and_nobody_is_asked(self):
        for policy in ("ask", "netsuite", "odoo"):
            with self.subTest(policy), self.mapped_for_a_while():
                self.map_stage(conflict_policy=policy)
                first = self.say("O1")
                self.write()
                second = self.say("O2")

                self.write()

                self.assertEqual((first.state, second.state), ("confirmed", "confirmed"))
                self.assertEqual(self.netsuite(), "O2", second.error)

    def test_user_changes_it_again_while_the_first_answer_is_lost_and_nobody_is_asked(self):
        for policy in ("ask", "netsuite", "odoo"):
            with self.subTest(policy), self.mapped_for_a_while():
                self.map_stage(conflict_policy=policy)
                self.fault("commit_then_drop", match="PATCH")
                first = self.say("O1")
                self.write()
                self.assertEqual(first.state, "ambiguous")
                second = self.say("O2")

                self.write_after(SETTLED)
                self.drive(self.connection)

                self.assertEqual((first.state, second.state), ("confirmed", "confirmed"))
                self.assertEqual(self.netsuite(), "O2", second.error)
                self.assertEqual(self.move.invoice_origin, "O2")

    def test_only_some_fields_lose_against_netsuite_and_the_row_says_which(self):
        self.map_stage(conflict_policy="netsuite")
        row = self.say("O")
        self.run_action(self.action(("custbody_dispute", "boolean", "yes")), self.move)
        self.edit(self.number, custbody_stage="N")

        self.write()
        self.drive(self.connection)

        self.assertEqual(row.state, "confirmed")
        self.assertIn("NetSuite wins", row.error or "")
        self.assertEqual(self.patches(), [{"custbody_dispute": True}])
        self.assertEqual((self.netsuite(), self.move.invoice_origin), ("N", "N"))

    def test_cancelled_change_gives_odoo_netsuite_s_value_back(self):
        for before in ("L1", None):
            with self.subTest(before=before), self.mapped_for_a_while():
                self.map_stage()
                self.edit(self.number, custbody_stage=before)
                self.drive(self.connection)
                row = self.say("O")

                row.action_cancel()
                self.drive(self.connection)

                self.assertEqual(self.move.invoice_origin or None, before)
                self.assertEqual((row.state, self.patches()), ("cancelled", []))

    def test_netsuite_keeps_what_it_had_and_odoo_follows(self):
        for before in ("L1", None):
            with self.subTest(before=before), self.mapped_for_a_while():
                self.map_stage()
                self.edit(self.number, custbody_stage=before)
                self.drive(self.connection)
                self.fault("field_dropped", record="invoice", field="custbody_stage")
                row = self.say("O")
                self.write()
                self.simulator.clear_faults()

                row.action_keep_netsuite()
                self.drive(self.connection)

                self.assertEqual((row.state, self.netsuite()), ("cancelled", before))
                self.assertEqual(self.move.invoice_origin or None, before)

    def test_rule_takes_over_what_a_user_changed_and_odoo_follows(self):
        for before in ("L1", None):
            with self.subTest(before=before), self.mapped_for_a_while():
                self.map_stage()
                self.edit(self.number, custbody_stage=before)
                self.drive(self.connection)
                self.connection.write_active = False
                row = self.say("O")
                line = {"field_name": "custbody_stage", "kind": "text", "value": before or ""}
                self.run_action(
                    self.action(line if before else {**line, "value_kind": "clear"}), self.move
                )
                self.connection.write_active = True

                self.write()
                self.drive(self.connection)

                self.assertEqual((row.state, self.netsuite()), ("confirmed", before))
                self.assertEqual(self.move.invoice_origin or None, before)

    def test_check_box_is_cleared_and_confirmed(self):
        self.edit(self.number, custbody_dispute=True)
        action = self.action(
            {"field_name": "custbody_dispute", "kind": "boolean", "value_kind": "clear"}
        )
        self.run_action(action, self.move)
        row = self.rows()

        self.write()

        self.assertEqual((row.state, self.netsuite("custbody_dispute")), ("confirmed", False))
