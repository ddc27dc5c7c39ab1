from datetime import timedelta, timezone
from itertools import islice

from odoo import api, fields, models

from ...client.errors import NetsuiteError
from ...client.merge import merge_streams
from ...mappers.landing import (
    OddRows,
    internal_id,
)
from ...mappers.queries.record_sources import RECORD_SOURCES, Window, header_query, part_query
from ...mappers.queries.shape import from_lines
from ..connection.hook import hook
from .history import History


def _utc_naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


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
        if not connection._shape().has_source(RECORD_SOURCES[stream.record_type]):
            connection._commit_unit(self._close_window, stream, None)
            return
        # Stored with the first page: a read that finds nothing costs one commit.
        window_until = self._window_until(stream, client)
        run_line = {"counted": False}
        while True:
            scope = self._scope(connection, stream, client, window_until)
            try:
                for documents, total in self._batches(
                    connection, client, stream.record_type, *scope
                ):
                    connection._commit_unit(
                        self._land_page,
                        *(connection, stream, documents, total, run, run_line, client),
                        window_until,
                        client=client,
                        run=run,
                    )
                    yield documents
                break
            except NetsuiteError as error:
                if not connection._commit_unit(self._leave_out, stream, error, client=client):
                    raise
                # A type of records that nobody needs can be lacking as a whole.
                if not connection._shape().has_source(RECORD_SOURCES[stream.record_type]):
                    window_until = None
                    break
        connection._commit_unit(
            self._close_window, stream, window_until, run_line["counted"], client=client, run=run
        )

    @api.model
    def _read_whole(self, connection, client, stream):
        """Read a small table in one piece, for a caller that commits by itself.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        while connection._shape().has_source(RECORD_SOURCES[stream.record_type]):
            missing = self._missing_columns(connection, stream)
            try:
                for documents, _total in self._batches(
                    connection, client, stream.record_type, Window(), missing
                ):
                    self._land(connection, stream.record_type, documents, client.clock)
                self._note_answered(stream)
                return
            except NetsuiteError as error:
                if not self._leave_out(stream, error):
                    raise

    @api.model
    def _window_until(self, stream, client):
        """Return the end of the window (UTC); a window that was begun is gone on with."""
        # NetSuite's clock decides, never ours; what is being saved now comes next time.
        return stream.window_until or _utc_naive(client.clock.until())

    @hook
    @api.model
    def _begin_reading(self, streams):
        """Prepare the reading of `streams`, of one connection: take aside what cannot be asked."""

    @api.model
    def _scope(self, connection, stream, client, window_until):
        """Return (window, missing columns) of what is to be read next."""
        clock = client.clock
        until = window_until.replace(tzinfo=timezone.utc)
        since = None
        if stream.phase == "regular" and stream.cursor_at:
            start = stream.cursor_at.replace(tzinfo=timezone.utc)
            since = clock.from_utc(start - clock.overlap((start, until)))
        window = Window(
            since=since,
            until=clock.from_utc(until),
            after=stream.cursor_id if stream.window_until else 0,
            open_only=stream.phase == "open",
            **History(connection).dates(stream),
            at_first=stream.phase != "regular",
        )
        return window, self._missing_columns(connection, stream)

    @api.model
    def _batches(self, connection, client, record_type, window, missing=frozenset()):
        """Yield (documents, total) in batches of a page; only HTTP happens here.

        The record's own rows and the rows that belong to it come from one query each, all in
        the order of the internal id, and are merged here. So N rows cost ceil(N / 1000) calls
        per query however many lines each document has.

        :param window: `mappers.queries.record_sources.Window`.
        :param missing: aliases of the account's own columns that NetSuite does not know.
        :return: documents as stored in `netsuite.record.payload`, and the number of records
            that NetSuite said the window holds. Rows whose id cannot be read come last, each as
            a document by itself.
        """
        source = self._record_source(connection, record_type)
        seen, odd = {"total": 0}, OddRows({part.name: part.key[0] for part in source.parts})

        def headers():
            for page in client.pages(header_query(source, window, missing), odd.of("")):
                if page.total is not None:
                    seen["total"] = page.total
                yield from page.rows

        def part_rows(part):
            yield from client.rows(part_query(source, part, window), odd.of(part.name))

        parts = {part.name: (part_rows(part), part.key[0]) for part in source.parts}
        needed = [part.name for part in source.parts if part.needed]

        def documents():
            for row, groups in merge_streams(headers(), "id", parts):
                for name, group in groups.items():
                    group += odd.take(name, row["id"])
                # Changed between the two queries: its lines left the window, the next one has it.
                if all(groups[name] for name in needed):
                    for name in source.line_amounts:
                        from_lines(row, groups["lines"], name)
                    yield source.document(row, groups, odd.has)

        found = documents()
        while batch := list(islice(found, client.page_size)):
            yield batch, seen["total"]
        if rest := odd.documents():
            yield rest, seen["total"]

    # === WHAT CANNOT BE READ === #

    @api.model
    def _close_window(self, stream, window_until, landed=True):
        """Note that the whole window is stored, and plan the next one.

        :param window_until: its end (UTC, naive); None when the account lacks these records.
        :param landed: something was in it.
        """
        has_open_items = RECORD_SOURCES[stream.record_type].open_items is not None
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
        connection = stream.connection_id
        known = not landed and self._answered_lately(stream, now)
        stream._advance(**values | History(connection).closing(stream, window_until))
        if window_until and not known:
            self._note_answered(stream)
        self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "open"),
                ("key", "in", ["network", "busy", f"stream:{stream.record_type}"]),
            ]
        )._solve()

    # === SINGLE DOCUMENTS === #

    @api.model
    def _reread(
        self, connection, client, record_type, ids=(), customers=(), since=None, force=True
    ):
        """Read named documents again, and have them booked again.

        :param ids: internal ids; documents of `customers` when empty.
        :param customers: internal ids of customers: their open documents, whenever those changed.
        :param since: all documents of `customers` that changed since, instead of the open ones:
            wall time of NetSuite's session.
        :param force: also what has not changed is booked again.
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
            found, missing = [], self._missing_columns(connection, stream)
            try:
                for documents, _total in self._batches(
                    connection, client, record_type, window, missing
                ):
                    self._land(connection, record_type, documents, client.clock, force=force)
                    found += _ids(documents)
                return found
            except NetsuiteError as error:
                if not self._leave_out(stream, error):
                    raise
