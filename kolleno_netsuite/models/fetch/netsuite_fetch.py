import hashlib
import json
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...client.clock import NetsuiteClock, zone_named
from ...client.errors import NetsuiteError
from ...client.merge import merge_streams
from ...const import TRANSACTION_TYPES
from ...mappers.landing import (
    OddRows,
    UnreadError,
    aside,
    internal_id,
    is_open,
    read_landing,
    storable_document,
)
from ...mappers.queries.streams import STREAMS, Window, header_query, part_query
from ..connection.failure import failure_of
from ..connection.hook import hook
from ..connection.isolation import isolate

# Not part of a record's content: they move when nothing that is booked has changed.
VOLATILE_COLUMNS = ("lastmodified",)

# How the hash of a record begins whose document could not be read: nothing of it is booked until
# another one comes, or it is read again from its payload.
UNREAD = "unread:"
# Rows without a readable internal id of one page that are listed one by one.
LISTED_ROWS = 20

# One upsert for a page: the ORM would compare and write a thousand rows one by one. What is
# unchanged is not touched; only a new content has to be booked again.
LANDING = """
INSERT INTO netsuite_record AS known (
    connection_id, record_type, internal_id, name, external_id, payload,
    payload_hash, last_modified, priority, customer_internal_id,
    subsidiary_internal_id, company_id, state, message, attempts, landed_at,
    create_uid, create_date, write_uid, write_date)
SELECT %(connection)s, %(type)s, r.internal_id, r.name, r.external_id, r.payload,
    r.payload_hash, r.last_modified, r.priority, r.customer_internal_id,
    r.subsidiary_internal_id, r.company_id, r.state, r.message, 0, %(now)s,
    %(uid)s, %(now)s, %(uid)s, %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
    internal_id int, name text, external_id text, payload jsonb,
    payload_hash text, last_modified timestamp, priority int,
    customer_internal_id int, subsidiary_internal_id int, company_id int,
    state text, message text)
ON CONFLICT (connection_id, record_type, internal_id) DO UPDATE SET
    name = excluded.name,
    external_id = excluded.external_id,
    payload = excluded.payload,
    payload_hash = excluded.payload_hash,
    last_modified = excluded.last_modified,
    priority = excluded.priority,
    former_customer_internal_id = CASE
        WHEN known.customer_internal_id <> excluded.customer_internal_id
        THEN known.customer_internal_id ELSE known.former_customer_internal_id END,
    customer_internal_id = COALESCE(excluded.customer_internal_id, known.customer_internal_id),
    subsidiary_internal_id = COALESCE(
        excluded.subsidiary_internal_id, known.subsidiary_internal_id),
    company_id = COALESCE(excluded.company_id, known.company_id),
    state = CASE WHEN known.state <> 'removed'
                 AND (%(force)s OR known.payload_hash IS DISTINCT FROM excluded.payload_hash)
                 THEN excluded.state ELSE known.state END,
    message = CASE WHEN known.state <> 'removed' AND excluded.state = 'failed'
                   THEN excluded.message ELSE known.message END,
    attempts = 0, next_try = NULL,
    landed_at = excluded.landed_at, write_date = excluded.write_date
WHERE %(force)s OR known.state = 'removed'
    OR known.payload_hash IS DISTINCT FROM excluded.payload_hash
    OR known.last_modified IS DISTINCT FROM excluded.last_modified
RETURNING known.state, known.id, known.internal_id
"""


class Stored(NamedTuple):
    """What became of documents that were stored.

    :param pending: number of records that are to be booked.
    :param unread: number of documents that could not be read, and are listed in Issues.
    """

    pending: int
    unread: int


def _utc_naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _digest(content):
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _ids(documents):
    """Return the internal ids of documents, of those that have one."""
    return [found for document in documents if (found := internal_id(document)) is not None]


