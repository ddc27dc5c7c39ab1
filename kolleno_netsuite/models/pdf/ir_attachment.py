from os.path import splitext

from odoo import fields, models
from odoo.tools.misc import format_datetime


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

    def _netsuite_keep_as_history(self):
        """Keep files that are not NetSuite's present ones: listed on the document, not sent."""
        moment = format_datetime(self.env, fields.Datetime.now(), dt_format="yyyy-MM-dd HH.mm")
        for attachment in self:
            name, extension = splitext(attachment.name)
            name = self.env._("%(name)s (until %(moment)s)", name=name, moment=moment)
            attachment.write(
                {"name": f"{name}{extension}", "res_field": False, "netsuite_file_id": 0}
            )
