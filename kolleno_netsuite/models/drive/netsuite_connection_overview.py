import json
from datetime import timedelta

import pytz
from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ...client.error_parsing import KIND_OF_CODE
from ...client.errors import ErrorKind

# Hours of calls that the card shows.
GRAPH_HOURS = 24
# What NetSuite answers when more calls run at once than the account allows: by status, or by one of
# its codes with whichever status (docs/NETSUITE.md 2.2).
TOO_MANY_STATUS = 429
TOO_MANY_CODES = [code for code, kind in KIND_OF_CODE.items() if kind is ErrorKind.CONCURRENCY]
# States of a record that is not yet in sync and that nobody has set aside.
WAITING_STATES = ("pending", "blocked")


class NetsuiteConnection(models.Model):
    """How a connection is doing, as the Overview tells it."""

    _inherit = "netsuite.connection"

    # === FIELDS: OVERVIEW === #

    running_run_id = fields.Many2one("netsuite.run", compute="_compute_running_run")
    run_progress = fields.Float(
        compute="_compute_running_run", string="Progress", help="0 to 100; 0 when nothing runs."
    )
    run_text = fields.Char(compute="_compute_running_run")
    record_count = fields.Integer(compute="_compute_record_counts", string="Records")
    waiting_count = fields.Integer(compute="_compute_record_counts", string="Waiting")
    issue_count = fields.Integer(compute="_compute_issue_counts", string="Issues")
    difference_count = fields.Integer(compute="_compute_difference_count", string="Differences")
    unmapped_count = fields.Integer(
        compute="_compute_mapping_counts",
        string="To Map",
        help="Mappings that documents wait for; what no document uses need not be mapped.",
    )
    suggested_count = fields.Integer(compute="_compute_mapping_counts", string="Suggested")
    call_graph = fields.Text(compute="_compute_calls", string="Calls per Hour")
    call_count = fields.Integer(compute="_compute_calls", string="Calls Today")
    call_text = fields.Char(compute="_compute_calls")
    companies_hint = fields.Char(
        compute="_compute_companies_hint",
        help="Companies of the account that the figures don't include, because the user did not "
        "choose them in the company switcher.",
    )
    open_amounts = fields.Char(
        compute="_compute_open_amounts",
        help="Open receivables in Odoo that mirror this account, per currency.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "run_ids.state", "run_ids.line_ids.landed", "run_ids.line_ids.booked")
    def _compute_running_run(self):
        running = {
            run.connection_id: run
            for run in self.env["netsuite.run"].search(
                [
                    ("connection_id", "in", self.ids),
                    ("state", "=", "running"),
                    ("kind", "!=", "comparison"),
                ]
            )
        }
        now = fields.Datetime.now()
        for connection in self:
            run = running.get(connection, self.env["netsuite.run"])
            trouble = run and connection._trouble(now)
            if trouble and trouble.key != "lost":
                # It goes on once NetSuite answers; until then nothing moves.
                run = run.browse()
            connection.running_run_id = run
            connection.run_progress = run.progress
            connection.run_text = run._progress_sentence() if run else False

    def _compute_record_counts(self):
        totals = self._counts("netsuite.record", [])
        waiting = self._counts("netsuite.record", [("state", "in", WAITING_STATES)])
        for connection in self:
            connection.record_count = totals.get(connection, 0)
            connection.waiting_count = waiting.get(connection, 0)

    def _compute_issue_counts(self):
        counts = self._counts("netsuite.issue", [("state", "=", "open")])
        for connection in self:
            connection.issue_count = counts.get(connection, 0)

    def _compute_difference_count(self):
        counts = self._counts("netsuite.proof", [("state", "=", "differs")])
        for connection in self:
            connection.difference_count = counts.get(connection, 0)

    def _compute_mapping_counts(self):
        unmapped = self._counts(
            "netsuite.issue", [("state", "=", "open"), ("kind", "=", "mapping")]
        )
        suggested = self._counts(
            "netsuite.mapping", [("state", "=", "suggested"), ("is_inactive", "=", False)]
        )
        for connection in self:
            connection.unmapped_count = unmapped.get(connection, 0)
            connection.suggested_count = suggested.get(connection, 0)

    def _compute_calls(self):
        zone = pytz.timezone(self.env.user.tz or "UTC")
        last_hour = (
            pytz.utc.localize(fields.Datetime.now())
            .astimezone(zone)
            .replace(minute=0, second=0, microsecond=0, tzinfo=None)
        )
        hours = [last_hour - timedelta(hours=back) for back in reversed(range(GRAPH_HOURS))]
        since = zone.localize(hours[0]).astimezone(pytz.utc).replace(tzinfo=None)
        domain = [("connection_id", "in", self.ids), ("called_at", ">=", since)]
        Call = self.env["netsuite.call"].with_context(tz=zone.zone)
        calls = {
            (connection.id, hour.replace(tzinfo=None)): count
            for connection, hour, count in Call._read_group(
                domain, ["connection_id", "called_at:hour"], ["__count"]
            )
        }
        refused = {
            (connection.id, hour.replace(tzinfo=None)): count
            for connection, hour, count in Call._read_group(
                [*domain, "|", ("status", "=", TOO_MANY_STATUS), ("code", "in", TOO_MANY_CODES)],
                ["connection_id", "called_at:hour"],
                ["__count"],
            )
        }
        for connection in self:
            per_hour = [(hour, calls.get((connection.id, hour), 0)) for hour in hours]
            connection.call_count = sum(count for hour, count in per_hour)
            connection.call_text = connection._calls_sentence(
                sum(refused.get((connection.id, hour), 0) for hour in hours)
            )
            connection.call_graph = json.dumps(
                [
                    {
                        "key": self.env._("Calls"),
                        "values": [
                            {
                                "label": f"{hour:%H}",
                                "value": count,
                                # The widget draws the hours with refusals in its other colour;
                                # the sentence below the graph says the same in words.
                                "type": "future" if refused.get((connection.id, hour)) else "past",
                            }
                            for hour, count in per_hour
                        ],
                    }
                ]
            )

    def _calls_sentence(self, refused):
        """Return how much NetSuite was asked in a day, and against which limit."""
        self.ensure_one()
        limit = self.concurrency_limit
        # sudo: netsuite.session - it also holds the access token; its present width is no secret
        width = self.sudo().session_ids._width_now() if self.id else limit
        text = self.env._(
            "%(count)s calls in 24 hours, at most %(limit)s at once",
            count=formatLang(self.env, self.call_count, digits=0),
            limit=limit,
        )
        if width < limit:
            text += self.env._(", %(width)s for now", width=width)
        if refused:
            text += self.env._(
                "; NetSuite refused %(count)s because too many were running", count=refused
            )
        return text

    @api.depends_context("allowed_company_ids", "uid")
    def _compute_companies_hint(self):
        for connection in self:
            # sudo: netsuite.subsidiary - only companies that the user may choose are shown
            companies = connection.sudo().company_ids & self.env.user.company_ids
            missing = companies - self.env.companies
            connection.companies_hint = (
                self.env._(
                    "Without %(companies)s, which the company switcher above leaves out.",
                    companies=", ".join(missing.mapped("name")),
                )
                if missing
                else False
            )

    @api.depends_context("allowed_company_ids")
    def _compute_open_amounts(self):
        # sudo: account.move.line - users see the open totals of their companies
        Line = self.env["account.move.line"].sudo()
        for connection in self:
            totals = Line._read_group(
                connection._open_items_domain(),
                ["currency_id"],
                ["amount_residual_currency:sum", "amount_residual:sum"],
                order="amount_residual:sum desc",
            )
            connection.open_amounts = " · ".join(
                f"{currency.name} {formatLang(self.env, amount, digits=currency.decimal_places)}"
                for currency, amount, _company_amount in totals
                if not currency.is_zero(amount)
            )

    def _open_items_domain(self):
        """Return the domain of the open journal items that mirror this account."""
        self.ensure_one()
        return [
            ("journal_id.netsuite_connection_id", "=", self.id),
            ("company_id", "in", self.env.companies.ids),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
        ]

    # === ACTION METHODS === #

    def action_open_issues(self):
        """Open what needs someone."""
        return self._open_list(
            "kolleno_netsuite.netsuite_issue_action", {"search_default_open": True}
        )

    def action_open_differences(self):
        """Open the customers whose balances differ."""
        return self._open_list(
            "kolleno_netsuite.netsuite_proof_action",
            {"search_default_differs": True},
            self.env._("All customers match"),
            self.env._("Remove the filter to see what each customer has open on both sides."),
        )

    def action_open_waiting(self):
        """Open the records that wait."""
        return self._open_list(
            "kolleno_netsuite.netsuite_record_action",
            {"search_default_waiting": True},
            self.env._("Nothing waits"),
            self.env._("Everything that was read is booked. Remove the filter to see it."),
        )

    def action_open_records(self):
        """Open everything that was read from this account."""
        return self._open_list("kolleno_netsuite.netsuite_record_action")

    def action_open_runs(self):
        """Open the synchronisations of this connection."""
        return self._open_list("kolleno_netsuite.netsuite_run_action")

    def action_open_calls(self):
        """Open the calls of the last day."""
        return self._open_list(
            "kolleno_netsuite.netsuite_call_action", {"search_default_last_day": True}
        )

    def action_open_items(self):
        """Open the journal items behind the open amounts."""
        self.ensure_one()
        open_items = self.env.ref("kolleno_netsuite.account_move_line_view_list_open_items")
        pivot = self.env.ref("kolleno_netsuite.account_move_line_view_pivot_open_items")
        search = self.env.ref("account.view_account_move_line_payment_filter")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Items of %s", self.name),
            "res_model": "account.move.line",
            "view_mode": "list,pivot,form",
            "views": [(open_items.id, "list"), (pivot.id, "pivot"), (False, "form")],
            "search_view_id": [search.id],
            "domain": self._open_items_domain(),
            "context": {"group_by": ["currency_id", "partner_id"], "create": False},
        }
