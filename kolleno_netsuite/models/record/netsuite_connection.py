from odoo import models


class NetsuiteConnection(models.Model):
    """The run that the work of a connection is counted in."""

    _inherit = "netsuite.connection"

    # === BUSINESS METHODS === #

    def _running_run(self):
        """Return the running run, empty when there is none."""
        # sudo: netsuite.run - only the sync writes them
        Run = self.env["netsuite.run"].sudo()
        domain = [("connection_id", "=", self.id), ("state", "=", "running")]
        # A comparison of ids goes on beside it.
        return Run.search([*domain, ("kind", "!=", "comparison")], limit=1)

    def _open_run(self):
        """Return the running run, or start one."""
        self.ensure_one()
        run = self._running_run()
        if run:
            return run
        first = any(stream.phase != "regular" for stream in self.stream_ids)
        run = run.create({"connection_id": self.id, "kind": "first" if first else "regular"})
        run._note_booked_before()
        return run
