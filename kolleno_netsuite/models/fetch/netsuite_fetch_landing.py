import hashlib
import json
from datetime import datetime, timezone
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...client.clock import NetsuiteClock, zone_named
from ...const import TRANSACTION_TYPES
from ...mappers.landing import (
    UnreadError,
    aside,
    internal_id,
    is_open,
    read_landing,
    storable_document,
)
from ...mappers.queries.record_sources import RECORD_SOURCES
from ..connection.failure import failure_of
from ..connection.isolation import isolate
from .history import History
from .netsuite_fetch import _ids, _utc_naive

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
    unproved, create_uid, create_date, write_uid, write_date)
SELECT %(connection)s, %(type)s, r.internal_id, r.name, r.external_id, r.payload,
    r.payload_hash, r.last_modified, r.priority, r.customer_internal_id,
    r.subsidiary_internal_id, r.company_id, r.state, r.message, 0, %(now)s,
    %(balance)s, %(uid)s, %(now)s, %(uid)s, %(now)s
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
    unproved = known.unproved OR (%(balance)s AND (
        %(force)s OR known.payload_hash IS DISTINCT FROM excluded.payload_hash)),
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


def _digest(content):
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class NetsuiteFetch(models.AbstractModel):
    """Landing: a page of rows becomes records, as NetSuite sent them."""

    _inherit = "netsuite.fetch"

    # === BUSINESS METHODS === #

    @api.model
    def _land_page(self, connection, stream, documents, total, run, run_line, client, window_until):
        """Store one page and move the cursor, in the same transaction."""
        if not run_line["counted"] and not stream.window_until:
            stream.write({"window_until": window_until, "cursor_id": 0})
        wanted = History(connection).wanted(stream, documents)
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
            connection._trigger_cron("book")

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
        history = History(connection)
        linking = history.linking(record_type, documents)
        rows, refused = self._upsert(connection, record_type, values, force)
        history.note_links_due(record_type, linking)
        self.env["netsuite.record"].invalidate_model()
        returned = [record_id for state, record_id, _internal_id in rows if state == "removed"]
        self.env["netsuite.record"].browse(returned)._shown_again()
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
                    balance=record_type in TRANSACTION_TYPES,
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
        # sudo: netsuite.record - as the caller has it for reading them.
        connection = records.connection_id.with_env(self.env)
        zone = zone_named(connection.session_zone)
        clock = NetsuiteClock(
            datetime.now(timezone.utc), zone or timezone.utc, connection.session_zone or "UTC"
        )
        documents = [record.payload["unread"] for record in records]
        self._store(connection, records[0].record_type, documents, clock, force=True)

    @api.model
    def _stored(self, connection, record_type, documents):
        """Return those of `documents` that concern a customer, or did when they were stored."""
        part = RECORD_SOURCES[record_type].stored_with
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
            "name": row.get(RECORD_SOURCES[record_type].number) or row["id"],
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

    @api.model
    def _unread_sentence(self, error):
        """Return what is wrong with a value, in words; `error` is an `UnreadError`."""
        named = {"value": error.value, "field": error.column}
        if error.wanted == "number":
            return self.env._(
                'NetSuite gave "%(value)s" as %(field)s, which is not an amount', **named
            )
        if error.wanted == "moment":
            return self.env._(
                'NetSuite gave "%(value)s" as %(field)s, which is not a date and time',
                **named,
            )
        return self.env._(
            'NetSuite gave "%(value)s" as %(field)s, which is not an internal ID', **named
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
            "Correct the record in NetSuite: it is read again once it has been saved there. "
            "Everything else goes on."
        )

    @api.model
    def _list_nameless(self, connection, record_type, documents, refused):
        """List rows that cannot be stored at all.

        :param documents: those without an internal id that fits, or rows that belong to one.
        :param refused: ``[(values, exception)]`` of what the database refused.
        """
        number = RECORD_SOURCES[record_type].number
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
