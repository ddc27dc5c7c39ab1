from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.exceptions import LockError, RedirectWarning, UserError
from odoo.tests import mute_logger, tagged

from ...models.connection.isolation import isolate
from ..support.booking_case import NetsuiteBookingCommon

ISOLATION_LOG = "odoo.addons.kolleno_netsuite.models.connection.isolation"


@tagged("post_install", "-at_install")
class TestIsolation(NetsuiteBookingCommon):
    """Whatever one record raises costs that record, is said, and is over once it is corrected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.entity = cls.customer()

    # === BOOKING === #

    def test_web_address_that_odoo_cannot_read_costs_that_customer(self):
        good = self.land_customer()
        bad = self.land_customer(url="http://[acme.example")

        self.book_logged(good | bad)

        self.assert_booked(good)
        self.assert_failed(bad, "ValueError", "IPv6")
        self.assertEqual(bad.issue_ids.kind, "program")
        self.assertIn(bad.name, bad.issue_ids.detail)
        self.correct(bad, url="https://acme.example")

    def test_text_too_long_for_an_index_costs_that_payment(self):
        memo = "".join(chr(0x4E00 + number * 7 % 20000) for number in range(999))
        good = self.land_payment(self.entity, 10)
        bad = self.land_payment(self.entity, 20, memo=memo)

        self.book_logged(good | bad)

        self.assert_booked(good)
        self.assert_failed(bad, "too long", "index")
        self.correct(bad, memo="short")

    def test_all_lines_of_a_refusal_are_told(self):
        good, bad = self.invoices(2)

        with self.refusing(bad, UserError("These fields are missing:\n- Colour\n- Size")):
            self.book_logged(good | bad)

        self.assert_booked(good)
        self.assert_failed(bad, "These fields are missing: - Colour - Size")
        self.assertEqual(bad.issue_ids.kind, "content")
        self.book(self.retried(bad))
        self.assert_booked(bad)
        self.assertEqual(self.issues_of("content").mapped("state"), ["solved"])

    def test_posting_that_sends_to_a_setting_costs_that_invoice(self):
        good, bad = self.invoices(2)
        warning = RedirectWarning("Choose a country\nfor the company", 1, "Go there")

        with self.refusing(bad, warning):
            self.book_logged(good | bad)

        self.assert_booked(good)
        self.assert_failed(bad, "Odoo refuses it: Choose a country for the company")

    def test_error_of_the_program_costs_that_invoice_and_its_traceback_is_logged(self):
        good, bad = self.invoices(2)

        with self.refusing(bad, KeyError("colour")), self.assertLogs(ISOLATION_LOG) as log:
            counts = self.env["netsuite.booking"]._book_chunk(good | bad)

        self.assertEqual(counts, {"booked": 1, "blocked": 0, "failed": 1, "ignored": 0})
        self.assert_failed(bad, "KeyError: 'colour'")
        self.assertIn("log", bad.issue_ids.advice)
        (line,) = log.records
        self.assertIn(f"invoice {bad.internal_id}", line.getMessage())
        self.assertTrue(line.exc_info)
        self.assertNotIn("Customer", line.getMessage())

    def test_required_column_of_another_addon_names_the_field(self):
        good, bad = self.land_customer(), self.land_customer(companyname="Bad One")
        self.trigger("not_null_violation", "COLUMN = 'website', TABLE = 'res_partner'")

        self.book_logged(good | bad)

        self.assert_booked(good)
        self.assert_failed(bad, '"Website Link" of "Contact" is required but empty')
        self.correct(bad, companyname="Good One")

    def test_foreign_key_names_the_constraint(self):
        good, bad = self.land_customer(), self.land_customer(companyname="Bad One")
        self.trigger(
            "foreign_key_violation", "CONSTRAINT = 'partner_colour_fkey', TABLE = 'res_partner'"
        )

        self.book_logged(good | bad)

        self.assert_booked(good)
        self.assert_failed(bad, "partner_colour_fkey")

    def test_reference_that_fails_leaves_the_list_once_it_is_booked(self):
        good = self.land("subsidiary", {"id": 7, "name": "North", "currency_symbol": "USD"})
        bad = self.land("subsidiary", {"id": 8, "currency_symbol": "USD"})

        self.book_logged(good | bad)
        self.assert_booked(good)
        self.assertEqual(bad.state, "failed")
        issue = bad.issue_ids
        self.land("subsidiary", {"id": 8, "name": "South", "currency_symbol": "USD"})
        self.book(bad)

        self.assert_booked(bad)
        self.assertEqual(issue.state, "solved")

    def test_trouble_of_the_machine_is_no_records(self):
        good, bad = self.invoices(2)

        with (
            self.refusing(bad, psycopg2.OperationalError("server closed the connection")),
            self.assertRaises(psycopg2.OperationalError),
        ):
            self.env["netsuite.booking"]._book_chunk(good | bad)

        self.assertFalse((good | bad).issue_ids)

    # === APPLYING, REMOVING, WITHDRAWING === #

    def test_application_that_fails_costs_itself_and_is_named(self):
        invoices = [self.invoice(self.entity, [{"foreign": 10}])[0] for _number in range(2)]
        good, bad = (
            self.land_payment(self.entity, 10, [(invoice.internal_id, 10)]) for invoice in invoices
        )
        self.env["netsuite.booking"]._book_chunk(good | bad)

        with self.failing_reconciliation(bad, ValueError("odd rate")):
            self.apply_logged()

        states = {a.paying_record_id: a.state for a in self.applications(good | bad)}
        self.assertEqual(states, {good: "applied", bad: "waiting"})
        issue = self.issues_of("content").filtered(lambda each: each.state == "open")
        self.assertIn("odd rate", issue.title)
        self.assertIn(bad.name, issue.detail)
        issue._retry()
        self.env["netsuite.booking"]._apply_waiting(self.connection)
        self.assertEqual(self.applications(bad).state, "applied")
        self.assertEqual(issue.state, "solved")

    def test_application_of_an_entry_that_is_edited_waits_for_a_moment(self):
        invoice = self.invoice(self.entity, [{"foreign": 10}])[0]
        payment = self.land_payment(self.entity, 10, [(invoice.internal_id, 10)])
        self.env["netsuite.booking"]._book_chunk(payment)

        with self.failing_reconciliation(payment, LockError("somebody is editing it")):
            self.env["netsuite.booking"]._apply_waiting(self.connection)

        application = self.applications(payment)
        self.assertEqual(application.state, "waiting")
        soon = fields.Datetime.add(fields.Datetime.now(), minutes=2)
        self.assertLess(application.next_try, soon)
        self.assertFalse(self.issues_of("content"))

    def test_removal_that_fails_costs_itself(self):
        good, bad = self.invoices(2)
        self.book(good | bad)
        (good | bad).removal_step = "certain"
        Move = type(self.env["account.move"])
        original, move = Move.button_cancel, bad._target()

        def button_cancel(moves):
            if move in moves:
                raise KeyError("colour")
            return original(moves)

        removal = self.env["netsuite.removal"]
        with patch.object(Move, "button_cancel", button_cancel), self.assertLogs(ISOLATION_LOG):
            removal._take_out(self.connection, ["invoice"])

        self.assertEqual((good.state, good._target().state), ("removed", "cancel"))
        self.assertEqual(move.state, "posted")
        self.assert_failed(bad, "KeyError")
        self.retried(bad)
        removal._take_out(self.connection, ["invoice"])
        self.assertEqual((bad.state, move.state), ("removed", "cancel"))

    def test_customer_who_cannot_be_withdrawn_costs_himself(self):
        other, other_id = self.customer()
        records = (self.partner | other).netsuite_record_id
        records.withdrawal = "archive"
        Partner = type(self.env["res.partner"])
        original = Partner.write

        def write(partners, vals):
            if other in partners and vals.get("active") is False:
                raise ValueError("someone needs it")
            return original(partners, vals)

        with patch.object(Partner, "write", write), self.assertLogs(ISOLATION_LOG):
            self.env["netsuite.withdrawal"]._withdraw_waiting(self.connection)

        self.assertFalse(self.partner.active)
        self.assertTrue(other.active)
        issue = self.issues_of("content")
        self.assertEqual(issue.record_ids.internal_id, other_id)
        self.assertIn("someone needs it", issue.title)
        self.assertFalse(any(records.mapped("withdrawal")))

    # === ISOLATE === #

    def test_what_was_waiting_to_be_written_is_no_items_fault(self):
        self.trigger("not_null_violation", "COLUMN = 'website'", "TRUE")

        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.NotNullViolation):
            self.partner.comment = "written before"
            isolate(self.env, [1, 2], lambda part: part)

    # === ARRANGING === #

    def invoices(self, number):
        return self.env["netsuite.record"].union(
            *(self.land_invoice(self.entity, [{"foreign": 10}]) for _number in range(number))
        )

    def book_logged(self, records):
        with self.assertLogs(ISOLATION_LOG, "WARNING"):
            self.env["netsuite.booking"]._book_chunk(records)

    def apply_logged(self):
        with self.assertLogs(ISOLATION_LOG, "WARNING"):
            self.env["netsuite.booking"]._apply_waiting(self.connection)

    def refusing(self, record, error):
        """Let Odoo refuse to post what mirrors a record."""
        Move = type(self.env["account.move"])
        original = Move._post

        def _post(moves, soft=True):
            if record in moves.netsuite_record_id:
                raise error
            return original(moves, soft)

        return patch.object(Move, "_post", _post)

    def failing_reconciliation(self, payer, error):
        """Let Odoo refuse to reconcile what a payment made."""
        Line = type(self.env["account.move.line"])
        original = Line._reconcile_plan

        def _reconcile_plan(lines, plan):
            if payer in self.env["account.move.line"].union(*plan).move_id.netsuite_record_id:
                raise error
            return original(lines, plan)

        return patch.object(Line, "_reconcile_plan", _reconcile_plan)

    def trigger(self, error, details, condition="NEW.name = 'Bad One'"):
        """Let the database refuse partners, as another addon's column or key would."""
        self.env.flush_all()
        self.env.cr.execute(
            f"""CREATE FUNCTION refuse_partner() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF {condition} THEN RAISE {error} USING {details}; END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER refuse_partner BEFORE INSERT OR UPDATE ON res_partner
                FOR EACH ROW EXECUTE FUNCTION refuse_partner()"""
        )

    def retried(self, record):
        record._advance("pending", attempts=0)
        return record

    def correct(self, record, **row):
        """Let NetSuite's next version of a record be right, and book it."""
        issue = record.issue_ids
        payload = record.payload
        record.payload = {**payload, "row": {**payload["row"], **row}}
        self.book(self.retried(record))
        self.assert_booked(record)
        self.assertEqual(issue.state, "solved")

    def applications(self, payers):
        return self.env["netsuite.application"].search([("paying_record_id", "in", payers.ids)])

    def issues_of(self, kind):
        return self.env["netsuite.issue"].search(
            [("connection_id", "=", self.connection.id), ("kind", "=", kind)]
        )

    def assert_failed(self, record, *words):
        self.assertEqual(record.state, "failed")
        self.assertEqual(record.attempts, 0)
        for word in words:
            self.assertIn(word, record.message)
        self.assertEqual(record.issue_ids.state, "open")
