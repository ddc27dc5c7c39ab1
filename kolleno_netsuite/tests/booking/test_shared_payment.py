"""Payments of a parent for its subcustomers, some of whom are left out of the mirror."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...wizards.exclude import netsuite_exclude
from ..support.receivables_case import DocumentsCase


class ConsolidatedCase(DocumentsCase):
    """A parent with two subcustomers, in NetSuite and in Odoo."""

    def prepare(self):
        super().prepare()
        self.parent = self.customer("Harbour Group")
        self.child = self.customer("Harbour North", parent={"id": self.parent})
        self.other = self.customer("Harbour South", parent={"id": self.parent})
        self.connection = self.connect()

    def exclude(self, *customers):
        """Put customers on the exclusion list, and take out what Odoo has of them."""
        wizard = self.env["netsuite.exclude"].create(
            {
                "connection_id": self.connection.id,
                "entries": "\n".join(str(customer) for customer in customers),
            }
        )
        wizard.action_preview()
        wizard.confirmation = wizard.expected
        wizard.action_apply()
        return wizard

    def let_in(self, *customers):
        """Take customers off the exclusion list."""
        self.env["netsuite.exclusion"].search([("internal_id", "in", customers)]).unlink()

    def found(self, record_type, internal_id):
        """Return the Odoo document of a NetSuite one, empty when there is none."""
        return self.record_of(self.connection, record_type, internal_id)._target()

    # === ASSERTIONS === #

    def assert_mirrored_in_step(self, *left_out):
        """Fail unless each document of who is mirrored has open in Odoo what NetSuite says."""
        open_issues = self.open_issues(self.connection).mapped("title")
        self.assertFalse(open_issues)
        self.env["netsuite.proof"]._prove(self.connection)
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        self.assertFalse(proofs.filtered(lambda proof: proof.state != "agrees"))
        self.assertFalse(set(left_out) & set(proofs.mapped("customer_internal_id")))
        for record in self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "in", ("invoice", "customerpayment")),
                ("state", "!=", "removed"),
                ("customer_internal_id", "not in", left_out),
            ]
        ):
            self.assertEqual(record.state, "booked", record.message)
            document = record._target()
            move = document.move_id if document._name == "account.payment" else document
            lines = move.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            row = record.payload["row"]
            told = float(row.get("foreignamountunpaid", 0)) - float(
                row.get("foreignpaymentamountunused", 0)
            )
            self.assertAlmostEqual(sum(lines.mapped("amount_residual_currency")), told, 2)


@tagged("post_install", "-at_install")
class TestConsolidatedPayment(ConsolidatedCase):
    def paid_by_the_parent(self, unapplied=0):
        """Let the parent pay its own invoice and one of each subcustomer; return the payment."""
        self.invoices = {
            customer: self.invoice(customer, amount)
            for customer, amount in ((self.parent, 40), (self.child, 60), (self.other, 80))
        }
        shares = {self.invoices[self.parent]: 40, self.invoices[self.child]: 60}
        shares[self.invoices[self.other]] = 30
        return self.payment(self.parent, 130 + unapplied, apply=shares)

    def test_payment_of_an_excluded_parent_settles_its_subcustomers_invoices(self):
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": self.parent}
        )
        paying = self.paid_by_the_parent(unapplied=7)

        self.drive(self.connection)

        payment, record = (
            self.found("customerpayment", paying),
            self.record_of(self.connection, "customerpayment", paying),
        )
        invoice = self.found("invoice", self.invoices[self.child])
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0.0, "paid"))
        self.assertEqual(self.found("invoice", self.invoices[self.other]).amount_residual, 50.0)
        # Only what it pays for them, and none of the money.
        self.assertEqual((payment.amount, payment.payment_type), (90.0, "inbound"))
        own = payment.move_id.line_ids.filtered(lambda line: not line.partner_id)
        self.assertEqual((own.balance, own.name), (90.0, "For excluded customers"))
        self.assertEqual(own.account_id.account_type, "equity")
        self.assertEqual((record.state, record.left_out), ("booked", "excluded"))
        self.assertIn("Only what it pays for other customers", record.message)
        self.assertEqual(payment.netsuite_state, "left_out")
        self.assertFalse(self.found("invoice", self.invoices[self.parent]))
        self.assert_mirrored_in_step(self.parent)

    def test_payment_for_an_excluded_subcustomer_is_mirrored_with_the_rest(self):
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": self.child}
        )
        paying = self.paid_by_the_parent(unapplied=7)

        self.drive(self.connection)

        payment = self.found("customerpayment", paying)
        self.assertEqual(payment.amount, 137.0)
        apart = payment.move_id.line_ids.filtered(lambda line: not line.partner_id)
        self.assertEqual(apart.balance, -60.0)
        self.assertEqual(self.found("invoice", self.invoices[self.parent]).payment_state, "paid")
        self.assertEqual(self.found("invoice", self.invoices[self.other]).amount_residual, 50.0)
        self.assertFalse(
            self.env["netsuite.application"].search([("state", "=", "waiting")]),
            "what pays for the excluded one waits for nothing",
        )
        self.assert_mirrored_in_step(self.child)

    def test_excluding_and_letting_in_books_a_shared_payment_for_who_is_mirrored(self):
        # In the background, as for many customers at once.
        self.enterContext(patch.object(netsuite_exclude, "WITHDRAWN_AT_ONCE", 0))
        paying = self.paid_by_the_parent(unapplied=7)
        self.drive(self.connection)
        payment = self.found("customerpayment", paying)
        self.assertEqual(payment.amount, 137.0)
        for left_out, amount in ((self.parent, 90.0), (self.child, 137.0)):
            with self.subTest(left_out=left_out):
                wizard = self.exclude(left_out)
                self.assertIn("shared with other customers", wizard.line_ids.remark)
                self.assertFalse(wizard.line_ids.blocked_count)
                self.assertEqual((self.connection.withdrawal_count, payment.amount), (1, 137.0))
                self.drive(self.connection)

                self.connection.invalidate_recordset()
                self.assertEqual((self.connection.withdrawal_count, payment.amount), (0, amount))
                self.assertEqual(self.found("customerpayment", paying), payment)
                self.assert_mirrored_in_step(left_out)

                self.let_in(left_out)
                self.drive(self.connection)

                self.assertEqual((payment.amount, payment.netsuite_state), (137.0, "in_step"))
                self.assertFalse(
                    payment.move_id.line_ids.filtered(lambda line: not line.partner_id)
                )
                self.assert_mirrored_in_step()

    def test_journal_line_of_an_excluded_subcustomer_is_paid_with_no_trace(self):
        journal = self.journal(
            (self.AR, 50, self.child), (self.AR, 20, self.other), (self.SALES, -70)
        )
        own = self.invoice(self.parent, 40)
        [line] = [
            each["line"]
            for each in self.simulator.suiteql(
                f"SELECT id AS line FROM transactionline WHERE transaction = {journal}"
                f" AND entity = {self.child}"
            ).json()["items"]
        ]
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": self.child}
        )
        paying = self.payment(self.parent, 40, apply={own: 40})
        self.simulator.act("edit", type="customerPayment", id=paying, body={"payment": 90})
        self.simulator.act("apply", payer=paying, doc=journal, doc_line=line, amount=50)

        self.drive(self.connection)

        self.assertEqual(self.found("invoice", own).payment_state, "paid")
        self.assertFalse(self.env["netsuite.application"].search([("state", "=", "waiting")]))
        self.assert_mirrored_in_step(self.child)

    def test_payment_of_an_inactive_parent_settles_its_subcustomers_invoice(self):
        invoice = self.invoice(self.child, 60)
        self.payment(self.parent, 60, apply={invoice: 60})
        self.simulator.act("set_inactive", type="customer", id=self.parent, inactive=True)

        self.drive(self.connection)

        self.assertEqual(self.found("invoice", invoice).payment_state, "paid")
        self.assertTrue(self.found("customer", self.parent).netsuite_shell)
        self.assert_mirrored_in_step(self.parent)

    def test_payment_that_pays_for_nobody_else_any_more_leaves_the_books(self):
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": self.parent}
        )
        invoice = self.invoice(self.child, 60)
        paying = self.payment(self.parent, 60, apply={invoice: 60})
        self.drive(self.connection)
        payment = self.found("customerpayment", paying)
        self.later(3600)

        self.simulator.act("unapply", payer=paying, doc=invoice)
        self.drive(self.connection)

        record = self.record_of(self.connection, "customerpayment", paying)
        self.assertEqual((record.state, record.left_out), ("ignored", "excluded"))
        self.assertEqual(payment.state, "canceled")
        self.assertEqual(self.found("invoice", invoice).amount_residual, 60.0)
        self.assert_mirrored_in_step(self.parent)

        self.later(3600)
        self.simulator.act("apply", payer=paying, doc=invoice, amount=25)
        self.drive(self.connection)

        self.assertEqual(self.found("invoice", invoice).amount_residual, 35.0)
        self.assertEqual(payment.amount, 25.0)
        self.assert_mirrored_in_step(self.parent)

    def test_payment_of_an_excluded_parent_is_read_once_a_day_like_others(self):
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": self.parent}
        )
        invoice = self.invoice(self.child, 60)
        self.payment(self.parent, 100, apply={invoice: 60})
        self.drive(self.connection)

        self.connection._drive_daily()

        run = self.env["netsuite.run"].search([("kind", "=", "daily")], limit=1)
        self.assertTrue(run.open_items_compared)
        self.assertEqual(run.missed, 0)
        self.assert_mirrored_in_step(self.parent)

    def test_foreign_payment_settles_at_the_rates_of_netsuite(self):
        self.parent = self.customer("Quay Group", currency=self.EUR)
        self.child = self.customer("Quay North", currency=self.EUR, parent={"id": self.parent})
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": self.parent}
        )
        invoice = self.invoice(self.child, 60, exchangeRate="1.10")
        own = self.invoice(self.parent, 33.33, exchangeRate="1.07")
        self.payment(self.parent, 93.33, apply={invoice: 45, own: 33.33}, exchangeRate="1.20")

        self.drive(self.connection)

        move = self.found("invoice", invoice)
        self.assertEqual(move.amount_residual, 15.0)
        self.assertEqual(move.amount_residual_signed, 16.5)
        self.assert_mirrored_in_step(self.parent)

    def test_invoice_waits_with_the_payment_that_a_lock_date_holds(self):
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": self.parent}
        )
        invoice = self.invoice(self.child, 60)
        paying = self.payment(self.parent, 60, apply={invoice: 60}, days_ago=30)
        company = self.env["res.company"].browse(self.company_ids[0])
        company.fiscalyear_lock_date = self.day(25)

        self.drive(self.connection)

        record = self.record_of(self.connection, "customerpayment", paying)
        self.assertEqual(record.state, "blocked")
        proof = self.env["netsuite.proof"].search([("customer_internal_id", "=", self.child)])
        self.assertEqual((proof.state, proof.odoo_open, proof.netsuite_open), ("waiting", 60, 0))
        self.assertEqual(self.open_issues(self.connection).kind, "period")

        company.fiscalyear_lock_date = False
        self.drive(self.connection)
        self.assert_mirrored_in_step(self.parent)

    def test_locked_payment_stays_and_says_so(self):
        paying = self.paid_by_the_parent()
        self.drive(self.connection)
        payment = self.found("customerpayment", paying)
        company = payment.company_id
        company.fiscalyear_lock_date = payment.date
        wizard = self.env["netsuite.exclude"].create(
            {
                "connection_id": self.connection.id,
                "partner_ids": [Command.set(self.found("customer", self.parent).ids)],
            }
        )

        wizard.action_preview()

        self.assertIn("locked until", wizard.line_ids.blockers)
