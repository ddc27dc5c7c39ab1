"""What customers owe, computed from the accounting lines."""

# ruff: noqa: S608 - the composed SQL is made of constants, values are always bound

from __future__ import annotations

from typing import Any

from ..schema import enum_name
from .books import Books
from .kinds import CREDITS, DEPOSIT, DEPOSIT_APPLICATION, INVOICE
from .values import to_decimal

_BALANCES = """
SELECT l.entity, t.currency, l.subsidiary,
    SUM(CASE c.accttype WHEN 'AcctRec' THEN l.foreignamount ELSE 0 END),
    SUM(CASE c.accttype WHEN 'AcctRec' THEN a.netamount ELSE 0 END),
    -SUM(CASE c.accttype WHEN 'AcctRec' THEN 0 ELSE l.foreignamount END),
    -SUM(CASE c.accttype WHEN 'AcctRec' THEN 0 ELSE a.netamount END)
FROM transactionaccountingline a
JOIN transactionline l ON l."transaction" = a."transaction" AND l.id = a.transactionline
JOIN "transaction" t ON t.id = a."transaction"
JOIN account c ON c.id = a.account
WHERE a.account IN (SELECT id FROM account WHERE accttype = 'AcctRec' OR sspecacct = 'CustDep')
  AND a.posting = 'T' AND a.accountingbook = 1 AND l.entity IN (SELECT id FROM _customer)
GROUP BY l.entity, t.currency, l.subsidiary ORDER BY l.entity, t.currency, l.subsidiary
"""

_DOCUMENTS = """
SELECT t.id AS id, 0 AS line, t.type, t.tranid, t.entity AS entity, c.symbol, t.currency,
    t.subsidiary, t.foreigntotal, t.voided,
    COALESCE(t.foreignamountunpaid, t.foreignpaymentamountunused),
    (SELECT SUM(COALESCE(a.amountunpaid, a.paymentamountunused)) FROM transactionaccountingline a
     WHERE a."transaction" = t.id)
FROM "transaction" t JOIN currency c ON c.id = t.currency WHERE t.type <> 'Journal'
UNION ALL
SELECT t.id, l.id, t.type, t.tranid, l.entity, c.symbol, t.currency, l.subsidiary,
    l.foreignamount, t.voided, COALESCE(l.foreignamountunpaid, l.foreignpaymentamountunused),
    COALESCE(a.amountunpaid, a.paymentamountunused)
FROM transactionline l JOIN "transaction" t ON t.id = l."transaction" AND t.type = 'Journal'
JOIN currency c ON c.id = t.currency
JOIN transactionaccountingline a ON a."transaction" = t.id AND a.transactionline = l.id
WHERE a.account IN (SELECT id FROM account WHERE accttype = 'AcctRec')
  AND l.entity IN (SELECT id FROM _customer)
"""


def money_text(scaled: int, precision: int) -> str:
    """Write an amount of 1/SCALE as decimal text with the currency's decimals."""
    return f"{to_decimal(scaled):.{precision}f}"


def balances(books: Books) -> list[dict[str, Any]]:
    """Return the A/R balance per customer, currency and subsidiary.

    :return: dicts of customer_id, customer, currency (ISO), subsidiary_id, open (text, transaction
        currency; invoices minus unapplied payments and credits) and open_base (text, base currency
        of the subsidiary), and likewise deposits and deposits_base: what the customer paid in
        advance, which is no part of A/R. Balances that are zero are included.
    """
    symbols = dict(books.con.execute("SELECT id, symbol FROM currency").fetchall())
    result = []
    for entity, currency, subsidiary, *sums in books.con.execute(_BALANCES).fetchall():
        precision = books.precision(currency)
        base_precision = books.precision(books.base_currency(subsidiary))
        result.append(
            {
                "customer_id": entity,
                "customer": books.display("customer", entity),
                "currency": symbols[currency],
                "subsidiary_id": subsidiary,
                "open": money_text(sums[0], precision),
                "open_base": money_text(sums[1], base_precision),
                "deposits": money_text(sums[2], precision),
                "deposits_base": money_text(sums[3], base_precision),
            }
        )
    return result


def documents(books: Books, customer: int | None = None) -> list[dict[str, Any]]:
    """Return all transactions, or one customer's, with their open amounts.

    Of journals each A/R line of a customer is listed by itself.

    :return: dicts of id, line (0 except for lines of journals), type, type_name, tranid,
        customer_id, currency (ISO), total, open and open_base (texts; positive as typed), side
        (`debit` or `credit` of A/R, or `deposit`) and voided.
    """
    query, parameters = f"SELECT * FROM ({_DOCUMENTS}) ORDER BY id, line", []
    if customer is not None:
        query = f"SELECT * FROM ({_DOCUMENTS}) WHERE entity = ? ORDER BY id, line"
        parameters = [customer]
    result = []
    for row in books.con.execute(query, parameters).fetchall():
        transaction, line, code, number, entity, symbol, currency, subsidiary = row[:8]
        total, voided, left, left_base = row[8:]
        precision = books.precision(currency)
        base_precision = books.precision(books.base_currency(subsidiary))
        result.append(
            {
                "id": transaction,
                "line": line,
                "type": code,
                "type_name": enum_name("transactiontype", code),
                "tranid": number,
                "customer_id": entity,
                "currency": symbol,
                "total": money_text(total if code == INVOICE else abs(total), precision),
                "open": money_text(left or 0, precision),
                "open_base": money_text(left_base or 0, base_precision),
                "side": _side(code, total),
                "voided": voided == "T",
            }
        )
    return result


def _side(code: str, amount: int) -> str:
    """Return what a document or a line of a journal (by its amount) does to A/R."""
    if code == DEPOSIT:
        return "deposit"
    is_credit = code in CREDITS or code == DEPOSIT_APPLICATION
    return "credit" if is_credit or (code == "Journal" and amount < 0) else "debit"
