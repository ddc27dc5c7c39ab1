from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestFollowUp(DocumentsCase):
    """Of what customers owe, what Odoo reminds them of (docs/FEATURES.md 26, 32, 34)."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.owner = self.customer()
        self.open = self.invoice(self.owner, 100)

    def test_journals_are_followed_up_only_while_they_are_chased(self):
        journal = self.journal((self.AR, 30, self.owner), (self.SALES, -30), days_ago=40)
        self.drive(self.connection)
        partner = self.record_of(self.connection, "customer", self.owner)._target()
        invoice = self.mirror(self.connection, "invoice", self.open)
        entry = self.mirror(self.connection, "journalentry", journal)
        usd = self.main_company.currency_id.name

        for chased in (False, True, False):
            with self.subTest(chased=chased):
                self.connection.chase_journals = chased
                partner.invalidate_recordset()
                expected = invoice | entry if chased else invoice
                self.assertEqual(self.followed(partner).move_id, expected)
                overdue = f"{130 if chased else 100}.00 {usd}"
                self.assertEqual(partner.netsuite_overdue_text, overdue)
                self.assertEqual(partner.netsuite_open_text, f"130.00 {usd}")
                (section,) = partner._netsuite_statement()
                self.assertEqual(section["overdue"], 130 if chased else 100)
                # What lists show in red is what is counted.
                items = (invoice | entry).line_ids.filtered("netsuite_overdue")
                self.assertEqual(sum(items.mapped("amount_residual_currency")), section["overdue"])

    def test_journals_booked_and_changed_while_chased_are_followed_up(self):
        self.connection.chase_journals = True
        journal = self.journal((self.AR, 30, self.owner), (self.SALES, -30))
        self.drive(self.connection)
        entry = self.mirror(self.connection, "journalentry", journal)
        partner = self.record_of(self.connection, "customer", self.owner)._target()
        self.assertIn(entry, self.followed(partner).move_id)

        lines = ((self.AR, 25, self.owner), (self.SALES, -25))
        body = {"line": {"items": [self._journal_line(*line) for line in lines]}}
        self.simulator.act("edit", type="journalEntry", id=journal, body=body, replace=["line"])
        self.drive(self.connection)

        self.assertEqual(entry.line_ids.filtered("partner_id").balance, 25)
        self.assertIn(entry, self.followed(partner).move_id)

    def test_inactive_customer_is_not_followed_up_until_he_is_active_again(self):
        self.drive(self.connection)
        partner = self.record_of(self.connection, "customer", self.owner)._target()
        invoice = self.mirror(self.connection, "invoice", self.open)
        disputed = self.invoice(self.owner, 60)
        self.drive(self.connection)
        disputed = self.mirror(self.connection, "invoice", disputed)
        disputed.no_followup = True

        later = self.invoice(self.owner, 7)
        self.simulator.act("set_inactive", type="customer", id=self.owner)
        self.drive(self.connection)
        self.assertTrue(partner.netsuite_inactive)
        self.assertEqual(self.mirror(self.connection, "invoice", later).amount_residual, 7)
        self.assertFalse(self.followed(partner))
        self.assertTrue(invoice.no_followup)

        self.simulator.act("set_inactive", type="customer", id=self.owner, inactive=False)
        self.drive(self.connection)

        self.assertFalse(partner.netsuite_inactive)
        expected = invoice | self.mirror(self.connection, "invoice", later)
        self.assertEqual(self.followed(partner).move_id, expected)
        # What a person marked stays marked.
        self.assertTrue(disputed.no_followup)

    def test_deleted_voided_and_reversed_documents_are_not_followed_up(self):
        voided, locked = self.invoice(self.owner, 40), self.invoice(self.owner, 50, days_ago=60)
        kept = self.invoice(self.owner, 9)
        self.drive(self.connection)
        partner = self.record_of(self.connection, "customer", self.owner)._target()
        self.assertEqual(len(self.followed(partner)), 4)
        reversed_one = self.mirror(self.connection, "invoice", locked)
        self.main_company.fiscalyear_lock_date = self.day(50)

        self.simulator.act("delete", id=self.open)
        self.simulator.act("delete", id=locked)
        self.simulator.act("void", id=voided)
        self.drive(self.connection)

        self.assertEqual(
            self.followed(partner).move_id, self.mirror(self.connection, "invoice", kept)
        )
        self.assertEqual(reversed_one.payment_state, "reversed")
        self.assertGreater(str(reversed_one.reversal_move_ids.date), self.day(50))
        self.assert_in_step(self.connection)

    # === ARRANGING === #

    def followed(self, partner):
        """Return the open items that Odoo's follow-up reports would remind a customer of."""
        return self.env["account.move.line"].search(
            [
                ("partner_id", "=", partner.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("no_followup", "=", False),
            ]
        )
