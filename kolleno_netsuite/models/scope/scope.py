"""Which customers are mirrored, and what of a payment that is also for others."""

from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from ...const import JOURNAL_TYPE, PAYMENT_TYPE, TRANSACTION_TYPES
from ...mappers.customer import read_customer
from ...mappers.transaction import read_transaction
from ..connection.failure import UNREADABLE

# States of records that can be booked again.
BOOKABLE = ("booked", "ignored", "blocked", "failed")


class NotSynced(NamedTuple):
    """Why a record is not mirrored.

    :param reason: a key of the selection ``netsuite.record.left_out``.
    :param sentence: the same in words.
    """

    reason: str
    sentence: str


class Scope:
    """Which customers of a connection are mirrored: the one place that everybody asks.

    A customer is excluded because it is on the exclusion list, because it is inactive or a lead,
    because its primary subsidiary is not mapped, or because none of its subsidiaries is. With it
    go its contacts and transactions. What is excluded is still read and kept as it came, so that
    it can be booked the moment it belongs to the mirror again.

    :param connection: the `netsuite.connection`, in the environment to work in.
    """

    def __init__(self, connection):
        self.connection = connection
        self.env = connection.env

    # === ANSWERS === #

    def reasons(self, internal_ids):
        """Return {customer's internal id: why it is excluded} of those that are.

        :param internal_ids: NetSuite's internal ids, also of customers that were never read.
        :return: reasons as keys of ``netsuite.record.left_out``; who is mirrored is missing.
        """
        ids = [internal_id for internal_id in set(internal_ids) if internal_id]
        if not ids:
            return {}
        records = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", ids),
                ("left_out", "not in", (False, "excluded")),
            ],
            ["internal_id", "left_out"],
        )
        excluded = self.env["netsuite.exclusion"].search_fetch(
            [("connection_id", "=", self.connection.id), ("internal_id", "in", ids)],
            ["internal_id"],
        )
        return {record.internal_id: record.left_out for record in records} | dict.fromkeys(
            excluded.mapped("internal_id"), "excluded"
        )

    def excluded_sql(self):
        """Return the subquery of the internal ids of all customers that are not mirrored."""
        return SQL(
            """(SELECT internal_id FROM netsuite_exclusion WHERE connection_id = %(connection)s
                UNION
                SELECT internal_id FROM netsuite_record WHERE connection_id = %(connection)s
                    AND record_type = 'customer' AND left_out IS NOT NULL
                    AND left_out <> 'subsidiary')""",
            connection=self.connection.id,
        )

    def sentence(self, reason):
        """Return why a record is not mirrored, in words."""
        return {
            "excluded": self.env._("The customer is on the exclusion list"),
            "inactive": self.env._("The customer is inactive in NetSuite"),
            "lead": self.env._("It is a lead or prospect in NetSuite, not a customer yet"),
            "primary": self.env._("The customer's primary subsidiary is not mapped to a company"),
            "subsidiary": self.env._("None of the customer's subsidiaries is mapped to a company"),
        }[reason]

    def partly_sentence(self, reason):
        """Return why only a part of a payment is mirrored, in words."""
        return self.env._(
            "Only what it pays for other customers is mirrored. %s.", self.sentence(reason)
        )

    # === SORTING === #

    def sort_out(self, records):
        """Tell apart what of a chunk is mirrored, and why the rest is not.

        :param records: pending `netsuite.record` rows of the connection and of one type.
        :return: (the records that are mirrored, {record that is not: `NotSynced`}).
        """
        if records[0].record_type == "customer":
            reasons = self._evaluate(records)
        else:
            if records[0].record_type in TRANSACTION_TYPES:
                self.env["netsuite.intercompany"]._notice_transactions(records)
            reasons = self._reasons_of_documents(records)
        excluded = records.browse().union(*reasons)
        if records[0].record_type in TRANSACTION_TYPES:
            excluded._documents_excluded()
        return records - excluded, {
            record: NotSynced(reason, self.sentence(reason)) for record, reason in reasons.items()
        }

    def _reasons_of_documents(self, records):
        """Return {record: reason} for what belongs to customers who are excluded."""
        reasons = self.reasons(records.mapped("customer_internal_id"))
        if not reasons:
            return {}
        found, called = {}, set()
        for record in records:
            reason = reasons.get(record.customer_internal_id)
            if not reason:
                continue
            if self._lifts(record, reason):
                called.add(record.customer_internal_id)
            elif reason != "subsidiary":
                # What waits for a subsidiary says so itself, and how much of it there is.
                found[record] = reason
        self.evaluate_again(called)
        for record in self._still_mirrored(records.browse().union(*found)):
            del found[record]
        return found

    def _lifts(self, record, reason):
        """Tell whether a transaction brings its customer in, who then comes before it."""
        if reason == "inactive":
            return self.connection.import_inactive == "open" and record.priority == 0
        if reason == "lead":
            return (record.payload or {}).get("row", {}).get("posting") == "T"
        return reason == "subsidiary" and bool(record.company_id)

    # === CUSTOMERS === #

    def _evaluate(self, records):
        """Return {customer's record: why it is excluded}, and note it on what belongs to it."""
        customers = {}
        for record in records:
            try:
                customers[record] = read_customer(record.payload)
            except UNREADABLE:
                # Cannot be read at all: its own booking says what is wrong with it.
                continue
        self.env["netsuite.intercompany"]._notice_customers(self.connection, customers)
        excluded = set(
            self.env["netsuite.exclusion"]
            .search([("connection_id", "=", self.connection.id)])
            .mapped("internal_id")
        )
        busy = self._busy(customers)
        mapped = set(self.connection.subsidiary_ids.filtered("company_id").mapped("internal_id"))
        listed = records.filtered(lambda record: record.internal_id in excluded)
        reasons = dict.fromkeys(listed, "excluded")
        for record, customer in customers.items():
            reason = self._reason(record, customer, mapped, busy)
            if reason and record not in listed:
                reasons[record] = reason
        self._keep_reasons(listed.union(*customers), reasons)
        return reasons

    def _reason(self, record, customer, mapped, busy):
        """Return why a customer who is not on the exclusion list is excluded, or None.

        :param mapped: internal ids of the subsidiaries that have a company.
        :param busy: as `_busy` returns it.
        """
        subsidiaries = customer.subsidiaries if self.connection.one_world else ()
        has_open, has_mapped, has_posted = busy.get(record.internal_id, (False, False, False))
        if self.connection.primary_only and subsidiaries and subsidiaries[0] not in mapped:
            return "primary"
        # A customer that is in the books stays there: they hold its entries and its history.
        if record.res_id and not record.left_out:
            return None
        if subsidiaries and not mapped.intersection(subsidiaries) and not has_mapped:
            return "subsidiary"
        if customer.is_lead and not self.connection.import_leads and not has_posted:
            return "lead"
        rule = self.connection.import_inactive
        if customer.inactive and (rule == "never" or (rule == "open" and not has_open)):
            return "inactive"
        return None

    def _busy(self, customers):
        """Return {customer: (is something open, of a mapped subsidiary, posted at all)}."""
        # Read from what was landed, which only a grouped query tells without loading it.
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_internal_id,
                       BOOL_OR(priority = 0 AND payload->'row'->>'posting' = 'T'),
                       BOOL_OR(company_id IS NOT NULL),
                       BOOL_OR(payload->'row'->>'posting' = 'T')
                   FROM netsuite_record
                   WHERE connection_id = %s AND customer_internal_id = ANY(%s)
                       AND record_type <> 'customer' AND state <> 'removed'
                   GROUP BY customer_internal_id""",
                self.connection.id,
                [record.internal_id for record in customers],
            )
        )
        busy = {customer: tuple(map(bool, told)) for customer, *told in rows}
        for customer, *told in self._busy_on_journals(customers):
            before = busy.get(customer, (False, False, False))
            busy[customer] = tuple(bool(a or b) for a, b in zip(before, told, strict=True))
        return busy

    def _keep_reasons(self, records, reasons):
        """Keep on customers, and on all that belongs to them, whether they are excluded."""
        by_reason = {}
        for record in records:
            by_reason.setdefault(reasons.get(record, False), []).append(record)
        for reason, group in by_reason.items():
            changed = [record.internal_id for record in group if record.left_out != reason]
            if reason:
                self._mark(changed, reason)
            else:
                self._include(changed)

    def _mark(self, customers, reason):
        """Note `reason` on customers and on all that belongs to them.

        That counts as being dealt with now: the run that did it proves these customers.
        """
        now = fields.Datetime.now()
        self._update(customers, SQL("left_out = %s, booked_at = %s", reason, now))

    def _include(self, customers):
        """Let everything of customers be booked who belong to the mirror again."""
        if not customers:
            return
        self._update(customers, SQL("left_out = NULL, attempts = 0, next_try = NULL"))
        self.env["netsuite.record"]._requeue_where(
            self.connection,
            ("ignored",),
            SQL("record_type <> 'customer' AND customer_internal_id = ANY(%s)", list(customers)),
        )
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(customers)),
            ]
        )
        partners = self.env["res.partner"].union(*records._targets("res.partner").values())
        partners.filtered(lambda partner: not partner.active).active = True
        self.rebook_shared(customers)

    def rebook_shared(self, customers):
        """Have documents of several customers booked again that name one of `customers`.

        Only some of their lines come or go with the customer.
        """
        # Who stands on a line is only in the payload, which the ORM would load to look into.
        self.env["netsuite.record"]._requeue_where(
            self.connection,
            ("booked", "ignored", "blocked", "failed"),
            SQL(
                """record_type IN %s AND customer_internal_id = 0 AND EXISTS (
                       SELECT 1 FROM jsonb_array_elements(COALESCE(payload->'lines', '[]')) l
                       WHERE l->>'subentity' = ANY(%s))""",
                TRANSACTION_TYPES,
                [str(customer) for customer in customers],
            ),
        )
        self._rebook_payments(customers, BOOKABLE)

    def _update(self, customers, assignments):
        """Write on customers and all that belongs to them: maybe more than fits into memory."""
        if not customers:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE netsuite_record SET %s
                   WHERE connection_id = %s AND (customer_internal_id = ANY(%s)
                       OR (record_type = 'customer' AND internal_id = ANY(%s)))
                   RETURNING id""",
                assignments,
                self.connection.id,
                list(customers),
                list(customers),
            )
        )
        self.env["netsuite.record"].invalidate_model()

    # === CHANGES OF THE RULES === #

    def evaluate_again(self, customers=None):
        """Have customers evaluated again with the next booking; all of them when None."""
        if customers is not None and not customers:
            return
        chosen = SQL("TRUE") if customers is None else SQL("internal_id = ANY(%s)", list(customers))
        self.env["netsuite.record"]._requeue_where(
            self.connection,
            ("booked", "ignored", "blocked", "failed"),
            SQL("record_type = 'customer' AND %s", chosen),
        )

    def exclude(self, customers):
        """Mirror customers no longer: what waits of them waits no more.

        :param customers: internal ids that were put on the exclusion list.
        """
        self._mark(customers, "excluded")
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("state", "in", ("pending", "booked", "blocked", "failed")),
                "|",
                "&",
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(customers)),
                "&",
                ("customer_internal_id", "in", list(customers)),
                ("state", "!=", "booked"),
            ]
        )
        records._advance("ignored", message=self.sentence("excluded"), attempts=0, next_try=False)
        self.env["netsuite.issue"]._settle(records)
        # What waits of them may pay for others, or what waits of others for them.
        self._rebook_payments(customers, ("ignored", "blocked", "failed"))

    # === JOURNAL === #

    def is_lifted_by_line(self, line, reason):
        """Tell whether a receivable line brings its customer in, who then comes before it.

        :param line: a line with `entity` and `is_open`.
        """
        if reason == "inactive":
            return self.connection.import_inactive == "open" and line.is_open
        return reason == "lead"

    def _busy_on_journals(self, customers):
        """Return the same of lines: [(customer, is something open, mapped, posted at all)].

        Either may be told by an empty value where nothing is.
        """
        # As for documents: what is open is only in what was landed.
        return self.env.execute_query(
            SQL(
                """SELECT (line->>'subentity')::int,
                       BOOL_OR(payload->'row'->>'posting' = 'T' AND (
                           COALESCE((line->>'foreignamountunpaid')::numeric, 0) <> 0
                           OR COALESCE((line->>'foreignpaymentamountunused')::numeric, 0) <> 0)),
                       BOOL_OR(company_id IS NOT NULL),
                       BOOL_OR(payload->'row'->>'posting' = 'T')
                   FROM netsuite_record
                   CROSS JOIN jsonb_array_elements(payload->'lines') line
                   WHERE connection_id = %s AND record_type = %s AND state <> 'removed'
                       AND (line->>'subentity')::int = ANY(%s)
                   GROUP BY 1""",
                self.connection.id,
                JOURNAL_TYPE,
                [record.internal_id for record in customers],
            )
        )

    # === PAYMENTS FOR OTHERS === #

    def paid_customers(self, links):
        """Return {link: customer whose document or journal line it pays} of those that are known.

        :param links: `mappers.transaction.Link` objects.
        """
        documents = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", self.connection.id),
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

    def _still_mirrored(self, records):
        """Return those payments among excluded documents that others need in the mirror."""
        payments = records.filtered(lambda record: record.record_type == PAYMENT_TYPE)
        if not payments:
            return payments
        return self._paying_for_mirrored(payments) | self._showing_mirrored(payments)

    def _paying_for_mirrored(self, payments):
        """Return those of `payments` that pay for a customer who is mirrored."""
        transactions = {}
        for payment in payments:
            try:
                transaction = read_transaction(payment.payload, payment.record_type)
            except UNREADABLE:
                # Excluded with its customer, it need not be understood.
                continue
            if not transaction.voided:
                transactions[payment] = transaction
        links = {link for each in transactions.values() for link in each.links}
        owners = self.paid_customers(links)
        named = {
            payment: {
                *(line.entity for line in transaction.lines if line.foreign),
                *(owners.get(link, 0) for link in transaction.links),
            }
            - {0, payment.customer_internal_id}
            for payment, transaction in transactions.items()
        }
        reasons = self.reasons(set().union(*named.values()))
        excluded = {customer for customer, why in reasons.items() if why != "subsidiary"}
        return payments.filtered(lambda payment: named.get(payment, set()) - excluded)

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
        reasons = self.reasons(lines.partner_id.netsuite_record_id.mapped("internal_id"))
        lines = lines.filtered(
            lambda line: line.partner_id.netsuite_record_id.internal_id not in reasons
        )
        return payments & lines.move_id.netsuite_record_id

    def _rebook_payments(self, customers, states):
        """Have payments booked again that some of `customers` make for others, or others for them.

        :param states: of `netsuite.record`; payments in other ones stay as they are.
        """
        # Whom a payment is for stands in its payload, which the ORM would load to look into.
        self.env["netsuite.record"]._requeue_where(
            self.connection,
            states,
            SQL(
                "id IN (SELECT r.id FROM netsuite_record r WHERE %s)",
                self._shared_payments_sql(customers),
            ),
        )

    def _shared_payments_sql(self, customers):
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
            connection=self.connection.id,
            payment=PAYMENT_TYPE,
            types=TRANSACTION_TYPES,
            customers=list(customers),
        )
