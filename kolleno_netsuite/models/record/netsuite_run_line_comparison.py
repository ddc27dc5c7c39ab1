from odoo import fields, models


class NetsuiteRunLine(models.Model):
    """How far the ids of one record type are compared, and what was found."""

    _inherit = "netsuite.run.line"

    compared = fields.Boolean(help="All ids of the type were compared.")
    cursor_id = fields.Integer(
        help="Internal ID up to which the type was compared.", aggregator=None
    )
    changed = fields.Integer(
        help="Changed in NetSuite, or given to another customer, without being announced."
    )
    vanished = fields.Integer(
        string="No Longer There",
        help="Here and not in NetSuite's list; each is asked for before it leaves the books.",
    )
