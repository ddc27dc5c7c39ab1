import time
from datetime import timezone

from odoo import fields, models

from ...client.limiter import AdaptiveWidth


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

    # === BUSINESS METHODS === #

    def _width_now(self):
        """Return how many calls may run at once now: after a refusal, one more each minute."""
        limit = self.connection_id.concurrency_limit
        if not self.width or not self.width_changed_at:
            return limit
        since = self.width_changed_at.replace(tzinfo=timezone.utc).timestamp()
        return AdaptiveWidth(limit, self.width, since).at(time.time())
