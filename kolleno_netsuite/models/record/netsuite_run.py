from datetime import timedelta

from babel.dates import format_timedelta
from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, format_datetime, formatLang, get_lang

from ...const import RECORD_TYPES, RUN_LOG_DAYS


class NetsuiteRun(models.Model):
    """One synchronisation, or one comparison of all ids: how far it is, and what it found.

    Progress has a denominator: what NetSuite counts, or what was there before.
    """

    _name = "netsuite.run"
    _description = "NetSuite Run"
    _inherit = "netsuite.state.machine"
    _order = "id desc"
    _rec_name = "kind"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("first", "First import"),
            ("regular", "Regular"),
            ("daily", "Daily check"),
            ("resync", "Resynchronisation"),
            ("comparison", "Comparison of all IDs"),
        ],
        required=True,
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        # One that was given up for lost may end well all the same.
        transitions={"running": {"done", "failed"}, "failed": {"done"}, "done": set()},
        required=True,
        default="running",
    )
    phase = fields.Char(help="What the run is doing now, in words.")
    started_at = fields.Datetime(default=fields.Datetime.now, required=True)
    finished_at = fields.Datetime()
    message = fields.Char(help="Why the run failed.")
    asked_by = fields.Selection(
        [("person", "A person"), ("daily", "The daily check")],
        help="Who asked for it. Until all is read it reads at any hour, also with Read Changes "
        "switched off; afterwards the switches and the business hours count again.",
    )
    line_ids = fields.One2many("netsuite.run.line", "run_id")
    call_count = fields.Integer(string="API Calls", aggregator="sum")
    open_items_compared = fields.Boolean(help="The daily check has compared all open items.")
    missed = fields.Integer(
        compute="_compute_missed",
        help="Records that the daily check found changed and the regular reads had missed.",
    )
    total = fields.Integer(compute="_compute_progress")
    done = fields.Integer(compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress", help="0 to 100.")
    remaining_seconds = fields.Integer(compute="_compute_progress")

    _running_unique = models.UniqueIndex(
        "(connection_id) WHERE state = 'running' AND kind <> 'comparison'",
        "This connection is already synchronising.",
    )

    comparison_text = fields.Char(string="Result", compute="_compute_comparison_text")

    @api.depends("line_ids.total", "line_ids.landed", "line_ids.booked", "state")
    def _compute_progress(self):
        now = fields.Datetime.now()
        for run in self:
            # Landing and booking are one step each, so a run that only landed is half done.
            run.total = sum(run.line_ids.mapped("total"))
            run.done = sum(run.line_ids.mapped("handled"))
            steps = 2 * run.total
            taken = sum(run.line_ids.mapped("landed")) + run.done
            run.progress = 100.0 if run.state == "done" else min(100.0 * taken / (steps or 1), 99.9)
            elapsed = (now - run.started_at).total_seconds()
            run.remaining_seconds = (
                int(elapsed * (steps - taken) / taken) if taken and run.state == "running" else 0
            )

    @api.depends("line_ids.missed")
    def _compute_missed(self):
        for run in self:
            run.missed = sum(run.line_ids.mapped("missed"))

    # === COMPUTE METHODS === #

    @api.depends("kind", "started_at")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            started = format_datetime(self.env, run.started_at, dt_format="short")
            run.display_name = f"{labels.get(run.kind)} · {started}"

    def _compute_comparison_text(self):
        for run in self:
            is_comparison = run.kind == "comparison"
            run.comparison_text = run._comparison_sentence() if is_comparison else False

    # === ACTION METHODS === #

    def action_open_records(self):
        """Open the records of this run's connection."""
        self.ensure_one()
        return self.connection_id.action_open_records()

    # === CRON METHODS === #

    @api.autovacuum
    def _gc_runs(self):
        """Delete finished runs older than `RUN_LOG_DAYS` days; one is made at each interval."""
        limit = fields.Datetime.now() - timedelta(days=RUN_LOG_DAYS)
        batch = self.search([("state", "!=", "running"), ("started_at", "<", limit)], limit=1_000)
        batch.unlink()
        return len(batch), len(batch) == 1_000

    # === BUSINESS METHODS === #

    def _line(self, record_type):
        """Return this run's line of a record type, made on first need."""
        self.ensure_one()
        line = self.line_ids.filtered(lambda line: line.record_type == record_type)
        return line or self.env["netsuite.run.line"].create(
            {
                "run_id": self.id,
                "record_type": record_type,
                "sequence": RECORD_TYPES.index(record_type),
            }
        )

    def _count(self, record_type, **counts):
        """Add to the counters of a record type: ``_count("invoice", booked=150)``."""
        if not self:
            return
        line = self._line(record_type)
        line.write({name: line[name] + count for name, count in counts.items() if count})

    def _close(self, message=False):
        """Finish these runs; with a message they failed."""
        self._advance(
            "failed" if message else "done",
            message=message,
            phase=False,
            finished_at=fields.Datetime.now(),
        )

    # === BUSINESS METHODS - OVERVIEW === #

    def _progress_sentence(self):
        """Return what the run does now, how far it is, and how long it still takes.

        The first record type that is not done is the one being worked on: types are read
        and booked in their order.
        """
        self.ensure_one()
        line = self.line_ids.filtered(lambda line: line.handled < line.total)[:1]
        if not line:
            return self.phase or self.env._("Asking NetSuite what there is to read…")
        labels = dict(line._fields["record_type"]._description_selection(self.env))
        reading = line.landed < line.total
        done = line.landed if reading else line.handled
        values = {
            "records": labels[line.record_type],
            "done": formatLang(self.env, done, digits=0),
            "total": formatLang(self.env, line.total, digits=0),
        }
        text = (
            self.env._("%(records)s: %(done)s of %(total)s read", **values)
            if reading
            else self.env._("%(records)s: %(done)s of %(total)s booked", **values)
        )
        return f"{text} · {self._remaining_words()}" if self.remaining_seconds else text

    def _remaining_words(self):
        """Return how long the run still takes, to the minute."""
        self.ensure_one()
        if self.remaining_seconds < 60:
            return self.env._("less than a minute left")
        return self.env._(
            "about %s left",
            format_timedelta(
                self.remaining_seconds,
                granularity="minute",
                format="short",
                threshold=1.5,
                locale=babel_locale_parse(get_lang(self.env).code),
            ),
        )

    def _missed_sentence(self):
        """Return what this daily check found that the regular synchronisation had missed."""
        self.ensure_one()
        when = format_datetime(self.env, self.started_at, dt_format="short")
        if not self.missed:
            return self.env._("Nothing was missed, as of the daily check of %s.", when)
        labels = dict(self.line_ids._fields["record_type"]._description_selection(self.env))
        parts = [
            f"{formatLang(self.env, line.missed, digits=0)} {labels[line.record_type]}"
            for line in self.line_ids
            if line.missed
        ]
        return self.env._(
            "The daily check of %(when)s found what had been missed: %(what)s.",
            when=when,
            what=", ".join(parts),
        )

    # === BUSINESS METHODS - COMPARISON === #

    def _comparison_sentence(self):
        """Return how far a comparison is, or what it found."""
        self.ensure_one()
        compared = sum(self.line_ids.mapped("landed"))
        if self.state == "running":
            return self.env._("Comparing: %s IDs so far.", compared)
        found = {
            name: sum(self.line_ids.mapped(name)) for name in ("missed", "changed", "vanished")
        }
        if not any(found.values()):
            return self.env._("All %s IDs match.", compared)
        return self.env._(
            "%(compared)s IDs compared: %(missed)s had been missed and %(changed)s had changed "
            "without notice; all have been read now. NetSuite no longer shows %(vanished)s; "
            "each was checked individually.",
            compared=compared,
            **found,
        )
