from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError

from ...const import PAGE_SIZE, PAGE_SIZE_FLOOR

# Changing one of these moves the next daily check.
DAILY_FIELDS = {"daily_active", "daily_hour", "schedule_tz"}
SATURDAY = 5


class NetsuiteConnection(models.Model):
    """When NetSuite is asked: in which hours, how much at once, and the hour of the daily check."""

    _inherit = "netsuite.connection"

    interval_minutes = fields.Integer(tracking=True)
    fetch_active = fields.Boolean(tracking=True)
    daily_active = fields.Boolean(tracking=True)
    lookback_days = fields.Integer(tracking=True)
    schedule_tz = fields.Selection(
        _tz_get,
        string="Time Zone of the Schedule",
        required=True,
        default=lambda self: self.env.company.partner_id.tz or self.env.user.tz or "UTC",
        help="Business hours and the hour of the daily check are meant in this zone.",
    )
    hours_limited = fields.Boolean(
        string="Only in Business Hours",
        tracking=True,
        help="Outside these hours NetSuite is not asked for changes, except by the daily check and "
        "by Synchronise. Kolleno's default is off: changes are read around the clock.",
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
        help="Rows that one call asks NetSuite for, 50 to 1,000. Fewer rows make each call shorter "
        "and there are more of them. Kolleno's default is 1,000.",
    )
    daily_hour = fields.Float(
        string="Hour of the Daily Check",
        default=2.0,
        tracking=True,
        help="When the daily check starts, in the time zone of the schedule. Kolleno's default is "
        "at night.",
    )
    daily_open_items = fields.Boolean(
        string="Compare All Open Items",
        default=True,
        tracking=True,
        help="The daily check also compares the open amount of each open document, whenever it "
        "changed: applying a payment need not change the date of the invoice in NetSuite. "
        "Kolleno's default is on.",
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
        help="What the last daily check found that the regular synchronisation had not.",
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

    # === CONSTRAINT METHODS === #

    @api.constrains("interval_minutes")
    def _check_interval_minutes(self):
        # The database refuses it as well; this sentence says what to do instead.
        for connection in self:
            if connection.interval_minutes < 1:
                raise ValidationError(
                    self.env._(
                        "The interval of %s has to be one minute or more. To stop reading, switch "
                        "off Read Changes or press Pause.",
                        connection.name,
                    )
                )

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        self._plan_daily()

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if DAILY_FIELDS & set(before):
            self._plan_daily()

    # === ACTION METHODS === #

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
        """Return how many rows one call asks for."""
        self.ensure_one()
        return self.page_size

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
        for connection in self.filtered("schedule_tz"):
            connection.daily_next_at = connection._next_daily()
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
        # Crons belong to the system; whoever may change the hour may move this one.
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
