from math import ceil

from odoo.tests import tagged

from ..support.receivables_case import DocumentsCase

QUERY = "/services/rest/query/v1/suiteql"
PAGE = 10
LEDGER_ONLY, RECEIVABLE = 35, 3


@tagged("post_install", "-at_install")
class TestJournalBudget(DocumentsCase):
    """Journals that concern no customer cost no calls in the first import, and no rows ever."""

    drives_all = True

    def setUp(self):
        super().setUp()
        self.small_pages(PAGE)

    def prepare(self):
        super().prepare()
        self.harbour = self.customer()
        for _number in range(LEDGER_ONLY):
            self.journal((self.BANK, 30), (self.SALES, -30))
        self.journals = [
            self.journal((self.AR, 30, self.harbour), (self.SALES, -30)) for _ in range(RECEIVABLE)
        ]
        self.connection = self.connect()

    def test_first_import_reads_journals_of_customers_only(self):
        self.simulator.clear_requests()

        self.drive(self.connection)

        # Open items first, then the history: headers, lines and links of three journals each.
        self.assertLessEqual(len(self.journal_queries()), 2 * 3)
        self.assertEqual(self.stored(), RECEIVABLE)
        self.assert_books_agree(self.connection)

    def test_quiet_sync_asks_once_however_many_journals_there_are(self):
        self.settle()
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertEqual(len(self.journal_queries()), 1)

    def test_changed_journals_without_customers_are_read_and_not_stored(self):
        self.settle()
        for _number in range(PAGE):
            self.journal((self.BANK, 5), (self.SALES, -5))
        self.simulator.clear_requests()

        self.drive(self.connection)

        # Headers and all lines of what changed, by the page; links of nothing else.
        self.assertLessEqual(len(self.journal_queries()), ceil((PAGE + 2 * PAGE) / PAGE) + 3)
        self.assertEqual(self.stored(), RECEIVABLE)

    # === ARRANGING === #

    def settle(self):
        """Import all, and let the overlap of the next windows pass."""
        for _time in range(2):
            self.drive(self.connection)
            self.later(3600)

    def stored(self):
        return self.env["netsuite.record"].search_count(
            [("connection_id", "=", self.connection.id), ("record_type", "=", "journalentry")]
        )

    def journal_queries(self):
        """Return the queries that read journals, without the sums of the proof."""
        return [
            call["body"]
            for call in self.simulator.requests()
            if call["path"] == QUERY and "'Journal'" in call["body"] and "SUM(" not in call["body"]
        ]
