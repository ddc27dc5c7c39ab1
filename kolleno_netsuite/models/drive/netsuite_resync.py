from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every
from odoo.tools.misc import format_datetime

from ...client.errors import NetsuiteError
from ...const import (
    PAGE_SIZE,
    POISON_ATTEMPTS,
    RESYNC_AT_ONCE,
    RESYNC_LOG_DAYS,
    TRANSACTION_TYPES,
    WHILE_PAUSED,
)
from ...mappers.queries.record_sources import RECORD_SOURCES
from ..removal.removal import Removal
from ..sync.netsuite_connection_driving import Counted
from .linked import Linked

# Sentences of a summary that name single records; more would hide the figures.
LISTED = 5
# Reading what is linked with what was read: payers first, then what those pay and nobody read yet.
LINK_ROUNDS = 2


class NetsuiteResync(models.Model):
    """One customer or document that a person wants to have read again, and what came of it.

    A customer comes with all that it has changed since the earlier of its own last change and
    the oldest last change among its invoices (docs/FEATURES.md 9); what Odoo holds is overwritten.
    A few are read at once, more of them in the background, and the user who asked is notified.
    """

    _name = "netsuite.resync"
    _description = "NetSuite Resynchronisation"
    _inherit = "netsuite.state.machine"
    _order = "id desc"
    _rec_name = "record_id"

    record_id = fields.Many2one(
        "netsuite.record", string="What", required=True, index=True, ondelete="cascade"
    )
    # Kept here, not related: each booking would otherwise look for who asked for its records.
    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", index=True)
    record_type = fields.Selection(related="record_id.record_type")
    user_id = fields.Many2one(
        "res.users", string="Asked by", required=True, default=lambda self: self.env.user
    )
    state = fields.Selection(
        [("queued", "Queued"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        # One that is done at once never runs in the background; one that runs is taken up again
        # when its process died.
        transitions={
            "queued": {"running", "done", "failed"},
            "running": {"running", "done", "failed"},
            "done": set(),
            "failed": set(),
        },
        required=True,
        default="queued",
    )
    started_at = fields.Datetime()
    finished_at = fields.Datetime()
    since = fields.Datetime(
        string="Changes Since",
        help=(
            "Everything of the customer that changed after this time is read; if empty, everything."
        ),
    )
    created = fields.Integer(aggregator="sum")
    updated = fields.Integer(aggregator="sum")
    removed = fields.Integer(aggregator="sum", help="Cancelled: NetSuite no longer has them.")
    waiting = fields.Integer(aggregator="sum")
    failed = fields.Integer(aggregator="sum")
    differing = fields.Integer(
        string="Don't Match",
        aggregator="sum",
        help="Open balances of customers that still differ between NetSuite and Odoo.",
    )
    message = fields.Text(string="Result")

    _once = models.UniqueIndex(
        "(record_id) WHERE state IN ('queued', 'running')",
        "This is already being resynchronised.",
    )
    _queue_index = models.Index("(connection_id, id) WHERE state IN ('queued', 'running')")

    attempts = fields.Integer(
        readonly=True, aggregator=None, help="How often the background work took it up."
    )

    # === COMPUTE METHODS === #

    @api.depends("record_id.name", "record_id.res_id")
    def _compute_display_name(self):
        """Name customers by NetSuite's number and their name, as NetSuite's lists do."""
        for resync in self:
            record = resync.record_id
            # sudo: res.partner - users who see this row know the customer, also another company's
            customer = record.record_type == "customer" and record.sudo()._target()
            words = [record.name, customer and customer.name]
            # Without numbers of its own, NetSuite's number of a customer is its name.
            resync.display_name = " ".join(dict.fromkeys(filter(None, words)))

    # === ASKING === #

    @api.model
    def _request(self, records, at_once=None):
        """Read records again: a single one now, several in the background.

        :param records: `netsuite.record` rows of customers and documents.
        :param at_once: now, or in the background; default: now for a single one that is small.
        :return: the action that tells the person what came of it, or where to look.
        :raise AccessError: the user may only look.
        :raise UserError: not connected, being read already, or NetSuite does not answer.
        :raise RedirectWarning: the connection is paused; the user may confirm.
        """
        records.check_access("read")
        if not records:
            raise UserError(self.env._("None of them is in NetSuite, so there is nothing to read."))
        for connection, group in records.grouped("connection_id").items():
            connection._check_accountant()
            connection._check_ready(group)
        self._check_not_running(records)
        # sudo: netsuite.resync - only the sync writes them; `user_id` keeps who asked
        resyncs = self.sudo().create(
            [
                {
                    "record_id": record.id,
                    "connection_id": record.connection_id.id,
                    "company_id": record.company_id.id,
                    "user_id": self.env.user.id,
                }
                for record in records
            ]
        )
        if at_once is None:
            at_once = len(records) == 1 and resyncs._size() <= RESYNC_AT_ONCE
        if not at_once:
            for connection in resyncs.connection_id:
                connection._trigger_cron("fetch")
            return resyncs._queued_action()
        for resync in resyncs:
            with resync.connection_id._errors_as_sentences():
                resync._work()
        return resyncs._result_action()

    @api.model
    def _request_while_paused(self, records):
        """Read records again now although their connection is paused: the user has confirmed."""
        here = {WHILE_PAUSED: True}
        return self.with_context(**here)._request(records.with_context(**here), at_once=True)

    def _check_not_running(self, records):
        # sudo: netsuite.resync - another company's user may have asked for the same customer
        running = self.sudo().search(
            [("record_id", "in", records.ids), ("state", "in", ("queued", "running"))], limit=1
        )
        if running:
            raise UserError(
                self.env._(
                    "%(name)s has been resynchronising since %(time)s. Wait until it ends; the "
                    "result is listed under Resynchronisations.",
                    name=running.record_id.name,
                    time=format_datetime(
                        self.env, running.started_at or running.create_date, dt_format="short"
                    ),
                )
            )

    def _size(self):
        """Return how many documents there are to read again."""
        self.ensure_one()
        if self.record_type != "customer":
            return 1
        return self.env["netsuite.record"].search_count(
            self._domain_of_customer(), limit=RESYNC_AT_ONCE + 1
        )

    # === WORKING === #

    def _work(self, client=None):
        """Read it again, overwrite what Odoo has, and prove; never commits.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        self.ensure_one()
        connection = self.connection_id
        asked_by = client or connection._client()
        self.started_at = self.started_at or fields.Datetime.now()
        before = self._known()
        linked = Linked(connection, asked_by).here(before | self.record_id)
        if self.record_type == "customer":
            found, missing = self._read_customer(connection, asked_by)
        else:
            found, missing = self._read_ids(
                connection, asked_by, self.record_type, [self.record_id.internal_id]
            )
        more, known = self._read_linked(connection, asked_by, found, linked, missing)
        found, before = found | more, before | known
        removed = self._take_out(connection, asked_by, missing)
        connection._complete_history(asked_by)
        self._apply(connection, found | removed)
        customers = (found | removed | self.record_id)._customers()
        self.env["netsuite.proof"]._prove(connection, client=asked_by, customer_ids=customers)
        connection._went_well("resync")
        if not client:
            connection._store_calls(asked_by)
        self._conclude(found, before, removed, customers)

    def _read_customer(self, connection, client):
        """Read the customer and all that belongs to it; return (records, missing ids by type)."""
        self.since = self._lower_bound()
        customer = self.record_id
        found, missing = self._read_ids(connection, client, "customer", [customer.internal_id])
        if connection.sync_contacts and not connection._shape().lacks("contact"):
            found |= self._read_contacts(connection, client)
        for stream in connection.stream_ids.filtered("active").sorted("sequence"):
            record_type = stream.record_type
            if not RECORD_SOURCES[record_type].dated:
                continue
            ids = self._reread(
                connection, client, record_type, customers=[customer.internal_id], since=self.since
            )
            found |= self._book(connection, record_type, ids)
            known = self.env["netsuite.record"]._of_customers(
                connection, [customer.internal_id], record_type
            )
            unseen = set(known.mapped("internal_id")) - set(ids)
            more, gone = self._read_ids(connection, client, record_type, sorted(unseen))
            found |= more
            missing.update(gone)
        return found, missing

    def _read_contacts(self, connection, client):
        """Read the customer's contacts; a right that was lost for them costs only them."""
        stream = connection._contact_stream()
        try:
            contacts = self._contact_ids(connection, client)
            found, _gone = self._read_ids(connection, client, "contact", contacts)
        except NetsuiteError as error:
            if not connection._note_lost_right(error, stream, "asked:relationships"):
                raise
            return self.env["netsuite.record"]
        return found

    def _read_linked(self, connection, client, found, linked, missing):
        """Read who pays what was read and what that pays, whoever their customers are.

        Twice at most: what newly read payers pay, and was never read, is read as well.

        :param found: the records that were read.
        :param linked: `netsuite.record` rows that Odoo had applied to them, or by them.
        :param missing: {record type: ids that NetSuite did not show}; it grows.
        :return: (records that were read besides, those of them that were in Odoo before).
        """
        Record = self.env["netsuite.record"]
        links = Linked(connection, client)
        documents = (found | self.record_id).filtered(
            lambda record: record.record_type in TRANSACTION_TYPES
        )
        wanted = links.there(documents)
        for record_type, records in linked.grouped("record_type").items():
            wanted.setdefault(record_type, set()).update(records.mapped("internal_id"))
        more = known = Record
        for _round in range(LINK_ROUNDS):
            for stream in connection.stream_ids.filtered("active").sorted("sequence"):
                record_type = stream.record_type
                read = {
                    record.internal_id
                    for record in documents | more
                    if record.record_type == record_type
                }
                ids = sorted(wanted.get(record_type, set()) - read)
                known |= self._in_odoo(connection, record_type, ids)
                records, gone = self._read_ids(connection, client, record_type, ids)
                more |= records
                for each, lost in gone.items():
                    missing[each] = sorted({*missing.get(each, ()), *lost})
            wanted = links.unknown(links.paid_by(more)) if more else {}
        return more, known

    def _in_odoo(self, connection, record_type, ids):
        """Return the records of `ids` that mirror something."""
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", list(ids)),
                ("res_id", "!=", False),
            ]
        )

    def _apply(self, connection, records):
        """Make all applications by, or on, `records` that can be made now."""
        while self.env["netsuite.booking"]._apply_waiting(connection, records=records):
            continue

    def _contact_ids(self, connection, client):
        """Return the internal ids of the customer's contacts, in Odoo and in NetSuite."""
        customer = self.record_id.internal_id
        ids = Linked(connection, client).contacts_of(customer)
        return sorted(ids.union(self._contacts_here().record_id.mapped("internal_id")))

    def _read_ids(self, connection, client, record_type, ids):
        """Read records by their ids; return (records, {type: ids that NetSuite did not show})."""
        found, seen = self.env["netsuite.record"], set()
        for part in split_every(PAGE_SIZE, ids):
            shown = self._reread(connection, client, record_type, ids=part)
            seen.update(shown)
            found |= self._book(connection, record_type, shown)
        missing = sorted(set(ids) - seen)
        return found, {record_type: missing} if missing else {}

    def _reread(self, connection, client, record_type, **scope):
        if scope.get("since"):
            clock = client.clock
            scope["since"] = clock.from_utc(scope["since"].replace(tzinfo=timezone.utc))
        return self.env["netsuite.fetch"]._reread(connection, client, record_type, **scope)

    def _book(self, connection, record_type, ids):
        """Book what was read, over what was changed in Odoo; return the records."""
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", list(ids)),
            ]
        )
        records._overwrite()
        connection._book_pending(record_type, ids)
        return records

    def _take_out(self, connection, client, missing):
        """Take what NetSuite no longer has out of the books; return the records."""
        removed = self.env["netsuite.record"]
        for record_type, ids in missing.items():
            gone = Removal(connection).remove_missing(client, record_type, ids, by_hand=True)
            removed |= self.env["netsuite.record"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("record_type", "=", record_type),
                    ("internal_id", "in", list(gone)),
                ]
            )
        return removed

    def _lower_bound(self):
        """Return the earlier of the customer's last change and its invoices' oldest last change.

        The rule is feature 9's (docs/FEATURES.md). UTC, naive; False when nothing is known.
        """
        self.ensure_one()
        ((oldest,),) = self.env["netsuite.record"]._read_group(
            [*self._domain_of_customer(), ("record_type", "=", "invoice")],
            [],
            ["last_modified:min"],
        )
        moments = [moment for moment in (self.record_id.last_modified, oldest) if moment]
        return min(moments, default=False)

    def _domain_of_customer(self):
        self.ensure_one()
        return [
            ("connection_id", "=", self.connection_id.id),
            ("customer_internal_id", "=", self.record_id.internal_id),
            ("state", "!=", "removed"),
        ]

    # === RESULT === #

    def _known(self):
        """Return the records that are in Odoo before anything is read."""
        Record = self.env["netsuite.record"]
        if self.record_type != "customer":
            return self.record_id.filtered("res_id")
        known = self.record_id
        for record_type in TRANSACTION_TYPES:
            known |= Record._of_customers(
                self.connection_id, [self.record_id.internal_id], record_type
            )
        return known.filtered("res_id") | self._contacts_here().record_id

    def _contacts_here(self):
        """Return the customer's contact records that are in Odoo already."""
        return self.env["netsuite.contact"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("customer_internal_id", "=", self.record_id.internal_id),
                ("source", "=", "record"),
            ]
        )

    def _conclude(self, found, before, removed, customers):
        booked = found.filtered(lambda record: record.state == "booked")
        stopped = {
            "waiting": found.filtered(lambda record: record.state in ("pending", "blocked")),
            "failed": found.filtered(lambda record: record.state == "failed"),
        }
        unlike = self.env["netsuite.proof"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("customer_internal_id", "in", customers),
                ("state", "!=", "agrees"),
            ]
        )
        self._advance(
            "done",
            finished_at=fields.Datetime.now(),
            differing=len(unlike.filtered(lambda proof: proof.state == "differs")),
            created=len(booked - before),
            updated=len(booked & before),
            removed=len(removed),
            waiting=len(stopped["waiting"]),
            failed=len(stopped["failed"]),
        )
        self.message = self._result_sentence(stopped["failed"] | stopped["waiting"], unlike)

    def _result_sentence(self, stopped, unlike):
        """Return what came of it.

        :param stopped: records that could not be booked.
        :param unlike: rows of the proof, of all customers concerned, that do not agree.
        """
        self.ensure_one()
        counts = {
            "created": self.env._("%s created", self.created),
            "updated": self.env._("%s updated", self.updated),
            "removed": self.env._("%s cancelled", self.removed),
            "waiting": self.env._("%s waiting", self.waiting),
            "failed": self.env._("%s failed", self.failed),
        }
        said = [words for name, words in counts.items() if self[name]]
        text = self.env._(
            "%(name)s: %(counts)s.",
            name=self.display_name,
            counts=", ".join(said) or self.env._("nothing to change"),
        )
        listed = [
            f"{record.name}: {record.message}" for record in stopped[:LISTED] if record.message
        ]
        listed += [
            self.env._("%(difference)s (%(reason)s).", difference=difference, reason=proof.reason)
            for proof in unlike[:LISTED]
            if (difference := proof._difference_sentence())
        ]
        # sudo: netsuite.fact - what is refused, whoever reads again
        refused = self.connection_id.sudo().fact_ids.filtered("refused_at").mapped("name")
        if refused:
            listed.append(
                self.env._(
                    "NetSuite no longer shows Odoo: %s. What depends on it was left as it is.",
                    ", ".join(refused),
                )
            )
        return "\n".join([text, *listed])

    def _result_action(self):
        trouble = any(resync._is_trouble() for resync in self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if trouble else "success",
                "title": self.env._("Read again from NetSuite"),
                "message": "\n".join(self.mapped("message")),
                "sticky": trouble,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _is_trouble(self):
        """Tell whether something did not come out as NetSuite has it."""
        self.ensure_one()
        return bool(self.state == "failed" or self.failed or self.waiting or self.differing)

    def _queued_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_resync_action"
        )
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def action_open_record(self):
        """Open what was read again."""
        self.ensure_one()
        record = self.record_id
        if record._target():
            return record.action_open_target()
        return {
            "type": "ir.actions.act_window",
            "res_model": "netsuite.record",
            "res_id": record.id,
            "view_mode": "form",
        }

    # === CRON METHODS === #

    @api.autovacuum
    def _gc_resyncs(self):
        """Delete results older than `RESYNC_LOG_DAYS` days."""
        limit = fields.Datetime.now() - timedelta(days=RESYNC_LOG_DAYS)
        batch = self.search(
            [("state", "in", ("done", "failed")), ("create_date", "<", limit)], limit=1_000
        )
        batch.unlink()
        return len(batch), len(batch) == 1_000

    @api.model
    def _drive(self, connection):
        """Work off what is queued for a connection, each customer in a commit of its own.

        One that was running when its process died is done again: nothing of it was committed.
        """
        connection._give_back()
        client = None
        while resync := connection._commit_unit(self._claim, connection, processed=0):
            try:
                with Counted(resync, connection):
                    client = client or connection._client()
                    resync._work_apart(client)
            except NetsuiteError as error:
                going_on = connection._commit_refused(error, "resync", client=client)
                connection._commit_unit(resync._fail, error)
                if not going_on:
                    return
            connection._commit_unit(resync._tell)
            if connection._is_interrupted("fetch"):
                return

    def _work_apart(self, client):
        """Read it again; an error that nobody foresaw costs this one only; commits."""
        self.ensure_one()
        connection = self.connection_id
        connection._shielded(
            lambda: connection._commit_unit(self._work, client, client=client),
            lambda here, error: here._commit_unit(
                self._give_up,
                self.env._("Stopped by an error of the program:"),
                here._reason(error),
            ),
            part=True,
        )

    @api.model
    def _claim(self, connection):
        """Return the next one, counted as tried; empty when there is none.

        The count is committed before the work: one that kills the process each time is given up
        instead of being taken up for ever.
        """
        while resync := self.search(
            [("connection_id", "=", connection.id), ("state", "in", ("queued", "running"))],
            order="id",
            limit=1,
        ):
            if resync.attempts < POISON_ATTEMPTS:
                resync._advance(
                    "running", started_at=fields.Datetime.now(), attempts=resync.attempts + 1
                )
                return resync
            resync._advance(
                "failed",
                finished_at=fields.Datetime.now(),
                message=self.env._(
                    "%(name)s: resynchronising it stopped the program %(times)s times, so it "
                    "was given up. Nothing was changed; the server's log has details.",
                    name=resync.record_id.name,
                    times=POISON_ATTEMPTS,
                ),
            )
            resync._tell()
        return self

    def _fail(self, error):
        self._give_up(*self.connection_id._error_sentences(error))

    def _give_up(self, title, advice):
        self.ensure_one()
        self._advance(
            "failed", finished_at=fields.Datetime.now(), message=f"{title} {advice}".strip()
        )

    def _tell(self):
        """Show the user who asked what came of it, where they are in Odoo right now."""
        for resync in self:
            trouble = resync._is_trouble()
            resync.user_id._bus_send(
                "simple_notification",
                {
                    "type": "warning" if trouble else "success",
                    "title": self.env._("Read again from NetSuite"),
                    "message": resync.message or "",
                    "sticky": trouble,
                },
            )
