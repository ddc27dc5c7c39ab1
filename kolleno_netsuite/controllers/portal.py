from odoo.addons.account.controllers.portal import PortalAccount
from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route


class NetsuitePortalAccount(PortalAccount):
    """Customers see and download NetSuite's PDF of a mirrored invoice."""

    @route()
    def portal_my_invoice_detail(
        self, invoice_id, access_token=None, report_type=None, download=False, **kw
    ):
        if report_type in ("html", "pdf"):
            page = self._netsuite_document_page(invoice_id, access_token, report_type)
            if page:
                return page
        return super().portal_my_invoice_detail(
            invoice_id, access_token=access_token, report_type=report_type, download=download, **kw
        )

    def _netsuite_document_page(self, invoice_id, access_token, report_type):
        """Return the page that shows NetSuite's PDF, or says that it is not there.

        :return: None where Odoo's own answer is right: for other documents, and for a PDF that
            is there.
        """
        try:
            invoice = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return None
        if not invoice._netsuite_pdf_wanted():
            return None
        # The customer is not told what NetSuite refused; the document's NetSuite tab does.
        invoice._netsuite_fetch_pdfs()
        if report_type == "pdf" and invoice.invoice_pdf_report_id:
            return None
        return request.render(
            "kolleno_netsuite.portal_invoice_document",
            {
                "invoice": invoice,
                "pdf_url": invoice.invoice_pdf_report_id
                and invoice.get_portal_url(report_type="pdf"),
            },
        )
