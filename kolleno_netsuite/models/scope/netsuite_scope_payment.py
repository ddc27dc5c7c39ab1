from odoo import api, models
from odoo.tools import SQL

from ...const import JOURNAL_TYPE, PAYMENT_TYPE, TRANSACTION_TYPES
from ...mappers.transaction import read_transaction
from ..connection.failure import UNREADABLE


class NetsuiteScope(models.AbstractModel):
    """Payments that a customer makes for others: some of them can be left out, others not."""

    _inherit = "netsuite.scope"

    # === BUSINESS METHODS - ANSWERS === #

    @api.model
    def _paid_customers(self, connection, links):
        """Return {link: customer whose document or journal line it pays} of those that are known.

        :param links: `mappers.transaction.Link` objects.
        """
        documents = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "in", TRANSACTION_TYPES),
                ("internal_id", "in", list({link.paid for link in links})),
            ],
            ["internal_id", "record_type", "customer_internal_id"],
        )
        owners = {each.internal_id: each.customer_internal_id for each in documents}
        lines = {}
        for journal in documents.filtered(lambda each: each.record_type == JOURNAL_TYPE):
            try:
                transaction = read_transaction(journal.payload, JOURNAL_TYPE)
            except UNREADABLE:
                # It says itself what is wrong with it, and is not booked either.
                continue
            lines |= {(journal.internal_id, each.number): each.entity for each in transaction.lines}
        found = {
            link: owners.get(link.paid) or lines.get((link.paid, link.paid_line), 0)
            for link in links
        }
        return {link: customer for link, customer in found.items() if customer}

    @api.model
    def _partly_sentence(self, reason):
        """Return why only a part of a payment is mirrored, in words."""
        return self.env._(
            "Only what it pays for other customers is mirrored. %s.", self._sentence(reason)
        )

    # === BUSINESS METHODS - SORTING === #

    def _drop_waiting(self, documents):
        """Book payments again that wait for `documents`, which nobody knew to be left out."""
        waiting = self.env["netsuite.application"].search(
            [
                ("connection_id", "=", documents.connection_id.id),
                ("state", "=", "waiting"),
                ("invoice_internal_id", "in", documents.mapped("internal_id")),
                ("paying_record_id.record_type", "=", PAYMENT_TYPE),
                ("paying_record_id.state", "=", "booked"),
            ]
        )
        waiting.paying_record_id._requeue()

    def _still_mirrored(self, records):
        """Return those payments among left-out documents that others need in the mirror."""
        payments = records.filtered(lambda record: record.record_type == PAYMENT_TYPE)
        if not payments:
            return payments
        return self._paying_for_mirrored(payments) | self._showing_mirrored(payments)

    def _paying_for_mirrored(self, payments):
        """Return those of `payments` that pay for a customer who is mirrored."""
        connection, transactions = payments.connection_id, {}
        for payment in payments:
            try:
                transaction = read_transaction(payment.payload, payment.record_type)
            except UNREADABLE:
                # Left out with its customer, it need not be understood.
                continue
            if not transaction.voided:
                transactions[payment] = transaction
        links = {link for each in transactions.values() for link in each.links}
        owners = self._paid_customers(connection, links)
        named = {
            payment: {
                *(line.entity for line in transaction.lines if line.foreign),
                *(owners.get(link, 0) for link in transaction.links),
            }
            - {0, payment.customer_internal_id}
            for payment, transaction in transactions.items()
        }
        reasons = self._reasons(connection, set().union(*named.values()))
        left_out = {customer for customer, why in reasons.items() if why != "subsidiary"}
        return payments.filtered(lambda payment: named.get(payment, set()) - left_out)

    def _showing_mirrored(self, payments):
        """Return those of `payments` whose entry in Odoo still pays for a mirrored customer."""
        lines = self.env["account.move.line"].search(
            [
                ("move_id.netsuite_record_id", "in", payments.ids),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("partner_id.netsuite_record_id.left_out", "=", False),
            ]
        )
        reasons = self._reasons(
            payments.connection_id, lines.partner_id.netsuite_record_id.mapped("internal_id")
        )
        lines = lines.filtered(
            lambda line: line.partner_id.netsuite_record_id.internal_id not in reasons
        )
        return payments & lines.move_id.netsuite_record_id

    # === BUSINESS METHODS - CHANGES === #

    @api.model
    def _rebook_payments(self, connection, customers, states):
        """Have payments booked again that some of `customers` make for others, or others for them.

        :param states: of `netsuite.record`; payments in other ones stay as they are.
        """
        # Whom a payment is for stands in its payload, which the ORM would load to look into.
        self.env["netsuite.record"]._requeue_where(
            connection,
            states,
            SQL(
                "id IN (SELECT r.id FROM netsuite_record r WHERE %s)",
                self._shared_payments_sql(connection, customers),
            ),
        )

    @api.model
    def _shared_payments_sql(self, connection, customers):
        """Return the condition of payments `r` between one of `customers` and somebody else."""
        return SQL(
            """r.connection_id = %(connection)s AND r.record_type = %(payment)s AND EXISTS (
                SELECT FROM (
                    SELECT (line->>'subentity')::int AS customer
                    FROM jsonb_array_elements(COALESCE(r.payload->'lines', '[]')) line
                    UNION ALL
                    SELECT paid.customer_internal_id
                    FROM jsonb_array_elements(COALESCE(r.payload->'links', '[]')) link
                    JOIN netsuite_record paid ON paid.connection_id = r.connection_id
                        AND paid.record_type IN %(types)s
                        AND paid.internal_id = (link->>'previousdoc')::int
                ) other
                WHERE other.customer NOT IN (0, r.customer_internal_id)
                    AND (other.customer = ANY(%(customers)s)
                        OR r.customer_internal_id = ANY(%(customers)s)))""",
            connection=connection.id,
            payment=PAYMENT_TYPE,
            types=TRANSACTION_TYPES,
            customers=list(customers),
        )
