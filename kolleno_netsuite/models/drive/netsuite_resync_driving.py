from datetime import timedelta

from odoo import api, fields, models

from ...client.errors import NetsuiteError
from ...const import POISON_ATTEMPTS, RESYNC_LOG_DAYS
from ..sync.netsuite_connection_driving import Counted


class NetsuiteResync(models.Model):
    """Working off what was asked for in the background, and telling whoever asked."""

    _inherit = "netsuite.resync"

    attempts = fields.Integer(
        readonly=True, aggregator=None, help="How often the background work took it up."
    )

    # === CRON METHODS === #

    @api.autovacuum
    def _gc_resyncs(self):
        """Delete results older than `RESYNC_LOG_DAYS` days."""
        limit = fields.Datetime.now() - timedelta(days=RESYNC_LOG_DAYS)
        batch = self.search(
            [("state", "in", ("done", "failed")), ("create_date", "<", limit)], limit=1_000
        )
        batch.unlink()
        return len(batch), len(batch) == 1_000

    @api.model
    def _drive(self, connection):
        """Work off what is queued for a connection, each customer in a commit of its own.

        One that was running when its process died is done again: nothing of it was committed.
        """
        connection._give_back()
        client = None
        while resync := connection._commit_unit(self._claim, connection, processed=0):
            try:
                with Counted(resync, connection):
                    client = client or connection._client()
                    resync._work_apart(client)
            except NetsuiteError as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                connection._commit_unit(resync._fail, error, client=client)
                if not connection._commit_unit(
                    connection._take_note_of_error, error, None, client=client
                ):
                    return
            connection._commit_unit(resync._tell)
            if connection._is_interrupted("fetch"):
                return

    def _work_apart(self, client):
        """Read it again; an error that nobody foresaw costs this one only; commits."""
        self.ensure_one()
        connection = self.connection_id
        connection._shielded(
            lambda: connection._commit_unit(self._work, client, client=client),
            lambda here, error: here._commit_unit(
                self._give_up,
                self.env._("Stopped by an error of the program:"),
                here._reason(error),
            ),
            part=True,
        )

    @api.model
    def _claim(self, connection):
        """Return the next one, counted as tried; empty when there is none.

        The count is committed before the work: one that kills the process each time is given up
        instead of being taken up for ever.
        """
        while resync := self.search(
            [("connection_id", "=", connection.id), ("state", "in", ("queued", "running"))],
            order="id",
            limit=1,
        ):
            if resync.attempts < POISON_ATTEMPTS:
                resync._advance(
                    "running", started_at=fields.Datetime.now(), attempts=resync.attempts + 1
                )
                return resync
            resync._advance(
                "failed",
                finished_at=fields.Datetime.now(),
                message=self.env._(
                    "%(name)s: reading it again stopped the program %(times)s times, so it was "
                    "given up. Nothing of it was changed; the server's log tells more.",
                    name=resync.record_id.name,
                    times=POISON_ATTEMPTS,
                ),
            )
            resync._tell()
        return self

    def _fail(self, error):
        self._give_up(*self.connection_id._error_sentences(error))

    def _give_up(self, title, advice):
        self.ensure_one()
        self._advance(
            "failed", finished_at=fields.Datetime.now(), message=f"{title} {advice}".strip()
        )

    def _tell(self):
        """Show whoever asked what came of it, where they are in Odoo right now."""
        for resync in self:
            trouble = resync.state == "failed" or resync.failed or resync.waiting
            resync.user_id._bus_send(
                "simple_notification",
                {
                    "type": "warning" if trouble else "success",
                    "title": self.env._("Read again from NetSuite"),
                    "message": resync.message or "",
                    "sticky": bool(trouble),
                },
            )
