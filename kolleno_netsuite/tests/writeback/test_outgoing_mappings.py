from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..support.writeback_case import WritebackCase


@tagged("post_install", "-at_install")
class TestOutgoingMappings(WritebackCase):
    """Field mappings from Odoo to NetSuite, and both ways (docs/FEATURES.md 14)."""

    def map_out(self, name="custbody_stage", target="invoice_origin", direction="both", **values):
        return self.map(name, target, direction=direction, **values)

    def mapped(self, value="L1", **values):
        """Map the stage both ways, and let both sides hold a value."""
        mapping = self.map_out(**values)
        self.edit(self.number, custbody_stage=value)
        self.drive(self.connection)
        self.assertEqual(self.move.invoice_origin, value)
        self.simulator.clear_requests()
        return mapping

    # === THERE AND BACK === #

    def test_change_in_odoo_reaches_netsuite_once(self):
        self.mapped("L1")

        self.move.invoice_origin = "L2"
        row = self.rows()
        self.write()

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual(self.netsuite(), "L2")
        self.assertEqual([each[2] for each in self.writes()], [{"custbody_stage": "L2"}])
        value = row.value_ids
        self.assertEqual((value.was_text, value.meant_text), ("L1", "L2"))

    def test_change_never_comes_back_as_a_change(self):
        self.mapped("L1")
        self.move.invoice_origin = "L2"
        self.write()

        for _round in range(3):
            self.drive(self.connection)
            self.write()

        self.assertEqual(len(self.writes()), 1)
        self.assertEqual(self.rows().mapped("state"), ["confirmed"])
        self.assertEqual(self.move.invoice_origin, "L2")
        known = self.move.netsuite_record_id.field_values
        self.assertIn("L2", known.values())

    def test_change_in_netsuite_writes_nothing_back(self):
        self.mapped("L1")

        self.edit(self.number, custbody_stage="L3")
        self.drive(self.connection)
        self.write()

        self.assertEqual(self.move.invoice_origin, "L3")
        self.assertFalse(self.rows())
        self.assertFalse(self.writes())

    def test_odoo_value_stays_while_it_is_under_way(self):
        self.mapped("L1")
        self.move.invoice_origin = "L2"

        self.edit(self.number, memo="something else")
        self.drive(self.connection)

        self.assertEqual(self.move.invoice_origin, "L2")

    def test_second_change_before_the_first_is_read_back_is_not_lost(self):
        self.mapped("L1")
        self.move.invoice_origin = "L2"
        self.write()
        self.move.invoice_origin = "L3"

        self.drive(self.connection)
        kept = self.move.invoice_origin
        self.write()

        self.assertEqual(kept, "L3")
        self.assertEqual(self.netsuite(), "L3")

    def test_emptied_field_is_cleared_in_netsuite(self):
        self.mapped("L1")

        self.move.invoice_origin = False
        self.write()

        self.assertEqual(self.writes()[0][2], {"custbody_stage": None})
        self.assertIsNone(self.netsuite())

    def test_value_set_back_before_it_was_sent_sends_nothing(self):
        self.mapped("L1")
        self.move.invoice_origin = "L2"
        self.move.invoice_origin = "L1"

        self.write()

        self.assertFalse(self.writes())
        self.assertFalse(
            self.rows().filtered(lambda row: row.state not in ("cancelled", "confirmed"))
        )

    def test_only_outgoing_mapping_reads_nothing(self):
        self.map_out(direction="out")
        self.edit(self.number, custbody_stage="L7")
        self.drive(self.connection)
        self.assertFalse(self.move.invoice_origin)

        self.move.invoice_origin = "L8"
        self.write()
        self.drive(self.connection)

        self.assertEqual(self.netsuite(), "L8")
        self.assertEqual(self.rows().value_ids.was_text, "L7")

    def test_mapping_that_reads_only_writes_nothing(self):
        self.mapped("L1", direction="in")

        self.move.invoice_origin = "L2"

        self.assertFalse(self.rows())

    def test_user_of_odoo_without_any_netsuite_right_makes_the_write_back(self):
        self.mapped("L1")
        user = new_test_user(
            self.env,
            login="biller",
            groups="account.group_account_invoice",
            company_id=self.main_company.id,
            company_ids=[(6, 0, self.main_company.ids)],
        )

        self.move.with_user(user).invoice_origin = "L2"
        self.env.flush_all()

        self.assertEqual(self.rows().user_id, user)
        self.write()
        self.assertEqual(self.netsuite(), "L2")

    def test_customers_fields_of_several_types_are_written(self):
        for name, target, conversion, value, sent in (
            ("custentity_ap_email", "function", "text", "ap@globex.test", "ap@globex.test"),
            ("custentity_risk_score", "company_registry", "number", "12.5", 12.5),
        ):
            with self.subTest(name):
                self.map(name, target, "customer", direction="both", conversion=conversion)
                self.drive(self.connection)
                self.simulator.clear_requests()

                self.partner[target] = value
                self.write()

                self.assertEqual(self.rows()[0].state, "confirmed", self.rows()[0].error)
                self.assertEqual(self.writes()[0][2], {name: sent})

    def test_value_that_does_not_fit_is_an_issue_and_nothing_is_lost(self):
        self.map("custbody_promise_date", "invoice_origin", direction="out", conversion="date")

        self.move.invoice_origin = "soon"

        self.write()
        self.assertEqual(self.move.invoice_origin, "soon")
        self.assertFalse(self.writes())
        row = self.rows()
        self.assertEqual(row.state, "blocked")
        self.assertIn('"soon" is not a date', row.error)
        issue = self.open_issues(self.connection, "writeback")
        self.assertIn('"soon" is not a date', issue.detail)
        with self.assertRaises(UserError):
            row.action_retry()

        self.move.invoice_origin = "2026-02-01"
        self.write()
        self.assertEqual(self.netsuite("custbody_promise_date"), "2026-02-01")
        self.assertEqual(row.state, "cancelled")
        self.assertFalse(self.open_issues(self.connection, "writeback"))

    # === WHO WINS === #

    def both_changed(self, policy):
        """Let a field change on both sides; return the write-back after one round."""
        self.mapped("L1", conflict_policy=policy)
        self.move.invoice_origin = "from Odoo"
        self.edit(self.number, custbody_stage="from NetSuite")
        self.write()
        self.drive(self.connection)
        return self.rows()

    def test_conflict_is_asked_with_the_three_values(self):
        row = self.both_changed("ask")

        self.assertEqual(row.state, "conflict")
        self.assertFalse(self.writes())
        value = row.value_ids
        self.assertEqual(
            (value.was_text, value.meant_text, value.found_text),
            ("L1", "from Odoo", "from NetSuite"),
        )
        self.assertEqual(self.move.invoice_origin, "from Odoo")
        self.assertEqual(self.netsuite(), "from NetSuite")
        (issue,) = self.open_issues(self.connection, "writeback")
        self.assertEqual(len(issue.activity_ids), 1)

    def test_conflict_that_is_decided_for_odoo_is_written(self):
        row = self.both_changed("ask")

        row.value_ids.choice = "odoo"
        row.action_apply_choices()
        self.write()
        self.drive(self.connection)

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual(self.netsuite(), "from Odoo")
        self.assertEqual(self.move.invoice_origin, "from Odoo")
        self.assertFalse(self.open_issues(self.connection, "writeback"))
        self.assertFalse(self.env["mail.activity"].search([("res_model", "=", "netsuite.issue")]))

    def test_conflict_that_is_decided_for_netsuite_is_followed(self):
        row = self.both_changed("ask")

        row.action_keep_netsuite()
        self.drive(self.connection)
        self.write()

        self.assertEqual(row.state, "cancelled")
        self.assertFalse(self.writes())
        self.assertEqual(self.move.invoice_origin, "from NetSuite")
        self.assertFalse(self.open_issues(self.connection, "writeback"))

    def test_odoo_wins_where_the_mapping_says_so(self):
        row = self.both_changed("odoo")

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual(self.netsuite(), "from Odoo")
        self.assertEqual(self.move.invoice_origin, "from Odoo")
        self.assertEqual(row.value_ids.former, {"value": "from NetSuite"})

    def test_netsuite_wins_where_the_mapping_says_so(self):
        row = self.both_changed("netsuite")

        self.assertEqual(row.state, "cancelled")
        self.assertIn("NetSuite wins", row.error)
        self.assertFalse(self.writes())
        self.assertEqual(self.move.invoice_origin, "from NetSuite")

    def test_netsuite_wins_for_its_field_only(self):
        self.mapped("L1", conflict_policy="netsuite")
        self.map("custbody15", "incoterm_location", direction="both")
        self.drive(self.connection)
        self.simulator.clear_requests()
        self.move.write({"invoice_origin": "from Odoo", "incoterm_location": "Hull"})
        self.edit(self.number, custbody_stage="from NetSuite")

        self.write()
        self.drive(self.connection)

        self.assertEqual([each[2] for each in self.writes()], [{"custbody15": "Hull"}])
        self.assertEqual(self.move.invoice_origin, "from NetSuite")
        self.assertEqual(self.rows().state, "confirmed")

    def test_undo_gives_the_former_value_back_on_both_sides(self):
        self.mapped("L1")
        self.move.invoice_origin = "L2"
        self.write()
        row = self.rows()

        row.action_undo()
        undoing = self.rows() - row
        self.write()
        self.drive(self.connection)

        self.assertEqual((row.state, undoing.state), ("undone", "confirmed"), undoing.error)
        self.assertEqual(self.netsuite(), "L1")
        self.assertEqual(self.move.invoice_origin, "L1")

    def test_cancelled_change_lets_odoo_follow_netsuite_again(self):
        self.connection.field_update_mode = "review"
        self.mapped("L1")
        self.move.invoice_origin = "L2"

        self.rows().action_cancel()
        self.drive(self.connection)

        self.assertFalse(self.writes())
        self.assertEqual(self.move.invoice_origin, "L1")

    # === WHAT CANNOT BE WRITTEN === #

    def test_mapping_that_could_send_nothing_is_refused(self):
        cases = (
            {"record_type": "invoice", "name": "entity"},
            {"record_type": "invoice", "name": "total"},
            {"record_type": "contact", "name": "custentity_carrier", "target": "function"},
            {"record_type": "journalentry", "name": "custbody15"},
            {"record_type": "invoice", "name": "custbody_carrier", "conversion": "list_text"},
            {"record_type": "invoice", "name": "custbody_tags", "conversion": "multi_select"},
            {"record_type": "invoice", "name": "custbody16", "target": None},
        )
        for case in cases:
            target = case.pop("target", "invoice_origin")
            name, record_type = case.pop("name"), case.pop("record_type")
            with self.subTest(name), self.assertRaises(ValidationError):
                self.map(name, target, record_type, direction="out", **case)

    def test_writes_of_other_fields_cost_no_query(self):
        self.mapped("L1")
        self.move.narration = "warm"
        self.env.flush_all()
        fields_read = self.env["netsuite.field.mapping"]._outgoing_fields("account.move")
        self.assertEqual(fields_read, {"invoice_origin"})

        with self.assertQueryCount(0):
            self.assertFalse(self.move._netsuite_watched({"narration": "x"}))
