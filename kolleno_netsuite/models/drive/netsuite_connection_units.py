from datetime import timedelta

from odoo import fields, models

from ...const import (
    BOOK_CHUNK,
    POISON_ATTEMPTS,
)

# A run that has not finished nor been touched for this long lost its process.
STALE_RUN_HOURS = 6


class NetsuiteConnection(models.Model):
    """The units of work: each is one transaction, and none commits."""

    _inherit = "netsuite.connection"

    # === READING === #

    def _due_streams(self, phases=None):
        """Return the streams to read now, in the order of their dependencies."""
        self.ensure_one()
        now = fields.Datetime.now()
        streams = self.stream_ids.filtered(
            lambda stream: (
                stream.active
                and (not stream.next_read_at or stream.next_read_at <= now)
                and (not phases or stream.phase in phases)
            )
        )
        phase_order = {"open": 0, "regular": 0, "history": 1}
        return streams.sorted(lambda stream: (phase_order[stream.phase], stream.sequence))

    def _begin_reading(self, streams):
        """Take aside what cannot be asked for, and return the run that counts what is read."""
        self.env["netsuite.fetch"]._begin_reading(streams)
        return self._open_run()

    def _may_read_now(self):
        """Tell whether changes may be read: at the hours meant for it, unless someone asked.

        What a person or the daily check asked for is done at any hour.
        """
        self.ensure_one()
        asked_by = self._running_run().asked_by
        if asked_by == "person" or (asked_by == "daily" and self.daily_active):
            return True
        return self.fetch_active and self._in_business_hours()

    def _reads_on(self):
        """Tell whether something is still to be read before the run can end."""
        self.ensure_one()
        streams = self._due_streams()
        if any(stream.phase != "regular" for stream in streams) or self._history_due():
            return True
        return bool(streams) and self._may_read_now()

    def _end_asked_reading(self, run):
        """Let the switches and the hours count again: what someone asked for has been read.

        What became due again meanwhile is read like any other change.
        """
        unread = any(stream.phase != "regular" for stream in self._due_streams())
        if run.asked_by and not unread and not self._history_due():
            run.asked_by = False

    # === BOOKING AND PROVING === #

    def _claim_chunk(self):
        """Return the next records to book, counted as tried.

        The count is committed before the work: a record that kills the process three times
        is set aside instead of killing it for ever.
        """
        Record = self.env["netsuite.record"]
        due = [
            ("connection_id", "=", self.id),
            ("state", "=", "pending"),
            "|",
            ("next_try", "=", False),
            ("next_try", "<=", fields.Datetime.now()),
        ]
        # Mostly there is nothing, and one query says so for all types.
        order = self._booking_order() if Record.search_count(due, limit=1) else ()
        for domain in order:
            records = Record.search(
                [*due, *domain], order="attempts, internal_id", limit=BOOK_CHUNK
            )
            if not records:
                continue
            poisoned = records.filtered(lambda record: record.attempts >= POISON_ATTEMPTS)
            if poisoned:
                self._set_aside(poisoned)
                records -= poisoned
            # One that was interrupted before is tried alone, so that it cannot take
            # its neighbours down with it.
            interrupted = records.filtered("attempts")
            records = (records - interrupted) or interrupted[:1]
            for record in records:
                record.attempts += 1
            if records:
                return records
        return Record

    def _set_aside(self, records):
        """Fail records whose booking killed the process each time."""
        records._advance(
            "failed",
            message=self.env._("Booking it stopped the program %s times.", POISON_ATTEMPTS),
        )
        self.env["netsuite.issue"]._touch(
            self,
            "program",
            "poison",
            self.env._("Booking a record stopped the program several times"),
            self.env._("Retry it after checking the server's log; everything else goes on."),
            records=records,
        )

    def _book_chunk(self, records, run):
        """Book one chunk, apply what can be applied now, and count."""
        record_type = records[0].record_type
        new = records.filtered(lambda record: not record.booked_at)
        counts = self.env["netsuite.booking"]._book_chunk(records)
        self.env["netsuite.booking"]._apply_waiting(self)
        created = len(new.filtered(lambda record: record.state == "booked"))
        counts |= {"created": created, "updated": counts["booked"] - created}
        run._count(record_type, **counts)

    def _prove_touched(self, client, run):
        """Prove the customers whose documents changed; all after a first import.

        What an earlier run could not prove is among them, and who has other entries of Odoo's
        own beside since. Who was excluded since the last comparison is compared once more, as
        excluded.
        """
        touched = self._unproved_customers()
        left_out = self.env["netsuite.left.out"]._not_compared(self)
        if run.kind == "daily" or (run.kind == "first" and not touched):
            self.env["netsuite.proof"]._prove(self, client=client)
            return
        customers = {*touched, *left_out, *self.env["netsuite.proof"]._changed_beside(self)}
        if customers:
            self.env["netsuite.proof"]._prove(self, client=client, customer_ids=customers)

    # === HEALING === #

    def _look_back(self):
        """Move the streams' cursors back, so that the next read finds what was missed.

        A run that is going on becomes the daily check: it reads the same, and more.
        """
        run = self._open_run()
        run.write({"kind": "daily", "asked_by": run.asked_by or "daily"})
        since = fields.Datetime.now() - timedelta(days=self.lookback_days)
        for stream in self.stream_ids.filtered(lambda s: s.phase == "regular" and s.in_daily):
            stream.write(
                {
                    "missed_before": stream.cursor_at,
                    "cursor_at": min(stream.cursor_at or since, since),
                    "window_until": False,
                    "cursor_id": 0,
                    "next_read_at": fields.Datetime.now(),
                }
            )

    def _close_stale_runs(self):
        """Close runs that no process works on any more."""
        limit = fields.Datetime.now() - timedelta(hours=STALE_RUN_HOURS)
        stale = self._running_run().filtered(
            # A long booking counts on the lines and leaves the run itself alone.
            lambda run: max([run.write_date, *run.line_ids.mapped("write_date")]) < limit
        )
        stale._close(self.env._("No process worked on it for %s hours.", STALE_RUN_HOURS))

    def _retry_failed_by_time(self):
        """Try again what waits: a thing it needs may have come by a way that notified nobody."""
        blocked = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.id),
                ("state", "=", "blocked"),
                ("booked_at", "=", False),
                ("write_date", "<", fields.Datetime.now() - timedelta(hours=1)),
            ],
            limit=10 * BOOK_CHUNK,
        )
        blocked._requeue()

    def _warn_of_certificate(self):
        """Plan an activity a week before NetSuite stops accepting the certificate."""
        expires = self.certificate_expires_on
        if self.auth_method != "m2m" or not expires:
            return
        if expires > fields.Date.today() + timedelta(days=7):
            return
        self.env["netsuite.issue"]._touch(
            self,
            "sign_in",
            f"certificate:{expires}",
            self.env._("The NetSuite certificate ends on %s", expires),
            self.env._("Create a new key pair on the connection and upload its certificate."),
            severity="1",
        )
