from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..support.writeback_case import WritebackCase

GROUP = "kolleno_netsuite.group_netsuite_"


@tagged("post_install", "-at_install")
class TestRights(WritebackCase):
    """Who makes, reviews and pushes write-backs, and what holds them."""

    mode = "review"

    def prepare(self):
        super().prepare()
        self.viewer = self.user("viewer", "viewer")
        self.accountant = self.user("accountant", "accountant")
        self.writer = self.user("writer", "accountant", "writer")
        self.administrator = self.user("administrator", "administrator")

    def user(self, login, *groups):
        return new_test_user(
            self.env,
            login=login,
            groups=",".join(
                ["base.group_user", "account.group_account_invoice", *(GROUP + g for g in groups)]
            ),
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )

    # === PUSHING === #

    def test_draft_waits_until_someone_pushes_it(self):
        row = self.stage("L2")
        self.write()
        self.assertEqual((row.state, self.writes()), ("draft", []))
        self.assertEqual(row.hold_reason, "Waits for review")

        row.with_user(self.writer).action_push()
        self.write()

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual(row.pushed_by_id, self.writer)

    def test_only_those_who_may_write_push_retry_and_undo(self):
        row = self.stage("L2")
        for user in (self.viewer, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                row.with_user(user).action_push()
        row._advance("queued")
        row._advance("failed", error="x")
        with self.assertRaises(AccessError):
            row.with_user(self.accountant).action_retry()
        row.with_user(self.writer).action_retry()
        self.write()
        with self.assertRaises(AccessError):
            row.with_user(self.accountant).action_undo()
        row.with_user(self.writer).action_undo()

    def test_administrators_may_write(self):
        row = self.stage("L2")

        row.with_user(self.administrator).action_push()

        self.assertEqual(row.state, "queued")

    def test_accountant_cancels_and_viewer_does_not(self):
        row = self.stage("L2")
        with self.assertRaises(AccessError):
            row.with_user(self.viewer).action_cancel()

        row.with_user(self.accountant).action_cancel()

        self.assertEqual(row.state, "cancelled")
        self.assertIn(self.accountant.name, row.error)

    def test_another_person_pushes_where_it_is_set(self):
        self.connection.two_persons = True
        row = self.stage("L2")
        # Somebody else began it; what it means now is the writer's as well.
        self.run_action(self.action(("memo", "text", "late")), self.move, self.writer)
        self.assertEqual(len(self.rows()), 1)

        with self.assertRaises(AccessError):
            row.with_user(self.writer).action_push()
        row.with_user(self.administrator).action_push()

        self.assertEqual(row.state, "queued")

    def test_decision_of_an_accountant_is_pushed_by_a_writer(self):
        row = self.stage("L2")
        row._advance("queued")
        row.value_ids.write({"found": {"value": "L3"}})
        row._enter_conflict("They differ")
        row.value_ids.with_user(self.accountant).choice = "odoo"

        row.with_user(self.accountant).action_apply_choices()

        self.assertEqual(row.state, "draft")
        row.with_user(self.writer).action_push()
        self.assertEqual(row.state, "queued")

    def test_nobody_writes_a_write_back_by_hand(self):
        row = self.stage("L2")
        for user in (self.accountant, self.writer, self.administrator):
            for values in (
                {"state": "confirmed"},
                {"payload": {"memo": "x"}},
                {"external_id": "mine"},
                {"netsuite_internal_id": 1},
                {"mode": "automatic"},
                {"value_ids": [Command.update(row.value_ids.id, {"meant": {"value": "L9"}})]},
                {"value_ids": [Command.delete(row.value_ids.id)]},
                {
                    "value_ids": [
                        Command.create({"field_name": "memo", "label": "m", "kind": "text"})
                    ]
                },
            ):
                with self.subTest(f"{user.login} {values}"), self.assertRaises(AccessError):
                    row.with_user(user).write(values)
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                row.with_user(user).copy()

    # === MODES === #

    def test_automatic_pushes_name_who_switched_them_on(self):
        self.connection.with_user(self.administrator).field_update_mode = "automatic"

        row = self.stage("L2")

        self.assertEqual(row.state, "queued")
        self.assertEqual(row.pushed_by_id, self.administrator)
        self.assertEqual(row.mode, "automatic")

    def test_drafts_stay_drafts_when_automatic_is_switched_on(self):
        row = self.stage("L2")
        self.connection.field_update_mode = "automatic"
        self.write()
        self.assertEqual((row.state, row.mode), ("draft", "review"))

        self.connection.with_user(self.writer).action_push_all()
        self.write()

        self.assertEqual(row.state, "confirmed", row.error)

    def test_queued_rows_stay_queued_when_review_is_switched_on(self):
        self.connection.field_update_mode = "automatic"
        row = self.stage("L2")
        self.connection.field_update_mode = "review"

        self.write()

        self.assertEqual(row.state, "confirmed", row.error)

    # === HOLDING === #

    def held(self, reason):
        """Check that a pushed row is not sent, for a reason that says `reason`."""
        row = self.stage("L2")
        row.with_user(self.writer).action_push()
        self.write()
        self.env.invalidate_all()
        self.assertEqual((row.state, self.writes()), ("queued", []))
        self.assertIn(reason, row.hold_reason)
        return row

    def test_kill_switch_holds(self):
        self.connection.write_active = False
        row = self.held("switched off")

        self.connection.write_active = True
        self.write()

        self.assertEqual(row.state, "confirmed", row.error)

    def test_operation_that_is_switched_off_holds(self):
        self.connection.field_update_mode = "off"
        row = self.held("Field updates are switched off")

        self.connection.field_update_mode = "review"
        self.write()

        self.assertEqual(row.state, "confirmed", row.error)

    def test_pause_holds(self):
        self.connection._pause("year-end")
        row = self.held("year-end")

        self.connection.action_resume()
        self.write()

        self.assertEqual(row.state, "confirmed", row.error)

    def test_excluded_customer_holds(self):
        row = self.stage("L2")
        row.with_user(self.writer).action_push()
        exclusion = self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": int(self.owner)}
        )
        self.drive(self.connection)
        self.simulator.clear_requests()

        self.write()
        self.env.invalidate_all()
        self.assertEqual((row.state, self.writes()), ("queued", []))
        self.assertEqual(row.hold_reason, "The customer is on the exclusion list")

        exclusion.unlink()
        self.drive(self.connection)
        self.write()
        self.assertEqual(row.state, "confirmed", row.error)

    def test_new_connection_writes_nothing_by_itself(self):
        fresh = self.env["netsuite.connection"].new({})

        self.assertFalse(fresh.write_active)
        self.assertEqual(fresh.field_update_mode, "review")

    def test_copy_of_the_database_never_writes(self):
        row = self.stage("L2")
        row.with_user(self.writer).action_push()
        # sudo: a restored copy has the rows, and another identity
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "another")

        self.write()
        self.env.invalidate_all()

        self.assertEqual((row.state, self.writes()), ("queued", []))
        self.assertIn("may be a copy", row.hold_reason)

    def test_copy_has_writing_switched_off(self):
        self.connection._forget_sign_in("This is a copy.")
        self.assertFalse(self.connection.write_active)

    # === WHAT REMAINS === #

    def test_write_back_survives_its_source(self):
        self.connection.field_update_mode = "automatic"
        self.run_action(self.action(("comments", "text", "x"), model="res.partner"), self.partner)
        row = self.rows()
        own = self.env["res.partner"].create({"name": "short-lived"})
        row.source_ref = f"res.partner,{own.id}"
        own.unlink()
        self.env.invalidate_all()

        self.write()

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertTrue(row.read(["summary", "source_name", "source_ref", "hold_reason"]))
        self.assertTrue(
            row.web_read({"source_ref": {}, "summary": {}, "value_ids": {"fields": {"label": {}}}})
        )
        with self.assertRaises(UserError):
            row.action_open_source()

    def test_records_from_us_that_no_write_back_made_are_listed(self):
        self.payment(self.owner, 30, externalId="kolleno-7b1c", tranId="PAY-7")
        self.payment(self.owner, 10, externalId="stripe-1")

        self.connection._drive_strangers()
        issue = self.open_issues(self.connection, "writeback")
        self.assertIn("not from this database: 1", issue.title)
        self.assertIn("PAY-7", issue.detail)

        self.stage("L2").external_id = "kolleno-7b1c"
        self.connection._drive_strangers()
        self.assertFalse(self.open_issues(self.connection, "writeback"))
