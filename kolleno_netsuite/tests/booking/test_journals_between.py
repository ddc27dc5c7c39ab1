from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestJournalsBetween(DocumentsCase):
    """Journals between subsidiaries: an entry in each company, all of them in step."""

    companies = 2

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.seven = self.customer("Seven")

    def test_journal_between_companies_has_an_entry_in_each(self):
        british = self.british()
        there = {"lineSubsidiary": {"id": self.UK}}
        journal = self.between_companies(british, 40)
        invoice = self.invoice(self.seven, 100)
        self.simulator.act("apply", payer=journal, payer_line=1, doc=invoice, amount=25)
        self.drive(self.connection)

        items = self.all_items(journal)
        self.assertEqual(len(items.company_id), 2)
        self.assertEqual(items.mapped("amount_residual_currency"), [-15, 40])
        self.assert_books_agree(self.connection)

        lines = [
            self._journal_line(self.BANK, 40),
            self._journal_line(self.AR, -40, self.seven),
            {**self._journal_line(self.BANK, 40), **there},
            {**self._journal_line(self.SALES, -40), **there},
        ]
        kind = "advInterCompanyJournalEntry"
        items = [{**line, "line": number} for number, line in enumerate(lines)]
        body = {"line": {"items": items}}
        self.simulator.act("edit", type=kind, id=journal, body=body, replace=["line"])
        self.drive(self.connection)

        items = self.all_items(journal)
        self.assertEqual(items.mapped("amount_residual_currency"), [-15])
        self.assert_books_agree(self.connection)

    def test_journal_that_is_gone_is_gone_from_the_books_of_all_companies(self):
        british = self.british()
        for act in ("void", "delete"):
            with self.subTest(act):
                journal = self.between_companies(british, 40)
                self.drive(self.connection)
                self.assertEqual(len(self.all_items(journal)), 2)

                self.simulator.act(act, id=journal)
                self.drive(self.connection)

                self.assertFalse(self.all_items(journal))
                self.assert_books_agree(self.connection)

    def test_journal_that_is_gone_is_reversed_only_where_the_period_is_locked(self):
        british = self.british()
        for act in ("delete", "void"):
            with self.subTest(act):
                journal = self.between_companies(british, 40)
                self.drive(self.connection)
                here, there = self.entries(journal)
                there.company_id.fiscalyear_lock_date = self.day(3)

                self.simulator.act(act, id=journal)
                self.drive(self.connection)

                self.assertEqual((here.state, there.state), ("cancel", "posted"))
                self.assertGreater(str(there.reversal_move_ids.date), self.day(3))
                self.assertTrue(all(there.line_ids.filtered("partner_id").mapped("reconciled")))
                self.assert_books_agree(self.connection)
                there.company_id.fiscalyear_lock_date = False

    def test_journal_that_may_count_again_waits_while_one_period_is_locked(self):
        journal = self.between_companies(self.british(), 40)
        self.drive(self.connection)
        here, there = self.entries(journal)
        there.company_id.fiscalyear_lock_date = self.day(3)
        kind = "advInterCompanyJournalEntry"

        self.simulator.act("edit", type=kind, id=journal, body={"approved": False})
        self.drive(self.connection)

        record = self.record_of(self.connection, "journalentry", journal)
        self.assertEqual((record.state, here.state, there.state), ("blocked", "posted", "posted"))
        self.assertIn(there.company_id.name, self.open_issues(self.connection, "period").title)
        there.company_id.fiscalyear_lock_date = False
        self.drive(self.connection)
        self.assertEqual((here.state, there.state), ("cancel", "cancel"))
        self.assert_books_agree(self.connection)

    def test_journal_with_a_line_of_a_subsidiary_without_company_waits_for_it(self):
        abroad = self.customer("Far Away", subsidiary=self.EUROPE, currency=self.USD)
        self.drive(self.connection)
        customer = self.record_of(self.connection, "customer", abroad)
        self.assertEqual(customer.left_out, "subsidiary")

        journal = self.between_companies(abroad, 40, subsidiary=self.EUROPE)
        self.drive(self.connection)

        # Not booked for the others only: that would be half a journal.
        record = self.record_of(self.connection, "journalentry", journal)
        self.assertEqual(record.state, "blocked")
        self.assertFalse(self.all_items(journal))
        self.assertIn("is not mapped", self.open_issues(self.connection, "subsidiary").title)

    # === ARRANGING === #

    def british(self):
        """Return a customer of the other company."""
        return self.customer("British", subsidiary=self.UK, currency=self.GBP)

    def entries(self, journal):
        """Return the entries of a journal, the one of the first company first."""
        return self.all_items(journal).move_id.sorted(lambda move: move.company_id.id)

    def between_companies(self, british, amount, subsidiary=None):
        """Move a debt from Seven to a customer of the other company; return the journal."""
        there = {"lineSubsidiary": {"id": subsidiary or self.UK}}
        lines = [
            self._journal_line(self.BANK, amount),
            self._journal_line(self.AR, -amount, self.seven),
            {**self._journal_line(self.AR, amount, british), **there},
            {**self._journal_line(self.SALES, -amount), **there},
        ]
        return self._create(
            "advInterCompanyJournalEntry",
            subsidiary={"id": self.US},
            currency={"id": self.USD},
            tranDate=self.day(8),
            line={"items": lines},
        )

    def all_items(self, journal):
        """Return the posted receivable items of a journal in all companies, by line."""
        return (
            self.env["account.move.line"]
            .search(
                [
                    ("move_id.netsuite_record_id.internal_id", "=", int(journal)),
                    ("parent_state", "=", "posted"),
                    ("account_id.account_type", "=", "asset_receivable"),
                ]
            )
            .sorted("netsuite_line")
        )
