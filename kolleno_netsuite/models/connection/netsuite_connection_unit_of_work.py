import time
from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from ...exceptions import CONCURRENT_CHANGES

UNIT_TRIES = 5


class NetsuiteConnection(models.Model):
    """The unit of work: it is committed, or undone and tried again."""

    _inherit = "netsuite.connection"

    # === BUSINESS METHODS === #

    @api.model
    def _trigger_cron(self, kind, at=None):
        """Let the cron `kind` (fetch, book, heal, daily) run as soon as this commits.

        :param at: not before this time (UTC).
        """
        cron = self.env.ref(f"kolleno_netsuite.ir_cron_{kind}", raise_if_not_found=False)
        if cron:
            # sudo: ir.cron - belongs to the system; users who may press the button may start it
            cron.sudo()._trigger(at=at)

    def _commit_unit(self, unit, *args, client=None, run=None, processed=1):
        """Do one unit of work and commit it; do it again when another process was first.

        :param unit: function that changes the database and never commits.
        :param client: whose log of calls is stored with the unit.
        :return: what `unit` returned.
        """
        tries = 0
        while True:
            stored = []
            try:
                result = unit(*args)
                if client:
                    stored = list(client.calls)
                    self._store_calls(client, run)
                self.env["ir.cron"]._commit_progress(processed)
                return result
            except CONCURRENT_CHANGES:
                self.env.cr.rollback()
                self.env.invalidate_all()
                if client:
                    # Made, but their log was rolled back.
                    client.calls[:0] = stored
                tries += 1
                if tries == UNIT_TRIES:
                    raise
                time.sleep(0.2 * tries)

    def _seconds_left(self):
        """Return how long this cron may still run; without end outside a cron."""
        end = self.env.context.get("cron_end_time")
        return float("inf") if end is None else end - time.monotonic()

    @contextmanager
    def _locked(self, lock):
        """Hold `lock` for this connection over commits; yield False when someone has it.

        The lock belongs to the database session and is freed when the process dies.
        """
        self.ensure_one()
        cr = self.env.cr
        cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", lock, self.id))
        taken = cr.fetchone()[0]
        try:
            yield taken
        finally:
            # A session that is gone holds no lock any more.
            if taken and not cr.closed:
                # A failed transaction answers nothing until it is rolled back.
                if cr.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
                    cr.rollback()
                cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", lock, self.id))
