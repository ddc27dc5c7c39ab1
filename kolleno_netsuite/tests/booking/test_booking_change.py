from odoo.tests import tagged
from odoo.tools import SQL

from ..support.booking_case import EUR, INCOME, INCOME_2, RECEIVABLE, NetsuiteBookingCommon
from ..support.netsuite_builders import unguarded


@tagged("post_install", "-at_install")
class TestBookingChange(NetsuiteBookingCommon):
    """What happens in Odoo when a booked document changes in NetSuite."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    def change(self, record, items, **options):
        """Land the same invoice with other content, and book it."""
        options.setdefault("tranid", record.name)
        record = self.land_invoice(
            self.entity,
            items,
            internal_id=record.internal_id,
            record_type=record.record_type,
            **options,
        )
        self.book(record)
        return record

    def change_payment(self, record, amount, links=(), **options):
        """Land the same payment with other content, and book it."""
        self.land_payment(
            self.entity,
            amount,
            links,
            internal_id=record.internal_id,
            tranid=record.name,
            **options,
        )
        self.book(record)

    def applications(self, record):
        return self.env["netsuite.application"].search([("paying_record_id", "=", record.id)])

    def test_same_document_again_touches_nothing(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        written, lines = move.write_date, move.line_ids

        self.change(record, [{"foreign": 100}], foreignamountunpaid="40", status="B")

        self.assert_booked(record)
        self.assertEqual((move.write_date, move.line_ids), (written, lines))
        self.assertFalse(move.message_ids)

    def test_edited_invoice_keeps_id_name_and_applications(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}], tranid="A-1")
        payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])
        receivable = self.receivable_line(move)

        self.change(record, [{"foreign": 80}, {"foreign": 50, "account": INCOME_2}])

        self.assertEqual(record._target(), move)
        self.assertEqual((move.name, move.state), ("A-1", "posted"))
        self.assertAlmostEqual(move.amount_total, 130.0)
        self.assertEqual(self.receivable_line(move), receivable)
        self.assert_open(move, 70, 70)
        self.assert_open(payment, 0, 0)
        self.assertEqual(self.applications(payment_record).state, "applied")
        self.assertEqual(len(move.message_ids), 1)

    def test_change_of_revenue_only_leaves_the_reconciliation_alone(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        self.payment(self.entity, 60, [(record.internal_id, 60)])
        partial = self.receivable_line(move).matched_credit_ids

        self.change(record, [{"foreign": 100, "account": INCOME_2}])

        self.assertEqual(self.receivable_line(move).matched_credit_ids, partial)
        self.assertEqual(move.invoice_line_ids.account_id, self.accounts[INCOME_2])
        self.assert_open(move, 40, 40)

    def test_due_date_and_memo_change_without_redrafting_even_in_a_locked_period(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        self.company.fiscalyear_lock_date = "2024-12-31"

        self.change(
            record, [{"foreign": 100}], duedate="2024-06-30", memo="later", otherrefnum="PO2"
        )

        self.assert_booked(record)
        self.assertEqual(str(move.invoice_date_due), "2024-06-30")
        self.assertEqual(str(self.receivable_line(move).date_maturity), "2024-06-30")
        self.assertEqual(move.ref, "PO2")
        self.assertIn("later", str(move.narration))

    def test_amount_changed_in_a_locked_period_blocks_and_keeps_the_old(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        self.company.fiscalyear_lock_date = "2024-12-31"

        self.change(record, [{"foreign": 90}])

        self.assertEqual(record.state, "blocked")
        self.assertIn("12/31/2024", record.message)
        self.assertAlmostEqual(move.amount_total, 100.0)
        self.company.fiscalyear_lock_date = False
        self.book(record)
        self.assertAlmostEqual(move.amount_total, 90.0)

    def test_reconciliation_made_in_odoo_survives_an_edit(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        own = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner.id,
                "amount": 30,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        own.action_post()
        unguarded(self.receivable_line(move) | self.receivable_line(own)).reconcile()
        self.assert_open(move, 70, 70)

        self.change(record, [{"foreign": 120}])

        self.assert_open(move, 90, 90)

    def test_unapplied_payment_is_open_again(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])

        self.change_payment(payment_record, 60)

        self.assert_open(move, 100, 100)
        self.assert_open(payment, -60, -60)
        self.assertFalse(self.applications(payment_record))
        self.assertFalse(move.matched_payment_ids)
        self.assertEqual(payment.state, "paid" if payment.is_matched else "in_process")

    def test_application_with_another_amount_is_redone(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])

        self.change_payment(payment_record, 60, [(record.internal_id, 45)])

        self.assert_open(move, 55, 55)
        self.assert_open(payment, -15, -15)

    def test_edited_payment_keeps_id_name_and_applications(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])
        name, entry = payment.name, payment.move_id

        self.change_payment(payment_record, 75, [(record.internal_id, 60)], trandate="2024-03-22")

        self.assert_booked(payment_record)
        self.assertEqual((payment.name, payment.move_id), (name, entry))
        self.assertAlmostEqual(payment.amount, 75.0)
        self.assertEqual(str(payment.date), "2024-03-22")
        self.assertEqual(payment.move_id.state, "posted")
        self.assert_open(move, 40, 40)
        self.assert_open(payment, -15, -15)

    def test_payment_takes_another_number_over_without_redrafting(self):
        record, payment = self.payment(self.entity, 60, memo="Wire 5")
        entry = payment.move_id
        items = entry.line_ids

        self.land_payment(
            self.entity, 60, internal_id=record.internal_id, tranid="PYMT-9-1", memo="Wire 5"
        )
        self.book(record)

        self.assert_booked(record)
        self.assertEqual((payment.move_id, entry.line_ids), (entry, items))
        self.assertEqual(entry.name, "PYMT-9-1")
        self.assertEqual((payment.memo, entry.ref), ("Wire 5", "Wire 5"))

    def test_voided_invoice_is_cancelled_and_its_payment_is_open(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        _payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])

        self.change(record, [{"foreign": 0}], voided="T", status="V")

        self.assert_booked(record)
        self.assertEqual(move.state, "cancel")
        self.assert_open(payment, -60, -60)
        self.change(record, [{"foreign": 100}])
        self.assertEqual(move.state, "posted")
        self.assert_open(move, 40, 40)

    def test_voided_payment_is_cancelled_and_its_invoice_is_open(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])

        self.change_payment(payment_record, 0, voided="T", status="V")

        self.assertEqual(payment.state, "canceled")
        self.assertEqual(payment.move_id.state, "cancel")
        self.assert_open(move, 100, 100)
        self.change_payment(payment_record, 60, [(record.internal_id, 60)])
        self.assertEqual(payment.move_id.state, "posted")
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assert_open(move, 40, 40)

    def test_voided_before_it_was_ever_read_is_kept_cancelled(self):
        record = self.land_invoice(self.entity, [{"foreign": 0}], voided="T", status="V")

        self.book(record)

        self.assert_booked(record)
        self.assertEqual(record._target().state, "cancel")
        self.assertEqual(record._target().name, record.name)
        self.change(record, [{"foreign": 100}])
        self.assertEqual(record._target().state, "posted")
        self.assert_open(record._target(), 100, 100)

    def test_not_yet_approved_invoice_is_left_out_until_netsuite_posts_it(self):
        record = self.land_invoice(self.entity, [{"foreign": 100}], posting="F", status="D")

        self.book(record)

        self.assertEqual(record.state, "ignored")
        self.assertFalse(record._target())

    def test_other_customer_takes_the_same_invoice_over(self):
        other, other_entity = self.customer()
        record, move = self.invoice(self.entity, [{"foreign": 100}])

        self.land_invoice(
            other_entity, [{"foreign": 100}], internal_id=record.internal_id, tranid=record.name
        )
        self.book(record)

        self.assertEqual(record._target(), move)
        self.assertEqual(move.partner_id, other)
        self.assertEqual(move.line_ids.partner_id, other)

    def test_other_currency_takes_the_same_invoice_over(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])

        self.change(record, [{"foreign": 100}], currency=EUR, exchange_rate="1.08")

        self.assertEqual(move.currency_id, self.eur)
        self.assert_open(move, 100, 108)

    def test_other_subsidiary_moves_the_invoice_to_the_other_company(self):
        data = self.setup_other_company()
        other = data["company"]
        self.env["netsuite.subsidiary"].create(
            {
                "connection_id": self.connection.id,
                "internal_id": 2,
                "name": "Second",
                "currency_name": other.currency_id.name,
                "company_id": other.id,
            }
        )
        self.map_account(RECEIVABLE, data["default_account_receivable"], company=other)
        self.map_account(INCOME, data["default_account_revenue"], company=other)
        record, move = self.invoice(self.entity, [{"foreign": 100}])

        self.change(record, [{"foreign": 100}], subsidiary=2)

        self.assert_booked(record)
        self.assertEqual(move.state, "cancel")
        self.assertFalse(move.netsuite_record_id)
        self.assertEqual(record._target().company_id, other)
        self.assertEqual(record._target().state, "posted")

    def test_sign_that_turns_makes_a_new_document(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])

        self.change(record, [{"foreign": -20}])

        self.assertEqual(move.state, "cancel")
        self.assertEqual(record._target().move_type, "out_refund")
        self.assert_open(record._target(), -20, -20)

    def test_document_drafted_by_hand_is_posted_again(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        unguarded(move).button_draft()

        self.change(record, [{"foreign": 100}])

        self.assertEqual(move.state, "posted")

    def test_document_deleted_by_hand_is_made_again(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        unguarded(move).button_draft()
        unguarded(move).with_context(force_delete=True).unlink()

        self.change(record, [{"foreign": 100}])

        self.assertEqual(record._target().state, "posted")

    def test_removed_documents_are_cancelled(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])

        self.env["netsuite.booking"]._remove(record | payment_record)

        self.assertEqual((record | payment_record).mapped("state"), ["removed", "removed"])
        self.assertEqual((move.state, payment.state), ("cancel", "canceled"))

    def test_removed_in_a_locked_period_is_reversed_on_the_first_open_day(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}, {"foreign": 7, "tax": True}])
        self.company.fiscalyear_lock_date = "2024-12-31"

        self.env["netsuite.booking"]._remove(record)

        reversal = move.reversal_move_ids
        self.assertEqual(str(reversal.date), "2025-01-01")
        self.assertEqual((move.state, reversal.state), ("posted", "posted"))
        self.assertEqual(reversal.move_type, "out_refund")
        self.assertAlmostEqual(reversal.amount_tax, 7.0)
        self.assertAlmostEqual(reversal.amount_total, 107.0)
        self.assert_open(move, 0, 0)
        self.assert_open(reversal, 0, 0)

    def test_voided_in_a_locked_period_is_reversed_once_on_the_first_open_day(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        payment_record, payment = self.payment(self.entity, 60, [(record.internal_id, 60)])
        self.company.fiscalyear_lock_date = "2024-12-31"

        for _time in range(2):
            self.change(record, [{"foreign": 0}], voided="T", status="V")

        self.assert_booked(record)
        self.assertEqual(record.removal_kind, "voided")
        self.assertEqual(str(move.reversal_move_ids.date), "2025-01-01")
        self.assert_open(move, 0, 0)
        self.assert_open(payment, -60, -60)
        self.assert_booked(payment_record)

    def test_removed_customer_with_something_open_stays(self):
        self.invoice(self.entity, [{"foreign": 100}])

        self.env["netsuite.booking"]._remove(self.partner.netsuite_record_id)

        self.assertTrue(self.partner.active)
        self.assertTrue(self.partner.netsuite_inactive)

    def test_payment_whose_entry_was_deleted_gets_a_new_one(self):
        payment_record, payment = self.payment(self.entity, 60)
        unguarded(payment).action_draft()
        unguarded(payment.move_id).with_context(force_delete=True).unlink()

        self.change_payment(payment_record, 60)

        self.assert_booked(payment_record)
        payment = payment_record._target()
        self.assertEqual(payment.move_id.state, "posted")
        self.assert_open(payment, -60, -60)

    def test_changes_are_not_noted_where_nobody_wants_it(self):
        self.connection.note_changes = False
        record, move = self.invoice(self.entity, [{"foreign": 100}])

        self.change(record, [{"foreign": 90}])

        self.assertFalse(move.message_ids)

    def test_secured_invoice_fails_in_words(self):
        record, move = self.invoice(self.entity, [{"foreign": 100}])
        # As long as mirrored entries could be secured, some were.
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE account_move SET inalterable_hash = '$1$a' WHERE id = %s", move.id)
        )
        move.invalidate_recordset(["inalterable_hash"])

        self.change(record, [{"foreign": 90}])

        self.assertEqual(record.state, "failed")
        self.assertIn("secured", record.message)
        self.assertAlmostEqual(move.amount_total, 100.0)
