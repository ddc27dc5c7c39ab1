"""What customers owe, computed from the accounting lines."""

from __future__ import annotations

from typing import Any

from ..schema import enum_name
from .books import Books
from .posting import INVOICE
from .values import to_decimal

_BALANCES = """
SELECT l.entity, t.currency, l.subsidiary, SUM(l.foreignamount), SUM(a.netamount)
FROM transactionaccountingline a
JOIN transactionline l ON l."transaction" = a."transaction" AND l.id = a.transactionline
JOIN "transaction" t ON t.id = a."transaction"
WHERE a.account IN (SELECT id FROM account WHERE accttype = 'AcctRec') AND a.posting = 'T'
  AND a.accountingbook = 1
GROUP BY l.entity, t.currency, l.subsidiary ORDER BY l.entity, t.currency, l.subsidiary
"""

_DOCUMENTS = """
SELECT t.id, t.type, t.tranid, t.entity, c.symbol, t.currency, t.subsidiary, t.foreigntotal,
    t.voided,
    COALESCE(t.foreignamountunpaid, t.foreignpaymentamountunused),
    (SELECT SUM(COALESCE(a.amountunpaid, a.paymentamountunused)) FROM transactionaccountingline a
     WHERE a."transaction" = t.id)
FROM "transaction" t JOIN currency c ON c.id = t.currency
"""


def money_text(scaled: int, precision: int) -> str:
    """Write an amount of 1/SCALE as decimal text with the currency's decimals."""
    return f"{to_decimal(scaled):.{precision}f}"


def balances(books: Books) -> list[dict[str, Any]]:
    """Return the A/R balance per customer, currency and subsidiary.

    :returns: dicts of customer_id, customer, currency (ISO), subsidiary_id, open (text, transaction
        currency; invoices minus unapplied payments and credits) and open_base (text, base currency
        of the subsidiary). Balances that are zero in both are included.
    """
    symbols = dict(books.con.execute("SELECT id, symbol FROM currency").fetchall())
    result = []
    for entity, currency, subsidiary, amount, base in books.con.execute(_BALANCES).fetchall():
        base_precision = books.precision(books.base_currency(subsidiary))
        result.append(
            {
                "customer_id": entity,
                "customer": books.display("customer", entity),
                "currency": symbols[currency],
                "subsidiary_id": subsidiary,
                "open": money_text(amount, books.precision(currency)),
                "open_base": money_text(base, base_precision),
            }
        )
    return result


def documents(books: Books, customer: int | None = None) -> list[dict[str, Any]]:
    """Return all transactions, or one customer's, with their open amounts.

    :returns: dicts of id, type, type_name, tranid, customer_id, currency (ISO), total, open and
        open_base (texts; positive as typed) and voided.
    """
    query, parameters = _DOCUMENTS + "ORDER BY t.id", []
    if customer is not None:
        query, parameters = _DOCUMENTS + "WHERE t.entity = ? ORDER BY t.id", [customer]
    result = []
    for row in books.con.execute(query, parameters).fetchall():
        transaction, code, number, entity, symbol, currency, subsidiary = row[:7]
        total, voided, left, left_base = row[7:]
        precision = books.precision(currency)
        base_precision = books.precision(books.base_currency(subsidiary))
        result.append(
            {
                "id": transaction,
                "type": code,
                "type_name": enum_name("transactiontype", code),
                "tranid": number,
                "customer_id": entity,
                "currency": symbol,
                "total": money_text(total if code == INVOICE else abs(total), precision),
                "open": money_text(left, precision),
                "open_base": money_text(left_base or 0, base_precision),
                "voided": voided == "T",
            }
        )
    return result
