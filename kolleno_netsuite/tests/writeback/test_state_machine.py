from contextlib import contextmanager

from odoo.tests import tagged

from ..support.writeback_fault_case import SETTLED, WritebackFaultCase

# Each step that a write-back can take, and the act that makes it. Whatever stands in no act's
# story here is no step: `test_every_other_step_is_refused`.
STEPS = {
    ("draft", "queued"): "push",
    ("draft", "cancelled"): "cancel_draft",
    ("queued", "sending"): "send",
    ("sending", "sent"): "send",
    ("sent", "confirmed"): "send",
    ("queued", "confirmed"): "send_what_is_there",
    ("queued", "blocked"): "look_without_right",
    ("queued", "failed"): "look_at_what_is_gone",
    ("queued", "conflict"): "ask",
    ("queued", "cancelled"): "netsuite_wins",
    ("sending", "blocked"): "send_without_right",
    ("sending", "queued"): "meet_too_many_calls",
    ("sending", "failed"): "send_to_what_is_gone",
    ("sending", "ambiguous"): "lose_the_answer",
    ("ambiguous", "sent"): "lose_the_answer",
    ("ambiguous", "queued"): "lose_the_request",
    ("ambiguous", "failed"): "be_refused",
    ("ambiguous", "conflict"): "lose_the_answer_to_an_accountant",
    ("ambiguous", "ambiguous"): "look_too_early",
    ("sent", "conflict"): "be_dropped",
    ("failed", "queued"): "retry",
    ("failed", "draft"): "mean_anew_after_failure",
    ("failed", "cancelled"): "cancel_failed",
    ("blocked", "queued"): "retry_blocked",
    ("blocked", "draft"): "mean_anew_when_blocked",
    ("blocked", "cancelled"): "cancel_blocked",
    ("conflict", "draft"): "keep_odoo",
    ("conflict", "cancelled"): "keep_netsuite",
    ("confirmed", "undone"): "undo",
}
# Steps that the table lets a state take to itself, with other values; nothing is seen of them.
STANDING = {("draft", "draft"), ("queued", "queued")}
ENDS = ("confirmed", "cancelled", "undone")


