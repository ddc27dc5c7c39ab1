import json

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...client.suiteql import PAGE_SIZE
from ...const import CUSTOM_TYPE, JOURNAL_TYPE, PAYING_TYPES, PAYMENT_TYPE
from ...mappers.queries.open_amounts import read_open_amounts
from ..scope.scope import Scope

# What is added up per customer, as `mappers.queries.open_amounts.OpenAmount` names it.
SUMS = (
    *("owed", "unapplied", "company_owed", "company_unapplied"),
    *("deposits", "company_deposits"),
)


class NetsuiteProof(models.Model):
    """The comparison: NetSuite's sums against Odoo's, both added up by a database."""

    _inherit = "netsuite.proof"

    # === PROVE === #

    @api.model
    def _prove(self, connection, client=None, customer_ids=None):
        """Compare what is open in NetSuite and in Odoo, and list what differs in Issues.

        :param client: the `NetsuiteClient` to ask with; its caller stores the calls.
        :param customer_ids: NetSuite's internal ids of the customers to compare; all when None.
        :return: {state: number of rows that were compared}.
        :raise NetsuiteError: NetSuite cannot or will not answer; nothing was changed.
        """
        asked_by = client or connection._client()
        customers = None if customer_ids is None else sorted(set(customer_ids))
        amounts = self._ask_netsuite(connection, asked_by, customers)
        # The sums are read by SQL, so what is still in memory has to be there first.
        self.env.flush_all()
        self._store(connection, amounts, customers)
        self.env["netsuite.left.out"]._store(connection, amounts, customers)
        self._explain(connection, customers)
        self._excuse_later_changes(connection, asked_by, customers)
        self.env["netsuite.proof"].invalidate_model()
        self._raise_issues(connection, customers)
        # NetSuite answered: what stopped the proof before is over.
        self.env["netsuite.issue"]._release(connection, ["stream:proof", "network", "busy"])
        self.env["netsuite.fact"]._works_again(connection, "proof")
        connection._note_proved(customers)
        if connection.heal_active and self._due_customers(connection):
            connection._trigger_cron("heal")
        if not client:
            connection._store_calls(asked_by)
        counts = self._read_group(self._scope(connection, customers), ["state"], ["__count"])
        return dict(counts)

    @api.model
    def _scope(self, connection, customers):
        """Return the domain of the rows of these customers, of all when None."""
        domain = [("connection_id", "=", connection.id)]
        return domain if customers is None else [*domain, ("customer_internal_id", "in", customers)]

    @api.model
    def _ask_netsuite(self, connection, client, customers):
        """Return NetSuite's sums, one entry per customer, company and currency.

        :return: list of dictionaries with the columns of `_store`; ``company`` is None for a
            subsidiary without company, ``currency`` for a currency that Odoo does not know.
        """
        chunks = [None] if customers is None else split_every(PAGE_SIZE, customers)
        found = {}
        currencies = self._currencies(connection)
        companies = {
            subsidiary.internal_id: subsidiary.company_id.id or None
            for subsidiary in connection.subsidiary_ids
        }
        for chunk in chunks:
            for amount in read_open_amounts(
                client,
                shape=connection._shape(),
                customers=chunk,
                journals=connection.sync_journals,
                rare=connection._rare_types(),
            ):
                company = companies.get(amount.subsidiary)
                name, currency = currencies.get(amount.currency) or (str(amount.currency), None)
                subsidiary = 0 if company else amount.subsidiary
                key = (amount.customer, company, name, subsidiary)
                self._add(found.setdefault(key, self._nothing(*key, currency)), amount)
        return list(found.values())

    @api.model
    def _nothing(self, customer, company, currency_name, subsidiary, currency):
        return {
            "customer": customer,
            "company": company,
            "currency_name": currency_name,
            "subsidiary": subsidiary,
            "currency": currency,
            "documents": 0,
            **dict.fromkeys(SUMS, 0),
        }

    @api.model
    def _add(self, row, amount):
        """Add `amount` to `row`: two subsidiaries may share a company."""
        row["documents"] += amount.documents
        for name in SUMS:
            more = getattr(amount, name)
            row[name] = None if more is None or row[name] is None else row[name] + more

    @api.model
    def _currencies(self, connection):
        """Return {NetSuite's internal id: (ISO code, id of the Odoo currency or None)}."""
        ids = {
            currency.name: currency.id
            for currency in self.env["res.currency"].with_context(active_test=False).search([])
        }
        records = self.env["netsuite.record"].search(
            [("connection_id", "=", connection.id), ("record_type", "=", "currency")]
        )
        found = {}
        for record in records:
            name = connection._currency_of(record.internal_id)
            if name:
                found[record.internal_id] = (name, ids.get(name))
        return found

    @api.model
    def _proved_types(self, connection):
        """Return the record types whose open amounts are compared."""
        return tuple(connection._read_types())

    @api.model
    def _comparable_companies(self, connection):
        """Return the companies whose own currency amounts must equal NetSuite's."""
        if not connection._uses_netsuite_rates_only():
            return []
        by_company = connection.subsidiary_ids.filtered("company_id").grouped("company_id")
        return [
            company.id
            for company, subsidiaries in by_company.items()
            if set(subsidiaries.mapped("currency_name")) <= {company.currency_id.name}
        ]

    # === COMPARE === #

    @api.model
    def _store(self, connection, amounts, customers):
        """Put both sides beside each other, one row per customer, company and currency."""
        # One statement joins NetSuite's sums with Odoo's: a million journal items are added up
        # where they are, and only rows of customers are written.
        kept = self.env.execute_query(
            SQL(
                """
                WITH judged AS (%(judged)s)
                INSERT INTO netsuite_proof (
                    connection_id, customer_internal_id, company_id, currency_id, currency_name,
                    subsidiary_internal_id, customer_name, partner_id, netsuite_open, odoo_open,
                    difference, netsuite_unapplied, odoo_unapplied, unapplied_difference,
                    company_compared, netsuite_open_company, odoo_open_company,
                    company_difference, netsuite_deposits, odoo_deposits,
                    deposits_difference, netsuite_deposits_company, odoo_deposits_company,
                    deposits_company_difference, netsuite_documents, odoo_documents, state, as_of,
                    own_entries, own_entries_company, ledger_open, shared_partner,
                    waiting_count, failed_count, different_count, unread, changed_since,
                    create_uid, create_date, write_uid, write_date)
                SELECT %(connection)s, j.customer, j.company, j.currency, j.currency_name,
                    j.subsidiary, COALESCE(p.name, c.name), p.id, j.n_open, j.o_open,
                    j.o_open - j.n_open, j.n_unapplied, j.o_unapplied,
                    j.o_unapplied - j.n_unapplied, j.compared,
                    CASE WHEN j.compared THEN j.n_company ELSE 0 END, j.o_company,
                    CASE WHEN j.compared THEN j.o_company - j.n_company ELSE 0 END,
                    j.n_deposits, j.o_deposits, j.o_deposits - j.n_deposits,
                    CASE WHEN j.deposits_compared THEN j.n_deposits_company ELSE 0 END,
                    j.o_deposits_company,
                    CASE WHEN j.deposits_compared
                         THEN j.o_deposits_company - j.n_deposits_company ELSE 0 END,
                    j.n_documents, j.o_documents,
                    CASE WHEN j.shared THEN 'differs'
                         WHEN j.company IS NULL OR j.currency IS NULL THEN 'waiting'
                         WHEN j.o_open <> j.n_open OR j.o_unapplied <> j.n_unapplied
                             OR j.o_deposits <> j.n_deposits
                             OR (j.compared AND j.o_company <> j.n_company)
                             OR (j.deposits_compared
                                 AND j.o_deposits_company <> j.n_deposits_company)
                         THEN 'differs'
                         ELSE 'agrees' END,
                    %(now)s, j.own, j.own_company, j.o_open + j.own, j.shared,
                    0, 0, 0, FALSE, FALSE, %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM judged j
                LEFT JOIN netsuite_record c ON c.connection_id = %(connection)s
                    AND c.record_type = 'customer' AND c.internal_id = j.customer
                LEFT JOIN res_partner p ON c.res_model = 'res.partner' AND p.id = c.res_id
                ON CONFLICT (connection_id, customer_internal_id, COALESCE(company_id, 0),
                             currency_name, subsidiary_internal_id)
                DO UPDATE SET %(replaced)s
                RETURNING id
                """,
                judged=self._both_sides_sql(connection, amounts, customers),
                connection=connection.id,
                replaced=self._replaced_sql(),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self._forget_others(connection, customers, [row_id for (row_id,) in kept])

    @api.model
    def _both_sides_sql(self, connection, amounts, customers):
        """Return the query of NetSuite's sums joined with Odoo's."""
        return SQL(
            """
            WITH netsuite AS (
                SELECT * FROM jsonb_to_recordset(%(amounts)s::jsonb) AS n(
                    customer int, company int, currency int, currency_name text,
                    subsidiary int, owed numeric, unapplied numeric, company_owed numeric,
                    company_unapplied numeric, deposits numeric, company_deposits numeric,
                    documents int)
            ), odoo AS (%(odoo)s), sharing AS (%(sharing)s), own AS (
                SELECT beside.customer, beside.company, beside.currency,
                    cur.name AS currency_name, SUM(amount) AS amount,
                    SUM(company_amount) AS company_amount
                FROM (
                    SELECT * FROM (%(own)s) sums WHERE amount <> 0 OR company_amount <> 0
                    -- Two customers on one contact are a difference, whatever is open.
                    UNION ALL SELECT customer, %(company)s, %(currency)s, 0, 0 FROM sharing
                ) beside
                JOIN res_currency cur ON cur.id = beside.currency
                GROUP BY beside.customer, beside.company, beside.currency, cur.name
            ), both_sides AS (
                SELECT COALESCE(n.customer, o.customer, w.customer) AS customer,
                    COALESCE(n.company, o.company, w.company) AS company,
                    COALESCE(n.currency, o.currency, w.currency) AS currency,
                    COALESCE(n.currency_name, o.currency_name, w.currency_name) AS currency_name,
                    COALESCE(w.amount, 0) AS own,
                    COALESCE(w.company_amount, 0) AS own_company,
                    COALESCE(n.customer, o.customer, w.customer)
                        IN (SELECT customer FROM sharing) AS shared,
                    COALESCE(n.subsidiary, 0) AS subsidiary,
                    COALESCE(n.unapplied, 0) AS n_unapplied,
                    COALESCE(o.unapplied, 0) AS o_unapplied,
                    COALESCE(n.owed, 0) - COALESCE(n.unapplied, 0) AS n_open,
                    COALESCE(o.net, 0) AS o_open,
                    CASE WHEN n.customer IS NULL THEN 0
                         ELSE n.company_owed - n.company_unapplied END AS n_company,
                    COALESCE(o.company_net, 0) AS o_company,
                    COALESCE(n.deposits, 0) AS n_deposits,
                    COALESCE(o.deposits, 0) AS o_deposits,
                    CASE WHEN n.customer IS NULL THEN 0
                         ELSE n.company_deposits END AS n_deposits_company,
                    COALESCE(o.company_deposits, 0) AS o_deposits_company,
                    COALESCE(n.documents, 0) AS n_documents,
                    COALESCE(o.documents, 0) AS o_documents
                FROM netsuite n FULL JOIN odoo o ON n.customer = o.customer
                    AND n.company = o.company AND n.currency = o.currency
                FULL JOIN own w ON w.customer = COALESCE(n.customer, o.customer)
                    AND w.company = COALESCE(n.company, o.company)
                    AND w.currency = COALESCE(n.currency, o.currency)
                WHERE COALESCE(n.customer, o.customer, w.customer) NOT IN %(excluded)s
            )
            SELECT b.*, COALESCE(b.company = ANY(%(comparable)s), FALSE)
                    AND b.n_company IS NOT NULL AS compared,
                COALESCE(b.company = ANY(%(comparable)s), FALSE)
                    AND b.n_deposits_company IS NOT NULL AS deposits_compared
            FROM both_sides b""",
            amounts=json.dumps(amounts, default=str),
            odoo=self._odoo_sums_sql(connection, customers),
            own=self._own_sums_sql(connection, customers),
            sharing=self._sharing_sql(connection, customers),
            company=connection.company_id.id,
            currency=connection.company_id.currency_id.id,
            excluded=Scope(connection).excluded_sql(),
            comparable=self._comparable_companies(connection),
        )

    @api.model
    def _replaced_sql(self):
        """Return the assignments of everything that a new comparison says anew."""
        names = (
            *("currency_id", "customer_name", "partner_id", "netsuite_open", "odoo_open"),
            *("difference", "netsuite_unapplied", "odoo_unapplied", "unapplied_difference"),
            *("company_compared", "netsuite_open_company", "odoo_open_company"),
            *("company_difference", "netsuite_documents", "odoo_documents", "state", "as_of"),
            *("netsuite_deposits", "odoo_deposits", "deposits_difference"),
            *("netsuite_deposits_company", "odoo_deposits_company"),
            *("deposits_company_difference", "own_entries", "own_entries_company"),
            *("ledger_open", "shared_partner"),
            *("waiting_count", "failed_count", "different_count", "unread", "changed_since"),
            *("write_uid", "write_date"),
        )
        return SQL(", ").join(
            SQL("%s = excluded.%s", SQL.identifier(name), SQL.identifier(name)) for name in names
        )

    @api.model
    def _forget_others(self, connection, customers, kept):
        """Delete the rows of customers who have nothing in this company and currency now."""
        # The kept rows can be as many as there are customers: too long a list for a domain.
        self.env.execute_query(
            SQL(
                """DELETE FROM netsuite_proof WHERE connection_id = %s AND %s
                   AND NOT (id = ANY(%s)) RETURNING id""",
                connection.id,
                self._customers_sql("netsuite_proof", customers),
                kept,
            )
        )

    @api.model
    def _customers_sql(self, table, customers):
        if customers is None:
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", SQL.identifier(table, "customer_internal_id"), customers)

    @api.model
    def _odoo_sums_sql(self, connection, customers):
        """Return the query of what is open in Odoo, of documents that mirror NetSuite.

        A document counts for the customer whose partner it is booked on, so one that was booked
        on, or moved to, the wrong partner makes both customers differ.
        """
        return SQL(
            """
            SELECT d.customer, d.company_id AS company, d.currency_id AS currency,
                cur.name AS currency_name,
                COALESCE(SUM(d.residual) FILTER (WHERE NOT d.deposit), 0) AS net,
                -COALESCE(SUM(d.residual) FILTER (WHERE d.paying AND NOT d.deposit), 0)
                    AS unapplied,
                COALESCE(SUM(d.company_residual) FILTER (WHERE NOT d.deposit), 0) AS company_net,
                -COALESCE(SUM(d.residual) FILTER (WHERE d.deposit), 0) AS deposits,
                -COALESCE(SUM(d.company_residual) FILTER (WHERE d.deposit), 0)
                    AS company_deposits,
                COUNT(DISTINCT d.move_id) FILTER (WHERE d.residual <> 0) AS documents
            FROM (%(items)s) d
            JOIN res_currency cur ON cur.id = d.currency_id
            WHERE %(of_customers)s
            GROUP BY d.customer, d.company_id, d.currency_id, cur.name
            """,
            items=self._odoo_items_sql(connection, customers),
            of_customers=(
                SQL("TRUE") if customers is None else SQL("d.customer = ANY(%s)", customers)
            ),
        )

    @api.model
    def _odoo_items_sql(self, connection, customers):
        """Return the query of the journal items behind `_odoo_sums_sql`.

        What is set off within a journal counts as open, as NetSuite has it. In company currency
        both sides of that are the same, so that the sums need nothing added.
        """
        return SQL(
            """
            SELECT l.move_id, l.company_id, l.currency_id,
                CASE WHEN r.record_type IN %(by_sign)s
                     THEN COALESCE(NULLIF(l.amount_currency, 0), l.balance) < 0
                     ELSE r.record_type IN %(paying)s END AS paying,
                COALESCE(l.netsuite_deposit, FALSE) AS deposit,
                l.amount_residual_currency + COALESCE(l.netsuite_set_off, 0) AS residual,
                l.amount_residual AS company_residual,
                CASE WHEN l.partner_id IN (own.id, own.commercial_partner_id) OR other.id = c.id
                     THEN COALESCE(open_line.entity, r.customer_internal_id)
                     ELSE COALESCE(other.internal_id, 0) END AS customer
            FROM netsuite_record r
            JOIN account_move m ON m.netsuite_record_id = r.id AND m.state = 'posted'
            JOIN account_move_line l ON l.move_id = m.id
            JOIN account_account a ON a.id = l.account_id
                AND (a.account_type = 'asset_receivable' OR l.netsuite_deposit)
            LEFT JOIN LATERAL (
                SELECT (line->>'subentity')::int AS entity
                FROM jsonb_array_elements(r.payload->'lines') line
                WHERE r.record_type = %(journal)s AND (line->>'line')::int = l.netsuite_line
                LIMIT 1
            ) open_line ON TRUE
            LEFT JOIN netsuite_record c ON c.connection_id = r.connection_id
                AND c.record_type = 'customer'
                AND c.internal_id = COALESCE(open_line.entity, r.customer_internal_id)
            LEFT JOIN res_partner own ON c.res_model = 'res.partner' AND own.id = c.res_id
            LEFT JOIN res_partner booked ON booked.id = l.partner_id
            LEFT JOIN netsuite_record other ON other.id = booked.netsuite_record_id
                AND other.connection_id = r.connection_id
            WHERE r.connection_id = %(connection)s AND r.record_type IN %(types)s AND %(chosen)s
            """,
            journal=JOURNAL_TYPE,
            by_sign=(JOURNAL_TYPE, CUSTOM_TYPE),
            paying=PAYING_TYPES,
            types=self._proved_types(connection),
            connection=connection.id,
            chosen=self._chosen_records_sql(connection, customers),
        )

    @api.model
    def _chosen_records_sql(self, connection, customers):
        """Return the condition of documents that can count for one of `customers`."""
        if customers is None:
            return SQL("TRUE")
        return SQL(
            """r.id IN (
                SELECT id FROM netsuite_record
                WHERE connection_id = %(connection)s AND customer_internal_id = ANY(%(ids)s)
                UNION
                SELECT m.netsuite_record_id FROM netsuite_record c
                JOIN res_partner p ON p.netsuite_record_id = c.id
                JOIN account_move m ON m.partner_id = p.id AND m.netsuite_record_id IS NOT NULL
                WHERE c.connection_id = %(connection)s AND c.record_type = 'customer'
                    AND c.internal_id = ANY(%(ids)s)
                UNION
                SELECT j.id FROM netsuite_record j
                CROSS JOIN jsonb_array_elements_text(COALESCE(j.line_customers, '[]')) customer
                WHERE j.connection_id = %(connection)s AND j.record_type IN %(shared)s
                    AND customer::int = ANY(%(ids)s))""",
            connection=connection.id,
            ids=customers,
            shared=(JOURNAL_TYPE, PAYMENT_TYPE),
        )
