from datetime import date

from odoo.tools import SQL, split_every

from ...const import CHOSEN_TYPES, DOCUMENT_TYPES, PAGE_SIZE
from ...mappers.landing import internal_id, is_open, paid_by
from ...mappers.queries.history import linked_with, older_linked
from ...mappers.queries.record_sources import RECORD_SOURCES


class History:
    """Leaves out closed documents before the start of the history, and nothing that is needed.

    What a mirrored document is applied to, or is applied to it, is read however old it is, and
    what that is linked with in turn: so each mirrored document has in Odoo what it has open in
    NetSuite. A document that was read once stays in sync, whatever becomes of the start.

    :param connection: the `netsuite.connection` whose history it is.
    """

    def __init__(self, connection):
        self.env = connection.env
        self.connection = connection

    # === WHILE A STREAM IS READ === #

    def dates(self, stream):
        """Return the dates that limit what is read of `stream` now, as `Window` takes them."""
        source = RECORD_SOURCES[stream.record_type]
        whole = stream.phase == "open" and source.open_items is None
        if not source.dated or not (stream.phase == "history" or whole):
            return {}
        return {
            "dated_from": self.connection.history_start or None,
            "dated_before": stream.history_before or None,
        }

    def closing(self, stream, window_until):
        """Return what differs for a stream with a history when its window was stored whole.

        :param window_until: end of the window (UTC, naive).
        :return: ``{field of the stream: value}``.
        """
        if not RECORD_SOURCES[stream.record_type].dated:
            return {}
        if stream.phase == "open" and RECORD_SOURCES[stream.record_type].open_items is not None:
            # Closed since then and too old for the history: only what changed will tell.
            return {"cursor_at": window_until} if self.connection.history_start else {}
        if stream.phase == "regular":
            return {}
        values = {"history_before": False}
        if stream.cursor_at:
            # What changed meanwhile is read next, from where the last changes ended.
            values |= {"cursor_at": stream.cursor_at, "next_read_at": False}
        return values

    def wanted(self, stream, documents):
        """Return those of `documents` that are mirrored.

        A closed one before the start is not, unless it is known or is applied to a known one.

        :param documents: ``{"row": …, "lines": […], …}`` as NetSuite sent them.
        """
        start = self.connection.history_start
        if not start or not RECORD_SOURCES[stream.record_type].dated:
            return documents
        doubtful = {
            internal_id(document): document
            for document in documents
            if self._is_older(document, start) and not is_open(document)
        }
        # Without an id that can be read it is listed.
        doubtful.pop(None, None)
        if not doubtful:
            return documents
        linked = {each for document in doubtful.values() for each in paid_by(document)}
        known = self._known({*doubtful, *linked})
        unwanted = {
            each
            for each, document in doubtful.items()
            if each not in known and known.isdisjoint(paid_by(document))
        }
        return [each for each in documents if internal_id(each) not in unwanted]

    def linking(self, record_type, documents):
        """Return the internal ids of documents that may be linked with one not known yet.

        Called before `documents`, which are as for `wanted`, are stored.
        """
        start = self.connection.history_start
        if not start or not RECORD_SOURCES[record_type].dated or record_type in CHOSEN_TYPES:
            return []
        ids = {internal_id(document) for document in documents}
        paid = {each for document in documents for each in paid_by(document)}
        known = self._known(ids | paid)
        return [
            internal_id(document)
            for document in documents
            if not known.issuperset(paid_by(document))
            or (self._is_older(document, start) and internal_id(document) not in known)
        ]

    def note_links_due(self, record_type, internal_ids):
        """Note that what is linked with these documents has to be looked for."""
        if not internal_ids:
            return
        # Landed by SQL a moment ago, in the same transaction.
        self.env.execute_query(
            SQL(
                """UPDATE netsuite_record SET links_due = TRUE WHERE connection_id = %s
                   AND record_type = %s AND internal_id = ANY(%s) RETURNING id""",
                self.connection.id,
                record_type,
                internal_ids,
            )
        )

    # === COMPLETING === #

    def due_records(self, limit=None):
        """Return the records whose linked documents have to be looked for, in order of their ids.

        :param limit: how many at most; all when empty.
        """
        return self.env["netsuite.record"].search(
            [("connection_id", "=", self.connection.id), ("links_due", "=", True)],
            order="id",
            limit=limit,
        )

    def complete_chunk(self, client, run=None):
        """Read the older documents that a thousand mirrored ones are linked with; never commits.

        :param client: the connection's `NetsuiteClient`.
        :param run: the run whose counters grow.
        :return: number of documents that were read.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        start = self.connection.history_start
        if self.connection.history_complete_from != start:
            found = older_linked(client, start)
            self.connection.history_complete_from = start
            return self._read_unknown(client, found, run)
        records = self.due_records(PAGE_SIZE)
        chosen = [each for each in self._active_types() if each in CHOSEN_TYPES]
        ids = records.mapped("internal_id")
        found = linked_with(client, ids, start, chosen) if records else {}
        records.links_due = False
        return self._read_unknown(client, found, run)

    def _read_unknown(self, client, found, run=None):
        """Read those of `found` ({internal id: record type}) that are not known yet."""
        known = self._known(found)
        by_type = {}
        for unknown in sorted(found.keys() - known):
            by_type.setdefault(found[unknown], []).append(unknown)
        active = self._active_types()
        count = 0
        for record_type in (each for each in DOCUMENT_TYPES if each in by_type.keys() & active):
            for ids in split_every(PAGE_SIZE, by_type[record_type]):
                Fetch = self.env["netsuite.fetch"]
                read = Fetch._reread(self.connection, client, record_type, ids)
                count += len(read)
                if run:
                    run._count(record_type, total=len(read), landed=len(read))
        if count:
            self.connection._trigger_cron("book")
        return count

    def _known(self, internal_ids):
        """Return those of `internal_ids` that are stored; one id is one transaction of any type."""
        if not internal_ids:
            return set()
        rows = self.env["netsuite.record"].search_read(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "in", DOCUMENT_TYPES),
                ("internal_id", "in", list(internal_ids)),
            ],
            ["internal_id"],
        )
        return {row["internal_id"] for row in rows}

    def _active_types(self):
        """Return the record types that are read."""
        return set(self.connection.stream_ids.filtered("active").mapped("record_type"))

    def _is_older(self, document, start):
        try:
            return date.fromisoformat(document["row"].get("trandate") or str(start)) < start
        except ValueError:
            # Its booking says so.
            return False
