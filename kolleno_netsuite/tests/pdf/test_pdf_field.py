from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..support.pdf_case import DOCX, FIELD, OTHER_PDF, PDF, DocumentCase


@tagged("post_install", "-at_install")
class TestDocumentField(DocumentCase):
    """A file in the document field decides what the customer gets."""

    def field_settings(self, source="field"):
        return {"pdf_source": source, "pdf_field_invoice": FIELD, "pdf_field_creditmemo": FIELD}

    def test_file_in_the_document_field_is_the_official_pdf(self):
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        move = self.mirrored(invoice, **self.field_settings())

        self.open(move)
        self.open(move)

        self.assertEqual(self.document_calls(), [f"file {scan}"])
        self.assert_official(move, PDF)
        self.assertEqual(move.netsuite_pdf_source, "field")
        self.assertEqual(move.invoice_pdf_report_id.description, "signed.pdf")

    def test_empty_document_field_lets_netsuite_print(self):
        move = self.mirrored(self.invoice(self.harbour), **self.field_settings())

        self.open(move)

        self.assertEqual(self.document_calls(), ["print"])
        self.assertEqual(move.netsuite_pdf_source, "generated")

    def test_empty_document_field_means_no_pdf_where_only_it_counts(self):
        move = self.mirrored(self.invoice(self.harbour), **self.field_settings("field_only"))

        self.open(move)
        self.open(move)

        self.assertEqual(self.document_calls(), [])
        self.assertFalse(move.invoice_pdf_report_id)
        self.assertEqual(move.netsuite_pdf_state, "missing")
        self.assertIn("empty", move.netsuite_pdf_message)

    def test_letter_in_the_document_field_is_passed_over_and_said(self):
        letter = self.upload("order.docx", DOCX)
        invoice = self.invoice(self.harbour, **{FIELD: {"id": letter}})
        move = self.mirrored(invoice, **self.field_settings())

        self.open(move)
        self.open(move)

        self.assertEqual(self.document_calls(), [f"file {letter}", "print"])
        self.assert_official(move, move.invoice_pdf_report_id.raw)
        self.assertIn("order.docx", move.netsuite_pdf_message)
        self.assertIn("order.docx", move.message_ids[0].body)
        issue = self.open_issues(self.connection, "document")
        self.assertEqual(issue.record_ids, move.netsuite_record_id)

        signed = self.upload("signed.pdf")
        self.edit(invoice, **{FIELD: {"id": signed}})
        self.open(move)

        self.assert_official(move, PDF)
        self.assertFalse(self.open_issues(self.connection, "document"))

    def test_letter_means_no_pdf_where_only_the_field_counts(self):
        letter = self.upload("order.docx", DOCX)
        invoice = self.invoice(self.harbour, **{FIELD: {"id": letter}})
        move = self.mirrored(invoice, **self.field_settings("field_only"))

        self.open(move)
        self.open(move)

        self.assertEqual(self.document_calls(), [f"file {letter}"])
        self.assertFalse(move.invoice_pdf_report_id)
        self.assertEqual(move.netsuite_pdf_state, "failed")
        self.assertIn("order.docx", move.netsuite_pdf_message)

    def test_replaced_file_replaces_the_attachment_once(self):
        invoice = self.invoice(self.harbour, **{FIELD: {"id": self.upload("signed.pdf")}})
        move = self.mirrored(invoice, **self.field_settings())
        self.open(move)
        before = move.invoice_pdf_report_id
        again = self.upload("signed again.pdf", OTHER_PDF)

        self.edit(invoice, **{FIELD: {"id": again}})
        for _time in range(3):
            self.open(move)

        self.assertEqual(self.document_calls(), [f"file {again}"])
        self.assert_official(move, OTHER_PDF)
        self.assertEqual(self.history(move), before)

    def test_amount_changed_in_netsuite_sends_the_old_file_no_more(self):
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, 120, **{FIELD: {"id": scan}})
        move = self.mirrored(invoice, **self.field_settings())
        self.open(move)

        self.edit(invoice, item={"items": [{"line": 1, "rate": 150}]})
        self.assertFalse(move.invoice_pdf_report_id)
        self.open(move)

        self.assert_official(move, PDF)
        self.assertFalse(move._netsuite_other_files())

    def test_changed_document_with_the_same_file_costs_no_download(self):
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        move = self.mirrored(invoice, **self.field_settings())
        self.open(move)
        before = move.invoice_pdf_report_id

        self.edit(invoice, memo="Call first")
        self.open(move)

        self.assertEqual(self.document_calls(), [])
        self.assertEqual(move.invoice_pdf_report_id, before)
        self.assertEqual(move.netsuite_pdf_state, "current")

    def test_daily_check_notices_a_file_replaced_under_the_same_id(self):
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        move = self.mirrored(invoice, **self.field_settings())
        self.open(move)
        self.later(60)
        self.assertEqual(self.upload("signed.pdf", OTHER_PDF), scan)

        self.connection._drive_daily()
        self.simulator.clear_requests()
        self.open(move)

        self.assertEqual(self.document_calls(), [f"file {scan}"])
        self.assert_official(move, OTHER_PDF)

    def test_role_without_sight_of_files_still_gets_the_field_s_file(self):
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        move = self.mirrored(invoice, **self.field_settings())
        self.simulator.fault("permission_missing", times=None, record="file")

        self.open(move)

        self.assert_official(move, PDF)

    def test_deleted_file_is_passed_over_and_said(self):
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        move = self.mirrored(invoice, **self.field_settings())
        self.simulator.act("delete_file", id=scan)

        self.open(move)

        self.assertEqual(self.document_calls(), [f"file {scan}", "print"])
        self.assertIn("no longer in NetSuite's File Cabinet", move.netsuite_pdf_message)

    def test_field_that_netsuite_does_not_know_is_said_once(self):
        settings = {"pdf_source": "field", "pdf_field_invoice": "custbody_unknown"}
        moves = self.mirrored(
            self.invoice(self.harbour, 10), self.invoice(self.harbour, 20), **settings
        )

        moves._netsuite_fetch_pdfs()

        self.assertEqual(self.document_calls(), ["print", "print"])
        issue = self.open_issues(self.connection, "document")
        self.assertIn("custbody_unknown", issue.title)
        self.assertEqual(issue.record_count, 2)

    def test_field_that_cannot_be_one_is_refused_in_the_settings(self):
        connection = self.connection
        for field in ("invoice_pdf", "custbody x", "custbody_x) FROM t--"):
            with self.subTest(field=field), self.assertRaises(ValidationError):
                connection.pdf_field_invoice = field
        with self.assertRaises(ValidationError):
            connection.write({"pdf_source": "field_only", "pdf_field_invoice": False})
        connection.write({"pdf_source": "field", "pdf_field_invoice": " custbody_Invoice_PDF "})
        self.assertEqual(connection.pdf_field_invoice, FIELD)
