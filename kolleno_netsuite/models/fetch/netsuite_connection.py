from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...client.errors import ErrorKind, NetsuiteError
from ...client.suiteql import Query, call, scalar
from ...const import (
    APPLYING_TYPES,
    CHOSEN_TYPES,
    DEPOSIT_TYPE,
    DOCUMENT_TYPES,
    HISTORY_MONTHS,
    JOURNAL_TYPE,
    RARE_TYPES,
    TRANSACTION_TYPES,
)
from ...mappers.queries.record_sources import RECORD_SOURCES, record_source
from ...mappers.queries.shape import fitted
from ..record.netsuite_connection import PROJECTS
from ..sync.netsuite_connection_driving import Work
from .history import History


class NetsuiteConnection(models.Model):
    """What is read of an account: since when closed documents are, and which types are not."""

    _inherit = "netsuite.connection"

    # === FIELDS: HISTORY === #

    history_start = fields.Date(
        string="Closed Documents From",
        default=lambda self: self._default_history_start(),
        help="Open documents are always mirrored, closed ones from this date on. Empty: all of "
        "them. An older one is also mirrored if a mirrored document is applied to it. The "
        "default is twelve months ago.",
    )
    history_complete_from = fields.Date(
        readonly=True,
        copy=False,
        help="Start for which the older documents that later ones are linked with were read.",
    )
    history_next_try = fields.Datetime(
        readonly=True, copy=False, help="When NetSuite is asked for linked documents again."
    )

    sync_journals = fields.Boolean(
        string="Mirror Journal Entries",
        compute="_compute_sync_journals",
        inverse="_inverse_sync_journals",
        help="Lines of journal entries on receivables become open items of their customers. If "
        "this is off, journals are no longer read: what is booked stays, and payments of "
        "a journal that is not here wait. When it is switched on again, everything that "
        "changed in the meantime is read.",
    )
    not_read_text = fields.Char(
        compute="_compute_not_read_text", help="Which record types are switched off."
    )

    @api.model
    def _default_history_start(self):
        """Return the date from which a new connection mirrors closed documents."""
        return fields.Date.context_today(self) - relativedelta(months=HISTORY_MONTHS)

    # === COMPUTE METHODS === #

    @api.depends("stream_ids.active")
    def _compute_sync_journals(self):
        for connection in self:
            stream = connection._journal_stream()
            connection.sync_journals = stream.active if stream else True

    def _inverse_sync_journals(self):
        """Read journals or leave it; a stream that was off goes on where it ended."""
        for connection in self:
            wanted = connection.sync_journals
            stream = connection._journal_stream()
            if stream.active != wanted:
                stream.write({"active": wanted, "next_read_at": False})

    @api.depends("stream_ids.active")
    def _compute_not_read_text(self):
        labels = self.env["netsuite.record"]._record_type_labels()
        groups = self.env["netsuite.stream"]._read_group(
            [
                ("connection_id", "in", self.ids),
                ("active", "=", False),
                ("awaited", "=", False),
                ("record_type", "not in", CHOSEN_TYPES),
            ],
            ["connection_id"],
            ["record_type:array_agg"],
        )
        switched_off = dict(groups)
        for connection in self:
            names = [
                labels[record_type]
                for record_type in labels
                if record_type in switched_off.get(connection, ())
            ]
            connection.not_read_text = (
                self.env._("Switched off, so neither read nor compared: %s.", ", ".join(names))
                if names
                else False
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("history_start")
    def _check_history_start(self):
        for connection in self:
            if connection.history_start and connection.history_start > fields.Date.today():
                raise ValidationError(
                    self.env._("The history of %s cannot start in the future.", connection.name)
                )

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        if "sync_journals" in vals:
            # Its stream was made after the values were set.
            self.sync_journals = vals["sync_journals"]

    def _settings_changed(self, before):
        super()._settings_changed(before)
        old, new = before.get("history_start"), self.history_start
        if old and (not new or new < old):
            self._read_older_history(old)
        less = before.get("interval_minutes", 0) - self.interval_minutes
        if less > 0 and self.history_next_try:
            # sudo: netsuite.connection - only the sync writes when it tries again
            self.sudo().history_next_try -= timedelta(minutes=less)

    # === ACTION METHODS === #

    def action_open_streams(self):
        """Open what is read of this account, also what is switched off."""
        return self._open_list("kolleno_netsuite.netsuite_stream_action", {"active_test": False})

    # === WORKS === #

    @api.model
    def _works(self):
        label = self.env._("Reading linked documents")
        return {**super()._works(), "history": Work(label, cron="fetch")}

    # === DRIVERS === #

    def _drive_history(self, client, run, on_progress=None):
        """Read the older documents that mirrored ones are linked with, one chunk per commit."""
        self.ensure_one()
        try:
            while self._history_due():
                self._commit_unit(
                    *(History(self).complete_chunk, client, run), client=client, run=run
                )
                if on_progress:
                    on_progress(run)
                if self._is_interrupted("fetch"):
                    return
        except NetsuiteError as error:
            self.env.cr.rollback()
            self.env.invalidate_all()
            self._commit_unit(self._postpone_history, error, client=client, run=run)

    # === BUSINESS METHODS === #

    def _history_due(self):
        """Tell whether older documents are to be looked for that mirrored ones are linked with.

        Not before everything else was read once: what is linked is hardly ever missing then.
        """
        self.ensure_one()
        streams = self._dated_streams()
        if not self.history_start or set(streams.mapped("phase")) - {"regular"}:
            return False
        if self.history_next_try and self.history_next_try > fields.Datetime.now():
            return False
        return self.history_complete_from != self.history_start or bool(
            History(self).due_records(limit=1)
        )

    def _postpone_history(self, error):
        """Look for linked documents later, and say why not now."""
        self.history_next_try = fields.Datetime.now() + timedelta(minutes=self.interval_minutes)
        self._take_note_of_error(error, self._dated_streams()[:1])

    def _read_older_history(self, before):
        """Read the closed documents between the start of the history and `before`.

        :param before: the date from which they were read already.
        """
        # sudo: netsuite.stream - only the sync writes how far they are
        for stream in self._dated_streams().sudo():
            stream.write({"cursor_id": 0, "next_read_at": False})
            if stream.phase == "regular":
                stream._advance(phase="history", window_until=False, history_before=before)
        if self.state == "connected":
            self._trigger_cron("fetch")

    def _dated_streams(self):
        """Return the streams of documents that are read."""
        return self.stream_ids.filtered(
            lambda stream: stream.active and RECORD_SOURCES[stream.record_type].dated
        )

    def _journal_stream(self):
        """Return the stream of journals, also when it is switched off."""
        self.ensure_one()
        # sudo: netsuite.stream - written by the sync; the user sees this setting
        streams = self._origin.sudo().with_context(active_test=False).stream_ids
        return streams.filtered(lambda stream: stream.record_type == JOURNAL_TYPE)

    def _read_types(self):
        """Return the types of transactions that this connection reads."""
        rare = self._rare_types()
        left_out = [each for each in RARE_TYPES if each not in rare]
        left_out += () if self.sync_journals else (JOURNAL_TYPE,)
        return [each for each in TRANSACTION_TYPES if each not in left_out]

    def _rare_types(self):
        """Return which types of transactions that few accounts have are read."""
        self.ensure_one()
        # sudo: netsuite.stream - written by the sync; whoever compares need not see them
        active = self.sudo().stream_ids.filtered("active").mapped("record_type")
        return [each for each in RARE_TYPES if each in active]

    def _source(self, record_type):
        """Return how a record type is read in this account, without what the account lacks."""
        shape = self._shape()
        return fitted(record_source(record_type, projects=shape.projects), shape)

    def _note_projects(self, client):
        """Ask whether there are projects; the first one has all documents read again.

        Only a positive answer counts: an account without the feature has no such table, and a
        role that lost its sight of it takes nothing back.

        :raise NetsuiteError: NetSuite cannot answer for a passing reason.
        """
        if self.has_projects:
            return
        try:
            known = scalar(client.transport, Query("job", "j").select(number=call("COUNT", "j.id")))
        except NetsuiteError as error:
            if error.kind in (ErrorKind.AUTH, ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY):
                raise
            return
        if int(known or 0):
            # sudo: netsuite.stream - the sync notes what NetSuite says
            connection = self.sudo()
            source = self.env._("NetSuite answered, and has projects")
            self.env["netsuite.fact"]._learn(connection, {PROJECTS: "yes"}, source)
            read = connection._dated_streams().filtered(
                lambda stream: stream.cursor_at or stream.last_success_at
            )
            read._read_again()

    def _open_in_odoo(self, record_type, customer_ids):
        """Return the internal IDs of the customers' documents that Odoo has not settled, and
        of the payments that settled something."""
        records = self.env["netsuite.record"]._of_customers(self, customer_ids, record_type)
        if record_type in APPLYING_TYPES or record_type in (DEPOSIT_TYPE, JOURNAL_TYPE):
            return records.mapped("internal_id")
        open_moves = self.env["account.move"].search(
            [
                ("netsuite_record_id", "in", records.ids),
                ("payment_state", "not in", ("paid", "in_payment")),
            ]
        )
        return open_moves.netsuite_record_id.mapped("internal_id")

    # === BUSINESS METHODS - COUNTING === #

    def _older_sql(self):
        """Return the condition of records `r` that NetSuite's count of the history leaves out.

        They are mirrored because they were open once, or because others are linked with them.
        """
        if not self.history_start:
            return SQL("FALSE")
        return SQL(
            """(r.record_type IN %s AND r.priority = 1
                AND COALESCE(r.payload->'row'->>'trandate', %s) < %s)""",
            DOCUMENT_TYPES,
            str(self.history_start),
            str(self.history_start),
        )

    def _older_counts(self):
        """Return {record type: documents that NetSuite's count of the history leaves out}."""
        # The date is only in the payload, which no domain reaches.
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT r.record_type, COUNT(*) FROM netsuite_record r
                       WHERE r.connection_id = %s AND r.state <> 'removed' AND %s
                       GROUP BY r.record_type""",
                    self.id,
                    self._older_sql(),
                )
            )
        )