@tagged("post_install", "-at_install")
class TestStateMachine(WritebackFaultCase):
    """Every step of a write-back by the act that makes it, and no other step (invariant 8)."""

    def setUp(self):
        super().setUp()
        self.story = []
        model = type(self.env["netsuite.writeback"])
        advance = model._advance

        def told(rows, state=None, **values):
            """Note each step that is taken, also those that no commit shows."""
            before = {row: row.state for row in rows}
            moved = advance(rows, state, **values)
            self.story += [(before[row], row.state) for row in moved]
            return moved

        model._advance = told
        self.addCleanup(delattr, model, "_advance")

    def test_each_step_is_made_by_its_act_and_no_other_is(self):
        for act in dict.fromkeys(STEPS.values()):
            with self.subTest(act), self.example():
                getattr(self, f"act_{act}")()

                self.assertLessEqual({step for step in STEPS if STEPS[step] == act}, {*self.story})
                self.assertFalse({*self.story} - {*STEPS} - STANDING)

    def test_table_has_the_steps_of_these_acts_and_no_others(self):
        table = self.env["netsuite.writeback"]._transitions("state")
        steps = {(state, target) for state, targets in table.items() for target in targets}

        self.assertEqual(steps - STANDING, set(STEPS))

    def test_every_other_step_is_refused(self):
        table = self.env["netsuite.writeback"]._transitions("state")
        row = self.stage("L2")
        for state in table:
            for target in set(table) - table[state] - {state}:
                with self.subTest(state=state, target=target):
                    self.put(row, state)

                    with self.assertRaises(ValueError):
                        row._advance(target)

    def test_nothing_becomes_of_what_has_ended(self):
        table = self.env["netsuite.writeback"]._transitions("state")

        self.assertEqual([table[state] for state in ENDS], [{"undone"}, set(), set()])

    def test_buttons_leave_what_they_are_not_for(self):
        row = self.stage("L2")
        for state in self.env["netsuite.writeback"]._transitions("state"):
            self.put(row, state)
            with self.subTest(state):
                if state != "draft":
                    row.action_push()
                if state not in ("failed", "blocked"):
                    row.action_retry()
                if state != "conflict":
                    row.action_keep_odoo()
                    row.action_keep_netsuite()
                if state in ENDS:
                    row.action_cancel()
                self.assertEqual(row.state, state)

    # === EXAMPLES === #

    @contextmanager
    def example(self):
        """Begin with an invoice of its own and without a story; give all back that was broken."""
        self.story.clear()
        self.number = self.invoice(self.owner, 10)
        self.drive(self.connection)
        self.move = self.mirror(self.number)
        yield
        self.simulator.clear_faults()
        self.simulator.clear_pending()
        self.rows().filtered(lambda row: row.state in ("draft", "queued", "conflict"))._end(
            "cancelled"
        )
        self.env["netsuite.field.mapping"].search([]).unlink()
        self.connection.field_update_mode = "automatic"
        self.connection.setbacks = False

    def put(self, row, state):
        """Put a write-back into a state, whatever led there."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE netsuite_writeback SET state = %s WHERE id = %s", [state, row.id]
        )
        row.invalidate_recordset(["state"])

    def draft(self):
        self.connection.field_update_mode = "review"
        row = self.stage("L2")
        self.assertEqual(row.state, "draft")
        return row

    def act_push(self):
        self.draft().action_push()

    def act_cancel_draft(self):
        self.draft().action_cancel()

    def act_send(self):
        self.stage("L2")
        self.write()

    def act_send_what_is_there(self):
        self.edit(self.number, custbody_stage="L2")
        self.simulator.clear_requests()
        self.stage("L2")
        self.write()
        self.assertFalse(self.writes())

    def act_look_without_right(self):
        self.fault("right_lost", record="invoice")
        self.stage("L2")
        self.write()

    def act_look_at_what_is_gone(self):
        self.simulator.act("delete", id=self.number)
        self.stage("L2")
        self.write()

    def changed_on_both_sides(self, policy):
        self.map_stage(conflict_policy=policy)
        row = self.say("O")
        self.edit(self.number, custbody_stage="N")
        self.write()
        return row

    def act_ask(self):
        self.changed_on_both_sides("ask")

    def act_netsuite_wins(self):
        self.changed_on_both_sides("netsuite")

    def act_send_without_right(self):
        self.fault("right_lost", record="invoice", verb="edit")
        row = self.stage("L2")
        self.write()
        return row

    def act_meet_too_many_calls(self):
        self.fault("429", match="PATCH")
        self.stage("L2")
        self.write()

    def act_send_to_what_is_gone(self):
        self.fault("changed_meanwhile", match="PATCH", acts=[{"act": "delete", "id": self.number}])
        self.stage("L2")
        self.write()

    def act_lose_the_answer(self):
        self.fault("commit_then_drop", match="PATCH")
        self.stage("L2")
        self.write()
        self.write_after(2)

    def act_lose_the_request(self):
        self.fault("drop_before", match="PATCH")
        self.stage("L2")
        self.write()
        self.write_after(SETTLED)

    def act_look_too_early(self):
        self.fault("drop_before", match="PATCH")
        self.stage("L2")
        self.write()
        self.write_after(2)

    def act_be_refused(self):
        self.fault("record_locked", to="write")
        row = self.stage("L2")
        self.write()
        return row

    def act_lose_the_answer_to_an_accountant(self):
        self.fault("commit_then_drop", match="PATCH")
        self.stage("L2")
        self.write()
        self.edit(self.number, custbody_stage="N")
        self.write_after(SETTLED)

    def act_be_dropped(self):
        self.fault("field_dropped", record="invoice", field="custbody_stage")
        self.stage("L2")
        self.write()

    def act_retry(self):
        self.act_be_refused().action_retry()

    def act_mean_anew_after_failure(self):
        row = self.act_be_refused()
        self.stage("L3")
        self.assertEqual((row.state, row.payload), ("queued", {"custbody_stage": "L3"}))

    def act_cancel_failed(self):
        self.act_be_refused().action_cancel()

    def act_retry_blocked(self):
        self.act_send_without_right().action_retry()

    def act_mean_anew_when_blocked(self):
        row = self.act_send_without_right()
        self.stage("L3")
        self.assertEqual((row.state, row.issue_id), ("queued", row.issue_id.browse()))

    def act_cancel_blocked(self):
        self.act_send_without_right().action_cancel()

    def act_keep_odoo(self):
        row = self.changed_on_both_sides("ask")
        row.action_keep_odoo()
        self.write()
        self.assertEqual((row.state, self.netsuite()), ("confirmed", "O"))

    def act_keep_netsuite(self):
        row = self.changed_on_both_sides("ask")
        row.action_keep_netsuite()
        self.write()
        self.assertEqual((row.state, self.netsuite()), ("cancelled", "N"))

    def act_undo(self):
        self.edit(self.number, custbody_stage="L1")
        row = self.stage("L2")
        self.write()
        row.action_undo()
        self.write()
        self.assertEqual((row.state, self.netsuite()), ("undone", "L1"))
