from odoo import fields, models


class IrAttachment(models.Model):
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
