from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestDocumentSwitches(DocumentsCase):
    """Whichever way an account shows deposits, refunds and journals, the books agree."""

    companies = 2

    def test_books_agree_however_netsuite_shows_the_documents(self):
        for switch, value in (
            ("payment_amounts_line", "receivable"),
            ("journal_mainline", "none"),
            ("foreigntotal_sign", "absolute"),
            ("apply_touches_invoice", False),
            ("open_base_rounding", "left"),
        ):
            self.simulator.switches(**{switch: value})
            self.documents(f"{switch} {value}")
        connection = self.connect()

        self.drive(connection)
        self.heal(connection)

        self.assert_books_agree(connection)

    def test_books_agree_after_unapplying_that_touches_no_document(self):
        connection = self.connect()
        self.simulator.switches(unapply_touches="none", apply_touches_invoice=False)
        invoice, application, journal = self.documents("Quiet")
        self.drive(connection)
        self.heal(connection)
        self.assert_books_agree(connection)

        self.simulator.act("unapply", payer=application, doc=invoice)
        self.simulator.act("unapply", payer=journal, payer_line=1)
        self.drive(connection)
        self.heal(connection)

        self.assert_books_agree(connection)

    # === ARRANGING === #

    def documents(self, name):
        """Make documents of all types for a yen customer of a dollar company.

        :return: ids of an invoice, the deposit application that pays part of it, and a journal
            whose line 1 pays part of it.
        """
        yen = self.customer(name, currency=self.JPY)
        invoice = self.invoice(yen, 20_001, exchangeRate="0.006545")
        deposit = self.deposit(yen, 9_001, exchangeRate="0.006645")
        application = self.apply_deposit(deposit, {invoice: 3_333})
        credit = self.credit_memo(yen, 1_001, exchangeRate="0.006111")
        self.refund(yen, {credit: 501}, {deposit: 777}, exchangeRate="0.007111")
        journal = self.journal(
            (self.SALES, 5_001),
            (self.AR, -5_001, yen),
            currency=self.JPY,
            exchangeRate="0.006777",
        )
        self.simulator.act("apply", payer=journal, payer_line=1, doc=invoice, amount=1_111)
        return invoice, application, journal

    def heal(self, connection):
        """Let time pass, and the crons of a day do what they do."""
        self.later(3600)
        connection._drive_daily()
        connection._drive_heal()
