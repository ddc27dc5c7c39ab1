# Tests say things in English only.
# pylint: disable=translation-required

from odoo.tests import tagged

from ..support.simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestCustomerMerge(SimulatorCase):
    """Customers merged in NetSuite: documents follow, the old partner is put away."""

    # What was read long before the merge is not read again because of it.
    drives_all = True

    def prepare(self):
        super().prepare()
        self.old, self.heir = self.customer("Old Quay"), self.customer("New Quay")
        self.child = self.customer("Quay Side", parent={"id": self.old})
        self.paid, self.open = self.invoice(self.old, 100), self.invoice(self.old, 40)
        self.paying = self.payment(self.old, 100, apply={self.paid: 100})
        self.kept = self.invoice(self.heir, 7)
        self.connection = self.connect()
        self.drive(self.connection)
        self.later(7200)
        self.drive(self.connection)

    def merge(self, **switches):
        """Note something in Odoo only, merge in NetSuite, and synchronise."""
        if switches:
            self.simulator.switches(**switches)
        self.partner = self.target("customer", self.old)
        self.partner.message_post(body="Pays on Fridays")
        self.contact = self.env["res.partner"].create(
            {"name": "Own contact", "parent_id": self.partner.id}
        )
        self.simulator.act("merge", source=self.old, target=self.heir)
        self.drive(self.connection)

    def test_merged_customers_documents_belong_to_the_merge_target_and_stay_applied(self):
        self.merge(merge_touches_transactions=True)

        self.assert_followed()

    def test_merge_that_moves_no_dates_is_found_by_the_deleted_customer(self):
        self.merge(merge_touches_transactions=False)

        self.assert_followed()

    def test_second_run_after_a_merge_changes_nothing(self):
        self.merge(merge_touches_transactions=False)
        move = self.target("invoice", self.paid)
        before = move.line_ids.ids

        self.drive(self.connection)

        self.assertEqual(move.line_ids.ids, before)
        self.assert_followed()

    def test_merge_is_found_without_deleted_records_by_the_comparison(self):
        self.simulator.fault("permission_missing", times=None, record="deletedrecord")
        self.merge(merge_touches_transactions=False)
        self.assertEqual(self.target("invoice", self.open).partner_id, self.partner)

        self.connection._drive_compare()
        self.drive(self.connection)

        self.assert_followed()

    def test_merged_customer_with_a_locked_document_stays_until_it_can_follow(self):
        self.simulator.switches(merge_touches_transactions=False)
        partner, move = self.target("customer", self.old), self.target("invoice", self.open)
        move.company_id.fiscalyear_lock_date = move.date

        self.simulator.act("merge", source=self.old, target=self.heir)
        self.drive(self.connection)
        self.connection._drive_heal()

        issue = self.open_issues(self.connection, "removal")
        self.assertEqual(
            issue.title,
            "Old Quay was merged into New Quay in NetSuite and still has open items in Odoo",
        )
        self.assertTrue(partner.active)
        self.assertEqual(move.partner_id, partner)
        items = issue.action_fix()
        self.assertIn(move, self.env["account.move.line"].search(items["domain"]).move_id)

        move.company_id.fiscalyear_lock_date = False
        self.drive(self.connection)
        self.connection._drive_heal()

        self.assertEqual(move.partner_id, self.target("customer", self.heir))
        self.assertFalse(partner.active)
        self.assertEqual(issue.state, "solved")
        self.assert_in_step(self.connection)

    def assert_followed(self):
        heir = self.target("customer", self.heir)
        for invoice in (self.paid, self.open, self.kept):
            move = self.target("invoice", invoice)
            self.assertEqual(move.partner_id, heir)
            self.assertEqual(move.line_ids.partner_id, heir)
        self.assertEqual(self.target("customerpayment", self.paying).partner_id, heir)
        self.assertEqual(self.target("invoice", self.paid).payment_state, "paid")
        self.assertEqual(self.target("customer", self.child).netsuite_parent_id, heir)
        record = self.record_of(self.connection, "customer", self.old)
        self.assertEqual((record.state, record.removal_kind), ("removed", "merged"))
        self.assertEqual(record.merged_into_id.internal_id, int(self.heir))
        self.assertFalse(self.partner.active)
        self.assertEqual(self.partner.netsuite_state, "merged")
        self.assertEqual(self.contact.parent_id, self.partner)
        self.assertIn("Pays on Fridays", self.partner.message_ids.mapped("body")[-1] or "")
        named = self.env["res.partner"].with_context(active_test=False)
        self.assertEqual(named.search_count([("name", "=", "New Quay")]), 1)
        self.assertFalse(self.open_issues(self.connection, "difference"))
        self.assert_in_step(self.connection)

    def target(self, record_type, internal_id):
        return self.record_of(self.connection, record_type, internal_id)._target()
