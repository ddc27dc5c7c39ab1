from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from odoo import api, models

from ...client.errors import ErrorKind, NetsuiteError
from ...const import LOCK_WRITE, READ_BACK, SEND_PATIENCE, STANDSTILL_CODES, WRITE_CHUNK
from ...mappers.queries.field_values import made_here_query
from ..connection.isolation import isolate
from ..sync.netsuite_connection_steps import Step
from .netsuite_writeback import ENDED, EXTERNAL_ID_PREFIX
from .operation import operation_of

# Calls in a row that NetSuite does not take for a passing reason, before the rest waits as well.
PASSING_IN_A_ROW = 3
# The issue that lists what was not made here, and how much of it is named.
STRANGERS = "writeback:strangers"
MOST_STRANGERS = 100


class NetsuiteConnection(models.Model):
    """The driver of write-backs: one row, one call, one commit.

    That a row is being sent is committed before its call, what came of it right behind it. Whatever
    happens between the two leaves the row *Sending*, and the next turn asks NetSuite what it has.
    """

    _inherit = "netsuite.connection"

    # === CRON METHODS === #

    @api.model
    def _cron_write(self):
        """Send what is to be written to NetSuite, and read back what was sent."""
        self._drive_each("write", lambda connection: connection._drive_write())

    # === DRIVERS === #

    def _drive_write(self, on_progress=None):
        """Settle what was sent, then send what is due, until nothing is left to do.

        :param on_progress: called with the number of calls that were answered.
        """
        self.ensure_one()
        with self._locked(LOCK_WRITE) as locked:
            if not locked:
                return
            client = self._client()
            Writeback = self.env["netsuite.writeback"]
            # Nobody sends while we hold the lock: whoever did has died between call and commit.
            self._commit_unit(Writeback._recover, self, processed=0)
            self._settle(client)
            sent = 0
            while not self._is_writing_stopped():
                rows = self._commit_unit(self._due_writebacks, WRITE_CHUNK, processed=0)
                if not rows and not sent:
                    break
                if not rows:
                    # What follows on the same records goes on behind what is settled.
                    self._settle(client)
                    sent = 0
                    continue
                ready = self._commit_unit(
                    self._look_before, client, rows, client=client, processed=0
                )
                begun, error = self._send_all(ready)
                sent += begun
                if on_progress:
                    on_progress(sent)
                if sent >= READ_BACK:
                    self._settle(client)
                    sent = 0
                # Nothing more is asked of who does not answer.
                if error:
                    raise error
                # What a user changed meanwhile is looked at anew; what is held waits.
                if (
                    ready
                    and not begun
                    and any(row.state == "queued" and row.payload == ready[row] for row in ready)
                ):
                    break
            self._settle(client)

    def _is_writing_stopped(self):
        """Tell whether to end between two calls: paused, switched off, or the time is over."""
        self.invalidate_recordset(["write_active"])
        return not self.write_active or self._is_interrupted("write")

    def _look_before(self, client, rows):
        """Read what NetSuite has before `rows` are sent.

        :return: {write-back that may be sent: its payload, as it was compared}.
        """
        ready = rows.browse()
        for name, group in rows.grouped("operation").items():
            operation = operation_of(self, client, name)
            ready |= self._judged(group, self._judge_before(operation, group))
            # What ends here may have changed in NetSuite since it was read.
            if ended := group.filtered(lambda row: row.state in ENDED):
                self._refresh_mirror(client, ended)
        return {row: row.payload for row in ready}

    @staticmethod
    def _judge_before(operation, group):
        """Return the function that compares a part of `group` with what NetSuite has of all.

        What cannot be turned into a call is found here, before anything is said to be sent.
        """
        seen = operation.look(group)

        def judge(part):
            ready = part._judge_before(seen)
            for row in ready:
                operation.call(row)
            return ready

        return judge

    def _judged(self, rows, judge):
        """Compare `rows`, each at its own risk; return what `judge` returned for those that could.

        :param judge: function of a part of `rows`.
        """
        isolated = isolate(self.env, rows, judge)
        for part, error in isolated.errors:
            part._stop_for_program(error)
        return rows.browse().union(*(found for _part, found in isolated.done if found))

    def _settle(self, client):
        """Read back what was sent, and look up what was not answered, READ_BACK rows at a time."""
        while rows := self._commit_unit(
            self.env["netsuite.writeback"]._to_settle, self, READ_BACK, processed=0
        ):
            for name, group in rows.grouped("operation").items():
                self._commit_unit(
                    self._look_after, client, name, group, client=client, processed=len(group)
                )
            self.env.invalidate_all()
            if self._seconds_left() <= 0:
                self._trigger_cron("write")
                return

    def _look_after(self, client, name, rows):
        """Compare what NetSuite has now with what was meant, and let the mirror follow."""
        seen = operation_of(self, client, name).look(rows)
        self._refresh_mirror(client, rows)
        self._judged(rows, lambda part: part._judge_after(seen))
        self._trigger_cron("book")

    def _refresh_mirror(self, client, rows):
        """Read the records of `rows` again: what we wrote ourselves is no news afterwards."""
        for record_type, group in rows.grouped("record_type").items():
            self.env["netsuite.fetch"]._reread(
                self,
                client,
                record_type,
                ids=sorted(set(group.mapped("netsuite_internal_id"))),
                force=False,
            )

    def _send_all(self, rows):
        """Send write-backs, as many at the same time as the connection may call.

        :param rows: {write-back: its payload, as it was compared}.
        :return: (how many were begun, the `NetsuiteError` because of which the rest was left).
        """
        if not rows:
            return 0, None
        # One slot stays free for people who wait before a screen.
        width = max(1, min(self.concurrency_limit - 1, len(rows)))
        clients = [self._client(SEND_PATIENCE, max_tries=1) for _number in range(width)]
        stop, passing, begun = None, 0, 0
        waiting, running = list(rows.items()), {}
        with ThreadPoolExecutor(width) as pool:
            while running or (waiting and not stop):
                while waiting and clients and not stop:
                    if self._is_writing_stopped():
                        waiting.clear()
                        break
                    row, payload = waiting.pop(0)
                    if not self._commit_unit(row._begin, payload, processed=0):
                        continue
                    begun += 1
                    client = clients.pop()
                    call = operation_of(self, client, row.operation).call(row)
                    running[pool.submit(call, client)] = row, client
                done, _others = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    row, client = running.pop(future)
                    error = future.exception()
                    found = None if error else future.result()
                    self._commit_unit(row._take_answer, found, error, client=client)
                    clients.append(client)
                    passing = passing + 1 if self._is_of_the_line(error) else 0
                    if self._stops_writing(error) or passing >= PASSING_IN_A_ROW:
                        stop = error
        for client in clients:
            client.transport.close()
        return begun, None if self._stands_still(stop) else stop

    @staticmethod
    def _is_of_the_line(error):
        """Tell whether a call failed for what other calls will meet as well."""
        return isinstance(error, NetsuiteError) and (
            error.is_passing or error.kind is ErrorKind.AMBIGUOUS
        )

    @staticmethod
    def _stands_still(error):
        return isinstance(error, NetsuiteError) and error.code in STANDSTILL_CODES

    def _stops_writing(self, error):
        """Tell whether no other call makes sense after `error`."""
        return self._stands_still(error) or (
            isinstance(error, NetsuiteError) and error.kind is ErrorKind.AUTH
        )

    # === WHAT NOBODY HERE HAS MADE === #

    def _drive_strangers(self):
        """Look once a day for what NetSuite got from us and no write-back here accounts for."""
        if not self.write_active:
            return
        client = self._client()
        self._commit_asking("write", self._list_strangers, client, client=client)

    def _list_strangers(self, client):
        """List the records in NetSuite that carry an external id of ours, without a write-back.

        A restored or another database made them, or a write-back was lost.
        """
        made = {row["externalid"]: row for row in client.rows(made_here_query(EXTERNAL_ID_PREFIX))}
        rows = self.env["netsuite.writeback"].search(
            [("connection_id", "=", self.id), ("external_id", "in", list(made))]
        )
        known = set(rows.mapped("external_id"))
        strangers = [
            f"{row.get('tranid') or row['id']} ({row['type']} {row['id']})"
            for external_id, row in made.items()
            if external_id not in known
        ]
        if not strangers:
            self._close_listed([STRANGERS])
            return
        self.env["netsuite.issue"]._touch(
            self,
            "writeback",
            STRANGERS,
            self.env._(
                "Records in NetSuite made by this connector, but not from this database: %s",
                len(strangers),
            ),
            self.env._(
                "Look at them in NetSuite. They come from a copy of this database, or from before "
                "it was restored: make sure that nothing was written twice."
            ),
            severity="1",
            detail="\n".join(strangers[:MOST_STRANGERS]),
        )

    # === STEPS === #

    def _daily_steps(self):
        return [*super()._daily_steps(), Step(80, self._drive_strangers)]

    def _heal_steps(self):
        return [*super()._heal_steps(), Step(35, self._trigger_writing)]

    def _trigger_writing(self):
        """Take up what a stopped process left behind, or what is due again."""
        if self.env["netsuite.writeback"]._is_work(self):
            self._commit_unit(self._trigger_cron, "write", processed=0)
