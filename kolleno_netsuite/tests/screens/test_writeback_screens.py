"""What people see of write-backs, and which buttons each of them has."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..support.writeback_case import WritebackCase
from .test_screens import ScreensCase

ACCOUNTANT = ("action_cancel", "action_keep_odoo", "action_keep_netsuite")
WRITER = ("action_retry",)


@tagged("post_install", "-at_install")
class TestWritebackScreens(ScreensCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["writer"] = cls._user("writer", cls.company)
        cls.partner = cls.env["res.partner"].create(
            {"name": "Globex", "company_id": cls.company.id}
        )
        cls.row = cls._row("custbody_stage", "Stage", "text", "L2")

    @classmethod
    def _row(cls, name, label, kind, meant, **values):
        """Return a write-back that sets one field."""
        row = cls.env["netsuite.writeback"].create(
            {
                "connection_id": cls.connection.id,
                "company_id": cls.company.id,
                "record_type": "invoice",
                "netsuite_internal_id": cls.record.internal_id,
                "record_id": cls.record.id,
                "summary": "…",
                **values,
            }
        )
        cls.env["netsuite.writeback.value"].create(
            {
                "writeback_id": row.id,
                "field_name": name,
                "label": label,
                "kind": kind,
                "meant": {"value": meant},
            }
        )
        row._say_what()
        return row

    def _conflict(self):
        self.row._advance("queued")
        self.row.value_ids.found = {"value": "Legal"}
        self.row._enter_conflict("NetSuite changed it meanwhile")
        return self.row

    def test_every_view_opens_for_everybody(self):
        action = self.env.ref("kolleno_netsuite.netsuite_writeback_action")
        for group, user in self.users.items():
            Model = self.env["netsuite.writeback"].with_user(user)
            loaded = Model.get_views([(False, "list"), (False, "kanban"), (False, "form")])
            fields = loaded["models"]["netsuite.writeback"]["fields"]
            for kind in action.view_mode.split(","):
                with self.subTest(group=group, view=kind):
                    arch = loaded["views"][kind]["arch"]
                    shown = {name: {} for name in fields if f'name="{name}"' in arch}
                    self.assertTrue(Model.web_search_read([], shown)["records"])

    def test_each_has_the_buttons_that_they_may_use(self):
        for view, push in (("list", "action_review"), ("form", "action_push")):
            for group in self.users:
                arch = (
                    self.env["netsuite.writeback"]
                    .with_user(self.users[group])
                    .get_view(self.env.ref(f"kolleno_netsuite.netsuite_writeback_view_{view}").id)
                )["arch"]
                for names, groups in (
                    (ACCOUNTANT, ("accountant", "administrator")),
                    ((*WRITER, push), ("writer", "administrator")),
                ):
                    for name in names:
                        with self.subTest(view=view, group=group, button=name):
                            self.assertEqual(f'name="{name}"' in arch, group in groups)

    def test_viewer_reads_only(self):
        row = self.as_user("viewer", self._conflict())

        for act in (row.action_push, row.action_cancel, row.action_apply_choices):
            with self.subTest(act.__name__), self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            row.value_ids.action_choose_netsuite()

    def test_accountant_decides_but_does_not_push(self):
        conflict = self.as_user("accountant", self._conflict())

        conflict.value_ids.action_choose_odoo()
        conflict.action_apply_choices()

        self.assertEqual(self.row.state, "draft")
        with self.assertRaises(AccessError):
            conflict.action_push()
        conflict.action_cancel()
        self.assertEqual(self.row.state, "cancelled")

    def test_dialog_says_in_words_what_will_be_written(self):
        many = self.row
        for number in range(11):
            many |= self._row("memo", "Memo", "text", f"Call {number}")

        action = self.as_user("writer", many).action_review()
        push = (
            self.env[action["res_model"]].with_user(self.users["writer"]).browse(action["res_id"])
        )

        self.assertEqual(push.headline, "12 changes will be written to NetSuite:")
        self.assertIn("• Set Stage to L2 on invoice INV4020", push.sentences)
        self.assertIn("… and 2 more", push.sentences)
        self.assertIn("switched off for Lantern", push.warning)
        push.action_push()
        self.assertEqual(set(many.mapped("state")), {"queued"})

    def test_sentence_names_the_customer_and_never_an_id_alone(self):
        customer = self._row(
            "custentity_carrier",
            "Carrier",
            "list",
            "2",
            record_type="customer",
            source_ref=f"res.partner,{self.partner.id}",
        )
        flag = self._row("custbody_dispute", "Dispute", "boolean", False)

        self.assertEqual(customer.summary, "Set Carrier to ID 2 on customer Globex (INV4020)")
        self.assertEqual(flag.summary, "Set Dispute to No on invoice INV4020")
        self.assertEqual(flag.value_ids.was_text, "read before it is sent")

    def test_columns_of_the_kanban_stand_in_the_order_of_a_write_backs_life(self):
        self._conflict()
        self._row("memo", "Memo", "text", "Call")

        # As the browser asks for a kanban.
        Writeback = self.env["netsuite.writeback"].with_context(read_group_expand=True)
        groups = Writeback.web_read_group([], ["state"], ["__count"])["groups"]

        self.assertEqual([group["state"] for group in groups], ["draft", "conflict"])

    def test_issue_of_a_conflict_asks_for_a_choice_and_offers_no_retry(self):
        issue = self._conflict().issue_id

        self.assertEqual((issue.record_count, issue.can_retry), (1, False))
        self.assertIn("choose for each field", issue.advice)
        self.assertEqual(issue.action_fix()["res_model"], "netsuite.writeback")
        self.assertEqual(issue.action_open_records()["res_model"], "netsuite.writeback")

    def test_issue_of_a_refusal_is_retried_by_who_may_write(self):
        self.row._advance("queued")
        self.row._advance("failed", error="Locked")
        self.row._note_problem("USER_ERROR", "Locked", "Locked")
        issue = self.row.issue_id
        self.assertTrue(issue.can_retry)

        with self.assertRaises(AccessError):
            self.as_user("accountant", issue).action_retry()
        self.as_user("administrator", issue).action_retry()

        self.assertEqual(self.row.state, "queued")
        self.assertEqual((issue.state, issue.record_count), ("solved", 0))


@tagged("post_install", "-at_install")
class TestScheduledUpdates(WritebackCase):
    """Scheduled actions bring no records along: they have a filter of their own."""

    def _scheduled(self, domain):
        return self.env["ir.cron"].create(
            {
                "name": "Weekly",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "state": "netsuite_update",
                "interval_type": "weeks",
                "netsuite_domain": domain,
                "netsuite_line_ids": [Command.create(self._line("custbody_stage", "text", "L2"))],
            }
        )

    def test_scheduled_action_updates_what_its_filter_finds(self):
        other = self.invoice(self.owner, 50, tranId="INV-1045")
        self.drive(self.connection)

        self._scheduled("[('name', '=', 'INV-1045')]").method_direct_trigger()

        self.assertEqual(self.rows().netsuite_internal_id, other)

    def test_scheduled_action_without_a_filter_updates_nothing(self):
        self._scheduled("[]").method_direct_trigger()

        self.assertFalse(self.rows())

    def test_cancelled_document_is_skipped_and_the_action_says_why(self):
        self.simulator.act("void", id=self.number)
        self.drive(self.connection)
        self.assertEqual(self.move.state, "cancel")

        told = self.run_action(self.action(("custbody_stage", "text", "L2")), self.move)

        self.assertFalse(self.rows())
        self.assertIn("it is cancelled", told["params"]["message"])

    def test_filter_does_not_count_where_records_are_chosen(self):
        action = self.action(("custbody_stage", "text", "L2"), netsuite_domain="[('id', '>', 0)]")

        action.run()

        self.assertFalse(self.rows())
