from odoo.tests import new_test_user, tagged

from ...models.booking.draft import Draft
from ..support.booking_case import (
    BANK,
    DISCOUNT,
    INCOME,
    RECEIVABLE,
    TERM,
    UNDEPOSITED,
    NetsuiteBookingCommon,
)
from ..support.netsuite_builders import unguarded


@tagged("post_install", "-at_install")
class TestBookingPayment(NetsuiteBookingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    def test_payment_has_an_entry_on_netsuites_accounts(self):
        record, payment = self.payment(self.entity, 60, tranid="PYMT-2021-07", memo="Wire 5")

        self.assert_booked(record)
        self.assertRecordValues(
            payment,
            [
                {
                    "name": "PYMT-2021-07",
                    "amount": 60.0,
                    "payment_type": "inbound",
                    "memo": "Wire 5",
                    "partner_id": self.partner.id,
                    "outstanding_account_id": self.accounts[UNDEPOSITED].id,
                    "destination_account_id": self.accounts[RECEIVABLE].id,
                }
            ],
        )
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(payment.move_id.origin_payment_id, payment)
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance"),
            [
                {"account_id": self.accounts[RECEIVABLE].id, "balance": -60.0},
                {"account_id": self.accounts[UNDEPOSITED].id, "balance": 60.0},
            ],
        )
        self.assert_open(payment, -60, -60)
        self.assertFalse(payment.message_ids)

    def test_payment_has_the_method_that_netsuites_is_mapped_to(self):
        journal = self.env["account.journal"]._netsuite_journal(
            self.connection, self.company, "payment"
        )
        wire = journal.inbound_payment_method_line_ids[:1].copy({"name": "Wire"})
        self.env["netsuite.mapping"].create(
            {
                "connection_id": self.connection.id,
                "kind": "payment_method",
                "internal_id": 34,
                "name": "Wire",
                "company_id": self.company.id,
                "payment_method_line_id": wire.id,
                "state": "manual",
            }
        )

        _record, mapped = self.payment(self.entity, 60, paymentmethod="34")
        _record, other = self.payment(self.entity, 60, paymentmethod="35")

        self.assertEqual(mapped.payment_method_line_id, wire)
        self.assertEqual(other.payment_method_line_id, journal.inbound_payment_method_line_ids[:1])

    def test_method_that_is_not_one_of_the_payments_journal_is_not_taken(self):
        journal = self.env["account.journal"]._netsuite_journal(
            self.connection, self.company, "payment"
        )
        self.env["netsuite.mapping"].create(
            {
                "connection_id": self.connection.id,
                "kind": "payment_method",
                "internal_id": 36,
                "name": "Wire out",
                "company_id": self.company.id,
                # Of payments that go out, and this one comes in.
                "payment_method_line_id": journal.outbound_payment_method_line_ids[:1].id,
                "state": "manual",
            }
        )

        record, payment = self.payment(self.entity, 60, paymentmethod="36")

        self.assert_booked(record)
        self.assertEqual(
            payment.payment_method_line_id, journal.inbound_payment_method_line_ids[:1]
        )

    def test_payment_of_another_amount_than_netsuites_is_named(self):
        record, payment = self.payment(self.entity, 60)
        draft = Draft(record, None, payment, None)
        check = self.env["netsuite.booking.payment"]._check_totals

        for amount, balance, differs in ((60, 60, False), (61, 60, True), (60, 61, True)):
            with self.subTest(amount=amount, balance=balance):
                draft.totals = {"amount": float(amount), "balance": float(balance)}

                sentence = check(draft)

                self.assertEqual(bool(sentence), differs)
                if differs:
                    self.assertIn("60.0 / 60.0 in Odoo", sentence)
                    self.assertIn(f"{amount}.0 / {balance}.0 in NetSuite", sentence)

    def test_payment_pays_invoices_exactly(self):
        first, invoice_1 = self.invoice(self.entity, [{"foreign": 100}])
        second, invoice_2 = self.invoice(self.entity, [{"foreign": 50}])

        _record, payment = self.payment(
            self.entity, 120, [(first.internal_id, 40), (second.internal_id, 50)]
        )

        self.assert_open(invoice_1, 60, 60)
        self.assert_open(invoice_2, 0, 0)
        self.assert_open(payment, -30, -30)
        self.assertEqual(invoice_1.payment_state, "partial")
        self.assertEqual(invoice_2.payment_state, "paid")
        self.assertEqual(payment.reconciled_invoice_ids, invoice_1 | invoice_2)
        self.assertEqual(invoice_1.reconciled_payment_ids, payment)
        self.assertIn(payment, invoice_1.matched_payment_ids)
        self.assertEqual(payment.reconciled_invoices_count, 2)

    def test_payment_on_a_bank_account_is_paid(self):
        first, invoice = self.invoice(self.entity, [{"foreign": 100}])

        _record, payment = self.payment(self.entity, 100, [(first.internal_id, 100)], account=BANK)

        self.assertEqual(payment.state, "paid")
        self.assertTrue(payment.is_matched)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(self.receivable_line(invoice).full_reconcile_id)

    def test_payment_before_its_invoice_waits_and_is_applied_then(self):
        invoice_id = self.new_id()
        payment_record, payment = self.payment(self.entity, 30, [(invoice_id, 30)])
        application = self.env["netsuite.application"].search(
            [("paying_record_id", "=", payment_record.id)]
        )
        self.assertEqual(application.state, "waiting")

        _record, invoice = self.invoice(self.entity, [{"foreign": 30}], internal_id=invoice_id)

        self.assertEqual(application.state, "applied")
        self.assert_open(invoice, 0, 0)
        self.assert_open(payment, 0, 0)

    def test_credit_memo_is_applied_exactly(self):
        record, invoice = self.invoice(self.entity, [{"foreign": 100}])
        internal_id = self.new_id()

        memo_record, memo = self.invoice(
            self.entity,
            [{"foreign": 30}],
            record_type="creditmemo",
            internal_id=internal_id,
            links=self.links(internal_id, [(record.internal_id, 25)]),
        )

        self.assert_booked(memo_record)
        self.assert_open(invoice, 75, 75)
        self.assert_open(memo, -5, -5)

    def test_discount_taken_is_part_of_what_the_payment_settles(self):
        record, invoice = self.invoice(self.entity, [{"foreign": 100}])
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "subsidiary": 1}
        lines = [
            {
                **shared,
                "line": 0,
                "mainline": "T",
                "account": UNDEPOSITED,
                "foreignamount": 98,
                "debit": 98,
            },
            {
                **shared,
                "line": 1,
                "mainline": "F",
                "account": RECEIVABLE,
                "foreignamount": -100,
                "credit": 100,
            },
            {
                **shared,
                "line": 2,
                "mainline": "F",
                "account": DISCOUNT,
                "foreignamount": 2,
                "debit": 2,
            },
        ]

        payment_record, payment = self.payment(
            self.entity, 98, [(record.internal_id, 100)], lines=lines, internal_id=internal_id
        )

        self.assert_booked(payment_record)
        self.assertAlmostEqual(payment.amount, 98.0)
        self.assert_open(invoice, 0, 0)
        self.assert_open(payment, 0, 0)

    def test_parent_pays_for_its_child_on_the_childs_balance(self):
        child_partner, child = self.customer(parent=self.entity)
        record, invoice = self.invoice(child, [{"foreign": 70}])
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "subsidiary": 1, "account": RECEIVABLE}
        lines = [
            {
                **shared,
                "line": 0,
                "mainline": "T",
                "account": UNDEPOSITED,
                "foreignamount": 100,
                "debit": 100,
            },
            {**shared, "line": 1, "mainline": "F", "foreignamount": -30, "credit": 30},
            {
                **shared,
                "line": 2,
                "mainline": "F",
                "foreignamount": -70,
                "credit": 70,
                "subentity": child,
            },
        ]

        _record, payment = self.payment(
            self.entity, 100, [(record.internal_id, 70)], lines=lines, internal_id=internal_id
        )

        self.assert_open(invoice, 0, 0)
        own, theirs = self.receivable_line(payment).sorted("balance", reverse=True)
        self.assertEqual((own.partner_id, own.amount_residual), (self.partner, -30.0))
        self.assertEqual((theirs.partner_id, theirs.amount_residual), (child_partner, 0.0))

    def test_more_than_is_open_waits(self):
        record, invoice = self.invoice(self.entity, [{"foreign": 10}])

        payment_record, payment = self.payment(self.entity, 30, [(record.internal_id, 20)])

        self.assert_open(invoice, 10, 10)
        self.assert_open(payment, -30, -30)
        application = self.env["netsuite.application"].search(
            [("paying_record_id", "=", payment_record.id)]
        )
        self.assertEqual(application.state, "waiting")

    def test_payments_of_a_chunk_equal_those_confirmed_by_hand(self):
        journal = self.env["account.journal"]._netsuite_journal(
            self.connection, self.company, "payment"
        )
        # As Odoo's own account of outstanding receipts.
        self.accounts[UNDEPOSITED].reconcile = True
        by_hand = self.env["account.payment"].create(
            {
                "amount": 25,
                "partner_id": self.partner.id,
                "journal_id": journal.id,
                "date": "2024-03-20",
            }
        )
        by_hand.outstanding_account_id = self.accounts[UNDEPOSITED]
        by_hand.action_post()

        _record, payment = self.payment(self.entity, 25)

        for name in ("state", "payment_type", "currency_id", "is_reconciled", "company_id"):
            self.assertEqual(payment[name], by_hand[name], name)
        self.assertEqual(
            payment.move_id.line_ids.mapped(lambda line: (line.account_id, line.balance)),
            by_hand.move_id.line_ids.mapped(lambda line: (line.account_id, line.balance)),
        )
        self.assertAlmostEqual(payment.amount_company_currency_signed, 25.0)

    def test_payment_without_a_receivable_fails_in_words(self):
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "subsidiary": 1}
        lines = [
            {
                **shared,
                "line": 0,
                "mainline": "T",
                "account": UNDEPOSITED,
                "foreignamount": 5,
                "debit": 5,
            },
            {
                **shared,
                "line": 1,
                "mainline": "F",
                "account": INCOME,
                "foreignamount": -5,
                "credit": 5,
            },
        ]
        record = self.land_payment(self.entity, 5, lines=lines, internal_id=internal_id)

        self.book(record)

        self.assertEqual(record.state, "failed")
        self.assertIn("balance", record.message)

    def test_reconciliation_undone_by_hand_is_made_again_when_read_again(self):
        record, invoice = self.invoice(self.entity, [{"foreign": 100}])
        payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])
        unguarded(self.receivable_line(invoice)).remove_move_reconcile()
        self.assert_open(invoice, 100, 100)

        payment_record.state = "pending"
        self.book(payment_record)

        self.assert_open(invoice, 40, 40)
        self.assert_open(payment, 0, 0)

    def test_method_and_terms_that_are_mapped_later_are_offered_to_what_is_booked(self):
        _partner, ns = self.customer()
        locked, old = self.payment(ns, 5, paymentmethod=7, trandate="2024-02-10")
        invoice_record, invoice = self.invoice(ns, [{"foreign": 100}], terms=TERM)
        record, payment = self.payment(ns, 60, [(invoice_record.internal_id, 60)], paymentmethod=7)
        self.company.fiscalyear_lock_date = "2024-02-29"
        before = payment.payment_method_line_id
        card = before.create(
            {
                "name": "Card",
                "payment_method_id": before.payment_method_id.id,
                "journal_id": payment.journal_id.id,
            }
        )
        net = self.env["account.payment.term"].create({"name": "Net 30"})

        method = self.map("payment_method", 7, "payment_method_line_id", card)
        term = self.map("term", TERM, "payment_term_id", net)

        self.assertEqual(payment.payment_method_line_id, before)
        # Nothing is rewritten in a locked period, whoever may book in it.
        closer = new_test_user(
            self.env,
            "closer",
            groups="kolleno_netsuite.group_netsuite_accountant",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": closer.id,
                "fiscalyear_lock_date": "2024-01-31",
            }
        )
        for user in (self.env.user, closer):
            seen = method.with_user(user)
            seen.invalidate_recordset(["behind_count"])
            self.assertEqual(seen.behind_count, 1)
        self.assertEqual(term.behind_count, 1)
        (method | term).action_book_documents_again()
        self.assertEqual((record | invoice_record).mapped("state"), ["pending"] * 2)
        self.assertEqual(locked.state, "booked")
        self.book(record | invoice_record)
        (method | term).invalidate_recordset(["behind_count"])
        self.assertEqual((method.behind_count, term.behind_count), (0, 0))
        self.assertEqual(payment.payment_method_line_id, card)
        self.assertEqual(old.payment_method_line_id, before)
        self.assertEqual(invoice.invoice_payment_term_id, net)
        self.assert_open(invoice, 40, 40)
