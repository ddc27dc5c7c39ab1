from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase


@tagged("post_install", "-at_install")
class TestJournalOtherSide(DocumentsCase):
    """Where the lines of a journal stand that are no customer's receivable."""

    BAD_DEBT, DISCOUNTS = "6300", "4090"

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.seven, self.eight = self.customer("Seven"), self.customer("Eight")
        self.drive(self.connection)

    def posted(self, journal):
        """Return {account of the mapping, or "offset" or "A/R": balance} of a journal's entry."""
        entry = self.mirror(self.connection, "journalentry", journal)
        self.assertAlmostEqual(sum(entry.line_ids.mapped("balance")), 0)
        offset = self.main_company_line.offset_account_id
        found = {}
        for line in entry.line_ids:
            account = line.account_id
            name = account.name
            if account.account_type == "asset_receivable":
                name = "A/R"
            elif account == offset:
                name = "offset"
            found[name] = round(found.get(name, 0) + line.balance, 2)
        return found

    @property
    def main_company_line(self):
        lines = self.connection.subsidiary_ids
        return lines.filtered(lambda line: line.company_id == self.main_company)

    def mapping(self, number):
        return self.connection.mapping_ids.filtered(
            lambda row: row.kind == "account" and row.code == number
        )

    def own_account(self, number):
        """Map an account to one of its own number and name, whatever was suggested."""
        mapping = self.mapping(number)
        mapping.action_clear()
        mapping.action_create_accounts()

    def unmap(self, number):
        """Take an account's mapping off, and that of its type."""
        mapping = self.mapping(number)
        types = self.connection.mapping_ids.filtered(
            lambda row: row.kind == "account_type" and row.code == mapping.ns_type
        )
        (mapping | types).action_clear()

    def test_write_off_stands_on_its_own_account(self):
        self.own_account(self.BAD_DEBT)
        journal = self.journal((self.BAD_DEBT, 30), (self.AR, -30, self.seven))

        self.drive(self.connection)

        self.assertEqual(self.posted(journal), {"Bad Debt Expense": 30, "A/R": -30})
        self.assert_books_agree(self.connection)

    def test_lines_that_are_not_mapped_stand_on_an_account_of_equity(self):
        self.own_account(self.BAD_DEBT)
        self.unmap(self.SALES)
        journal = self.journal(
            (self.BAD_DEBT, 30), (self.SALES, 12), (self.DISCOUNTS, 3), (self.AR, -45, self.seven)
        )

        self.drive(self.connection)

        self.assertEqual(self.posted(journal), {"Bad Debt Expense": 30, "offset": 15, "A/R": -45})
        self.assertEqual(self.main_company_line.offset_account_id.account_type, "equity")
        self.assertFalse(self.main_company_line.offset_warning)
        self.assert_books_agree(self.connection)

    def test_share_of_an_excluded_customer_is_on_the_offset_account(self):
        self.own_account(self.BAD_DEBT)
        self.env["netsuite.exclusion"].create(
            {"connection_id": self.connection.id, "internal_id": self.eight}
        )
        journal = self.journal(
            (self.BAD_DEBT, 50), (self.AR, -30, self.seven), (self.AR, -20, self.eight)
        )

        self.drive(self.connection)

        self.assertEqual(self.posted(journal), {"Bad Debt Expense": 50, "A/R": -30, "offset": -20})

    def test_receivable_of_nobody_is_no_open_item(self):
        journal = self.journal((self.AR, 40), (self.AR, -40, self.seven))

        self.drive(self.connection)

        self.assertEqual(self.posted(journal), {"A/R": -40, "offset": 40})
        items = self.mirror(self.connection, "journalentry", journal).netsuite_receivable_line_ids
        self.assertEqual(len(items), 1)

    def test_journal_in_another_currency_balances_in_both(self):
        self.own_account(self.BAD_DEBT)
        euro = self.customer("Euro", currency=self.EUR)
        invoice = self.invoice(euro, 100, exchangeRate="1.2")
        journal = self.journal(
            (self.BAD_DEBT, 100), (self.AR, -100, euro), currency=self.EUR, exchangeRate="1.1"
        )
        self.simulator.act("apply", payer=journal, payer_line=1, doc=invoice, amount=60)

        self.drive(self.connection)

        self.assertEqual(self.posted(journal), {"Bad Debt Expense": 110, "A/R": -110})
        entry = self.mirror(self.connection, "journalentry", journal)
        self.assertAlmostEqual(sum(entry.line_ids.mapped("amount_currency")), 0)
        self.assert_left(self.mirror(self.connection, "invoice", invoice), 40, 48)
        self.assert_books_agree(self.connection)

    def test_account_that_is_mapped_later_reaches_booked_journals_on_demand(self):
        self.unmap(self.BAD_DEBT)
        journal = self.journal((self.BAD_DEBT, 30), (self.AR, -30, self.seven))
        self.drive(self.connection)
        self.assertEqual(self.posted(journal), {"offset": 30, "A/R": -30})

        mapping = self.mapping(self.BAD_DEBT)
        mapping.action_create_accounts()
        self.assertTrue(mapping.booked_before)
        mapping.action_book_documents_again()
        self.connection._drive()

        self.assertEqual(self.posted(journal), {"Bad Debt Expense": 30, "A/R": -30})

    def test_offset_account_that_was_chosen_stays_and_the_form_advises(self):
        self.unmap(self.BAD_DEBT)
        line = self.main_company_line
        asset = self.env["account.account"].search(
            [("company_ids", "in", self.main_company.id), ("account_type", "=", "asset_current")],
            limit=1,
        )
        line.offset_account_id = asset
        journal = self.journal((self.BAD_DEBT, 30), (self.AR, -30, self.seven))
        self.drive(self.connection)

        self.assertEqual(self.posted(journal), {"offset": 30, "A/R": -30})
        self.assertIn("Current Assets", line.offset_warning)

        equity = asset.copy({"account_type": "equity", "name": "Rest of NetSuite"})
        line.offset_account_id = equity
        self.assertFalse(line.offset_warning)
        line.action_book_journals_again()
        self.connection._drive()
        self.assertEqual(self.posted(journal), {"offset": 30, "A/R": -30})
        entry = self.mirror(self.connection, "journalentry", journal)
        self.assertIn(equity, entry.line_ids.account_id)
