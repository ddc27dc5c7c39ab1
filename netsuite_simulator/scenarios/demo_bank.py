"""The demonstration company takes what waits in Undeposited Funds to the bank, once a week."""

from __future__ import annotations

from datetime import date, timedelta

from ..clock import stored
from ..ledger import Ledger
from .setup import Setup

# Numbers of the bank accounts, in the order of the subsidiaries.
BANKS = ("1000", "1010", "1020")

_WAITING = """
SELECT t.id, t.subsidiary, t.trandate FROM "transaction" t
JOIN transactionaccountingline a ON a."transaction" = t.id AND a.transactionline = 0
JOIN account c ON c.id = a.account AND c.sspecacct = 'UndepFunds'
WHERE t.type IN ('CustPymt', 'CustDep') AND t.voided = 'F' AND t.foreigntotal <> 0
ORDER BY t.subsidiary, t.trandate, t.id
"""


def build_demo_bank(ledger: Ledger, setup: Setup) -> None:
    """Deposit all payments, by subsidiary and week, so that nothing is left undeposited."""
    books = ledger.books
    with books.session() as con, books.stamped(stored(ledger.clock.now() - timedelta(minutes=10))):
        weeks: dict[tuple[int, date], list[tuple[int, date]]] = {}
        for payment, subsidiary, day in con.execute(_WAITING).fetchall():
            paid = date.fromisoformat(day)
            monday = paid - timedelta(days=paid.weekday())
            weeks.setdefault((subsidiary, monday), []).append((payment, paid))
        for (subsidiary, _monday), payments in weeks.items():
            number = BANKS[setup.subsidiaries.index(subsidiary)]
            items = [{"id": payment, "deposit": True} for payment, _day in payments]
            ledger.create(
                "deposit",
                {
                    "subsidiary": {"id": subsidiary},
                    "account": {"id": setup.accounts[number]},
                    "tranDate": max(day for _payment, day in payments),
                    "memo": "Weekly deposit",
                    "payment": {"items": items},
                },
            )
