from decimal import Decimal

from odoo import Command, api, models

from ..const import PAYING_TYPES, TRANSACTION_TYPES
from .account_move_line import EXACT, ExactAmounts

# Pairs with a foreign currency in one go: Odoo looks for the exchange entry of each partial
# among all of them.
EXCHANGE_SLICE = 50


class NetsuiteBookingApplication(models.AbstractModel):
    """Applies payments and credit memos to invoices exactly as NetSuite did, and undoes it."""

    _name = "netsuite.booking.application"
    _description = "NetSuite Application Booking"

    # === BUSINESS METHODS - WHAT NETSUITE SAYS === #

    @api.model
    def _sync(self, transactions):
        """Bring `netsuite.application` in step with the links of booked transactions.

        A new link waits to be applied; one with another amount is undone and waits; one that
        NetSuite no longer has is undone and dropped.

        :param transactions: {`netsuite.record`: its `mappers.transaction.Transaction`}.
        """
        if not transactions:
            return
        records = self.env["netsuite.record"].union(*transactions)
        self._adopt(records)
        payers = records.filtered(lambda record: record.record_type in PAYING_TYPES)
        if payers:
            self._sync_payers(payers, transactions)

    def _adopt(self, records):
        """Tell the applications that arrived before their invoice who it is."""
        connection = records.connection_id
        by_id = {record.internal_id: record for record in records}
        for application in self.env["netsuite.application"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "waiting"),
                ("invoice_internal_id", "in", list(by_id)),
                ("invoice_record_id", "=", False),
            ]
        ):
            application.invoice_record_id = by_id[application.invoice_internal_id]

    def _sync_payers(self, payers, transactions):
        Application = self.env["netsuite.application"]
        existing = {
            (a.paying_record_id, a.paying_line, a.invoice_internal_id, a.invoice_line): a
            for a in Application.search([("paying_record_id", "in", payers.ids)])
        }
        paid = {link.paid for payer in payers for link in transactions[payer].links}
        invoices = self._records_of(payers.connection_id, paid)
        changed, new = Application, []
        for payer in payers:
            currency = payer._target().currency_id
            for link in transactions[payer].links:
                key = (payer, link.line, link.paid, link.paid_line)
                application = existing.pop(key, Application)
                if not application:
                    new.append(self._values(payer, link, currency, invoices))
                elif currency.compare_amounts(application.amount, float(link.amount)):
                    changed |= application
                    application.amount = float(link.amount)
        gone = Application.union(*existing.values())
        self._undo(changed | gone)
        gone.unlink()
        Application.create(new)

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
        """Apply what waits and has both ends booked, `limit` at most; return how many."""
        waiting = self.env["netsuite.application"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "waiting"),
                ("paying_record_id.state", "=", "booked"),
                ("invoice_record_id.state", "=", "booked"),
            ],
            order="id",
            limit=limit,
        )
        return self._apply(waiting)

    def _apply(self, applications):
        """Apply what can be applied of `applications`; return how many were."""
        pairs = self._pairs(applications)
        amounts = {}
        for (debit, credit), group in pairs.items():
            amounts[(debit.id, credit.id)] = sum(
                (_decimal(application.amount) for application in group), Decimal(0)
            )
        partials = self._reconcile(list(pairs), amounts)
        done = self.env["netsuite.application"]
        for pair, group in pairs.items():
            for application in group:
                application.write(
                    {"state": "applied", "partial_ids": [Command.set(partials[pair].ids)]}
                )
                done |= application
        self._link_payments(done)
        return len(done)

    def _pairs(self, applications):
        """Return {(debit line, credit line): applications between them} of what can be applied.

        An application that is larger than what is open in Odoo is left waiting; the proof
        lists the difference.
        """
        pairs, taken = {}, {}
        Move = self.env["account.move"]
        for application in applications:
            paying = self._move(application.paying_record_id)
            paid = self._move(application.invoice_record_id)
            if not paying or not paid or {paying.state, paid.state} != {"posted"}:
                continue
            lines = self._lines(paying, paid, application, taken)
            if not lines:
                continue
            for line in lines:
                taken[line] = taken.get(line, 0.0) + application.amount
            debit, credit = sorted(lines, key=lambda line: line.balance, reverse=True)
            pairs.setdefault((debit, credit), Move.env["netsuite.application"])
            pairs[(debit, credit)] |= application
        return pairs

    def _move(self, record):
        """Return the journal entry of what a record became."""
        document = record._target()
        if document is None:
            return self.env["account.move"]
        return document.move_id if document._name == "account.payment" else document

    def _lines(self, paying, paid, application, taken):
        """Return the two lines that an application is between, or nothing.

        :param taken: {line: amount that this batch takes from it already}.
        """

        def open_amount(line):
            return abs(line.amount_residual_currency) - taken.get(line, 0.0)

        def fits(line):
            return line.currency_id.compare_amounts(open_amount(line), application.amount) >= 0

        for target in paid.line_ids.filtered(_is_balance):
            candidates = paying.line_ids.filtered(
                lambda line, target=target: _is_balance(line)
                and line.account_id == target.account_id
                and line.currency_id == target.currency_id
                and (line.balance > 0) != (target.balance > 0)
            )
            # A parent pays for its children with one line for each of them.
            candidates = candidates.filtered(
                lambda line, target=target: line.partner_id == target.partner_id
            ) or candidates
            candidates = candidates.filtered(fits)
            if candidates and fits(target):
                return max(candidates, key=open_amount), target
        return ()

    def _reconcile(self, pairs, amounts):
        """Reconcile pairs of lines exactly; return {pair: its partial}.

        :param amounts: {(debit line id, credit line id): positive Decimal}.
        """
        foreign = [p for p in pairs if p[0].currency_id != p[0].company_currency_id]
        domestic = [p for p in pairs if p[0].currency_id == p[0].company_currency_id]
        slices = [domestic] if domestic else []
        slices += [
            foreign[start : start + EXCHANGE_SLICE]
            for start in range(0, len(foreign), EXCHANGE_SLICE)
        ]
        partials = {}
        for part in slices:
            partials.update(self._reconcile_slice(part, amounts))
        return partials

    def _reconcile_slice(self, pairs, amounts):
        exact = ExactAmounts(amounts)
        Line = self.env["account.move.line"].with_context(**{EXACT: exact}, no_cash_basis=True)
        Line._reconcile_plan([debit | credit for debit, credit in pairs])
        found = self.env["account.partial.reconcile"].search(
            [
                ("debit_move_id", "in", [debit.id for debit, _credit in pairs]),
                ("credit_move_id", "in", [credit.id for _debit, credit in pairs]),
            ],
            order="id",
        )
        # The last one of a pair is the one just made.
        latest = {(partial.debit_move_id, partial.credit_move_id): partial for partial in found}
        self._assign_exchange_moves(exact, latest)
        return {pair: latest[pair] for pair in pairs}

    def _assign_exchange_moves(self, exact, partials):
        """Give each partial its own exchange entry, so that undoing it takes only that back.

        Odoo guesses by the lines, and a payment's line is in all of its partials.
        """
        if not exact.exchange_moves:
            return
        own = {
            pair: move
            for pair, move in zip(exact.pairs_with_exchange, exact.exchange_moves, strict=True)
        }
        for (debit, credit), partial in partials.items():
            move = own.get((debit.id, credit.id), exact.exchange_moves.browse())
            if partial.exchange_move_id != move:
                partial.exchange_move_id = move

    def _link_payments(self, applications):
        """Show payments on the invoices that they pay, as Odoo's own register does."""
        paid = {}
        for application in applications:
            document = application.paying_record_id._target()
            if document._name == "account.payment":
                move = self._move(application.invoice_record_id)
                paid.setdefault(document, self.env["account.move"])
                paid[document] |= move
        for payment, moves in paid.items():
            new = moves - payment.invoice_ids
            if new:
                payment.invoice_ids = [Command.link(move.id) for move in new]

    # === BUSINESS METHODS - UNDOING === #

    @api.model
    def _release(self, move):
        """Undo every reconciliation of the customers' lines of `move`; ours wait again.

        :return: what others had reconciled with it, for `_restore`:
            ``[(move, counterpart line, amount)]``.
        """
        partials = self._partials(move.line_ids.filtered(_is_balance))
        if not partials:
            return []
        ours = self.env["netsuite.application"].search([("partial_ids", "in", partials.ids)])
        kept = []
        for partial in partials - ours.partial_ids - _exchange_partials(partials):
            own_debit = partial.debit_move_id.move_id == move
            other = partial.credit_move_id if own_debit else partial.debit_move_id
            amount = partial.credit_amount_currency if own_debit else partial.debit_amount_currency
            kept.append((move, other, amount))
        self._unreconcile(partials - _exchange_partials(partials))
        ours.write({"state": "waiting", "partial_ids": [Command.clear()]})
        return kept

    @api.model
    def _restore(self, kept):
        """Reconcile again what `_release` had to undo, as far as it is still open."""
        for move, other, amount in kept:
            own = move.line_ids.filtered(
                lambda line, other=other: _is_balance(line)
                and line.account_id == other.account_id
                and line.currency_id == other.currency_id
            )[:1]
            open_amount = min(abs(own.amount_residual_currency), abs(other.amount_residual_currency))
            amount = min(amount, open_amount) if own and other.exists() else 0.0
            if amount and not own.currency_id.is_zero(amount):
                pair = tuple(sorted((own, other), key=lambda line: line.balance, reverse=True))
                self._reconcile([pair], {(pair[0].id, pair[1].id): _decimal(amount)})

    @api.model
    def _drop(self, record):
        """Forget the applications that `record` makes."""
        applications = self.env["netsuite.application"].search(
            [("paying_record_id", "=", record.id)]
        )
        self._undo(applications)
        applications.unlink()

    def _undo(self, applications):
        """Take back the partials of `applications`, which then wait."""
        partials = applications.partial_ids
        sharing = self.env["netsuite.application"]
        if partials:
            # Two links of NetSuite between the same lines are one partial in Odoo.
            sharing = sharing.search([("partial_ids", "in", partials.ids)])
        self._unlink_payments(applications | sharing)
        self._unreconcile(partials)
        (applications | sharing).write({"state": "waiting", "partial_ids": [Command.clear()]})

    def _unlink_payments(self, applications):
        for application in applications.filtered(lambda a: a.state == "applied"):
            document = application.paying_record_id._target()
            move = self._move(application.invoice_record_id)
            if document is not None and document._name == "account.payment" and move:
                document.invoice_ids = [Command.unlink(move.id)]

    def _unreconcile(self, partials):
        """Delete partials; their exchange entries are cancelled where the period is open.

        Odoo itself would reverse them, which leaves two entries where nothing happened.
        """
        moves = partials.exchange_move_id.filtered(
            lambda move: move.state == "posted"
            and not move.inalterable_hash
            and not move._get_violated_lock_dates(move.date, move._affect_tax_report())
        )
        partials.filtered(lambda partial: partial.exchange_move_id in moves).write(
            {"exchange_move_id": False}
        )
        moves.line_ids.remove_move_reconcile()
        partials.exists().unlink()
        if moves:
            moves.button_cancel()

    def _partials(self, lines):
        return lines.matched_debit_ids | lines.matched_credit_ids


def _is_balance(line):
    """Tell whether a line is a customer's balance."""
    return line.account_id.account_type == "asset_receivable"


def _exchange_partials(partials):
    """Return those of `partials` that only reconcile an exchange entry."""
    exchange_moves = partials.exchange_move_id
    return partials.filtered(
        lambda partial: partial.debit_move_id.move_id in exchange_moves
        or partial.credit_move_id.move_id in exchange_moves
    )


def _decimal(amount):
    """Return an amount of Odoo as the decimal that it shows."""
    return Decimal(str(amount))
