from odoo import api, models
from odoo.tools import SQL

from ...client.errors import NetsuiteError

# Customers whose documents are read again in one commit: some hundred calls, so that a cron
# that has to stop loses little.
HEAL_CUSTOMERS = 50


class NetsuiteProof(models.Model):
    """What follows from a difference: an issue, and reading the documents again."""

    _inherit = "netsuite.proof"

    # === ISSUES === #

    @api.model
    def _raise_issues(self, connection, customers):
        """List each difference in Issues, and close the issues of customers who agree now."""
        Issue = self.env["netsuite.issue"]
        differing = self.search([*self._scope(connection, customers), ("state", "=", "differs")])
        records_of = self._differing_records(connection, customers) if differing else {}
        by_key = differing.grouped(lambda proof: proof._issue_key())
        for key, compared in by_key.items():
            proofs = compared
            if compared[0].shared_partner:
                # Whichever of its customers was compared just now.
                proofs = compared[0]._of_customers(
                    compared[0]._sharing_records().mapped("internal_id")
                )
            ids = [
                record_id
                for proof in proofs
                for record_id in records_of.get(
                    (proof.customer_internal_id, proof.company_id.id, proof.currency_name), []
                )
            ]
            company = proofs.company_id
            issue = Issue._touch(
                connection,
                "difference",
                key,
                proofs[0]._difference_sentence(),
                proofs[0]._advice_sentence(),
                detail=proofs[0].reason or "",
                company=company if len(company) == 1 else None,
            )
            records = self.env["netsuite.record"].browse(ids)
            for proof in proofs:
                records |= proof._customer_record()
            issue.record_ids = records
            issue._count_records()
        self._solve_issues(connection, customers, set(by_key))

    def _advice_sentence(self):
        """Return what to do about this difference."""
        self.ensure_one()
        if self.shared_partner:
            return self.env._(
                "Each customer of NetSuite needs a contact of its own, or nobody can tell their "
                "balances apart. If they are one customer, merge them in NetSuite. If not, press "
                "Separate on the customer's reconciliation: the other customers get contacts of "
                "their own again, with their documents."
            )
        return self.env._(
            "Open it to see the documents of both sides next to each other; Resynchronise reads "
            "them again from NetSuite."
        )

    @api.model
    def _solve_issues(self, connection, customers, differing_keys):
        """Close the issues of compared customers whose key is not among `differing_keys`."""
        issues = self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", "difference"),
                ("key", "=like", "proof:%"),
                ("key", "not in", list(differing_keys)),
                ("state", "!=", "solved"),
            ]
        )
        if customers is not None:
            compared = set(customers)
            issues = issues.filtered(lambda issue: issue._key_number(1) in compared)
        issues._solve()

    @api.model
    def _differing_records(self, connection, customers):
        """Return {(customer, company id, currency code): ids of `netsuite.record` that differ}."""
        # What was last read of each document is only in its payload: compared in SQL.
        rows = self.env.execute_query(
            SQL(
                """
                WITH doc AS (%(documents)s), %(explained)s
                SELECT customer, company, currency_name, array_agg(id ORDER BY id) FROM doc
                WHERE landed <> odoo AND id NOT IN (SELECT id FROM explained)
                GROUP BY customer, company, currency_name
                """,
                documents=self._documents_sql(
                    connection, self._differing_customers_sql(connection, customers)
                ),
                explained=self._explained_sql(connection),
            )
        )
        return {tuple(key): ids for *key, ids in rows}

    # === HEAL === #

    @api.model
    def _heal(self, connection):
        """Read the documents of differing customers again, book them and compare again.

        A driver: it commits after each group of customers. A row is healed once until its sums
        in NetSuite change, so that what cannot be healed is not read for ever.

        :return: number of customers whose documents were read again.
        """
        # Healing reads and books: what may not be booked cannot be healed.
        switched_on = connection.heal_active and connection.book_active
        if not switched_on or connection.state != "connected":
            return 0
        healed = 0
        client = connection._client()
        try:
            while due := self._due_customers(connection)[:HEAL_CUSTOMERS]:
                connection._commit_unit(self._bring_in_step, connection, due, client, client=client)
                healed += len(due)
                if connection._is_interrupted("heal"):
                    break
        except NetsuiteError as error:
            connection._commit_refused(error, client=client)
        return healed

    @api.model
    def _due_customers(self, connection):
        """Return the customers whose difference nobody has tried to heal yet."""
        differing = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "differs"),
                ("customer_internal_id", "!=", 0),
            ]
        )
        due = differing.filtered(lambda proof: proof.healed_for != proof._sums_text())
        return sorted(set(due.mapped("customer_internal_id")))

    @api.model
    def _bring_in_step(self, connection, customer_ids, client=None):
        """Read all open documents of these customers again, book them and prove them.

        :param customer_ids: NetSuite's internal ids.
        """
        asked_by = client or connection._client()
        connection._fetch_documents(customer_ids, client=asked_by, by_hand=not client)
        self._prove(connection, client=asked_by, customer_ids=customer_ids)
        for proof in self.search(
            [*self._scope(connection, customer_ids), ("state", "=", "differs")]
        ):
            proof.healed_for = proof._sums_text()
        if not client:
            connection._store_calls(asked_by)
