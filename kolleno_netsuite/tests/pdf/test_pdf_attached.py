from datetime import timedelta

from odoo.tests import tagged

from ...models.pdf.ir_attachment import ONLY_SAVED
from ..support.pdf_case import DOCX, OTHER_PDF, PDF, DocumentCase


@tagged("post_install", "-at_install")
class TestDocumentAttached(DocumentCase):
    """Files that are attached to the document in NetSuite."""

    def test_newest_attached_file_by_name_is_the_official_pdf(self):
        invoice = self.invoice(self.harbour, tranId="INV7")
        other = self.invoice(self.harbour, tranId="INV8")
        self.upload("INV7.pdf", attach_to=invoice)
        self.later(60)
        scan = self.upload("inv7 signed.PDF", OTHER_PDF, attach_to=invoice)
        self.upload("order.docx", DOCX, attach_to=invoice)
        moves = self.mirrored(invoice, other, pdf_source="attached")

        moves._netsuite_fetch_pdfs()

        self.assertEqual(self.document_calls(), ["list", f"file {scan}", "list", "print"])
        self.assert_official(moves[0], OTHER_PDF)
        self.assertEqual(moves.mapped("netsuite_pdf_source"), ["attached", "generated"])

    def test_attached_file_of_another_kind_is_passed_over(self):
        invoice = self.invoice(self.harbour, tranId="INV7")
        letter = self.upload("INV7 order.docx", DOCX, attach_to=invoice)
        move = self.mirrored(invoice, pdf_source="attached", pdf_pattern="{tranId}*")

        self.open(move)

        self.assertEqual(self.document_calls(), ["list", f"file {letter}", "print"])
        self.assertIn("INV7 order.docx", move.netsuite_pdf_message)

    def test_other_attachments_come_with_it_and_leave_with_it(self):
        invoice = self.invoice(self.harbour)
        letter = self.upload("order.docx", DOCX, attach_to=invoice)
        scan = self.upload("proof.pdf", PDF, attach_to=invoice)
        move = self.mirrored(invoice, pdf_attachments=True)
        self.open(move)
        self.assertEqual(self.document_calls(), ["print", "list", f"file {letter}", f"file {scan}"])
        self.assertEqual(
            {file.name: file.raw for file in move._netsuite_other_files()},
            {"order.docx": DOCX, "proof.pdf": PDF},
        )

        self.simulator.act("detach_file", file=scan, transaction=invoice)
        self.edit(invoice, memo="Without proof")
        self.open(move)

        self.assertEqual(self.document_calls(), ["print", "list"])
        self.assertEqual(move._netsuite_other_files().mapped("name"), ["order.docx"])

    def test_files_that_can_hold_programs_are_only_saved(self):
        invoice = self.invoice(self.harbour)
        page = b"<html><body><script>alert(1)</script></body></html>"
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        files = {
            "note.html": (page, ONLY_SAVED),
            "note.HTM": (page, ONLY_SAVED),
            "note": (page, ONLY_SAVED),
            "note.xhtml": (page, ONLY_SAVED),
            "logo.svg": (drawing, ONLY_SAVED),
            "logo": (drawing, ONLY_SAVED),
            "order.xml": (b"<?xml version='1.0'?><order/>", ONLY_SAVED),
            "run.js": (b"alert(1)", ONLY_SAVED),
            "page.mht": (b"MIME-Version: 1.0", ONLY_SAVED),
            "proof.pdf": (PDF, "application/pdf"),
            "order.docx": (
                DOCX,
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
        }
        for name, (contents, _mimetype) in files.items():
            self.upload(name, contents, attach_to=invoice)
        move = self.mirrored(invoice, pdf_attachments=True)

        self.open(move)

        self.assertEqual(
            {file.name: file.mimetype for file in move._netsuite_other_files()},
            {name: mimetype for name, (_contents, mimetype) in files.items()},
        )

    def test_file_attached_later_is_noticed_by_the_next_check(self):
        invoice, other = self.invoice(self.harbour), self.invoice(self.harbour)
        letter = self.upload("order.docx", DOCX)
        move, unopened = self.mirrored(invoice, other, pdf_attachments=True)
        self.open(move)
        self.later(3600)
        self.record_of(self.connection, "invoice", invoice).pdf_listed_at -= timedelta(hours=2)
        self.simulator.act("attach_file", file=letter, transaction=invoice)
        scan = self.upload("proof.pdf", PDF, attach_to=invoice)
        self.simulator.clear_requests()
        self.open(move)
        self.assertEqual(self.document_calls(), [])

        self.connection._drive_changed_files()
        self.assertEqual(self.document_calls(), [])
        self.open(move)

        # Nothing is printed once more for it.
        self.assertEqual(self.document_calls(), ["list", f"file {letter}", f"file {scan}"])
        names = sorted(move._netsuite_other_files().mapped("name"))
        self.assertEqual(names, ["order.docx", "proof.pdf"])
        self.assertEqual((move.netsuite_pdf_state, unopened.netsuite_pdf_state), ("current", "due"))
        self.connection._drive_changed_files()
        self.open(move)
        self.assertEqual(self.document_calls()[3:], ["list"])

    def test_old_file_attached_later_is_seen_a_day_after_the_last_look(self):
        invoice = self.invoice(self.harbour, tranId="INV7")
        scan = self.upload("INV7 signed.pdf", OTHER_PDF)
        move = self.mirrored(invoice, pdf_source="attached")
        self.open(move)
        self.assertEqual(move.netsuite_pdf_source, "generated")
        self.simulator.act("attach_file", file=scan, transaction=invoice)
        self.simulator.clear_requests()
        record = self.record_of(self.connection, "invoice", invoice)
        record.pdf_listed_at -= timedelta(hours=25)

        self.open(move)

        self.assertEqual(self.document_calls(), ["list", f"file {scan}"])
        self.assert_official(move, OTHER_PDF)
        self.assertEqual(move.netsuite_pdf_source, "attached")

    def test_files_that_cannot_be_listed_leave_the_pdf_as_it_is(self):
        invoices = [self.invoice(self.harbour) for _number in range(2)]
        moves = self.mirrored(*invoices, pdf_attachments=True)
        moves._netsuite_fetch_pdfs()
        records = moves.netsuite_record_id
        for record in records:
            record.pdf_listed_at -= timedelta(hours=25)
        self.simulator.clear_requests()
        self.simulator.fault("503", times=None, match="restlet")

        self.assertEqual(moves._netsuite_fetch_pdfs(), {})

        # One answer is enough to know, and the next one who looks asks again.
        self.assertEqual(self.document_calls(), ["list"])
        self.assertEqual(set(moves.mapped("netsuite_pdf_state")), {"current"})
        self.assertTrue(all(record._pdf_files_due() for record in records))
