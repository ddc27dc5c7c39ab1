from odoo.tests import tagged

from ..support.booking_case import RECEIVABLE, NetsuiteBookingCommon


@tagged("post_install", "-at_install")
class TestRepeatedNumbers(NetsuiteBookingCommon):
    """A document that was deleted in NetSuite and entered again has its number in Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    def test_document_entered_again_has_the_number_of_the_deleted_one(self):
        for record_type in self.kinds():
            with self.subTest(record_type):
                old = self.document(record_type)
                self.env["netsuite.booking"]._remove(old)

                new = self.document(record_type)

                self.assertEqual(self.names(old | new), [self.number] * 2)
                self.assertEqual(self.moves(old | new).mapped("state"), ["cancel", "posted"])

    def test_number_is_given_over_when_the_deletion_is_noticed_late(self):
        for record_type in self.kinds():
            with self.subTest(record_type):
                old, new, third = (self.document(record_type) for _ in range(3))
                self.assertEqual(
                    self.names(old | new | third), [self.number, *map(self.repeated, (new, third))]
                )

                self.env["netsuite.booking"]._remove(old)

                self.assertEqual(self.names(new | third), [self.number, self.repeated(third)])
                self.assertEqual(self.moves(new).state, "posted")

    def test_deleted_document_that_returns_does_not_take_the_number_back(self):
        old = self.document("invoice")
        self.env["netsuite.booking"]._remove(old)
        new = self.document("invoice")

        old._advance("pending", booked_hash=False)
        self.book(old)

        self.assert_booked(old)
        self.assertEqual(self.names(old | new), [self.repeated(old), self.number])
        self.assertEqual(self.moves(old | new).mapped("state"), ["posted", "posted"])

    def test_number_of_a_deleted_document_that_the_books_keep_stays_taken(self):
        old, new = self.document("invoice"), self.document("invoice")
        self.company.fiscalyear_lock_date = "2024-12-31"

        self.env["netsuite.booking"]._remove(old)

        self.assertTrue(self.moves(old).reversal_move_ids)
        self.assertEqual(self.names(old | new), [self.number, self.repeated(new)])

    # === ARRANGING === #

    number = "X_77%"

    def kinds(self):
        """Yield the types that have numbers; invoices and credit memos share a journal."""
        for record_type in ("invoice", "creditmemo", "customerpayment", "journalentry"):
            self.number = f"X_77%{record_type}"
            yield record_type

    def document(self, record_type):
        """Book a document of the number; return its record."""
        if record_type == "customerpayment":
            record = self.land_payment(self.entity, 50, tranid=self.number)
        elif record_type == "journalentry":
            internal_id = self.new_id()
            line = {
                "transaction": internal_id,
                "line": 0,
                "account": RECEIVABLE,
                "foreignamount": 50,
                "debit": 50,
                "subentity": self.entity,
                "subsidiary": 1,
            }
            row = {
                "id": internal_id,
                "tranid": self.number,
                "trandate": "2024-03-20",
                "currency": 1,
                "exchangerate": 1,
                "posting": "T",
                "voided": "F",
            }
            record = self.land(record_type, row, lines=[line])
        else:
            record = self.land_invoice(
                self.entity, [{"foreign": 50}], record_type=record_type, tranid=self.number
            )
        self.book(record)
        self.assert_booked(record)
        return record

    def moves(self, records):
        targets = [record._target() for record in records]
        return self.env["account.move"].concat(
            *(each.move_id if each._name == "account.payment" else each for each in targets)
        )

    def names(self, records):
        return self.moves(records).mapped("name")

    def repeated(self, record):
        return f"{self.number} (NS {record.internal_id})"
