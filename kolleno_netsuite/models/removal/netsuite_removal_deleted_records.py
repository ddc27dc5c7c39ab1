import json
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ...client.deletions import rows_of_window
from ...client.errors import ErrorKind
from ...mappers.queries.deletion import OPTIONAL, deletion_query, name_keys, read_deletion

# Troubles of a read that end with the connection or pass by themselves; any other means that
# NetSuite does not show its deleted records to this role or in this account.
NOT_HIDDEN = (ErrorKind.AUTH, ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY)


# Transactions whose lines can be another customer's than the document is.
BY_LINE = ("journalentry", "customerpayment", "customerrefund")


class NetsuiteRemoval(models.AbstractModel):
    """NetSuite's own list of what was deleted, read with a watermark of its own."""

    _inherit = "netsuite.removal"

    # === BUSINESS METHODS === #

    @api.model
    def _window(self, connection, client):
        """Return (since, until) of the deletions to read next, and the UTC end to keep.

        Nothing was mirrored before the first read, so nothing older can concern it.
        """
        clock = client.clock
        until = clock.until()
        start = connection.deletions_read_until
        start = start.replace(tzinfo=timezone.utc) if start else until
        since = min(start, until) - clock.overlap((start, until))
        return clock.from_utc(since), clock.from_utc(until), until.replace(tzinfo=None)

    @api.model
    def _pages(self, connection, client, since, until):
        """Yield lists of `mappers.queries.deletion.Deletion`; only HTTP happens here.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        missing = frozenset(connection.deletions_missing_columns or ())
        for rows in rows_of_window(
            client.transport, lambda a, b: deletion_query(a, b, missing), since, until
        ):
            yield [read_deletion(row) for row in rows]

    @api.model
    def _land_deletions(self, connection, deletions, clock):
        """Note which of our records were deleted; never commits.

        Type and internal id together name a record. Where the account does not show the ids, a
        record of the type and name is only suspected, and asked for by its id.
        """
        by_type = {}
        for deletion in deletions:
            by_type.setdefault(deletion.record_type, []).append(deletion)
        for record_type in self._followed_types():
            group = by_type.get(record_type, [])
            named = [deletion for deletion in group if deletion.internal_id is None]
            certain = {each.internal_id: each for each in group if each.internal_id is not None}
            found = self.env["netsuite.record"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("record_type", "=", record_type),
                    ("internal_id", "in", list(certain)),
                ]
            )
            for record in found:
                self._note_deletion(record, certain[record.internal_id], clock, "certain")
            for record, deletion in self._named(connection, record_type, named).items():
                self._note_deletion(record, deletion, clock, "suspected")

    @api.model
    def _note_deletion(self, record, deletion, clock, step):
        """Write who deleted a record and when; what left the books by another way keeps its
        step."""
        values = {
            "deleted_at": clock.to_utc(deletion.deleted_at).replace(tzinfo=None),
            "deleted_by": deletion.deleted_by or False,
        }
        changes = {name: value for name, value in values.items() if record[name] != value}
        if changes:
            record.write(changes)
        if record.state != "removed" and not record.removal_step:
            record._advance(removal_step=step)

    @api.model
    def _named(self, connection, record_type, deletions):
        """Return {record: deletion} of the records that may be meant by their name."""
        by_key = {key: each for each in deletions for key in name_keys(each.name)}
        if not by_key:
            return {}
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("name", "in", list(by_key)),
            ]
        )
        return {record: by_key[record.name] for record in records}

    @api.model
    def _close_deletions(self, connection, until):
        """Move the watermark: everything deleted before `until` was looked at."""
        connection.sudo().write({"deletions_read_until": until, "deletions_hidden_since": False})
        self._hidden_issues(connection)._solve()

    # === BUSINESS METHODS - WHAT IS NOT SHOWN === #

    @api.model
    def _do_without(self, connection, error):
        """Do without what NetSuite does not show; return whether to ask again.

        :param error: the `NetsuiteError` that reading the deleted records met.
        """
        column = (error.params.get("column") or "").lower().rpartition(".")[2]
        missing = connection.deletions_missing_columns or []
        if error.code == "UNKNOWN_COLUMN" and column in OPTIONAL and column not in missing:
            connection.sudo().deletions_missing_columns = [*missing, column]
            return True
        if not connection.deletions_hidden_since:
            connection.sudo().deletions_hidden_since = fields.Datetime.now()
        self.env["netsuite.issue"]._touch(
            connection,
            "permission",
            "deletions",
            self.env._("NetSuite does not show its deleted records to the integration"),
            self.env._(
                "Deletions are found only by the daily check and the comparison of all IDs until "
                "then. In NetSuite, open Setup > Users/Roles > Manage Roles, edit the role of "
                "the integration, and add Deleted Records (View) under Permissions > Setup."
            ),
            severity="1",
            detail=str(error),
        )
        return False

    @api.model
    def _hidden_issues(self, connection):
        return self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", "permission"),
                ("key", "=", "deletions"),
                ("state", "!=", "solved"),
            ]
        )

    # === BUSINESS METHODS - MERGED CUSTOMERS === #

    @api.model
    def _moved_documents(self, connection, customer, after, limit):
        """Return documents that were a deleted customer's when they were last read.

        Merging customers need not move the dates of their transactions, so that nothing else
        leads to them. Ids only: a customer may have had very many.

        :param customer: the deleted customer's `netsuite.record`.
        :param after: id of `netsuite.record` behind which to go on.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM netsuite_record
                   WHERE connection_id = %(connection)s AND id > %(after)s
                       AND state <> 'removed' AND record_type <> 'customer'
                       AND (customer_internal_id = %(customer)s
                           OR record_type IN %(by_line)s AND payload->'lines' @> %(line)s::jsonb)
                   ORDER BY id LIMIT %(limit)s""",
                connection=connection.id,
                customer=customer.internal_id,
                by_line=BY_LINE,
                line=json.dumps([{"subentity": str(customer.internal_id)}]),
                after=after,
                limit=limit,
            )
        )
        return self.env["netsuite.record"].browse(record_id for (record_id,) in rows)

    @api.model
    def _reread_moved(self, connection, client, records):
        """Read documents again that may belong to another customer now; never commits."""
        for record_type, group in records.grouped("record_type").items():
            self.env["netsuite.fetch"]._reread(
                connection, client, record_type, group.mapped("internal_id")
            )

    @api.model
    def _reread_children(self, connection, client, customer):
        """Read a deleted customer's subcustomers and contacts again; note whose it all is now."""
        partner = customer._target()
        children = partner.netsuite_child_ids if partner is not None else []
        ids = children and children.netsuite_record_id.mapped("internal_id")
        if ids:
            self.env["netsuite.fetch"]._reread(connection, client, "customer", ids)
        people = self._reread_people(connection, client, customer)
        heir = self._heir(customer, ids, people)
        if heir:
            # Its addresses are more now, and it may be new to us.
            self.env["netsuite.fetch"]._reread(connection, client, "customer", [heir])
            customer.merged_into_id = self.env["netsuite.record"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("record_type", "=", "customer"),
                    ("internal_id", "=", heir),
                ]
            )

    def _reread_people(self, connection, client, customer):
        """Read the contacts of a deleted customer again.

        :return: internal ids of those whose own company it was; others were attached to it only.
        """
        contacts = self.env["netsuite.contact"].search(
            [
                ("connection_id", "=", connection.id),
                ("source", "=", "record"),
                ("customer_internal_id", "=", customer.internal_id),
            ]
        )
        records = contacts.record_id
        own = records.filtered(
            lambda record: record.payload["row"].get("company") == str(customer.internal_id)
        ).mapped("internal_id")
        if records and connection.sync_contacts:
            self.env["netsuite.fetch"]._reread(
                connection, client, "contact", records.mapped("internal_id")
            )
        return own

    @api.model
    def _heir(self, customer, children, people):
        """Return the internal id of who has what was `customer`'s; 0 when it was just deleted.

        :param children: internal ids of its subcustomers; `people` likewise of its contacts.
        """
        # Counted over all of its documents, most of which say the same.
        rows = self.env.execute_query(
            SQL(
                """SELECT heir FROM (
                       SELECT customer_internal_id AS heir FROM netsuite_record
                       WHERE connection_id = %(connection)s
                           AND former_customer_internal_id = %(customer)s
                       UNION ALL
                       SELECT (payload->'row'->>'company')::int FROM netsuite_record
                       WHERE connection_id = %(connection)s AND record_type = 'contact'
                           AND internal_id = ANY(%(people)s)
                       UNION ALL
                       SELECT (payload->'row'->>'parent')::int FROM netsuite_record
                       WHERE connection_id = %(connection)s AND record_type = 'customer'
                           AND internal_id = ANY(%(children)s)) moved
                   WHERE heir <> %(customer)s AND heir <> 0
                   GROUP BY heir ORDER BY COUNT(*) DESC LIMIT 1""",
                connection=customer.connection_id.id,
                customer=customer.internal_id,
                children=list(children or ()),
                people=list(people),
            )
        )
        return rows[0][0] if rows else 0
