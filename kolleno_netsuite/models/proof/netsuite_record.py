from odoo import fields, models
from odoo.tools import SQL

from ...const import TRANSACTION_TYPES
from .netsuite_connection_standing import CONCERNED_CUSTOMERS, UNBOOKED


class NetsuiteRecord(models.Model):
    """What mirrors a record is in sync by the rule of its connection only."""

    _inherit = "netsuite.record"

    # === BUSINESS METHODS === #

    def _mirror_states(self):
        """Return what is not read lately, or not proved yet, of these records.

        A document is by itself; a customer is what all of its documents are.
        """
        states = super()._mirror_states()
        now = fields.Datetime.now()
        for connection, records in self.grouped("connection_id").items():
            if connection._is_read_overdue(now):
                states |= dict.fromkeys(records, "stale")
                continue
            unchecked = records.filtered("unproved")
            customers = records.filtered(lambda record: record.record_type == "customer")
            if customers:
                doubtful = list(customers._unchecked_customers(connection))
                unchecked |= customers.filtered_domain([("internal_id", "in", doubtful)])
            states |= dict.fromkeys(unchecked, "unchecked")
        return states

    def _unchecked_customers(self, connection):
        """Return the internal ids of those of these customers who have something unchecked."""
        self.env["netsuite.proof"].flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            # Customers of journals and of shared payments stand in a JSON list.
            SQL(
                """SELECT customer FROM netsuite_record r
                   CROSS JOIN LATERAL (%(concerned)s) concerned(customer)
                   WHERE r.connection_id = %(connection)s AND r.record_type IN %(types)s
                       AND (r.customer_internal_id = ANY(%(customers)s)
                            OR r.former_customer_internal_id = ANY(%(customers)s)
                            OR r.line_customers IS NOT NULL)
                       AND (r.state IN %(unbooked)s OR r.unproved OR r.removal_step IS NOT NULL)
                       AND customer = ANY(%(customers)s)
                   UNION SELECT customer_internal_id FROM netsuite_proof
                   WHERE connection_id = %(connection)s AND state = 'waiting'
                       AND customer_internal_id = ANY(%(customers)s)""",
                concerned=CONCERNED_CUSTOMERS,
                connection=connection.id,
                types=TRANSACTION_TYPES,
                customers=self.mapped("internal_id"),
                unbooked=UNBOOKED,
            )
        )
        return {customer for (customer,) in rows}
