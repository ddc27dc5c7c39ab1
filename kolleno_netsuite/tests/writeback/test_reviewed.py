from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..support.writeback_case import WritebackCase


@tagged("post_install", "-at_install")
class TestReviewed(WritebackCase):
    """What a person has reviewed is what is sent, and each row does what it says."""

    mode = "review"

    def pushed(self, value="L2"):
        """Return a write-back that was pushed and still waits."""
        row = self.stage(value)
        row.action_push()
        return row

    # === REVIEW === #

    def test_document_says_what_was_not_written_and_nothing_while_all_is_well(self):
        row = self.pushed()
        self.assertFalse(self.move.netsuite_writeback_problem)
        self.assertEqual(self.move.netsuite_writeback_count, 1)

        row._advance("failed", error="NetSuite said no")
        self.move.invalidate_recordset()

        self.assertIn("NetSuite said no", self.move.netsuite_writeback_problem)

    def test_newer_value_of_another_field_is_not_sent_with_what_was_pushed(self):
        pushed = self.pushed()

        self.run_action(self.action(("memo", "text", "unseen")), self.move)
        self.write()

        self.assertEqual([each[2] for each in self.writes()], [{"custbody_stage": "L2"}])
        draft = self.rows() - pushed
        self.assertEqual((pushed.state, draft.state), ("confirmed", "draft"))
        self.assertEqual(draft.payload, {"memo": "unseen"})

    def test_newer_value_of_the_same_field_is_reviewed_in_place_of_what_was_pushed(self):
        pushed = self.pushed()

        draft = self.stage("unseen")
        self.write()

        self.assertFalse(self.writes())
        self.assertEqual((pushed.state, draft.state), ("cancelled", "draft"))
        draft.action_push()
        self.write()
        self.assertEqual(self.netsuite(), "unseen")

    def test_what_changes_behind_the_dialog_is_not_pushed_by_it(self):
        row = self.stage("L1")
        push = self.env["netsuite.push"].browse(row.action_review()["res_id"])
        self.assertIn("L1", push.sentences)
        self.stage("unseen")

        with self.assertRaises(UserError):
            push.action_push()

        self.assertEqual(row.state, "draft")
        self.env["netsuite.push"].browse(row.action_review()["res_id"]).action_push()
        self.assertEqual(row.state, "queued")

    def test_draft_takes_newer_values_up(self):
        draft = self.stage("L1")

        self.assertFalse(self.stage("L2"))

        self.assertEqual(draft.payload, {"custbody_stage": "L2"})

    def test_who_changed_it_after_another_one_may_not_push_it_either(self):
        self.connection.two_persons = True
        writer = new_test_user(
            self.env,
            login="pushes",
            groups="account.group_account_invoice,kolleno_netsuite.group_netsuite_writer",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )
        row = self.stage("L1")
        self.run_action(self.action(("custbody_stage", "text", "L2")), self.move, writer)
        self.assertEqual(row.payload, {"custbody_stage": "L2"})

        with self.assertRaises(AccessError):
            row.with_user(writer).action_push()

    # === UNDO === #

    def test_undo_takes_nothing_else_up_and_is_not_done_by_something_else(self):
        row = self.pushed()
        self.write()
        row.action_undo()
        undoing = self.rows() - row

        newer = self.stage("L5")
        newer.action_push()
        self.write()

        self.assertEqual((row.state, undoing.state), ("confirmed", "cancelled"))
        self.assertEqual((newer.state, newer.undo_of_id), ("confirmed", row.browse()))
        self.assertNotIn("Undo", newer.summary)

    def test_undo_waits_for_a_conflict_of_the_same_field(self):
        row = self.pushed()
        self.write()
        other = self.pushed("L3")
        other._enter_conflict("They differ")

        with self.assertRaises(UserError):
            row.action_undo()

    def test_what_lost_its_record_cannot_be_undone(self):
        row = self.pushed()
        self.write()
        self.assertTrue(row.can_undo)
        row.record_id = False

        self.assertFalse(row.can_undo)
        with self.assertRaises(UserError):
            row.action_undo()


