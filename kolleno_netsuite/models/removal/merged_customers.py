"""Deleted customers whose documents may be another customer's now: NetSuite merged them."""

import json

from odoo.tools import SQL

# Transactions whose lines can be another customer's than the document is.
BY_LINE = ("journalentry", "customerpayment", "customerrefund")


class MergedCustomers:
    """Reads again what was a deleted customer's, and tells whose it is now.

    :param connection: the `netsuite.connection`, in the environment to work in.
    :param client: the `NetsuiteClient` to ask with.
    """

    def __init__(self, connection, client):
        self.connection = connection
        self.client = client
        self.env = connection.env

    def waiting(self):
        """Return the deleted customers whose documents may be another customer's now."""
        Record = self.env["netsuite.record"]
        waiting = Record.search(
            Record._waiting_removals(
                self.connection, ("certain", "cleared", "refused"), ["customer"]
            )
        )
        return waiting.filtered(lambda customer: not customer.merged_into_id)

    def moved_documents(self, customer, after, limit):
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
                connection=self.connection.id,
                customer=customer.internal_id,
                by_line=BY_LINE,
                line=json.dumps([{"subentity": str(customer.internal_id)}]),
                after=after,
                limit=limit,
            )
        )
        return self.env["netsuite.record"].browse(record_id for (record_id,) in rows)

    def reread(self, records):
        """Read documents again that may belong to another customer now; never commits."""
        for record_type, group in records.grouped("record_type").items():
            self.env["netsuite.fetch"]._reread(
                self.connection, self.client, record_type, group.mapped("internal_id")
            )

    def reread_children(self, customer):
        """Read a deleted customer's subcustomers and contacts again; note whose it all is now."""
        partner = customer._target()
        children = partner.netsuite_child_ids if partner is not None else []
        ids = children and children.netsuite_record_id.mapped("internal_id")
        if ids:
            self.env["netsuite.fetch"]._reread(self.connection, self.client, "customer", ids)
        people = customer._reread_people(self.client)
        target = self._merge_target(customer, ids, people)
        if target:
            # Its addresses are more now, and it may be new to us.
            self.env["netsuite.fetch"]._reread(self.connection, self.client, "customer", [target])
            customer.merged_into_id = self.env["netsuite.record"].search(
                [
                    ("connection_id", "=", self.connection.id),
                    ("record_type", "=", "customer"),
                    ("internal_id", "=", target),
                ]
            )

    def _merge_target(self, customer, children, people):
        """Return the internal id of who has what was `customer`'s; 0 when it was just deleted.

        :param children: internal ids of its subcustomers; `people` likewise of its contacts.
        """
        # Counted over all of its documents, most of which say the same.
        rows = self.env.execute_query(
            SQL(
                """SELECT owner FROM (
                       SELECT customer_internal_id AS owner FROM netsuite_record
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
                   WHERE owner <> %(customer)s AND owner <> 0
                   GROUP BY owner ORDER BY COUNT(*) DESC LIMIT 1""",
                connection=self.connection.id,
                customer=customer.internal_id,
                children=list(children or ()),
                people=list(people),
            )
        )
        return rows[0][0] if rows else 0
