from odoo import api, models

from ..const import LOCK_DOCUMENTS


class NetsuiteConnection(models.Model):
    """Sends e-mails that waited for their PDF."""

    _inherit = "netsuite.connection"

    # === DRIVERS === #

    @api.model
    def _drive_all_held_mails(self):
        """Try the held e-mails of every connection."""
        held = self.env["account.move"].search([("netsuite_held_at", "!=", False)])
        connections = held.netsuite_record_id.connection_id
        self._drive_safely(
            connections.filtered(lambda connection: connection.state == "connected"),
            lambda connection: connection._drive_held_mails(),
        )

    def _drive_held_mails(self):
        """Try each held e-mail once, one per commit."""
        self.ensure_one()
        with self._locked(LOCK_DOCUMENTS) as locked:
            for move in self._held_moves() if locked else ():
                self._commit_unit(move._netsuite_try_held)
                if self._seconds_left() <= 0:
                    self._poke("documents")
                    return

    def _held_moves(self):
        """Return the documents of this connection with held e-mails, the oldest first."""
        return self.env["account.move"].search(
            [
                ("netsuite_held_at", "!=", False),
                ("netsuite_record_id.connection_id", "=", self.id),
            ],
            order="netsuite_held_at, id",
        )
