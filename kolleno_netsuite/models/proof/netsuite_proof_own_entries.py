from odoo import api, models
from odoo.tools import SQL

from ..connection.hook import hook


class NetsuiteProof(models.Model):
    """Entries that people make in Odoo for customers who are mirrored: they stand beside.

    NetSuite knows nothing of them, so they are no difference; but the partner ledger has them,
    and whoever compares it with NetSuite has to find them here.
    """

    _inherit = "netsuite.proof"

    # === BUSINESS METHODS === #

    @hook
    @api.model
    def _own_entries_condition(self):
        """Return the condition of journal items `l` of entries `m` that are Odoo's own.

        What mirrors an archived connection is Odoo's own again. What is on its way to NetSuite
        is no longer an own entry; who writes it there takes it out here.
        """
        return SQL(
            """(m.netsuite_record_id IS NULL OR NOT EXISTS (
                SELECT 1 FROM netsuite_record mirrored
                JOIN netsuite_connection used ON used.id = mirrored.connection_id AND used.active
                WHERE mirrored.id = m.netsuite_record_id))"""
        )

    @api.model
    def _own_items_sql(self, connection, customers):
        """Return the query of the open items of own entries, with the customer of each.

        A contact that stands for two customers counts for the first of them.
        """
        return SQL(
            """
            SELECT DISTINCT ON (l.id) l.id, holder.customer, l.company_id AS company,
                l.currency_id AS currency, l.amount_residual_currency AS amount,
                l.amount_residual AS company_amount
            FROM (
                SELECT own.id AS partner, c.internal_id AS customer, 0 AS distance
                %(customers)s
                UNION ALL
                SELECT own.commercial_partner_id, c.internal_id, 1
                %(customers)s AND own.commercial_partner_id <> own.id
            ) holder
            JOIN account_move_line l ON l.partner_id = holder.partner
                AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
                AND l.company_id = ANY(%(companies)s)
            JOIN account_account a ON a.id = l.account_id
                AND a.account_type = 'asset_receivable'
            JOIN account_move m ON m.id = l.move_id
            WHERE %(own)s
            ORDER BY l.id, holder.distance, holder.customer
            """,
            customers=SQL(
                # The one it is linked to, and those that each company has of it.
                """FROM netsuite_record c
                CROSS JOIN LATERAL (
                    SELECT id, commercial_partner_id FROM res_partner
                    WHERE c.res_model = 'res.partner' AND id = c.res_id
                    UNION SELECT id, commercial_partner_id FROM res_partner
                    WHERE netsuite_record_id = c.id) own
                WHERE c.connection_id = %s AND c.record_type = 'customer'
                    AND c.state <> 'removed' AND %s""",
                connection.id,
                SQL("TRUE") if customers is None else SQL("c.internal_id = ANY(%s)", customers),
            ),
            companies=connection.subsidiary_ids.company_id.ids,
            own=self._own_entries_condition(),
        )

    @api.model
    def _own_sums_sql(self, connection, customers):
        """Return the query of what own entries have open, by customer, company and currency."""
        return SQL(
            """SELECT customer, company, currency, SUM(amount) AS amount,
                SUM(company_amount) AS company_amount
            FROM (%s) item GROUP BY customer, company, currency""",
            self._own_items_sql(connection, customers),
        )

    @api.model
    def _changed_beside(self, connection):
        """Return the internal ids of customers of whom the last proof has other own entries.

        And of those whose contact stands for two customers since, or no longer does.
        """
        self.env.flush_all()
        return [
            customer
            for (customer,) in self.env.execute_query(
                # A sum of journal items beside a sum of rows, as the proof itself adds them up.
                SQL(
                    """
                    WITH own AS (%(own)s), sharing AS (%(sharing)s)
                    SELECT COALESCE(o.customer, p.customer_internal_id)
                    FROM own o FULL JOIN (
                        SELECT * FROM netsuite_proof
                        WHERE connection_id = %(connection)s AND company_id IS NOT NULL
                            AND subsidiary_internal_id = 0
                    ) p ON p.customer_internal_id = o.customer AND p.company_id = o.company
                        AND p.currency_id = o.currency
                    WHERE COALESCE(o.amount, 0) <> COALESCE(p.own_entries, 0)
                        OR COALESCE(o.company_amount, 0) <> COALESCE(p.own_entries_company, 0)
                    UNION SELECT customer FROM sharing
                    WHERE customer NOT IN (
                        SELECT customer_internal_id FROM netsuite_proof
                        WHERE connection_id = %(connection)s AND shared_partner)
                    UNION SELECT customer_internal_id FROM netsuite_proof
                    WHERE connection_id = %(connection)s AND shared_partner
                        AND customer_internal_id NOT IN (SELECT customer FROM sharing)
                    """,
                    own=self._own_sums_sql(connection, None),
                    sharing=self._sharing_sql(connection, None),
                    connection=connection.id,
                )
            )
        ]

    def _own_entry_ids(self):
        """Return the ids of the journal items behind the own entries of this row."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) item WHERE customer = %s AND company = %s AND currency = %s",
                self._own_items_sql(self.connection_id.sudo(), [self.customer_internal_id]),
                self.customer_internal_id,
                self.company_id.id,
                self.currency_id.id,
            )
        )
        return [row_id for (row_id,) in rows]
