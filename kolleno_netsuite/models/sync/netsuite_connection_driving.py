import errno
import logging
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html
from psycopg2 import errors as pg_errors

from ...client.errors import ErrorKind, NetsuiteError
from ...const import BACKOFF_MINUTES, RECONNECT_ACTIVITY, STANDSTILL_CODES, TOKEN_LIMIT
from ...exceptions import CannotConnect, DatabaseMoved
from ..connection.hook import hook
from ..connection.isolation import is_infrastructure, is_time_limit

_logger = logging.getLogger(__name__)


# Minutes before an unforeseen error is met again. The first time it may have been a moment's.
PROGRAM_MINUTES = (0, *BACKOFF_MINUTES)
# The server's troubles end by themselves, or someone ends them: it is looked more often.
SERVER_MINUTES = (1, 5, 15)
# NetSuite is there, and does not answer in time.
SLOW_CODES = ("READ_TIMEOUT",)


class Work(NamedTuple):
    """A kind of work that crons do for a connection.

    :param label: what people call it.
    :param switch: the setting that switches it on; empty when nothing does.
    :param cron: the cron that does it; empty for the one of its own name.
    """

    label: str
    switch: str = ""
    cron: str = ""


# Attempts that this process counted and that are not settled yet: {(database, model, connection
# id): record ids}. In memory, because a database that is away can keep nothing.
_COUNTED = {}


class Counted:
    """The time in which records are worked on whose attempt was counted before.

    A killed process, or an error of the program, leaves the attempt counted. What is not the
    records' own fault is remembered, and `_give_back` takes it off again.

    :param records: the records, whose model has a field `attempts`.
    :param connection: the `netsuite.connection` that they belong to.
    """

    def __init__(self, records, connection):
        self._key = (connection.env.cr.dbname, records._name, connection.id)
        self._ids = records.ids

    def __enter__(self):
        _COUNTED[self._key] = self._ids

    def __exit__(self, _kind, error, _traceback):
        if error is None or not (is_infrastructure(error) or isinstance(error, CannotConnect)):
            _COUNTED.pop(self._key, None)


