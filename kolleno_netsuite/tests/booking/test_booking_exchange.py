from decimal import Decimal

from odoo.tests import tagged

from ..support.booking_case import EUR, EXCHANGE, RECEIVABLE, UNDEPOSITED, NetsuiteBookingCommon


@tagged("post_install", "-at_install")
class TestBookingExchange(NetsuiteBookingCommon):
    """Payments and invoices in another currency than the company's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    def test_exchange_difference_is_odoos_and_open_amounts_keep_their_rates(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": 100}], currency=EUR, exchange_rate="1.08"
        )
        _p1, first = self.payment(
            self.entity, 60, [(record.internal_id, 40)], currency=EUR, exchange_rate="1.10"
        )
        self.assert_open(invoice, 60, 64.80)
        self.assert_open(first, -20, -22.00)

        _p2, second = self.payment(
            self.entity, 60, [(record.internal_id, 60)], currency=EUR, exchange_rate="1.05"
        )

        self.assert_open(invoice, 0, 0)
        self.assert_open(second, 0, 0)
        self.assert_open(first, -20, -22.00)
        partials = self.receivable_line(invoice).matched_credit_ids
        applied = partials.filtered(lambda p: p.credit_move_id.move_id.origin_payment_id)
        self.assertEqual(len(applied.exchange_move_id), 2)
        self.assertEqual(set(applied.mapped("debit_amount_currency")), {40.0, 60.0})
        # Dated and referenced as what settles it; Odoo would take the end of the month.
        self.assertEqual(
            {(str(move.date), move.ref) for move in applied.exchange_move_id},
            {
                ("2024-03-20", f"{invoice.name} settled by {first.name}"),
                ("2024-03-20", f"{invoice.name} settled by {second.name}"),
            },
        )

    def test_exchange_difference_of_a_locked_day_stands_on_the_first_open_one(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": 10}], currency=EUR, exchange_rate="1.08"
        )
        payment_record, payment = self.payment(
            self.entity, 10, currency=EUR, exchange_rate="1.10", trandate="2024-03-20"
        )
        self.company.fiscalyear_lock_date = "2024-04-30"

        self.land_payment(
            self.entity, 10, [(record.internal_id, 10)], internal_id=payment_record.internal_id,
            tranid=payment_record.name, currency=EUR, exchange_rate="1.10",
        )  # fmt: skip
        self.book(payment_record)

        self.assert_open(invoice, 0, 0)
        exchange = self.receivable_line(payment).matched_debit_ids.exchange_move_id
        self.assertEqual(str(exchange.date), "2024-05-01")

    def test_exchange_lines_inside_a_payment_are_not_booked_twice(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": 100}], currency=EUR, exchange_rate="1.08"
        )
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "subsidiary": 1}
        lines = [
            {
                **shared,
                "line": 0,
                "mainline": "T",
                "account": UNDEPOSITED,
                "foreignamount": 100,
                "debit": 110,
            },
            {
                **shared,
                "line": 1,
                "mainline": "F",
                "account": RECEIVABLE,
                "foreignamount": -100,
                "credit": 108,
            },
            {
                **shared,
                "line": 2,
                "mainline": "F",
                "account": EXCHANGE,
                "foreignamount": 0,
                "credit": 2,
            },
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

        self.assert_booked(payment_record)
        self.assertEqual(len(payment.move_id.line_ids), 2)
        self.assert_open(invoice, 0, 0)
        self.assert_open(payment, 0, 0)
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
        self.assert_open(payment, 0, 0)

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

        self.assert_open(invoices[0][1], 10, 10.10)
        self.assert_open(payment, -10, -11.00)
        for _record, move in invoices[1:]:
            self.assert_open(move, 0, 0)
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

        self.assert_open(invoice, 10, 10.80)
        issue = self.env["netsuite.issue"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", "open")]
        )
        self.assertIn("exchange", issue.title.lower())

    def test_partial_amounts_never_leave_a_cent(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": "100.00"}], currency=EUR, exchange_rate="1.0837"
        )
        parts = [Decimal("33.33"), Decimal("0.01"), Decimal("66.66")]
        left = Decimal(100)

        for part in parts:
            _record, payment = self.payment(
                self.entity,
                part,
                [(record.internal_id, part)],
                currency=EUR,
                exchange_rate="1.0837",
            )
            left -= part
            self.assert_open(invoice, float(left), float(round(left * Decimal("1.0837"), 2)))
            self.assert_open(payment, 0, 0)

    def test_exchange_line_inside_a_credit_memo_is_not_booked_twice(self):
        record, invoice = self.invoice(
            self.entity, [{"foreign": 50}], currency=EUR, exchange_rate="1.08"
        )
        internal_id = self.new_id()
        memo_record = self.land_invoice(
            self.entity,
            [{"foreign": 50}],
            record_type="creditmemo",
            internal_id=internal_id,
            currency=EUR,
            exchange_rate="1.10",
            links=self.links(internal_id, [(record.internal_id, 50)]),
        )
        payload = memo_record.payload
        payload["lines"][0]["credit"] = "54.00"
        payload["lines"].append(
            {
                "transaction": str(internal_id),
                "line": "9",
                "mainline": "F",
                "account": str(EXCHANGE),
                "foreignamount": "0",
                "credit": "1.00",
            }
        )
        memo_record.payload = payload

        self.book(memo_record)

        memo = memo_record._target()
        self.assert_booked(memo_record)
        self.assertAlmostEqual(memo.amount_total_signed, -55.0)
        self.assert_open(invoice, 0, 0)
        self.assert_open(memo, 0, 0)
