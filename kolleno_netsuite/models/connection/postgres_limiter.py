"""The account's limit of calls at once, shared by all workers."""

import time
from contextlib import contextmanager

from odoo.tools import SQL

from ...client.errors import ConcurrencyError
from ...client.limiter import PATIENCE_SECONDS, AdaptiveWidth
from ...const import LOCK_CALL_SLOT, MOST_CALLS_AT_ONCE
from .autonomous_cursor import autonomous_cursor

SLOT_POLL_SECONDS = 0.05


class PostgresqlLimiter:
    """Slots that all Odoo processes share, kept as advisory locks of PostgreSQL.

    A lock belongs to the database session that took it, so a process that dies frees its
    slots. A cursor of its own keeps the slots out of the work's transaction.

    :param dbname: database whose processes share the slots.
    :param connection_id: the `netsuite.connection` that is being limited.
    :param limit: the most calls in flight; above `MOST_CALLS_AT_ONCE` it is that.
    :param patience: seconds to wait for a slot.
    """

    def __init__(self, dbname, connection_id, limit, patience=PATIENCE_SECONDS):
        self._dbname = dbname
        self._connection_id = connection_id
        self._limit = min(limit, MOST_CALLS_AT_ONCE)
        self._patience = patience

    @contextmanager
    def slot(self):
        """Hold one slot for the time of one call.

        :raise ConcurrencyError: no slot became free in time; nothing was sent.
        """
        with autonomous_cursor(self._dbname) as cr:
            key = self._wait_for_slot(cr)
            try:
                yield
            finally:
                cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK_CALL_SLOT, key))

    def refused(self, sent_at):
        """Halve the width after NetSuite refused a call that was sent at `sent_at`."""
        with autonomous_cursor(self._dbname) as cr:
            adaptive = self._read(cr).refused(time.time(), sent_at)
            cr.execute(
                SQL(
                    """UPDATE netsuite_session SET width = %s,
                       rejected_count = COALESCE(rejected_count, 0) + 1,
                       width_changed_at = to_timestamp(%s) AT TIME ZONE 'UTC'
                       WHERE connection_id = %s""",
                    adaptive.width,
                    adaptive.since,
                    self._connection_id,
                )
            )

    def _read(self, cr):
        cr.execute(
            SQL(
                """SELECT width, EXTRACT(epoch FROM width_changed_at AT TIME ZONE 'UTC')::float
                   FROM netsuite_session WHERE connection_id = %s AND width > 0""",
                self._connection_id,
            )
        )
        row = cr.fetchone()
        return AdaptiveWidth(self._limit, *row) if row else AdaptiveWidth(self._limit)

    def _wait_for_slot(self, cr):
        deadline = time.monotonic() + self._patience
        while True:
            width = self._read(cr).at(time.time())
            for slot in range(width):
                key = self._connection_id * MOST_CALLS_AT_ONCE + slot
                cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK_CALL_SLOT, key))
                if cr.fetchone()[0]:
                    return key
            if time.monotonic() > deadline:
                raise ConcurrencyError("NO_FREE_SLOT", detail="No slot for a call became free.")
            time.sleep(SLOT_POLL_SECONDS)
