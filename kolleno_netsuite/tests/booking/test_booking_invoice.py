from decimal import Decimal

from odoo.tests import tagged

from ..support.booking_case import (
    COGS,
    DISCOUNT,
    EUR,
    INCOME,
    INCOME_2,
    INVENTORY,
    RECEIVABLE,
    TAX,
    TAX_CODE,
    TERM,
    NetsuiteBookingCommon,
)
from ..support.netsuite_builders import unguarded


@tagged("post_install", "-at_install")
class TestBookingInvoice(NetsuiteBookingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    def test_invoice_mirrors_every_line_with_its_account(self):
        self.map("term", TERM, "payment_term_id", self.pay_terms_a)
        record, move = self.invoice(
            self.entity,
            [
                {"foreign": 100, "quantity": -4, "rate": 25, "memo": "Widgets"},
                {"foreign": 50, "account": INCOME_2, "quantity": -1, "rate": 50},
                {"foreign": -15, "account": DISCOUNT, "rate": "-10.0%", "memo": "Discount"},
                {"foreign": "11.14", "tax": True},
            ],
            tranid="INV2021-000123",
            memo="Thanks <b>a lot</b>",
            otherrefnum="PO 4711",
            terms=TERM,
            duedate="2024-04-21",
        )

        self.assert_booked(record)
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "move_type": "out_invoice",
                    "name": "INV2021-000123",
                    "ref": "PO 4711",
                    "payment_reference": "INV2021-000123",
                    "invoice_payment_term_id": self.pay_terms_a.id,
                    "amount_untaxed": 135.0,
                    "amount_tax": 11.14,
                    "amount_total": 146.14,
                    "amount_residual": 146.14,
                    "payment_state": "not_paid",
                }
            ],
        )
        self.assertEqual(str(move.invoice_date), "2024-03-10")
        self.assertEqual(str(move.date), "2024-03-10")
        self.assertEqual(str(move.invoice_date_due), "2024-04-21")
        self.assertIn("&lt;b&gt;", str(move.narration))
        accounts = self.accounts
        # Odoo's own label of the line that is paid.
        name = "PO 4711 - INV2021-000123"
        self.assertRecordValues(
            move.line_ids.sorted("sequence"),
            [
                self._line("product", accounts[INCOME], -100, "Widgets"),
                self._line("product", accounts[INCOME_2], -50, "Item 2"),
                self._line("product", accounts[DISCOUNT], 15, "Discount"),
                self._line("tax", accounts[TAX], -11.14, "VAT"),
                self._line("payment_term", accounts[RECEIVABLE], 146.14, name),
            ],
        )
        lines = move.invoice_line_ids.sorted("sequence")
        self.assertEqual(lines.mapped("quantity"), [4.0, 1.0, 1.0])
        self.assertEqual(lines.mapped("price_unit"), [25.0, 50.0, -15.0])
        self.assertEqual(lines.mapped("price_subtotal"), [100.0, 50.0, -15.0])
        receivable = self.receivable_line(move)
        self.assertEqual(str(receivable.date_maturity), "2024-04-21")

    def _line(self, display_type, account, balance, name):
        return {
            "display_type": display_type,
            "account_id": account.id,
            "balance": balance,
            "amount_currency": balance,
            "name": name,
            "partner_id": self.partner.id,
        }

    def test_company_amounts_are_netsuites_own_when_they_round_otherwise(self):
        record, move = self.invoice(
            self.entity,
            [{"foreign": "33.33", "base": "36.01"}, {"foreign": "66.67", "base": "72.00"}],
            currency=EUR,
            exchange_rate="1.08",
        )

        self.assert_booked(record)
        self.assertEqual(move.currency_id, self.eur)
        self.assertAlmostEqual(move.amount_total, 100.0)
        self.assertAlmostEqual(move.amount_total_signed, 108.01)
        self.assert_open(move, 100.0, 108.01)
        self.assertAlmostEqual(move.invoice_currency_rate, 1 / 1.08)

    def test_odoos_rate_is_taken_where_it_is_wanted(self):
        self.connection.use_netsuite_rates = False
        self.env["res.currency.rate"].create(
            {
                "name": "2024-03-01",
                "currency_id": self.eur.id,
                "rate": 0.8,
                "company_id": self.company.id,
            }
        )

        record, move = self.invoice(
            self.entity, [{"foreign": 30}, {"foreign": "10.01"}], currency=EUR, exchange_rate="1.08"
        )

        self.assert_booked(record)
        self.assertAlmostEqual(move.amount_total, 40.01)
        self.assertAlmostEqual(move.amount_total_signed, 50.01)

    def test_names_that_odoo_would_read_as_dates_are_kept(self):
        numbers = [
            "INV2021-000123",
            "10-4567",
            "US-21-00045",
            "2024-07-0012",
            "INV24-0012A",
            "SO24-11-0001",
            "1234567890123",
            "INV/2024/00001",
        ]
        records = self.env["netsuite.record"].union(
            *(self.land_invoice(self.entity, [{"foreign": 5}], tranid=n) for n in numbers)
        )

        self.book(records)

        self.assertEqual([record._target().name for record in records], numbers)

    def test_repeated_number_gets_the_internal_id(self):
        first = self.land_invoice(self.entity, [{"foreign": 5}], tranid="X-1")
        second = self.land_invoice(self.entity, [{"foreign": 5}], tranid="X-1")
        self.book(first | second)
        third = self.land_invoice(self.entity, [{"foreign": 5}], tranid="X-1")
        self.book(third)

        self.assertEqual(first._target().name, "X-1")
        self.assertEqual(second._target().name, f"X-1 (NS {second.internal_id})")
        self.assertEqual(third._target().name, f"X-1 (NS {third.internal_id})")

    def test_mirrored_numbers_steer_no_journal(self):
        sale = self.company_data["default_journal_sale"]
        own = self._create_invoice_one_line(price_unit=1, partner_id=self.partner_a, post=True)
        _record, move = self.invoice(self.entity, [{"foreign": 5}], tranid="INV/2099/09999")

        following = self._create_invoice_one_line(
            price_unit=1, partner_id=self.partner_a, post=True
        )

        self.assertEqual(own.journal_id, sale)
        self.assertEqual(following.sequence_number, own.sequence_number + 1)
        reversal = unguarded(move)._reverse_moves([{"invoice_date": move.invoice_date}])
        reversal._post(soft=False)
        self.assertNotIn("2099", reversal.name)
        self.assertFalse(move.made_sequence_gap)

    def test_tax_code_that_is_mapped_reaches_the_tax_report(self):
        self.map("tax", TAX_CODE, "tax_id", self.tax_sale_a)

        _record, move = self.invoice(self.entity, [{"foreign": 100}, {"foreign": 15, "tax": True}])

        tax_line = move.line_ids.filtered(lambda line: line.display_type == "tax")
        self.assertEqual(tax_line.tax_line_id, self.tax_sale_a)
        self.assertEqual(tax_line.account_id, self.accounts[TAX])
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_sale_a)
        self.assertAlmostEqual(move.amount_tax, 15)
        self.assertAlmostEqual(move.tax_totals["tax_amount_currency"], 15)

    def test_tax_totals_of_the_form_are_the_documents(self):
        _record, move = self.invoice(
            self.entity, [{"foreign": 100}, {"foreign": "7.77", "tax": True}]
        )

        totals = move.tax_totals
        self.assertAlmostEqual(totals["base_amount_currency"], 100.0)
        self.assertAlmostEqual(totals["total_amount_currency"], 107.77)
        self.assertEqual(
            [group["tax_amount_currency"] for group in totals["subtotals"][0]["tax_groups"]], [7.77]
        )

    def test_cost_of_goods_and_notes_do_not_touch_the_total(self):
        internal_id = self.new_id()
        shared = {"transaction": internal_id, "mainline": "F"}
        extra = [
            {**shared, "line": 8, "iscogs": "T", "account": COGS, "debit": "6", "foreignamount": 6},
            {**shared, "line": 9, "iscogs": "T", "account": INVENTORY, "credit": "6"},
            {**shared, "line": 10, "memo": "Delivered by hand", "foreignamount": "0"},
        ]

        record, move = self.invoice(
            self.entity, [{"foreign": 10}], internal_id=internal_id, extra_lines=extra
        )

        self.assert_booked(record)
        self.assertAlmostEqual(move.amount_total, 10.0)
        self.assertEqual(
            move.line_ids.sorted("sequence").mapped("display_type"),
            ["product", "cogs", "cogs", "line_note", "payment_term"],
        )
        cost = move.line_ids.filtered(lambda line: line.account_id == self.accounts[COGS])
        self.assertEqual(cost.balance, 6.0)

    def test_returned_goods_on_an_invoice_keep_quantity_and_price(self):
        _record, move = self.invoice(
            self.entity,
            [
                {"foreign": 300, "quantity": -3, "rate": 100},
                {"foreign": -100, "quantity": 1, "rate": 100},
                {"foreign": 10, "quantity": -3, "rate": "3.3333333"},
            ],
        )

        lines = move.invoice_line_ids.sorted("sequence")
        self.assertEqual(lines.mapped("quantity"), [3.0, -1.0, 1.0])
        self.assertEqual(lines.mapped("price_subtotal"), [300.0, -100.0, 10.0])
        self.assertIn("3 × 3.333333", lines[2].name)

    def test_zero_total_is_posted_and_paid(self):
        record, move = self.invoice(self.entity, [{"foreign": 10}, {"foreign": -10}])

        self.assert_booked(record)
        self.assertEqual(move.state, "posted")
        self.assertAlmostEqual(move.amount_total, 0.0)
        self.assertEqual(move.payment_state, "paid")

    def test_invoice_below_zero_keeps_the_balance_as_a_credit_note(self):
        record, move = self.invoice(self.entity, [{"foreign": -25, "quantity": -1, "rate": -25}])

        self.assert_booked(record)
        self.assertEqual(move.move_type, "out_refund")
        self.assert_open(move, -25, -25)

    def test_credit_memo_becomes_a_credit_note_that_nothing_is_applied_to(self):
        self.invoice(self.entity, [{"foreign": 100}])

        record, move = self.invoice(
            self.entity, [{"foreign": 40}, {"foreign": 4, "tax": True}], record_type="creditmemo"
        )

        self.assert_booked(record)
        self.assertEqual(move.move_type, "out_refund")
        self.assertAlmostEqual(move.amount_total, 44.0)
        self.assertAlmostEqual(move.amount_tax, 4.0)
        self.assert_open(move, -44, -44)
        self.assertEqual(move.payment_state, "not_paid")

    def test_long_invoice_is_booked_whole(self):
        items = [{"foreign": Decimal("0.01") * n, "quantity": -1} for n in range(1, 1001)]

        record, move = self.invoice(self.entity, items)

        self.assert_booked(record)
        self.assertEqual(len(move.invoice_line_ids), 1000)
        self.assertAlmostEqual(move.amount_total, 5005.0)

    def test_unmapped_account_blocks_with_everything_that_is_missing(self):
        record = self.land_invoice(
            4242, [{"foreign": 10, "account": 987}, {"foreign": 10, "account": 988}]
        )

        counts = self.book(record)

        self.assertEqual(counts["blocked"], 1)
        self.assertEqual(record.state, "blocked")
        self.assertEqual(
            set(record.issue_ids.mapped("key")),
            {f"account:987:{self.company.id}", f"account:988:{self.company.id}", "customer:4242"},
        )

    def test_receivable_mapped_to_another_type_blocks_in_words(self):
        self.map_account(500, self.accounts[INVENTORY])

        record = self.land_invoice(self.entity, [{"foreign": 10}], receivable=500)
        self.book(record)

        self.assertEqual(record.state, "blocked")
        self.assertIn("balances", record.message)

    def test_inactive_currency_blocks_until_it_is_activated(self):
        self.eur.active = False
        record = self.land_invoice(self.entity, [{"foreign": 10}], currency=EUR, exchange_rate=2)
        self.book(record)
        self.assertEqual(record.issue_ids.key, "currency:EUR")

        self.eur.active = True

        self.assertEqual(record.state, "pending")
        self.book(record)
        self.assert_booked(record)

    def test_unmapped_subsidiary_blocks(self):
        record = self.land_invoice(self.entity, [{"foreign": 10}], subsidiary=9)

        self.book(record)

        self.assertEqual(record.issue_ids.key, "subsidiary:9")

    def test_locked_period_blocks_with_the_date_and_goes_on_when_opened(self):
        self.company.fiscalyear_lock_date = "2024-03-31"
        record = self.land_invoice(self.entity, [{"foreign": 10}])

        self.book(record)

        self.assertEqual(record.state, "blocked")
        self.assertIn("03/31/2024", record.message)
        self.company.fiscalyear_lock_date = False
        self.assertEqual(record.state, "pending")
        self.book(record)
        self.assertEqual(str(record._target().date), "2024-03-10")

    def test_lines_that_miss_the_header_fail_and_nothing_is_booked(self):
        record = self.land_invoice(self.entity, [{"foreign": 10}], foreigntotal="10.01")

        self.book(record)

        self.assertEqual(record.state, "failed")
        self.assertIn("10.01", record.message)
        self.assertFalse(record._target())

    def test_half_read_document_fails_as_unbalanced(self):
        record = self.land_invoice(self.entity, [{"foreign": 10}, {"foreign": 5}])
        payload = record.payload
        payload["lines"] = payload["lines"][:-1]
        record.payload = payload

        self.book(record)

        self.assertEqual(record.state, "failed")
        self.assertIn("debits and credits", record.message)

    def test_document_that_is_not_posted_yet_is_left_out(self):
        record = self.land_invoice(self.entity, [{"foreign": 10}], posting="F")

        counts = self.book(record)

        self.assertEqual((counts["ignored"], record.state), (1, "ignored"))

    def test_bad_records_cost_only_themselves(self):
        good = [self.land_invoice(self.entity, [{"foreign": n}]) for n in range(1, 8)]
        bad = self.land_invoice(self.entity, [{"foreign": 10}], trandate="10/03/2024")
        refused = self.land_invoice(self.entity, [{"foreign": 10}], exchange_rate=0, currency=EUR)

        counts = self.book(self.env["netsuite.record"].union(*good, bad, refused))

        self.assertEqual(counts, {"booked": 7, "blocked": 0, "failed": 2, "ignored": 0})

    def test_nobody_is_told(self):
        mails = self.env["mail.mail"].search_count([])

        _record, move = self.invoice(self.entity, [{"foreign": 10}])

        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(move.message_ids)
        self.assertFalse(move.message_follower_ids)
        self.assertFalse(move.invoice_user_id)
