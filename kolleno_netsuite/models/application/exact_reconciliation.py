"""Reconciling for exact amounts: which items, and how much of each."""

EXACT = "netsuite_exact"

# Pairs with a foreign currency in one go: Odoo looks for the exchange entry of each partial
# among all of them.
EXCHANGE_SLICE = 50


class ExactAmounts:
    """How much of which pair of lines a reconciliation settles, and what came of it.

    Travels in the context through Odoo's own reconciliation, so that exchange differences and
    matching numbers stay Odoo's.

    :param amounts: {(debit line id, credit line id): positive amount in the lines' currency}.
    :param open_balances: {line id: what NetSuite says is open of it in the end}, where it says so.
    :param company_amounts: {(debit line id, credit line id): what both settle in company
        currency}, where that is given as well.
    """

    def __init__(self, amounts, open_balances=None, company_amounts=None):
        self.amounts = amounts
        self.open_balances = open_balances or {}
        self.company_amounts = company_amounts or {}
        self.pairs_with_exchange = []
        self.exchange_moves = None


class ExactReconciliation:
    """Reconciles two journal items for an exact amount, through Odoo's own reconciliation."""

    def __init__(self, env):
        self.env = env

    # === BUSINESS METHODS === #

    def reconcile(self, pairs, amounts, open_balances=None, company_amounts=None):
        """Reconcile pairs of lines exactly; return {pair: its partial}.

        :param pairs: ``[(debit line, credit line)]``, each with something open on both.
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
        """Reconcile pairs in one go; return {pair: its partial}.

        :param exact: the `ExactAmounts` of these pairs.
        """
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

    def unreconcile(self, partials):
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
