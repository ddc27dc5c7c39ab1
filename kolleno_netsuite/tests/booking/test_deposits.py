from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestDeposits(DocumentsCase):
    """Deposits, what is applied of them and what is paid back, exactly as NetSuite has it."""

    companies = 2

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.harbour = self.customer()

    def test_deposit_is_a_payment_apart_from_receivables(self):
        deposit = self.deposit(self.harbour, 80)

        self.drive(self.connection)

        payment = self.mirror(self.connection, "customerdeposit", deposit)
        self.assertEqual((payment._name, payment.payment_type), ("account.payment", "inbound"))
        self.assertEqual(payment.amount, 80)
        kept = payment.move_id.line_ids.filtered("netsuite_deposit")
        self.assertEqual(kept.account_id.account_type, "liability_current")
        self.assertTrue(kept.account_id.reconcile)
        self.assertEqual(kept.partner_id, payment.partner_id)
        self.assert_left(payment, -80, -80)
        self.assert_books_agree(self.connection)
        proof = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual((proof.netsuite_deposits, proof.odoo_deposits), (80, 80))
        self.assertEqual((proof.netsuite_open, proof.odoo_open), (0, 0))

    def test_application_uses_the_deposit_and_pays_invoices(self):
        first, second = self.invoice(self.harbour, 70), self.invoice(self.harbour, 50)
        deposit = self.deposit(self.harbour, 100)
        application = self.apply_deposit(deposit, {first: 70, second: 20})

        self.drive(self.connection)

        entry = self.mirror(self.connection, "depositapplication", application)
        self.assertEqual((entry._name, entry.move_type), ("account.move", "entry"))
        self.assert_left(entry, 0, 0)
        self.assert_left(self.mirror(self.connection, "customerdeposit", deposit), -10, -10)
        self.assertEqual(self.mirror(self.connection, "invoice", first).payment_state, "paid")
        self.assert_left(self.mirror(self.connection, "invoice", second), 30, 30)
        self.assert_books_agree(self.connection)

    def test_exchange_difference_of_an_applied_deposit_is_booked_once(self):
        euro = self.customer("Euro Ltd", currency=self.EUR)
        invoice = self.invoice(euro, 100, exchangeRate="1.2")
        deposit = self.deposit(euro, 80, exchangeRate="1.1")
        self.apply_deposit(deposit, {invoice: 60})

        self.drive(self.connection)

        self.assert_left(self.mirror(self.connection, "invoice", invoice), 40, 48)
        self.assert_left(self.mirror(self.connection, "customerdeposit", deposit), -20, -22)
        gains = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.main_company.id),
                ("parent_state", "=", "posted"),
                (
                    "account_id",
                    "in",
                    (
                        self.main_company.income_currency_exchange_account_id
                        | self.main_company.expense_currency_exchange_account_id
                    ).ids,
                ),
            ]
        )
        # 60 euro came in at 1.1 and pay what was sold at 1.2.
        self.assertAlmostEqual(sum(gains.mapped("balance")), 6.0)
        self.assert_books_agree(self.connection)

    def test_changed_deleted_and_voided_documents_follow(self):
        invoice = self.invoice(self.harbour, 100)
        deposit = self.deposit(self.harbour, 80)
        application = self.apply_deposit(deposit, {invoice: 60})
        self.drive(self.connection)
        mirrored = self.mirror(self.connection, "invoice", invoice)
        kept = self.mirror(self.connection, "customerdeposit", deposit)

        body = {"apply": self._apply({invoice: 25})}
        self.simulator.act("edit", type="depositApplication", id=application, body=body)
        self.drive(self.connection)
        self.assert_left(mirrored, 75)
        self.assert_left(kept, -55)
        self.assert_books_agree(self.connection)

        self.simulator.act("unapply", payer=application, doc=invoice)
        self.drive(self.connection)
        self.assert_left(mirrored, 100)
        self.assert_left(kept, -80)
        self.assert_books_agree(self.connection)

        self.simulator.act("edit", type="customerDeposit", id=deposit, body={"payment": 90})
        self.drive(self.connection)
        self.assert_left(kept, -90)
        self.assert_books_agree(self.connection)

    def test_deleted_application_frees_deposit_and_invoice(self):
        invoice = self.invoice(self.harbour, 100)
        deposit = self.deposit(self.harbour, 80)
        application = self.apply_deposit(deposit, {invoice: 60})
        self.drive(self.connection)
        entry = self.mirror(self.connection, "depositapplication", application)

        self.simulator.act("delete", id=application)
        self.drive(self.connection)
        self.connection._drive_heal()

        self.assertEqual(entry.state, "cancel")
        self.assert_left(self.mirror(self.connection, "invoice", invoice), 100)
        self.assert_left(self.mirror(self.connection, "customerdeposit", deposit), -80)
        self.assert_books_agree(self.connection)

    def test_refund_pays_credits_and_deposits_back(self):
        credit = self.credit_memo(self.harbour, 30)
        payment = self.payment(self.harbour, 50)
        deposit = self.deposit(self.harbour, 80)
        refund = self.refund(self.harbour, {credit: 30, payment: 20}, {deposit: 25})

        self.drive(self.connection)

        paid = self.mirror(self.connection, "customerrefund", refund)
        self.assertEqual((paid._name, paid.payment_type), ("account.payment", "outbound"))
        self.assertEqual(paid.amount, 75)
        self.assert_left(paid, 0, 0)
        self.assert_left(self.mirror(self.connection, "creditmemo", credit), 0)
        self.assert_left(self.mirror(self.connection, "customerpayment", payment), -30)
        self.assert_left(self.mirror(self.connection, "customerdeposit", deposit), -55)
        self.assert_books_agree(self.connection)

        self.simulator.act("void", id=refund)
        self.drive(self.connection)

        self.assertEqual(paid.state, "canceled")
        self.assert_left(self.mirror(self.connection, "creditmemo", credit), -30)
        self.assert_left(self.mirror(self.connection, "customerdeposit", deposit), -80)
        self.assert_books_agree(self.connection)

    def test_refund_at_another_rate_leaves_what_netsuite_tells(self):
        for rounding in ("released", "left"):
            self.simulator.switches(open_base_rounding=rounding)
            yen = self.customer(f"Yen {rounding}", currency=self.JPY)
            invoice = self.invoice(yen, 1000, exchangeRate="0.006545")
            deposit = self.deposit(yen, 2001, exchangeRate="0.006645")
            self.apply_deposit(deposit, {invoice: 333})
            self.refund(yen, deposits={deposit: 777}, exchangeRate="0.007111")
            self.apply_deposit(deposit, {invoice: 334})

            self.drive(self.connection)

            self.assert_left(self.mirror(self.connection, "customerdeposit", deposit), -557)
            self.assert_books_agree(self.connection)

    def test_account_that_cannot_be_reconciled_makes_deposits_wait(self):
        deposit = self.deposit(self.harbour, 80)
        mapping = self.env["netsuite.mapping"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("company_id", "=", self.main_company.id),
                ("ns_special", "=", "CustDep"),
            ]
        )
        self.assertTrue(mapping.account_id.reconcile)
        mapping.account_id.reconcile = False

        self.drive(self.connection)

        record = self.record_of(self.connection, "customerdeposit", deposit)
        self.assertEqual(record.state, "blocked")
        issue = self.open_issues(self.connection, "mapping")
        self.assertIn("cannot hold customer deposits", issue.title)
        self.assertEqual(issue.action_fix()["res_model"], "netsuite.mapping")

        mapping.account_id.reconcile = True
        self.connection._retry_failed_by_time()
        record._advance("pending")
        self.drive(self.connection)

        self.assert_left(self.mirror(self.connection, "customerdeposit", deposit), -80)
