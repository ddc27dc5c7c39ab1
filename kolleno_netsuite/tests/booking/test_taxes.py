from odoo import Command
from odoo.tests import tagged

from ..support.booking_case import EUR, TAX, TAX_CODE, NetsuiteBookingCommon
from ..support.netsuite_builders import unguarded

REDUCED = TAX_CODE + 1


@tagged("post_install", "-at_install")
class TestTaxes(NetsuiteBookingCommon):
    """Turnover and tax of mirrored documents, as Odoo's tax report reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()
        cls.tags = cls.env["account.account.tag"].create(
            [
                {"name": name, "applicability": "taxes", "country_id": cls.country().id}
                for name in ("base", "tax", "refunded base", "refunded tax")
            ]
        )
        cls.tax = cls.make_tax(20)

    @classmethod
    def country(cls):
        return cls.company.account_fiscal_country_id

    @classmethod
    def make_tax(cls, percent, **values):
        """Create a sales tax with a tag for each of its lines."""
        base, tax, refunded_base, refunded_tax = cls.tags

        def lines(of_base, of_tax):
            return [
                Command.create({"repartition_type": "base", "tag_ids": of_base.ids}),
                Command.create(
                    {
                        "repartition_type": "tax",
                        "account_id": cls.accounts[TAX].id,
                        "tag_ids": of_tax.ids,
                    }
                ),
            ]

        return cls.env["account.tax"].create(
            {
                "name": f"VAT {percent}",
                "amount": percent,
                "type_tax_use": "sale",
                "country_id": cls.country().id,
                "invoice_repartition_line_ids": lines(base, tax),
                "refund_repartition_line_ids": lines(refunded_base, refunded_tax),
                **values,
            }
        )

    def reported(self, moves):
        """Return {tax: (turnover, tax)} in company currency, as the tax details have it."""
        self.env.flush_all()
        details = self.env["account.move.line"]._get_query_tax_details_from_domain(
            [("move_id", "in", moves.ids)]
        )
        rows = self.env.execute_query_dict(details)
        found = {}
        for row in rows:
            base, tax = found.get(row["tax_id"], (0.0, 0.0))
            found[row["tax_id"]] = (
                round(base + row["base_amount"], 2),
                round(tax + row["tax_amount"], 2),
            )
        return {self.env["account.tax"].browse(key): value for key, value in found.items()}

    def tax_line(self, move):
        return move.line_ids.filtered(lambda line: line.display_type == "tax")

    def test_turnover_stands_beside_the_tax_to_the_cent(self):
        self.map("tax", TAX_CODE, "tax_id", self.tax)

        _record, move = self.invoice(
            self.entity, [{"foreign": 100}, {"foreign": "33.33"}, {"foreign": "26.67", "tax": True}]
        )

        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual(move.invoice_line_ids.tax_tag_ids, self.tags[0])
        line = self.tax_line(move)
        self.assertEqual((line.tax_line_id, line.tax_tag_ids), (self.tax, self.tags[1]))
        self.assertAlmostEqual(line.tax_base_amount, -133.33)
        self.assertEqual(self.reported(move), {self.tax: (-133.33, -26.67)})
        # Nothing was computed again.
        self.assertAlmostEqual(move.amount_total, 160.0)
        self.assertEqual(len(move.line_ids), 4)

    def test_credit_memo_takes_turnover_and_tax_back(self):
        self.map("tax", TAX_CODE, "tax_id", self.tax)
        items = [{"foreign": 50}, {"foreign": 10, "tax": True}]

        _record, memo = self.invoice(self.entity, items, record_type="creditmemo")

        self.assertEqual(memo.invoice_line_ids.tax_tag_ids, self.tags[2])
        self.assertEqual(self.tax_line(memo).tax_tag_ids, self.tags[3])
        self.assertEqual(self.reported(memo), {self.tax: (50.0, 10.0)})

    def test_foreign_document_is_reported_at_netsuites_company_amounts(self):
        self.map("tax", TAX_CODE, "tax_id", self.tax)

        _record, move = self.invoice(
            self.entity,
            [{"foreign": "33.33", "base": "36.02"}, {"foreign": "6.67", "tax": True}],
            currency=EUR,
            exchange_rate="1.0804",
        )

        self.assertEqual(self.reported(move), {self.tax: (-36.02, -7.21)})
        self.assertAlmostEqual(move.amount_total_signed, 43.23)

    def test_two_rates_are_each_for_their_own_lines(self):
        reduced = self.make_tax(5)
        self.map("tax", TAX_CODE, "tax_id", self.tax)
        self.map("tax", REDUCED, "tax_id", reduced)
        record = self.land_invoice(
            self.entity,
            [
                *({"foreign": amount} for amount in (100, 40)),
                *({"foreign": amount, "tax": True} for amount in (20, 2)),
            ],
        )
        payload = record.payload
        payload["lines"][4]["item"] = str(REDUCED)
        record.payload = payload

        self.book(record)

        move = record._target()
        self.assertEqual(self.reported(move), {self.tax: (-100.0, -20.0), reduced: (-40.0, -2.0)})
        groups = move.tax_totals["subtotals"][0]["tax_groups"]
        bases = {group["group_name"]: group["base_amount_currency"] for group in groups}
        self.assertEqual(sum(bases.values()), 140 if len(bases) == 2 else 100)

    def test_tax_that_odoo_would_compute_otherwise_stays_on_its_account(self):
        self.map("tax", TAX_CODE, "tax_id", self.tax)

        record, move = self.invoice(
            self.entity, [{"foreign": 100}, {"foreign": "20.01", "tax": True}]
        )

        self.assert_booked(record)
        line = self.tax_line(move)
        self.assertEqual((line.balance, line.account_id), (-20.01, self.accounts[TAX]))
        self.assertFalse(line.tax_line_id | line.tax_ids | move.invoice_line_ids.tax_ids)
        self.assertFalse(line.tax_tag_ids)
        self.assertEqual(self.reported(move), {})
        self.assertEqual(self.subsidiary.outside_tax_report_count, 1)
        found = self.subsidiary.action_open_outside_tax_report()["domain"]
        self.assertEqual(self.env["account.move"].search(found), move)

    def test_taxes_that_cannot_be_netsuites_say_why(self):
        mapping = self.map("tax", TAX_CODE, "tax_id", self.tax)
        mapping.ns_rate = 20
        self.assertFalse(mapping.tax_warning)
        self.assertIn("All tax codes are mapped", self.subsidiary.tax_text)
        later = self.accounts[TAX].copy({"reconcile": True, "name": "Later"})
        transition = {"cash_basis_transition_account_id": later.id}
        for values, words in (
            ({"price_include_override": "tax_included"}, "included in the price"),
            ({"include_base_amount": True}, "other taxes"),
            ({"tax_exigibility": "on_payment", **transition}, "cash basis"),
        ):
            with self.subTest(words):
                mapping.tax_id = self.make_tax(20, name=words, **values)
                self.assertIn(words, mapping.tax_warning)
                _record, move = self.invoice(
                    self.entity, [{"foreign": 100}, {"foreign": 20, "tax": True}]
                )
                self.assertFalse(self.tax_line(move).tax_line_id)
        mapping.tax_id = self.make_tax(19)
        self.assertIn("19.00%", mapping.tax_warning)
        mapping.action_clear()
        self.assertIn("not mapped", mapping.tax_warning)
        self.assertIn("1 of 1", self.subsidiary.tax_text)

    def test_rewritten_document_keeps_its_tax_and_its_payment(self):
        self.map("tax", TAX_CODE, "tax_id", self.tax)
        items = [{"foreign": 100}, {"foreign": 20, "tax": True}]
        record, move = self.invoice(self.entity, items)
        self.payment(self.entity, 60, [(record.internal_id, 60)])

        self.land_invoice(
            self.entity,
            [{"foreign": 110}, {"foreign": 22, "tax": True}],
            internal_id=record.internal_id,
            tranid=record.name,
        )
        self.book(record)

        self.assertEqual(self.reported(move), {self.tax: (-110.0, -22.0)})
        self.assert_open(move, 72, 72)

    def test_tax_that_is_mapped_later_reaches_what_is_booked_on_demand(self):
        items = [{"foreign": 100}, {"foreign": 20, "tax": True}]
        record, move = self.invoice(self.entity, items)
        other_record, other = self.invoice(self.entity, [{"foreign": 10}])
        self.payment(self.entity, 60, [(record.internal_id, 60)])
        payment_before = self.receivable_line(move).matched_credit_ids

        mapping = self.map("tax", TAX_CODE, "tax_id", self.tax)

        self.assertTrue(mapping.booked_before)
        self.assertEqual(record.state, "booked")
        message = mapping.action_book_documents_again()["params"]["message"]
        self.assertIn("booked again: 1", message)
        self.assertEqual((record.state, other_record.state), ("pending", "booked"))
        self.assertFalse(mapping.booked_before)
        self.book(record)
        self.assertEqual(self.reported(move | other), {self.tax: (-100.0, -20.0)})
        self.assert_open(move, 60, 60)
        self.assertEqual(self.receivable_line(move).matched_credit_ids, payment_before)

    def test_locked_documents_are_not_booked_again(self):
        items = [{"foreign": 100}, {"foreign": 20, "tax": True}]
        record, _move = self.invoice(self.entity, items)
        mapping = self.map("tax", TAX_CODE, "tax_id", self.tax)
        self.company.tax_lock_date = "2024-03-31"

        message = mapping.action_book_documents_again()["params"]["message"]

        self.assertIn("left as they are: 1", message)
        self.assertEqual(record.state, "booked")

    def test_reversal_in_a_locked_period_takes_the_turnover_back(self):
        self.map("tax", TAX_CODE, "tax_id", self.tax)
        items = [{"foreign": 100}, {"foreign": 20, "tax": True}]
        record, move = self.invoice(self.entity, items)
        memo_record, memo = self.invoice(self.entity, items, record_type="creditmemo")
        self.company.fiscalyear_lock_date = "2024-03-31"

        for each in (record, memo_record):
            each = unguarded(each)
            each.env["netsuite.booking.move"]._remove(each)

        reversals = (move | memo).reversal_move_ids
        self.assertEqual(len(reversals), 2)
        self.assertEqual(self.reported(move | move.reversal_move_ids), {self.tax: (0.0, 0.0)})
        self.assertEqual(self.reported(memo | memo.reversal_move_ids), {self.tax: (0.0, 0.0)})
        self.assertEqual(self.tax_line(move.reversal_move_ids).tax_tag_ids, self.tags[3])
        self.assertEqual(self.tax_line(memo.reversal_move_ids).tax_tag_ids, self.tags[1])
