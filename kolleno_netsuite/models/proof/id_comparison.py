import json
from datetime import timezone

from odoo.tools import SQL

from ...mappers.queries.comparison import id_query
from ...mappers.queries.record_sources import RECORD_SOURCES
from ..fetch.history import History
from ..removal.removal import FOLLOWED_TYPES

# One page of NetSuite's ids beside ours of the same range: who is on one side only, and who
# says something else. The ORM would read every record of the range to find the few.
DIFFERENCES = """
WITH page AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS p(id int, lastmodified text, entity text, voided text)
), known AS (
    SELECT id AS record_id, internal_id, state, payload->'row' AS row FROM netsuite_record
    WHERE connection_id = %(connection)s AND record_type = %(type)s
        AND internal_id > %(after)s AND internal_id <= %(last)s
)
SELECT p.id, p.lastmodified, CASE
    WHEN k.internal_id IS NULL THEN 'missed'
    WHEN k.state = 'removed' THEN 'returned'
    WHEN p.lastmodified IS DISTINCT FROM k.row->>'lastmodified' THEN 'changed'
    ELSE 'moved' END, k.record_id
FROM page p LEFT JOIN known k ON k.internal_id = p.id
WHERE k.internal_id IS NULL OR k.state = 'removed'
    OR p.lastmodified IS DISTINCT FROM k.row->>'lastmodified'
    OR p.entity IS DISTINCT FROM COALESCE(k.row->>'entity', p.entity)
    OR p.voided IS DISTINCT FROM COALESCE(k.row->>'voided', p.voided)
"""

# What NetSuite's page skips although we have it. Marked where it stands: there may be a million
# when a role has lost its sight of them, and nothing is done about them before that is counted.
VANISHED = """
connection_id = %(connection)s AND record_type = %(type)s AND state <> 'removed'
    AND removal_step IS NULL AND internal_id > %(after)s
    AND (%(last)s = 0 OR internal_id <= %(last)s)
    AND internal_id <> ALL(%(ids)s)
"""


class IdComparison:
    """Compares all ids of NetSuite with ours, and finds what nobody announced.

    Only ids and dates are read, a page at a time: ceil(N / 1000) calls per record type. An
    invoice and its payment that were deleted together change no sum, a merge moves no date:
    here they are found (docs/FEATURES.md 33).

    :param connection: the `netsuite.connection` whose ids are compared.
    :param client: its `NetsuiteClient`.
    """

    def __init__(self, connection, client):
        self.env = connection.env
        self.connection = connection
        self.client = client

    # === WHAT IS COMPARED === #

    def streams(self):
        """Return the streams whose ids are compared: those that were read to the end once."""
        return self.connection.stream_ids.filtered(
            lambda stream: (
                stream.active
                and stream.phase == "regular"
                and stream.record_type in FOLLOWED_TYPES
                and self.connection._shape().has_source(RECORD_SOURCES[stream.record_type])
            )
        ).sorted("sequence")

    def query(self, stream):
        """Return the `client.suiteql.Query` of all ids of a stream and what dates them."""
        Fetch = self.env["netsuite.fetch"]
        source = Fetch._record_source(self.connection, stream.record_type)
        return id_query(source, Fetch._missing_columns(self.connection, stream))

    # === UNITS === #

    def compare_page(self, stream, page, line):
        """Compare one page, read again what it shows to be missed, and count; never commits.

        :param page: `client.suiteql.Page` of `query`.
        :param line: the `netsuite.run.line`, whose cursor moves behind the page.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        ids = [int(row["id"]) for row in page.rows]
        scope = {
            "connection": self.connection.id,
            "type": stream.record_type,
            "after": line.cursor_id,
            "last": ids[-1],
        }
        found = self.env.execute_query(SQL(DIFFERENCES, rows=json.dumps(page.rows), **scope))
        vanished = self._mark_vanished(scope, ids)
        returned = [record_id for _id, _at, kind, record_id in found if kind == "returned"]
        self.env["netsuite.record"].browse(returned)._shown_again()
        late = [
            (internal_id, kind)
            for internal_id, modified, kind, _record_id in found
            if kind != "returned" and (kind == "moved" or self._is_late(stream, modified))
        ]
        late = self._within_history(stream, page, late)
        if late:
            self._read_late(stream, late, line)
        line.write(
            {
                "total": max(line.total, page.total or 0),
                "landed": line.landed + len(ids),
                "vanished": line.vanished + vanished,
                "cursor_id": ids[-1],
            }
        )

    def _within_history(self, stream, page, late):
        """Return those of `late` that are mirrored: not what was closed before the history begins.

        :param late: ``[(internal id, kind)]``.
        """
        missed = {internal_id for internal_id, kind in late if kind == "missed"}
        documents = [{"row": row} for row in page.rows if int(row["id"]) in missed]
        wanted = History(self.connection).wanted(stream, documents)
        kept = {int(document["row"]["id"]) for document in wanted}
        return [each for each in late if each[0] in kept or each[1] != "missed"]

    def _is_late(self, stream, modified):
        """Tell whether the regular reading should have stored a change already."""
        if not modified or not stream.cursor_at:
            return True
        at = self.client.clock.to_utc(modified).astimezone(timezone.utc).replace(tzinfo=None)
        return at <= stream.cursor_at

    def _read_late(self, stream, late, line):
        """Read again what was missed, has another date, or is another customer's now."""
        found = set(
            self.env["netsuite.fetch"]._reread(
                *(self.connection, self.client, stream.record_type),
                [internal_id for internal_id, _ in late],
            )
        )
        kinds = [kind for internal_id, kind in late if internal_id in found]
        line.missed += kinds.count("missed")
        line.changed += len(kinds) - kinds.count("missed")

    def _mark_vanished(self, scope, ids):
        """Suspect our records of a range that NetSuite did not show in it; return how many."""
        return self.env["netsuite.record"]._advance_where(
            SQL(VANISHED, ids=ids, **scope), removal_step="suspected"
        )

    def finish_type(self, stream, line):
        """Suspect what lies behind NetSuite's last id; the type is compared then. Never commits.

        :param line: as for `compare_page`.
        """
        scope = {
            "connection": self.connection.id,
            "type": stream.record_type,
            "after": line.cursor_id,
            "last": 0,
        }
        line.vanished += self._mark_vanished(scope, [])
        line.write({"compared": True, "total": line.landed})
