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
