"""Excluded customers leave Odoo's books: what there is of them, and what can go."""

from collections import Counter, defaultdict

from odoo.tools import SQL, format_date

from ...const import PAYMENT_TYPE, SYNC_CONTEXT, TRANSACTION_TYPES, WITHDRAWAL_CHUNK
from ..connection.failure import failure_of
from ..connection.isolation import isolate
from ..scope.scope import Scope


class Holding:
    """What Odoo has of one customer who is to be excluded.

    :param partner: its partner, empty when it was never imported.
    :param moves: the posted entries that mirror its documents.
    :param blockers: {entry: sentence saying why it cannot be cancelled}.
    :param open_amounts: {currency: open amount in Odoo}.
    :param last_date: date of the last of `moves`, False without any.
    :param shared: number of journals and payments that it shares with other customers.
    """

    def __init__(self, partner):
        self.partner = partner
        self.moves = partner.env["account.move"]
        self.blockers = {}
        self.open_amounts = {}
        self.last_date = False
        self.shared = 0


class Withdrawal:
    """Takes customers out of Odoo's books who are excluded from now on.

    Entries are cancelled and partners archived, never deleted. What is in a locked period, is
    secured by a hash, or is reconciled with entries of Odoo's own stays as it is.

    :param connection: the `netsuite.connection`, in an environment with the rights of the sync.
    """

    def __init__(self, connection):
        self.connection = connection
        self.env = connection.env

    def survey(self, internal_ids, blockers=True):
        """Return {customer's internal id: `Holding`} of customers.

        :param blockers: False to leave out what cannot be cancelled, which takes a look at each
            document.
        """
        ids = list(internal_ids)
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", ids),
            ]
        )
        partners = records._targets("res.partner")
        nobody = self.env["res.partner"].with_context(active_test=False)
        holdings = {internal_id: Holding(nobody) for internal_id in ids}
        for record, partner in partners.items():
            holdings[record.internal_id].partner = partner
        self._survey_moves(holdings, blockers)
        for internal_id, number in self._shared(ids).items():
            holdings[internal_id].shared = number
        return holdings

    def withdraw(self, internal_ids, cancel=True):
        """Archive the partners of customers, and cancel what mirrors their documents.

        :param cancel: False to archive only, and to leave the documents in the books.
        :return: number of entries that were cancelled.
        """
        holdings = self.survey(internal_ids)
        cancelled = self._cancel(holdings) if cancel else 0
        if cancel:
            Scope(self.connection).rebook_shared(list(holdings))
        partners = self.env["res.partner"].union(*(each.partner for each in holdings.values()))
        booker = self.env["netsuite.booking.customer"]
        idle = booker._archivable(partners.filtered("active"))
        addresses = idle.child_ids.filtered("netsuite_address_id")
        (idle | addresses).with_context(**SYNC_CONTEXT).active = False
        if self.connection.customers_per_company:
            self._archive_in_companies(internal_ids)
        return cancelled

    def _archive_in_companies(self, internal_ids):
        """Archive the partners of customers in every company that has its own."""
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(internal_ids)),
            ]
        )
        booker = self.env["netsuite.booking.customer"]
        partners = booker._all_partners(records).filtered("active")
        booker._archivable(partners).with_context(**SYNC_CONTEXT).active = False

    def _cancel(self, holdings):
        """Cancel the entries that nothing blocks; return how many there were."""
        moves = self.env["account.move"].union(
            *(
                each.moves.filtered(lambda m, each=each: m not in each.blockers)
                for each in holdings.values()
            )
        )
        records = moves.netsuite_record_id.with_context(**SYNC_CONTEXT)
        booking = self.env["netsuite.booking"]
        for group in records.grouped("record_type").values():
            booking._booker(group)._remove(group)
            for reason, part in group.grouped("left_out").items():
                sentence = Scope(self.connection).sentence(reason) if reason else False
                part._advance("ignored", message=sentence, booked_hash=False)
        self.env["netsuite.issue"]._settle(records)
        for each in holdings.values():
            for move, blocker in each.blockers.items():
                # Said where it is looked for: on the document that stays.
                move.netsuite_record_id.message = blocker
        return len(moves)

    def plan(self, internal_ids, effect):
        """Have customers taken out of the books; never commits.

        :param effect: a key of ``netsuite.record.withdrawal``; False to leave them in after all.
        """
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(internal_ids)),
                ("withdrawal", "!=", effect),
            ]
        )
        records.withdrawal = effect
        if records and effect:
            self.connection._trigger_cron("book")

    def withdraw_waiting(self):
        """Take some of the customers out that wait for it; never commits.

        :return: how many were looked at; 0 when nobody waits.
        """
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", "customer"),
                ("withdrawal", "!=", False),
            ],
            order="id",
            limit=WITHDRAWAL_CHUNK,
        )
        for effect, group in records.grouped("withdrawal").items():
            self._withdraw_isolated(group, effect)
        return len(records)

    def _withdraw_isolated(self, records, effect):
        """Take customers out together; when Odoo refuses one, list that one."""
        isolated = isolate(
            self.env,
            records,
            lambda part: self.withdraw(part.mapped("internal_id"), effect == "cancel"),
        )
        for record, error in isolated.errors:
            failure = failure_of(self.env, error)
            self.env["netsuite.issue"]._touch(
                self.connection,
                "content",
                f"withdrawal:{failure.code}",
                self.env._("Customers that could not be excluded from Odoo: %s", failure.title),
                self.env._(
                    "They are excluded from now on, and their records here stay. Correct what "
                    "Odoo refuses, and exclude them again."
                ),
                severity="1",
                records=record,
                detail=f"{record.name}: {failure.title}",
            )
        # What was not tried waits for the next step.
        (records - isolated.rest).withdrawal = False

    # === WHAT IS THERE === #

    def _survey_moves(self, holdings, blockers):
        moves = self.env["account.move"].search(
            [
                ("netsuite_record_id.connection_id", "=", self.connection.id),
                ("netsuite_record_id.record_type", "in", TRANSACTION_TYPES),
                ("netsuite_record_id.customer_internal_id", "in", list(holdings)),
                # What NetSuite deleted has left already: where it is reversed, both entries stay.
                ("netsuite_record_id.state", "!=", "removed"),
                ("state", "=", "posted"),
            ]
        )
        tied = self._tied(moves, list(holdings)) if blockers else {}
        for move in moves:
            holding = holdings[move.netsuite_record_id.customer_internal_id]
            holding.moves |= move
            holding.last_date = max(holding.last_date or move.date, move.date)
            blocker = self._blocker(move, tied) if blockers else None
            if blocker:
                holding.blockers[move] = blocker
        self._survey_open(moves, holdings)

    def _shared(self, internal_ids):
        """Return {customer's internal id: number of documents that others share with it}.

        Journals that name it on a line, and payments between it and others.
        """
        # Who stands on a line is only in the payload, which the ORM would load to look into.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT named.customer::int, COUNT(*) FROM netsuite_record r
                CROSS JOIN LATERAL (
                    SELECT DISTINCT line->>'subentity' AS customer
                    FROM jsonb_array_elements(COALESCE(r.payload->'lines', '[]')) line
                ) named
                WHERE r.connection_id = %s AND r.record_type IN %s
                    AND r.customer_internal_id = 0 AND r.state = 'booked'
                    AND named.customer = ANY(%s)
                GROUP BY named.customer
                """,
                self.connection.id,
                TRANSACTION_TYPES,
                [str(internal_id) for internal_id in internal_ids],
            )
        )
        shared = Counter(dict(rows))
        shared.update(self._shared_payments(internal_ids))
        return shared

    def _shared_payments(self, internal_ids):
        """Return {customer's internal id: number of payments that it makes for others, or they
        for it}."""
        # Added up over JSON lists, which no grouping of the ORM looks into.
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT named.customer, COUNT(*) FROM netsuite_record r
                    CROSS JOIN LATERAL (
                        SELECT r.customer_internal_id AS customer
                        UNION SELECT each::int FROM jsonb_array_elements_text(r.line_customers) each
                    ) named
                    WHERE r.connection_id = %s AND r.record_type = %s AND r.state = 'booked'
                        AND jsonb_array_length(COALESCE(r.line_customers, '[]')) > 0
                        AND named.customer = ANY(%s)
                    GROUP BY named.customer
                    """,
                    self.connection.id,
                    PAYMENT_TYPE,
                    list(internal_ids),
                )
            )
        )

    def _survey_open(self, moves, holdings):
        by_customer = defaultdict(lambda: defaultdict(float))
        for move, currency, amount in self.env["account.move.line"]._read_group(
            [
                ("move_id", "in", moves.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
            ],
            ["move_id", "currency_id"],
            ["amount_residual_currency:sum"],
        ):
            by_customer[move.netsuite_record_id.customer_internal_id][currency] += amount
        for customer, amounts in by_customer.items():
            holdings[customer].open_amounts = dict(amounts)

    def _blocker(self, move, tied):
        """Return why an entry cannot be cancelled, or None."""
        names = {"document": move.name}
        if move.inalterable_hash:
            return self.env._("%(document)s is secured by a hash", **names)
        locks = move._get_violated_lock_dates(move.date, move._affect_tax_report())
        if locks:
            return self.env._(
                "%(document)s is in a period locked until %(date)s",
                date=format_date(self.env, max(locks)[0]),
                **names,
            )
        if move.id in tied:
            return self.env._(
                "%(document)s is reconciled with %(entry)s, which stays",
                entry=tied[move.id],
                **names,
            )
        return None

    def _tied(self, moves, customers):
        """Return {entry's id: name of an entry that stays and is reconciled with it}.

        What stays is Odoo's own, or mirrors a document of another customer. A payment between the
        two is no tie: it is booked again with what it does for those who stay.
        """
        if not moves:
            return {}
        self.env.flush_all()
        # Both ends of each reconciliation, without Odoo's own exchange entries: one join.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT own.move_id, MIN(other_move.name)
                FROM account_partial_reconcile p
                JOIN account_move_line own ON own.id IN (p.debit_move_id, p.credit_move_id)
                JOIN account_move_line other ON other.id <> own.id
                    AND other.id IN (p.debit_move_id, p.credit_move_id)
                JOIN account_move own_move ON own_move.id = own.move_id
                LEFT JOIN netsuite_record o ON o.id = own_move.netsuite_record_id
                JOIN account_move other_move ON other_move.id = other.move_id
                LEFT JOIN netsuite_record r ON r.id = other_move.netsuite_record_id
                WHERE own.move_id = ANY(%s)
                    AND (r.id IS NULL OR NOT (r.customer_internal_id = ANY(%s))
                         AND %s NOT IN (r.record_type, o.record_type))
                    AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x
                                    WHERE x.exchange_move_id = other_move.id)
                GROUP BY own.move_id
                """,
                moves.ids,
                customers,
                PAYMENT_TYPE,
            )
        )
        return dict(rows)
