from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytz
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every
from odoo.tools.misc import formatLang

from ...client.errors import NetsuiteError
from ...client.suiteql import count, pages
from ...const import JOURNAL_TYPE, LOCK_COMPARISON, PAGE_SIZE
from ...mappers.queries.record_sources import Window, header_query
from ..bank.deposits import Deposits
from ..removal.removal import Removal
from ..sync.netsuite_connection_driving import Work
from ..sync.netsuite_connection_steps import Step, in_order
from .id_comparison import IdComparison

# A week, and a day for a server that stood still on the day itself.
OVERDUE = timedelta(days=8)
# The check runs once on its day, however often the cron looks.
RECENT = timedelta(days=2)


class NetsuiteConnection(models.Model):
    """Whether both sides agree, in a sentence and in figures, and the weekly comparison of ids."""

    _inherit = "netsuite.connection"

    proof_sentence = fields.Char(
        compute="_compute_proof_sentence", string="Reconciliation", help="Whether both sides match."
    )

    comparison_active = fields.Boolean(
        string="Weekly Comparison",
        default=True,
        help="Once a week, compare the internal IDs of all records with NetSuite's, and find "
        "what was missed, or deleted, merged or assigned to another customer without "
        "notice. It costs one call per thousand records.",
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
        help="Day of the week in the time zone of the connection's main company; Sunday by "
        "default.",
    )
    daily_open_items = fields.Boolean(
        string="Compare All Open Items",
        default=True,
        tracking=True,
        help="The daily check also compares the open amount of every open document, whenever "
        "it last changed: applying a payment does not always change the date of the "
        "invoice in NetSuite.",
    )
    compared_at = fields.Datetime(string="Last Compared", compute="_compute_comparison")
    comparison_text = fields.Char(string="Result of the Comparison", compute="_compute_comparison")
    comparison_id = fields.Many2one("netsuite.run", compute="_compute_comparison")

    # === COMPUTE METHODS === #

    def _compute_proof_sentence(self):
        for connection in self:
            header = self.env["netsuite.proof"]._header([("connection_id", "in", connection.ids)])
            connection.proof_sentence = " ".join([header["sentence"], *header["lines"]])

    def _compute_comparison(self):
        for connection in self:
            run = connection._last_comparison()
            connection.comparison_id = run
            connection.compared_at = run.finished_at
            connection.comparison_text = run._comparison_sentence() if run else False

    # === WORKS === #

    @api.model
    def _works(self):
        work = Work(self.env._("Comparison of all IDs"))
        return {**super()._works(), "compare": work}

    def _taken_up(self):
        super()._taken_up()
        self._trigger_cron("compare")

    def _run_of(self, work):
        if work == "compare":
            return self._last_comparison().filtered(lambda last: last.state == "running")
        return super()._run_of(work)

    # === DRIVERS === #

    def _heal_steps(self):
        return [*super()._heal_steps(), Step(60, partial(self.env["netsuite.proof"]._heal, self))]

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
                self._commit_refused(error, "compare", client=client, run=run)
                return run
            self._commit_unit(run._close)
            self._commit_unit(self._went_well, "compare", processed=0)
            self._commit_unit(self._trigger_cron, "book")
            return run

    def _weekly_steps(self, client, run, on_progress):
        compare = partial(self._compare_streams, client, run, on_progress)
        return [*super()._weekly_steps(client, run, on_progress), Step(10, compare)]

    def _compare_streams(self, client, run, on_progress):
        """Compare the ids of all record types; return False when the time is over before."""
        comparison = IdComparison(self, client)
        for stream in comparison.streams():
            if not self._compare_stream(comparison, stream, run, on_progress):
                return False
        return True

    def _compare_stream(self, comparison, stream, run, on_progress):
        """Compare the ids of one record type; return False when the time is over before."""
        client = comparison.client
        line = self._commit_unit(run._line, stream.record_type, processed=0)
        if line.compared:
            return True
        query = comparison.query(stream)
        after = (line.cursor_id,) if line.cursor_id else None
        for page in pages(client.transport, query, self._rows_per_page(), after=after):
            self._commit_unit(
                *(comparison.compare_page, stream, page, line), client=client, run=run
            )
            if on_progress:
                on_progress(run)
            if self._is_interrupted("compare"):
                return False
        self._commit_unit(comparison.finish_type, stream, line, client=client, run=run)
        return True

    # === ACTION METHODS === #

    def action_prove_all(self):
        """Compare what every customer has open in NetSuite and in Odoo, now."""
        self.ensure_one()
        self._check_accountant()
        self._check_set_up()
        with self._errors_as_sentences():
            # sudo: netsuite.proof, netsuite.issue - only the comparison writes them
            self.env["netsuite.proof"].sudo()._prove(self.sudo())
        return self.action_open_proof()

    def action_open_proof(self):
        """Open the proof of this connection."""
        return self._open_list(
            "kolleno_netsuite.netsuite_proof_action",
            {"search_default_by_company": 1, "search_default_by_currency": 1},
        )

    def action_compare_all(self):
        """Compare all ids now; it goes on in the background."""
        self.ensure_one()
        self._check_accountant()
        self._check_set_up()
        # sudo: netsuite.run - only the sync writes them; the user may start one
        self.sudo()._open_comparison().asked_by = "person"
        self._trigger_cron("compare")
        return self._notification(
            self.env._("All IDs are being compared. The result is shown here and among the runs."),
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

    # === BUSINESS METHODS === #

    def _not_synced_sentence(self):
        """Return in one sentence how many customers are not compared; empty without any."""
        self.ensure_one()
        number = sum(self._not_synced_numbers().values())
        if not number:
            return ""
        who = (
            self.env._("1 customer")
            if number == 1
            else self.env._("%s customers", formatLang(self.env, number, digits=0))
        )
        if self.env["netsuite.left.out"]._not_compared(self._origin):
            return self.env._(
                "%s not synced; what is open in NetSuite is checked at the next synchronisation.",
                who,
            )
        amounts = [
            self._not_synced_amount(total, currency)
            for currency, total in self._not_synced_amounts(["currency_name"])
        ]
        if not amounts:
            return self.env._("%s not synced (no open balance).", who)
        return self.env._(
            "%(customers)s not synced, open in NetSuite: %(amounts)s.",
            customers=who,
            amounts=" · ".join(amounts),
        )

    @contextmanager
    def _errors_as_sentences(self):
        """Say what NetSuite refuses in words, for someone who pressed a button.

        :raise UserError: instead of the `NetsuiteError`.
        """
        try:
            yield
        except NetsuiteError as error:
            raise UserError(self._error_text(error)) from error

    def _summary(self):
        """Return how both sides compare, in figures.

        :return: ``{"rows": [{record_type, label, in_netsuite, in_odoo, left_out, waiting, failed,
            differences}], "totals": {differences: proof rows that differ, api_calls: calls of
            the last run, seconds: its duration}, "open": {ISO code: {"netsuite": "1204.50",
            "odoo": "1204.50"}}, "outstanding": {ISO code: what payments wait for the bank with}}``.
        :raise NetsuiteError: NetSuite cannot or will not count.
        """
        self.ensure_one()
        self.env.flush_all()
        self._count_in_netsuite()
        run = self.env["netsuite.run"].search([("connection_id", "=", self.id)], limit=1)
        ended = run.finished_at or fields.Datetime.now()
        return {
            "rows": self._summary_rows(),
            "totals": {
                "differences": self.env["netsuite.proof"].search_count(
                    [("connection_id", "=", self.id), ("state", "=", "differs")]
                ),
                "api_calls": run.call_count,
                "seconds": (ended - run.started_at).total_seconds() if run else 0,
            },
            "open": self._open_sums(),
            "outstanding": Deposits(self).outstanding() if self.bank_deposits != "none" else {},
        }

    def _count_in_netsuite(self):
        """Let NetSuite count its records of each type."""
        client = self._client()
        for stream in self.stream_ids.filtered("active"):
            source = self._source(stream.record_type)
            if not self._shape().has_source(source):
                continue
            everything = Window(in_history=self.history_start or None, at_first=True)
            stream.netsuite_count = count(client.transport, header_query(source, everything))
        self._store_calls(client)

    def _summary_rows(self):
        by_state = self._records_by_state()
        present = self._present_in_odoo()
        different = self._different_documents()
        older = self._older_counts()
        left_out = self._left_out_records()
        without_customers = self._without_customers()
        labels = self.env["netsuite.record"]._record_type_labels()
        rows, shape = [], self._shape()
        for stream in self.stream_ids.filtered("active"):
            if not shape.has_source(self._source(stream.record_type)):
                continue
            states = by_state.get(stream.record_type, {})
            known = sum(states.values()) - states.get("removed", 0)
            known -= older.get(stream.record_type, 0)
            empty = without_customers.get(stream.record_type, {})
            known -= sum(empty.values())
            rows.append(
                {
                    "record_type": stream.record_type,
                    "label": labels[stream.record_type],
                    "in_netsuite": stream.netsuite_count,
                    "in_odoo": present.get(stream.record_type, 0) - empty.get("booked", 0),
                    "left_out": left_out.get(stream.record_type, 0) - empty.get("ignored", 0),
                    "waiting": states.get("pending", 0) + states.get("blocked", 0),
                    "failed": states.get("failed", 0),
                    "differences": different.get(stream.record_type, 0)
                    + abs(stream.netsuite_count - known),
                }
            )
        return rows

    def _records_by_state(self):
        """Return {record type: {state: number of records}}."""
        found = {}
        for record_type, state, number in self.env["netsuite.record"]._read_group(
            [("connection_id", "=", self.id)], ["record_type", "state"], ["__count"]
        ):
            found.setdefault(record_type, {})[state] = number
        return found

    def _left_out_records(self):
        """Return {record type: records that are not booked on purpose}.

        Because of their customer, or because NetSuite itself does not post them yet.
        """
        return dict(
            self.env["netsuite.record"]._read_group(
                [
                    ("connection_id", "=", self.id),
                    ("state", "=", "ignored"),
                ],
                ["record_type"],
                ["__count"],
            )
        )

    def _without_customers(self):
        """Return {record type: {state: records}} of what concerns no customer any more.

        Only journals can: NetSuite does not count them; here they stay, cancelled, with their
        history.
        """
        # Whether the payload has lines is only in the payload.
        rows = self.env.execute_query(
            SQL(
                """SELECT state, COUNT(*) FROM netsuite_record
                   WHERE connection_id = %s AND record_type = %s AND state <> 'removed'
                       AND jsonb_array_length(payload->'lines') = 0
                   GROUP BY state""",
                self.id,
                JOURNAL_TYPE,
            )
        )
        return {JOURNAL_TYPE: dict(rows)}

    def _present_in_odoo(self):
        """Return {record type: booked records whose Odoo record exists}.

        What needs no record of its own in Odoo, such as an accounting period, counts as booked.
        """
        groups = self.env["netsuite.record"]._read_group(
            [("connection_id", "=", self.id), ("state", "=", "booked")],
            ["record_type", "res_model"],
            ["__count"],
        )
        found = {}
        for record_type, model, number in groups:
            if model:
                number = self._count_existing(record_type, model)
            found[record_type] = found.get(record_type, 0) + number
        return found

    def _count_existing(self, record_type, model):
        # `res_id` has no foreign key, so only a join tells what was deleted in Odoo.
        ((number,),) = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM netsuite_record r JOIN %s target ON target.id = r.res_id
                   WHERE r.connection_id = %s AND r.record_type = %s AND r.res_model = %s
                       AND r.state = 'booked' AND NOT %s""",
                SQL.identifier(self.env[model]._table),
                self.id,
                record_type,
                model,
                self._older_sql(),
            )
        )
        return number

    def _different_documents(self):
        """Return {record type: documents that differ and are not waiting}."""
        Proof = self.env["netsuite.proof"]
        return dict(
            # Compared with the payloads of what was last read, which only SQL can do in one go.
            self.env.execute_query(
                SQL(
                    """
                    WITH doc AS (%(documents)s), %(explained)s
                    SELECT record_type, COUNT(*) FROM doc
                    WHERE landed <> odoo AND id NOT IN (SELECT id FROM explained)
                    GROUP BY record_type
                    """,
                    documents=Proof._documents_sql(
                        self, Proof._differing_customers_sql(self, None)
                    ),
                    explained=Proof._explained_sql(self),
                )
            )
        )

    def _open_sums(self):
        """Return {ISO code: {"netsuite": sum, "odoo": sum}} of the last proof, as texts."""
        digits = {
            currency.name: currency.decimal_places
            for currency in self.env["res.currency"].with_context(active_test=False).search([])
        }
        return {
            name: {
                "netsuite": f"{netsuite:.{digits.get(name, 2)}f}",
                "odoo": f"{odoo:.{digits.get(name, 2)}f}",
            }
            for name, netsuite, odoo in self.env["netsuite.proof"]._read_group(
                [("connection_id", "=", self.id)],
                ["currency_name"],
                ["netsuite_open:sum", "odoo_open:sum"],
            )
        }

    def _fetch_documents(self, customer_ids, client=None, *, by_hand=False):
        """Read the open documents of customers again, whatever their modification date.

        Both what NetSuite has open and what Odoo still has open is read, so that a change
        which moved no date in NetSuite is found from either side. What NetSuite says is gone
        is cancelled or reversed.

        :param customer_ids: NetSuite internal IDs.
        :param by_hand: as for `Removal.remove_missing`.
        """
        self.ensure_one()
        client = client or self._client()
        Fetch = self.env["netsuite.fetch"]
        # Payers first: an invoice whose payment is gone is open again, and read for it.
        for record_type in reversed(self._read_types()):
            found = set(Fetch._reread(self, client, record_type, customers=customer_ids))
            self._book_pending(record_type)
            missing = set(self._open_in_odoo(record_type, customer_ids)) - found
            for ids in split_every(PAGE_SIZE, sorted(missing)):
                missing.difference_update(Fetch._reread(self, client, record_type, ids))
            self._book_pending(record_type)
            if missing:
                Removal(self).remove_missing(client, record_type, sorted(missing), by_hand=by_hand)
        self._complete_history(client)
        self.env["netsuite.booking"]._apply_waiting(self)
        self._store_calls(client)

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

    # === CRON METHODS === #

    @api.model
    def _cron_compare(self):
        """Start the comparisons of today, and go on with those that were interrupted."""
        self._drive_each("compare", lambda connection: connection._drive_compare_if_due())
