from odoo import api, fields, models
from odoo.tools import SQL

from ...client.errors import ErrorKind, NetsuiteError
from ...const import (
    BOOK_CHUNK,
    MASS_REMOVAL,
    MASS_REMOVAL_FLOOR,
    MASS_REMOVAL_SHARE,
    RECORD_TYPES,
    SYNC_CONTEXT,
    TRANSACTION_TYPES,
)
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
    "customer": "customer",
    "contact": "contact",
    "subsidiary": "subsidiary",
    "account": "account",
    "term": "term",
    "paymentmethod": "paymentMethod",
    "salestaxitem": "salesTaxItem",
}
# Records that one issue names at most: somebody looks at a few of a million, and takes all.
NAMED_RECORDS = 10_000
# Records that are asked for one by one in a unit of work.
ASKED_CHUNK = 20


class NetsuiteRemoval(models.AbstractModel):
    """Takes out of the books what NetSuite deleted.

    That a query does not show a document proves nothing: a role may have lost its sight of it.
    Only NetSuite's own word counts: a row among its deleted records, or "there is no such
    record", asked for one document.

    Customers that NetSuite has no more and that still have something open in Odoo.
    """

    _name = "netsuite.removal"
    _description = "NetSuite Removal"

    # === BUSINESS METHODS - ASKED FOR ONE BY ONE === #

    @api.model
    def _remove_missing(self, connection, client, record_type, ids):
        """Take documents out of the books that NetSuite says it no longer has; never commits.

        More of them than a person deletes in a day stop the removal: an issue asks.

        :param client: the `NetsuiteClient` to ask with.
        :param ids: internal ids that a query for exactly them did not show.
        :return: the internal ids that were removed.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", list(ids)),
                ("state", "!=", "removed"),
                ("removal_step", "=", False),  # the others are being followed already
            ]
        )
        if record_type not in TRANSACTION_TYPES:
            # It may have been merged: the next synchronisation follows it with all it had.
            records._advance(removal_step="suspected")
            connection.stream_ids.next_read_at = False
            connection._trigger_cron("fetch")
            return []
        if len(records) > self._limit(connection, record_type):
            records._advance(removal_step="asked")
            self._ask(connection, record_type, records)
            return []
        return self._remove_gone(client, records).mapped("internal_id")

    @api.model
    def _remove_gone(self, client, records):
        """Remove those of `records` that NetSuite, asked for each, does not have.

        :return: the records that were removed.
        """
        gone = records.filtered(lambda record: self._is_gone(client, record))
        removed = self._take_out_chunk(gone)
        # What Odoo does not let go now leaves by a retry; NetSuite has said that it is gone.
        # sudo: netsuite.record - whoever asked for it, only the sync writes what became of it.
        (gone - removed).sudo()._advance(removal_step="certain")
        return removed

    @api.model
    def _is_gone(self, client, record):
        """Ask NetSuite for one record; only its own "there is none" counts as gone."""
        return not client.records.exists(REST_NAMES[record.record_type], record.internal_id)

    @api.model
    def _remove(self, records):
        # Whoever asked, it is the sync that writes the books.
        self.env["netsuite.booking"].sudo().with_context(**SYNC_CONTEXT)._remove(records)

    # === BUSINESS METHODS - FOLLOWING A SUSPICION === #

    @api.model
    def _followed_types(self):
        """Return the record types whose deletion is followed."""
        return [record_type for record_type in RECORD_TYPES if record_type in REST_NAMES]

    @api.model
    def _hold_back(self, connection, record_types):
        """Stop removals that are more than a person deletes in a day; an issue asks about them."""
        Record = self.env["netsuite.record"]
        counts = Record._read_group(
            Record._waiting_removals(connection, ("certain", "suspected"), record_types),
            ["record_type"],
            ["__count"],
        )
        for record_type, count in counts:
            if count > self._limit(connection, record_type):
                waiting = Record._waiting_removals(
                    connection, ("certain", "suspected"), [record_type]
                )
                named = Record.search(waiting, limit=NAMED_RECORDS)
                self._ask(connection, record_type, named, count)
                self._set_asked(connection, record_type)

    def _set_asked(self, connection, record_type):
        # As many as there are, and none of them is read for it.
        self.env["netsuite.record"]._advance_where(
            SQL(
                """connection_id = %s AND record_type = %s
                   AND removal_step IN ('certain', 'suspected')""",
                connection.id,
                record_type,
            ),
            removal_step="asked",
        )

    @api.model
    def _confirm(self, connection, record_type):
        """Go on with all removals of a type that waited for a person; they are asked for once
        more."""
        Record = self.env["netsuite.record"]
        asked = Record.search(Record._waiting_removals(connection, ("asked",), [record_type]))
        asked._advance(removal_step="confirmed")
        return asked

    @api.model
    def _ask_for_suspected(self, connection, client):
        """Ask NetSuite for some of the records that are suspected to be gone; never commits.

        :return: whether there were any.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        Record = self.env["netsuite.record"]
        suspected = Record.search(
            Record._waiting_removals(connection, ("suspected", "confirmed")), limit=ASKED_CHUNK
        )
        for record in suspected:
            try:
                gone = self._is_gone(client, record)
            except NetsuiteError as error:
                # A locked record, or a type that the role may not read: it is there, then.
                if error.kind not in (ErrorKind.DATA, ErrorKind.PERMISSION):
                    raise
                gone = False
            sure = "cleared" if record.removal_step == "confirmed" else "certain"
            record._advance(removal_step=sure if gone else False)
        return bool(suspected)

    @api.model
    def _take_out(self, connection, record_types):
        """Take some of the records out of the books that NetSuite certainly deleted.

        Never commits. What Odoo refuses fails alone and is listed in Issues.

        :param record_types: types to look at, in the order in which they leave.
        :return: number of records looked at; 0 when nothing is left.
        """
        Record = self.env["netsuite.record"]
        due = [
            *Record._waiting_removals(connection, ("certain", "cleared"), record_types),
            ("state", "not in", ("removed", "failed", "blocked")),
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
        isolated = isolate(self.env, records, self._remove)
        for record, error in isolated.errors:
            # sudo: netsuite.record - as for the removal itself.
            self.env["netsuite.booking"].sudo()._fail(record.sudo(), error)
        return records.browse().union(*(part for part, _result in isolated.done))

    # === BUSINESS METHODS - WHAT COMES BACK === #

    @api.model
    def _note_return(self, connection, record_type, ids):
        """List records that NetSuite shows again although it had deleted them.

        NetSuite does not use an internal ID twice, so somebody has to look before they count
        again.

        :param ids: ids of `netsuite.record`.
        """
        labels = self.env["netsuite.record"]._record_type_labels()
        self.env["netsuite.issue"]._touch(
            connection,
            "removal",
            f"returned:{record_type}",
            self.env._(
                "NetSuite shows records again that it had deleted (%s)", labels[record_type]
            ),
            self.env._(
                "They stay cancelled. Open them in NetSuite: if they are really there, book "
                "them again."
            ),
            records=self.env["netsuite.record"].browse(ids),
        )

    @api.model
    def _book_returned(self, records):
        """Let records count again that NetSuite has after all."""
        returned = records.filtered(lambda record: record.state == "removed")
        returned._requeue(
            removal_kind=False,
            removal_step=False,
            deleted_at=False,
            deleted_by=False,
            merged_into_id=False,
        )
        return returned

    # === BUSINESS METHODS - TOO MANY AT ONCE === #

    @api.model
    def _limit(self, connection, record_type):
        """Return how many documents of a type may go at once without asking."""
        known = self.env["netsuite.record"].search_count(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("state", "!=", "removed"),
            ]
        )
        share = known * MASS_REMOVAL_SHARE // 100
        return min(MASS_REMOVAL, max(MASS_REMOVAL_FLOOR, share))

    @api.model
    def _ask(self, connection, record_type, records, count=0):
        """List documents that are too many to leave unasked.

        :param count: how many they are, when `records` are not all of them.
        """
        labels = self.env["netsuite.record"]._record_type_labels()
        # Text and ids only: so many records are not read for it.
        self.env["netsuite.issue"]._touch(
            connection,
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

    # === BUSINESS METHODS - ORDER === #

    @api.model
    def _books_first(self):
        """Return the types that leave before anything is booked: open items become free."""
        return [each for each in reversed(TRANSACTION_TYPES) if each in REST_NAMES]

    @api.model
    def _books_last(self):
        """Return the types that leave when all is booked: nothing refers to them any more."""
        return [each for each in self._followed_types() if each not in TRANSACTION_TYPES][::-1]

    # === BUSINESS METHODS === #

    @api.model
    def _note_leaving(self, records):
        """List those of `records` that are customers and cannot be archived yet."""
        for record in records.filtered(lambda record: record.record_type == "customer"):
            if self._staying(record):
                self.env["netsuite.issue"]._touch(
                    record.connection_id,
                    "removal",
                    f"leaving:{record.internal_id}",
                    self._leaving_title(record),
                    self.env._(
                        "Documents in a locked period stay where they are until its lock date "
                        "is moved back; those that wait for it are listed as Period locked. "
                        "Once no item of the customer is open here, it is archived "
                        "automatically."
                    ),
                    severity="1",
                    records=record,
                )

    @api.model
    def _finish_leaving(self, connection):
        """Archive the customers that were listed and have nothing open any more."""
        booker = self.env["netsuite.booking.customer"].with_context(**SYNC_CONTEXT)
        for issue in self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", "removal"),
                ("key", "=like", "leaving:%"),
                ("state", "!=", "solved"),
            ]
        ):
            gone = issue.record_ids.filtered(lambda record: record.state == "removed")
            booker._archivable(self._staying(gone)).active = False
            if not self._staying(gone):
                issue._solve()

    def _staying(self, records):
        """Return the active partners of customers; who signs in to Odoo stays in any case."""
        partners = self.env["netsuite.booking.customer"]._all_partners(records)
        return partners.filtered(lambda partner: partner.active and not partner.user_ids)

    def _leaving_title(self, record):
        if record.merged_into_id:
            return self.env._(
                "%(customer)s was merged into %(heir)s in NetSuite and still has open items in "
                "Odoo",
                customer=record.name,
                heir=record.merged_into_id.name,
            )
        return self.env._(
            "%s was deleted in NetSuite and still has open items in Odoo", record.name
        )
