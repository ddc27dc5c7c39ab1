from odoo import api, models

from .exact_amounts import EXACT, ExactAmounts

# Pairs with a foreign currency in one go: Odoo looks for the exchange entry of each partial
# among all of them.
EXCHANGE_SLICE = 50


class NetsuiteBookingReconciliation(models.AbstractModel):
    """Reconciles two journal items for an exact amount, through Odoo's own reconciliation."""

    _name = "netsuite.booking.reconciliation"
    _description = "NetSuite Reconciliation"

    @api.model
    def _reconcile(self, pairs, amounts, open_balances=None, company_amounts=None):
        """Reconcile pairs of lines exactly; return {pair: its partial}.

        :param amounts: {(debit line id, credit line id): positive Decimal}.
        :param open_balances: {line id: `mappers.application.OpenBalance`}, where NetSuite has one.
        :param company_amounts: likewise in company currency, for pairs that settle as much of it.
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
            partials.update(
                self._reconcile_slice(part, ExactAmounts(amounts, open_balances, company_amounts))
            )
        return partials

    def _reconcile_slice(self, pairs, exact):
        # Nothing of the documents themselves changes: their lines need no synchronisation.
        context = {EXACT: exact, "no_cash_basis": True, "skip_invoice_sync": True}
        Line = self.env["account.move.line"].with_context(**context)
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
        own = dict(zip(exact.pairs_with_exchange, exact.exchange_moves, strict=True))
        for (debit, credit), partial in partials.items():
            move = own.get((debit.id, credit.id), exact.exchange_moves.browse())
            if partial.exchange_move_id != move:
                partial.exchange_move_id = move

    @api.model
    def _unreconcile(self, partials):
        """Delete partials; their exchange entries are cancelled where the period is open.

        Odoo itself would reverse them, which leaves two entries where nothing happened.
        """
        moves = partials.exchange_move_id.filtered(
            lambda move: (
                move.state == "posted"
                and not move.inalterable_hash
                and not move._get_violated_lock_dates(move.date, move._affect_tax_report())
            )
        )
        partials.filtered(lambda partial: partial.exchange_move_id in moves).write(
            {"exchange_move_id": False}
        )
        moves.line_ids.remove_move_reconcile()
        partials.exists().unlink()
        if moves:
            moves.button_cancel()
