import hashlib
import json
from datetime import timedelta, timezone
from decimal import Decimal
from itertools import islice

from odoo import api, fields, models
from odoo.tools import SQL

from ..client.error_tree import NetsuiteError
from ..client.merge import merge_streams
from ..const import TRANSACTION_TYPES
from ..mappers.streams import STREAMS, Window, header_query, part_query

# Not part of a record's content: they move when nothing that is booked has changed.
VOLATILE_COLUMNS = ("lastmodified",)

# PostgreSQL keeps no NUL character in text or JSON; NetSuite's text may hold one.
NUL = "\x00"

# One upsert for a page: the ORM would compare and write a thousand rows one by one. What is
# unchanged is not touched; only a new content has to be booked again.
LANDING = """
INSERT INTO netsuite_record AS known (
    connection_id, record_type, internal_id, name, external_id, payload,
    payload_hash, last_modified, priority, customer_internal_id,
    subsidiary_internal_id, company_id, state, attempts, landed_at,
    create_uid, create_date, write_uid, write_date)
SELECT %(connection)s, %(type)s, r.internal_id, r.name, r.external_id, r.payload,
    r.payload_hash, r.last_modified, r.priority, r.customer_internal_id,
    r.subsidiary_internal_id, r.company_id, 'pending', 0, %(now)s,
    %(uid)s, %(now)s, %(uid)s, %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
    internal_id int, name text, external_id text, payload jsonb,
    payload_hash text, last_modified timestamp, priority int,
    customer_internal_id int, subsidiary_internal_id int, company_id int)
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
    customer_internal_id = excluded.customer_internal_id,
    subsidiary_internal_id = excluded.subsidiary_internal_id,
    company_id = COALESCE(excluded.company_id, known.company_id),
    state = CASE WHEN known.state <> 'removed'
                 AND (%(force)s OR known.payload_hash IS DISTINCT FROM excluded.payload_hash)
                 THEN 'pending' ELSE known.state END,
    attempts = 0, next_try = NULL,
    landed_at = excluded.landed_at, write_date = excluded.write_date
WHERE %(force)s OR known.state = 'removed'
    OR known.payload_hash IS DISTINCT FROM excluded.payload_hash
    OR known.last_modified IS DISTINCT FROM excluded.last_modified
RETURNING known.state, known.id
"""


def _utc_naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _storable(row):
    return {name: value.replace(NUL, "") if NUL in value else value for name, value in row.items()}


