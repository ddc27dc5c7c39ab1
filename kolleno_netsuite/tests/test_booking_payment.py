from decimal import Decimal

from odoo.tests import tagged

from .common import (
    BANK,
    DISCOUNT,
    EUR,
    EXCHANGE,
    INCOME,
    RECEIVABLE,
    UNDEPOSITED,
    NetsuiteBookingCommon,
)


@tagged("post_install", "-at_install")
class TestBookingPayment(NetsuiteBookingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    def test_payment_has_an_entry_on_netsuites_accounts(self):
        record, payment = self.payment(self.entity, 60, tranid="PYMT-2021-07", memo="Wire 5")

        self.assertBooked(record)
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
        self.assertOpen(payment, -60, -60)
        self.assertFalse(payment.message_ids)

    def test_payment_pays_invoices_exactly(self):
        first, invoice_1 = self.invoice(self.entity, [{"foreign": 100}])
        second, invoice_2 = self.invoice(self.entity, [{"foreign": 50}])

        _record, payment = self.payment(
            self.entity, 120, [(first.internal_id, 40), (second.internal_id, 50)]
        )

        self.assertOpen(invoice_1, 60, 60)
        self.assertOpen(invoice_2, 0, 0)
        self.assertOpen(payment, -30, -30)
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
        self.assertOpen(invoice, 0, 0)
        self.assertOpen(payment, 0, 0)

    def test_exchange_difference_is_odoos_and_open_amounts_keep_their_rates(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": 100}], currency=EUR, exchange_rate="1.08"
        )
        _p1, first = self.payment(
            self.entity, 60, [(record.internal_id, 40)], currency=EUR, exchange_rate="1.10"
        )
        self.assertOpen(invoice, 60, 64.80)
        self.assertOpen(first, -20, -22.00)

        _p2, second = self.payment(
            self.entity, 60, [(record.internal_id, 60)], currency=EUR, exchange_rate="1.05"
        )

        self.assertOpen(invoice, 0, 0)
        self.assertOpen(second, 0, 0)
        self.assertOpen(first, -20, -22.00)
        partials = self.receivable_line(invoice).matched_credit_ids
        applied = partials.filtered(lambda p: p.credit_move_id.move_id.origin_payment_id)
        self.assertEqual(len(applied.exchange_move_id), 2)
        self.assertEqual(set(applied.mapped("debit_amount_currency")), {40.0, 60.0})

    def test_exchange_lines_inside_a_payment_are_not_booked_twice(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": 100}], currency=EUR, exchange_rate="1.08"
        )
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "subsidiary": 1}
        lines = [
            {**shared, "line": 0, "mainline": "T", "account": UNDEPOSITED, "foreignamount": 100, "debit": 110},
            {**shared, "line": 1, "mainline": "F", "account": RECEIVABLE, "foreignamount": -100, "credit": 108},
            {**shared, "line": 2, "mainline": "F", "account": EXCHANGE, "foreignamount": 0, "credit": 2},
        ]

        payment_record, payment = self.payment(
            self.entity,
            100,
            [(record.internal_id, 100)],
            lines=lines,
            internal_id=internal_id,
            currency=EUR,
            exchange_rate="1.10",
        )

        self.assertBooked(payment_record)
        self.assertEqual(len(payment.move_id.line_ids), 2)
        self.assertOpen(invoice, 0, 0)
        self.assertOpen(payment, 0, 0)
        gain = self.env["account.move.line"].search(
            [("account_id", "=", self.company.income_currency_exchange_account_id.id)]
        )
        self.assertAlmostEqual(sum(gain.mapped("balance")), -2.0)

    def test_many_invoices_of_different_rates_are_undone_one_by_one(self):
        rates = ["1.01", "1.10", "1.10", "1.25"]
        invoices = [
            self.invoice(self.entity, [{"foreign": 10}], currency=EUR, exchange_rate=rate)
            for rate in rates
        ]
        payment_record, payment = self.payment(
            self.entity,
            40,
            [(record.internal_id, 10) for record, _move in invoices],
            currency=EUR,
            exchange_rate="1.10",
        )
        self.assertOpen(payment, 0, 0)

        self.land_payment(
            self.entity,
            40,
            [(record.internal_id, 10) for record, _move in invoices[1:]],
            internal_id=payment_record.internal_id,
            tranid=payment_record.name,
            currency=EUR,
            exchange_rate="1.10",
        )
        self.book(payment_record)

        self.assertOpen(invoices[0][1], 10, 10.10)
        self.assertOpen(payment, -10, -11.00)
        for _record, move in invoices[1:]:
            self.assertOpen(move, 0, 0)
        exchange = self.env["account.move"].search(
            [("journal_id", "=", self.company.currency_exchange_journal_id.id)]
        )
        self.assertEqual(
            sorted(exchange.mapped("state")), ["cancel", "posted"], "nothing is left of the first"
        )

    def test_applying_without_an_exchange_journal_says_so(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": 10}], currency=EUR, exchange_rate="1.08"
        )
        self.company.currency_exchange_journal_id = False

        self.payment(
            self.entity, 10, [(record.internal_id, 10)], currency=EUR, exchange_rate="1.10"
        )

        self.assertOpen(invoice, 10, 10.80)
        issue = self.env["netsuite.issue"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", "open")]
        )
        self.assertIn("exchange", issue.title.lower())

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

        self.assertBooked(memo_record)
        self.assertOpen(invoice, 75, 75)
        self.assertOpen(memo, -5, -5)

    def test_discount_taken_is_part_of_what_the_payment_settles(self):
        record, invoice = self.invoice(self.entity, [{"foreign": 100}])
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "subsidiary": 1}
        lines = [
            {**shared, "line": 0, "mainline": "T", "account": UNDEPOSITED, "foreignamount": 98, "debit": 98},
            {**shared, "line": 1, "mainline": "F", "account": RECEIVABLE, "foreignamount": -100, "credit": 100},
            {**shared, "line": 2, "mainline": "F", "account": DISCOUNT, "foreignamount": 2, "debit": 2},
        ]

        payment_record, payment = self.payment(
            self.entity, 98, [(record.internal_id, 100)], lines=lines, internal_id=internal_id
        )

        self.assertBooked(payment_record)
        self.assertAlmostEqual(payment.amount, 98.0)
        self.assertOpen(invoice, 0, 0)
        self.assertOpen(payment, 0, 0)

    def test_parent_pays_for_its_child_on_the_childs_balance(self):
        child_partner, child = self.customer(parent=self.entity)
        record, invoice = self.invoice(child, [{"foreign": 70}])
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "subsidiary": 1, "account": RECEIVABLE}
        lines = [
            {**shared, "line": 0, "mainline": "T", "account": UNDEPOSITED, "foreignamount": 100, "debit": 100},
            {**shared, "line": 1, "mainline": "F", "foreignamount": -30, "credit": 30},
            {**shared, "line": 2, "mainline": "F", "foreignamount": -70, "credit": 70, "subentity": child},
        ]

        _record, payment = self.payment(
            self.entity, 100, [(record.internal_id, 70)], lines=lines, internal_id=internal_id
        )

        self.assertOpen(invoice, 0, 0)
        own, theirs = self.receivable_line(payment).sorted("balance", reverse=True)
        self.assertEqual((own.partner_id, own.amount_residual), (self.partner, -30.0))
        self.assertEqual((theirs.partner_id, theirs.amount_residual), (child_partner, 0.0))

    def test_more_than_is_open_waits(self):
        record, invoice = self.invoice(self.entity, [{"foreign": 10}])

        payment_record, payment = self.payment(self.entity, 30, [(record.internal_id, 20)])

        self.assertOpen(invoice, 10, 10)
        self.assertOpen(payment, -30, -30)
        application = self.env["netsuite.application"].search(
            [("paying_record_id", "=", payment_record.id)]
        )
        self.assertEqual(application.state, "waiting")

    def test_payments_of_a_chunk_equal_those_confirmed_by_hand(self):
        journal = self.env["account.journal"]._netsuite_journal(
            self.connection, self.company, "payment"
        )
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
            payment.move_id.line_ids.mapped(lambda l: (l.account_id, l.balance, l.display_type)),
            by_hand.move_id.line_ids.mapped(lambda l: (l.account_id, l.balance, l.display_type)),
        )
        self.assertAlmostEqual(payment.amount_company_currency_signed, 25.0)

    def test_partial_amounts_never_leave_a_cent(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": "100.00"}], currency=EUR, exchange_rate="1.0837"
        )
        parts = [Decimal("33.33"), Decimal("0.01"), Decimal("66.66")]
        left = Decimal(100)

        for part in parts:
            _record, payment = self.payment(
                self.entity, part, [(record.internal_id, part)], currency=EUR, exchange_rate="1.0837"
            )
            left -= part
            self.assertOpen(invoice, float(left), float(round(left * Decimal("1.0837"), 2)))
            self.assertOpen(payment, 0, 0)

    def test_payment_without_a_receivable_fails_in_words(self):
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "subsidiary": 1}
        lines = [
            {**shared, "line": 0, "mainline": "T", "account": UNDEPOSITED, "foreignamount": 5, "debit": 5},
            {**shared, "line": 1, "mainline": "F", "account": INCOME, "foreignamount": -5, "credit": 5},
        ]
        record = self.land_payment(self.entity, 5, lines=lines, internal_id=internal_id)

        self.book(record)

        self.assertEqual(record.state, "failed")
        self.assertIn("balance", record.message)
