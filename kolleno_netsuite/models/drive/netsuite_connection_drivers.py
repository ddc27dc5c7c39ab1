from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ...client.errors import NetsuiteError
from ...const import LOCK_BOOK, LOCK_STREAM
from ..proof.lost_types import LostTypes
from ..proof.open_item_check import OpenItemCheck
from ..removal.removal import BOOKS_FIRST, BOOKS_LAST
from ..sync.netsuite_connection_driving import Counted, Work
from ..sync.netsuite_connection_steps import Step


class NetsuiteConnection(models.Model):
    """The drivers: they cut the work into units, and only they commit.

    The same units run in crons, behind buttons, in the demo and in tests.
    """

    _inherit = "netsuite.connection"

    # === CRON METHODS === #

    @api.model
    def _cron_fetch(self):
        """Read what NetSuite changed, one page per commit."""
        self._resume_due()
        self._follow_moves()
        self._drive_each("fetch", lambda connection: connection._drive_regular())

    @api.model
    def _cron_book(self):
        """Book what was read, one chunk per commit."""
        self._drive_each("book", lambda connection: connection._drive_book())

    @api.model
    def _cron_heal(self):
        """Take up what was left behind, and warn of what will stop soon."""
        # As with each read: reading may be switched off.
        self._follow_moves()
        self._drive_each("heal", lambda connection: connection._drive_heal())

    @api.model
    def _cron_daily(self):
        """Check each connection whose hour has come: read the last days again, prove everything."""
        if self._drive_each("daily", lambda connection: connection._drive_daily_if_due()):
            self._move_daily_cron()

    # === WORKS === #

    @api.model
    def _works(self):
        work = Work(self.env._("Resynchronisation"), cron="fetch")
        return {**super()._works(), "resync": work}

    @api.model
    def _asked_domain(self, work):
        asked = super()._asked_domain(work)
        if work != "fetch":
            return asked
        queued = self.env["netsuite.resync"].search([("state", "in", ("queued", "running"))])
        return asked | Domain("id", "in", queued.connection_id.ids)

    # === DRIVERS === #

    def _drive(self, on_progress=None):
        """Fetch, book, apply and prove until nothing is left to do.

        :param on_progress: called after each unit with the running `netsuite.run`.
        :return: the run.
        """
        self.ensure_one()
        run = self._drive_fetch(on_progress=on_progress, phases=("open",))
        run = self._drive_book(on_progress=on_progress) or run
        while self._due_streams() or self._history_due():
            run = self._drive_fetch(on_progress=on_progress) or run
            if self.state != "connected" or not self._drive_book(on_progress=on_progress):
                break
        return run

    def _drive_fetch(self, on_progress=None, phases=None):
        """Read all streams that are due.

        :param phases: only streams in one of these phases; all when empty.
        :return: the run, or nothing when another process is reading.
        """
        self.ensure_one()
        with self._locked(LOCK_STREAM) as locked:
            streams = self._due_streams(phases) if locked else self.env["netsuite.stream"]
            completing = locked and not phases and self._history_due()
            if not (streams or completing) or self.state != "connected":
                if locked and not phases:
                    self._commit_unit(self._end_asked_reading, self._running_run(), processed=0)
                return self.env["netsuite.run"]
            run = self._commit_unit(self._begin_reading, streams)
            client = self._client()
            # First of all: what was a merged customer's is still known as that customer's.
            reading, error = self._serve(
                "deletions",
                lambda connection: connection._fetch_deletions(client, run),
                part=True,
            )
            if reading is None or error:
                # After a setback of its own; it keeps nothing else from being read.
                reading = self.state == "connected"
            for stream in streams if reading else ():
                if not self._fetch_apart(client, stream, run, on_progress):
                    break
            else:
                if reading and not phases:
                    self._serve(
                        "completeness",
                        lambda connection: connection._fetch_what_is_new(client, run, on_progress),
                        part=True,
                    )
                if reading:
                    self._serve(
                        "history",
                        lambda connection: connection._drive_history(client, run, on_progress),
                        part=True,
                    )
                    self._commit_unit(self._end_asked_reading, run, processed=0)
            if self.book_active:
                # Booking closes the run, also one that found nothing to book.
                self._commit_unit(self._trigger_cron, "book")
            else:
                while self._finish_run(run, on_progress):
                    pass
            return run

    def _fetch_what_is_new(self, client, run, on_progress=None):
        """Ask once a day what posts to receivables, and read types of which that is the first."""
        if self.state != "connected" or not self._is_completeness_due():
            return
        # A large account may take longer than this process has: others come first, then.
        self._commit_unit(self._put_off_completeness, processed=0)
        started = self._commit_unit(self._ask_completeness, client, client=client, run=run)
        self._commit_unit(self._begin_reading, started, processed=0)
        for stream in started:
            if not self._fetch_apart(client, stream, run, on_progress):
                return

    def _fetch_apart(self, client, stream, run, on_progress=None):
        """Read one stream; an error that nobody foresaw costs that stream only.

        :return: False when reading has to stop.
        """
        going_on, error = self._shielded(
            lambda: self._fetch_stream(client, stream, run, on_progress),
            lambda connection, error: connection._commit_unit(
                connection._note_stream_error, stream, error, client=client, run=run
            ),
            part=True,
        )
        return bool(error) or going_on

    def _fetch_stream(self, client, stream, run, on_progress=None):
        """Read one stream to the end of its window; return False when reading has to stop."""
        try:
            for _documents in self.env["netsuite.fetch"]._read(self, client, stream, run):
                self.env.invalidate_all()
                if on_progress:
                    on_progress(run)
                # The cursor is stored: the next call goes on behind the last page.
                if self._is_interrupted("fetch"):
                    return False
        except NetsuiteError as error:
            return self._commit_refused(error, stream=stream, client=client, run=run)
        return True

    def _drive_book(self, on_progress=None):
        """Book all that is pending, apply, and prove what was touched.

        :return: the run that was going on, or nothing when there was nothing to book or
            another process is booking.
        """
        self.ensure_one()
        with self._locked(LOCK_BOOK) as locked:
            if not locked:
                return self.env["netsuite.run"]
            self._give_back()
            run = self._running_run()
            if not self._take_out_withdrawn():
                return run
            # Before anything is booked: what deleted payments had settled is free then.
            self._take_out_deleted(BOOKS_FIRST)
            while True:
                while records := self._commit_unit(self._claim_chunk, processed=0):
                    run = run or self._commit_unit(self._open_run)
                    with Counted(records, self):
                        self._commit_unit(self._book_chunk, records, run, processed=len(records))
                    # What was booked is not looked at again: a long import stays small.
                    self.env.invalidate_all()
                    if on_progress:
                        on_progress(run)
                    if self._is_interrupted("book"):
                        return run
                if not self._follow_booked(run, on_progress):
                    return run
                self._take_out_deleted(BOOKS_LAST)
                if not run or not self._finish_run(run, on_progress):
                    return run

    def _follow_booked(self, run, on_progress=None):
        """Apply what is booked; return False when work ends before all is applied."""
        while self._commit_unit(self.env["netsuite.booking"]._apply_waiting, self):
            if on_progress and run:
                on_progress(run)
            if self._is_interrupted("book"):
                return False
        while self._commit_unit(self._follow_journal_items):
            self.env.invalidate_all()
            if self._is_interrupted("book"):
                return False
        return True

    def _finish_run(self, run, on_progress=None):
        """Prove what the run touched and close it, once nothing is left to read or book.

        :return: True when the daily check found more to book first.
        """
        if self.state != "connected" or self._reads_on():
            return False
        client = self._client()
        try:
            if run.kind == "daily" and not run.open_items_compared:
                for _page in OpenItemCheck(self, client).compare(run):
                    if self._is_interrupted("book"):
                        return False
                return True
            # Before the proof, which may be refused: all that was read is booked now.
            if LostTypes(self).is_due():
                self._commit_unit(LostTypes(self.sudo()).name, processed=0)
            self._commit_unit(self._prove_touched, client, run, client=client, run=run)
        except NetsuiteError as error:
            self._commit_refused(error, client=client, run=run)
            return False
        self._commit_unit(run._close)
        if on_progress:
            on_progress(run)
        return False

    def _drive_heal(self):
        """Release what waited for something that is there now; close what lost its process."""
        self.ensure_one()
        self._walk(self._heal_steps())

    def _heal_steps(self):
        return [
            *super()._heal_steps(),
            Step(10, partial(self._commit_unit, self._warn_of_certificate)),
            Step(20, partial(self._commit_unit, self._close_stale_runs)),
            Step(30, partial(self._commit_unit, self._retry_failed_by_time)),
        ]

    def _drive_regular(self):
        """Do what persons asked for, then read what is due in the hours meant for it."""
        self.ensure_one()
        self._walk(self._regular_steps())

    def _regular_steps(self):
        return [
            *super()._regular_steps(),
            Step(10, partial(self.env["netsuite.resync"]._drive, self)),
            Step(50, self._drive_fetch_in_hours),
        ]

    def _drive_fetch_in_hours(self):
        if self._may_read_now():
            self._drive_fetch()

    def _drive_daily_if_due(self):
        """Do the daily check when its hour has come."""
        self.ensure_one()
        if self.daily_next_at and self.daily_next_at > fields.Datetime.now():
            return
        self._commit_unit(self._plan_daily)
        self._drive_daily()

    def _drive_daily(self):
        """Do the daily check now: what every room has to look at once a day."""
        self.ensure_one()
        self._walk(self._daily_steps())

    def _daily_steps(self):
        return [*super()._daily_steps(), Step(50, self._drive_look_back)]

    def _drive_look_back(self):
        """Read the last `lookback_days` again, compare all open items, and prove every customer.

        The run that it opens remembers what it is: whichever cron ends it does the rest.
        """
        self.ensure_one()
        self._commit_unit(self._look_back)
        self._drive_fetch()
        if self.book_active:
            self._drive_book()
