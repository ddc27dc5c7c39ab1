"""Currency revaluation: the base value of what is open, at the rate of a month's end."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from ..errors import user_error
from .balances import OPEN_BY_CUSTOMER
from .document import Document
from .kinds import REVALUATION, UNREALISED
from .posting import Posting
from .record_types import CURRENCY_REVALUATION
from .transactions import Transactions
from .values import rounded, rounding_unit, times, to_scaled

NOTHING = "There are no open balances to revalue."


class Revaluations:
    """Writes revaluations of receivables, and what takes them back on the next day."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions = transactions
        self.books = transactions.books

    def revalue(
        self, day: str, currency: int, subsidiary: int, rate: Any = None, amount: Any = None
    ) -> list[int]:
        """Revalue what is open in a currency, and return the ids: each with its reversal behind it.

        :param day: any day of the month at whose end it is done (YYYY-MM-DD).
        :param rate: base-currency units per unit of the currency; by default that of the day.
        :param amount: base amount to post instead of what the rate gives, positive for a gain.
        :raise BookError: when nothing is open, or the rate changes nothing.
        """
        books = self.books
        start = date.fromisoformat(day)
        end = start.replace(day=monthrange(start.year, start.month)[1])
        base = books.base_currency(subsidiary)
        unit = rounding_unit(books.precision(base))
        ending = (
            books.exchange_rate(base, currency, end.isoformat())
            if rate is None
            else to_scaled(rate, "rate")
        )
        gains: dict[tuple[int | None, int], int] = {}
        for customer, account, left, left_base in books.con.execute(
            OPEN_BY_CUSTOMER, [currency, subsidiary]
        ).fetchall():
            named = customer if books.switches.revaluation_entity == "customer" else None
            gain = times(left, ending, unit) - left_base
            gains[named, account] = gains.get((named, account), 0) + gain
        if amount is not None and gains:
            given = rounded(to_scaled(amount, "amount"), unit)
            gains = {key: given if not number else 0 for number, key in enumerate(gains)}
        made = []
        for (named, account), gain in gains.items():
            if gain:
                made += self._pair(end, (named, account, gain), (currency, subsidiary, ending))
        if not made:
            raise user_error(NOTHING)
        return made

    def _pair(
        self, end: date, what: tuple[int | None, int, int], where: tuple[int, int, int]
    ) -> list[int]:
        """Write a revaluation and its reversal on the next day."""
        customer, account, gain = what
        first = self._write(end, (customer, account, gain), where)
        second = self._write(end + timedelta(days=1), (customer, account, -gain), where)
        for transaction, other, is_reversal in ((first, second, "F"), (second, first, "T")):
            self.books.change(
                "transaction", "id", transaction, {"reversal": other, "isreversal": is_reversal}
            )
        return [first, second]

    def _write(
        self, day: date, what: tuple[int | None, int, int], where: tuple[int, int, int]
    ) -> int:
        customer, account, gain = what
        currency, subsidiary, rate = where
        entry = self.transactions.entry
        header: dict[str, Any] = {
            "entity": customer,
            "currency": currency,
            "exchangerate": rate,
            "trandate": day.isoformat(),
            "postingperiod": entry.periods.open_for(day.isoformat()),
            "memo": "Unrealized Gain/Loss",
            "status": "Y",
        }
        document = Document(
            self.books.next_id("transaction"), REVALUATION, header, subsidiary, account
        )
        entry.identify(CURRENCY_REVALUATION, document)
        other = entry.special_account(UNREALISED)
        postings = [
            Posting(0, "FXVARIANCE", account, 0, gain, customer),
            Posting(1, "FXVARIANCE", other, 0, -gain, customer),
        ]
        self.transactions.rows.write(document, postings, gain, is_new=True)
        return document.id
