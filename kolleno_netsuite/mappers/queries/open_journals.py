"""The open lines of journals in NetSuite: sums per customer, and the lines behind one sum.

A journal's header has no open amount; each line on receivables has its own, and a twin in the
subsidiary's currency on its accounting line (docs/NETSUITE.md 4.5).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...client.suiteql import (
    Operand,
    Query,
    among,
    any_of,
    call,
    compare,
    day,
    equal,
    every,
    operand,
    same,
)
from .record_source import counts
from .shape import Shape
from .transaction_types import customer_of, of_customers

_PRIMARY_BOOK = 1
_OPEN = any_of(
    compare("l.foreignamountunpaid", "<>", 0), compare("l.foreignpaymentamountunused", "<>", 0)
)


def journal_sum_query(shape: Shape, customers: Sequence[int] | None) -> Query:
    """Return the query of what all journals have open, per customer.

    :param shape: what the account has.
    :param customers: at most 1,000 internal ids; None for all customers.
    :return: query of customer, currency, subsidiary, owed, unapplied, both also as company
        amounts, and the number of lines.
    """
    groups: dict[str, Operand] = {"customer": _customer(shape.projects)}
    if shape.multi_currency:
        groups["currency"] = "t.currency"
    if shape.one_world:
        groups["subsidiary"] = "l.subsidiary"
    query = (
        _lines(shape.projects)
        .select(**groups)
        .select(
            owed=call("SUM", "l.foreignamountunpaid"),
            unapplied=call("SUM", call("ABS", "l.foreignpaymentamountunused")),
            company_owed=call("SUM", "g.amountunpaid"),
            company_unapplied=call("SUM", call("ABS", "g.paymentamountunused")),
            documents=call("COUNT", "l.id"),
        )
        .where(_OPEN)
    )
    if customers is not None:
        query = query.where(of_customers("l.entity", customers, projects=shape.projects))
    return query.group_by(*groups.values()).keyset(*groups)


def journal_lines_query(
    shape: Shape,
    customer: int,
    currencies: Sequence[int],
    subsidiaries: Sequence[int] | None,
    ids: Sequence[int] | None,
) -> Query:
    """Return the query of one customer's lines of journals: the open ones, or those of `ids`.

    :param shape: what the account has.
    :param currencies: internal ids of the journals' currencies.
    :param subsidiaries: internal ids; None in an account without OneWorld.
    :param ids: at most 1,000 internal ids of journals; None for what is open.
    """
    query = (
        _lines(shape.projects)
        .join("account", "a", same("a.id", "g.account"))
        .select("t.id", "t.tranid", "l.foreignamount", "l.foreignamountunpaid")
        .select("l.foreignpaymentamountunused", date=day("t.trandate"), line="l.id")
        .where(of_customers("l.entity", [customer], projects=shape.projects))
        .where(equal("a.accttype", "AcctRec"))
        .where(_OPEN if ids is None else every(among("t.id", ids), counts()))
    )
    if shape.multi_currency:
        query = query.where(among("t.currency", currencies))
    if subsidiaries is not None:
        query = query.where(among("l.subsidiary", subsidiaries))
    return query.keyset("id", "line")


def open_lines_query(*, projects: bool = False) -> Query:
    """Return the query of all open lines of journals: their journal, number and open amounts."""
    return (
        _lines(projects)
        .join("account", "a", same("a.id", "g.account"))
        .select("t.id", "l.foreignamountunpaid", "l.foreignpaymentamountunused", line="l.id")
        .where(equal("a.accttype", "AcctRec"), _OPEN)
        .keyset("id", "line")
    )


def _customer(projects: bool) -> Operand:
    return customer_of("l.entity", "lj") if projects else "l.entity"


def _lines(projects: bool) -> Query:
    query = Query("transaction", "t").join(
        "transactionline", "l", same("l.transaction", "t.id"), many=True
    )
    if projects:
        query = query.join("job", "lj", same("lj.id", "l.entity"), left=True)
    return (
        query.join("customer", "c", equal("c.id", operand(_customer(projects))))
        .join(
            "transactionaccountingline",
            "g",
            every(
                same("g.transaction", "l.transaction"),
                same("g.transactionline", "l.id"),
                equal("g.accountingbook", _PRIMARY_BOOK),
            ),
            left=True,
        )
        .where(
            equal("t.type", "Journal"),
            equal("t.posting", value=True),
        )
    )