def _is_open(document):
    """Tell whether a document has an open amount; a journal's stand on its lines."""
    return any(
        bool(Decimal(row.get(column) or 0))
        for row in (document["row"], *document.get("lines", ()))
        for column in ("foreignamountunpaid", "foreignpaymentamountunused")
    )


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
        if not stream.window_until:
            # NetSuite's clock decides, never ours; what is being saved now comes next time.
            stream.window_until = _utc_naive(client.clock.until())
            stream.cursor_id = 0
        return stream.window_until

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

        :param window: `mappers.streams.Window`.
        :param left_out: aliases of columns that this account does not have.
        :return: documents as stored in `netsuite.record.payload`, and the number of records
            that NetSuite said the window holds.
        """
        stream = self._reading(connection, record_type)
        seen = {"total": 0}

        def headers():
            for page in client.pages(header_query(stream, window, left_out)):
                if page.total is not None:
                    seen["total"] = page.total
                yield from page.rows

        def part_rows(part):
            yield from client.rows(part_query(stream, part, window, left_out))

        parts = {
            part.name: (part_rows(part), part.key[0])
            for part in stream.parts
            if not (part.one_world and "subsidiary" in left_out)
            and not (part.optional and part.source.table in left_out)
        }
        needed = [part.name for part in stream.parts if part.needed]
        kept = {part.name: part.kept or (lambda _row: True) for part in stream.parts}
        documents = (
            {
                "row": _storable(row),
                **{
                    name: [_storable(child) for child in group if kept[name](child)]
                    for name, group in groups.items()
                },
            }
            for row, groups in merge_streams(headers(), "id", parts)
            # Changed between the two queries: its lines left the window, the next one has it.
            if all(groups[name] for name in needed)
        )
        while batch := list(islice(documents, client.page_size)):
            yield batch, seen["total"]

    # === LANDING === #

    @api.model
    def _land_page(self, connection, stream, documents, total, run, run_line, client):
        """Store one page and move the cursor, in the same transaction."""
        wanted = self.env["netsuite.history"]._wanted(stream, documents, client.clock)
        changed = self._land(connection, stream.record_type, wanted, client.clock)
        stream.cursor_id = max(int(document["row"]["id"]) for document in documents)
        counted = len(documents)
        if stream.phase == "history":
            # The open items among them were counted when they were read first.
            counted = sum(not _is_open(document) for document in documents)
            total -= run._line(stream.record_type).total
        if not run_line["counted"]:
            run._count(stream.record_type, total=max(total, 0))
            run_line["counted"] = True
        run.phase = self.env._("Reading %s", stream._label())
        left_out = len(documents) - len(wanted)
        unchanged = max(counted - changed - left_out, 0)
        run._count(
            stream.record_type,
            landed=counted,
            unchanged=unchanged,
            ignored=left_out,
            missed=self._missed(stream, documents, run) if changed else 0,
        )
        if changed:
            connection._poke("book")

    @api.model
    def _missed(self, stream, documents, run):
        """Return how many of a page the daily check brought that earlier reads should have."""
        if run.kind != "daily" or not stream.missed_before:
            return 0
        return self.env["netsuite.record"].search_count(
            [
                ("connection_id", "=", stream.connection_id.id),
                ("record_type", "=", stream.record_type),
                ("internal_id", "in", [int(document["row"]["id"]) for document in documents]),
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
        documents = self._stored(connection, record_type, documents)
        values = [self._record_values(record_type, document, clock) for document in documents]
        companies = self._companies(connection) if record_type in TRANSACTION_TYPES else {}
        for value in values:
            # Known before it is booked, so that only its company's users see it wait.
            value["company_id"] = companies.get(value["subsidiary_internal_id"])
        linking = self.env["netsuite.history"]._linking(connection, record_type, documents)
        rows_ = self.env.execute_query(
            SQL(
                LANDING,
                connection=connection.id,
                type=record_type,
                rows=json.dumps(values),
                force=force,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env["netsuite.history"]._note_links_due(connection, record_type, linking)
        self.env["netsuite.record"].invalidate_model()
        returned = [record_id for state, record_id in rows_ if state == "removed"]
        if returned:
            self.env["netsuite.removal"]._note_return(connection, record_type, returned)
        return sum(1 for state, _record_id in rows_ if state == "pending")

    @api.model
    def _stored(self, connection, record_type, documents):
        """Return those of `documents` that concern a customer, or did when they were stored."""
        part = STREAMS[record_type].stored_with
        if not part:
            return documents
        empty = [int(document["row"]["id"]) for document in documents if not document[part]]
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
            document
            for document in documents
            if document[part] or int(document["row"]["id"]) in known
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
        """Return the stored columns of one document."""
        row = document["row"]
        modified = row.get("lastmodified")
        content = {
            **document,
            "row": {name: value for name, value in row.items() if name not in VOLATILE_COLUMNS},
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        lines = document.get("lines", ())
        mainline = next(
            (line for line in lines if line.get("mainline") == "T"), lines[0] if lines else {}
        )
        return {
            "internal_id": int(row["id"]),
            "name": row.get(STREAMS[record_type].number) or row["id"],
            "external_id": row.get("externalid"),
            "payload": document,
            "payload_hash": hashlib.sha256(text.encode()).hexdigest(),
            "last_modified": str(_utc_naive(clock.to_utc(modified))) if modified else None,
            "priority": int(record_type in TRANSACTION_TYPES and not _is_open(document)),
            "customer_internal_id": int(row.get("entity") or 0),
            "subsidiary_internal_id": int(mainline.get("subsidiary") or 0),
        }

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
        stream.write(values | self.env["netsuite.history"]._closing(stream, window_until))
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
                    found += [int(document["row"]["id"]) for document in documents]
                return found
            except NetsuiteError as error:
                if not self._leave_out(stream, error):
                    raise