@tagged("post_install", "-at_install")
class TestWhatIsMeant(WritebackCase):
    """Neither lost nor doubted without a reason: what is known of a field, and what fits it."""

    def test_second_edit_before_the_first_was_sent_is_no_conflict(self):
        for direction in ("out", "both"):
            with self.subTest(direction):
                mapping = self.map("custbody_stage", "invoice_origin", direction=direction)
                self.drive(self.connection)

                self.move.invoice_origin = f"{direction} first"
                self.move.invoice_origin = f"{direction} second"
                self.write()

                self.assertEqual(self.rows()[0].state, "confirmed", self.rows()[0].error)
                self.assertEqual(self.netsuite(), f"{direction} second")
                self.drive(self.connection)
                mapping.unlink()

    def test_what_our_own_rule_wrote_is_no_change_of_netsuites(self):
        self.map("custbody_stage", "invoice_origin", direction="out")
        self.move.invoice_origin = "L1"
        self.write()
        self.stage("L9")
        self.write()

        self.move.invoice_origin = "L2"
        self.write()

        self.assertEqual(self.rows()[0].state, "confirmed", self.rows()[0].error)
        self.assertEqual(self.netsuite(), "L2")

    def test_value_that_does_not_fit_holds_nothing_but_itself(self):
        self.map("custbody_promise_date", "invoice_origin", direction="out", conversion="date")
        self.map("custbody15", "incoterm_location", direction="out")
        self.move.write({"invoice_origin": "soon", "incoterm_location": "Hull"})

        self.write()

        self.assertEqual([each[2] for each in self.writes()], [{"custbody15": "Hull"}])
        self.assertEqual(sorted(self.rows().mapped("state")), ["blocked", "confirmed"])

    def test_value_that_does_not_fit_takes_the_place_of_what_was_to_be_sent(self):
        self.map("custbody_promise_date", "invoice_origin", direction="out", conversion="date")
        self.move.invoice_origin = "2026-02-01"
        self.move.invoice_origin = "soon"

        self.write()

        self.assertFalse(self.writes())

    def test_field_that_is_protected_later_is_written_by_nobody(self):
        self.map("custbody_stage", "invoice_origin", direction="out")
        self.move.invoice_origin = "L1"
        self.connection.protected_fields += "\ncustbody_stage"

        self.write()

        self.assertFalse(self.writes())
        self.assertEqual(self.rows().state, "blocked")
        self.assertIn("is protected", self.rows().error)

    def test_empty_field_or_template_clears_nothing_by_accident(self):
        self.edit(self.number, memo="kept", custbody15="kept")
        self.move.ref = False
        told = self.run_action(
            self.action(
                {"field_name": "memo", "kind": "text", "value_kind": "field", "value": "ref"},
                {
                    "field_name": "custbody15",
                    "kind": "text",
                    "value_kind": "template",
                    "value": "{{object.ref}}",
                },
                ("custbody_stage", "text", "L2"),
            ),
            self.move,
        )
        self.write()

        self.assertEqual([each[2] for each in self.writes()], [{"custbody_stage": "L2"}])
        self.assertIn("only Clear the Field empties it", told["params"]["message"])

    def test_integer_field_of_a_list_is_emptied(self):
        self.studio_field("x_carrier", "integer")
        self.map("custbody_carrier", "x_carrier", direction="out", conversion="list_id")

        self.move.x_carrier = 2
        self.write()
        self.move.x_carrier = 0
        self.write()

        self.assertEqual(
            [each[2] for each in self.writes()],
            [{"custbody_carrier": {"id": "2"}}, {"custbody_carrier": None}],
        )
        self.assertEqual(set(self.rows().mapped("state")), {"confirmed"})

    def test_number_comes_from_a_field_that_accountants_see(self):
        self.partner.credit_limit = 1234.5
        self.run_action(
            self.action(
                {
                    "field_name": "creditLimit",
                    "kind": "number",
                    "value_kind": "field",
                    "value": "credit_limit",
                },
                model="res.partner",
            ),
            self.partner,
        )
        self.write()

        self.assertEqual(self.writes()[0][2], {"creditLimit": 1234.5})

    def test_what_opens_a_document_is_not_sent(self):
        with self.assertRaises(ValidationError):
            self.action(
                {
                    "field_name": "memo",
                    "kind": "text",
                    "value_kind": "template",
                    "value": "{{object.access_token}}",
                }
            )

    def test_typed_field_is_what_the_catalogue_says(self):
        self.env["netsuite.field"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "field_id": "custbody_dispute",
                "name": "In Dispute",
                "kind": "boolean",
            }
        )
        self.run_action(self.action(("CUSTBODY_dispute".lower(), "text", "yes")), self.move)
        self.write()

        self.assertEqual(self.writes()[0][2], {"custbody_dispute": True})
        self.assertEqual(self.rows().summary.split(" on ")[0], "Set In Dispute to Yes")

    def test_rule_beyond_the_limit_waits_for_review(self):
        others = [self.invoice(self.owner, 10 + number) for number in range(2)]
        self.drive(self.connection)
        self.connection.update_limit = 2
        action = self.action(("custbody_stage", "text", "L2"))

        for number in (self.number, *others):
            self.run_action(action, self.mirror(number))

        self.assertEqual(self.rows().sorted("id").mapped("state"), ["queued", "queued", "draft"])

    def test_who_administers_actions_alone_opens_their_forms(self):
        action = self.action(("custbody_stage", "text", "L2"))
        self.stage("L3")
        user = new_test_user(self.env, login="settings", groups="base.group_system")
        view = (
            self.env["ir.actions.server"]
            .with_user(user)
            .get_view(self.env.ref("base.view_server_action_form").id, "form")
        )
        names = view["models"]["ir.actions.server"]
        wanted = {
            name: {"fields": {"field_name": {}, "value": {}, "kind": {}}}
            if name == "netsuite_line_ids"
            else {}
            for name in names
        }

        (read,) = action.with_user(user).web_read(wanted)

        self.assertEqual(read["netsuite_line_ids"][0]["value"], "L2")
        action.with_user(user).netsuite_line_ids.value = "L4"
