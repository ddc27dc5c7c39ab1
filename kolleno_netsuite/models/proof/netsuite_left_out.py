import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..scope.scope import Scope


class NetsuiteLeftOut(models.Model):
    """Each comparison writes what customers have open who are not mirrored."""

    _inherit = "netsuite.left.out"

    # === BUSINESS METHODS === #

    @api.model
    def _store(self, connection, amounts, customers):
        """Write what customers have open who are not mirrored.

        :param amounts: NetSuite's sums, as ``netsuite.proof._ask_netsuite`` returns them.
        :param customers: internal ids of the customers that are compared; all when None.
        """
        Proof = self.env["netsuite.proof"]
        self.env.execute_query(
            # Rows of any number of customers are replaced at once.
            SQL(
                "DELETE FROM netsuite_left_out WHERE connection_id = %s AND %s RETURNING id",
                connection.id,
                Proof._customers_sql("netsuite_left_out", customers),
            )
        )
        self.env["netsuite.left.out"].invalidate_model()
        excluded = self._customers(connection, customers)
        if not excluded:
            return
        hidden = [amount for amount in amounts if amount["customer"] in excluded]
        # Both sides are sums of a database already; only rows of customers are written.
        self.env.execute_query(
            SQL(
                """
                WITH netsuite AS (
                    SELECT * FROM jsonb_to_recordset(%(amounts)s::jsonb) AS n(
                        customer int, company int, currency int, currency_name text,
                        owed numeric, unapplied numeric, documents int)
                ), odoo AS (%(odoo)s)
                INSERT INTO netsuite_left_out (connection_id, company_id, customer_internal_id,
                    customer_name, reason, currency_id, currency_name, netsuite_open,
                    netsuite_documents, odoo_open, as_of,
                    create_uid, create_date, write_uid, write_date)
                SELECT %(connection)s, COALESCE(n.company, o.company),
                    COALESCE(n.customer, o.customer), COALESCE(p.name, c.name),
                    CASE WHEN e.reason = 'intercompany' THEN e.reason
                         WHEN e.id IS NOT NULL THEN 'excluded' ELSE c.left_out END,
                    COALESCE(n.currency, o.currency), COALESCE(n.currency_name, o.currency_name),
                    COALESCE(n.owed, 0) - COALESCE(n.unapplied, 0), COALESCE(n.documents, 0),
                    COALESCE(o.net, 0), %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM netsuite n FULL JOIN odoo o ON n.customer = o.customer
                    AND n.company = o.company AND n.currency = o.currency
                LEFT JOIN netsuite_exclusion e ON e.connection_id = %(connection)s
                    AND e.internal_id = COALESCE(n.customer, o.customer)
                LEFT JOIN netsuite_record c ON c.connection_id = %(connection)s
                    AND c.record_type = 'customer'
                    AND c.internal_id = COALESCE(n.customer, o.customer)
                LEFT JOIN res_partner p ON c.res_model = 'res.partner' AND p.id = c.res_id
                WHERE COALESCE(n.company, o.company) IS NOT NULL
                    AND (e.id IS NOT NULL OR c.left_out IS NOT NULL)
                    AND (n.customer IS NOT NULL OR o.net <> 0)
                RETURNING id
                """,
                amounts=json.dumps(hidden, default=str),
                odoo=Proof._odoo_sums_sql(connection, sorted(excluded)),
                connection=connection.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )

    @api.model
    def _not_compared(self, connection):
        """Return the internal ids of customers that are excluded since their last comparison."""
        return [
            customer
            for (customer,) in self.env.execute_query(
                # Two tables say who is excluded: a union, which no domain can ask for.
                SQL(
                    """SELECT DISTINCT customer_internal_id FROM netsuite_proof
                       WHERE connection_id = %s AND customer_internal_id IN %s""",
                    connection.id,
                    Scope(connection).excluded_sql(),
                )
            )
        ]

    def _customers(self, connection, customers):
        """Return the internal ids of those of `customers` that are not mirrored."""
        scope = Scope(connection)
        if customers is not None:
            reasons = scope.reasons(customers)
            return {customer for customer, reason in reasons.items() if reason != "subsidiary"}
        # All of them at once, whether they were ever read or not.
        rows = self.env.execute_query(scope.excluded_sql())
        return {customer for (customer,) in rows}
