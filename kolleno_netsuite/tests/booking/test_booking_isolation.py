from unittest.mock import patch

from odoo import Command
from odoo.exceptions import LockError
from odoo.tests import tagged

from ...const import ISOLATED_CHUNK
from ..support.booking_case import NetsuiteBookingCommon


@tagged("post_install", "-at_install")
class TestBookingIsolation(NetsuiteBookingCommon):
    """What one record of a chunk costs the others, and how a chunk grows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    def invoices(self, number):
        return self.env["netsuite.record"].union(
            *(self.land_invoice(self.entity, [{"foreign": 10}]) for _number in range(number))
        )

    def count_queries(self, records):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["netsuite.booking"]._book_chunk(records)
        self.assertEqual(set(records.mapped("state")), {"booked"})
        return self.env.cr.sql_log_count - before

    def test_queries_per_document_fall_with_the_chunk(self):
        self.count_queries(self.invoices(2))
        small, large = self.count_queries(self.invoices(5)), self.count_queries(self.invoices(50))

        self.assertLess(large / 50, small / 5 / 4)
        self.assertLess(large, small + 45)

    def test_locked_document_is_tried_again_and_is_no_failure(self):
        records = self.invoices(3)
        Booking = type(self.env["netsuite.booking.move"])
        original = Booking._create_documents
        busy = records[1]

        def create(booking, drafts):
            if busy in [draft.record for draft in drafts]:
                raise LockError("somebody is editing it")
            return original(booking, drafts)

        with patch.object(Booking, "_create_documents", create):
            counts = self.env["netsuite.booking"]._book_chunk(records)

        self.assertEqual(counts, {"booked": 2, "blocked": 0, "failed": 0, "ignored": 0})
        self.assertEqual(busy.state, "pending")
        self.assertTrue(busy.next_try)

    def test_a_chunk_of_bad_records_leaves_the_rest_for_the_next(self):
        records = self.invoices(ISOLATED_CHUNK + 20)
        self.close_the_journal()

        counts = self.env["netsuite.booking"]._book_chunk(records)

        self.assertLess(counts["failed"], ISOLATED_CHUNK)
        self.assertTrue(counts["failed"])
        self.assertTrue(records.filtered(lambda record: record.state == "pending"))

    def close_the_journal(self):
        """Archive the journal, so that Odoo refuses to post."""
        journal = self.env["account.journal"]._netsuite_journal(
            self.connection, self.company, "sale"
        )
        journal.with_context(netsuite_import=True).active = False

    def test_same_refusal_of_many_records_is_one_issue(self):
        records = self.invoices(4)
        self.close_the_journal()

        self.env["netsuite.booking"]._book_chunk(records)

        self.assertEqual(set(records.mapped("state")), {"failed"})
        self.assertEqual(len(records.issue_ids), 1)
        self.assertEqual(records.issue_ids.record_count, 4)

    def test_booked_record_leaves_its_issue(self):
        record = self.invoices(1)
        record.issue_ids = [
            Command.create(
                {
                    "connection_id": self.connection.id,
                    "kind": "content",
                    "key": "x",
                    "title": "Something was wrong",
                }
            )
        ]
        issue = record.issue_ids

        self.book(record)

        self.assertFalse(record.issue_ids)
        self.assertEqual(issue.state, "solved")
