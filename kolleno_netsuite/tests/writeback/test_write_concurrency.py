from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ...const import LOCK_WRITE, WRITER_GROUP
from ...models.connection.autonomous_cursor import autonomous_cursor
from ..support.writeback_fault_case import WritebackFaultCase


@tagged("post_install", "-at_install")
class TestRepeatedRequests(WritebackFaultCase):
    """A request that comes twice means one thing, and buttons never call NetSuite."""

    mode = "review"

    def test_button_is_pressed_twice_and_it_is_sent_once(self):
        row = self.stage("L2")

        row.action_push()
        again = row.action_push()
        self.assertFalse(self.simulator.requests())
        self.write()
        row.action_push()
        self.write()

        self.assertIn("Nothing to send", again["params"]["message"])
        self.assert_once(row, "L2")

    def test_action_is_run_twice_and_it_is_one_write_back(self):
        action = self.action(("custbody_stage", "text", "L2"))

        self.run_action(action, self.move)
        self.run_action(action, self.move)
        self.rows().action_push()
        self.write()

        self.assert_once(self.rows(), "L2")

    def test_retry_pressed_twice_and_it_is_sent_once_more(self):
        self.fault("record_locked", to="write")
        row = self.stage("L2")
        row.action_push()
        self.write()
        self.assertEqual(row.state, "failed")

        row.action_retry()
        row.action_retry()
        self.write()
        row.action_retry()
        self.write()

        self.assert_once(row, "L2", calls=2)

    def test_undo_pressed_twice_is_refused_the_second_time(self):
        self.edit(self.number, custbody_stage="L1")
        row = self.stage("L2")
        row.action_push()
        self.write()

        row.action_undo()
        with self.assertRaises(UserError):
            row.action_undo()
        self.rows().action_push()
        self.write()

        self.assertEqual((row.state, self.netsuite()), ("undone", "L1"))
        self.assertEqual(len(self.patches()), 2)

    def test_cancelled_before_it_is_sent_and_nothing_is_sent(self):
        row = self.stage("L2")
        row.action_push()

        row.action_cancel()
        self.write()

        self.assert_not_written(row, "cancelled")
        self.assertFalse(self.writes())

    def test_cancel_is_refused_while_it_is_under_way(self):
        self.fault("commit_then_drop", match="PATCH")
        row = self.stage("L2")
        row.action_push()
        self.write()

        with self.assertRaises(UserError):
            row.action_cancel()

        self.assertEqual(row.state, "ambiguous")

    def test_accountant_decides_an_automatic_conflict_without_the_right_to_push(self):
        self.connection.field_update_mode = "automatic"
        self.map_stage()
        row = self.say("O")
        self.edit(self.number, custbody_stage="N")
        self.write()
        accountant = new_test_user(
            self.env,
            "netsuite accountant",
            groups="kolleno_netsuite.group_netsuite_accountant,account.group_account_user",
            company_id=self.main_company.id,
            company_ids=[(6, 0, self.main_company.ids)],
        )
        self.assertFalse(accountant.has_group(WRITER_GROUP))

        row.with_user(accountant).action_keep_odoo()
        self.write()

        self.assert_once(row, "O")
        self.assertEqual(row.pushed_by_id, self.connection.field_update_user_id)


