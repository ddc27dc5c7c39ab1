import re
from collections import Counter
from math import ceil

from odoo.tests import tagged

from ...const import RARE_TYPES, RECORD_TYPES
from ...mappers.queries.transaction_types import TYPE_CODES
from ..support.contact_case import ContactCase
from ..support.receivables_case import DocumentsCase

QUERY = "/services/rest/query/v1/suiteql"
RECORD = "/services/rest/record/v1/"
PAGE = 10
# One more for each of headers, lines and links whose last page is full, and the first look for
# open items.
SLACK = 4
# Tables whose rows belong to records of another type.
PARTS = {
    "companycontactrelationship": "contact",
    "customeraddressbook": "customer",
    "customersubsidiaryrelationship": "customer",
}
# Types that this account has some of.
TYPES = tuple(each for each in TYPE_CODES if each not in RARE_TYPES)
# Small tables without a change date are read whole, whatever changed.
WHOLE = ("term", "paymentmethod", "salestaxitem")


@tagged("post_install", "-at_install")
class TestStreamBudget(DocumentsCase, ContactCase):
    """What each stream may cost in calls: pages at first, one call when nothing changed."""

    drives_all = True

    def setUp(self):
        super().setUp()
        self.small_pages(PAGE)
        self.owner = self.customer()

    def test_each_stream_costs_its_pages_at_first_and_one_call_when_quiet(self):
        self.fill(24)
        connection = self.connect()
        self.simulator.clear_requests()

        self.drive(connection)

        calls = self.calls()
        self.assertFalse(self.reads_of_single_records())
        for record_type in (*TYPES, "contact", "customer"):
            with self.subTest(record_type):
                self.assertGreaterEqual(calls[record_type], 1)
                self.assertLessEqual(calls[record_type], self.pages(connection, record_type))
        self.assert_books_agree(connection)

        self.later(3600)
        self.drive(connection)
        self.later(3600)
        self.simulator.clear_requests()
        self.drive(connection)

        calls = self.calls()
        whole = {record_type: calls.pop(record_type) for record_type in WHOLE}
        for record_type, number in whole.items():
            self.assertLessEqual(number, self.pages(connection, record_type), record_type)
        expected = {*RECORD_TYPES, "deletedrecord"} - {*WHOLE, *RARE_TYPES}
        self.assertEqual(calls, dict.fromkeys(expected, 1))

    def test_deletions_cost_one_call_and_nothing_is_asked_for_by_itself(self):
        documents = self.fill(6)
        connection = self.connect()
        self.drive(connection)
        self.later(3600)
        self.drive(connection)
        for record_type in ("customerrefund", "depositapplication", "creditmemo"):
            for internal_id in documents[record_type]:
                self.simulator.act("delete", id=internal_id)
        self.simulator.act("delete", type="contact", id=documents["contact"][0])
        self.later(3600)
        self.simulator.clear_requests()

        self.drive(connection)

        calls = self.calls()
        self.assertEqual(calls["deletedrecord"], 1)
        self.assertFalse(self.reads_of_single_records())
        for record_type in TYPES:
            self.assertLessEqual(calls[record_type], 1 + SLACK, record_type)
        self.assert_books_agree(connection)

    # === ARRANGING === #

    def fill(self, number):
        """Make so many documents of each type, all settled; return {record type: their ids}."""
        made = {record_type: [] for record_type in (*TYPES, "contact")}
        for each in range(number):
            invoice = self.invoice(self.owner, 50)
            deposit = self.deposit(self.owner, 20)
            memo = self.credit_memo(self.owner, 40)
            journal = self.journal((self.SALES, 5), (self.AR, -5, self.owner))
            self.simulator.act("apply", payer=journal, payer_line=1, doc=invoice, amount=5)
            for record_type, internal_id in (
                ("invoice", invoice),
                ("journalentry", journal),
                ("creditmemo", memo),
                ("customerpayment", self.payment(self.owner, 25, apply={invoice: 25})),
                ("customerdeposit", deposit),
                ("depositapplication", self.apply_deposit(deposit, {invoice: 20})),
                ("customerrefund", self.refund(self.owner, credits={memo: 40})),
                ("contact", self.contact(self.owner, email=f"ann{each}@quay.example")),
            ):
                made[record_type].append(internal_id)
        return made

    def calls(self):
        """Return {stream: number of its calls}, without the sums of the proof."""
        return Counter(
            self.stream_of(call["body"])
            for call in self.simulator.requests()
            if call["path"] == QUERY and "SUM(" not in call["body"]
        )

    def stream_of(self, query):
        for record_type, codes in TYPE_CODES.items():
            if re.search(rf"t\.type (= |IN \()'{codes[0]}'", query):
                return record_type
        table = re.search(r"FROM (\w+)", query).group(1)
        return PARTS.get(table, table)

    def reads_of_single_records(self):
        return [c["path"] for c in self.simulator.requests() if c["path"].startswith(RECORD)]

    def pages(self, connection, record_type):
        """Return how many calls the records of a type and their rows may cost at first."""
        records = self.env["netsuite.record"].search(
            [("connection_id", "=", connection.id), ("record_type", "=", record_type)]
        )
        parts = ("lines", "links", "companies", "addresses", "subsidiaries")
        rows = [sum(len(each.payload.get(part) or ()) for each in records) for part in parts]
        return sum(ceil(number / PAGE) for number in (len(records), *rows)) + SLACK
