from datetime import timedelta
from functools import partial

import pytz
from odoo import api, fields, models

from ...client.errors import NetsuiteError
from ...client.suiteql import pages
from ...const import LOCK_COMPARISON
from ..sync.netsuite_connection_steps import Step, in_order

# A week, and a day for a server that stood still on the day itself.
OVERDUE = timedelta(days=8)
# The check runs once on its day, however often the cron looks.
RECENT = timedelta(days=2)


class NetsuiteConnection(models.Model):
    """The weekly comparison of ids: settings, button and driver."""

    _inherit = "netsuite.connection"

    comparison_active = fields.Boolean(
        string="Weekly Comparison",
        default=True,
        help="Once a week, compare the internal IDs of everything with NetSuite's, and follow what "
        "was missed, deleted, merged or given to another customer without a word. It costs one "
        "call per thousand records. Kolleno has no such check; here it is on by default.",
    )
    comparison_weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        string="Day of the Comparison",
        required=True,
        default="6",
        help="Day of the week in the time zone of the connection's main company; the default is "
        "Sunday.",
    )
    compared_at = fields.Datetime(string="Last Compared", compute="_compute_comparison")
    comparison_text = fields.Char(string="Result of the Comparison", compute="_compute_comparison")
    comparison_id = fields.Many2one("netsuite.run", compute="_compute_comparison")

    # === COMPUTE METHODS === #

    def _compute_comparison(self):
        for connection in self:
            run = connection._last_comparison()
            connection.comparison_id = run
            connection.compared_at = run.finished_at
            connection.comparison_text = run._comparison_sentence() if run else False

    # === ACTION METHODS === #

    def action_compare_all(self):
        """Compare all ids now; it goes on in the background."""
        self.ensure_one()
        self._check_accountant()
        # Runs are written by the sync only; the user may start one.
        self.sudo()._open_comparison().asked_by = "person"
        self._poke("compare")
        return self._notification(
            self.env._("All IDs are compared now. The result is shown here and among the runs."),
            "info",
        )

    def action_open_comparison(self):
        """Open the run of the last comparison."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Comparison of All IDs"),
            "res_model": "netsuite.run",
            "res_id": self.comparison_id.id,
            "view_mode": "form",
        }

    # === CRON METHODS === #

    @api.model
    def _cron_compare(self):
        """Start the comparisons of today, and go on with those that were interrupted."""
        self._drive_each("compare", lambda connection: connection._drive_compare_if_due())

    # === DRIVERS === #

    def _drive_compare_if_due(self):
        """Compare when the day has come, or go on; one that was switched off ends."""
        self.ensure_one()
        last = self._last_comparison()
        if last.state == "running" and not (self.comparison_active or last.asked_by):
            self._commit_unit(last._close, self.env._("The weekly comparison was switched off."))
        elif self._is_comparison_due():
            self._drive_compare()

    def _drive_compare(self, on_progress=None):
        """Compare all ids, one page per commit; an interrupted one goes on where it stood.

        :return: the run, empty when another process compares or the connection is down.
        """
        self.ensure_one()
        with self._locked(LOCK_COMPARISON) as locked:
            if not locked or self.state != "connected":
                return self.env["netsuite.run"]
            run = self._commit_unit(self._open_comparison, processed=0)
            client = self._client()
            try:
                steps = in_order(self._weekly_steps(client, run, on_progress))
                if not all(step.work() for step in steps):
                    return run
            except NetsuiteError as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                self._commit_unit(self._take_note_of_error, error, None, client=client, run=run)
                return run
            self._commit_unit(run._close)
            self._commit_unit(self._poke, "book")
            return run

    def _weekly_steps(self, client, run, on_progress):
        compare = partial(self._compare_streams, client, run, on_progress)
        return [*super()._weekly_steps(client, run, on_progress), Step(10, compare)]

    def _compare_streams(self, client, run, on_progress):
        """Compare the ids of all record types; return False when the time is over before."""
        for stream in self.env["netsuite.comparison"]._streams(self):
            if not self._compare_stream(client, stream, run, on_progress):
                return False
        return True

    def _compare_stream(self, client, stream, run, on_progress):
        """Compare the ids of one record type; return False when the time is over before."""
        Comparison = self.env["netsuite.comparison"]
        line = self._commit_unit(run._line, stream.record_type, processed=0)
        if line.compared:
            return True
        query = Comparison._query(self, stream)
        after = (line.cursor_id,) if line.cursor_id else None
        for page in pages(client.transport, query, self._rows_per_page(), after=after):
            self._commit_unit(
                *(Comparison._compare_page, client, stream, page, line), client=client, run=run
            )
            if on_progress:
                on_progress(run)
            if self._is_interrupted("compare"):
                return False
        self._commit_unit(Comparison._finish_type, stream, line, client=client, run=run)
        return True

    # === BUSINESS METHODS === #

    def _last_comparison(self):
        """Return the comparison that is going on, or the last one; possibly none."""
        return self.env["netsuite.run"].search(
            [("connection_id", "=", self.id), ("kind", "=", "comparison")], limit=1
        )

    def _open_comparison(self):
        """Return the comparison that is going on, or start one."""
        self.ensure_one()
        last = self._last_comparison()
        if last.state == "running":
            return last
        return last.create({"connection_id": self.id, "kind": "comparison"})

    def _is_comparison_due(self):
        """Tell whether a comparison was begun, or is to begin now."""
        self.ensure_one()
        last = self._last_comparison()
        if last.state == "running":
            return True
        if not self.comparison_active or not any(
            stream.phase == "regular" for stream in self.stream_ids
        ):
            return False
        now = fields.Datetime.now()
        if not last:
            return self._weekday(now) == self.comparison_weekday
        age = now - last.started_at
        today = self._weekday(now) == self.comparison_weekday
        return age > OVERDUE or (today and age > RECENT)

    def _weekday(self, moment):
        """Return the day of the week of a UTC time where the main company is."""
        zone = pytz.timezone(self.company_id.partner_id.tz or "UTC")
        return str(pytz.utc.localize(moment).astimezone(zone).weekday())
