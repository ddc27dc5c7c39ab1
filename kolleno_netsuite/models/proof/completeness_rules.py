"""What of an account is mirrored, and what a rule leaves out, for the question of completeness."""

from odoo.tools import SQL

from ...const import TRANSACTION_TYPES
from ...mappers.queries.completeness import Rules
from ..scope.scope import Scope
from .netsuite_connection_standing import CONCERNED_CUSTOMERS


class CompletenessRules:
    """The rules of one connection, with what they concern of what was read.

    :param connection: the `netsuite.connection`.
    """

    def __init__(self, connection):
        self.env = connection.env
        self.connection = connection

    def rules(self, by_period):
        """Return what is mirrored and what is left out on purpose, as `Rules`.

        :param by_period: postings are told apart by posting period, not by month.
        """
        connection = self.connection
        unmapped = connection.subsidiary_ids.filtered(lambda row: not row.company_id)
        excluded = self._excluded_with_documents()
        return Rules(
            # A type that is only awaited is read as soon as there is any of it.
            read={*connection._read_types(), *connection._awaited_streams().mapped("record_type")},
            shape=connection._shape(),
            periods=by_period,
            start=connection.history_start or None,
            held=self._held_before_start(),
            excluded=excluded,
            mixed=self._held_before_start(excluded) if excluded else (),
            unmapped=unmapped.mapped("internal_id") if connection.one_world else (),
        )

    def _held_before_start(self, customers=None):
        """Return the internal ids of documents before the history's start that are here.

        :param customers: only of documents that concern one of these; all when None.
        """
        if not self.connection.history_start:
            return []
        self.env["netsuite.record"].flush_model()
        return [
            internal_id
            for (internal_id,) in self.env.execute_query(
                # The date of a document stands in its payload only.
                SQL(
                    """SELECT internal_id FROM netsuite_record r
                       WHERE connection_id = %(connection)s AND record_type IN %(types)s
                           AND state NOT IN ('removed', 'ignored')
                           AND payload->'row'->>'trandate' < %(start)s AND %(chosen)s
                       ORDER BY internal_id""",
                    connection=self.connection.id,
                    types=TRANSACTION_TYPES,
                    start=str(self.connection.history_start),
                    chosen=SQL("TRUE")
                    if customers is None
                    else SQL(
                        """EXISTS (SELECT 1 FROM (%s) concerned(customer)
                                   WHERE customer = ANY(%s))""",
                        CONCERNED_CUSTOMERS,
                        customers,
                    ),
                )
            )
        ]

    def _excluded_with_documents(self):
        """Return the internal ids of customers who are left out and of whom documents are here."""
        self.env["netsuite.record"].flush_model()
        self.env["netsuite.exclusion"].flush_model()
        return [
            customer
            for (customer,) in self.env.execute_query(
                # Customers of journals and of shared payments stand in a JSON list.
                SQL(
                    """SELECT DISTINCT customer FROM netsuite_record r
                       CROSS JOIN LATERAL (%(customers)s) concerned(customer)
                       WHERE r.connection_id = %(connection)s AND r.record_type IN %(types)s
                           AND r.state <> 'removed' AND customer IN %(excluded)s
                       ORDER BY customer""",
                    customers=CONCERNED_CUSTOMERS,
                    connection=self.connection.id,
                    types=TRANSACTION_TYPES,
                    excluded=Scope(self.connection).excluded_sql(),
                )
            )
        ]
