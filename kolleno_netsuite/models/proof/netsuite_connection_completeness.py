from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ...client.errors import ErrorKind, NetsuiteError
from ...client.suiteql import TooManyRows, single_page
from ...const import DEPOSIT_TYPE, TRANSACTION_TYPES
from ...mappers.queries.completeness import (
    INSIDE,
    MIRRORED,
    NOT_MIRRORED,
    OTHER_ENTITY,
    REVALUATION,
    WITHOUT_CUSTOMER,
    IncompleteError,
    read_matching,
    read_postings,
    read_totals,
)
from ...mappers.queries.transaction_types import record_type_of
from ..sync.netsuite_connection_driving import Work
from ..sync.netsuite_connection_steps import Step

# What is not mirrored comes first, what is comes last.
ORDER = (NOT_MIRRORED, WITHOUT_CUSTOMER, OTHER_ENTITY, REVALUATION, INSIDE, MIRRORED)
# After a refusal: soon enough that a right that was given is noticed, too seldom to cost calls.
AGAIN = timedelta(hours=6)
PASSING = (ErrorKind.AUTH, ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY)
ONCE_A_DAY = timedelta(days=1)


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
        return not self.completeness_next_at or self.completeness_next_at <= now

    def _ask_completeness(self, client):
        """Ask NetSuite which types post to receivables; never commits.

        What it refuses, or has no time for, makes completeness unknown, and stops nothing else.

        :return: the streams that are read from now on, because NetSuite has the first of them.
        """
        self.ensure_one()
        # sudo: netsuite.connection, netsuite.completeness - only the sync writes what it was told
        connection = self.sudo()
        try:
            connection._note_projects(client)
            postings, accounts = connection._read_postings(client)
        except (NetsuiteError, TooManyRows, IncompleteError) as error:
            connection._note_completeness_unknown(error)
            return self.env["netsuite.stream"]
        now = fields.Datetime.now()
        connection._store_postings(postings, accounts, now)
        started = connection._start_awaited({record_type_of(each.code) for each in postings})
        connection.write(
            {
                "completeness_at": now,
                "completeness_known": True,
                "completeness_next_at": now + ONCE_A_DAY,
            }
        )
        connection._list_not_mirrored()
        return started

    def _read_postings(self, client):
        """Return the postings, and {account: its name}.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        :raise IncompleteError: both answers of NetSuite differ, or there is none.
        """

        def totals_of():
            totals = read_totals(client.rows)
            if not totals and self._posts_on_receivables():
                # An empty answer proves nothing: the role may see no accounts any more.
                raise IncompleteError("no receivable account")
            return totals

        def postings_of(totals):
            return read_postings(
                lambda query: single_page(client.transport, query),
                sorted(totals),
                self.subsidiary_ids.mapped("internal_id"),
                # A type that is only awaited is read as soon as there is any of it.
                {*self._read_types(), *self._awaited_streams().mapped("record_type")},
                one_world=self.one_world,
                projects=self.has_projects,
            )

        postings, totals = read_matching(totals_of, postings_of)
        return postings, self._account_names(sorted(totals))

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

    def _store_postings(self, postings, accounts, now):
        """Keep what NetSuite told in place of what it told before."""
        self.completeness_ids.unlink()
        subsidiaries = {each.internal_id: each for each in self.subsidiary_ids}
        currencies = {
            currency.name: currency.id
            for currency in self.env["res.currency"].with_context(active_test=False).search([])
        }
        values = []
        for posting in postings:
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
                    "type_code": posting.code,
                    "account_internal_id": posting.account,
                    "account_name": accounts.get(posting.account) or str(posting.account),
                    "subsidiary_internal_id": posting.subsidiary,
                    "subsidiary_name": subsidiary.name,
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

    def _note_completeness_unknown(self, error):
        """Note that NetSuite does not tell what posts to receivables; what it told before stays."""
        moving = isinstance(error, IncompleteError) and error.moving
        passing = moving or (isinstance(error, NetsuiteError) and error.kind in PASSING)
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
            reason = self.env._(
                "What NetSuite's transactions post is not what its receivable accounts hold."
            )
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
        by_code = self._not_mirrored().grouped("type_code")
        keys = [f"type:{code}" for code in by_code]
        self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.id),
                ("kind", "=", "completeness"),
                ("state", "!=", "solved"),
                ("key", "not in", keys),
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
                self._not_mirrored_advice(code),
                severity="1",
            )

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

    def _not_mirrored(self):
        return self.completeness_ids.filtered(lambda row: row.category == NOT_MIRRORED)

    def _completeness_amounts(self, rows):
        """Return the sums of rows, each in its currency, in words."""
        found = []
        for currency, group in rows.grouped("currency_id").items():
            total = sum(group.mapped("amount"))
            digits = currency.decimal_places if currency else 2
            name = currency.name or ""
            found.append(f"{formatLang(self.env, total, digits=digits)} {name}".strip())
        return " · ".join(found)

    def _completeness_text(self):
        """Return what keeps this connection from being complete, for a badge; empty if nothing."""
        self.ensure_one()
        # sudo: netsuite.completeness - whether anything is missing; how much is shown by right
        connection = self.sudo()
        if not connection.completeness_known:
            return self.env._("Completeness not known")
        rows = connection._not_mirrored()
        if not rows:
            return ""
        number = sum(rows.mapped("documents"))
        if number == 1:
            return self.env._("1 transaction not mirrored")
        return self.env._("%s transactions not mirrored", formatLang(self.env, number, digits=0))

    def _completeness_sentences(self):
        """Return what posts to receivables beside the customers' documents, each as a sentence."""
        self.ensure_one()
        found = []
        if not self.completeness_known:
            found.append(
                self.env._(
                    "It is not known whether everything on NetSuite's receivables is mirrored."
                )
            )
        by_category = self.completeness_ids.grouped("category")
        found += [
            self._completeness_sentence(by_category[category])
            for category in ORDER
            if category in by_category and category != MIRRORED
        ]
        return found

    def _completeness_sentence(self, rows):
        """Return what one category of postings comes to."""
        number = sum(rows.mapped("documents"))
        words = {
            "transactions": self.env._("1 transaction")
            if number == 1
            else self.env._("%s transactions", formatLang(self.env, number, digits=0)),
            "amounts": self._completeness_amounts(rows),
        }
        return {
            NOT_MIRRORED: self.env._("Not mirrored: %(transactions)s, %(amounts)s.", **words),
            WITHOUT_CUSTOMER: self.env._(
                "On receivables without a customer: %(transactions)s, %(amounts)s.", **words
            ),
            OTHER_ENTITY: self.env._(
                "On receivables of vendors, employees or others: %(transactions)s, %(amounts)s.",
                **words,
            ),
            REVALUATION: self.env._(
                "Currency revaluations in NetSuite, not realised: %(transactions)s, %(amounts)s.",
                **words,
            ),
            INSIDE: self.env._(
                "Kept back inside documents: %(transactions)s, %(amounts)s.", **words
            ),
        }[rows[0].category]

    # === ACTION METHODS === #

    def action_open_completeness(self):
        """Open what each type of NetSuite's transactions posts to receivables."""
        return self._open_list("kolleno_netsuite.netsuite_completeness_action", {})

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
        connection._store_calls(client)
        return self.action_open_completeness()
