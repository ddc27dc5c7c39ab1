from datetime import timedelta

from odoo.tests import tagged

from ...models.proof.open_item_check import OpenItemCheck
from ..support.receivables_case import DocumentsCase

QUERY = "/services/rest/query/v1/suiteql"


@tagged("post_install", "-at_install")
class TestOpenItems(DocumentsCase):
    """The daily check compares journals line by line, and deposits, with what is open in Odoo."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect(lookback_days=1)
        self.owner = self.customer()

    def test_payment_that_moved_between_two_lines_of_a_journal_is_found(self):
        """Neither the customer's sums nor any date within the look-back change."""
        journal = self.journal(
            (self.AR, 30, self.owner), (self.AR, 30, self.owner), (self.SALES, -60)
        )
        payment = self.payment(self.owner, 25)
        self.simulator.act("apply", payer=payment, doc=journal, doc_line=0, amount=25)
        self.settle()
        long_ago = (self.simulator.account.clock.now() - timedelta(days=9)).isoformat()
        self.simulator.switches(unapply_touches="none", apply_touches_invoice=False)
        self.simulator.act("unapply", payer=payment, doc=journal, doc_line=0, stamp=long_ago)
        self.simulator.act(
            "apply", payer=payment, doc=journal, doc_line=1, amount=25, stamp=long_ago
        )
        self.settle()
        before = self.left(journal)

        self.connection._drive_daily()

        self.assertEqual((before, self.left(journal)), ([5, 30], [30, 5]))
        self.assertGreaterEqual(self.connection.missed_run_id.missed, 1)
        self.assert_books_agree(self.connection)

    def test_deposit_application_that_moved_no_date_is_found(self):
        invoice, deposit = self.invoice(self.owner, 100), self.deposit(self.owner, 80)
        application = self.apply_deposit(deposit, {invoice: 50})
        self.settle()
        long_ago = (self.simulator.account.clock.now() - timedelta(days=9)).isoformat()
        self.simulator.switches(unapply_touches="none", apply_touches_invoice=False)
        self.simulator.act("unapply", payer=application, doc=invoice, amount=20, stamp=long_ago)
        with self.simulator.account.ledger.books.session() as con:
            con.execute('UPDATE "transaction" SET lastmodifieddate = ?', [long_ago])
        self.settle()
        mirror = self.mirror(self.connection, "customerdeposit", deposit)
        self.assert_left(mirror, -30)

        self.connection._drive_daily()

        self.assert_left(mirror, -50)
        self.assert_left(self.mirror(self.connection, "invoice", invoice), 70)
        self.assert_books_agree(self.connection)

    def test_lines_that_agree_are_not_read_again_also_when_they_are_net(self):
        for choice in ("line", "customer"):
            with self.subTest(choice):
                self.connection.journal_items = choice
                self.journal(
                    (self.AR, 50, self.owner), (self.AR, -20, self.owner), (self.SALES, -30)
                )
                self.settle()

                self.connection._drive_daily()

                run = self.env["netsuite.run"].search([("kind", "=", "daily")], limit=1)
                line = run.line_ids.filtered(lambda each: each.record_type == "journalentry")
                self.assertEqual((run.state, sum(line.mapped("missed"))), ("done", 0))

    def test_check_of_journals_costs_a_call_per_page_of_open_lines(self):
        for _number in range(4):
            self.journal((self.AR, 9, self.owner), (self.AR, 5, self.owner), (self.SALES, -14))
        self.settle()
        self.small_pages(3)
        self.simulator.clear_requests()

        self.connection._drive_daily()

        checks = [
            call["body"]
            for call in self.simulator.requests()
            if call["path"] == QUERY
            and "'Journal'" in call["body"]
            and "foreignamountunpaid" in call["body"]
            and not any(word in call["body"] for word in ("tranid", "memo", "SUM("))
        ]
        # Eight open lines, three to a page; a journal's two lines stand on two pages once.
        self.assertEqual(len(checks), 3)
        run = self.env["netsuite.run"].search([("kind", "=", "daily")], limit=1)
        self.assertEqual(sum(run.line_ids.mapped("missed")), 0)

    def test_only_what_changed_before_the_end_of_the_last_read_counts_as_missed(self):
        hours = (-2, -1, 0, 1)
        invoices = [self.invoice(self.owner, 10) for _each in hours]
        self.settle()
        (stream,) = self.connection.stream_ids.filtered(lambda s: s.record_type == "invoice")
        for invoice, distance in zip(invoices, hours, strict=True):
            record = self.record_of(self.connection, "invoice", invoice)
            record.last_modified = stream.cursor_at + timedelta(hours=distance)
        ids = [int(invoice) for invoice in invoices]
        client = self.connection._client()

        missed = OpenItemCheck(self.connection, client).missed("invoice", ids)

        self.assertEqual(missed, 2)

    def test_what_pays_a_document_in_odoo_only_is_read_again_as_well(self):
        invoice = self.invoice(self.owner, 100)
        gone, there = (self.payment(self.owner, 40, apply={invoice: 40}) for _each in range(2))
        self.settle()
        self.simulator.act("unapply", payer=gone, doc=invoice)
        client = self.connection._client()

        payers = OpenItemCheck(self.connection, client).payers([int(invoice)])

        self.assertEqual(payers, {"customerpayment": {int(gone), int(there)}})

    # === ARRANGING === #

    def settle(self):
        """Read all, and let the overlap of the next windows pass."""
        for _time in range(2):
            self.drive(self.connection)
            self.later(3600)

    def left(self, journal):
        """Return what is open of the receivable items of a journal, by line."""
        items = self.mirror(self.connection, "journalentry", journal).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        return items.sorted("netsuite_line").mapped("amount_residual_currency")