class NetsuiteFetch(models.AbstractModel):
    """Read what NetSuite has and store it as it came, before anything is booked."""

    _name = "netsuite.fetch"
    _description = "NetSuite Fetch"

    # === READING === #

    @api.model
    def _read(self, connection, client, stream, run):
        """Read one stream to the end of its window, one page per commit.

        Yields after each commit, so that the driver can stop between two pages; the next call
        goes on where this one ended.

        :param client: a `NetsuiteClient`.
        :param run: the run whose counters grow.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        if STREAMS[stream.record_type].one_world and not connection.one_world:
            connection._commit_unit(self._close_window, stream, None)
            return
        window_until = connection._commit_unit(self._open_window, stream, client, processed=0)
        run_line = {"counted": False}
        while True:
            try:
                for documents, total in self._batches(
                    connection, client, stream.record_type, *self._scope(connection, stream, client)
                ):
                    connection._commit_unit(
                        self._land_page,
                        *(connection, stream, documents, total, run, run_line, client),
                        client=client,
                        run=run,
                    )
                    yield documents
                break
            except NetsuiteError as error:
                if not connection._commit_unit(self._leave_out, stream, error, client=client):
                    raise
        connection._commit_unit(self._close_window, stream, window_until, client=client, run=run)

    @api.model
    def _read_whole(self, connection, client, stream):
        """Read a small table in one piece, for a caller that commits by itself.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        if STREAMS[stream.record_type].one_world and not connection.one_world:
            return
        while True:
            left_out = self._left_out(connection, stream)
            try:
                for documents, _total in self._batches(
                    connection, client, stream.record_type, Window(), left_out
                ):
                    self._land(connection, stream.record_type, documents, client.clock)
                return
            except NetsuiteError as error:
                if not self._leave_out(stream, error):
                    if error.code == "NOT_ONEWORLD":
                        return
                    raise

    @api.model
    def _open_window(self, stream, client):
        """Fix the end of the window, and return it; a window that was begun is gone on with."""
        self._begin_window(stream)
        if not stream.window_until:
            # NetSuite's clock decides, never ours; what is being saved now comes next time.
            stream.window_until = _utc_naive(client.clock.until())
            stream.cursor_id = 0
        return stream.window_until

    @hook
    @api.model
    def _begin_window(self, stream):
        """Prepare the reading of `stream`: take aside what cannot be asked for."""

    @api.model
    def _scope(self, connection, stream, client):
        """Return (window, left out aliases) of what is to be read next."""
        clock = client.clock
        until = stream.window_until.replace(tzinfo=timezone.utc)
        since = None
        if stream.phase == "regular" and stream.cursor_at:
            start = stream.cursor_at.replace(tzinfo=timezone.utc)
            since = clock.from_utc(start - clock.overlap((start, until)))
        window = Window(
            since=since,
            until=clock.from_utc(until),
            after=stream.cursor_id,
            open_only=stream.phase == "open",
            **self.env["netsuite.history"]._dates(stream),
            at_first=stream.phase != "regular",
        )
        return window, self._left_out(connection, stream)

    @api.model
    def _batches(self, connection, client, record_type, window, left_out=frozenset()):
        """Yield (documents, total) in batches of a page; only HTTP happens here.

        The record's own rows and the rows that belong to it come from one query each, all in
        the order of the internal id, and are merged here. So N rows cost ceil(N / 1000) calls
        per query however many lines each document has.

        :param window: `mappers.queries.streams.Window`.
        :param left_out: aliases of columns that this account does not have.
        :return: documents as stored in `netsuite.record.payload`, and the number of records
            that NetSuite said the window holds. Rows whose id cannot be read come last, each as
            a document by itself.
        """
        stream = self._reading(connection, record_type)
        seen, odd = {"total": 0}, OddRows({part.name: part.key[0] for part in stream.parts})

        def headers():
            for page in client.pages(header_query(stream, window, left_out), odd.of("")):
                if page.total is not None:
                    seen["total"] = page.total
                yield from page.rows

        def part_rows(part):
            yield from client.rows(part_query(stream, part, window, left_out), odd.of(part.name))

        parts = {
            part.name: (part_rows(part), part.key[0])
            for part in stream.parts
            if not (part.one_world and "subsidiary" in left_out)
            and not (part.optional and part.source.table in left_out)
        }
        needed = [part.name for part in stream.parts if part.needed]
        kept = {part.name: part.kept or (lambda _row: True) for part in stream.parts}

        def documents():
            for row, groups in merge_streams(headers(), "id", parts):
                for name, group in groups.items():
                    group += odd.take(name, row["id"])
                # Changed between the two queries: its lines left the window, the next one has it.
                if all(groups[name] for name in needed):
                    yield {
                        "row": row,
                        **{
                            # One without a key of its own is kept: it says what is wrong.
                            name: [r for r in group if kept[name](r) or odd.has(name, r)]
                            for name, group in groups.items()
                        },
                    }

        found = documents()
        while batch := list(islice(found, client.page_size)):
            yield batch, seen["total"]
        if rest := odd.documents():
            yield rest, seen["total"]

    # === LANDING === #

    @api.model
    def _land_page(self, connection, stream, documents, total, run, run_line, client):
        """Store one page and move the cursor, in the same transaction."""
        wanted = self.env["netsuite.history"]._wanted(stream, documents)
        changed, unread = self._store(connection, stream.record_type, wanted, client.clock)
        ids = _ids(documents)
        stream.cursor_id = max(ids, default=stream.cursor_id)
        counted = sum(bool(document["row"]) for document in documents)
        if stream.phase == "history":
            # The open items among them were counted when they were read first.
            counted = sum(bool(each["row"]) and not is_open(each) for each in documents)
            total -= run._line(stream.record_type).total
        if not run_line["counted"]:
            run._count(stream.record_type, total=max(total, 0))
            run_line["counted"] = True
        run.phase = self.env._("Reading %s", stream._label())
        left_out = len(documents) - len(wanted)
        unchanged = max(counted - changed - unread - left_out, 0)
        run._count(
            stream.record_type,
            landed=counted,
            unchanged=unchanged,
            ignored=left_out,
            failed=unread,
            missed=self._missed(stream, ids, run) if changed else 0,
        )
        if changed:
            connection._poke("book")

    @api.model
    def _missed(self, stream, internal_ids, run):
        """Return how many of a page the daily check brought that earlier reads should have."""
        if run.kind != "daily" or not stream.missed_before:
            return 0
        return self.env["netsuite.record"].search_count(
            [
                ("connection_id", "=", stream.connection_id.id),
                ("record_type", "=", stream.record_type),
                ("internal_id", "in", internal_ids),
                ("state", "=", "pending"),
                ("last_modified", "<", stream.missed_before),
            ]
        )

    @api.model
    def _land(self, connection, record_type, documents, clock, force=False):
        """Store documents as they came; what is unchanged costs nothing.

        :param documents: ``{"row": …, "lines": […], …}`` as NetSuite sent them.
        :param force: book them again even if nothing changed.
        :return: number of records that are to be booked.
        """
        return self._store(connection, record_type, documents, clock, force).pending

    @api.model
    def _store(self, connection, record_type, documents, clock, force=False):
        """Store documents; parameters as for `_land`.

        One that cannot be read is stored as it came, failed with its reason; one without an id
        that can be stored is listed only.

        :return: `Stored`.
        """
        documents = [storable_document(document) for document in documents]
        nameless = [each for each in documents if internal_id(each) is None]
        documents = [each for each in documents if internal_id(each) is not None]
        documents = self._stored(connection, record_type, documents)
        values = [self._record_values(record_type, document, clock) for document in documents]
        companies = self._companies(connection) if record_type in TRANSACTION_TYPES else {}
        problems = {}
        for value in values:
            # Known before it is booked, so that only its company's users see it wait.
            value["company_id"] = companies.get(value["subsidiary_internal_id"])
            if value["state"] == "failed":
                problems[value["internal_id"]] = value.pop("problem")
        linking = self.env["netsuite.history"]._linking(connection, record_type, documents)
        rows, refused = self._upsert(connection, record_type, values, force)
        self.env["netsuite.history"]._note_links_due(connection, record_type, linking)
        self.env["netsuite.record"].invalidate_model()
        returned = [record_id for state, record_id, _internal_id in rows if state == "removed"]
        if returned:
            self.env["netsuite.removal"]._note_return(connection, record_type, returned)
        failed = {
            record_id: problems[found]
            for state, record_id, found in rows
            if state == "failed" and found in problems
        }
        self._list_unread(connection, record_type, failed)
        if documents:
            self._forget_nameless(connection, record_type, {each["name"] for each in values})
        self._list_nameless(connection, record_type, nameless, refused)
        return Stored(
            sum(state == "pending" for state, _record_id, _internal_id in rows),
            len(failed) + len(refused) + sum(bool(each["row"]) for each in nameless),
        )

    @api.model
    def _upsert(self, connection, record_type, values, force):
        """Write documents into the inbox.

        :param values: what `_record_values` returned, with their companies.
        :return: the rows that changed as (state, id, internal id), and
            ``[(values of one document, exception)]`` of what the database refuses.
        """

        def write(part):
            return self.env.execute_query(
                SQL(
                    LANDING,
                    connection=connection.id,
                    type=record_type,
                    rows=json.dumps(part),
                    force=force,
                    uid=self.env.uid,
                    now=fields.Datetime.now(),
                )
            )

        rows, refused = [], []
        # None may be left for later: the cursor moves behind all of them.
        while values:
            isolated = isolate(self.env, values, write)
            for _part, changed in isolated.done:
                rows += changed
            refused += [(value, error) for (value,), error in isolated.errors]
            values = isolated.rest
        return rows, refused

    @api.model
    def _reland(self, records):
        """Read failed documents again from their payloads, and list those that fail again.

        :param records: pending `netsuite.record` rows of one connection and one type whose
            documents could not be read; they stay pending when they can be read now.
        """
        connection = records.connection_id
        zone = zone_named(connection.session_zone)
        clock = NetsuiteClock(
            datetime.now(timezone.utc), zone or timezone.utc, connection.session_zone or "UTC"
        )
        documents = [record.payload["unread"] for record in records]
        self._store(connection, records[0].record_type, documents, clock, force=True)

    @api.model
    def _stored(self, connection, record_type, documents):
        """Return those of `documents` that concern a customer, or did when they were stored."""
        part = STREAMS[record_type].stored_with
        if not part:
            return documents
        empty = _ids(document for document in documents if not document[part])
        known = set()
        if empty:
            records = self.env["netsuite.record"].search_fetch(
                [
                    ("connection_id", "=", connection.id),
                    ("record_type", "=", record_type),
                    ("internal_id", "in", empty),
                ],
                ["internal_id"],
            )
            known = set(records.mapped("internal_id"))
        return [
            document for document in documents if document[part] or internal_id(document) in known
        ]

    @api.model
    def _companies(self, connection):
        """Return {subsidiary's internal id: id of the company that keeps its books}."""
        return {
            subsidiary.internal_id: subsidiary.company_id.id
            for subsidiary in self.env["netsuite.subsidiary"].search(
                [("connection_id", "=", connection.id), ("company_id", "!=", False)]
            )
        }

    @api.model
    def _record_values(self, record_type, document, clock):
        """Return the stored columns of one document; of one that fails, its ``problem``, too."""
        row = document["row"]
        values = {
            "internal_id": internal_id(document),
            "name": row.get(STREAMS[record_type].number) or row["id"],
            "external_id": row.get("externalid"),
        }
        try:
            landing = read_landing(record_type, document, clock)
        except UnreadError as error:
            return {
                **values,
                "payload": aside(document),
                "payload_hash": UNREAD + _digest(document),
                "last_modified": None,
                "priority": 0,
                "customer_internal_id": None,
                "subsidiary_internal_id": None,
                "state": "failed",
                "message": self._unread_sentence(error),
                "problem": error,
            }
        content = {
            **document,
            "row": {name: value for name, value in row.items() if name not in VOLATILE_COLUMNS},
        }
        modified = landing.modified_at
        return {
            **values,
            "payload": document,
            "payload_hash": _digest(content),
            "last_modified": str(_utc_naive(modified)) if modified else None,
            "priority": int(record_type in TRANSACTION_TYPES and not landing.is_open),
            "customer_internal_id": landing.customer,
            "subsidiary_internal_id": landing.subsidiary,
            "state": "pending",
            "message": None,
        }

    # === WHAT CANNOT BE READ === #

    @api.model
    def _unread_sentence(self, error):
        """Return what is wrong with a value, in words; `error` is an `UnreadError`."""
        named = {"value": error.value, "field": error.column}
        if error.wanted == "number":
            return self.env._('NetSuite gave "%(value)s" as %(field)s, which is no amount', **named)
        if error.wanted == "moment":
            return self.env._(
                'NetSuite gave "%(value)s" as %(field)s, which is no date and time of a change',
                **named,
            )
        return self.env._(
            'NetSuite gave "%(value)s" as %(field)s, which is no internal ID', **named
        )

    @api.model
    def _list_unread(self, connection, record_type, failed):
        """List documents of which a value cannot be read.

        :param failed: {id of `netsuite.record`: `UnreadError`}.
        """
        Record = self.env["netsuite.record"]
        by_column = {}
        for record_id, error in failed.items():
            by_column.setdefault(error.column, {})[record_id] = error
        for column, errors in by_column.items():
            records = Record.browse(errors)
            self.env["netsuite.issue"]._touch(
                connection,
                "content",
                f"unread:{record_type}:{column}",
                self.env._(
                    "%(type)s: the value of the field %(field)s cannot be read",
                    type=Record._record_type_labels()[record_type],
                    field=column,
                ),
                self._advice_unread(),
                records=records,
                detail=f"{records[0].name}: {self._unread_sentence(errors[records[0].id])}",
            )

    def _advice_unread(self):
        return self.env._(
            "Correct the record in NetSuite: it is read again once it was saved there. The others "
            "go on meanwhile."
        )

    @api.model
    def _list_nameless(self, connection, record_type, documents, refused):
        """List rows that cannot be stored at all.

        :param documents: those without an internal id that fits, or rows that belong to one.
        :param refused: ``[(values, exception)]`` of what the database refused.
        """
        number = STREAMS[record_type].number
        found = []
        for document in documents:
            row = document["row"] or document.get("unowned", {})
            given = row.get("id") if document["row"] else next(iter(row.values()), None)
            found.append(
                (
                    row.get(number) or "",
                    self.env._('NetSuite gave "%s" as its internal ID, which cannot be kept', given)
                    if given
                    else self.env._("NetSuite gave no internal ID"),
                )
            )
        found += [(value["name"], failure_of(self.env, error).title) for value, error in refused]
        if len(found) > LISTED_ROWS:
            found = [("", found[0][1])]
        for name, reason in found:
            label = self.env["netsuite.record"]._record_type_labels()[record_type]
            self.env["netsuite.issue"]._touch(
                connection,
                "content",
                f"no_id:{record_type}:{name[:100]}",
                self.env._("%(type)s: %(name)s could not be stored", type=label, name=name[:100])
                if name
                else self.env._("%s: records could not be stored", label),
                self._advice_unread(),
                detail=reason[:1000],
            )

    @api.model
    def _forget_nameless(self, connection, record_type, names):
        """Close the issues of records that could not be stored and were now."""
        prefix = f"no_id:{record_type}:"
        names = {name[:100] for name in names}
        self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "open"),
                ("key", "=like", f"{prefix}_%"),
            ]
        ).filtered(lambda issue: issue.key.removeprefix(prefix) in names)._solve()

    @api.model
    def _close_window(self, stream, window_until):
        """Note that the whole window is stored, and plan the next one."""
        has_open_items = STREAMS[stream.record_type].open_items is not None
        now = fields.Datetime.now()
        values = {
            "window_until": False,
            "cursor_id": 0,
            "last_error": False,
            "failures": 0,
        }
        if stream.phase == "open" and has_open_items:
            values |= {"phase": "history", "next_read_at": False}
        else:
            values |= {
                "phase": "regular",
                "cursor_at": window_until or now,
                "last_success_at": now,
                "next_read_at": now + timedelta(minutes=stream._interval()),
            }
        stream._advance(**values | self.env["netsuite.history"]._closing(stream, window_until))
        connection = stream.connection_id
        self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "open"),
                ("key", "in", ["network", f"stream:{stream.record_type}"]),
            ]
        )._solve()

    # === SINGLE DOCUMENTS === #

    @api.model
    def _reread(self, connection, client, record_type, ids=(), customers=(), since=None):
        """Read named documents again, and have them booked again.

        :param ids: internal ids; documents of `customers` when empty.
        :param customers: internal ids of customers: their open documents, whenever those changed.
        :param since: all documents of `customers` that changed since, instead of the open ones:
            wall time of NetSuite's session.
        :return: the internal ids that NetSuite still has.
        """
        stream = connection.stream_ids.filtered(lambda s: s.record_type == record_type)
        window = Window(
            ids=tuple(ids),
            customers=tuple(customers),
            open_only=bool(customers) and not ids and not since,
            since=since,
        )
        while True:
            found, left_out = [], self._left_out(connection, stream)
            try:
                for documents, _total in self._batches(
                    connection, client, record_type, window, left_out
                ):
                    self._land(connection, record_type, documents, client.clock, force=True)
                    found += _ids(documents)
                return found
            except NetsuiteError as error:
                if not self._leave_out(stream, error):
                    raise
