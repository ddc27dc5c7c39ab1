from odoo import fields, models


class NetsuiteSession(models.Model):
    """What all Odoo processes share while they speak to one NetSuite account.

    Kept apart from the connection, and written by a cursor of its own, so that a new
    access token or a narrower limit never collides with a booking transaction.
    """

    _name = "netsuite.session"
    _description = "NetSuite Session"
    _rec_name = "connection_id"

    connection_id = fields.Many2one("netsuite.connection", required=True, ondelete="cascade")
    access_token = fields.Char(
        groups="base.group_system", copy=False, prefetch=False, exportable=False
    )
    token_expires_at = fields.Datetime(groups="base.group_system", copy=False)
    width = fields.Integer(
        help=("Number of simultaneous calls allowed now; 0 means the connection's limit.")
    )
    width_changed_at = fields.Datetime()
    rejected_count = fields.Integer(
        help="Calls that NetSuite refused because too many were running."
    )

    _connection_unique = models.UniqueIndex("(connection_id)", "A connection has only one session.")
