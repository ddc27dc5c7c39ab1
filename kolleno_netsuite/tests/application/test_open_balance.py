from odoo.tests import tagged

from ..support.booking_case import NetsuiteBookingCommon

JPY = 5
RATE = "0.0065450"


@tagged("post_install", "-at_install")
class TestBookingTold(NetsuiteBookingCommon):
    """What is open in company currency is what NetSuite says, whichever way it rounds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jpy = cls.env.ref("base.JPY")
        cls.jpy.active = True
        cls.land("currency", {"id": JPY, "symbol": "JPY"}).state = "booked"
        cls.partner, cls.entity = cls.customer()

    def test_half_paid_invoice_keeps_the_company_amount_that_netsuite_tells(self):
        for company_open in (6.54, 6.55):
            record, invoice = self.yen_invoice(2001, open=1001, company_open=company_open)
            _payment_record, payment = self.yen_payment(1000, [(record.internal_id, 1000)])

            self.assert_open(invoice, 1001, company_open)
            self.assert_open(payment, 0, 0)

    def test_open_amount_told_later_puts_an_application_right(self):
        record, invoice = self.yen_invoice(2001, open=2001, company_open=13.10)
        self.yen_payment(1000, [(record.internal_id, 1000)])
        self.assert_open(invoice, 1001, 6.55)

        again, _move = self.yen_invoice(
            2001, open=1001, company_open=6.54, internal_id=record.internal_id
        )

        self.assertEqual(again, record)
        self.assert_open(invoice, 1001, 6.54)

    def test_undoing_one_of_several_leaves_what_netsuite_tells(self):
        record, invoice = self.yen_invoice(3001, open=1001, company_open=6.55)
        first, _payment = self.yen_payment(1000, [(record.internal_id, 1000)])
        self.yen_payment(1000, [(record.internal_id, 1000)])
        self.assert_open(invoice, 1001, 6.55)
        for company_open in (13.09, 13.10):
            self.yen_payment(1000, [], internal_id=first.internal_id)
            self.yen_invoice(
                3001, open=2001, company_open=company_open, internal_id=record.internal_id
            )

            self.assert_open(invoice, 2001, company_open)

    def test_payer_keeps_the_company_amount_that_netsuite_tells(self):
        record, _invoice = self.yen_invoice(1000, open=0, company_open=0)
        for company_open in (6.54, 6.55, 6.56):
            _payment_record, payment = self.yen_payment(
                2001, [(record.internal_id, 1000)], open=1001, company_open=company_open
            )

            self.assert_open(payment, -1001, -company_open)
            self.yen_payment(2001, [], internal_id=_payment_record.internal_id)

    # === ARRANGING === #

    def yen_invoice(self, amount, open, company_open, **options):
        record = self.land_invoice(
            self.entity,
            [{"foreign": amount}],
            currency=JPY,
            exchange_rate=RATE,
            foreignamountunpaid=open,
            **options,
        )
        return self.booked_as_told(record, "amountunpaid", company_open)

    def yen_payment(self, amount, links, open=0, company_open=0, **options):
        record = self.land_payment(
            self.entity,
            amount,
            links,
            currency=JPY,
            exchange_rate=RATE,
            foreignpaymentamountunused=open,
            **options,
        )
        return self.booked_as_told(record, "paymentamountunused", company_open)

    def booked_as_told(self, record, column, company_open):
        payload = record.payload
        payload["lines"][0][column] = str(company_open)
        record.payload = payload
        self.book(record)
        self.assert_booked(record)
        return record, record._target()
