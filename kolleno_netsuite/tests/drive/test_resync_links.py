from odoo import fields
from odoo.tests import tagged

from ..support.contact_case import ContactCase
from ..support.netsuite_builders import unguarded
from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestResyncLinks(DocumentsCase, ContactCase):
    """Reading one document by hand brings it in step with all that it pays and that pays it."""

    def setUp(self):
        super().setUp()
        self.simulator.switches(apply_touches_invoice=False, unapply_touches="none")
        self.harbour = self.customer()
        self.north = self.customer("Harbour North", parent={"id": self.harbour})
        self.bills = [self.invoice(self.north, amount) for amount in (100, 50, 40)]
        self.connection = self.connect()

    def read_again(self, record_type, internal_id):
        """Resynchronise one mirrored record; return the result."""
        self.simulator.clear_requests()
        self.mirror(self.connection, record_type, internal_id).action_netsuite_resync()
        return self.env["netsuite.resync"].search([], limit=1)

    def assert_open_bills(self, *amounts):
        found = [self.mirror(self.connection, "invoice", bill) for bill in self.bills]
        self.assertEqual([move.amount_residual for move in found], list(amounts))

    def test_invoice_has_open_what_a_parents_payments_leave_of_it(self):
        payments = [self.payment(self.harbour, amount) for amount in (60, 5, 5)]
        self.drive(self.connection)

        self.simulator.act("apply", payer=payments[0], doc=self.bills[0], amount=60)
        result = self.read_again("invoice", self.bills[0])

        self.assert_open_bills(40, 50, 40)
        self.assertEqual((result.created, result.updated, result.differing), (0, 2, 0))
        self.assertRegex(result.message, r"^\S+: 2 updated\.$")
        calls = len(self.simulator.requests())
        self.assertLessEqual(calls, 20)

        for payment in payments[1:]:
            self.simulator.act("apply", payer=payment, doc=self.bills[0], amount=5)
        result = self.read_again("invoice", self.bills[0])

        self.assert_open_bills(30, 50, 40)
        self.assertEqual(result.updated, 4)
        # Three payers cost as many calls as one.
        self.assertEqual(len(self.simulator.requests()), calls)

        self.simulator.act("unapply", payer=payments[0], doc=self.bills[0])
        self.read_again("invoice", self.bills[0])

        self.assert_open_bills(90, 50, 40)
        self.assert_books_agree(self.connection)

        self.simulator.act("apply", payer=payments[0], doc=self.bills[2], amount=40)
        self.mirror(self.connection, "customer", self.north).action_netsuite_resync()

        self.assert_open_bills(90, 50, 0)
        self.assert_books_agree(self.connection)

    def test_payers_bring_what_they_pay_and_who_pays_them(self):
        credit = self.credit_memo(self.north, 30)
        deposit = self.deposit(self.north, 80)
        journal = self.journal((self.AR, -20, self.north), (self.SALES, 20))
        self.drive(self.connection)

        self.simulator.act("apply", payer=journal, doc=self.bills[1], amount=20)
        self.read_again("invoice", self.bills[1])
        self.assert_open_bills(100, 30, 40)

        self.simulator.act("apply", payer=credit, doc=self.bills[1], amount=10)
        self.read_again("creditmemo", credit)
        self.assert_open_bills(100, 20, 40)

        application = self.apply_deposit(deposit, {self.bills[0]: 70})
        result = self.read_again("customerdeposit", deposit)
        self.assert_open_bills(30, 20, 40)
        self.assert_left(self.mirror(self.connection, "depositapplication", application), 0)
        self.assertEqual((result.created, result.differing), (1, 0))

        refund = self.refund(self.north, credits={credit: 20}, deposits={deposit: 10})
        self.read_again("creditmemo", credit)
        self.assert_left(self.mirror(self.connection, "creditmemo", credit), 0)
        self.assert_left(self.mirror(self.connection, "customerdeposit", deposit), 0)
        self.assert_left(self.mirror(self.connection, "customerrefund", refund), 0)

        self.simulator.act("unapply", payer=journal)
        self.read_again("journalentry", journal)
        self.assert_open_bills(30, 40, 40)

        late = self.invoice(self.north, 15)
        paid = self.payment(self.harbour, 15, {late: 15})
        self.mirror(self.connection, "customer", self.harbour).action_netsuite_resync()
        self.assert_left(self.mirror(self.connection, "customerpayment", paid), 0)
        self.assert_left(self.mirror(self.connection, "invoice", late), 0)
        self.assert_books_agree(self.connection)

    def test_what_still_differs_is_said(self):
        self.drive(self.connection)
        unguarded(self.mirror(self.connection, "invoice", self.bills[1])).button_cancel()

        result = self.read_again("invoice", self.bills[0])

        self.assertEqual(result.differing, 1)
        self.assertIn("190.00 USD open and Odoo 140.00 USD", result.message)
        self.assertEqual(result._result_action()["params"]["type"], "warning")

        self.read_again("invoice", self.bills[1])
        self.assert_open_bills(100, 50, 40)

    def test_contact_that_is_attached_to_a_customer_comes_with_it(self):
        self.simulator.switches(attach_touches_contact=False)
        ann = self.contact(self.harbour)
        self.drive(self.connection)
        self.simulator.act("attach", customer=self.north, contact=ann)
        self.assertFalse(self.people(self.connection, self.north))

        self.mirror(self.connection, "customer", self.north).action_netsuite_resync()

        self.assertEqual(len(self.people(self.connection, self.north)), 1)

    def test_contacts_that_the_role_no_longer_shows_cost_only_themselves(self):
        self.contact(self.harbour)
        self.drive(self.connection)
        self.simulator.fault("right_lost", record="companycontactrelationship")
        late = self.invoice(self.harbour, 15)

        result = self.read_again("customer", self.harbour)

        self.assertEqual((result.state, result.differing), ("done", 0))
        self.assertIn("no longer shows Odoo: Customers of contacts", result.message)
        self.assert_left(self.mirror(self.connection, "invoice", late), 15)
        issue = self.open_issues(self.connection, "right")
        self.assertEqual(issue.key, "right:table:companycontactrelationship")

        # An answer that holds no contact at all says nothing of them.
        self.later(3600)
        self.drive(self.connection)
        self.connection._drive_relationships()
        self.assertEqual(self.open_issues(self.connection, "right"), issue)
        self.assertEqual(self.connection.standing, "lost")

        self.simulator.clear_faults()
        issue.action_retry()
        self.assertLessEqual(self.connection.daily_next_at, fields.Datetime.now())
        self.drive(self.connection)
        self.assertEqual(issue.state, "open")
        self.connection._drive_relationships()
        self.assertEqual(issue.state, "solved")

    def test_account_that_does_not_show_contacts_resynchronises_its_customers(self):
        self.simulator.switches(missing_tables=["companycontactrelationship"])
        self.contact(self.north)
        self.drive(self.connection)

        self.assertEqual(self.read_again("customer", self.north).state, "done")

        self.simulator.switches(missing_tables=["companycontactrelationship", "contact"])
        self.drive(self.connection)
        fact = self.connection.fact_ids.filtered(lambda each: each.key == "table:contact")
        fact.action_do_without()

        self.assertEqual(self.read_again("customer", self.north).state, "done")
