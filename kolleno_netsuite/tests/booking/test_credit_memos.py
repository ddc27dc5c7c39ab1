from odoo.exceptions import UserError
from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestCreditMemos(DocumentsCase):
    """Credit memos stay as NetSuite has them, beside a paid invoice too (docs/FEATURES.md 38)."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.owner = self.customer()
        self.paid = self.invoice(self.owner, 100)
        self.settling = self.payment(self.owner, 100, apply={self.paid: 100})
        self.memo = self.credit_memo(self.owner, 40)
        self.drive(self.connection)

    def test_open_credit_memo_is_applied_by_no_work_of_odoo_and_by_netsuite_alone(self):
        other = self.invoice(self.owner, 70)
        self.drive(self.connection)
        self.connection._drive_daily()
        self.connection._drive_heal()
        self.env["account.move"]._autopost_draft_entries()
        memo = self.mirror(self.connection, "creditmemo", self.memo)
        paid = self.mirror(self.connection, "invoice", self.paid)
        unpaid = self.mirror(self.connection, "invoice", other)
        items = (memo | unpaid).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        # What all of Odoo's ways of applying end in, and the button beside an open invoice.
        for work in (
            items.reconcile,
            lambda: unpaid.js_assign_outstanding_line((items & memo.line_ids).id),
        ):
            with self.assertRaisesRegex(UserError, "Apply it in NetSuite"):
                work()
        before = (memo.move_type, memo.amount_residual, paid.payment_state)

        self.simulator.act("apply", payer=self.memo, doc=other, amount=40)
        self.drive(self.connection)

        self.assertEqual(before, ("out_refund", 40, "paid"))
        self.assert_left(memo, 0)
        self.assert_left(self.mirror(self.connection, "invoice", other), 30)
        self.assertEqual(paid.payment_state, "paid")
        self.assert_books_agree(self.connection)

    def test_credit_memo_on_the_paid_invoice_leaves_a_part_of_the_payment_open(self):
        self.simulator.act("unapply", payer=self.settling, doc=self.paid, amount=40)
        self.simulator.act("apply", payer=self.memo, doc=self.paid, amount=40)

        self.drive(self.connection)

        self.assertEqual(self.mirror(self.connection, "invoice", self.paid).payment_state, "paid")
        self.assert_left(self.mirror(self.connection, "creditmemo", self.memo), 0)
        self.assert_left(self.mirror(self.connection, "customerpayment", self.settling), -40)
        self.assert_books_agree(self.connection)
