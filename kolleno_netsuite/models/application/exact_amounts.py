"""Which items a reconciliation settles, and for exactly how much."""

EXACT = "netsuite_exact"


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
