from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import LockError
from odoo.tools import SQL

from ...const import APPLYING_TYPES, JOURNAL_TYPE, TRANSACTION_TYPES
from ..connection.failure import failure_of
from ..connection.isolation import isolate
from .exact_reconciliation import ExactReconciliation

# Minutes until an application that Odoo refused is tried again; booking either end does so too.
RETRY_MINUTES = 60
# Minutes until it is tried again when someone is just working on one of its entries.
LOCKED_MINUTES = 1
# Savepoints for finding the applications that Odoo refuses: with `ISOLATED_CHUNK` for the records
# of the same transaction, PostgreSQL's 64 subtransactions are not exceeded.
APPLY_SAVEPOINTS = 14


class NetsuiteBookingApplication(models.AbstractModel):
    """Applies payments and credit memos to invoices exactly as NetSuite did, and undoes it."""

    _name = "netsuite.booking.application"
    _description = "NetSuite Application Booking"

    # === BUSINESS METHODS - WHAT NETSUITE SAYS === #

    @api.model
    def _sync(self, drafts):
        """Bring `netsuite.application` in sync with the links of booked transactions.

        A new link waits to be applied; one with another amount is undone and waits; one that
        NetSuite no longer has is undone and dropped.

        :param drafts: the booked `Draft` objects of one connection.
        """
        if not drafts:
            return
        self._adopt(self.env["netsuite.record"].union(*(draft.record for draft in drafts)))
        payers = [draft for draft in drafts if draft.record.record_type in APPLYING_TYPES]
        records = self.env["netsuite.record"].union(*(draft.record for draft in drafts))
        if payers:
            records |= self._sync_payers(payers)
        moves = self.env["account.move"].union(*self._moves(records).values())
        journals = records.filtered(lambda record: record.record_type == JOURNAL_TYPE)
        self._realign(moves | moves.search([("netsuite_record_id", "in", journals.ids)]))

    def _adopt(self, records):
        """Tell applications that arrived before their invoice who it is, and retry others.

        One whose reconciliation someone deleted in Odoo waits again: what is applied in
        NetSuite is applied here until it is unapplied there.
        """
        by_id = {record.internal_id: record for record in records}
        for application in self.env["netsuite.application"].search(
            [
                ("connection_id", "=", records.connection_id.id),
                ("partial_ids", "=", False),
                "|",
                ("invoice_internal_id", "in", list(by_id)),
                ("paying_record_id", "in", records.ids),
            ]
        ):
            values = {"next_try": False}
            if application.invoice_internal_id in by_id:
                values["invoice_record_id"] = by_id[application.invoice_internal_id].id
            application._advance("waiting", **values)

    def _sync_payers(self, payers):
        """Take over the links of `payers`; return the records that they paid and pay no more."""
        Application = self.env["netsuite.application"]
        existing = {
            (a.paying_record_id, a.paying_line, a.invoice_internal_id, a.invoice_line): a
            for a in Application.search(
                [("paying_record_id", "in", [draft.record.id for draft in payers])]
            )
        }
        paid = {link.paid for draft in payers for link in draft.transaction.links}
        invoices = self._records_of(payers[0].record.connection_id, paid)
        changed, new = Application, []
        for draft in payers:
            currency = draft.document.currency_id
            for link in draft.transaction.links:
                key = (draft.record, link.line, link.paid, link.paid_line)
                application = existing.pop(key, Application)
                if not application:
                    new.append(self._values(draft.record, link, currency, invoices))
                elif currency.compare_amounts(application.amount, float(link.amount)):
                    changed |= application
                    application.amount = float(link.amount)
        gone = Application.union(*existing.values())
        released = (changed | gone).invoice_record_id
        self._undo(changed | gone)
        gone.unlink()
        Application.create(new)
        return released

    def _values(self, payer, link, currency, invoices):
        return {
            "connection_id": payer.connection_id.id,
            "paying_record_id": payer.id,
            "paying_line": link.line,
            "invoice_internal_id": link.paid,
            "invoice_line": link.paid_line,
            "invoice_record_id": invoices.get(link.paid, False),
            "currency_id": currency.id,
            "amount": float(link.amount),
        }

    def _records_of(self, connection, internal_ids):
        """Return {NetSuite internal id: record id}; one id is one transaction of any type."""
        if not internal_ids:
            return {}
        records = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "in", TRANSACTION_TYPES),
                ("internal_id", "in", list(internal_ids)),
            ],
            ["internal_id"],
        )
        return {record.internal_id: record.id for record in records}

    # === BUSINESS METHODS - APPLYING === #

    @api.model
    def _apply_waiting(self, connection, limit):
        """Apply what waits and has both ends booked, `limit` at most; return how many.

        It is also counted what Odoo refused while there is more to try: 0 means that nothing is
        left. Like records, applications are halved until one that Odoo refuses stands alone; it is
        tried again later, or as soon as one of its two documents is booked again.
        """
        now = fields.Datetime.now()
        todo = self.env["netsuite.application"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "waiting"),
                ("paying_record_id.state", "=", "booked"),
                ("invoice_record_id.state", "=", "booked"),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", now),
            ],
            order="id",
            limit=limit,
        )
        isolated = isolate(self.env, todo, self._apply, limit=APPLY_SAVEPOINTS)
        done = todo.browse().union(*(applied for _part, applied in isolated.done))
        self._set_aside(todo - done - isolated.rest, dict(isolated.errors), now)
        self._settle(connection, done)
        return len(done) + (len(isolated.errors) if isolated.rest else 0)

    def _set_aside(self, applications, refused, now):
        """Try `applications` again later, and list why they could not be made.

        :param refused: {application: exception}; the others are larger than what is open.
        """
        if not applications:
            return
        locked = applications.filtered(
            lambda application: isinstance(refused.get(application), LockError)
        )
        locked.next_try = fields.Datetime.add(now, minutes=LOCKED_MINUTES)
        applications -= locked
        applications.next_try = fields.Datetime.add(now, minutes=RETRY_MINUTES)
        moves = self._moves(applications.paying_record_id | applications.invoice_record_id)
        # What was cancelled or drafted is no trouble of the application.
        listed = applications.filtered(
            lambda application: all(
                record in moves and moves[record].state == "posted"
                for record in (application.paying_record_id, application.invoice_record_id)
            )
        )
        reasons = {}
        for application in listed:
            key, reason = self._why_refused(refused.get(application))
            reasons.setdefault(key, (reason, application.browse()))
            reasons[key] = (reasons[key][0], reasons[key][1] | application)
        for key, (reason, group) in reasons.items():
            first = group[0]
            self.env["netsuite.issue"]._touch(
                group.connection_id,
                "content",
                f"apply:{key}",
                self.env._("Payments that could not be applied: %s", reason),
                self.env._(
                    "Look at the invoice and the payment in Odoo: undo what was reconciled "
                    "there by hand, or complete the accounting settings."
                ),
                severity="1",
                records=group.paying_record_id,
                detail=self.env._(
                    "%(payment)s on %(invoice)s: %(reason)s",
                    payment=first.paying_record_id.name,
                    invoice=first.invoice_record_id.name,
                    reason=reason,
                ),
            )

    def _why_refused(self, error):
        """Return (word that what was refused alike shares, sentence) of an application."""
        if error is None:
            larger = self.env._("NetSuite applies more than is open in Odoo")
            return larger, larger
        failure = failure_of(self.env, error)
        return failure.code, failure.title

    def _settle(self, connection, done):
        """Take payers off the list of those that could not be applied."""
        issues = self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("key", "=like", "apply:%"),
                ("state", "!=", "solved"),
            ]
        )
        for issue in issues if done else ():
            issue.record_ids = [Command.unlink(id_) for id_ in done.paying_record_id.ids]
            issue._count_records()
            if not issue.record_count:
                issue._solve()

    def _apply(self, applications):
        """Apply what can be applied of `applications`; return those that were.

        What is set off within their journals is open for them meanwhile.
        """
        journals = self._journals(applications.paying_record_id | applications.invoice_record_id)
        self._take_set_off_back(self._entries_of(journals))
        done = self._reconcile_pairs(applications)
        self._set_off(applications.connection_id, journals)
        return done

    def _reconcile_pairs(self, applications):
        pairs = self._pairs(applications)
        amounts = {}
        for (debit, credit), group in pairs.items():
            amounts[(debit.id, credit.id)] = sum(
                (_decimal(application.amount) for application in group), Decimal(0)
            )
        lines = self.env["account.move.line"].union(*(debit | credit for debit, credit in pairs))
        company_amounts = self._company_amounts(amounts, lines)
        # Given amounts first: what NetSuite tells of the same line is then reached by the others.
        ordered = sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id) not in company_amounts)
        partials = ExactReconciliation(self.env).reconcile(
            ordered, amounts, self._open_balances(lines), company_amounts
        )
        done = applications.browse()
        for pair, group in pairs.items():
            group._advance("applied", next_try=False, partial_ids=[Command.set(partials[pair].ids)])
            done |= group
        (done.paying_record_id | done.invoice_record_id)._note_unproved()
        self._link_payments(done)
        return done

    def _pairs(self, applications):
        """Return {(debit line, credit line): applications between them} of what can be applied.

        An application that is larger than what is open in Odoo is left out.
        """
        pairs, taken = {}, {}
        moves = self._moves(applications.paying_record_id | applications.invoice_record_id)
        empty = self.env["account.move"]
        for application in applications:
            paying = moves.get(application.paying_record_id, empty)
            paid = moves.get(application.invoice_record_id, empty)
            if (paying.state, paid.state) != ("posted", "posted"):
                continue
            lines = self._lines(
                self._ends(application.paying_record_id, paying, application.paying_line),
                self._ends(application.invoice_record_id, paid, application.invoice_line),
                application,
                taken,
            )
            if not lines:
                continue
            for line in lines:
                taken[line] = taken.get(line, 0.0) + application.amount
            debit, credit = sorted(lines, key=_direction, reverse=True)
            pairs[(debit, credit)] = pairs.get((debit, credit), application) | application
        return pairs

    def _moves(self, records):
        """Return {record: the journal entry of what it became}, read together."""
        payments = records._targets("account.payment")
        invoices = records._targets("account.move")
        found = {record: payment.move_id for record, payment in payments.items()} | invoices
        together = self.env["account.move"].union(*found.values()).ids
        return {record: move.with_prefetch(together) for record, move in found.items()}

    def _ends(self, record, move, number):
        """Return the items of an entry that an application can be about.

        :param number: NetSuite's line, which counts in a journal only: whatever it is in other
            documents, they have one balance for each customer.
        """
        if record.record_type == JOURNAL_TYPE:
            # In the company of the line, which need not be that of the journal.
            return self.env["account.move.line"].search(
                [
                    ("move_id.netsuite_record_id", "=", record.id),
                    ("parent_state", "=", "posted"),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("netsuite_line", "=", number),
                ]
            )
        return move.line_ids.filtered(self._is_balance)

    def _lines(self, paying, paid, application, taken):
        """Return the two lines that an application is between, or nothing.

        :param paying: the items of the paying document that it can be about; `paid` likewise.
        :param taken: {line: amount that this batch takes from it already}.
        """

        def open_amount(line):
            return abs(line.amount_residual_currency) - taken.get(line, 0.0)

        def fits(line):
            return line.currency_id.compare_amounts(open_amount(line), application.amount) >= 0

        for target in paid:
            candidates = paying.filtered(
                lambda line, target=target: (
                    line.account_id == target.account_id
                    and line.currency_id == target.currency_id
                    and (_direction(line) > 0) != (_direction(target) > 0)
                )
            )
            # A parent pays for its children with one line for each of them.
            candidates = (
                candidates.filtered(
                    lambda line, target=target: line.partner_id == target.partner_id
                )
                or candidates
            )
            candidates = candidates.filtered(fits)
            if candidates and fits(target):
                return max(candidates, key=open_amount), target
        return ()

    def _link_payments(self, applications):
        """Show payments on the invoices that they pay, as Odoo's own register does."""
        links = self._payment_links(applications)
        if not links:
            return
        # One statement: written one by one, each link makes Odoo look for all that depends on it.
        self.env.execute_query(
            SQL(
                """INSERT INTO account_move__account_payment (invoice_id, payment_id)
                   SELECT * FROM unnest(%s, %s) ON CONFLICT DO NOTHING RETURNING invoice_id""",
                [move.id for move, _payment in links],
                [payment.id for _move, payment in links],
            )
        )
        self.env["account.payment"].invalidate_model(["invoice_ids"])
        self.env["account.move"].invalidate_model(["matched_payment_ids", "reconciled_payment_ids"])

    def _unlink_payments(self, applications):
        applied = applications.filtered(lambda application: application.state == "applied")
        for move, payment in self._payment_links(applied):
            payment.invoice_ids = [Command.unlink(move.id)]

    def _payment_links(self, applications):
        """Return ``[(invoice, payment)]`` of the applications that payments make."""
        payments = applications.paying_record_id._targets("account.payment")
        moves = applications.invoice_record_id._targets("account.move")
        return [
            (moves[application.invoice_record_id], payments[application.paying_record_id])
            for application in applications
            if application.paying_record_id in payments
            and application.invoice_record_id in moves
            and moves[application.invoice_record_id].is_invoice()
        ]

    # === BUSINESS METHODS - UNDOING === #

    @api.model
    def _release(self, move):
        """Undo every reconciliation of the customers' lines of `move`; ours wait again.

        :return: what others had reconciled with it, for `_restore`:
            ``[(move, counterpart line, amount)]``.
        """
        self._take_set_off_back(move)
        lines = move.line_ids.filtered(self._is_balance)
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        if not partials:
            return []
        ours = self.env["netsuite.application"].search([("partial_ids", "in", partials.ids)])
        kept = []
        for partial in partials - ours.partial_ids - _exchange_partials(partials):
            own_debit = partial.debit_move_id.move_id == move
            other = partial.credit_move_id if own_debit else partial.debit_move_id
            amount = partial.credit_amount_currency if own_debit else partial.debit_amount_currency
            kept.append((move, other, amount))
        ExactReconciliation(self.env).unreconcile(partials - _exchange_partials(partials))
        ours._advance("waiting", partial_ids=[Command.clear()])
        (ours.paying_record_id | ours.invoice_record_id)._note_unproved()
        return kept

    @api.model
    def _restore(self, kept):
        """Reconcile again what `_release` had to undo, as far as it is still open."""
        for move, other, amount in kept:
            own = move.line_ids.filtered(
                lambda line, other=other: (
                    self._is_balance(line)
                    and line.account_id == other.account_id
                    and line.currency_id == other.currency_id
                )
            )[:1]
            if not own or not other.exists():
                continue
            amount = min(
                amount, abs(own.amount_residual_currency), abs(other.amount_residual_currency)
            )
            if not own.currency_id.is_zero(amount):
                pair = tuple(sorted((own, other), key=lambda line: line.balance, reverse=True))
                amounts = {(pair[0].id, pair[1].id): _decimal(amount)}
                ExactReconciliation(self.env).reconcile([pair], amounts)

    @api.model
    def _drop(self, record):
        """Forget the applications that `record` makes."""
        applications = self.env["netsuite.application"].search(
            [("paying_record_id", "=", record.id)]
        )
        journals = self._journals(applications.invoice_record_id)
        self._undo(applications)
        applications.unlink()
        self._set_off(record.connection_id, journals)

    @api.model
    def _is_balance(self, line):
        """Tell whether a line is a customer's balance, or what he paid in advance."""
        return line.account_id.account_type == "asset_receivable" or line.netsuite_deposit

    def _undo(self, applications):
        """Take back the partials of `applications`, which then wait."""
        partials = applications.partial_ids
        sharing = self.env["netsuite.application"]
        if partials:
            # Two links of NetSuite between the same lines are one partial in Odoo.
            sharing = sharing.search([("partial_ids", "in", partials.ids)])
        self._unlink_payments(applications | sharing)
        ExactReconciliation(self.env).unreconcile(partials)
        undone = applications | sharing
        undone._advance("waiting", partial_ids=[Command.clear()])
        (undone.paying_record_id | undone.invoice_record_id)._note_unproved()


def _direction(line):
    """Return an amount above zero for a debit; a small one can be zero in company currency."""
    return line.amount_currency or line.balance


def _exchange_partials(partials):
    """Return those of `partials` that only reconcile an exchange entry."""
    exchange_moves = partials.exchange_move_id
    return partials.filtered(
        lambda partial: (
            partial.debit_move_id.move_id in exchange_moves
            or partial.credit_move_id.move_id in exchange_moves
        )
    )


def _decimal(amount):
    """Return an amount of Odoo as the decimal that it shows."""
    return Decimal(str(amount))
