"""What NetSuite deleted leaves Odoo's books, once NetSuite itself has said so."""

from odoo import fields
from odoo.tools import SQL

from ...client.errors import DataError, ErrorKind, NetsuiteError
from ...client.suiteql import ask, rows_of, single_page
from ...const import (
    BOOK_CHUNK,
    DOCUMENT_TYPES,
    MASS_REMOVAL,
    MASS_REMOVAL_FLOOR,
    MASS_REMOVAL_SHARE,
    RARE_TYPES,
    RECORD_TYPES,
    SYNC_CONTEXT,
)
from ...mappers.queries.deletion import deleted_query, others_query, transaction_query
from ...mappers.queries.deletion import record_type as type_named
from ..connection.isolation import isolate

# The names under which NetSuite's REST service reads single records; a type that is mirrored and
# stands here is followed when NetSuite deletes it, as its own booking knows how (`_remove`).
REST_NAMES = {
    "invoice": "invoice",
    "creditmemo": "creditMemo",
    "customerpayment": "customerPayment",
    "customerdeposit": "customerDeposit",
    "depositapplication": "depositApplication",
    "customerrefund": "customerRefund",
    "journalentry": "journalEntry",
    "deposit": "deposit",
    "customer": "customer",
    "contact": "contact",
    "subsidiary": "subsidiary",
    "account": "account",
    "term": "term",
    "paymentmethod": "paymentMethod",
    "salestaxitem": "salesTaxItem",
}
# The types whose deletion is followed; those that leave before anything is booked, so that open
# items become free; and those that leave when all is booked and nothing refers to them any more.
FOLLOWED_TYPES = tuple(each for each in RECORD_TYPES if each in {*REST_NAMES, *RARE_TYPES})
BOOKS_FIRST = tuple(each for each in reversed(DOCUMENT_TYPES) if each in FOLLOWED_TYPES)
BOOKS_LAST = tuple(each for each in FOLLOWED_TYPES if each not in DOCUMENT_TYPES)[::-1]
# Records that one issue names at most: somebody looks at a few of a million, and takes all.
NAMED_RECORDS = 10_000
# Records that are asked for one by one in a unit of work.
ASKED_CHUNK = 20


