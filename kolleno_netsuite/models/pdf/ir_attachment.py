from os.path import splitext

from odoo import api, fields, models
from odoo.tools.misc import format_datetime

# What a browser shows, or an office program opens, without running what stands in it.
HARMLESS = (
    *("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"),
    *("image/tiff", "text/plain", "text/csv", "application/zip", "application/msword"),
    *("application/vnd.openxmlformats-", "application/vnd.ms-", "application/vnd.oasis."),
)
# Odoo would look into a file of no known type, and find again what it is.
ONLY_SAVED = "application/x-download"


class IrAttachment(models.Model):
    """Which file of NetSuite's an attachment is."""

    _inherit = "ir.attachment"

    netsuite_connection_id = fields.Many2one(
        "netsuite.connection",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    netsuite_file_id = fields.Integer(
        string="NetSuite File ID",
        readonly=True,
        copy=False,
        help="Internal ID in NetSuite's File Cabinet; 0 for what NetSuite printed, and for "
        "files that were replaced or removed there.",
    )
    netsuite_file_modified = fields.Char(
        readonly=True,
        copy=False,
        help="Last change of the file in NetSuite, in NetSuite's own words.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _netsuite_mimetype(self, name, contents):
        """Return as what a file from NetSuite is kept.

        Pages and drawings that can hold programs are only ever saved: shown by this server, they
        would run with the rights of whoever looks at them.

        :param contents: the bytes of the file.
        """
        mimetype = self._compute_mimetype({"name": name, "raw": contents})
        return mimetype if mimetype.startswith(HARMLESS) else ONLY_SAVED

    def _netsuite_keep_as_history(self):
        """Keep files that are not NetSuite's present ones: listed on the document, not sent."""
        moment = format_datetime(self.env, fields.Datetime.now(), dt_format="yyyy-MM-dd HH.mm")
        for attachment in self:
            name, extension = splitext(attachment.name)
            name = self.env._("%(name)s (until %(moment)s)", name=name, moment=moment)
            attachment.write(
                {"name": f"{name}{extension}", "res_field": False, "netsuite_file_id": 0}
            )
