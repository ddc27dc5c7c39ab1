from odoo.addons.account.controllers.download_docs import AccountDocumentDownloadController
from odoo.http import route


class NetsuiteDownloadController(AccountDocumentDownloadController):
    """Downloads of mirrored invoices hold NetSuite's PDF."""

    @route()
    def download_invoice_documents_filetype(self, invoices, filetype, allow_fallback=True):
        invoices.check_access("read")
        if filetype in ("pdf", "all"):
            # All at once, so that a user who downloads many sees each that is missing.
            invoices._netsuite_pdf_or_refuse()
        return super().download_invoice_documents_filetype(
            invoices, filetype, allow_fallback=allow_fallback
        )
