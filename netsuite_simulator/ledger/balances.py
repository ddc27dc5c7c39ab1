"""What customers owe, computed from the accounting lines."""

# ruff: noqa: S608 - the composed SQL is made of constants, values are always bound

from __future__ import annotations

from typing import Any

from ..schema import enum_name
from .books import CUSTOMER_OF, Books
from .kinds import CREDITS, DEBITS, DEPOSIT, DEPOSIT_APPLICATION
from .values import to_decimal

# What accounting lines on A/R and Customer Deposits are: revaluations of what is open, receivables
# among the items of a document (such as retentions), which nobody settles, or the open items.
_PART = """CASE WHEN c.accttype <> 'AcctRec' THEN 'deposits'
    WHEN t.type = 'FxReval' THEN 'revaluation'
    WHEN l.transactionlinetype IN ('ITEM', 'TAX') THEN 'retained' ELSE 'open' END"""

_BALANCES = f"""
SELECT customer, currency, subsidiary, {{sums}} FROM (
SELECT {CUSTOMER_OF.format("l.entity")} AS customer, t.currency AS currency,
    l.subsidiary AS subsidiary, l.foreignamount AS amount, a.netamount AS base, {_PART} AS part
FROM transactionaccountingline a
JOIN transactionline l ON l."transaction" = a."transaction" AND l.id = a.transactionline
JOIN "transaction" t ON t.id = a."transaction"
JOIN account c ON c.id = a.account
WHERE a.account IN (SELECT id FROM account WHERE accttype = 'AcctRec' OR sspecacct = 'CustDep')
  AND a.posting = 'T' AND a.accountingbook = 1)
WHERE customer IN (SELECT id FROM _customer)
GROUP BY customer, currency, subsidiary ORDER BY customer, currency, subsidiary
"""
_FIGURES = (
    ("open", "amount", ""),
    ("open", "base", ""),
    ("deposits", "amount", "-"),
    ("deposits", "base", "-"),
    ("retained", "amount", ""),
    ("retained", "base", ""),
    ("revaluation", "base", ""),
)
_SUMS = ", ".join(
    f"{sign}SUM(CASE part WHEN '{part}' THEN {value} ELSE 0 END)" for part, value, sign in _FIGURES
)

_DOCUMENTS = f"""
SELECT t.id AS id, 0 AS line, t.type, t.tranid, {CUSTOMER_OF.format("t.entity")} AS entity,
    c.symbol, t.currency, t.subsidiary, t.foreigntotal, t.voided,
    COALESCE(t.foreignamountunpaid, t.foreignpaymentamountunused),
    (SELECT SUM(COALESCE(a.amountunpaid, a.paymentamountunused)) FROM transactionaccountingline a
     WHERE a."transaction" = t.id)
FROM "transaction" t JOIN currency c ON c.id = t.currency
WHERE t.type NOT IN ('Journal', 'FxReval', 'Deposit')
UNION ALL
SELECT t.id, l.id, t.type, t.tranid, {CUSTOMER_OF.format("l.entity")}, c.symbol, t.currency,
    l.subsidiary, l.foreignamount, t.voided,
    COALESCE(l.foreignamountunpaid, l.foreignpaymentamountunused),
    COALESCE(a.amountunpaid, a.paymentamountunused)
FROM transactionline l JOIN "transaction" t ON t.id = l."transaction" AND t.type = 'Journal'
JOIN currency c ON c.id = t.currency
JOIN transactionaccountingline a ON a."transaction" = t.id AND a.transactionline = l.id
WHERE a.account IN (SELECT id FROM account WHERE accttype = 'AcctRec')
  AND {CUSTOMER_OF.format("l.entity")} IN (SELECT id FROM _customer)
"""

# What customers owe in a currency (1) to a company (2), per receivable account.
OPEN_BY_CUSTOMER = f"""
SELECT {CUSTOMER_OF.format("l.entity")} AS customer, a.account, SUM(l.foreignamount),
    SUM(a.netamount)
FROM transactionaccountingline a
JOIN transactionline l ON l."transaction" = a."transaction" AND l.id = a.transactionline
JOIN "transaction" t ON t.id = a."transaction" AND t.type <> 'FxReval'
JOIN account c ON c.id = a.account AND c.accttype = 'AcctRec'
WHERE a.posting = 'T' AND t.currency = ?1 AND l.subsidiary = ?2
GROUP BY customer, a.account HAVING SUM(l.foreignamount) <> 0 ORDER BY customer, a.account
"""

_REVALUATIONS = f"""
SELECT t.id, t.trandate, c.symbol, l.subsidiary, {CUSTOMER_OF.format("l.entity")}, a.netamount
FROM "transaction" t JOIN transactionaccountingline a ON a."transaction" = t.id
JOIN transactionline l ON l."transaction" = t.id AND l.id = a.transactionline
JOIN account r ON r.id = a.account AND r.accttype = 'AcctRec'
JOIN currency c ON c.id = t.currency WHERE t.type = 'FxReval' ORDER BY t.id
"""


def money_text(scaled: int, precision: int) -> str:
    """Write an amount of 1/SCALE as decimal text with the currency's decimals."""
    return f"{to_decimal(scaled):.{precision}f}"


def balances(books: Books) -> list[dict[str, Any]]:
    """Return the A/R balance per customer, currency and subsidiary.

    :return: dicts of customer_id, customer, currency (ISO), subsidiary_id, open (text, transaction
        currency; invoices minus unapplied payments and credits) and open_base (text, base currency
        of the subsidiary), and likewise deposits and deposits_base: what the customer paid in
        advance, which is no part of A/R. Beside them, and not in `open`: retained and
        retained_base, receivables among the items of documents, and revaluation_base, what
        revaluations of the customer's balance posted. Balances that are zero are included.
    """
    symbols = dict(books.con.execute("SELECT id, symbol FROM currency").fetchall())
    result = []
    for entity, currency, subsidiary, *sums in books.con.execute(
        _BALANCES.format(sums=_SUMS)
    ).fetchall():
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
                "retained": money_text(sums[4], precision),
                "retained_base": money_text(sums[5], base_precision),
                "revaluation_base": money_text(sums[6], base_precision),
            }
        )
    return result


def revaluations(books: Books) -> list[dict[str, Any]]:
    """Return what revaluations posted to A/R, in base currency only.

    :return: dicts of id, date, currency (ISO, the one that was revalued), subsidiary_id,
        customer_id (None where a revaluation names nobody) and base (text, signed as a debit).
    """
    return [
        {
            "id": transaction,
            "date": day,
            "currency": symbol,
            "subsidiary_id": subsidiary,
            "customer_id": customer,
            "base": money_text(base, books.precision(books.base_currency(subsidiary))),
        }
        for transaction, day, symbol, subsidiary, customer, base in books.con.execute(
            _REVALUATIONS
        ).fetchall()
    ]


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
                "total": money_text(total if code in DEBITS else abs(total), precision),
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
