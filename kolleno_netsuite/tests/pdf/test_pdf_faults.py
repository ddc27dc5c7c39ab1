from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...client import wire
from ...client.restlets import MEGABYTE, PATH
from ..support.pdf_case import FIELD, PDF, DocumentCase

RESTLET = "GET /app/site/hosting/restlet"


@tagged("post_install", "-at_install")
class TestDocumentFaults(DocumentCase):
    """What NetSuite refuses is said in words, costs the document itself only, and is not asked
    for in a loop."""

    def test_missing_permission_names_documents_and_files(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.fault("permission_files", times=None)

        answer = move.action_netsuite_get_pdf()

        self.assertEqual(answer["params"]["type"], "danger")
        self.assertIn("Documents and Files", answer["params"]["message"])
        self.assertIn(move.name, answer["params"]["message"])
        self.assertIn("Documents and Files", move.netsuite_pdf_message)
        self.assertEqual(move.netsuite_pdf_state, "failed")
        self.assertIn("Documents and Files", self.open_issues(self.connection, "document").advice)
        self.assertEqual(self.connection.state, "connected")

    def test_script_that_is_not_deployed_is_asked_for_once_by_all_screens(self):
        moves = self.mirrored(self.invoice(self.harbour, 10), self.invoice(self.harbour, 20))
        self.simulator.switches(document_restlet=False)

        self.open(moves[0])
        self.open(moves[1])
        problems = moves._netsuite_fetch_pdfs()

        self.assertEqual(self.document_calls(), ["print"])
        self.assertEqual(set(problems), set(moves))
        issue = self.open_issues(self.connection, "document")
        self.assertIn("not deployed", issue.title)
        self.assertIn("SuiteApp", issue.advice)

        self.simulator.switches(document_restlet=True)
        moves.action_netsuite_get_pdf()

        self.assertTrue(all(move.invoice_pdf_report_id for move in moves))
        self.assertFalse(self.open_issues(self.connection, "document"))

    def test_issue_that_is_retried_lets_the_screens_ask_again(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.fault("permission_files")
        self.open(move)
        issue = self.open_issues(self.connection, "document")
        self.assertEqual(issue.fix_label, "Check the connection")
        self.assertEqual(issue.action_fix()["res_id"], self.connection.id)

        issue.action_retry()
        self.open(move)

        self.assertEqual(move.netsuite_pdf_state, "current")
        self.assertEqual(issue.state, "solved")

    def test_refused_sign_in_of_restlets_leaves_the_connection_alone(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.fault("invalid_login", times=None, match=RESTLET)

        self.open(move)

        self.assertIn("scope RESTlets", move.netsuite_pdf_message)
        self.assertEqual(self.connection.state, "connected")

    def test_silence_ends_after_the_time_of_the_settings_and_is_tried_again_later(self):
        move = self.mirrored(self.invoice(self.harbour), pdf_timeout=1)
        self.simulator.fault("timeout", seconds=4, match=RESTLET)

        self.open(move)
        self.open(move)

        self.assertEqual(self.document_calls(), ["print"])
        self.assertEqual(move.netsuite_pdf_state, "failed")
        self.assertIn("in time", move.netsuite_pdf_message)
        self.assertFalse(self.open_issues(self.connection, "document"))
        move.netsuite_record_id.pdf_next_try = fields.Datetime.now()
        self.open(move)
        self.assertEqual(move.netsuite_pdf_state, "current")

    def test_passing_trouble_makes_no_printed_pdf_out_of_a_signed_one(self):
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        move = self.mirrored(invoice, pdf_source="field", pdf_field_invoice=FIELD)
        self.simulator.fault("502_html", match=RESTLET)

        self.open(move)

        self.assertEqual(self.document_calls(), [f"file {scan}"])
        self.assertFalse(move.invoice_pdf_report_id)

    def test_concurrency_is_waited_for(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.fault("429", match=RESTLET)

        self.open(move)

        self.assertEqual(self.document_calls(), ["print", "print"])
        self.assertEqual(move.netsuite_pdf_state, "current")

    def test_broken_contents_are_no_pdf(self):
        for fault in ("contents_cut", "truncated_json", "html_200", "drop_mid_body"):
            with self.subTest(fault=fault):
                move = self.mirrored_once()
                self.simulator.fault(fault, match=RESTLET)

                move.action_netsuite_get_pdf()

                self.assertEqual(move.netsuite_pdf_state, "failed")
                self.assertFalse(move.invoice_pdf_report_id)

    def mirrored_once(self):
        if not hasattr(self, "move"):
            self.move = self.mirrored(self.invoice(self.harbour))
        return self.move

    def test_file_of_thirty_megabytes_is_refused_and_the_invoice_printed(self):
        self.simulator.switches(restlet_size_limit=40 * MEGABYTE)
        scan = self.upload("large.pdf", PDF + b" " * (30 * MEGABYTE))
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        move = self.mirrored(invoice, pdf_source="field", pdf_field_invoice=FIELD)
        read = []

        def counted(answer, limit, **options):
            body = reading(answer, limit, **options)
            read.append(len(body))
            return body

        reading = wire._read
        with patch.object(wire, "_read", counted):
            self.open(move)

        self.assertEqual(self.document_calls(), [f"file {scan}", "print"])
        self.assertIn("25 MB", move.netsuite_pdf_message)
        self.assertEqual(move.netsuite_pdf_source, "generated")
        self.assertLess(max(read), 34 * MEGABYTE)

    def test_log_of_calls_shows_no_contents(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.fault("truncated_json", match=RESTLET)
        move.action_netsuite_get_pdf()
        move.action_netsuite_get_pdf()

        calls = self.env["netsuite.call"].search([("path", "=", PATH)])
        self.assertEqual(len(calls), 2)
        for call in calls:
            self.assertNotIn("JVBERi", f"{call.query}{call.message}")

    def test_paused_connection_hands_out_nothing_and_says_so(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.connection._pause("NetSuite is being upgraded")

        self.assertFalse(self.open(move))
        problems = move._netsuite_fetch_pdfs()

        self.assertIn("not connected", problems[move])
        self.assertEqual(self.document_calls(), [])
