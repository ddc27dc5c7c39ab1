from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date, formatLang

from ...client.errors import ErrorKind, NetsuiteError
from ...client.suiteql import TooManyRows, single_page
from ...const import DEPOSIT_TYPE, TRANSACTION_TYPES
from ...mappers.account_types import RECEIVABLE
from ...mappers.queries.completeness import (
    BEFORE_START,
    EXCLUDED,
    HIDDEN,
    INSIDE,
    MIRRORED,
    NOT_MIRRORED,
    OTHER_ENTITY,
    REVALUATION,
    UNMAPPED,
    WITHOUT_CUSTOMER,
    IncompleteError,
    read_hidden,
    read_matching,
    read_postings,
    read_totals,
)
from ...mappers.queries.transaction_types import record_type_of
from ..sync.netsuite_connection_driving import Work
from ..sync.netsuite_connection_steps import Step
from .completeness_rules import CompletenessRules
from .lost_types import LostTypes

# What is missing comes first, what is mirrored last.
ORDER = (
    *(NOT_MIRRORED, HIDDEN, WITHOUT_CUSTOMER, OTHER_ENTITY, REVALUATION, INSIDE),
    *(UNMAPPED, EXCLUDED, BEFORE_START, MIRRORED),
)
# After a refusal: soon enough that a right that was given is noticed, too seldom to cost calls.
AGAIN = timedelta(hours=6)
PASSING = (ErrorKind.AUTH, ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY)
ONCE_A_DAY = timedelta(days=1)
# Periods that an issue names one by one: what is older is seldom entered anew.
NAMED_PERIODS = 12


