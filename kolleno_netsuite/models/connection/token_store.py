"""Where the session's token is kept."""

from odoo.tools import SQL

from ...client.auth import Token
from .autonomous_cursor import autonomous_cursor


class SessionTokenStore:
    """Keeps the access token where every Odoo process finds it."""

    def __init__(self, dbname, connection_id):
        self._dbname = dbname
        self._connection_id = connection_id
        # A connection that is being created in this transaction has no row to others yet.
        self._unsaved = None

    def get(self):
        """Return the stored token, or None; another process may just have renewed it."""
        with autonomous_cursor(self._dbname) as cr:
            cr.execute(
                SQL(
                    """SELECT access_token,
                              EXTRACT(epoch FROM token_expires_at AT TIME ZONE 'UTC')::float
                       FROM netsuite_session
                       WHERE connection_id = %s AND access_token IS NOT NULL""",
                    self._connection_id,
                )
            )
            row = cr.fetchone()
        return Token(*row) if row else self._unsaved

    def put(self, token):
        """Keep a new token, or forget the old one when `token` is None."""
        self._unsaved = token
        with autonomous_cursor(self._dbname) as cr:
            cr.execute(
                SQL(
                    """UPDATE netsuite_session SET access_token = %s,
                              token_expires_at = to_timestamp(%s) AT TIME ZONE 'UTC'
                       WHERE connection_id = %s""",
                    token.value if token else None,
                    token.expires_at if token else None,
                    self._connection_id,
                )
            )
