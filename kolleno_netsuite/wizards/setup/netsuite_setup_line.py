from odoo import fields, models


class NetsuiteSetupLine(models.Model):
    """What a first import would do with the records of one type."""

    _name = "netsuite.setup.line"
    _description = "NetSuite Set-up Preview"
    _order = "setup_id, sequence, id"

    setup_id = fields.Many2one("netsuite.setup", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer()
    name = fields.Char(string="Records", required=True)
    record_type = fields.Char()
    total = fields.Integer(string="In NetSuite", help="Of those that are read.")
    to_create = fields.Integer()
    known = fields.Integer(
        string="In Odoo Already",
        help="Includes partners recognised by number and name: they are linked, not created.",
    )
    waiting = fields.Integer(help="What they wait for is listed below.")
    left_out = fields.Integer(
        help="Not posted by NetSuite yet, of customers that are not synced, or private and "
        "inactive contacts."
    )
