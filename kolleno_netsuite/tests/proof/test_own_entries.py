from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..support.simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestOwnEntries(SimulatorCase):
    """What people book in Odoo for mirrored customers stands beside, and is no difference."""

    def setUp(self):
        super().setUp()
        self.customer_id = self.customer("Harbour Supplies")
        self.invoice(self.customer_id, 130)
        self.connection = self.connect()
        self.drive(self.connection)
        self.partner = self.record_of(self.connection, "customer", self.customer_id)._target()

    def own_move(self, amount, partner=None, kind="out_invoice"):
        """Post an entry of Odoo's own."""
        move = (
            self.env["account.move"]
            .with_company(self.main_company)
            .create(
                {
                    "move_type": kind,
                    "partner_id": (partner or self.partner).id,
                    "invoice_date": "2026-01-10",
                    "invoice_line_ids": [
                        Command.create({"name": "Own", "price_unit": amount, "tax_ids": False})
                    ],
                }
            )
        )
        move.action_post()
        return move

    def own_payment(self, amount):
        """Post a payment of Odoo's own."""
        payment = (
            self.env["account.payment"]
            .with_company(self.main_company)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.partner.id,
                    "amount": amount,
                }
            )
        )
        payment.action_post()
        return payment

    def proofs(self):
        self.env["netsuite.proof"].invalidate_model()
        return self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])

    def ledger(self, partner=None):
        """Return what Odoo's partner ledger shows as open for a customer."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", (partner or self.partner).id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("amount_residual"))

    def test_own_payment_stands_beside_and_the_partner_ledger_is_the_sum(self):
        payment = self.own_payment(10)
        own = self.own_move(25)
        draft = self.own_move(7)
        draft.button_draft()

        # A run in which NetSuite changed nothing notices it as well.
        self.drive(self.connection)

        proof = self.proofs()
        self.assertEqual((proof.state, proof.netsuite_open, proof.odoo_open), ("agrees", 130, 130))
        self.assertEqual((proof.own_entries, proof.own_entries_company), (15, 15))
        self.assertEqual(proof.ledger_open, 145)
        self.assertEqual(proof.ledger_open, self.ledger())
        listed = self.env["account.move.line"].search(proof.action_open_own_entries()["domain"])
        self.assertEqual(listed.move_id, payment.move_id | own)
        header = self.env["netsuite.proof"].header([self.connection.id])
        self.assertEqual(header["state"], "agrees")
        self.assertIn("1 customer also has own Odoo entries, shown beside.", header["sentence"])

    def test_quiet_run_asks_nothing_once_own_entries_are_known(self):
        self.own_payment(10)
        for _run in range(2):
            self.later(3600)
            self.drive(self.connection)
            sums = [r for r in self.simulator.requests() if "SUM(" in str(r["body"])]
            self.simulator.clear_requests()
        self.assertFalse(sums)

        self.own_move(25).button_cancel()
        self.own_payment(3)
        self.later(3600)
        self.drive(self.connection)

        self.assertEqual(self.proofs().own_entries, -13)

    def test_customer_with_nothing_open_in_netsuite_has_a_row_for_own_entries(self):
        quiet = self.customer("Quiet Quay")
        self.drive(self.connection)
        partner = self.record_of(self.connection, "customer", quiet)._target()
        self.own_move(40, partner=partner)

        self.drive(self.connection)

        row = self.proofs().filtered(lambda proof: proof.customer_internal_id == quiet)
        self.assertEqual((row.state, row.netsuite_open, row.own_entries), ("agrees", 0, 40))
        self.assertEqual(row.ledger_open, self.ledger(partner))
        row.partner_id.ensure_one()

    def test_list_of_own_entries_is_for_those_who_see_the_books(self):
        self.own_move(25)
        self.drive(self.connection)
        accountant = new_test_user(
            self.env,
            "own_entries_accountant",
            "kolleno_netsuite.group_netsuite_accountant",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )
        proof = self.proofs().with_user(accountant)

        self.assertEqual(len(proof.action_open_own_entries()["domain"][0][2]), 1)

    # === TWO CUSTOMERS ON ONE CONTACT === #

    def share_a_contact(self):
        """Let the contact of a second customer be merged away, past every guard."""
        other = self.customer("Beta Boats")
        self.invoice(other, 70)
        self.drive(self.connection)
        record = self.record_of(self.connection, "customer", other)
        lost = record._target()
        self.env.flush_all()
        for table, column in (
            ("account_move", "partner_id"),
            ("account_move", "commercial_partner_id"),
            ("account_move_line", "partner_id"),
        ):
            table, column = SQL.identifier(table), SQL.identifier(column)
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(kept)s WHERE %(column)s = %(lost)s",
                    table=table,
                    column=column,
                    kept=self.partner.id,
                    lost=lost.id,
                )
            )
        self.env.cr.execute(
            SQL("UPDATE netsuite_record SET res_id = %s WHERE id = %s", self.partner.id, record.id)
        )
        self.env.cr.execute(
            SQL("UPDATE res_partner SET netsuite_record_id = NULL WHERE id = %s", lost.id)
        )
        self.env.invalidate_all()
        return other

    def test_contact_of_two_customers_is_a_difference_and_can_be_separated(self):
        other = self.share_a_contact()
        self.later(3600)

        self.drive(self.connection)

        rows = self.proofs()
        self.assertEqual(set(rows.mapped("state")), {"differs"})
        self.assertEqual(set(rows.mapped("difference")), {0.0})
        self.assertIn("stands for another NetSuite customer", rows[0].reason)
        # One contact is one trouble, whoever looks at it from which customer.
        issue = self.open_issues(self.connection, "difference")
        names = self.record_of_all(self.connection, "customer", [other, self.customer_id])
        self.assertIn("stands for several NetSuite customers", issue.title)
        for record in names:
            self.assertIn(record.name, issue.title)
            self.assertIn(record, issue.record_ids)
        self.assertIn(issue.action_fix()["res_id"], rows.ids)
        self.assertEqual(self.connection.standing_text, "2 customers don't match")

        rows.filtered(lambda row: row.customer_internal_id == other).action_separate()

        self.assertEqual(set(self.proofs().mapped("state")), {"agrees"})
        self.assertFalse(self.open_issues(self.connection, "difference"))
        beta = self.record_of(self.connection, "customer", other)._target()
        self.assertNotEqual(beta, self.partner)
        self.assertEqual((self.ledger(beta), self.ledger()), (70, 130))
        self.assert_in_step(self.connection)

    def test_customers_without_anything_open_on_one_contact_are_a_difference_too(self):
        others = [self.customer(name) for name in ("Beta Boats", "Gamma Gear")]
        self.drive(self.connection)
        records = self.record_of_all(self.connection, "customer", others)
        records[1].res_id = records[0].res_id

        self.drive(self.connection)

        rows = self.proofs().filtered(lambda row: row.customer_internal_id in others)
        self.assertEqual(rows.mapped("state"), ["differs", "differs"])
