from odoo import api, models

from ...const import LOCK_DOCUMENTS


class NetsuiteConnection(models.Model):
    """Sends e-mails that waited for their PDF."""

    _inherit = "netsuite.connection"

    # === DRIVERS === #

    @api.model
    def _drive_all_held_mails(self):
        """Try the held e-mails of every connection."""
        self._drive_each("held", lambda connection: connection._drive_held_mails())

    def _drive_held_mails(self):
        """Try each held e-mail once, one per commit."""
        self.ensure_one()
        moves = self._held_moves()
        if not moves:
            return
        with self._locked(LOCK_DOCUMENTS) as locked:
            if locked:
                self._each_apart(self._held_units(moves))

    def _held_units(self, moves):
        """Yield what tries each e-mail, until there is no time left."""
        for move in moves:
            yield lambda move=move: self._commit_unit(move._netsuite_try_held)
            if self._is_interrupted("documents"):
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