class Removal:
    """Takes out of a connection's books what NetSuite deleted.

    That a query does not show a document proves nothing: a role may have lost its sight of it.
    Only NetSuite's own word counts: a row among its deleted records, or "there is no such
    record", asked for one document.

    :param connection: the `netsuite.connection`, in the environment to work in.
    """

    def __init__(self, connection):
        self.connection = connection
        self.env = connection.env

    # === ASKED FOR ONE BY ONE === #

    def remove_missing(self, client, record_type, ids, *, by_hand=False):
        """Take documents out of the books that NetSuite says it no longer has; never commits.

        More of them than a person deletes in a day stop the removal: an issue asks.

        :param client: the `NetsuiteClient` to ask with.
        :param ids: internal ids that a query for exactly them did not show.
        :param by_hand: a person asked for them, and is told when NetSuite refuses to show one. What
            runs by itself goes on: a type that the role no longer sees is listed daily.
        :return: the internal ids that were removed.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", list(ids)),
                ("state", "!=", "removed"),
                ("removal_step", "=", False),  # the others are being followed already
            ]
        )
        if record_type not in DOCUMENT_TYPES:
            # It may have been merged: the next synchronisation follows it with all it had.
            records._advance(removal_step="suspected")
            self.connection.stream_ids.next_read_at = False
            self.connection._trigger_cron("fetch")
            return []
        if len(records) > self.most_at_once(record_type):
            records._advance(removal_step="asked")
            self._ask_person(record_type, records)
            return []
        return self._remove_gone(client, records, by_hand).mapped("internal_id")

    def _remove_gone(self, client, records, by_hand):
        """Remove those of `records` that NetSuite, asked for each, does not have.

        :param by_hand: as for `remove_missing`.
        :return: the records that were removed.
        """
        ask = self._is_gone if by_hand else self.is_gone
        answers = {record: ask(client, record) for record in records}
        gone = records.filtered(answers.get)
        self._list_unclear(answers)
        removed = self._take_out_chunk(gone)
        # What Odoo does not let go now leaves by a retry; NetSuite has said that it is gone.
        # sudo: netsuite.record - whoever asked for it, only the sync writes what became of it.
        (gone - removed).sudo()._advance(removal_step="certain")
        return removed

    def _is_gone(self, client, record):
        """Ask NetSuite for one record; only its own "there is none" counts as gone.

        That speaks of one type of the REST service, and a transaction may stand under another
        one. So a transaction is gone when no query shows its ID either. Where NetSuite says no
        more than that the type is incorrect, it must have listed the record as deleted besides,
        or still show others of the type: a role that lost its sight of them sees none
        (docs/NETSUITE.md 3.5).

        Of what the REST service does not know, only the list of deletions says that it is gone.

        :return: None when NetSuite's answers do not tell.
        """
        if record.record_type in RARE_TYPES:
            return self._is_listed_as_deleted(client, record)
        named = True
        try:
            if client.records.exists(REST_NAMES[record.record_type], record.internal_id):
                return False
        except DataError as error:
            if error.code != "WRONG_TRANSACTION_TYPE":
                raise
            named = False
        if record.record_type not in DOCUMENT_TYPES:
            return True
        if single_page(client.transport, transaction_query(record.internal_id)):
            return False
        if named or record.deleted_at:
            return True
        others = others_query(record.record_type, record.internal_id)
        return True if rows_of(ask(client.transport, others.sql(), 1)) else None

    def is_gone(self, client, record):
        """Ask NetSuite for one record, as `_is_gone`; what it refuses to show is there.

        :return: None when NetSuite's answers do not tell.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        try:
            return self._is_gone(client, record)
        except NetsuiteError as error:
            # A locked record, or a type that the role or NetSuite's REST service does not read.
            unread = error.kind in (ErrorKind.DATA, ErrorKind.PERMISSION)
            if not unread and error.code != "UNKNOWN_RECORD_TYPE":
                raise
            return False

    def _is_listed_as_deleted(self, client, record):
        """Ask for a record that only the list of deletions can name; as `_is_gone`.

        Another type's record can have the same internal ID.
        """
        if single_page(client.transport, transaction_query(record.internal_id)):
            return False
        try:
            rows = single_page(client.transport, deleted_query(record.internal_id))
        except NetsuiteError as error:
            if error.kind is not ErrorKind.PERMISSION and error.code != "UNKNOWN_COLUMN":
                raise
            return None
        types = {type_named(row.get("type", ""), FOLLOWED_TYPES) for row in rows}
        return bool(types & {record.record_type, ""})

    def _list_unclear(self, answers):
        """List records of which NetSuite does not tell whether it has them; close what is told.

        :param answers: {record: what `_is_gone` said}, of some records that were asked for.
        """
        labels = self.env["netsuite.record"]._record_type_labels()
        for record_type in {record.record_type for record in answers}:
            asked = [record for record in answers if record.record_type == record_type]
            unclear = [record for record in asked if answers[record] is None]
            issue = self._issue_of_unclear(record_type)
            if issue:
                told = set(asked) - set(unclear)
                issue.record_ids = [(3, record.id) for record in told]
                if not issue.record_ids and not unclear:
                    issue._solve()
            if unclear:
                self.env["netsuite.issue"]._touch(
                    self.connection,
                    "removal",
                    f"unclear:{record_type}",
                    self.env._(
                        "NetSuite does not say whether documents that Odoo has still exist (%s)",
                        labels[record_type],
                    ),
                    self.env._(
                        "NetSuite shows them to the integration no more, and no other document "
                        "of the type either, so nothing was done. First check that the "
                        "integration's role can see these documents: in NetSuite, open Setup > "
                        "Users/Roles > Manage Roles. With Deleted Records (View) under "
                        "Permissions > Setup, NetSuite tells which were deleted."
                    ),
                    severity="1",
                    records=self.env["netsuite.record"].union(*unclear),
                )

    def _issue_of_unclear(self, record_type):
        return self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", "removal"),
                ("key", "=", f"unclear:{record_type}"),
                ("state", "!=", "solved"),
            ]
        )

    def _remove_records(self, records):
        # sudo: account.move, account.payment - only the sync writes the mirrored books
        self.env["netsuite.booking"].sudo().with_context(**SYNC_CONTEXT)._remove(records)

    # === FOLLOWING A SUSPICION === #

    def hold_back(self):
        """Stop removals that are more than a person deletes in a day; an issue asks about them."""
        Record = self.env["netsuite.record"]
        counts = Record._read_group(
            Record._waiting_removals(self.connection, ("certain", "suspected"), FOLLOWED_TYPES),
            ["record_type"],
            ["__count"],
        )
        for record_type, count in counts:
            if count > self.most_at_once(record_type):
                waiting = Record._waiting_removals(
                    self.connection, ("certain", "suspected"), [record_type]
                )
                named = Record.search(waiting, limit=NAMED_RECORDS)
                self._ask_person(record_type, named, count)
                self._set_asked(record_type)

    def _set_asked(self, record_type):
        # As many as there are, and none of them is read for it.
        self.env["netsuite.record"]._advance_where(
            SQL(
                """connection_id = %s AND record_type = %s
                   AND removal_step IN ('certain', 'suspected')""",
                self.connection.id,
                record_type,
            ),
            removal_step="asked",
        )

    def confirm(self, record_type):
        """Go on with all removals of a type that waited for a person; they are asked for once
        more."""
        Record = self.env["netsuite.record"]
        asked = Record.search(Record._waiting_removals(self.connection, ("asked",), [record_type]))
        asked._advance(removal_step="confirmed")
        return asked

    def ask_for_suspected(self, client):
        """Ask NetSuite for some of the records that are suspected to be gone; never commits.

        :return: whether there were any.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        Record = self.env["netsuite.record"]
        suspected = Record.search(
            Record._waiting_removals(self.connection, ("suspected", "confirmed")), limit=ASKED_CHUNK
        )
        for record in suspected:
            gone = self.is_gone(client, record)
            self._list_unclear({record: gone})
            sure = "cleared" if record.removal_step == "confirmed" else "certain"
            record._advance(removal_step=sure if gone else False)
            if not gone:
                record.write({"deleted_at": False, "deleted_by": False})
        return bool(suspected)

    def take_out(self, record_types):
        """Take some of the records out of the books that NetSuite certainly deleted.

        Never commits. What Odoo refuses fails alone and is listed in Issues.

        :param record_types: types to look at, in the order in which they leave.
        :return: number of records looked at; 0 when nothing is left.
        """
        Record = self.env["netsuite.record"]
        due = [
            *Record._waiting_removals(
                self.connection, ("certain", "cleared", "refused"), record_types
            ),
            ("state", "!=", "removed"),
            # What Odoo refused to release waits for a retry; what could not be booked leaves.
            *("|", ("removal_step", "!=", "refused"), ("state", "not in", ("failed", "blocked"))),
            "|",
            ("next_try", "=", False),
            ("next_try", "<=", fields.Datetime.now()),
        ]
        # Mostly there is nothing, and one query says so for all types.
        for record_type in record_types if Record.search_count(due, limit=1) else ():
            records = Record.search(
                [*due, ("record_type", "=", record_type)], order="internal_id", limit=BOOK_CHUNK
            )
            if records:
                self._take_out_chunk(records)
                return len(records)
        return 0

    def _take_out_chunk(self, records):
        """Remove records together; what Odoo refuses fails alone and is listed in Issues.

        :return: the records that were removed; what was not tried is still due.
        """
        isolated = isolate(self.env, records, self._remove_records)
        for record, error in isolated.errors:
            # sudo: netsuite.record - as for the removal itself.
            self.env["netsuite.booking"].sudo()._fail(record.sudo(), error)
            record._advance(removal_step="refused")
        return records.browse().union(*(part for part, _result in isolated.done))

    # === TOO MANY AT ONCE === #

    def most_at_once(self, record_type):
        """Return how many documents of a type may go at once without asking."""
        known = self.env["netsuite.record"].search_count(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", record_type),
                ("state", "!=", "removed"),
            ]
        )
        share = known * MASS_REMOVAL_SHARE // 100
        return min(MASS_REMOVAL, max(MASS_REMOVAL_FLOOR, share))

    def _ask_person(self, record_type, records, count=0):
        """List documents that are too many to leave unasked.

        :param count: how many they are, when `records` are not all of them.
        """
        labels = self.env["netsuite.record"]._record_type_labels()
        # Text and ids only: so many records are not read for it.
        self.env["netsuite.issue"]._touch(
            self.connection,
            "removal",
            f"removal:{record_type}",
            self.env._(
                "NetSuite no longer has many documents that Odoo has (%s)", labels[record_type]
            ),
            self.env._(
                "%(count)s at once is more than anyone deletes by hand, so nothing was done. "
                "First check that the integration's role can still see them all. If they were "
                "deleted in NetSuite, confirm the removal: each is cancelled, or reversed in a "
                "locked period, once NetSuite confirms that it no longer has it.",
                count=count or len(records),
            ),
            records=records,
        )

    # === CUSTOMERS THAT STAY WITH SOMETHING OPEN === #

    def finish_leaving(self):
        """Archive the customers that were listed and have nothing open any more."""
        booker = self.env["netsuite.booking.customer"].with_context(**SYNC_CONTEXT)
        for issue in self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", "removal"),
                ("key", "=like", "leaving:%"),
                ("state", "!=", "solved"),
            ]
        ):
            gone = issue.record_ids.filtered(lambda record: record.state == "removed")
            booker._archivable(gone._staying_partners()).active = False
            if not gone._staying_partners():
                issue._solve()
