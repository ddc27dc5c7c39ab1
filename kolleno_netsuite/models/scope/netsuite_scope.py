from odoo import api, fields, models
from odoo.tools import SQL

from ...const import JOURNAL_TYPE, TRANSACTION_TYPES
from ...mappers.customer import read_customer
from ..connection.failure import UNREADABLE
from .left_out import LeftOut

# Reasons that something in NetSuite can lift: an open item, or a transaction of a mapped
# subsidiary. Who is on the exclusion list stays out whatever NetSuite says.
LIFTED_BY_TRANSACTION = ("inactive", "subsidiary")

# States of records that can be booked again.
BOOKABLE = ("booked", "ignored", "blocked", "failed")


class NetsuiteScope(models.AbstractModel):
    """Which customers are mirrored: the one place that every booker and the proof ask.

    A customer is left out because it is on the exclusion list, because it is inactive, because
    its primary subsidiary is not mapped, or because none of its subsidiaries is. With it go its
    contacts and transactions. What is left out is still read and kept as it came, so that it can
    be booked the moment it belongs to the mirror again.

    Who is mirrored, as far as journals tell: their customers are on their lines.
    """

    _name = "netsuite.scope"
    _description = "NetSuite Scope"

    # === BUSINESS METHODS - ANSWERS === #

    @api.model
    def _reasons(self, connection, internal_ids):
        """Return {customer's internal id: why it is left out} of those that are.

        :param internal_ids: NetSuite's internal ids, also of customers that were never read.
        :return: reasons as keys of ``netsuite.record.left_out``; who is mirrored is missing.
        """
        ids = [internal_id for internal_id in set(internal_ids) if internal_id]
        if not ids:
            return {}
        records = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", ids),
                ("left_out", "not in", (False, "excluded")),
            ],
            ["internal_id", "left_out"],
        )
        excluded = self.env["netsuite.exclusion"].search_fetch(
            [("connection_id", "=", connection.id), ("internal_id", "in", ids)], ["internal_id"]
        )
        return {record.internal_id: record.left_out for record in records} | dict.fromkeys(
            excluded.mapped("internal_id"), "excluded"
        )

    @api.model
    def _left_out_sql(self, connection):
        """Return the subquery of the internal ids of all customers that are left out."""
        return SQL(
            """(SELECT internal_id FROM netsuite_exclusion WHERE connection_id = %(connection)s
                UNION
                SELECT internal_id FROM netsuite_record WHERE connection_id = %(connection)s
                    AND record_type = 'customer' AND left_out IS NOT NULL
                    AND left_out <> 'subsidiary')""",
            connection=connection.id,
        )

    @api.model
    def _sentence(self, reason):
        """Return why a record is left out, in words."""
        return {
            "excluded": self.env._("The customer is on the exclusion list"),
            "inactive": self.env._("The customer is inactive in NetSuite"),
            "primary": self.env._("The customer's primary subsidiary is not mapped to a company"),
            "subsidiary": self.env._("None of the customer's subsidiaries is mapped to a company"),
        }[reason]

    # === BUSINESS METHODS - SORTING === #

    @api.model
    def _sort_out(self, records, outcome):
        """Set aside what is left out of a chunk, into `outcome`, and return the rest.

        :param records: pending `netsuite.record` rows of one connection and one type.
        :param outcome: the `Outcome` of the chunk.
        """
        if records[0].record_type == "customer":
            reasons = self._judge(records)
        else:
            if records[0].record_type in TRANSACTION_TYPES:
                self.env["netsuite.intercompany"]._notice_transactions(records)
            reasons = self._reasons_of_documents(records)
        for record, reason in reasons.items():
            outcome.left_out[record] = LeftOut(reason, self._sentence(reason))
        left_out = records.browse().union(*reasons)
        if records[0].record_type in TRANSACTION_TYPES:
            self._drop_waiting(left_out)
        return records - left_out

    def _reasons_of_documents(self, records):
        """Return {record: reason} for what belongs to customers who are left out."""
        connection = records.connection_id
        reasons = self._reasons(connection, records.mapped("customer_internal_id"))
        if not reasons:
            return {}
        found, called = {}, set()
        for record in records:
            reason = reasons.get(record.customer_internal_id)
            if not reason:
                continue
            if self._lifts(connection, record, reason):
                called.add(record.customer_internal_id)
            elif reason != "subsidiary":
                # What waits for a subsidiary says so itself, and how much of it there is.
                found[record] = reason
        self._look_again(connection, called)
        for record in self._still_mirrored(records.browse().union(*found)):
            del found[record]
        return found

    def _lifts(self, connection, record, reason):
        """Tell whether a transaction brings its customer in, who then comes before it."""
        if reason == "inactive":
            return connection.import_inactive == "open" and record.priority == 0
        return reason == "subsidiary" and bool(record.company_id)

    # === BUSINESS METHODS - CUSTOMERS === #

    def _judge(self, records):
        """Return {customer's record: why it is left out}, and note it on what belongs to it."""
        connection = records.connection_id
        customers = {}
        for record in records:
            try:
                customers[record] = read_customer(record.payload)
            except UNREADABLE:
                # Cannot be read at all: its own booking says what is wrong with it.
                continue
        self.env["netsuite.intercompany"]._notice_customers(connection, customers)
        excluded = set(
            self.env["netsuite.exclusion"]
            .search([("connection_id", "=", connection.id)])
            .mapped("internal_id")
        )
        busy = self._busy(connection, customers)
        mapped = set(connection.subsidiary_ids.filtered("company_id").mapped("internal_id"))
        listed = records.filtered(lambda record: record.internal_id in excluded)
        reasons = dict.fromkeys(listed, "excluded")
        for record, customer in customers.items():
            reason = self._reason(connection, record, customer, mapped, busy)
            if reason and record not in listed:
                reasons[record] = reason
        self._note(listed.union(*customers), reasons)
        return reasons

    def _reason(self, connection, record, customer, mapped, busy):
        """Return why a customer who is not on the exclusion list is left out, or None.

        :param mapped: internal ids of the subsidiaries that have a company.
        :param busy: {customer: (something is open, something belongs to a mapped subsidiary)}.
        """
        subsidiaries = customer.subsidiaries if connection.one_world else ()
        has_open, has_mapped = busy.get(record.internal_id, (False, False))
        if connection.primary_only and subsidiaries and subsidiaries[0] not in mapped:
            return "primary"
        # A customer that is in the books stays there: they hold its entries and its history.
        if record.res_id and not record.left_out:
            return None
        if subsidiaries and not mapped.intersection(subsidiaries) and not has_mapped:
            return "subsidiary"
        rule = connection.import_inactive
        if customer.inactive and (rule == "never" or (rule == "open" and not has_open)):
            return "inactive"
        return None

    def _busy(self, connection, customers):
        """Return {customer: (something is open, something belongs to a mapped subsidiary)}."""
        # Read from what was landed, which only a grouped query tells without loading it.
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_internal_id,
                       BOOL_OR(priority = 0 AND payload->'row'->>'posting' = 'T'),
                       BOOL_OR(company_id IS NOT NULL)
                   FROM netsuite_record
                   WHERE connection_id = %s AND customer_internal_id = ANY(%s)
                       AND record_type <> 'customer' AND state <> 'removed'
                   GROUP BY customer_internal_id""",
                connection.id,
                [record.internal_id for record in customers],
            )
        )
        busy = {customer: (bool(is_open), mapped) for customer, is_open, mapped in rows}
        for customer, is_open, mapped in self._busy_on_journals(connection, customers):
            before = busy.get(customer, (False, False))
            busy[customer] = (before[0] or bool(is_open), before[1] or bool(mapped))
        return busy

    def _note(self, records, reasons):
        """Keep on customers, and on all that belongs to them, whether they are left out."""
        connection = records.connection_id
        by_reason = {}
        for record in records:
            by_reason.setdefault(reasons.get(record, False), []).append(record)
        for reason, group in by_reason.items():
            changed = [record.internal_id for record in group if record.left_out != reason]
            if reason:
                self._mark(connection, changed, reason)
            else:
                self._come_back(connection, changed)

    def _mark(self, connection, customers, reason):
        """Note `reason` on customers and on all that belongs to them.

        That counts as being dealt with now: the run that did it proves these customers.
        """
        now = fields.Datetime.now()
        self._update(connection, customers, SQL("left_out = %s, booked_at = %s", reason, now))

    def _come_back(self, connection, customers):
        """Let everything of customers be booked who belong to the mirror again."""
        if not customers:
            return
        self._update(connection, customers, SQL("left_out = NULL, attempts = 0, next_try = NULL"))
        self.env["netsuite.record"]._requeue_where(
            connection,
            ("ignored",),
            SQL("record_type <> 'customer' AND customer_internal_id = ANY(%s)", list(customers)),
        )
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(customers)),
            ]
        )
        partners = self.env["res.partner"].union(*records._targets("res.partner").values())
        partners.filtered(lambda partner: not partner.active).active = True
        self._rebook_shared(connection, customers)

    @api.model
    def _rebook_shared(self, connection, customers):
        """Have documents of several customers booked again that name one of `customers`.

        Only some of their lines come or go with the customer.
        """
        # Who stands on a line is only in the payload, which the ORM would load to look into.
        self.env["netsuite.record"]._requeue_where(
            connection,
            ("booked", "ignored", "blocked", "failed"),
            SQL(
                """record_type IN %s AND customer_internal_id = 0 AND EXISTS (
                       SELECT 1 FROM jsonb_array_elements(COALESCE(payload->'lines', '[]')) l
                       WHERE l->>'subentity' = ANY(%s))""",
                TRANSACTION_TYPES,
                [str(customer) for customer in customers],
            ),
        )
        self._rebook_payments(connection, customers, BOOKABLE)

    def _update(self, connection, customers, assignments):
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
                connection.id,
                list(customers),
                list(customers),
            )
        )
        self.env["netsuite.record"].invalidate_model()

    # === BUSINESS METHODS - CHANGES OF THE RULES === #

    @api.model
    def _look_again(self, connection, customers=None):
        """Have customers judged again with the next booking; all of them when None."""
        if customers is not None and not customers:
            return
        chosen = SQL("TRUE") if customers is None else SQL("internal_id = ANY(%s)", list(customers))
        self.env["netsuite.record"]._requeue_where(
            connection,
            ("booked", "ignored", "blocked", "failed"),
            SQL("record_type = 'customer' AND %s", chosen),
        )

    @api.model
    def _put_out(self, connection, customers):
        """Leave customers out from now on: what waits of them waits no longer.

        :param customers: internal ids that were put on the exclusion list.
        """
        self._mark(connection, customers, "excluded")
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
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
        records._advance("ignored", message=self._sentence("excluded"), attempts=0, next_try=False)
        self.env["netsuite.issue"]._settle(records)
        # What waits of them may pay for others, or what waits of others for them.
        self._rebook_payments(connection, customers, ("ignored", "blocked", "failed"))

    # === BUSINESS METHODS - JOURNAL === #

    @api.model
    def _lifted_by_line(self, connection, line, reason):
        """Tell whether a receivable line brings its customer in, who then comes before it.

        :param line: a line with `entity` and `is_open`.
        """
        if reason == "inactive":
            return connection.import_inactive == "open" and line.is_open
        return False

    def _busy_on_journals(self, connection, customers):
        """Return [(customer, something is open, something belongs to a mapped subsidiary)].

        An open or a mapped line may be told by an empty value where nothing is.
        """
        # As for documents: what is open is only in what was landed.
        return self.env.execute_query(
            SQL(
                """SELECT (line->>'subentity')::int,
                       BOOL_OR(payload->'row'->>'posting' = 'T' AND (
                           COALESCE((line->>'foreignamountunpaid')::numeric, 0) <> 0
                           OR COALESCE((line->>'foreignpaymentamountunused')::numeric, 0) <> 0)),
                       BOOL_OR(company_id IS NOT NULL)
                   FROM netsuite_record
                   CROSS JOIN jsonb_array_elements(payload->'lines') line
                   WHERE connection_id = %s AND record_type = %s AND state <> 'removed'
                       AND (line->>'subentity')::int = ANY(%s)
                   GROUP BY 1""",
                connection.id,
                JOURNAL_TYPE,
                [record.internal_id for record in customers],
            )
        )
