from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import LONGEST_INTERVAL, REQUIRED_TYPES
from ..connection.hook import hook


class NetsuiteStream(models.Model):
    """One record type of one connection: how far it was read, and when it is due."""

    _name = "netsuite.stream"
    _description = "NetSuite Stream"
    _inherit = "netsuite.state.machine"
    _order = "connection_id, sequence"
    _rec_name = "record_type"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    record_type = fields.Selection(
        lambda self: self.env["netsuite.record"]._selection_record_type(), required=True
    )
    active = fields.Boolean(
        string="Read",
        default=True,
        help=(
            "Types that are switched off are neither read nor compared; what was read before stays."
        ),
    )
    awaited = fields.Boolean(
        readonly=True,
        help="Few accounts have any of these records: they are read from the first one on that "
        "NetSuite posts to receivables, and cost no calls until then.",
    )
    is_required = fields.Boolean(compute="_compute_is_required", string="Always Read")
    interval_minutes = fields.Integer(
        string="Interval (minutes)",
        help="Minutes between two reads; 0 takes the connection's interval.",
    )
    phase = fields.Selection(
        [("open", "Open items"), ("history", "History"), ("regular", "Changes")],
        # Back to the history when its start is set to an earlier date.
        transitions={
            "open": {"history", "regular"},
            "history": {"regular"},
            "regular": {"regular", "history"},
        },
        default="open",
        required=True,
        help="The first import reads open items, then everything; afterwards only changes.",
    )
    cursor_at = fields.Datetime(
        help=(
            "End of the last window that was stored completely: everything that NetSuite "
            "changed before is here."
        )
    )
    window_until = fields.Datetime(help="End of the window that is being read.")
    cursor_id = fields.Integer(
        help="Internal ID up to which the window that is being read was stored.", aggregator=None
    )
    history_before = fields.Date(
        help="Documents of this date or later were read before; only older ones are read now."
    )
    last_success_at = fields.Datetime(
        help="When the last whole window was stored; not when a read was last tried."
    )
    next_read_at = fields.Datetime()
    in_daily = fields.Boolean(
        string="In the Daily Check",
        default=True,
        help="The daily check reads the last days of this record type again, and compares its "
        "open items.",
    )
    missed_before = fields.Datetime(
        help="Everything before this time had been read before the daily check: earlier "
        "changes that come with it had been missed."
    )
    last_error = fields.Char()
    failures = fields.Integer(help="Reads in a row that failed, and that are tried less often.")
    netsuite_count = fields.Integer(string="In NetSuite", help="Counted by NetSuite itself.")
    missing_columns = fields.Json(
        default=list, help="Columns that this account does not have; omitted from the queries."
    )

    _type_unique = models.UniqueIndex(
        "(connection_id, record_type)", "This record type is already listed for the connection."
    )
    _interval_range = models.Constraint(
        f"CHECK (interval_minutes BETWEEN 0 AND {LONGEST_INTERVAL})",
        "An interval has 0 to 44,640 minutes, which are 31 days; 0 takes the connection's.",
    )

    # === COMPUTE METHODS === #

    @api.depends("record_type")
    def _compute_is_required(self):
        for stream in self:
            stream.is_required = stream.record_type in REQUIRED_TYPES

    # === CONSTRAINT METHODS === #

    @api.constrains("active")
    def _check_required(self):
        for stream in self:
            if stream.is_required and not stream.active:
                raise ValidationError(
                    self.env._(
                        "%s are always read: without them no balance would match NetSuite's.",
                        stream._label(),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        noted = {"active", "interval_minutes", "in_daily"} & set(vals)
        before = {stream: [stream[name] for name in noted] for stream in self} if noted else {}
        minutes = {stream: stream._interval() for stream in before}
        result = super().write(vals)
        if "active" in vals:
            # Whether a person or the first record decided: it is decided.
            # sudo: netsuite.stream - nobody writes by hand that a type is awaited
            self.sudo().filtered("awaited").awaited = False
        for stream, values in before.items():
            if values != [stream[name] for name in noted]:
                stream.connection_id._message_log(body=stream._schedule_sentence())
                stream._bring_forward(minutes[stream])
        self._written(vals)
        return result

    @hook
    def _written(self, names):
        """Follow what was set on these streams.

        :param names: the fields that were written.
        """

    # === BUSINESS METHODS === #

    def _schedule_sentence(self):
        """Return how often this record type is read, for the connection's chatter."""
        self.ensure_one()
        if not self.active:
            return self.env._("%s are no longer read.", self._label())
        daily = "" if self.in_daily else self.env._(" They are excluded from the daily check.")
        words = {"records": self._label(), "minutes": self._interval(), "daily": daily}
        if self._interval() == 1:
            return self.env._("%(records)s are read every minute.%(daily)s", **words)
        return self.env._("%(records)s are read every %(minutes)s minutes.%(daily)s", **words)

    def _label(self):
        """Return what accountants call the records of this stream."""
        self.ensure_one()
        return self.env["netsuite.record"]._record_type_labels()[self.record_type]

    def _interval(self):
        """Return the minutes between two reads of this stream."""
        self.ensure_one()
        return self.interval_minutes or self.connection_id.interval_minutes

    def _bring_forward(self, before):
        """Let a shorter interval count from the last read on, not only after the next one.

        What waits after a failure keeps its own time.

        :param before: minutes between two reads until now.
        """
        for stream in self.filtered(lambda row: row.next_read_at and not row.failures):
            less = before - stream._interval()
            if less > 0:
                stream.next_read_at -= timedelta(minutes=less)
                stream.connection_id._trigger_cron("fetch", at=stream.next_read_at)

    def _read_again(self, columns=()):
        """Read these streams from the start, since more is wanted of each record.

        What comes back unchanged costs nothing but the pages.

        :param columns: names of columns that may be asked for once more, although this account
            did not know them before.
        """
        for stream in self:
            names = {name.lower() for name in columns}
            missing = stream.missing_columns or []
            # sudo: netsuite.stream - nobody sets how far it is by hand; a setting starts it anew
            stream.sudo().write(
                {
                    "missing_columns": [name for name in missing if name not in names],
                    "cursor_at": False,
                    "window_until": False,
                    "cursor_id": 0,
                    "next_read_at": fields.Datetime.now(),
                }
            )
            stream.connection_id._trigger_cron("fetch")
