"""What the errors of documents (PDFs, files) mean for a person; part of the catalogue."""

# pylint: disable=prefer-env-translation
# There is no environment here: `_` only marks what the Odoo side translates.

from __future__ import annotations

from collections.abc import Mapping

from .catalogue_entry import ErrorInfo, info
from .catalogue_entry import mark as _
from .errors import ErrorKind

_K = ErrorKind
_RESTLETS = "section_4634920277"
_FILES = "section_4205693274"

DOCUMENT_CODES: Mapping[str, ErrorInfo] = {
    "SSS_INVALID_SCRIPTLET_ID": info(
        _K.DATA,
        _("The script that delivers PDFs is not deployed in NetSuite."),
        _(
            "Install the SuiteApp in NetSuite and check that its RESTlet has the status "
            "Released and that the connection's role may use it. Without it, choose Odoo's own "
            "report as the PDF of invoices in the connection's settings."
        ),
        _RESTLETS,
    ),
    "DOCUMENT_PERMISSION": info(
        _K.PERMISSION,
        _("The NetSuite role of the connection may not read PDFs and files."),
        _(
            "In NetSuite, edit the role under Setup > Users/Roles > Manage Roles and add under "
            "Permissions > Lists the permission Documents and Files. The role must also be "
            "allowed to use the SuiteApp's RESTlet."
        ),
        _FILES,
    ),
    "DOCUMENT_SIGN_IN": info(
        _K.PERMISSION,
        _("NetSuite refused the sign-in for PDFs and files."),
        _(
            "Tick the scope RESTlets on the integration record in NetSuite. If other reads are "
            "refused as well, reconnect the account."
        ),
        _RESTLETS,
    ),
    "NO_PDF": info(
        _K.DATA,
        _("The file %(name)s in NetSuite is not a PDF."),
        _("Put a PDF there instead, then get the PDF again."),
        _FILES,
    ),
    "FILE_GONE": info(
        _K.DATA,
        _("The file that the document refers to is no longer in NetSuite's File Cabinet."),
        _("Choose another file on the document in NetSuite, then get the PDF again."),
        _FILES,
    ),
    "FILE_TOO_LARGE": info(
        _K.DATA,
        _("The file in NetSuite is larger than %(limit)s MB, or than NetSuite can deliver."),
        _(
            "Make the file smaller. NetSuite's scripts deliver 10 MB at most; the connection's "
            "own limit is in its settings."
        ),
        _FILES,
    ),
    "DOCUMENT_UNREADABLE": info(
        _K.DATA,
        _("NetSuite sent a document that cannot be read."),
        _("Get the PDF again. If that does not help, check in NetSuite that the file opens there."),
        _RESTLETS,
    ),
    "DOCUMENT_LIST_UNREADABLE": info(
        _K.BUG,
        _("The SuiteApp answered with a list of files that cannot be read."),
        _("Update the SuiteApp in NetSuite, or send the entry of the call log to support."),
        _RESTLETS,
    ),
}
