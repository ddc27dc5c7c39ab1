from datetime import datetime, time, timedelta

import pytz
from babel.dates import format_timedelta
from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.tools.misc import babel_locale_parse, get_lang

from ...client.clock import SETTLE_MARGIN
from ...const import PAGE_SIZE, PAGE_SIZE_FLOOR, RARE_TYPES

# Changing one of these moves the next daily check.
DAILY_FIELDS = {"daily_active", "daily_hour", "schedule_tz"}
SATURDAY = 5

# A week has every kind of day that business hours tell apart.
DAYS_AHEAD = 8

# Minutes that a read may be late before what it would bring is called stale: a long page and a
# busy server are no news.
STALE_MINUTES = 30


class NetsuiteConnection(models.Model):
    """When NetSuite is asked, how much at once, and what the screens say of it.

    What is switched off, in which hours changes are read, the hour of the daily check, up to when
    everything was read, when the next read is due, and what stopped the last one.
    """

    _inherit = "netsuite.connection"

    fetch_active = fields.Boolean(string="Read Changes", default=True, tracking=True)
    book_active = fields.Boolean(string="Book Automatically", default=True)
    heal_active = fields.Boolean(string="Retry Automatically", default=True)
    daily_active = fields.Boolean(string="Daily Check", default=True, tracking=True)
    lookback_days = fields.Integer(
        default=2,
        tracking=True,
        help="How many days the daily check reads again, to find what was missed.",
    )
    schedule_tz = fields.Selection(
        _tz_get,
        string="Time Zone of the Schedule",
        required=True,
        default=lambda self: self.env.company.partner_id.tz or self.env.user.tz or "UTC",
        help="Time zone of the business hours and of the daily check.",
    )
    hours_limited = fields.Boolean(
        string="Only in Business Hours",
        tracking=True,
        help="Outside these hours NetSuite is not asked for changes, except by the daily check "
        "and by Synchronise. If this is off, changes are read around the clock.",
    )
    hours_from = fields.Float(string="From", default=8.0, tracking=True)
    hours_to = fields.Float(string="To", default=18.0, tracking=True)
    hours_weekdays = fields.Boolean(
        string="Not at Weekends",
        default=True,
        tracking=True,
        help="With business hours: nothing is read on Saturdays and Sundays either.",
    )
    page_size = fields.Integer(
        string="Rows per Call",
        default=PAGE_SIZE,
        tracking=True,
        help="Rows that one call asks NetSuite for, 50 to 1,000. Fewer rows make each call "
        "shorter, but more calls are needed.",
    )
    daily_hour = fields.Float(
        string="Hour of the Daily Check",
        default=2.0,
        tracking=True,
        help="When the daily check starts, in the time zone of the schedule.",
    )
    daily_next_at = fields.Datetime(
        string="Next Daily Check", readonly=True, copy=False, default=fields.Datetime.now
    )
    missed_run_id = fields.Many2one(
        "netsuite.run", compute="_compute_missed", string="Last Daily Check"
    )
    missed_text = fields.Char(
        compute="_compute_missed",
        string="Missed by the Regular Synchronisation",
        help="What the last daily check found and the regular synchronisation had missed.",
    )

    _lookback_range = models.Constraint(
        "CHECK (lookback_days BETWEEN 1 AND 90)", "The daily check looks back 1 to 90 days."
    )
    _hours_order = models.Constraint(
        "CHECK (hours_from >= 0 AND hours_from < hours_to AND hours_to <= 24)",
        "Business hours end after they begin, on the same day.",
    )
    _daily_hour_range = models.Constraint(
        "CHECK (daily_hour >= 0 AND daily_hour < 24)",
        "The daily check starts at an hour between 00:00 and 23:59.",
    )
    _page_size_range = models.Constraint(
        f"CHECK (page_size BETWEEN {PAGE_SIZE_FLOOR} AND {PAGE_SIZE})",
        "One call asks for 50 to 1,000 rows.",
    )

    in_step_at = fields.Datetime(
        compute="_compute_in_step",
        string="Up to Date as of",
        help="Every change made in NetSuite up to this time has been read.",
    )
    in_step_text = fields.Char(compute="_compute_in_step")
    next_read_text = fields.Char(
        compute="_compute_next_read_text", help="When NetSuite is asked for changes next."
    )
    last_error_text = fields.Char(
        compute="_compute_last_error_text",
        help="What keeps record types from being read, until they are read again.",
    )

    # === COMPUTE METHODS === #

    def _compute_missed(self):
        Run = self.env["netsuite.run"]
        for connection in self:
            run = Run.search(
                [
                    ("connection_id", "=", connection.id),
                    ("kind", "=", "daily"),
                    ("state", "!=", "running"),
                ],
                limit=1,
            )
            connection.missed_run_id = run
            connection.missed_text = run._missed_sentence() if run else False

    @api.depends("state", "stream_ids.active", "stream_ids.last_success_at")
    def _compute_in_step(self):
        now = fields.Datetime.now()
        for connection in self:
            # What is read from its first record on undoes no import before it.
            read = connection.stream_ids.filtered("active") - connection._unread_streams()
            successes = read.mapped("last_success_at")
            connection.in_step_at = (
                # A window ends a settle margin before NetSuite's clock.
                min(successes) - SETTLE_MARGIN if successes and all(successes) else False
            )
            connection.in_step_text = connection._in_step_sentence(now)

    def _in_step_sentence(self, now):
        """Return up to when all changes of NetSuite have been read, for a person."""
        self.ensure_one()
        if self.state == "draft":
            return self.env._("Not connected yet.")
        if self.state == "setup":
            return self.env._("Nothing is read or booked before the import.")
        if not self.in_step_at:
            return self.env._("Nothing imported yet.")
        words = {
            "time": self._moment(self.in_step_at, now),
            "ago": format_timedelta(
                self.in_step_at - now,
                add_direction=True,
                locale=babel_locale_parse(get_lang(self.env).code),
            ),
        }
        refused = any(self.stream_ids.filtered("active").mapped("last_error"))
        if refused or self._is_stale(now, patient=self.state == "connected"):
            return self.env._("Last read at %(time)s (%(ago)s)", **words)
        return self.env._("Up to date as of %(time)s (%(ago)s)", **words)

    @api.depends("state", "fetch_active", "hours_limited", "stream_ids.next_read_at")
    def _compute_next_read_text(self):
        now = fields.Datetime.now()
        for connection in self:
            moment = connection._next_read(now)
            if not moment:
                connection.next_read_text = connection._not_read_sentence()
            elif moment <= now:
                connection.next_read_text = self.env._("Next read: now")
            else:
                connection.next_read_text = self.env._(
                    "Next read: %s", connection._moment(moment, now)
                )

    @api.depends("stream_ids.last_error")
    def _compute_last_error_text(self):
        stopped = self.env["netsuite.stream"]._read_group(
            [("connection_id", "in", self.ids), ("last_error", "!=", False)],
            ["connection_id", "last_error"],
            ["record_type:array_agg"],
            order="connection_id",
        )
        labels = self.env["netsuite.record"]._record_type_labels()
        sentences = {}
        for connection, error, types in stopped:
            names = [label for record_type, label in labels.items() if record_type in types]
            sentence = self.env._("%(types)s: %(error)s", types=", ".join(names), error=error)
            sentences.setdefault(connection, []).append(sentence)
        for connection in self:
            connection.last_error_text = " ".join(sentences.get(connection, [])) or False

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        self._plan_daily()

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if DAILY_FIELDS & set(before):
            self._plan_daily()

    # === ACTION METHODS === #

    def action_synchronise(self):
        """Read what changed now, without waiting for the interval."""
        self.ensure_one()
        self._check_accountant()
        self._check_connected()
        # sudo: netsuite.stream, netsuite.run - the sync writes them, this starts it
        connection = self.sudo()
        if not connection._is_begun():
            # Its hour came and went while it was set up; the first import reads everything.
            connection._plan_daily()
        connection._try_anew()
        connection.stream_ids.next_read_at = False
        connection._open_run().asked_by = "person"
        self._trigger_cron("fetch")
        self._trigger_cron("book")
        return self._notification(
            self.env._("NetSuite is being asked for changes. You can keep working."), "info"
        )

    def action_open_missed(self):
        """Open the last daily check."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "netsuite.run",
            "res_id": self.missed_run_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _rows_per_page(self):
        return min(self.page_size, super()._rows_per_page())

    def _local_now(self):
        """Return now as a naive time in the zone of the schedule."""
        self.ensure_one()
        zone = pytz.timezone(self.schedule_tz)
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).replace(tzinfo=None)

    def _in_business_hours(self):
        """Tell whether changes may be read now."""
        self.ensure_one()
        if not self.hours_limited:
            return True
        now = self._local_now()
        if self.hours_weekdays and now.weekday() >= SATURDAY:
            return False
        hour = now.hour + now.minute / 60
        return self.hours_from <= hour < self.hours_to

    def _plan_daily(self):
        """Set when the next daily check of these connections is due, and move its cron."""
        # sudo: netsuite.connection - the time follows from the settings
        for connection in self.sudo().filtered("schedule_tz"):
            connection.daily_next_at = connection._next_daily()
        self._move_daily_cron()

    def _ask_refused_again(self):
        super()._ask_refused_again()
        # What no stream reads is asked for by the daily check.
        self.daily_next_at = fields.Datetime.now()
        self._move_daily_cron()

    def _next_daily(self):
        """Return the next time (UTC) at which the local clock shows the hour of the check."""
        self.ensure_one()
        zone = pytz.timezone(self.schedule_tz)
        now = self._local_now()
        start = datetime.combine(now.date(), time()) + timedelta(hours=self.daily_hour)
        if start <= now:
            start += timedelta(days=1)
        # An hour that the clock leaves out in spring comes when it would have been.
        return zone.localize(start, is_dst=False).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _move_daily_cron(self):
        """Let the daily cron run when the first connection that is served is due.

        One that is paused, lost or not imported yet starts nothing: it moves the cron when it
        comes back.
        """
        # sudo: ir.cron - belongs to the system; changing the hour moves this one
        cron = self.env.ref("kolleno_netsuite.ir_cron_daily", raise_if_not_found=False)
        due = self.sudo()._for_cron("daily").mapped("daily_next_at")
        if not cron or not any(due):
            return
        cron, first = cron.sudo(), min(filter(None, due))
        if self.env.context.get("ir_cron_progress_id"):
            # The cron that runs may not be changed; it is started again in time. Never at once,
            # or a check that cannot begin would start it over and over.
            cron._trigger(at=max(first, fields.Datetime.now() + timedelta(minutes=1)))
        elif cron.nextcall != first and cron.try_lock_for_update(allow_referencing=True):
            cron.nextcall = first
        else:
            cron._trigger(at=first)

    def _is_stale(self, now, patient=True):
        """Tell whether changes should have been read since, and were not.

        What was never read is not old; that nothing is imported says so itself.

        :param patient: whether a read may be late, as one is that takes its time. One that was
            refused may not.
        """
        self.ensure_one()
        for stream in self.stream_ids.filtered("active"):
            if not stream.last_success_at:
                continue
            minutes = max(STALE_MINUTES, stream._interval())
            late = timedelta(minutes=minutes if patient and not stream.last_error else 0)
            if now > self._next_expected(stream) + late:
                return True
        return False

    def _unread_streams(self):
        """Return the streams that are read from their first record on, and were not yet."""
        return self.stream_ids.filtered(
            lambda stream: (
                stream.active and stream.record_type in RARE_TYPES and not stream.last_success_at
            )
        )

    def _next_expected(self, stream):
        """Return when a stream is to be read next (UTC), by the schedule alone."""
        if not self.fetch_active and self.daily_active:
            return stream.last_success_at + timedelta(days=1)
        due = stream.last_success_at + timedelta(minutes=stream._interval())
        return (self.fetch_active and self._next_business_time(due)) or due

    def _next_try_at(self, now):
        """Return when a read that failed is tried again (UTC); False when that is now."""
        self.ensure_one()
        setback = (self.setbacks or {}).get("fetch")
        due = self._next_read(now) or now
        if setback:
            due = max(due, fields.Datetime.to_datetime(setback["until"]))
        if due > now:
            return due
        # sudo: ir.cron, ir.cron.trigger - belong to the system; only when they run is read
        cron = self.env.ref("kolleno_netsuite.ir_cron_fetch").sudo()
        started = self.env["ir.cron.trigger"].sudo()
        if started.search_count([("cron_id", "=", cron.id), ("call_at", "<=", now)], limit=1):
            return False
        return cron.nextcall > now and cron.nextcall

    def _next_read(self, now):
        """Return when changes are read next (UTC), or False."""
        self.ensure_one()
        streams = self.stream_ids.filtered("active")
        if self.state != "connected" or not self.fetch_active or not streams or self._is_moved():
            return False
        due = min(stream.next_read_at or now for stream in streams)
        return self._next_business_time(max(due, now))

    def _not_read_sentence(self):
        """Return why changes are not read by themselves, unless the state tells; or False."""
        if self.state != "connected":
            return False
        if self._is_moved():
            return self.env._(
                "Nothing is read until an administrator confirms that this database is the "
                "original."
            )
        if not self.fetch_active:
            return self.env._("Changes are not read automatically: Read Changes is switched off.")
        return False

    def _next_business_time(self, moment):
        """Return the first time from `moment` on (UTC) at which changes may be read."""
        self.ensure_one()
        if not self.hours_limited:
            return moment
        zone = pytz.timezone(self.schedule_tz)
        local = pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)
        for days in range(DAYS_AHEAD):
            day = datetime.combine(local.date(), time()) + timedelta(days=days)
            start = max(local, day + timedelta(hours=self.hours_from))
            end = day + timedelta(hours=self.hours_to)
            if start < end and not (self.hours_weekdays and day.weekday() >= SATURDAY):
                return zone.localize(start).astimezone(pytz.utc).replace(tzinfo=None)
        return False
