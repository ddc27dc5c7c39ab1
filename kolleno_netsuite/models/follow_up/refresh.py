from datetime import timedelta, timezone
from itertools import islice

from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.tools import split_every
from odoo.tools.misc import clean_context, format_datetime

from ...client.errors import NetsuiteError
from ...const import PAGE_SIZE, RESYNC_AT_ONCE, TRANSACTION_TYPES
from ...exceptions import CONCURRENT_CHANGES
from ...mappers.queries.freshness import changed_customers_query, changed_documents_query
from ...mappers.queries.transaction_types import record_type_of

# A customer read so recently is not read again: a dialog stays open for a while, and a
# reminder names several documents of one customer.
FRESH = timedelta(minutes=5)
# Seconds that a person who sends something waits for NetSuite; then what Odoo has counts.
PATIENCE = 20


class Refresh:
    """Reads what changed of single customers just before they are reminded of what they owe.

    Costs two small queries and NetSuite's time for up to 1,000 customers, and more only for what
    did change. An error is reported and stops nothing: what Odoo has is at most as old as
    the last synchronisation.

    :param customers: `netsuite.record` rows of customers.
    """

    def __init__(self, customers):
        # sudo: netsuite.record - a reminder has to be correct, whoever sends it; reading and
        # booking are the sync's, without the defaults of the screen that someone works in.
        bare = clean_context(customers.env.context)
        self.customers = customers.sudo().with_context(bare)  # pylint: disable=context-overridden
        self.env = self.customers.env

    # === BUSINESS METHODS === #

    def run(self):
        """Read what changed of the customers, unless that was done a moment ago; never commits.

        :return: {connection: why what Odoo has of its customers may be older}.
        """
        problems = {}
        for connection, group in self.customers.grouped("connection_id").items():
            if not connection.refresh_before_reminder:
                continue
            limit = Datetime.now() - FRESH
            stale = group.filtered(
                lambda record, limit=limit: (record._read_at() or limit) <= limit
            )
            problem = stale and self._refresh_of(connection, stale)
            if problem:
                problems[connection] = self.env._(
                    "NetSuite could not be asked for the latest changes: %(problem)s Odoo's "
                    "figures are as of %(time)s.",
                    problem=problem,
                    time=format_datetime(self.env, stale._read_at(), dt_format="short"),
                )
        return problems

    # === UNITS === #

    def _refresh_of(self, connection, customers):
        """Refresh customers of one connection; return why it could not be done, or None."""
        try:
            connection._check_connected()
            client = connection._client(
                patience=PATIENCE, read_timeout=PATIENCE, answer_timeout=PATIENCE, max_tries=1
            )
        except UserError as error:
            return str(error)
        problem = None
        try:
            with self.env.cr.savepoint():
                problem = self._read_changes(connection, client, customers)
        except NetsuiteError as error:
            problem = connection._error_sentences(error)[0]
        except CONCURRENT_CHANGES:
            problem = self.env._("It is being synchronised right now.")
        connection._store_calls(client)
        return problem

    def _read_changes(self, connection, client, customers):
        """Read and book what changed; return why it is left to the synchronisation, or None.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        streams = connection._dated_streams()
        cursors = streams.mapped("cursor_at")
        if not all(cursors) or set(streams.mapped("phase")) != {"regular"}:
            return self.env._("The first import is still running.")
        clock = client.clock
        start = min(cursors).replace(tzinfo=timezone.utc)
        since = clock.from_utc(start - clock.overlap((start, clock.server_now)))
        changed = self._changed(connection, client, customers, since)
        if sum(len(ids) for ids in changed.values()) > RESYNC_AT_ONCE:
            connection.stream_ids.next_read_at = False
            connection._trigger_cron("fetch")
            return self.env._("Too much changed at once to wait for.")
        for record_type in ("customer", *TRANSACTION_TYPES):
            ids = changed.get(record_type)
            if ids:
                self.env["netsuite.fetch"]._reread(connection, client, record_type, ids=ids)
                connection._book_pending(record_type, ids)
        if changed:
            self.env["netsuite.booking"]._apply_waiting(connection)
        customers.refreshed_at = clock.until().replace(tzinfo=None)
        return None

    def _changed(self, connection, client, customers, since):
        """Return {record type: internal ids} of what NetSuite changed and Odoo has not read."""
        found = {}
        types = connection._dated_streams().mapped("record_type")
        for ids in split_every(PAGE_SIZE, customers.mapped("internal_id"), list):
            rows = client.rows(changed_customers_query(ids, since))
            found.setdefault("customer", {}).update(_moments(rows, client.clock))
            query = changed_documents_query(ids, types, since, projects=connection.has_projects)
            # One more than is read here tells that there are too many.
            for row in islice(client.rows(query), RESYNC_AT_ONCE + 1):
                of_type = found.setdefault(record_type_of(row["type"]), {})
                of_type.update(_moments([row], client.clock))
        news = {}
        for record_type, moments in found.items():
            known = {
                record.internal_id: record.last_modified
                for record in self.env["netsuite.record"].search(
                    [
                        ("connection_id", "=", connection.id),
                        ("record_type", "=", record_type),
                        ("internal_id", "in", list(moments)),
                        ("state", "!=", "pending"),
                    ]
                )
            }
            ids = [each for each, modified in moments.items() if known.get(each) != modified]
            if ids:
                news[record_type] = sorted(ids)
        return news


def _moments(rows, clock):
    """Return {internal id: last change (UTC, naive)} of rows; None when it cannot be read."""
    return {int(row["id"]): _moment(row, clock) for row in rows}


def _moment(row, clock):
    try:
        return clock.to_utc(row["lastmodified"]).replace(tzinfo=None)
    except (KeyError, ValueError, OverflowError):
        # It differs from all that is known, so the record is read again, which says what is wrong.
        return None
