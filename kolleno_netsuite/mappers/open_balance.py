"""What NetSuite says is open of a document, as it came with the document's own rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import dto
from .application import OpenBalance
from .transaction import ZERO

# The columns of the open amount, by what a document does to the balance: header or line, and
# `transactionaccountingline` (docs/NETSUITE.md 4.5).
_OWED = ("foreignamountunpaid", "amountunpaid")
_PAYING = ("foreignpaymentamountunused", "paymentamountunused")


def open_balance(payload: Mapping[str, Any]) -> OpenBalance | None:
    """Return what is open of a whole document, None where NetSuite does not tell both amounts.

    The company amount stands on the main line; of a payment, it may stand on another one.

    :param payload: ``{"row": {...}, "lines": [...]}`` as landed, all texts.
    """
    row, lines = payload["row"], payload.get("lines") or ()
    for column, company_column in (_OWED, _PAYING):
        amount = dto.decimal(row, column, None)
        with_base = [line for line in lines if line.get(company_column)]
        with_base = [line for line in with_base if line.get("mainline") == "T"] or with_base
        if amount is not None and with_base:
            base = sum((dto.decimal(line, company_column) for line in with_base), ZERO)
            return OpenBalance(abs(amount), abs(base))
    return None


def open_balances_of_lines(payload: Mapping[str, Any]) -> dict[int, OpenBalance]:
    """Return {line number: what is open of it} of a journal, whose lines are open each.

    :param payload: as for `open_balance`.
    """
    found = {}
    for line in payload.get("lines") or ():
        for column, company_column in (_OWED, _PAYING):
            amount = dto.decimal(line, column, None)
            base = dto.decimal(line, company_column, None)
            if amount is not None and base is not None:
                found[dto.integer(line, "line", 0)] = OpenBalance(abs(amount), abs(base))
    return found
