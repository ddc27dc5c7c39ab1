from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...const import TRANSACTION_TYPES
from ..support.receivables_case import DocumentsCase

OLDEST, OLD, START, RECENT = 400, 300, 200, 30


@tagged("post_install", "-at_install")
class TestHistoryStart(DocumentsCase):
    """Closed documents before the start are left out, and every balance agrees all the same."""

    def setUp(self):
        super().setUp()
        self.owner = self.customer()

    def connect(self, days=START, **values):
        return super().connect(history_start=self.day(days) if days else False, **values)

    def closed_pair(self, days_ago, amount=100):
        """Let NetSuite have an invoice and the payment that closes it; return both ids."""
        invoice = self.invoice(self.owner, amount, days_ago=days_ago)
        payment = self.payment(
            self.owner, amount, apply={invoice: amount}, days_ago=max(days_ago - 10, 0)
        )
        return invoice, payment

    def mirrored(self, connection):
        """Return the internal ids of the transactions that are in Odoo's books."""
        return set(
            self.env["netsuite.record"]
            .search(
                [
                    ("connection_id", "=", connection.id),
                    ("record_type", "in", TRANSACTION_TYPES),
                    ("res_id", "!=", False),
                ]
            )
            .mapped("internal_id")
        )

    def assert_mirrored(self, connection, *internal_ids):
        """Fail unless exactly these transactions are mirrored, and all agrees."""
        self.assertEqual(self.mirrored(connection), {int(each) for each in internal_ids})
        self.assert_in_step(connection)
        self.assertFalse(self.open_issues(connection))
        self.assertFalse(connection._history_due())

    # === WHAT IS READ === #

    def test_closed_documents_before_the_start_are_left_out_and_open_ones_are_not(self):
        self.closed_pair(OLD)
        still_open = self.invoice(self.owner, 70, days_ago=OLD)
        recent = self.closed_pair(RECENT)
        connection = self.connect()

        self.drive(connection)

        self.assert_mirrored(connection, still_open, *recent)

    def test_without_a_start_everything_is_read(self):
        old, recent = self.closed_pair(OLD), self.closed_pair(RECENT)
        connection = self.connect(days=None)

        self.drive(connection)

        self.assert_mirrored(connection, *old, *recent)

    def test_payment_of_the_history_brings_the_older_invoice_that_it_closed(self):
        invoice = self.invoice(self.owner, 100, days_ago=OLD)
        payment = self.payment(self.owner, 100, apply={invoice: 100}, days_ago=RECENT)
        connection = self.connect()

        self.drive(connection)

        self.assert_mirrored(connection, invoice, payment)
        self.assertEqual(
            self.record_of(connection, "invoice", invoice)._target().payment_state, "paid"
        )

    def test_older_payment_of_a_later_invoice_is_read(self):
        payment = self.payment(self.owner, 100, days_ago=OLD)
        invoice = self.invoice(self.owner, 100, days_ago=RECENT)
        self.simulator.act("apply", payer=payment, doc=invoice, amount=100)
        connection = self.connect()

        self.drive(connection)

        self.assert_mirrored(connection, invoice, payment)

    def test_open_document_brings_whatever_it_is_linked_with_step_by_step(self):
        first = self.invoice(self.owner, 100, days_ago=OLD)
        second = self.invoice(self.owner, 50, days_ago=OLD)
        both = self.payment(self.owner, 120, apply={first: 100, second: 20}, days_ago=OLD)
        credit = self.credit_memo(self.owner, 30, apply={second: 30}, days_ago=OLD)
        half_used = self.payment(self.owner, 90, days_ago=OLD)
        third = self.invoice(self.owner, 60, days_ago=OLD)
        self.simulator.act("apply", payer=half_used, doc=third, amount=40)
        self.credit_memo(self.owner, 20, apply={third: 20}, days_ago=OLD)
        chain = self.credit_memo(self.owner, 9, days_ago=OLD)
        self.simulator.act("unapply", payer=both, doc=second, amount=1)
        self.simulator.act("apply", payer=chain, doc=second, amount=1)
        self.closed_pair(OLD, amount=77)
        connection = self.connect()

        self.drive(connection)

        mirrored = self.mirrored(connection)
        self.assertLessEqual({first, second, both, credit, half_used, third, chain}, mirrored)
        self.assertEqual(len(mirrored), 8)
        self.assert_in_step(connection)

    def test_deposit_that_was_used_up_for_a_later_invoice_is_read(self):
        deposit = self.deposit(self.owner, 80, days_ago=OLD)
        invoice = self.invoice(self.owner, 80, days_ago=RECENT)
        application = self.apply_deposit(deposit, {invoice: 80})
        unrelated = self.deposit(self.owner, 5, days_ago=OLD)
        refund = self.refund(self.owner, deposits={unrelated: 5}, days_ago=OLD - 1)
        connection = self.connect()

        self.drive(connection)

        mirrored = self.mirrored(connection)
        self.assertLessEqual({int(deposit), int(invoice), int(application)}, mirrored)
        self.assertFalse({int(unrelated), int(refund)} & mirrored)
        self.assert_books_agree(connection)

    def test_older_journal_is_read_for_the_payment_that_closed_its_line(self):
        journal = self.journal((self.AR, 60, self.owner), (self.SALES, -60), days_ago=OLD)
        self.journal((self.BANK, 60), (self.SALES, -60), days_ago=OLD)
        payment = self.payment(self.owner, 60, days_ago=RECENT)
        self.simulator.act("apply", payer=payment, doc=journal, amount=60)
        connection = self.connect()

        self.drive(connection)

        self.assert_mirrored(connection, journal, payment)
        self.assert_books_agree(connection)

    def test_pages_smaller_than_what_is_linked_lose_nothing(self):
        self.small_pages(2)
        invoices = [self.invoice(self.owner, 10, days_ago=OLD) for _each in range(5)]
        payments = [
            self.payment(self.owner, 10, apply={each: 10}, days_ago=RECENT) for each in invoices
        ]
        connection = self.connect()

        self.drive(connection)

        self.assert_mirrored(connection, *invoices, *payments)

    # === WHAT CHANGES LATER === #

    def test_open_document_that_is_closed_later_stays_in_step(self):
        invoice = self.invoice(self.owner, 100, days_ago=OLD)
        connection = self.connect()
        self.drive(connection)

        payment = self.payment(self.owner, 100, apply={invoice: 100}, days_ago=1)
        self.drive(connection)

        self.assert_mirrored(connection, invoice, payment)

    def test_payment_dated_before_the_start_is_read_for_the_invoice_that_it_pays(self):
        invoice = self.invoice(self.owner, 100, days_ago=RECENT)
        connection = self.connect()
        self.drive(connection)

        payment = self.payment(self.owner, 100, apply={invoice: 100}, days_ago=OLD)
        self.drive(connection)

        self.assert_mirrored(connection, invoice, payment)

    def test_older_document_that_only_gets_another_memo_stays_out(self):
        invoice, _payment = self.closed_pair(OLD)
        connection = self.connect()
        self.drive(connection)

        self.simulator.act("edit", type="invoice", id=invoice, body={"memo": "archived"})
        self.drive(connection)

        self.assert_mirrored(connection)

    def test_older_documents_that_are_opened_again_are_read_with_what_they_are_linked_with(self):
        first = self.invoice(self.owner, 100, days_ago=OLD)
        second = self.invoice(self.owner, 50, days_ago=OLD)
        payment = self.payment(self.owner, 150, apply={first: 100, second: 50}, days_ago=OLD)
        connection = self.connect()
        self.drive(connection)
        self.assert_mirrored(connection)

        self.simulator.act("unapply", payer=payment, doc=first)
        self.drive(connection)

        self.assert_mirrored(connection, first, second, payment)

    def test_closed_between_reading_the_open_items_and_the_history_is_not_lost(self):
        invoice = self.invoice(self.owner, 100, days_ago=OLD)
        connection = self.connect()
        self.later()
        connection._drive_fetch(phases=("open",))

        payment = self.payment(self.owner, 100, apply={invoice: 100}, days_ago=OLD - 20)
        self.drive(connection)

        self.assert_mirrored(connection, invoice, payment)

    # === MOVING THE START === #

    def test_earlier_start_reads_what_is_missing_and_nothing_twice(self):
        old, recent = self.closed_pair(OLD), self.closed_pair(RECENT)
        oldest = self.closed_pair(OLDEST)
        connection = self.connect()
        self.drive(connection)
        booked_at = self.record_of(connection, "invoice", recent[0]).booked_at

        connection.history_start = self.day(350)
        changed = self.invoice(self.owner, 5)
        self.drive(connection)
        self.assert_mirrored(connection, *old, *recent, changed)
        self.assertEqual(self.record_of(connection, "invoice", recent[0]).booked_at, booked_at)

        connection.history_start = False
        self.drive(connection)
        self.assert_mirrored(connection, *old, *recent, *oldest, changed)

    def test_later_start_keeps_what_is_there(self):
        old = self.closed_pair(OLD)
        connection = self.connect(days=350)
        self.drive(connection)

        connection.history_start = self.day(START)
        self.drive(connection)

        self.assert_mirrored(connection, *old)

    def test_start_in_the_future_is_refused(self):
        connection = self.new_connection()

        with self.assertRaisesRegex(ValidationError, "cannot start in the future"):
            connection.history_start = fields.Date.today() + timedelta(days=2)

    # === COUNTS === #

    def test_summary_counts_both_sides_from_the_start_on(self):
        self.closed_pair(OLD)
        older = self.invoice(self.owner, 100, days_ago=OLD)
        self.payment(self.owner, 100, apply={older: 100}, days_ago=RECENT)
        self.invoice(self.owner, 5, days_ago=OLD)
        self.closed_pair(RECENT)
        connection = self.connect()
        self.drive(connection)

        rows = {row["record_type"]: row for row in connection._summary()["rows"]}

        counts = {
            name: (rows[name]["in_netsuite"], rows[name]["in_odoo"], rows[name]["differences"])
            for name in ("invoice", "customerpayment")
        }
        self.assertEqual(counts, {"invoice": (2, 2, 0), "customerpayment": (2, 2, 0)})

    def test_quiet_sync_costs_no_call_for_the_history(self):
        invoice = self.invoice(self.owner, 100, days_ago=OLD)
        self.payment(self.owner, 100, apply={invoice: 100}, days_ago=RECENT)
        connection = self.connect()
        self.drive(connection)
        self.later(3600)
        self.drive(connection)
        self.later(3600)
        self.simulator.clear_requests()

        self.drive(connection)

        queries = [str(call["body"]) for call in self.simulator.requests()]
        self.assertFalse(
            [query for query in queries if "previoustransactionlinelink k JOIN" in query]
        )
        self.assertFalse([query for query in queries if "nextdoc" in query and "GROUP BY" in query])

    def test_links_that_netsuite_refuses_are_asked_for_again_later(self):
        invoice = self.invoice(self.owner, 100, days_ago=OLD)
        payment = self.payment(self.owner, 100, apply={invoice: 100}, days_ago=RECENT)
        connection = self.connect()
        self.later()
        self.simulator.fault("permission_missing", record="previoustransactionlinelink")

        connection._drive()

        self.assertTrue(self.open_issues(connection, "permission"))
        self.assertNotIn(invoice, self.mirrored(connection))
        self.simulator.clear_faults()
        connection.history_next_try = False
        self.drive(connection)
        self.assertFalse(self.open_issues(connection, "permission"))
        self.assert_mirrored(connection, invoice, payment)

    # === RECORD TYPES === #

    def test_record_type_that_is_switched_off_is_not_read_and_the_proof_says_so(self):
        self.invoice(self.owner, 10)
        connection = self.connect()
        self.assertFalse(connection.not_read_text)
        connection.stream_ids.filtered(lambda s: s.record_type == "term").active = False
        self.simulator.clear_requests()

        self.drive(connection)

        self.assertFalse([c for c in self.simulator.requests() if "FROM term" in str(c["body"])])
        self.assert_in_step(connection)
        text = "Switched off, so neither read nor compared: Terms."
        self.assertEqual(connection.not_read_text, text)
        self.assertIn(text, connection.proof_sentence)

    def test_record_type_that_balances_are_made_of_cannot_be_switched_off(self):
        connection = self.new_connection()
        payments = connection.stream_ids.filtered(lambda s: s.record_type == "customerpayment")

        with self.assertRaisesRegex(ValidationError, "Customer payments are always read"):
            payments.active = False
