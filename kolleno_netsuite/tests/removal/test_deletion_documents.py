from odoo.tests import tagged

from ..support.contact_case import ContactCase
from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestDeletionDocuments(DocumentsCase, ContactCase):
    """Deposits, refunds, journals and contacts follow NetSuite's deletions like the others."""

    def prepare(self):
        super().prepare()
        self.owner = self.customer()
        self.settled = self.invoice(self.owner, 100)
        self.used = self.deposit(self.owner, 100)
        self.applied = self.apply_deposit(self.used, {self.settled: 30})
        self.unused = self.deposit(self.owner, 55)
        self.memo = self.credit_memo(self.owner, 40)
        self.refunded = self.refund(self.owner, credits={self.memo: 40})
        self.moved = self.journal((self.AR, 25, self.owner), (self.SALES, -25))
        self.person = self.contact(self.owner)
        self.connection = self.connect()

    def test_each_further_type_follows_its_policy(self):
        connection = self.connection
        self.drive(connection)
        invoice = self.mirror(connection, "invoice", self.settled)
        memo = self.mirror(connection, "creditmemo", self.memo)
        documents = {
            "depositapplication": self.applied,
            "customerrefund": self.refunded,
            "journalentry": self.moved,
            "customerdeposit": self.unused,
        }
        mirrors = {
            record_type: self.mirror(connection, record_type, internal_id)
            for record_type, internal_id in documents.items()
        }
        person = self.people(connection, self.owner).partner_id
        before = (invoice.amount_residual, memo.amount_residual)

        for internal_id in documents.values():
            self.simulator.act("delete", id=internal_id)
        self.simulator.act("delete", type="contact", id=self.person)
        self.drive(connection)

        self.assertEqual(before, (70, 0))
        self.assertEqual((invoice.amount_residual, memo.amount_residual), (100, 40))
        for record_type, mirror in mirrors.items():
            with self.subTest(record_type):
                self.assertIn(mirror.state, ("cancel", "canceled"))
                self.assertEqual(mirror.netsuite_state, "removed")
        self.assertFalse(person.active)
        self.assert_books_agree(connection)

    def test_merged_customers_journals_deposits_and_contacts_follow_when_no_date_moves(self):
        self.simulator.switches(merge_touches_transactions=False)
        heir = self.customer("New Quay")
        connection = self.connection
        self.drive(connection)
        self.later(7200)
        self.drive(connection)

        self.simulator.act("merge", source=self.owner, target=heir)
        self.drive(connection)

        partner = self.record_of(connection, "customer", heir)._target()
        journal = self.mirror(connection, "journalentry", self.moved)
        receivable = journal.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(receivable.partner_id, partner)
        self.assertEqual(
            self.mirror(connection, "customerdeposit", self.unused).partner_id, partner
        )
        self.assertEqual(self.mirror(connection, "invoice", self.settled).amount_residual, 70)
        self.assertEqual(
            self.people(connection, heir).partner_id.filtered("active").mapped("name"),
            ["Ann Lee"],
        )
        self.assert_books_agree(connection)
