from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestAccountKinds(DocumentsCase):
    """Voids by journal, discounts, links and receivables inside invoices, as accounts have them."""

    def setUp(self):
        super().setUp()
        self.simulator.switches(void_style="reversing_journal")
        self.harbour = self.customer()
        # The account of discounts is there before the accounts are mapped.
        self.first = self.invoice(self.harbour, 100)
        self.discounted = self.pay_with_discount(self.first)
        self.connection = self.connect()

    def pay_with_discount(self, *invoices):
        """Pay each of some invoices of 100 by 98, and take a discount of 2; return the payment."""
        payment = self.payment(self.harbour, 98 * len(invoices))
        for invoice in invoices:
            self.simulator.act("apply", payer=payment, doc=invoice, amount=98, disc=2)
        return payment

    def assert_books_agree(self, connection):
        # A column that the account lacks says nothing about its books.
        self.open_issues(connection, "column")._solve()
        super().assert_books_agree(connection)

    def void(self, document):
        """Void a document in NetSuite by a journal; return that journal's id."""
        return self.simulator.act("void", id=document)["journal"]

    def test_voids_by_a_journal_leave_on_both_sides_what_posts(self):
        credit = self.credit_memo(self.harbour, 100)
        refund = self.refund(self.harbour, credits={credit: 100})
        paid, bill = self.invoice(self.harbour, 70), self.invoice(self.harbour, 60)
        payment = self.payment(self.harbour, 70, {paid: 70})
        other = self.credit_memo(self.harbour, 20)
        self.drive(self.connection)
        self.assert_books_agree(self.connection)

        journal = self.void(refund)
        self.void(bill)
        self.simulator.switches(void_journal_applied=False)
        self.void(payment)
        self.void(other)
        self.later()
        self.drive(self.connection)

        refunded = self.mirror(self.connection, "customerrefund", refund)
        self.assertEqual(refunded.move_id.state, "posted")
        self.assert_left(refunded, 0)
        self.assert_left(self.mirror(self.connection, "journalentry", journal), -100)
        self.assert_left(self.mirror(self.connection, "invoice", bill), 0)
        self.assert_left(self.mirror(self.connection, "invoice", paid), 70)
        self.assert_left(self.mirror(self.connection, "customerpayment", payment), -70)
        self.assert_left(self.mirror(self.connection, "creditmemo", other), -20)
        self.assert_books_agree(self.connection)

        proof = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        proof.action_open_documents()
        self.assertFalse(proof.document_ids.filtered("difference"))

        self.simulator.act("void", id=paid, style="zero")
        self.later()
        self.drive(self.connection)
        self.assertEqual(self.mirror(self.connection, "invoice", paid).state, "cancel")
        self.assert_books_agree(self.connection)

    def test_discounts_and_refunds_are_applied_whatever_their_links_show(self):
        euro = self.customer("Euro Ltd", currency=self.EUR)
        abroad = self.invoice(euro, 100, exchangeRate="1.2")
        paid = self.payment(euro, 98, exchangeRate="1.1")
        self.simulator.act("apply", payer=paid, doc=abroad, amount=98, disc=2)
        credit, deposit = self.credit_memo(self.harbour, 30), self.deposit(self.harbour, 50)
        old = self.invoice(self.harbour, 40)
        legacy = self.payment(self.harbour, 40, {old: 40})
        self.simulator.act("empty_link", payer=legacy)
        refunds = [self.refund(self.harbour, credits={credit: 30}, deposits={deposit: 20})]
        self.simulator.switches(discount_in_links="left_out", refund_links="Refund")
        self.drive(self.connection)

        for invoice in (self.first, abroad, old):
            self.assert_left(self.mirror(self.connection, "invoice", invoice), 0)
        self.assert_left(self.mirror(self.connection, "customerpayment", self.discounted), 0)
        self.assert_books_agree(self.connection)

        for links, discounts in (("DepRfnd", "included"), ("Payment", "left_out")):
            self.simulator.switches(refund_links=links, discount_in_links=discounts)
            refunds.append(self.refund(self.harbour, deposits={deposit: 15}))
            again = self.invoice(self.harbour, 100)
            self.pay_with_discount(again)
            self.later()
            self.drive(self.connection)
            self.assert_left(self.mirror(self.connection, "invoice", again), 0)
            self.assert_books_agree(self.connection)
        for refund in refunds:
            self.assert_left(self.mirror(self.connection, "customerrefund", refund), 0)

        several = [self.invoice(self.harbour, 100) for _ in range(2)]
        self.pay_with_discount(*several)
        self.later()
        self.drive(self.connection)
        keys = self.open_issues(self.connection).mapped("key")
        self.assertIn("links", keys)
        self.assertTrue([key for key in keys if key.startswith("proof:")])

    def test_instalments_and_retentions_have_netsuites_amounts(self):
        parts = [{"date": self.day(-30 * month), "amount": 50} for month in (1, 2)]
        shown = self.simulator.act("bill", customer=self.harbour, amount=100, instalments=parts)
        self.simulator.switches(instalment_mainline="first")
        first = self.simulator.act("bill", customer=self.harbour, amount=100, instalments=parts)
        bills = [shown["id"], first["id"]]
        self.payment(self.harbour, 70, {bills[0]: 70})
        self.drive(self.connection)

        for bill, left in zip(bills, (30, 100), strict=True):
            self.assert_left(self.mirror(self.connection, "invoice", bill), left, left)
        issue = self.open_issues(self.connection).filtered(lambda each: each.key == "instalments")
        issue.action_set_aside()
        for mainline in ("first", "all"):
            self.simulator.switches(instalment_mainline=mainline)
            self.env["netsuite.proof"]._prove(self.connection)
            self.assert_balances(self.connection)
            self.assert_books_agree(self.connection)

        kept = self.simulator.act("bill", customer=self.harbour, amount=100, retention=10)["id"]
        self.later()
        self.drive(self.connection)
        record = self.record_of(self.connection, "invoice", kept)
        self.assertEqual(record.state, "blocked")
        self.assertIn("a line of an invoice posts on it", record.message)
