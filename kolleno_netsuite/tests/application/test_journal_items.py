from odoo.exceptions import UserError
from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestJournalItems(DocumentsCase):
    """A journal's open items line by line, or net per customer (docs/FEATURES.md 34)."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.seven, self.eight = self.customer("Seven"), self.customer("Eight")

    def test_net_leaves_the_difference_open_and_the_proof_compares_the_lines(self):
        self.connection.journal_items = "customer"
        journal = self.journal(
            (self.AR, 50, self.seven), (self.AR, -20, self.seven), (self.AR, 30, self.eight),
            (self.SALES, -60),
        )  # fmt: skip

        self.drive(self.connection)

        self.assertEqual(self.left(journal), [30, 0, 30])
        self.assert_books_agree(self.connection)
        proof = self.env["netsuite.proof"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("customer_internal_id", "=", int(self.seven)),
            ]
        )
        self.assertEqual((proof.odoo_open, proof.odoo_unapplied), (30, 20))
        proof.action_open_documents()
        self.assertEqual(proof.document_ids.mapped("odoo_open"), [50, -20])
        self.assertEqual(set(proof.document_ids.mapped("state")), {"agrees"})

    def test_applications_of_netsuite_come_before_what_is_set_off(self):
        self.connection.journal_items = "customer"
        invoice = self.invoice(self.seven, 100)
        journal = self.journal(
            (self.AR, 50, self.seven), (self.AR, -20, self.seven), (self.SALES, -30)
        )
        self.drive(self.connection)
        self.assertEqual(self.left(journal), [30, 0])

        payment = self.payment(self.seven, 45)
        self.simulator.act("apply", payer=payment, doc=journal, doc_line=0, amount=45)
        self.simulator.act("apply", payer=journal, payer_line=1, doc=invoice, amount=12)
        self.drive(self.connection)

        # NetSuite has 5 and -8 open; the net of it is left.
        self.assertEqual(self.left(journal), [0, -3])
        self.assert_left(self.mirror(self.connection, "invoice", invoice), 88)
        self.assert_books_agree(self.connection)

        self.simulator.act("delete", id=payment)
        self.simulator.act("unapply", payer=journal, payer_line=1, doc=invoice)
        self.drive(self.connection)

        self.assertEqual(self.left(journal), [30, 0])
        self.assert_books_agree(self.connection)

    def test_change_of_the_choice_takes_effect_on_what_is_booked_without_booking_it_again(self):
        euro = self.customer("Euro", currency=self.EUR)
        journal = self.journal(
            (self.AR, "33.33", euro), (self.AR, "16.67", euro), (self.AR, "-40.01", euro),
            (self.SALES, "-9.99"), currency=self.EUR, exchangeRate="1.0735",
        )  # fmt: skip
        self.drive(self.connection)
        before = self.items(journal)
        by_line = [(line.amount_residual_currency, line.amount_residual) for line in before]

        for choice, expected in (("customer", [0, 9.99, 0]), ("line", [33.33, 16.67, -40.01])):
            with self.subTest(choice):
                self.connection.journal_items = choice
                self.connection._drive_book()
                self.assertEqual(self.items(journal), before)
                self.assertEqual(before.mapped("amount_residual_currency"), expected)
                self.assertFalse(self.connection.journal_items_changed)
                self.assert_books_agree(self.connection)

        after = [(line.amount_residual_currency, line.amount_residual) for line in before]
        self.assertEqual(after, by_line)
        self.assertEqual(before.mapped("netsuite_set_off"), [0, 0, 0])
        self.assertFalse(
            self.env["account.move.line"].search_count(
                [("account_id", "=", self.main_company.income_currency_exchange_account_id.id)]
            )
        )

    def test_change_of_the_choice_asks_netsuite_nothing(self):
        self.journal((self.AR, 50, self.seven), (self.AR, -20, self.seven), (self.SALES, -30))
        self.drive(self.connection)
        self.connection.journal_items = "customer"
        self.simulator.clear_requests()

        self.connection._drive_book()

        self.assertFalse(self.simulator.requests())

    def test_edited_and_deleted_journals_follow_while_they_are_net(self):
        self.connection.journal_items = "customer"
        journal = self.journal(
            (self.AR, 50, self.seven), (self.AR, -20, self.seven), (self.SALES, -30)
        )
        self.drive(self.connection)
        lines = ((self.AR, 50, self.seven), (self.AR, -70, self.seven), (self.SALES, 20))
        body = {"line": {"items": [self._journal_line(*line) for line in lines]}}

        self.simulator.act("edit", type="journalEntry", id=journal, body=body, replace=["line"])
        self.drive(self.connection)

        self.assertEqual(self.left(journal), [0, -20])
        self.assert_books_agree(self.connection)
        entry = self.mirror(self.connection, "journalentry", journal)

        self.simulator.act("delete", id=journal)
        self.drive(self.connection)

        self.assertEqual(entry.state, "cancel")
        self.assert_books_agree(self.connection)

    def test_what_is_set_off_cannot_be_undone_by_hand(self):
        self.connection.journal_items = "customer"
        journal = self.journal(
            (self.AR, 50, self.seven), (self.AR, -20, self.seven), (self.SALES, -30)
        )
        self.drive(self.connection)

        with self.assertRaisesRegex(UserError, "read-only copy from NetSuite"):
            self.items(journal).with_context(netsuite_import=False).remove_move_reconcile()

        self.assertEqual(self.left(journal), [30, 0])

    # === ARRANGING === #

    def items(self, journal):
        """Return the receivable items of a journal, in the order of their lines."""
        move = self.mirror(self.connection, "journalentry", journal)
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).sorted("netsuite_line")

    def left(self, journal):
        """Return what is open of the items of a journal."""
        return self.items(journal).mapped("amount_residual_currency")
