from odoo.tests import mute_logger, tagged

from ..support.simulator_case import SimulatorCase

# The query of the invoices' own rows.
HEADERS = r"t\.tranid.*'CustInvc'|'CustInvc'.*t\.tranid"
LINES = r"FROM transactionline l.*'CustInvc'"
QUIET = "odoo.addons.kolleno_netsuite.models.connection.isolation"


@tagged("post_install", "-at_install")
class TestUnreadableRecords(SimulatorCase):
    """A value that cannot be read costs its record: it waits, listed, and the others go on."""

    def test_values_of_every_kind_cost_their_invoices_only_until_they_are_corrected(self):
        odd = (
            {"foreignamountunpaid": "abc"},
            {"foreignamountunpaid": "(12.00)"},
            {"entity": "Blue Harbor"},
            {"entity": "4294967297"},
            {"lastmodified": "2024-02-30 10:00:00"},
            {"lastmodified": "yesterday"},
            {"lastmodified": "9999-12-31 23:59:59"},
            {"trandate": "yesterday"},
        )
        connection = self.connect()
        customer = self.customer()
        good = self.invoice(customer, 10)
        bad = {self.invoice(customer, 20 + place): values for place, values in enumerate(odd)}
        last = self.invoice(customer, 90)
        self.spoil(HEADERS, {str(invoice): values for invoice, values in bad.items()})

        run = self.drive(connection)

        for invoice in (good, last):
            self.assertEqual(self.record_of(connection, "invoice", invoice).state, "booked")
        for invoice, values in bad.items():
            record = self.record_of(connection, "invoice", invoice)
            self.assertEqual(record.state, "failed", values)
            (column,) = values
            self.assertIn(column, record.message)
            self.assertIn(values[column], record.message)
            issues = record.issue_ids.filtered(lambda each: each.kind == "content")
            self.assertEqual(issues.mapped("state"), ["open"], issues.mapped("title"))
        self.assertEqual(run.state, "done")
        line = run.line_ids.filtered(lambda each: each.record_type == "invoice")
        self.assertEqual((line.landed, line.booked, line.failed), (len(bad) + 2, 2, len(bad)))
        # The next run goes on, and does not count what it cannot read again.
        later = self.invoice(customer, 95)
        self.drive(connection)
        self.assertEqual(self.record_of(connection, "invoice", later).state, "booked")
        self.correct(connection, "invoice", bad)
        self.assertEqual(
            set(self.record_of_all(connection, "invoice", bad).mapped("state")), {"booked"}
        )
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def test_retrying_a_record_that_cannot_be_read_says_so_again(self):
        connection = self.connect()
        invoice = self.invoice(self.customer(), 10)
        self.spoil(HEADERS, {str(invoice): {"lastmodified": "yesterday"}})
        self.drive(connection)
        record = self.record_of(connection, "invoice", invoice)
        issue = record.issue_ids

        issue._retry()
        connection._drive_book()

        self.assertEqual(record.state, "failed")
        self.assertIn("yesterday", record.message)
        self.assertEqual(record.issue_ids, issue)
        self.assertFalse(record._target())

    def test_booked_invoice_that_cannot_be_read_any_more_stays_in_the_books(self):
        connection = self.connect()
        customer = self.customer()
        invoice = self.invoice(customer, 10)
        self.drive(connection)
        record = self.record_of(connection, "invoice", invoice)
        self.spoil(HEADERS, {str(invoice): {"entity": "nobody"}})
        self.simulator.act("edit", type="invoice", id=invoice, body={"memo": "again"})

        self.drive(connection)

        self.assertEqual((record.state, record.customer_internal_id), ("failed", customer))
        self.assertEqual(record._target().state, "posted")
        self.correct(connection, "invoice", [invoice])
        self.assertEqual(record.state, "booked")
        self.assert_in_step(connection)

    def test_id_that_cannot_be_kept_is_listed_and_the_others_are_read(self):
        for odd in ("4294967297", "abc", None):
            with self.subTest(odd=odd):
                self.simulator.clear_faults()
                connection = self.connection_of_this_test()
                customer = self.customer(name=f"Customer of {odd}")
                number = f"A-{odd}"
                before = self.invoice(customer, 10)
                bad = self.invoice(customer, 20, tranId=number)
                after = [self.invoice(customer, 30), self.invoice(customer, 40)]
                self.small_pages(3)
                self.spoil(HEADERS, {str(bad): {"id": odd}})

                self.drive(connection)

                states = self.record_of_all(connection, "invoice", [before, *after])
                self.assertEqual(states.mapped("state"), ["booked"] * 3)
                self.assertFalse(self.record_of(connection, "invoice", bad))
                issue = self.open_issues(connection, "content")
                self.assertIn("Invoices", issue.title)
                self.assertIn(number, issue.title)
                if odd:
                    self.assertIn(odd, issue.detail)
                stream = connection.stream_ids.filtered(lambda s: s.record_type == "invoice")
                self.assertFalse(stream.last_error)
                self.assertEqual(stream.phase, "regular")
                self.correct(connection, "invoice", [bad])
                self.assertEqual(self.record_of(connection, "invoice", bad).state, "booked")
                self.assertFalse(self.open_issues(connection))
                self.assert_in_step(connection)

    def test_line_without_an_id_of_its_own_costs_its_invoice_only(self):
        connection = self.connect()
        customer = self.customer()
        good = self.invoice(customer, 10)
        bad = self.invoice(customer, 20)
        last = self.invoice(customer, 30)
        self.spoil(LINES, {str(bad): {"line": "abc"}}, key="transaction")

        self.drive(connection)

        self.assertEqual(
            self.record_of_all(connection, "invoice", [good, last]).mapped("state"),
            ["booked", "booked"],
        )
        record = self.record_of(connection, "invoice", bad)
        self.assertEqual(record.state, "failed")
        self.assertIn("abc", record.message)
        self.correct(connection, "invoice", [bad])
        self.assertEqual(record.state, "booked")
        self.assert_in_step(connection)

    def test_line_of_nobody_is_listed_and_the_others_are_read(self):
        connection = self.connect()
        customer = self.customer()
        bad = self.invoice(customer, 20)
        last = self.invoice(customer, 30)
        self.spoil(LINES, {str(bad): {"transaction": "4294967297"}}, key="transaction")

        self.drive(connection)

        self.assertEqual(self.record_of(connection, "invoice", last).state, "booked")
        self.assertIn("4294967297", self.open_issues(connection, "content").detail)
        self.correct(connection, "invoice", [bad])
        self.assertEqual(self.record_of(connection, "invoice", bad).state, "booked")

    def test_half_a_character_is_replaced_wherever_it_stands(self):
        connection = self.connect()
        customer = self.customer(name="Blue Harbor")
        invoice = self.invoice(customer, 10, memo="memo")
        self.spoil("FROM customer c", {str(customer): {"companyname": "Blue \ud83d Harbor\x00"}})
        self.spoil(HEADERS, {str(invoice): {"memo": "half \ud83d", "tran\ude00id": "key"}})
        self.spoil(LINES, {str(invoice): {"memo": "line \ude00"}}, key="transaction")

        self.drive(connection)
        self.drive(connection)

        partner = self.record_of(connection, "customer", customer)._target()
        self.assertEqual(partner.name, "Blue \ufffd Harbor")
        move = self.record_of(connection, "invoice", invoice)._target()
        self.assertIn("half \ufffd", move.narration)
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    # === ARRANGING === #

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(QUIET))
        self._connection = None

    def connection_of_this_test(self):
        self._connection = self._connection or self.connect()
        return self._connection

    def spoil(self, match, rows, key="id"):
        """Let NetSuite's answers have other values in some rows, until `clear_faults`."""
        self.simulator.fault("odd_values", match=f"(?s){match}", times=None, key=key, rows=rows)

    def correct(self, connection, record_type, ids):
        """Let NetSuite's answers be right again, and somebody save the records."""
        self.simulator.clear_faults()
        self.simulator.act("touch", type=record_type, ids=[int(each) for each in ids])
        self.drive(connection)