class NetsuiteConnection(models.Model):
    """The one loop of all crons: each connection is served, whatever happens to another one."""

    _inherit = "netsuite.connection"

    setbacks = fields.Json(
        readonly=True,
        copy=False,
        help="What the crons could not do, how often in a row, and when they try again.",
    )

    # === THE LOOP === #

    @api.model
    def _drive_each(self, work, drive):
        """Let `drive` work for each connection that `work` is to be done for.

        :param work: a key of `_works`.
        :param drive: function of a connection.
        :return: False when this process can do no more.
        """
        if self.env.cr.closed:
            return False
        for position, connection in enumerate(self._for_cron(work)):
            # The one before may have taken long: meanwhile this one was paused, perhaps.
            if position and connection not in self._for_cron(work):
                continue
            _result, error = connection._serve(work, drive)
            if error and (self.env.cr.closed or is_time_limit(error)):
                # Odoo calls the cron again, with a new session and with new time.
                return False
        return True

    @hook
    @api.model
    def _works(self):
        """Return {name: `Work`} of all that crons do for a connection."""
        return {
            "fetch": Work(self.env._("Reading changes"), "fetch_active"),
            "book": Work(self.env._("Booking"), "book_active"),
            "heal": Work(self.env._("Healing"), "heal_active"),
            "daily": Work(self.env._("Daily check"), "daily_active"),
        }

    @api.model
    def _for_cron(self, work):
        """Return the connections that a cron works for: connected and switched on.

        What is in set-up, was lost or is paused waits, and what may be a copy, whatever is due.

        :param work: a key of `_works`.
        """
        domain = Domain("state", "=", "connected")
        kind = self._works()[work]
        if kind.switch:
            domain &= Domain([(kind.switch, "=", True)]) | self._asked_domain(work)
        return self.search(domain).filtered(lambda connection: not connection._is_moved())

    @api.model
    def _begun_domain(self):
        """Return which connections are set up: their first import was begun."""
        return Domain("run_ids", "any", [("kind", "!=", "comparison")]) | Domain(
            [("stream_ids.last_success_at", "!=", False)]
        )

    def _is_begun(self):
        """Tell whether the first import was begun; a sign-in before it leads into the set-up."""
        self.ensure_one()
        return bool(self.search_count(Domain("id", "=", self.id) & self._begun_domain(), limit=1))

    @hook
    @api.model
    def _asked_domain(self, work):
        """Return which connections `work` is done for although it is switched off.

        :param work: a key of `_works`.
        """
        if work != "fetch":
            return Domain.FALSE
        return Domain("run_ids", "any", [("state", "=", "running"), ("asked_by", "!=", False)])

    def _serve(self, work, drive, part=False):
        """Let `drive` work for this connection, unless it has to wait after a setback.

        :param work: a key of `_works`.
        :param part: it is only a part: what concerns all of the work is raised.
        :return: (what `drive` returned, the error that ended it), either None.
        """
        self.ensure_one()
        setback = (self.setbacks or {}).get(work)
        if setback and fields.Datetime.to_datetime(setback["until"]) > fields.Datetime.now():
            return None, None

        def served():
            result = drive(self)
            if (self.setbacks or {}).get(work):
                self._commit_unit(self._end_setback, work, processed=0)
            return result

        return self._shielded(
            served,
            lambda connection, error: connection._take_note_of_stop(work, error),
            part=part,
        )

    def _shielded(self, work, note=None, part=False):
        """Do `work`; whatever nobody foresaw in it ends here.

        The only place besides `isolate` that catches everything.

        :param work: function that commits by itself.
        :param note: function of (connection, error) that keeps the error where people look;
            without it the caller does.
        :param part: an error that other parts would meet as well is raised.
        :return: (what `work` returned, the error that ended it), either None.
        """
        try:
            return work(), None
        except Exception as error:
            if part and self._concerns_all(error):
                raise
            if not isinstance(error, (CannotConnect, NetsuiteError)):
                _logger.warning("NetSuite: the work for %s was stopped", self, exc_info=error)
            self._keep_safely(note, error)
            return None, error

    @api.model
    def _concerns_all(self, error):
        """Tell whether an error is not the fault of the part of the work that met it."""
        return is_infrastructure(error) or isinstance(error, (CannotConnect, NetsuiteError))

    def _keep_safely(self, note, error):
        """Undo what is not committed, and let `note` keep the error; never raises."""
        try:
            with self._awake() as connection:
                if note:
                    note(connection, error)
        except Exception:
            _logger.warning("NetSuite: what stopped %s could not be noted", self, exc_info=True)
            self._start_afresh()

    @contextmanager
    def _awake(self):
        """Yield this connection in a transaction that works, of a new session if need be."""
        if self._start_afresh():
            yield self
            return
        # The session of this work is gone for good, and with it the progress of its cron.
        here = {k: v for k, v in self.env.context.items() if k != "ir_cron_progress_id"}
        with self.env.registry.cursor() as cr:
            yield self.with_env(self.env(cr=cr, context=here))

    def _start_afresh(self):
        """Undo what is not committed; return whether the database session is still there."""
        try:
            self.env.cr.rollback()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            return False
        if self.env.cr.closed:
            return False
        self.env.invalidate_all()
        return True

    def _each_apart(self, works):
        """Do each of `works`; raise the first unforeseen error when all had their turn."""
        first = None
        for work in works:
            _result, error = self._shielded(work, part=True)
            first = first or error
        if first:
            raise first

    def _is_interrupted(self, work):
        """Tell whether to end between two units: someone paused it, or the time is over.

        :param work: the cron that goes on when only the time is over.
        """
        self.ensure_one()
        # What others committed since the last unit.
        self.invalidate_recordset(["state"])
        if self.state != "connected":
            return True
        if self._seconds_left() > 0:
            return False
        self._trigger_cron(work)
        return True

    # === SETBACKS === #

    def _take_note_of_stop(self, work, error):
        """Keep what stopped `work` where people look, and plan when it is tried again."""
        if isinstance(error, DatabaseMoved):
            self._commit_unit(self._note_move, processed=0)
        elif isinstance(error, CannotConnect):
            self._commit_unit(self._lose_connection, str(error), "", error, processed=0)
        elif is_infrastructure(error):
            self._give_back()
            self._commit_unit(self._note_trouble, work, error, processed=0)
        elif isinstance(error, NetsuiteError):
            self._commit_unit(self._take_note_of_error, error, None, f"driver:{work}", processed=0)
            self._commit_unit(self._hold_up, work, PROGRAM_MINUTES, processed=0)
        else:
            self._commit_unit(self._note_program_error, work, error, processed=0)

    def _commit_asking(self, work, function, *args, client, run=None):
        """Commit a unit that asks NetSuite; what it refuses is kept where people look.

        :param work: a key of `_works`.
        :return: (what `function` returned, the `NetsuiteError` that undid it), either None.
        """

        def asked():
            result = function(*args)
            self._went_well(work)
            return result

        try:
            return self._commit_unit(asked, client=client, run=run), None
        except NetsuiteError as error:
            self._commit_refused(error, work, client=client, run=run)
            return None, error

    def _commit_refused(self, error, work="", stream=None, *, client, run=None):
        """Undo what is not committed, and keep what NetSuite refused; return whether to read on.

        :param error: the `NetsuiteError`.
        :param work: a key of `_works`; empty for a stream and for the reconciliation.
        :param stream: the stream being read, or None.
        """
        self.env.cr.rollback()
        self.env.invalidate_all()
        asked = f"asked:{work}" if work else ""
        return self._commit_unit(
            self._take_note_of_error, error, stream, asked, client=client, run=run
        )

    def _went_well(self, work):
        """Close what was listed when NetSuite refused `work`: it answered.

        :param work: a key of `_works`.
        """
        self._close_listed([f"asked:{work}"])

    def _close_listed(self, keys):
        """Close what is listed by the name of a work, and give back what it was refused."""
        for key in keys:
            self.env["netsuite.fact"]._works_again(self, key)
        self.env["netsuite.issue"].search(
            [("connection_id", "=", self.id), ("key", "in", keys), ("state", "!=", "solved")]
        )._solve()

    def _take_note_of_error(self, error, stream, asked=""):
        """Keep what NetSuite refused where people look; return whether to read on.

        :param error: the `NetsuiteError`.
        :param stream: the stream being read, or None.
        :param asked: what was asked for when it was no stream: a key of `_works` behind
            ``asked:``, or behind ``driver:`` when the whole work was stopped; empty for the
            reconciliation.
        :return: True when other streams can still be read.
        """
        title, advice = self._error_sentences(error)
        _logger.warning("NetSuite %s: %s", self.account_id, error)
        if error.code in STANDSTILL_CODES:
            return False
        if stream:
            # sudo: netsuite.stream - only the sync writes how far they are
            stream.sudo().write(
                {"last_error": title, "next_read_at": self._next_try(error, stream)}
            )
        if error.kind is ErrorKind.AUTH:
            self._lose_connection(title, advice, error)
            return False
        met_by = stream.record_type if stream else asked or "proof"
        if self._note_lost_right(error, stream, met_by):
            return True
        issue_kind = {
            ErrorKind.TRANSIENT: "network",
            ErrorKind.CONCURRENCY: "network",
            # The answer to a write was lost; what became of it is looked up.
            ErrorKind.AMBIGUOUS: "network",
            ErrorKind.PERMISSION: "permission",
        }.get(error.kind, "program")
        passing = error.is_passing
        slow = error.kind is ErrorKind.CONCURRENCY or error.code in SLOW_CODES
        outage = "busy" if slow else "network"
        if stream:
            what, key = stream._label(), f"stream:{stream.record_type}"
        elif asked:
            what, key = self._works()[asked.partition(":")[2]].label, asked
        else:
            what, key = self.env._("Reconciliation"), "stream:proof"
        self.env["netsuite.issue"]._touch(
            self,
            issue_kind,
            outage if passing else key,
            title if passing else self.env._("%(what)s: %(problem)s", what=what, problem=title),
            advice,
            severity="1" if passing else "2",
            detail=str(error),
        )
        return not passing

    def _note_lost_right(self, error, stream, asked):
        """Keep that what answered before is refused now; return whether it is that.

        :param error: the `NetsuiteError`.
        :param stream: the stream being read, or None.
        :param asked: what met it, and gives it back when it succeeds again.
        """
        lost = self._lost_right(error, stream)
        if not lost:
            return False
        # sudo: netsuite.fact - what is known of the account is the sync's
        lost.sudo()._refuse(asked, error)
        return True

    @hook
    def _lost_right(self, error, stream):
        """Return the `netsuite.fact` of what answered before and NetSuite refuses now, or none.

        :param error: the `NetsuiteError`.
        :param stream: the stream being read, or None.
        """
        return self.env["netsuite.fact"]

    def _next_try(self, error, stream):
        """Return when to read a stream again after `error`."""
        if error.is_passing:
            tries = min(stream.failures, len(BACKOFF_MINUTES) - 1)
            stream.failures += 1
            return fields.Datetime.now() + timedelta(minutes=BACKOFF_MINUTES[tries])
        return fields.Datetime.now() + timedelta(minutes=stream._interval())

    def _lose_connection(self, title, advice, error):
        """Stop all work until someone reconnects, and notify them once."""
        # What keeps Odoo itself from signing in has no code of NetSuite's.
        limited = isinstance(error, NetsuiteError) and error.code == TOKEN_LIMIT
        state = "token_limit" if limited else "reconnect"
        # sudo: netsuite.connection - the sync writes its state, not the user
        self.sudo()._advance(state, state_reason=f"{title} {advice}".strip())
        self.env["netsuite.issue"]._touch(
            self, "sign_in", "sign_in", title, advice, detail=str(error)
        )
        if not self.activity_search([RECONNECT_ACTIVITY]):
            for user in self.responsible_ids or self.env.user:
                self.activity_schedule(
                    RECONNECT_ACTIVITY,
                    note=plaintext2html(self.state_reason or ""),
                    user_id=user.id,
                )

    def _note_program_error(self, work, error):
        """List an error that nobody foresaw, and end the run that met it."""
        title = self.env._(
            "%(work)s: stopped by a program error: %(reason)s",
            work=self._works()[work].label,
            reason=self._reason(error),
        )
        self._touch_program_issue(f"driver:{work}", title, error)
        self._run_of(work)._close(title)
        self._hold_up(work, PROGRAM_MINUTES)

    @hook
    def _run_of(self, work):
        """Return the running run that `work` is counted in; possibly none.

        :param work: a key of `_works`.
        """
        if work in ("fetch", "book", "daily"):
            return self._running_run()
        return self.env["netsuite.run"]

    def _touch_program_issue(self, key, title, error):
        self.env["netsuite.issue"]._touch(
            self,
            "program",
            key,
            title,
            self.env._(
                "Everything else goes on, and this is tried again automatically. If it persists, "
                "give the server's log of this time to the administrator of this Odoo."
            ),
            detail=f"{type(error).__name__}: {error}",
        )

    def _note_stream_error(self, stream, error):
        """List an error that nobody foresaw in reading one stream, and let that stream wait."""
        reason = self._reason(error)
        tries = min(stream.failures, len(BACKOFF_MINUTES) - 1)
        stream.sudo().write(  # sudo: netsuite.stream - only the sync writes how far it is
            {
                "last_error": reason,
                "failures": stream.failures + 1,
                "next_read_at": fields.Datetime.now() + timedelta(minutes=BACKOFF_MINUTES[tries]),
            }
        )
        title = self.env._(
            "%(records)s could not be read because of a program error: %(reason)s",
            records=stream._label(),
            reason=reason,
        )
        self._touch_program_issue(f"stream:{stream.record_type}", title, error)

    def _note_trouble(self, work, error):
        """Say that the server itself has a trouble; it is no record's, and no stream's."""
        self.env["netsuite.issue"]._touch(
            self,
            "server",
            "infrastructure",
            self.env._(
                "%s Nothing is counted against any record; the work continues automatically.",
                self._trouble_sentence(error),
            ),
            self.env._(
                "If this persists, tell the administrator of the server: its log has the details."
            ),
            severity="1",
            detail=f"{type(error).__name__}: {error}",
        )
        self._hold_up(work, SERVER_MINUTES, server=True)

    def _hold_up(self, work, minutes, server=False):
        """Let `work` wait, longer each time in a row, and plan the cron that tries it again.

        :param minutes: how long after the first, second, third … setback.
        :param server: it was the server's trouble.
        """
        self.ensure_one()
        failures = (self.setbacks or {}).get(work, {}).get("failures", 0)
        now = fields.Datetime.now()
        until = now + timedelta(minutes=minutes[min(failures, len(minutes) - 1)])
        setback = {
            "failures": failures + 1,
            "until": fields.Datetime.to_string(until),
            "server": server,
        }
        # sudo: netsuite.connection - only the sync notes how its work went
        connection = self.sudo()
        connection.setbacks = {**(self.setbacks or {}), work: setback}
        if work == "daily":
            # It had been planned for tomorrow when it began.
            connection.daily_next_at = until
        # Never at once: it would not let other crons through.
        self._trigger_cron(
            self._works()[work].cron or work, at=max(until, now + timedelta(minutes=1))
        )

    def _end_setback(self, work):
        """Close what was listed about `work`: it succeeded again."""
        setbacks = {each: what for each, what in (self.setbacks or {}).items() if each != work}
        self.sudo().setbacks = setbacks or False  # sudo: netsuite.connection - as in `_hold_up`
        keys = [f"driver:{work}"]
        if not any(setback["server"] for setback in setbacks.values()):
            keys.append("infrastructure")
        self._close_listed(keys)

    @hook
    def _try_anew(self):
        """Let nothing wait any longer: a person wants it now."""
        now = fields.Datetime.to_string(fields.Datetime.now())
        for connection in self.sudo():  # sudo: netsuite.connection - as in `_hold_up`
            if connection.setbacks:
                connection.setbacks = {
                    work: {**setback, "until": now} for work, setback in connection.setbacks.items()
                }

    @api.model
    def _resume_due(self):
        """Let the connections go on whose pause has ended."""
        due = self.search([("state", "=", "paused"), ("paused_until", "<=", fields.Datetime.now())])
        for connection in due:
            connection._shielded(
                lambda connection=connection: connection._commit_unit(connection.action_resume),
                lambda here, error: here._take_note_of_stop("fetch", error),
            )

    def _come_back(self):
        super()._come_back()
        self.ensure_one()
        if not self._is_begun():
            self._plan_daily()
            return
        self._try_anew()
        self.stream_ids.next_read_at = fields.Datetime.now()
        for kind in ("fetch", "book", "heal"):
            self._trigger_cron(kind)
        self._taken_up()
        self._move_daily_cron()

    @hook
    def _taken_up(self):
        """Follow that this connection, whose first import was begun, is served again."""

    # === ATTEMPTS === #

    def _give_back(self):
        """Take back the attempts that were counted for what no record can do for; commits."""
        for key in list(_COUNTED):
            dbname, model, connection_id = key
            if (dbname, connection_id) == (self.env.cr.dbname, self.id):
                self._commit_unit(self._uncount, self.env[model].browse(_COUNTED[key]), processed=0)
                _COUNTED.pop(key)

    def _uncount(self, records):
        # The others are done, or someone has settled what becomes of them.
        for record in records.exists().filtered(lambda r: r.state in ("pending", "running")):
            record.attempts = max(record.attempts - 1, 0)

    # === WORDS === #

    @api.model
    def _reason(self, error):
        """Return in one line what an unforeseen error says."""
        text = " ".join(str(error).split())
        if text and isinstance(error, UserError):
            return text
        # The name alone says what a bare key or number means.
        return f"{type(error).__name__}: {text}" if text else type(error).__name__

    @api.model
    def _trouble_sentence(self, error):
        """Return in plain words what is wrong with the server."""
        number = error.errno if isinstance(error, OSError) else None
        if isinstance(error, pg_errors.DiskFull) or number in (errno.ENOSPC, errno.EDQUOT):
            return self.env._("The server has no disk space left.")
        if isinstance(error, (MemoryError, pg_errors.OutOfMemory)) or number == errno.ENOMEM:
            return self.env._("The server has no memory left.")
        if isinstance(error, OSError):
            return self.env._("The server cannot use its files: %s.", error.strerror or error)
        if isinstance(error, (pg_errors.TransactionRollbackError, pg_errors.LockNotAvailable)):
            return self.env._("Someone else was changing the same data at the same time.")
        if isinstance(error, pg_errors.QueryCanceled):
            return self.env._("The database took too long or was stopped.")
        if isinstance(error, psycopg2.Error) and not (
            error.pgcode and error.pgcode[:2] in ("53", "54")
        ):
            return self.env._("The database connection was lost.")
        if isinstance(error, psycopg2.Error):
            return self.env._("The database server is at its limits.")
        return self.env._("The work took longer than the server allows.")
