import re

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..support.pdf_case import FIELD, PDF, DocumentCase


@tagged("post_install", "-at_install")
class DocumentHttpCase(DocumentCase, HttpCase):
    """Mirrored documents, and Odoo's server to ask for them."""

    def mirrored(self, *internal_ids, **settings):
        """Import as elsewhere, then leave the drivers' cursor: the server waits for it."""
        moves = super().mirrored(*internal_ids, **settings)
        self.env["ir.cron"]._commit_progress()
        self.env.cr.close()
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        self.env.transaction.default_env = self.env
        self.connection = self.connection.with_env(self.env)
        return moves.with_env(self.env)


@tagged("post_install", "-at_install")
class TestDocumentPortal(DocumentHttpCase):
    """What a customer sees, and what accountants download."""

    def signed(self):
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        return self.mirrored(invoice, pdf_source="field", pdf_field_invoice=FIELD)

    def fetch(self, url):
        """Open an address of the server after writing what is pending."""
        self.env.flush_all()
        return self.url_open(url)

    def test_customer_downloads_and_sees_netsuite_s_pdf(self):
        move = self.signed()

        download = self.fetch(move.get_portal_url(report_type="pdf", download=True))
        preview = self.fetch(move.get_portal_url(report_type="html"))
        inline = self.fetch(move.get_portal_url(report_type="pdf"))

        self.assertEqual(download.content, PDF)
        self.assertEqual(inline.content, PDF)
        self.assertEqual(inline.headers["Content-Type"], "application/pdf")
        self.assertIn('id="wrapwrap"', preview.text)
        self.assertTrue(re.search(r'<object[^>]+data="[^"]+report_type=pdf', preview.text))
        self.assertEqual(len(self.document_calls()), 1)

    def test_customer_is_told_politely_when_the_pdf_is_not_there(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.fault("permission_files", times=None)

        for options in ({"report_type": "html"}, {"report_type": "pdf", "download": True}):
            page = self.fetch(move.get_portal_url(**options))

            self.assertIn("not available just now", page.text)
            self.assertNotIn("Documents and Files", page.text)
            self.assertFalse(page.content.startswith(b"%PDF-"))
        self.assertEqual(len(self.document_calls()), 1)
        self.env.invalidate_all()
        self.assertIn("Documents and Files", move.netsuite_pdf_message)

    def test_accountant_downloads_netsuite_s_pdf_or_reads_why_not(self):
        move = self.signed()
        new_test_user(
            self.env,
            login="pdf_accountant",
            groups="base.group_user,account.group_account_invoice",
            company_id=move.company_id.id,
            company_ids=[Command.set(move.company_id.ids)],
        )
        self.authenticate("pdf_accountant", "pdf_accountant")

        printed = self.fetch(f"/report/pdf/account.report_invoice_with_payments/{move.id}")
        download = self.fetch(f"/account/download_invoice_documents/{move.id}/pdf")
        shown = self.fetch(move.action_netsuite_show_pdf()["url"])

        self.assertEqual(len(self.document_calls()), 1)
        self.assertEqual([download.content, shown.content, printed.content], [PDF, PDF, PDF])

        self.simulator.switches(document_restlet=False)
        self.connection.pdf_source = "generated"
        move.invoice_pdf_report_id.sudo().res_field = False
        refused = self.fetch(f"/account/download_invoice_documents/{move.id}/pdf")
        self.assertNotEqual(refused.status_code, 200)
        self.assertIn("not deployed", refused.text)

    def test_stranger_without_the_link_s_key_fetches_nothing(self):
        move = self.signed()

        page = self.fetch(f"/my/invoices/{move.id}?report_type=pdf&download=true")

        self.assertFalse(page.content.startswith(b"%PDF-"))
        self.assertEqual(self.document_calls(), [])
