from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import RECORD_TYPES, RUN_LOG_DAYS


class NetsuiteRun(models.Model):
    """One synchronisation, with a denominator for its progress."""

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
    booked_before = fields.Json(
        help="Records booked before the run, in the second in which it started: "
        "{ID: version of the row}."
    )
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
        help="Records that the daily check found changed and the regular reads had not brought.",
    )
    total = fields.Integer(compute="_compute_progress")
    done = fields.Integer(compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress", help="0 to 100.")
    remaining_seconds = fields.Integer(compute="_compute_progress")

    _running_unique = models.UniqueIndex(
        "(connection_id) WHERE state = 'running' AND kind <> 'comparison'",
        "A connection has one running synchronisation.",
    )

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

    def _touched_customers(self):
        """Return the internal IDs of the customers whose transactions this run booked."""
        self.ensure_one()
        if not any(self.line_ids.mapped("booked")):
            return []
        booked = [
            ("connection_id", "=", self.connection_id.id),
            ("booked_at", ">=", self.started_at),
        ]
        if self.booked_before:
            booked.append(("id", "not in", self._booked_by_the_one_before()))
        Record = self.env["netsuite.record"]
        customers = {
            customer
            for (customer,) in Record._read_group(
                [*booked, ("customer_internal_id", "!=", 0)], ["customer_internal_id"]
            )
        }
        # Journals, and payments that are for others as well.
        for shared in Record.search_fetch(
            [*booked, ("line_customers", "!=", False)], ["line_customers"]
        ):
            customers.update(shared.line_customers)
        return sorted(customers)

    def _note_booked_before(self):
        """Note what was booked in this very second already: times are kept to the second.

        Else the customers of the run before would be proved again when it has just ended.
        """
        self.ensure_one()
        self.flush_recordset()
        rows = self.env.execute_query(
            # xmin tells one version of a row from the next, which no column does to the second.
            SQL(
                """SELECT id, xmin::text FROM netsuite_record
                   WHERE connection_id = %(connection)s AND booked_at >= %(started)s
                       AND EXISTS (SELECT 1 FROM netsuite_run
                                   WHERE connection_id = %(connection)s
                                       AND finished_at >= %(started)s)""",
                connection=self.connection_id.id,
                started=self.started_at,
            )
        )
        if rows:
            self.booked_before = {str(record_id): version for record_id, version in rows}

    def _booked_by_the_one_before(self):
        """Return the ids of records that were booked before this run and not again since."""
        ids = [int(record_id) for record_id in self.booked_before]
        rows = self.env.execute_query(
            SQL("SELECT id, xmin::text FROM netsuite_record WHERE id = ANY(%s)", ids)
        )
        return [
            record_id
            for record_id, version in rows
            if self.booked_before[str(record_id)] == version
        ]

    def _close(self, message=False):
        """Finish these runs; with a message they failed."""
        self._advance(
            "failed" if message else "done",
            message=message,
            phase=False,
            finished_at=fields.Datetime.now(),
        )
