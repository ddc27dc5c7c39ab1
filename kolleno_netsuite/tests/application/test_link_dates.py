from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestLinkDates(DocumentsCase):
    """An application is found whichever document's date it moves (docs/NETSUITE.md 4.6)."""

    drives_all = True

    def test_applied_journal_is_found_by_the_date_of_its_link(self):
        self.apply_and_unapply(link_dates=True)

    def test_applied_journal_is_found_by_either_date_where_links_have_none(self):
        self.apply_and_unapply(link_dates=False)

    def apply_and_unapply(self, **switches):
        self.simulator.switches(**switches)
        connection = self.connect()
        customer = self.customer()
        invoice = self.invoice(customer, 300)
        journal = self.journal((self.AR, -90, customer), (self.SALES, 90))
        self.drive(connection)
        self.assertEqual(connection.link_dates, switches["link_dates"])
        open_amount, calls = 300, set()

        for touches in ("both", "invoice", "journal"):
            with self.subTest(touches=touches):
                self.simulator.switches(journal_apply_touches=touches)
                self.later(3600)
                self.simulator.act("apply", payer=journal, payer_line=0, doc=invoice, amount=30)
                open_amount -= 30
                self.simulator.clear_requests()
                self.drive(connection)

                # One query for each type's window, whatever was applied.
                texts = [str(call["body"]) for call in self.simulator.requests()]
                windows = [each for each in texts if "t.tranid AS tranid" in each]
                calls.add(len([each for each in windows if "TO_DATE" in each]))
                self.assert_left(self.mirror(connection, "invoice", invoice), open_amount)
                self.assert_books_agree(connection)
        self.assertEqual(len(calls), 1, calls)
        self.simulator.switches(unapply_touches="both")
        self.later(3600)
        self.simulator.act("unapply", payer=journal, payer_line=0, doc=invoice)
        self.drive(connection)
        connection._drive_heal()

        self.assert_left(self.mirror(connection, "invoice", invoice), 300)
        self.assert_books_agree(connection)
