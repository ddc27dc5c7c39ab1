from datetime import timezone

from odoo import api, models
from odoo.tools import SQL, split_every

from ...client.suiteql import PAGE_SIZE
from ...const import (
    CUSTOM_TYPE,
    DEPOSIT_TYPE,
    JOURNAL_TYPE,
    PAYING_TYPES,
    PAYMENT_TYPE,
    TRANSACTION_TYPES,
)
from ...mappers.queries.open_amounts import changed_customers

# The record `r` of a document that counts for nothing in NetSuite. What is voided has nothing open
# there, unless a journal takes it back: then it counts, like that journal.
_GONE = SQL("r.state = 'removed' OR r.payload->'row'->>'posting' = 'F'")
# Records `r` with their subsidiary `s` and their currency `cur`.
_SOURCE = SQL(
    """
    FROM netsuite_record r
    LEFT JOIN netsuite_subsidiary s ON s.connection_id = r.connection_id
        AND s.internal_id = r.subsidiary_internal_id
    LEFT JOIN netsuite_record cur ON cur.connection_id = r.connection_id
        AND cur.record_type = 'currency'
        AND cur.internal_id = (r.payload->'row'->>'currency')::int
    """
)


class NetsuiteProof(models.Model):
    """Why a customer does not agree: not read, not booked yet, or a real difference."""

    _inherit = "netsuite.proof"

    # === EXPLAIN === #

    @api.model
    def _documents_sql(self, connection, customers_sql):
        """Return the query of what each document has open: as last read, and in Odoo.

        In Odoo only what is booked on the partner of the document's own customer counts.

        :param customers_sql: a subquery, list or array of customers after ``IN``.
        """
        parts = [self._own_documents_sql(connection, customers_sql)]
        if connection.sync_journals:
            parts.append(self._journal_lines_sql(connection, customers_sql))
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _own_documents_sql(self, connection, customers_sql):
        """Return the part of `_documents_sql` with all that has one customer."""
        return SQL(
            """
            SELECT r.id, r.record_type, 0 AS line, r.record_type IN %(paying)s
                    OR (r.record_type = %(custom)s AND COALESCE(
                        (r.payload->'row'->>'foreignpaymentamountunused')::numeric, 0) <> 0)
                    AS paying,
                r.record_type = %(deposit)s AS deposit, r.internal_id,
                r.customer_internal_id AS customer, r.state,
                COALESCE(r.company_id, s.company_id) AS company,
                cur.payload->'row'->>'symbol' AS currency_name,
                CASE WHEN %(gone)s THEN 0
                     WHEN r.record_type IN %(paying)s OR r.record_type = %(deposit)s
                         OR (r.record_type = %(custom)s AND COALESCE(
                             (r.payload->'row'->>'foreignpaymentamountunused')::numeric, 0) <> 0)
                     THEN -ABS(COALESCE(
                         (r.payload->'row'->>'foreignpaymentamountunused')::numeric, 0))
                     ELSE COALESCE(
                         (r.payload->'row'->>'foreignamountunpaid')::numeric, 0)
                END AS landed,
                COALESCE(booked.residual, 0) AS odoo
            %(source)s
            LEFT JOIN netsuite_record c ON c.connection_id = r.connection_id
                AND c.record_type = 'customer' AND c.internal_id = r.customer_internal_id
            LEFT JOIN res_partner own ON c.res_model = 'res.partner' AND own.id = c.res_id
            LEFT JOIN LATERAL (
                SELECT SUM(l.amount_residual_currency) FILTER (
                    WHERE l.partner_id IN (own.id, own.commercial_partner_id)
                        OR p.netsuite_record_id = c.id) AS residual
                FROM account_move m
                JOIN account_move_line l ON l.move_id = m.id
                JOIN account_account a ON a.id = l.account_id
                    AND (a.account_type = 'asset_receivable' OR l.netsuite_deposit)
                LEFT JOIN res_partner p ON p.id = l.partner_id
                WHERE m.netsuite_record_id = r.id AND m.state = 'posted'
            ) booked ON TRUE
            WHERE r.connection_id = %(connection)s AND r.record_type IN %(types)s
                AND r.customer_internal_id IN %(customers)s
            """,
            paying=PAYING_TYPES,
            custom=CUSTOM_TYPE,
            deposit=DEPOSIT_TYPE,
            gone=_GONE,
            source=_SOURCE,
            types=tuple(each for each in connection._read_types() if each != JOURNAL_TYPE),
            connection=connection.id,
            customers=customers_sql,
        )

    @api.model
    def _journal_lines_sql(self, connection, customers_sql):
        """Return the part of `_documents_sql` with the lines of journals, one row for each."""
        return SQL(
            """
            SELECT r.id, r.record_type, open_line.line, open_line.paying, FALSE AS deposit,
                r.internal_id,
                open_line.customer, r.state, COALESCE(ls.company_id, r.company_id) AS company,
                cur.payload->'row'->>'symbol' AS currency_name,
                CASE WHEN %(gone)s THEN 0
                     WHEN open_line.paying THEN -ABS(open_line.unused)
                     ELSE open_line.unpaid END AS landed,
                COALESCE(booked.residual, 0) AS odoo
            %(source)s
            CROSS JOIN LATERAL (
                SELECT (line->>'line')::int AS line, (line->>'subentity')::int AS customer,
                    COALESCE((line->>'subsidiary')::int, 0) AS subsidiary,
                    COALESCE((line->>'foreignamountunpaid')::numeric, 0) AS unpaid,
                    COALESCE((line->>'foreignpaymentamountunused')::numeric, 0) AS unused,
                    COALESCE(NULLIF(COALESCE((line->>'debit')::numeric, 0)
                        - COALESCE((line->>'credit')::numeric, 0), 0),
                        (line->>'foreignamount')::numeric, 0) < 0 AS paying
                FROM jsonb_array_elements(r.payload->'lines') line
            ) open_line
            LEFT JOIN netsuite_subsidiary ls ON ls.connection_id = r.connection_id
                AND ls.internal_id = open_line.subsidiary
            LEFT JOIN netsuite_record c ON c.connection_id = r.connection_id
                AND c.record_type = 'customer' AND c.internal_id = open_line.customer
            LEFT JOIN res_partner own ON c.res_model = 'res.partner' AND own.id = c.res_id
            LEFT JOIN LATERAL (
                SELECT SUM(l.amount_residual_currency + COALESCE(l.netsuite_set_off, 0))
                    AS residual
                FROM account_move m
                JOIN account_move_line l ON l.move_id = m.id AND l.netsuite_line = open_line.line
                LEFT JOIN res_partner p ON p.id = l.partner_id
                JOIN account_account a ON a.id = l.account_id
                    AND a.account_type = 'asset_receivable'
                WHERE m.netsuite_record_id = r.id AND m.state = 'posted'
                    AND (l.partner_id IN (own.id, own.commercial_partner_id)
                         OR p.netsuite_record_id = c.id)
            ) booked ON TRUE
            WHERE r.connection_id = %(connection)s AND r.record_type = %(journal)s
                AND open_line.customer IN %(customers)s
            """,
            gone=_GONE,
            source=_SOURCE,
            journal=JOURNAL_TYPE,
            connection=connection.id,
            customers=customers_sql,
        )

    @api.model
    def _differing_customers_sql(self, connection, customers):
        return SQL(
            """(SELECT customer_internal_id FROM netsuite_proof
                WHERE connection_id = %s AND state = 'differs' AND %s)""",
            connection.id,
            self._customers_sql("netsuite_proof", customers),
        )

    @api.model
    def _explained_sql(self, connection):
        """Return the CTEs that tell which documents wait to be booked or applied.

        They expect a CTE `doc` as `_documents_sql` yields it.
        """
        return SQL(
            """
            to_book AS (SELECT * FROM doc WHERE state IN ('pending', 'blocked')),
            explained AS (
                SELECT id FROM to_book
                UNION
                SELECT paying_record_id FROM netsuite_application
                WHERE connection_id = %(connection)s AND state = 'waiting'
                UNION
                SELECT i.id FROM netsuite_application a
                JOIN doc i ON i.internal_id = a.invoice_internal_id
                WHERE a.connection_id = %(connection)s AND (a.state = 'waiting'
                    OR a.paying_record_id IN (SELECT id FROM to_book))
                UNION
                SELECT i.id FROM to_book b
                JOIN netsuite_record r ON r.id = b.id
                CROSS JOIN jsonb_array_elements(COALESCE(r.payload->'links', '[]')) link
                JOIN doc i ON i.internal_id = (link->>'previousdoc')::int
                UNION
                -- A parent pays for its subcustomers with documents of its own.
                SELECT i.id FROM netsuite_record r
                CROSS JOIN jsonb_array_elements(COALESCE(r.payload->'links', '[]')) link
                JOIN doc i ON i.internal_id = (link->>'previousdoc')::int
                WHERE r.connection_id = %(connection)s AND r.record_type = %(payment)s
                    AND r.state IN ('pending', 'blocked')
            )""",
            connection=connection.id,
            payment=PAYMENT_TYPE,
        )

    @api.model
    def _open_balances_sql(self):
        """Return the query of what the documents last read tell, per row of the proof."""
        return SQL(
            """
            SELECT customer, company, currency_name,
                COALESCE(SUM(landed) FILTER (WHERE NOT deposit), 0) AS net,
                -COALESCE(SUM(landed) FILTER (WHERE paying), 0) AS unapplied,
                -COALESCE(SUM(landed) FILTER (WHERE deposit), 0) AS deposits,
                COUNT(*) FILTER (WHERE landed <> odoo
                    AND id IN (SELECT id FROM explained)) AS waiting,
                COUNT(*) FILTER (WHERE landed <> odoo AND state = 'failed'
                    AND id NOT IN (SELECT id FROM explained)) AS failed,
                COUNT(*) FILTER (WHERE landed <> odoo AND state <> 'failed'
                    AND id NOT IN (SELECT id FROM explained)) AS different
            FROM doc GROUP BY customer, company, currency_name"""
        )

    @api.model
    def _explain(self, connection, customers):
        """Tell why rows differ: not read, not booked yet, cannot be booked, or a difference.

        Only when NetSuite's sum is what was last read, and each document that differs is still
        to be booked or applied, the row waits; otherwise it differs.
        """
        # Set by set in SQL: before a first import is booked every row differs.
        self.env.execute_query(
            SQL(
                """
                WITH doc AS (%(documents)s), %(explained)s,
                open_balances AS (%(open_balances)s), evaluated AS (
                    SELECT p.id, COALESCE(t.waiting, 0) AS waiting,
                        COALESCE(t.failed, 0) AS failed, COALESCE(t.different, 0) AS different,
                        COALESCE(t.net, 0) <> p.netsuite_open
                            OR COALESCE(t.unapplied, 0) <> p.netsuite_unapplied
                            OR COALESCE(t.deposits, 0) <> p.netsuite_deposits AS unread
                    FROM netsuite_proof p
                    LEFT JOIN open_balances t ON t.customer = p.customer_internal_id
                        AND t.company = p.company_id AND t.currency_name = p.currency_name
                    WHERE p.connection_id = %(connection)s AND p.state = 'differs'
                        AND %(of_customers)s
                )
                UPDATE netsuite_proof SET waiting_count = j.waiting, failed_count = j.failed,
                    different_count = j.different, unread = j.unread,
                    state = CASE WHEN j.waiting > 0 AND j.failed = 0 AND j.different = 0
                                 AND NOT j.unread AND NOT netsuite_proof.shared_partner
                                 THEN 'waiting' ELSE 'differs' END
                FROM evaluated j WHERE j.id = netsuite_proof.id
                RETURNING netsuite_proof.id
                """,
                documents=self._documents_sql(
                    connection, self._differing_customers_sql(connection, customers)
                ),
                explained=self._explained_sql(connection),
                open_balances=self._open_balances_sql(),
                connection=connection.id,
                of_customers=self._customers_sql("p", customers),
            )
        )

    @api.model
    def _excuse_later_changes(self, connection, client, customers):
        """Let rows wait whose customers NetSuite changed after the last read.

        A sum is always newer than the last read; what NetSuite changed in between is read with
        the next synchronisation. What it changed before and was not read stays a difference.
        """
        self.invalidate_model(["state", "unread"])
        unread = self.search(
            [
                *self._scope(connection, customers),
                ("state", "=", "differs"),
                ("unread", "=", True),
                ("different_count", "=", 0),
                ("failed_count", "=", 0),
                ("shared_partner", "=", False),
            ]
        )
        streams = connection.stream_ids.filtered(
            lambda stream: stream.active and stream.record_type in TRANSACTION_TYPES
        )
        cursors = streams.mapped("cursor_at")
        if not unread:
            return
        if not all(cursors) or set(streams.mapped("phase")) != {"regular"}:
            # The first import goes on: what was not read yet will be.
            unread.write({"state": "waiting", "changed_since": True})
            return
        since = client.clock.from_utc(min(cursors).replace(tzinfo=timezone.utc))
        changed = set()
        for chunk in split_every(PAGE_SIZE, sorted(set(unread.mapped("customer_internal_id")))):
            changed.update(
                changed_customers(client, chunk, since, projects=connection.has_projects)
            )
        unread.filtered(lambda proof: proof.customer_internal_id in changed).write(
            {"state": "waiting", "changed_since": True}
        )
