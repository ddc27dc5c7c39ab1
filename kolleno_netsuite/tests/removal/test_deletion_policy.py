from odoo.tests import tagged

from ...models.removal.netsuite_record import MAPPED_KINDS
from ..support.deletion_case import DeletionCase

SETUP_RECORDS = {
    "subsidiary": {"name": "Closing Branch", "currency": {"id": 1}, "country": "US"},
    "account": {"acctNumber": "4900", "acctName": "Closing Account", "acctType": "Income"},
    "term": {"name": "Closing Terms", "daysUntilNetDue": 7},
    "paymentMethod": {"name": "Closing Method"},
    "salesTaxItem": {"itemId": "Closing Tax", "rate": 5},
}


@tagged("post_install", "-at_install")
class TestDeletionPolicy(DeletionCase):
    """What NetSuite lists as deleted is followed type by type; nothing else is."""

    # === THE POLICY OF EACH TYPE === #

    def test_each_deleted_type_follows_its_policy(self):
        paid, open_invoice = self.target("invoice", self.paid), self.target("invoice", self.open)
        payment = self.target("customerpayment", self.settling)
        memo, partner = self.target("creditmemo", self.memo), self.target("customer", self.unused)
        for each in (self.open, self.settling, self.memo):
            self.simulator.act("delete", id=each, by=self.employee())
        self.simulator.act("delete", type="customer", id=self.unused)

        self.drive(self.connection)

        self.assertEqual((open_invoice.state, open_invoice.amount_residual), ("cancel", 0))
        self.assertEqual(payment.state, "canceled")
        self.assertEqual(memo.state, "cancel")
        self.assertEqual((paid.state, paid.amount_residual), ("posted", 100))
        self.assertFalse(partner.active)
        self.assertTrue(partner.netsuite_inactive)
        for record in (open_invoice, payment, memo, partner):
            self.assertEqual(record.netsuite_state, "removed")
        self.assertFalse(payment._netsuite_may_be_sent())
        self.assertTrue(self.target("invoice", self.paid).netsuite_state, "in_step")
        self.assertFalse(self.open_issues(self.connection))
        self.assert_in_step(self.connection)

    def test_deletion_names_its_time_and_its_person_on_the_document(self):
        move = self.target("invoice", self.open)
        self.simulator.act("delete", id=self.open, by=self.employee())

        self.drive(self.connection)

        record = move.netsuite_record_id
        self.assertEqual(record.deleted_by, "Marlow Quill")
        self.assertTrue(record.deleted_at)
        self.assertIn("by Marlow Quill", move.netsuite_removal)
        self.assertIn("by Marlow Quill", move.message_ids[0].body)

    def test_deleted_invoice_is_out_of_aging_and_not_paid_in_the_portal(self):
        move = self.target("invoice", self.open)
        self.simulator.act("delete", id=self.open)

        self.drive(self.connection)

        open_items = self.env["account.move.line"].search(
            [
                ("partner_id", "=", move.partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("amount_residual", "!=", 0),
            ]
        )
        self.assertNotIn(move, open_items.move_id)
        self.assertFalse(move._has_to_be_paid())

    def test_partly_paid_invoice_leaves_its_payment_unapplied(self):
        self.simulator.act("unapply", payer=self.memo)
        self.simulator.act("unapply", payer=self.settling)
        self.simulator.act("delete", id=self.paid)
        payment = self.target("customerpayment", self.settling)

        self.drive(self.connection)

        receivable = payment.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(receivable.amount_residual, -60)
        self.assert_in_step(self.connection)

    def test_voided_invoice_is_labelled_as_voided(self):
        move = self.target("invoice", self.open)
        self.simulator.act("void", id=self.open)

        self.drive(self.connection)

        self.assertEqual((move.state, move.netsuite_state), ("cancel", "voided"))
        self.assertEqual(move.netsuite_removal, "Voided in NetSuite.")
        self.assertEqual(move.amount_residual, 0)

    def test_deleted_setup_records_flag_their_mapping_and_keep_what_is_booked(self):
        made = {
            record_type: self.simulator.act("create", type=record_type, body=body)["id"]
            for record_type, body in SETUP_RECORDS.items()
        }
        self.drive(self.connection)
        flags = {record_type: self.flag(record_type, made[record_type]) for record_type in made}
        self.assertEqual(set(map(len, flags.values())), {1})
        booked = self.target("invoice", self.open)

        for record_type, internal_id in made.items():
            self.simulator.act("delete", type=record_type, id=internal_id)
        self.drive(self.connection)

        issues = self.open_issues(self.connection, "removal")
        for record_type, row in flags.items():
            with self.subTest(record_type):
                self.assertTrue(row.is_inactive)
                record = self.record_of(self.connection, record_type.lower(), made[record_type])
                self.assertEqual(record.state, "removed")
                issue = issues.filtered(
                    lambda each, record=record: each.title.startswith(record.name)
                )
                self.assertIn("was deleted in NetSuite (", issue.title)
        self.assertEqual(len(issues), len(made))
        self.assertIn("See the mappings", issues.mapped("fix_label"))
        self.assertEqual((booked.state, booked.amount_residual), ("posted", 40))

    def test_record_of_another_type_with_the_same_id_stays(self):
        self.pretend_deleted("contact", self.open)
        self.pretend_deleted("salesOrder", self.paid)

        self.drive(self.connection)

        self.assertEqual(self.target("invoice", self.open).state, "posted")
        self.assertEqual(self.target("invoice", self.paid).state, "posted")
        self.assertFalse(self.connection.deletions_hidden_since)

    # === ARRANGING === #

    def flag(self, record_type, internal_id):
        """Return the row of the settings that stands for a set-up record."""
        domain = [
            ("connection_id", "=", self.connection.id),
            ("internal_id", "=", int(internal_id)),
        ]
        if record_type == "subsidiary":
            return self.env["netsuite.subsidiary"].search(domain)
        kind = MAPPED_KINDS[record_type.lower()]
        return self.env["netsuite.mapping"].search([*domain, ("kind", "=", kind)], limit=1)