class NetsuiteConnection(models.Model):
    """Whether everything on NetSuite's receivables is mirrored: asked once a day, never assumed."""

    _inherit = "netsuite.connection"

    completeness_ids = fields.One2many("netsuite.completeness", "connection_id")
    completeness_at = fields.Datetime(
        string="Completeness Checked",
        readonly=True,
        copy=False,
        help="When NetSuite last told which types of transactions post to receivables.",
    )
    completeness_known = fields.Boolean(
        readonly=True,
        copy=False,
        help="NetSuite answered when it was last asked what posts to receivables.",
    )
    completeness_next_at = fields.Datetime(
        readonly=True, copy=False, help="When NetSuite is asked next what posts to receivables."
    )
    receivables_missing = fields.Json(
        readonly=True,
        copy=False,
        help="What NetSuite's receivables hold and Odoo's do not, while NetSuite does not show "
        "all types of transactions.",
    )

    # === WORKS === #

    @api.model
    def _works(self):
        work = Work(self.env._("Asking what posts to receivables"), cron="fetch")
        return {**super()._works(), "completeness": work}

    # === STEPS === #

    def _daily_steps(self):
        return [*super()._daily_steps(), Step(40, self._plan_completeness)]

    def _plan_completeness(self):
        """Have the reading of this daily check ask what posts to receivables."""
        self._commit_unit(self.write, {"completeness_next_at": False})

    # === ASKING === #

    def _is_completeness_due(self):
        """Tell whether NetSuite is to be asked what posts to receivables."""
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.completeness_next_at or self.completeness_next_at <= now:
            return True
        # sudo: netsuite.fact - what is refused, whoever has it read
        return LostTypes(self.sudo()).have_changed()

    def _try_anew(self):
        super()._try_anew()
        # sudo: netsuite.connection - only the sync writes when it asks
        unknown = self.sudo().filtered(lambda connection: not connection.completeness_known)
        unknown.completeness_next_at = False

    def _put_off_completeness(self):
        """Plan when NetSuite is asked again, for a process that ends before it has answered."""
        # sudo: netsuite.connection - only the sync writes when it asks
        self.sudo().completeness_next_at = fields.Datetime.now() + AGAIN

    def _ask_completeness(self, client):
        """Ask NetSuite which types post to receivables; never commits.

        What it refuses, or has no time for, makes completeness unknown, and stops nothing else.

        :return: the streams that are read now: because NetSuite has the first of them, or shows
            them again.
        """
        self.ensure_one()
        # sudo: netsuite.connection, netsuite.completeness - only the sync writes what it was told
        connection = self.sudo()
        lost, started = LostTypes(connection), self.env["netsuite.stream"]
        try:
            connection._note_projects(client)
            told, names, rules = connection._read_postings(client)
            silent = lost.silent(client, told.postings)
            if not told.totals and connection._posts_on_receivables():
                # An empty answer proves nothing: the role may see no accounts any more.
                started = lost.note(silent)
                raise IncompleteError("no receivable account")
            hidden = read_hidden(client.rows, told, one_world=connection.one_world)
        except (NetsuiteError, TooManyRows, IncompleteError) as error:
            connection._note_completeness_unknown(error)
            if not connection._is_passing(error):
                lost.plan(None)
            return started
        now = fields.Datetime.now()
        postings, hidden = lost.with_earlier(told.postings, hidden, silent)
        started = lost.note(silent)
        lost.plan(lost.told(postings, hidden, told, rules))
        connection._store_postings([*postings, *hidden], names, now)
        started |= connection._start_awaited({record_type_of(each.code) for each in postings})
        # What a lost right hides is known by its type.
        known = not told.hidden or bool(silent)
        connection.write(
            {
                "completeness_at": now,
                "completeness_known": known,
                "completeness_next_at": now + (ONCE_A_DAY if not told.hidden else AGAIN),
            }
        )
        if silent:
            connection.completeness_next_at = now + AGAIN
        connection._list_not_mirrored()
        return started

    def _read_postings(self, client):
        """Return (`Told`, {account or period: its name}, the `Rules` it was asked by).

        :raise NetsuiteError: NetSuite cannot or will not answer.
        :raise IncompleteError: the books move too fast.
        """
        names = self._period_names()
        by_period = bool(names) and not self._shape().lacks("transaction", "postingperiod")
        try:
            told, rules = self._read_postings_by(client, by_period)
        except NetsuiteError as error:
            if not by_period or error.code != "UNKNOWN_COLUMN":
                raise
            # The month of the date tells nearly as much.
            told, rules = self._read_postings_by(client, by_period=False)
        return told, {**names, **self._account_names(sorted(told.totals))}, rules

    def _read_postings_by(self, client, by_period):
        """Return (`Told`, the `Rules`), told apart by posting period or by month."""
        rules = CompletenessRules(self).rules(by_period)

        def postings_of(totals):
            return read_postings(
                lambda query: single_page(client.transport, query),
                sorted(totals),
                self.subsidiary_ids.mapped("internal_id"),
                rules,
            )

        told = read_matching(lambda: self._read_account_totals(client), postings_of)
        return told, rules

    def _read_account_totals(self, client):
        """Return what each receivable account holds, also when accounts are no longer shown."""
        try:
            return read_totals(client.rows)
        except NetsuiteError as error:
            accounts = set(
                self.mapping_ids.filtered(
                    lambda row: row.kind == "account" and row.ns_type == RECEIVABLE
                ).mapped("internal_id")
            )
            if error.kind is not ErrorKind.PERMISSION or not accounts:
                raise
            return read_totals(client.rows, accounts=sorted(accounts))

    def _posts_on_receivables(self):
        """Tell whether something is mirrored that surely stands on a receivable account."""
        # Deposits and their refunds need not touch one.
        types = set(TRANSACTION_TYPES) - {DEPOSIT_TYPE, "customerrefund"}
        domain = [("record_type", "in", sorted(types)), ("state", "=", "booked")]
        Record = self.env["netsuite.record"]
        return bool(Record.search_count([("connection_id", "=", self.id), *domain], limit=1))

    def _account_names(self, accounts):
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.id),
                ("record_type", "=", "account"),
                ("internal_id", "in", accounts),
            ]
        )
        return {record.internal_id: record.name for record in records}

    def _period_names(self):
        """Return {internal id, as text: name} of the posting periods that were read."""
        records = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", self.id),
                ("record_type", "=", "accountingperiod"),
                ("state", "!=", "removed"),
            ],
            ["internal_id", "name"],
        )
        return {str(record.internal_id): record.name for record in records if record.name}

    def _period_name(self, posting, names):
        """Return what the period of a posting is called: as in NetSuite, or its month."""
        if not posting.period:
            return False
        if posting.period in names:
            return names[posting.period]
        day = posting.first
        return format_date(self.env, day, date_format="MMM yyyy") if day else False

    def _store_postings(self, postings, names, now):
        """Keep what NetSuite told in place of what it told before.

        :param names: {account or period: its name}.
        """
        self.completeness_ids.unlink()
        subsidiaries = {each.internal_id: each for each in self.subsidiary_ids}
        currencies = {
            currency.name: currency.id
            for currency in self.env["res.currency"].with_context(active_test=False).search([])
        }
        values = []
        for posting in sorted(postings, key=lambda each: str(each.first or "")):
            subsidiary = subsidiaries.get(posting.subsidiary, self.env["netsuite.subsidiary"])
            company = subsidiary.company_id or (
                self.company_id if not posting.subsidiary else subsidiary.company_id
            )
            base = subsidiary.currency_name or company.currency_id.name
            values.append(
                {
                    "connection_id": self.id,
                    "sequence": ORDER.index(posting.category),
                    "category": posting.category,
                    "type_code": posting.code or "?",
                    "account_internal_id": posting.account,
                    "account_name": names.get(posting.account) or str(posting.account),
                    "subsidiary_internal_id": posting.subsidiary,
                    "subsidiary_name": subsidiary.name,
                    "period": posting.period,
                    "period_name": self._period_name(posting, names),
                    "company_id": company.id,
                    "currency_id": currencies.get(base, False),
                    "documents": posting.documents,
                    "amount": float(posting.amount),
                    "first_date": posting.first,
                    "last_date": posting.last,
                    "as_of": now,
                }
            )
        self.env["netsuite.completeness"].create(values)

    def _awaited_streams(self):
        """Return the streams that are read from the first record on, and were not needed yet."""
        streams = self.with_context(active_test=False).stream_ids
        return streams.filtered(lambda stream: stream.awaited and not stream.active)

    def _start_awaited(self, record_types):
        """Read the types that NetSuite has the first of, and say so.

        :return: their streams.
        """
        started = self._awaited_streams().filtered(
            lambda stream: stream.record_type in record_types
        )
        started.write({"active": True, "next_read_at": False})
        if started:
            self.invalidate_recordset(["stream_ids"])
            self._message_log(
                body=self.env._(
                    "NetSuite has %s on receivables. They are read from now on and mirrored as "
                    "invoices, or as credit notes where they credit receivables.",
                    ", ".join(stream._label() for stream in started),
                )
            )
        return started

    # === SAYING === #

    @api.model
    def _is_passing(self, error):
        """Tell whether NetSuite answers soon what it did not answer now."""
        if isinstance(error, IncompleteError):
            return error.moving
        return isinstance(error, NetsuiteError) and error.kind in PASSING

    def _note_completeness_unknown(self, error):
        """Note that NetSuite does not tell what posts to receivables; what it told before stays."""
        moving = isinstance(error, IncompleteError) and error.moving
        passing = self._is_passing(error)
        again = timedelta(minutes=self.interval_minutes) if passing else AGAIN
        self.write(
            {
                "completeness_known": False,
                "completeness_next_at": fields.Datetime.now() + again,
            }
        )
        if isinstance(error, NetsuiteError):
            reason, advice = self._error_sentences(error)
        elif moving:
            reason = self.env._("Documents were entered in NetSuite all the time it was asked.")
            advice = ""
        elif isinstance(error, IncompleteError):
            reason = self.env._("NetSuite shows nothing on receivables any more.")
            advice = self.env._("The role may not see all transactions. Check its restrictions.")
        else:
            reason, advice = self.env._("NetSuite's answer is too large."), ""
        self.env["netsuite.issue"]._touch(
            self,
            "completeness",
            "unknown",
            self.env._("It is not known whether everything on receivables is mirrored"),
            " ".join(
                filter(
                    None,
                    [
                        reason,
                        advice,
                        self.env._("NetSuite is asked again at the next synchronisation.")
                        if passing
                        else self.env._("NetSuite is asked again in some hours."),
                    ],
                )
            ),
            severity="1",
            detail=str(error),
        )

    def _list_not_mirrored(self):
        """List what is not mirrored, one issue for each type; close those of what is no more."""
        by_code = self._completeness_rows(NOT_MIRRORED).grouped("type_code")
        keys = [f"type:{code}" for code in by_code]
        if not self.completeness_known:
            keys.append("unknown")
            self._list_hidden(self._completeness_rows(HIDDEN))
        self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.id),
                ("kind", "=", "completeness"),
                ("state", "!=", "solved"),
                ("key", "not in", [*keys, "missing"]),
            ]
        )._solve()
        for code, rows in by_code.items():
            number = sum(rows.mapped("documents"))
            words = {
                "count": formatLang(self.env, number, digits=0),
                "type": rows[0].type_name,
                "amounts": self._completeness_amounts(rows),
            }
            self.env["netsuite.issue"]._touch(
                self,
                "completeness",
                f"type:{code}",
                self.env._(
                    "1 transaction of type %(type)s, %(amounts)s on receivables, is not mirrored",
                    **words,
                )
                if number == 1
                else self.env._(
                    "%(count)s transactions of type %(type)s, %(amounts)s on receivables, are not "
                    "mirrored",
                    **words,
                ),
                f"{self._not_mirrored_advice(code)} {self._periods_sentence(rows)}".strip(),
                severity="1",
            )

    def _list_hidden(self, rows):
        """List how much of NetSuite's receivables stands on transactions that it does not show.

        :param rows: what is hidden; none where nobody knows whose it is.
        """
        title = (
            self.env._(
                "It is not known which transactions make up %s of NetSuite's receivables",
                self._completeness_amounts(rows),
            )
            if rows
            else self.env._("It is not known whether everything on receivables is mirrored")
        )
        self.env["netsuite.issue"]._touch(
            self,
            "completeness",
            "unknown",
            title,
            self.env._(
                "What NetSuite's transactions post is not what its receivable accounts hold. The "
                "role may not see all transactions. Check its restrictions. NetSuite is asked "
                "again in some hours."
            ),
            severity="1",
        )

    def _periods_sentence(self, rows):
        """Return in which periods rows stand, with number and amounts of each, the last first."""
        by_period = rows.sorted(lambda row: str(row.first_date or ""), reverse=True)
        groups = list(by_period.grouped("period_name").items())
        parts = [
            self.env._(
                "%(period)s: %(count)s, %(amounts)s",
                period=period or self.env._("no period"),
                count=formatLang(self.env, sum(group.mapped("documents")), digits=0),
                amounts=self._completeness_amounts(group),
            )
            for period, group in groups[:NAMED_PERIODS]
        ]
        if len(groups) > NAMED_PERIODS:
            earlier = rows.browse().union(*(group for _period, group in groups[NAMED_PERIODS:]))
            parts.append(self.env._("earlier: %s", self._completeness_amounts(earlier)))
        return self.env._("By period: %s.", "; ".join(parts)) if parts else ""

    def _not_mirrored_advice(self, code):
        record_type = record_type_of(code)
        streams = self.with_context(active_test=False).stream_ids
        stream = streams.filtered(lambda each: each.record_type == record_type)
        if stream and not stream.active:
            return self.env._(
                "%s are switched off under Record Types. Switch them on, or leave them out "
                "knowingly.",
                stream._label(),
            )
        if stream:
            return self.env._(
                "They name an entity that the role does not see as a customer, or have their "
                "receivable on another line than the main one. Check the role's permissions "
                "(Lists › Projects)."
            )
        return self.env._(
            "Customers' balances in NetSuite include them, those in Odoo don't. Enter them with a "
            "type that is mirrored, or take them into account when you compare."
        )

    def _completeness_rows(self, category):
        """Return the rows of one category."""
        # Of what is mirrored there are as many as periods, for each account and type: not read.
        return self.env["netsuite.completeness"].search(
            [("connection_id", "in", self.ids), ("category", "=", category)]
        )

    def _completeness_amounts(self, rows):
        """Return the sums of rows, each in its currency, in words."""
        return self._amounts_text(
            (currency, sum(group.mapped("amount")))
            for currency, group in rows.grouped("currency_id").items()
        )

    def _amounts_text(self, amounts):
        """Return amounts in words.

        :param amounts: pairs of a currency, possibly none, and an amount in it.
        """
        found = []
        for currency, amount in amounts:
            digits = currency.decimal_places if currency else 2
            shown = formatLang(self.env, amount, digits=digits)
            found.append(f"{shown} {currency.name or ''}".strip())
        return " · ".join(found)

    def _completeness_text(self):
        """Return what keeps this connection from being complete, for a badge; empty if nothing."""
        self.ensure_one()
        # sudo: netsuite.completeness - whether anything is missing; how much is shown by right
        connection = self.sudo()
        if not connection.completeness_known:
            return self.env._("Completeness not known")
        rows = connection._completeness_rows(NOT_MIRRORED)
        if not rows:
            return ""
        number = sum(rows.mapped("documents"))
        if number == 1:
            return self.env._("1 transaction not mirrored")
        return self.env._("%s transactions not mirrored", formatLang(self.env, number, digits=0))

    def _completeness_sentences(self):
        """Return what posts to receivables beside the customers' documents, each as a sentence.

        Amounts are those of the user's companies, and of subsidiaries without a company.
        """
        self.ensure_one()
        found = []
        if not self.completeness_known:
            found.append(
                self.env._(
                    "It is not known whether everything on NetSuite's receivables is mirrored."
                )
            )
        companies = self.env.companies
        # How much is missing is known of all companies together.
        missing = self.company_ids <= companies and LostTypes(self).sentence()
        found += [missing] if missing else []
        domain = [
            *(("connection_id", "=", self.id), ("category", "!=", MIRRORED)),
            ("company_id", "in", [*companies.ids, False]),
        ]
        by_category = {}
        for category, *sums in self.env["netsuite.completeness"]._read_group(
            domain, ["category", "currency_id"], ["documents:sum", "amount:sum"]
        ):
            by_category.setdefault(category, []).append(sums)
        found += [
            self._completeness_sentence(category, by_category[category], domain)
            for category in ORDER
            if category in by_category
        ]
        return found

    def _completeness_sentence(self, category, sums, domain):
        """Return what one category of postings comes to, and in which periods.

        :param sums: ``[currency, number of documents, amount]`` of each currency.
        :param domain: of which rows.
        """
        number = sum(documents for _currency, documents, _amount in sums)
        words = {
            "transactions": self.env._("1 transaction")
            if number == 1
            else self.env._("%s transactions", formatLang(self.env, number, digits=0)),
            "amounts": self._amounts_text((currency, amount) for currency, _number, amount in sums),
            "periods": self._periods_text([*domain, ("category", "=", category)]),
        }
        return {
            NOT_MIRRORED: self.env._(
                "Not mirrored: %(transactions)s, %(amounts)s (%(periods)s).", **words
            ),
            HIDDEN: self.env._(
                "Not shown by NetSuite: transactions that make up %(amounts)s.", **words
            ),
            WITHOUT_CUSTOMER: self.env._(
                "On receivables without a customer: %(transactions)s, %(amounts)s (%(periods)s).",
                **words,
            ),
            OTHER_ENTITY: self.env._(
                "Vendors, employees or others have %(transactions)s on receivables: %(amounts)s "
                "(%(periods)s).",
                **words,
            ),
            REVALUATION: self.env._(
                "Currency revaluations in NetSuite, not realised: %(transactions)s, %(amounts)s "
                "(%(periods)s).",
                **words,
            ),
            INSIDE: self.env._(
                "Kept back inside documents: %(transactions)s, %(amounts)s (%(periods)s).", **words
            ),
            UNMAPPED: self.env._(
                "Subsidiaries without a company in Odoo have %(transactions)s on receivables: "
                "%(amounts)s (%(periods)s).",
                **words,
            ),
            EXCLUDED: self.env._(
                "Customers who are not synced have %(transactions)s on receivables: net "
                "%(amounts)s (%(periods)s).",
                **words,
            ),
            BEFORE_START: self.env._(
                "Closed before the start of the history: %(transactions)s, net %(amounts)s "
                "(%(periods)s).",
                **words,
            ),
        }[category]

    def _periods_text(self, domain):
        """Return the first and the last period of the rows of a domain, in words."""
        names = [
            self.env["netsuite.completeness"]
            .search([*domain, ("period_name", "!=", False)], order=order, limit=1)
            .period_name
            for order in ("first_date, id", "first_date DESC, id DESC")
        ]
        if not names[0]:
            return self.env._("no period")
        return " \N{EN DASH} ".join(dict.fromkeys(names))

    # === ACTION METHODS === #

    def action_open_completeness(self):
        """Open what each type of NetSuite's transactions posts to receivables."""
        return self._open_list("kolleno_netsuite.netsuite_completeness_action")

    def action_ask_completeness(self):
        """Ask NetSuite now what posts to receivables, and show it."""
        self.ensure_one()
        self._check_accountant()
        # sudo: netsuite.connection - credentials are only passed on
        connection = self.sudo()
        connection._check_connected()
        client = connection._client()
        if connection._ask_completeness(client):
            connection._trigger_cron("fetch")
        lost = LostTypes(connection)
        if lost.is_due():
            # As far as all is booked; the next reading asks and compares again.
            lost.name()
            connection.completeness_next_at = False
        connection._store_calls(client)
        return self.action_open_completeness()
