from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models

from .netsuite_connection_schedule import SATURDAY

# A week has every kind of day that business hours tell apart.
DAYS_AHEAD = 8


class NetsuiteConnection(models.Model):
    """How fresh the mirror is: what is read next, what stopped it, and customers in between."""

    _inherit = "netsuite.connection"

    refresh_before_reminder = fields.Boolean(
        string="Refresh Before a Reminder",
        default=True,
        tracking=True,
        help="Before a statement is printed or sent, and before an invoice is sent once more, what "
        "changed of the customer in NetSuite is read: two small calls. What was settled there "
        "meanwhile is not sent. If NetSuite does not answer, it is sent as Odoo has it. Kolleno "
        "reads changes as they come; the default here is on.",
    )
    next_read_text = fields.Char(
        compute="_compute_next_read_text", help="When NetSuite is asked for changes next."
    )
    last_error_text = fields.Char(
        compute="_compute_last_error_text",
        help="What keeps record types from being read, until they are read again.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "fetch_active", "hours_limited", "stream_ids.next_read_at")
    def _compute_next_read_text(self):
        now = fields.Datetime.now()
        for connection in self:
            moment = connection._next_read(now)
            if not moment:
                connection.next_read_text = (
                    self.env._("Changes are not read by themselves: Read Changes is switched off.")
                    if connection.state == "connected" and not connection.fetch_active
                    else False
                )
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

    # === BUSINESS METHODS === #

    def _next_read(self, now):
        """Return when changes are read next by themselves (UTC), or False."""
        self.ensure_one()
        streams = self.stream_ids.filtered("active")
        if self.state != "connected" or not self.fetch_active or not streams:
            return False
        due = min(stream.next_read_at or now for stream in streams)
        return self._next_business_time(max(due, now))

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
