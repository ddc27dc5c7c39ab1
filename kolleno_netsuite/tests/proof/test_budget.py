import re
from collections import Counter
from math import ceil

from odoo.tests import tagged

from ...client.account import TOKEN_PATH
from ...const import RARE_TYPES, RECORD_TYPES
from ..support.simulator_case import SimulatorCase

QUERY = "/services/rest/query/v1/suiteql"
RECORD = "/services/rest/record/v1/"
PAGE = 10
CUSTOMERS, INVOICES, LINES, PAYMENTS = 12, 43, 3, 21
# What NetSuite answers once more after a full last page, and the first look for open items.
SLACK = 2


@tagged("post_install", "-at_install")
class TestCallBudget(SimulatorCase):
    """How often NetSuite is called depends on pages, never on records."""

    drives_all = True

    def setUp(self):
        super().setUp()
        self.small_pages(PAGE)
        self.customers = [self.customer(name=f"Quay {number}") for number in range(CUSTOMERS)]
        self.invoices = [
            self.invoice(self.customers[number % CUSTOMERS], *[10 + number] * LINES)
            for number in range(INVOICES)
        ]
        for number in range(PAYMENTS):
            amount = LINES * (10 + number)
            self.paid = self.payment(
                self.customers[number % CUSTOMERS], amount, apply={self.invoices[number]: amount}
            )
        self.connection = self.connect()

    def test_first_import_costs_calls_per_page_and_none_per_record(self):
        self.simulator.clear_requests()

        self.drive(self.connection)

        calls = self.calls_by_query()
        left = INVOICES - PAYMENTS
        self.assertFalse([path for path in self.paths() if path.startswith(RECORD)])
        # Open items are read first and again with the history.
        self.assert_pages(calls["customer"], CUSTOMERS)
        self.assert_pages(calls["invoice"], left, INVOICES)
        self.assert_pages(calls["invoice lines"], left * (LINES + 1), INVOICES * (LINES + 1))
        self.assert_pages(calls["payment"], 0, PAYMENTS)
        self.assert_pages(calls["payment lines"], 0, PAYMENTS * 2)
        self.assert_pages(calls["payment links"], 0, PAYMENTS)
        self.assert_in_step(self.connection)

    def test_sync_without_changes_costs_one_call_per_type_whatever_is_there(self):
        self.settle()
        self.simulator.clear_requests()

        self.drive(self.connection)

        paths = self.paths()
        # The small tables without a change date are read whole.
        whole = sum(
            ceil(self.env["netsuite.record"].search_count(self.domain_of(record_type)) / PAGE) - 1
            for record_type in ("term", "paymentmethod", "salestaxitem")
        )
        # One more asks for all types at once what was deleted; types that the account does not use
        # cost nothing.
        types = len(RECORD_TYPES) - len(RARE_TYPES)
        self.assertEqual(paths.count(QUERY), types + 1 + whole)
        self.assertEqual(len(paths), types + 1 + whole + 1)

    def test_one_change_costs_the_same_however_much_is_there(self):
        self.settle()
        self.payment(self.customers[0], 7)
        self.simulator.clear_requests()

        self.drive(self.connection)

        calls = self.calls_by_query()
        self.assertEqual(calls["invoice lines"], 0)
        self.assertEqual(calls["payment lines"], 1)
        self.assertEqual(calls["payment links"], 1)
        # The proof of the touched customer: sums of what is owed, of what is not applied, of
        # deposits, and of the lines of journals.
        self.assertEqual(calls["proof"], 4)
        self.assertFalse([path for path in self.paths() if path.startswith(RECORD)])

    def test_only_customers_touched_since_their_proof_are_proved(self):
        self.settle()
        self.payment(self.customers[0], 7)
        self.simulator.clear_requests()

        self.drive(self.connection)

        sums = [call["body"] for call in self.simulator.requests() if "SUM(" in call["body"]]
        self.assertEqual(len(sums), 4)
        others = {str(customer) for customer in self.customers[1:]}
        for query in sums:
            self.assertFalse(others & set(re.findall(r"\d+", query)), query)
        self.assertFalse(self.connection._unproved_customers())

    def test_proof_of_all_customers_costs_four_queries_by_the_page(self):
        self.settle()
        self.simulator.clear_requests()

        self.env["netsuite.proof"]._prove(self.connection)

        self.assertLessEqual(self.calls_by_query()["proof"], 4 * (ceil(CUSTOMERS / PAGE) + 1))
        self.assertEqual(len(self.paths()), self.calls_by_query()["proof"])

    def test_run_counts_the_calls_that_netsuite_saw(self):
        self.simulator.clear_requests()

        run = self.drive(self.connection)

        self.assertEqual(run.call_count, len(self.simulator.requests()))

    # === ARRANGING === #

    def settle(self):
        """Import all, and let the overlap of the next windows pass."""
        self.drive(self.connection)
        self.later(3600)
        self.drive(self.connection)
        self.later(3600)

    def domain_of(self, record_type):
        return [("connection_id", "=", self.connection.id), ("record_type", "=", record_type)]

    # === ASSERTIONS === #

    def paths(self):
        """Return the paths of the calls, without those that only sign in."""
        return [call["path"] for call in self.simulator.requests() if call["path"] != TOKEN_PATH]

    def calls_by_query(self):
        """Return {what was asked for: number of calls}."""
        return Counter(
            self.kind_of(call["body"])
            for call in self.simulator.requests()
            if call["path"] == QUERY
        )

    def kind_of(self, query):
        if "SUM(" in query:
            return "proof"
        # Links also name the types of what is paid, of another table.
        own = re.search(r"\bt\.type (?:= |IN \()'(\w+)'", query)
        name = {"CustInvc": "invoice", "CustPymt": "payment"}.get(own and own[1], "")
        if "FROM transactionline l" in query:
            return f"{name} lines"
        # A header's own query asks for links as well, below its condition.
        if query.partition(" FROM ")[2].startswith("previoustransactionlinelink"):
            return f"{name} links"
        if "FROM customer c" in query:
            return "customer"
        return name or "reference"

    def assert_pages(self, calls, *rows):
        """Fail unless `calls` are the pages of reads that found `rows` each."""
        self.assertLessEqual(calls, sum(ceil(number / PAGE) for number in rows) + SLACK)
        self.assertGreaterEqual(calls, sum(ceil(number / PAGE) for number in rows))
