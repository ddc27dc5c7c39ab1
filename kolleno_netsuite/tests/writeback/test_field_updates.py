import json

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..support.writeback_case import WritebackCase


@tagged("post_install", "-at_install")
class TestFieldUpdates(WritebackCase):
    """The server action *Update NetSuite Record* (docs/FEATURES.md 40-43)."""

    # === WHAT IS SENT === #

    def test_field_is_written_once_and_read_back(self):
        row = self.stage("L2")

        self.write()

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual(self.netsuite(), "L2")
        self.assertEqual(
            self.writes(), [("PATCH", f"invoice/{self.number}", {"custbody_stage": "L2"})]
        )
        self.assertEqual(row.attempts, 1)
        self.assertEqual(row.summary, "Set custbody_stage to L2 on invoice INV-1044 of Globex")
        self.write()
        self.assertEqual(len(self.writes()), 1)

    def test_all_lines_of_a_record_are_one_patch(self):
        self.run_action(
            self.action(
                ("custbody_stage", "text", "L3"),
                {
                    "field_name": "custbody_promise_date",
                    "kind": "date",
                    "value": "invoice_date_due",
                    "value_kind": "field",
                },
                ("custbody_dispute", "boolean", "yes"),
                ("custbody_carrier", "list", "2"),
                ("custbody_tags", "multi", "3, 1"),
            ),
            self.move,
        )
        self.write()

        self.assertEqual(self.rows().state, "confirmed", self.rows().error)
        ((_method, _path, body),) = self.writes()
        self.assertEqual(
            body,
            {
                "custbody_stage": "L3",
                "custbody_promise_date": str(self.move.invoice_date_due),
                "custbody_dispute": True,
                "custbody_carrier": {"id": "2"},
                "custbody_tags": {"items": [{"id": "1"}, {"id": "3"}]},
            },
        )

    def test_template_takes_ways_to_fields(self):
        self.run_action(
            self.action(
                {
                    "field_name": "memo",
                    "kind": "text",
                    "value_kind": "template",
                    "value": "Due {{object.invoice_date_due}}, "
                    "{{object.partner_id.name}} {{object.ref ||| no reference}}",
                }
            ),
            self.move,
        )
        self.write()

        self.assertEqual(
            self.netsuite("memo"), f"Due {self.move.invoice_date_due}, Globex no reference"
        )

    def test_cleared_field_is_null(self):
        self.edit(self.number, memo="old")
        self.run_action(
            self.action({"field_name": "memo", "kind": "text", "value_kind": "clear"}), self.move
        )
        self.write()

        self.assertEqual(self.writes()[0][2], {"memo": None})
        self.assertIsNone(self.netsuite("memo"))
        self.assertIn("Clear memo", self.rows().summary)

    def test_every_type_goes_to_its_own_record(self):
        credit = self.credit_memo(self.owner, 20)
        payment = self.payment(self.owner, 30)
        self.drive(self.connection)
        self.simulator.clear_requests()
        cases = (
            (self.move, "invoice", f"invoice/{self.number}", {}),
            (
                self.mirror(credit, "creditmemo"),
                "creditmemo",
                f"creditMemo/{credit}",
                {"netsuite_record_type": "creditmemo"},
            ),
            (
                self.mirror(payment, "customerpayment"),
                "customerpayment",
                f"customerPayment/{payment}",
                {},
            ),
            (self.partner, "customer", f"customer/{self.owner}", {}),
        )
        for record, record_type, path, values in cases:
            with self.subTest(record_type):
                name = "comments" if record_type == "customer" else "memo"
                action = self.action((name, "text", "late"), model=record._name, **values)
                self.assertEqual(action.netsuite_record_type, record_type)
                self.simulator.clear_requests()

                self.run_action(action, record)
                self.write()

                self.assertEqual([each[:2] for each in self.writes()], [("PATCH", path)])
                self.assertEqual(
                    self.rows()[0].state, "confirmed", f"{record_type} {self.rows()[0].error}"
                )

    def test_credit_limit_is_a_number_with_its_cents(self):
        self.partner.with_company(self.main_company).credit_limit = 1234.5
        action = self.action(
            {
                "field_name": "creditLimit",
                "kind": "number",
                "value_kind": "template",
                "value": "1234.50",
            },
            model="res.partner",
        )

        self.run_action(action, self.partner)
        self.write()

        self.assertEqual(self.writes()[0][2], {"creditLimit": 1234.5})
        self.assertEqual(self.rows().state, "confirmed", self.rows().error)

    def test_field_that_no_query_shows_is_read_by_itself(self):
        self.simulator.switches(missing_columns=["transaction.custbody_stage"])
        row = self.stage("L2")

        self.write()

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual(row.value_ids.found, {"value": "L2"})

    def test_contact_of_a_customer_updates_the_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts payable", "parent_id": self.partner.id}
        )
        self.run_action(
            self.action(("comments", "text", "Calls on Friday"), model="res.partner"), contact
        )
        self.write()

        self.assertEqual(self.netsuite("comments", "customer", self.owner), "Calls on Friday")

    def test_group_option_updates_the_top_or_all_members(self):
        child = self.customer(name="Globex East", parent={"id": self.owner})
        self.drive(self.connection)
        member = self.mirror(child, "customer")
        for scope, expected in (("parent", {self.owner}), ("members", {self.owner, child})):
            with self.subTest(scope):
                before = self.rows()
                self.run_action(
                    self.action(
                        ("comments", "text", scope), model="res.partner", netsuite_group=scope
                    ),
                    member,
                )
                made = self.rows() - before | self.rows().filtered(
                    lambda row, scope=scope: scope in row.summary
                )
                self.assertEqual(
                    set(made.mapped("netsuite_internal_id")), {int(each) for each in expected}
                )

    # === COALESCING === #

    def test_two_updates_of_one_field_send_the_latest(self):
        first = self.stage("L1")
        self.assertFalse(self.stage("L2"))

        self.write()

        self.assertEqual([each[2] for each in self.writes()], [{"custbody_stage": "L2"}])
        self.assertEqual(first.state, "confirmed")

    def test_two_updates_of_two_fields_are_one_patch(self):
        self.stage("L1")
        self.run_action(self.action(("memo", "text", "late")), self.move)

        self.write()

        self.assertEqual(
            [each[2] for each in self.writes()], [{"custbody_stage": "L1", "memo": "late"}]
        )

    def test_newer_automatic_update_takes_the_field_out_of_a_draft(self):
        self.connection.field_update_mode = "review"
        draft = self.stage("L1")
        self.connection.field_update_mode = "automatic"
        self.stage("L2")

        self.write()

        self.assertEqual(self.netsuite(), "L2")
        self.assertEqual(draft.state, "cancelled")

    # === WHAT IS SKIPPED OR REFUSED === #

    def test_record_without_a_netsuite_id_is_skipped_with_the_reason(self):
        own = self.env["res.partner"].create({"name": "Nobody's"})
        action = self.action(("comments", "text", "x"), model="res.partner")

        told = self.run_action(action, own | self.partner)

        self.assertEqual(self.rows().source_ref, self.partner)
        self.assertIn("Nobody's: it has no record", told["params"]["message"])
        action.invalidate_recordset()
        self.assertEqual(action.netsuite_skip_count, 1)
        logged = self.env["ir.logging"].search(action.action_netsuite_skipped()["domain"])
        self.assertIn("Nobody's: it has no record", logged.message)
        self.assertEqual(logged.name, "Collection stage")

    def test_record_that_netsuite_has_deleted_is_skipped(self):
        self.simulator.act("delete", type="invoice", id=self.number)
        self.drive(self.connection)
        self.env.invalidate_all()

        self.run_action(self.action(("memo", "text", "x")), self.move)

        self.assertFalse(self.rows())

    def test_journals_and_deposits_are_skipped(self):
        deposit = self._create(
            "customerDeposit",
            customer={"id": self.owner},
            payment=15,
            tranDate=self.day(10),
        )
        self.drive(self.connection)
        mirror = self.mirror(deposit, "customerdeposit")

        told = self.run_action(self.action(("memo", "text", "x"), model="account.payment"), mirror)

        self.assertFalse(self.rows())
        self.assertEqual(told["params"]["type"], "warning")

    def test_other_models_are_refused(self):
        for model in ("res.users", "account.journal", "product.product"):
            with self.subTest(model), self.assertRaises(ValidationError):
                self.action(("memo", "text", "x"), model=model)

    def test_record_type_of_another_model_is_refused(self):
        with self.assertRaises(ValidationError):
            self.action(("memo", "text", "x"), netsuite_record_type="customer")

    def test_computed_and_protected_fields_are_refused_when_the_action_is_saved(self):
        for name in ("total", "amountRemaining", "entity", "tranId", "item", "ENTITY"):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.action((name, "text", "1"))

    def test_field_that_is_protected_later_is_left_out_when_the_action_runs(self):
        action = self.action(("memo", "text", "x"), ("custbody_stage", "text", "L2"))
        self.connection.protected_fields += "\nmemo"

        told = self.run_action(action, self.move)
        self.write()

        self.assertEqual(self.writes()[0][2], {"custbody_stage": "L2"})
        self.assertIn("memo is protected", told["params"]["message"])

    def test_administrator_may_take_a_field_off_the_protected_ones(self):
        names = self.connection.protected_fields.split()
        self.connection.protected_fields = "\n".join(set(names) - {"tranDate"})

        self.assertTrue(self.action(("tranDate", "date", "2026-01-31")))

    def test_static_value_of_another_kind_is_refused_when_the_action_is_saved(self):
        for kind, value in (
            ("date", "soon"),
            ("number", "many"),
            ("boolean", "perhaps"),
            ("list", "not an id"),
            ("text", " "),
        ):
            with self.subTest(kind), self.assertRaises(ValidationError):
                self.action(("custbody15", kind, value))

    def test_template_runs_no_code_and_shows_no_secret(self):
        for template in (
            "{{object.env.user.name}}",
            "{{object.unlink()}}",
            "{{1 + 1}}",
            "{{object.__class__}}",
            "{{object.company_id.user_ids.password}}",
            "{{object.netsuite_connection_id.private_key}}",
            "{{object.partner_id.signup_token}}",
            "{{user.name}}",
        ):
            with self.subTest(template), self.assertRaises(ValidationError):
                self.action(
                    {
                        "field_name": "memo",
                        "kind": "text",
                        "value_kind": "template",
                        "value": template,
                    }
                )

    def test_value_that_does_not_fit_stops_or_goes_on_as_chosen(self):
        self.move.ref = "not a date"
        bad = {
            "sequence": 1,
            "field_name": "custbody_promise_date",
            "kind": "date",
            "value_kind": "field",
            "value": "ref",
        }
        good = {"sequence": 2, **self._line("memo", "text", "late")}
        stop = self.action(bad, good, netsuite_on_failure="stop")
        go_on = self.action(bad, good)

        told = self.run_action(stop, self.move)
        stopped = self.rows()
        self.run_action(go_on, self.move)

        self.assertFalse(stopped)
        self.assertIn('"not a date" is not a date', told["params"]["message"])
        self.assertEqual(self.rows().payload, {"memo": "late"})

    def test_more_records_than_the_limit_are_refused(self):
        self.connection.update_limit = 1
        other = self.invoice(self.owner, 5)
        self.drive(self.connection)

        with self.assertRaises(UserError):
            self.stage("L2", self.move | self.mirror(other))

    def test_user_without_rights_on_the_record_is_refused(self):
        user = new_test_user(self.env, login="reader", groups="base.group_user")

        with self.assertRaises(AccessError):
            self.run_action(self.action(("memo", "text", "x")), self.move, user)

        self.assertFalse(self.rows())

    # === DRY RUN === #

    def test_dry_run_shows_the_json_and_calls_nobody(self):
        action = self.action(("custbody_stage", "text", "L2"), ("custbody_carrier", "list", "2"))
        self.simulator.clear_requests()

        first, _sep, rest = action.netsuite_sample_payload.partition("\n")

        self.assertEqual(first, f"PATCH invoice/{self.number}")
        self.assertEqual(
            json.loads(rest), {"custbody_stage": "L2", "custbody_carrier": {"id": "2"}}
        )
        self.assertFalse(self.simulator.requests())
        self.assertFalse(self.rows())

    # === WHEN IT IS SENT === #

    def test_immediate_action_starts_the_round_once_the_change_is_saved(self):
        cron = self.env.ref("kolleno_netsuite.ir_cron_write")
        for mode, expected in (("queued", 0), ("immediate", 1)):
            with self.subTest(mode):
                triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
                triggers.unlink()
                self.stage(mode, netsuite_run_mode=mode)
                found = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
                self.assertEqual(found, expected)
                self.assertFalse(self.writes())

    # === NO ECHO === #

    def rule(self):
        """Mark each invoice in NetSuite that is made or changed, by an automation rule."""
        model = {"model_id": self.env["ir.model"]._get_id("account.move")}
        line = self._line("custbody_stage", "text", "L9")
        action = {**model, "name": "Stage", "state": "netsuite_update"}
        self.addCleanup(self.env["base.automation"]._unregister_hook)
        return self.env["base.automation"].create(
            {
                **model,
                "name": "On every change",
                "trigger": "on_create_or_write",
                "action_server_ids": [
                    Command.create({**action, "netsuite_line_ids": [Command.create(line)]})
                ],
            }
        )

    def test_import_makes_no_write_back(self):
        self.rule()
        self.invoice(self.owner, 10)
        self.edit(self.number, memo="from NetSuite")

        self.drive(self.connection)

        self.assertFalse(self.rows())

    def test_rule_runs_once_for_a_change_and_not_for_its_echo(self):
        self.map("custbody_stage", "invoice_origin")
        self.drive(self.connection)
        self.simulator.clear_requests()
        self.rule()

        self.move.ref = "from a user"
        self.write()
        for _round in range(2):
            self.drive(self.connection)
            self.write()

        self.assertEqual(self.move.invoice_origin, "L9")
        self.assertEqual(self.rows().mapped("state"), ["confirmed"])
        self.assertEqual(len(self.writes()), 1)

    def test_our_own_change_comes_back_as_no_change(self):
        self.stage("L2")
        self.write()
        self.drive(self.connection)
        record = self.move.netsuite_record_id
        booked, hash_then = record.booked_at, record.payload_hash

        self.drive(self.connection)

        self.assertEqual((record.booked_at, record.payload_hash), (booked, hash_then))
        self.assertEqual(record.state, "booked")
        self.assertEqual(len(self.writes()), 1)
        self.assert_in_step(self.connection)