@tagged("post_install", "-at_install")
class TestBetweenTwoCalls(WritebackFaultCase):
    """What people do while a batch is being sent holds from the next call on."""

    def prepare(self):
        super().prepare()
        # One call after the other.
        self.connection.concurrency_limit = 1

    def setUp(self):
        super().setUp()
        self.moves = self.more_invoices(4)

    def write_with(self, act, number=2):
        """Let the driver run, and do `act` right before its call of that number."""
        model = type(self.env["netsuite.writeback"])
        begin, begun = model._begin, []

        def meanwhile(row, *args):
            begun.append(row)
            if len(begun) == number:
                act()
                self.env.flush_all()
                self.env.invalidate_all()
            return begin(row, *args)

        with patch.object(model, "_begin", meanwhile):
            self.write()

    def states(self, rows):
        return rows.sorted("id").mapped("state")

    def assert_held_and_sent_later(self, rows, free):
        """Fail unless the first was sent, the others waited, and go on once they are free."""
        self.assertEqual(self.states(rows), ["confirmed", "queued", "queued", "queued"])
        self.assertEqual(len(self.writes()), 1)
        free()
        self.write()
        self.assertEqual(self.states(rows), ["confirmed"] * 4)
        self.assertEqual(len(self.writes()), 4)

    def test_kill_switch_is_pulled(self):
        rows = self.stage("L2", self.moves)

        self.write_with(lambda: self.connection.write({"write_active": False}))
        self.connection.write({"write_active": True})
        self.write()

        self.assertEqual(self.states(rows), ["confirmed"] * 4)
        self.assertEqual(len(self.writes()), 4)

    def test_kill_switch_holds_what_was_not_begun(self):
        rows = self.stage("L2", self.moves)

        self.write_with(lambda: self.connection.write({"write_active": False}))

        self.assertEqual(self.states(rows)[1:], ["queued"] * 3)
        self.assertEqual(len(self.writes()), 1)
        self.assertIn("switched off", rows.sorted("id")[1].hold_reason)

    def test_operation_is_switched_off(self):
        rows = self.stage("L2", self.moves)

        self.write_with(lambda: self.connection.write({"field_update_mode": "off"}))

        self.assert_held_and_sent_later(
            rows, lambda: self.connection.write({"field_update_mode": "automatic"})
        )

    def test_connection_is_paused(self):
        rows = self.stage("L2", self.moves)

        self.write_with(lambda: self.connection._pause("Month end"))

        self.assertEqual(self.states(rows)[1:], ["queued"] * 3)
        self.assertEqual(len(self.writes()), 1)
        self.connection.action_resume()
        self.write()
        self.assertEqual(self.states(rows), ["confirmed"] * 4)
        self.assertEqual(len(self.writes()), 4)
        self.assertFalse(self.open_issues(self.connection))

    def test_customer_is_excluded(self):
        rows = self.stage("L2", self.moves)
        excluded = self.env["netsuite.exclusion"]

        def exclude():
            nonlocal excluded
            excluded = excluded.create(
                {"connection_id": self.connection.id, "internal_id": int(self.owner)}
            )

        self.write_with(exclude)

        self.assertIn("exclusion", rows.sorted("id")[1].hold_reason)
        self.assert_held_and_sent_later(
            rows, lambda: (excluded.unlink(), self.drive(self.connection))
        )

    def test_user_changes_what_is_just_to_be_sent_and_it_is_compared_anew(self):
        self.map_stage()
        first = self.say("O")
        self.edit(self.number, custbody_dispute=True)
        action = self.action(
            {
                "field_name": "custbody_stage",
                "kind": "text",
                "value": "rule",
                "policy": "ask",
            }
        )

        def change():
            self.edit(self.number, custbody_stage="N")
            self.run_action(action, self.move)

        self.write_with(change, number=1)

        # What the accountant entered behind the first look is seen by the second.
        self.assert_not_written(first, "conflict", "N")
        self.assertFalse(self.writes())

    def test_record_is_no_longer_known_and_nothing_is_sent(self):
        row = self.stage("L2")
        self.env.flush_all()
        row.record_id = False
        self.env.flush_all()

        self.write()

        self.assertEqual((row.state, self.writes()), ("queued", []))
        self.assertTrue(row.hold_reason)

    def test_user_edits_again_while_it_is_being_sent_and_both_are_sent_in_order(self):
        self.map_stage()
        first = self.say("O1")
        model = type(self.env["netsuite.writeback"])
        take, said = model._take_answer, []

        def meanwhile(row, *args):
            if not said:
                said.append(self.say("O2"))
            return take(row, *args)

        with patch.object(model, "_take_answer", meanwhile):
            self.write()

        (second,) = said
        self.assertEqual((first.state, second.state), ("confirmed", "confirmed"), second.error)
        self.assertEqual([body["custbody_stage"] for body in self.patches()], ["O1", "O2"])


@tagged("post_install", "-at_install")
class TestTwoDrivers(WritebackFaultCase):
    """Only one driver of a connection sends at any time."""

    def test_driver_leaves_all_to_the_one_that_is_at_work(self):
        row = self.stage("L2")
        # A session of its own, as another worker has.
        with autonomous_cursor(self.env.cr.dbname) as other:
            key = LOCK_WRITE, self.connection.id
            other.execute(SQL("SELECT pg_advisory_lock(%s, %s)", *key))
            self.write()
            other.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", *key))
        self.assertEqual((row.state, self.simulator.requests()), ("queued", []))

        self.write()

        self.assert_once(row, "L2")
