from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestJournals(DocumentsCase):
    """Receivable lines of journals, each an open item of its customer (docs/FEATURES.md 34)."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.seven, self.eight = self.customer("Seven"), self.customer("Eight")

    def test_lines_change_the_balance_of_each_customer_and_of_nobody_else(self):
        one = self.journal((self.AR, 30, self.seven), (self.SALES, -30))
        two = self.journal((self.AR, 30, self.seven), (self.AR, -30, self.eight))
        bank = self.journal((self.BANK, 30), (self.SALES, -30))
        vendor = self.simulator.act("create", type="vendor", body={"entityId": "Wick"})["id"]
        of_vendor = self.journal((self.AR, 30, vendor), (self.SALES, -30))
        for number in ("9001", "9002"):
            body = {"acctNumber": number, "acctName": f"Heads {number}", "acctType": "Stat"}
            self.simulator.act("create", type="account", body=body)
        statistical = self.journal(("9001", 30, self.seven), ("9002", -30, self.seven))

        self.drive(self.connection)

        entry = self.mirror(self.connection, "journalentry", one)
        self.assertEqual((entry._name, entry.move_type), ("account.move", "entry"))
        self.assert_left(entry, 30, 30)
        self.assertEqual(self.items(two).mapped("amount_residual"), [30, -30])
        self.assertEqual(len(self.mirror(self.connection, "journalentry", two).line_ids), 2)
        for nothing in (bank, of_vendor, statistical):
            self.assertFalse(self.record_of(self.connection, "journalentry", nothing))
        self.assert_books_agree(self.connection)
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        found = {proof.customer_internal_id: proof.odoo_open for proof in proofs}
        self.assertEqual(found, {int(self.seven): 60, int(self.eight): -30})

    def test_debit_lines_are_paid_and_credit_lines_pay(self):
        invoice = self.invoice(self.seven, 100)
        journal = self.journal(
            (self.AR, 50, self.seven), (self.AR, 30, self.seven), (self.AR, -60, self.seven),
            (self.SALES, -20),
        )  # fmt: skip
        payment = self.payment(self.seven, 15)
        self.simulator.act("apply", payer=payment, doc=journal, doc_line=1, amount=10)
        self.simulator.act("apply", payer=journal, payer_line=2, doc=invoice, amount=40)

        self.drive(self.connection)

        self.assertEqual(self.items(journal).mapped("amount_residual"), [50, 20, -20])
        entry = self.mirror(self.connection, "journalentry", journal)
        self.assertEqual(entry.netsuite_receivable_line_ids, self.items(journal))
        self.assertEqual(entry.netsuite_status, "Approved for Posting")
        self.assert_left(self.mirror(self.connection, "invoice", invoice), 60)
        self.assert_left(self.mirror(self.connection, "customerpayment", payment), -5)
        self.assert_books_agree(self.connection)

        self.simulator.act("unapply", payer=journal, payer_line=2, doc=invoice)
        self.simulator.act("unapply", payer=payment)
        self.drive(self.connection)

        self.assertEqual(self.items(journal).mapped("amount_residual"), [50, 30, -60])
        self.assert_left(self.mirror(self.connection, "invoice", invoice), 100)
        self.assert_books_agree(self.connection)

    def test_credit_line_abroad_leaves_the_exchange_difference_to_odoo(self):
        euro = self.customer("Euro", currency=self.EUR)
        invoice = self.invoice(euro, 100, exchangeRate="1.2")
        journal = self.journal(
            (self.SALES, 100), (self.AR, -100, euro), currency=self.EUR, exchangeRate="1.1"
        )
        self.simulator.act("apply", payer=journal, payer_line=1, doc=invoice, amount=60)

        self.drive(self.connection)

        item = self.items(journal)
        self.assertAlmostEqual(item.balance, -110)
        self.assertAlmostEqual(item.amount_residual, -44)
        self.assert_left(self.mirror(self.connection, "invoice", invoice), 40, 48)
        self.assert_books_agree(self.connection)

    def test_unapproved_journal_waits_and_appears_when_it_is_approved(self):
        journal = self.journal((self.AR, 30, self.seven), (self.SALES, -30), approved=False)
        self.drive(self.connection)
        record = self.record_of(self.connection, "journalentry", journal)
        self.assertEqual((record.state, record.res_id), ("ignored", 0))

        self.simulator.act("approve", id=journal)
        self.drive(self.connection)

        self.assert_left(self.mirror(self.connection, "journalentry", journal), 30)
        self.assert_books_agree(self.connection)

    def test_inactive_customer_comes_in_when_its_journal_is_approved_and_not_before(self):
        nine = self.customer("Nine")
        journal = self.journal((self.AR, 30, nine), (self.SALES, -30), approved=False)
        self.simulator.act("set_inactive", type="customer", id=nine)
        # What is not posted counts for nobody, whatever its lines say that they have open.
        with self.simulator.account.ledger.books.session() as con:
            con.execute(
                "UPDATE transactionline SET foreignamountunpaid = foreignamount"
                ' WHERE "transaction" = ? AND entity = ?',
                [journal, nine],
            )
        self.drive(self.connection)
        record = self.record_of(self.connection, "customer", nine)
        self.assertEqual((record.state, record.left_out), ("ignored", "inactive"))

        self.simulator.act("approve", id=journal)
        self.drive(self.connection)

        self.assertEqual((record.state, record.left_out), ("booked", False))
        self.assert_left(self.mirror(self.connection, "journalentry", journal), 30)
        self.assert_books_agree(self.connection)

    def test_edits_move_remove_and_end_items(self):
        journal = self.journal(
            (self.AR, 30, self.seven), (self.AR, 20, self.seven), (self.SALES, -50)
        )
        self.drive(self.connection)
        entry = self.mirror(self.connection, "journalentry", journal)

        self.edit(journal, (self.AR, 30, self.eight), (self.SALES, -30))
        self.drive(self.connection)
        partner = self.record_of(self.connection, "customer", self.eight)._target()
        self.assertEqual(self.items(journal).partner_id, partner)
        self.assert_left(entry, 30)
        self.assert_books_agree(self.connection)

        self.edit(journal, (self.BANK, 30), (self.SALES, -30))
        self.drive(self.connection)
        self.assertEqual(entry.state, "cancel")
        self.assert_books_agree(self.connection)

        self.edit(journal, (self.AR, 10, self.seven), (self.SALES, -10))
        self.drive(self.connection)
        self.assertEqual(entry.state, "posted")
        self.assert_left(entry, 10)
        self.assert_books_agree(self.connection)

    def test_void_and_reversal_follow(self):
        voided = self.journal((self.AR, 30, self.seven), (self.SALES, -30))
        reversed_one = self.journal((self.AR, 20, self.seven), (self.SALES, -20))
        self.drive(self.connection)
        entry = self.mirror(self.connection, "journalentry", voided)

        self.simulator.act("void", id=voided)
        again = self.simulator.act("reverse", id=reversed_one, date=self.day(1))["id"]
        self.drive(self.connection)

        self.assertEqual(entry.state, "cancel")
        self.assertEqual(self.items(again).mapped("balance"), [-20])
        self.assert_left(self.mirror(self.connection, "journalentry", reversed_one), 20)
        self.assert_books_agree(self.connection)

    def test_deleted_journal_goes_out_of_the_books(self):
        journal = self.journal((self.AR, 30, self.seven), (self.SALES, -30))
        self.drive(self.connection)
        entry = self.mirror(self.connection, "journalentry", journal)

        self.simulator.act("delete", id=journal)
        self.drive(self.connection)
        self.env["netsuite.proof"]._prove(self.connection)
        self.connection._drive_heal()

        self.assertEqual(entry.state, "cancel")
        self.assert_books_agree(self.connection)

    def test_journal_of_a_missing_customer_waits_for_him(self):
        self.drive(self.connection)
        journal = self.journal(
            (self.AR, 30, self.seven), (self.AR, 10, self.eight), (self.SALES, -40)
        )
        record = self.record_of(self.connection, "customer", self.eight)
        partner = record._target()
        record.write({"res_id": False, "state": "blocked"})

        self.drive(self.connection)

        self.assertEqual(self.record_of(self.connection, "journalentry", journal).state, "blocked")
        self.assertIn("is not in Odoo yet", self.open_issues(self.connection, "customer").title)
        record.write({"res_id": partner.id, "state": "pending"})
        self.drive(self.connection)
        self.assert_books_agree(self.connection)

    def test_journals_switched_off_stay_and_switched_on_leave_no_gap(self):
        journal = self.journal((self.AR, 30, self.seven), (self.SALES, -30))
        self.drive(self.connection)
        self.connection.sync_journals = False
        self.assertFalse(self.connection.sync_journals)
        self.later(3600)
        later = self.journal((self.AR, 5, self.eight), (self.SALES, -5))
        self.drive(self.connection)
        self.assertFalse(self.record_of(self.connection, "journalentry", later))
        self.assert_left(self.mirror(self.connection, "journalentry", journal), 30)
        self.env["netsuite.proof"]._prove(self.connection)
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        self.assertLessEqual(set(proofs.mapped("state")), {"agrees"})

        self.connection.sync_journals = True
        self.drive(self.connection)

        self.assert_left(self.mirror(self.connection, "journalentry", later), 5)
        self.assert_books_agree(self.connection)

    def test_lines_stand_beside_each_other_in_the_proof(self):
        journal = self.journal(
            (self.AR, 30, self.seven), (self.AR, -10, self.seven), (self.SALES, -20)
        )
        deposit = self.deposit(self.seven, 40)
        self.drive(self.connection)
        proof = self.env["netsuite.proof"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("customer_internal_id", "=", int(self.seven)),
            ]
        )

        proof.action_open_documents()

        rows = {
            (row.record_type, row.number): (row.netsuite_open, row.odoo_open, row.state)
            for row in proof.document_ids
        }
        name = self.record_of(self.connection, "journalentry", journal).name
        kept = self.record_of(self.connection, "customerdeposit", deposit).name
        self.assertEqual(
            rows,
            {
                ("journalentry", f"{name}, line 0"): (30, 30, "agrees"),
                ("journalentry", f"{name}, line 1"): (-10, -10, "agrees"),
                ("customerdeposit", kept): (-40, -40, "agrees"),
            },
        )

    # === ARRANGING === #

    def edit(self, journal, *lines):
        body = {"line": {"items": [self._journal_line(*line) for line in lines]}}
        self.simulator.act("edit", type="journalEntry", id=journal, body=body, replace=["line"])

    def items(self, journal):
        """Return the receivable items of a journal, in the order of their lines."""
        move = self.mirror(self.connection, "journalentry", journal)
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).sorted("netsuite_line")
