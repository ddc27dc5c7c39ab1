from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.booking.netsuite_connection import RATE_FIELDS
from ..support.booking_case import EUR, RECEIVABLE, UNDEPOSITED, NetsuiteBookingCommon

DEPOSITS = 2300
JPY = 5


@tagged("post_install", "-at_install")
class TestRates(NetsuiteBookingCommon):
    """NetSuite's exchange rates for each type of document, or Odoo's (docs/FEATURES.md 17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()
        cls.land("currency", {"id": JPY, "symbol": "JPY"}).state = "booked"
        cls.jpy = cls.env.ref("base.JPY")
        cls.jpy.active = True
        cls.map_account(
            DEPOSITS,
            cls.env["account.account"].create(
                {
                    "name": "Customer Deposits",
                    "code": "NSDEP",
                    "account_type": "liability_current",
                    "reconcile": True,
                }
            ),
        )
        for currency, rate in ((cls.eur, 1 / 1.10), (cls.jpy, 1 / 0.007)):
            cls.env["res.currency.rate"].search([("currency_id", "=", currency.id)]).unlink()
            cls.env["res.currency.rate"].create(
                {
                    "name": "2024-01-01",
                    "currency_id": currency.id,
                    "rate": rate,
                    "company_id": cls.company.id,
                }
            )

    def test_each_type_has_netsuites_rate_while_its_box_is_ticked(self):
        for record_type, box in RATE_FIELDS.items():
            with self.subTest(record_type):
                self.connection[box] = True
                self.assertAlmostEqual(self.company_amount(record_type), 108.00)
                self.connection[box] = False
                self.assertAlmostEqual(self.company_amount(record_type), 110.00)
                self.connection[box] = True

    def test_each_type_has_odoos_rate_when_netsuites_are_not_used(self):
        self.connection.use_netsuite_rates = False
        for record_type in RATE_FIELDS:
            with self.subTest(record_type):
                self.assertAlmostEqual(self.company_amount(record_type), 110.00)

    def test_only_invoices_ticked_leaves_payments_at_odoos_rate(self):
        self.connection.write(dict.fromkeys(set(RATE_FIELDS.values()), False))
        self.connection.rates_for_invoices = True

        self.assertAlmostEqual(self.company_amount("invoice"), 108.00)
        self.assertAlmostEqual(self.company_amount("customerpayment"), 110.00)

    def test_rate_that_is_missing_or_zero_fails_that_record_only(self):
        for record_type in RATE_FIELDS:
            for rate in (0, None):
                with self.subTest(record_type, rate=rate):
                    record = self.land_document(record_type, rate=1)
                    payload = record.payload
                    payload["row"].pop("exchangerate")
                    if rate is not None:
                        payload["row"]["exchangerate"] = str(rate)
                    record.payload = payload
                    good = self.land_document(record_type)

                    self.book(record | good)

                    self.assertEqual(record.state, "failed")
                    self.assertIn("exchange rate", record.message)
                    self.assertFalse(record.res_id)
                    self.assert_booked(good)

    def test_document_waits_for_odoos_rate_of_its_day_and_is_never_booked_at_one(self):
        self.connection.use_netsuite_rates = False
        rates = self.env["res.currency.rate"].search([("currency_id", "=", self.eur.id)])
        other = self.env["res.company"].create({"name": "Elsewhere"})
        kinds = {record_type: self.land_document(record_type) for record_type in RATE_FIELDS}
        for values in (
            {"name": "2024-12-31"},
            {"name": "2024-01-01", "company_id": other.id},
        ):
            rates.write(values)
            for record_type, record in kinds.items():
                with self.subTest(record_type, **values):
                    self.book(record)

                    self.assertEqual(record.state, "blocked", record.message)
                    self.assertIn("no exchange rate of EUR", record.message)
                    self.assertFalse(record.res_id)
        issue = self.env["netsuite.issue"].search(
            [("key", "=", f"rate:EUR:{self.company.id}"), ("state", "=", "open")]
        )
        self.assertEqual(issue.record_count, len(kinds))
        self.assertEqual(issue.action_fix()["res_id"], self.eur.id)

        rates.company_id = False

        self.assertEqual(issue.state, "solved")
        for record_type, record in kinds.items():
            with self.subTest(record_type):
                self.assertEqual(record.state, "pending")
                self.assertAlmostEqual(self.company_amount(record_type, record), 110.00)

    def test_document_that_waits_for_odoos_rate_takes_netsuites_when_that_is_chosen(self):
        self.connection.use_netsuite_rates = False
        self.env["res.currency.rate"].search([("currency_id", "=", self.eur.id)]).unlink()
        record = self.land_document("invoice")
        self.book(record)
        self.assertEqual(record.state, "blocked")

        self.connection.use_netsuite_rates = True

        self.assertAlmostEqual(self.company_amount("invoice", record), 108.00)

    def test_yen_are_rounded_to_the_cent_of_the_company(self):
        for box, expected in ((True, 8.02), (False, 8.58)):
            self.connection.rates_for_invoices = box
            record = self.land_invoice(
                self.entity, [{"foreign": 1225}], currency=JPY, exchange_rate="0.006545"
            )
            self.book(record)
            self.assert_booked(record)
            line = self.receivable_line(record._target())
            self.assertAlmostEqual(line.balance, expected, 2)

    def test_difference_between_the_two_rates_is_booked_once(self):
        self.connection.rates_for_payments = False
        invoice, move = self.invoice(
            self.entity, [{"foreign": 100}], currency=EUR, exchange_rate="1.08"
        )

        _record, payment = self.payment(
            self.entity, 100, [(invoice.internal_id, 100)], currency=EUR, exchange_rate="1.08"
        )

        self.assert_open(move, 0, 0)
        self.assert_open(payment, 0, 0)
        gain = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.company.income_currency_exchange_account_id.id),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertAlmostEqual(sum(gain.mapped("balance")), -2.0)

    def test_change_after_the_import_says_what_happens_and_books_again_on_request(self):
        record = self.land_document("invoice")
        self.book(record)
        move = record._target()
        self.assertFalse(self.connection.rates_text)

        self.connection.rates_for_invoices = False

        self.assertIn("1 documents in foreign currencies", self.connection.rates_text)
        self.assertAlmostEqual(self.receivable_line(move).balance, 108.00)
        self.connection.action_book_at_rates()
        self.assertEqual(record.state, "pending")
        self.book(record)
        self.assertAlmostEqual(self.receivable_line(move).balance, 110.00)
        self.assertFalse(self.connection.rates_text)

    def test_change_before_the_import_needs_no_words(self):
        self.connection.rates_for_invoices = False

        self.assertFalse(self.connection.rates_text)

    def test_company_in_another_currency_is_refused_while_netsuites_rates_are_used(self):
        self.connection.use_netsuite_rates = False
        self.subsidiary.currency_name = "EUR"

        with self.assertRaises(ValidationError):
            self.connection.use_netsuite_rates = True

    def test_company_amounts_are_compared_only_while_all_boxes_are_ticked(self):
        Proof = self.env["netsuite.proof"]
        self.assertEqual(Proof._comparable_companies(self.connection), self.company.ids)

        self.connection.rates_for_journals = False

        self.assertFalse(Proof._comparable_companies(self.connection))

    # === ARRANGING === #

    def company_amount(self, record_type, record=None):
        """Book a document of 100 euro at NetSuite's rate 1.08; return its company amount."""
        record = record or self.land_document(record_type)
        self.book(record)
        self.assert_booked(record)
        target = record._target()
        move = target.move_id if target._name == "account.payment" else target
        return sum(line.balance for line in move.line_ids if line.balance > 0)

    def land_document(self, record_type, rate="1.08"):
        """Land a document of 100 euro of any type."""
        if RATE_FIELDS[record_type] in ("rates_for_invoices", "rates_for_credits"):
            return self.land_invoice(
                self.entity,
                [{"foreign": 100}],
                record_type=record_type,
                currency=EUR,
                exchange_rate=rate,
            )
        sides = {
            "customerpayment": ((UNDEPOSITED, 100), (RECEIVABLE, -100)),
            "customerdeposit": ((UNDEPOSITED, 100), (DEPOSITS, -100)),
            "depositapplication": ((RECEIVABLE, -100), (DEPOSITS, 100)),
            "customerrefund": ((UNDEPOSITED, -100), (RECEIVABLE, 100)),
            "journalentry": ((RECEIVABLE, 100),),
        }[record_type]
        internal_id = self.new_id()
        lines = [
            {
                "transaction": internal_id,
                "line": number,
                "mainline": "F" if number else "T",
                "account": account,
                "foreignamount": amount,
                "subentity": self.entity,
                "subsidiary": 1,
                ("debit" if amount > 0 else "credit"): round(abs(amount) * float(rate), 2),
            }
            for number, (account, amount) in enumerate(sides)
        ]
        row = {
            "id": internal_id,
            "tranid": f"D{internal_id}",
            "trandate": "2024-03-20",
            "entity": None if record_type == "journalentry" else self.entity,
            "currency": EUR,
            "exchangerate": rate,
            "foreigntotal": 100,
            "posting": "T",
            "voided": "F",
        }
        return self.land(record_type, row, lines=lines)
