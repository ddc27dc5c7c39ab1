"""Which types of transactions post to receivables at all, whatever is mirrored of them.

A list of what is read proves nothing of what is not: NetSuite is asked for everything on its
receivable accounts, added up by type, account and subsidiary, and for the accounts' totals apart,
from the ledger alone, so that nothing falls out of both by a join.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ...client import dto
from ...client.suiteql import (
    Condition,
    Expression,
    Query,
    TooManyRows,
    among,
    call,
    equal,
    every,
    same,
    trusted,
)
from ...const import CUSTOM_TYPE, JOURNAL_TYPE
from ..account_types import RECEIVABLE
from .transaction_types import REVALUATION_CODE, customer_of, record_type_of

_BOOK = 1
# The header names the customer of a document; a journal has one on each line.
_ENTITY = "CASE WHEN t.type = 'Journal' THEN l.entity ELSE COALESCE(t.entity, l.entity) END"
_WHOSE = trusted(
    "CASE WHEN c.id IS NOT NULL THEN 'customer' WHEN l.entity IS NULL AND t.entity IS NULL"
    " THEN 'nobody' ELSE 'other' END"
)
CUSTOMER, NOBODY, OTHER = "customer", "nobody", "other"

# What becomes of postings on receivables. Only the second and the last leave balances incomplete.
MIRRORED, NOT_MIRRORED, REVALUATION = "mirrored", "not_mirrored", "revaluation"
WITHOUT_CUSTOMER, OTHER_ENTITY, INSIDE = "without_customer", "other_entity", "inside"

Ask = Callable[[Query], list[dict[str, str]]]
# {internal id of a receivable account: what it holds, debit-positive, in base currencies}.
Totals = dict[int, Decimal]
# How often postings and totals are asked for on an account whose books move all the time.
TURNS = 3


@dataclass(frozen=True)
class Posting:
    """What documents of one type post on one receivable account.

    :param code: NetSuite's code of the type.
    :param category: what becomes of it, one of the words above.
    :param subsidiary: internal id; 0 in an account without OneWorld.
    :param amount: debit-positive, in the subsidiary's base currency, of the primary book.
    :param first: date of the first of the documents; `last` likewise.
    """

    code: str
    category: str
    account: int
    subsidiary: int
    documents: int
    amount: Decimal
    first: dt.date | None = None
    last: dt.date | None = None


class IncompleteError(ValueError):
    """What the types post is not what the accounts hold.

    :param moving: documents are being entered meanwhile; otherwise something is hidden.
    """

    def __init__(self, detail: str, *, moving: bool = False) -> None:
        super().__init__(detail)
        self.moving = moving


def totals_query() -> Query:
    """Return the query of what each receivable account holds, from the ledger alone."""
    return (
        Query("transactionaccountingline", "g")
        .join("account", "a", same("a.id", "g.account"))
        .join("transaction", "t", same("t.id", "g.transaction"))
        .where(equal("a.accttype", RECEIVABLE), equal("g.accountingbook", _BOOK))
        .where(equal("t.posting", value=True))
        .select(account="g.account", debit=call("SUM", "g.debit"), credit=call("SUM", "g.credit"))
        .group_by("g.account")
        .keyset("account")
    )


def postings_query(
    accounts: Collection[int], subsidiary: int | None, *, one_world: bool, projects: bool
) -> Query:
    """Return the query of what the types post on receivable accounts; it is not paged.

    :param accounts: internal ids.
    :param subsidiary: only of this one; all when None.
    """
    entity: Expression = trusted(_ENTITY)
    query = (
        Query("transactionline", "l")
        .join("transaction", "t", same("t.id", "l.transaction"))
        .join("transactionaccountingline", "g", _on_ledger())
    )
    if projects:
        query = query.join("job", "pj", equal("pj.id", entity), left=True)
        entity = customer_of(entity, "pj")
    keys: dict[str, Expression] = {
        "type": trusted("t.type"),
        "whose": _WHOSE,
        "mainline": trusted("l.mainline"),
        "account": trusted("g.account"),
    }
    if one_world:
        keys["subsidiary"] = trusted("l.subsidiary")
    query = (
        query.join("customer", "c", equal("c.id", entity), left=True)
        .where(equal("t.posting", value=True), among("g.account", sorted(accounts)))
        .select(**keys)
        .select(
            documents=trusted("COUNT(DISTINCT t.id)"),
            debit=call("SUM", "g.debit"),
            credit=call("SUM", "g.credit"),
            first=trusted("TO_CHAR(MIN(t.trandate), 'YYYY-MM-DD')"),
            last=trusted("TO_CHAR(MAX(t.trandate), 'YYYY-MM-DD')"),
        )
        .group_by(*keys.values())
    )
    return query if subsidiary is None else query.where(equal("l.subsidiary", subsidiary))


def _on_ledger() -> Condition:
    return every(
        same("g.transaction", "l.transaction"),
        same("g.transactionline", "l.id"),
        equal("g.accountingbook", _BOOK),
    )


def read_postings(
    ask: Ask,
    accounts: Sequence[int],
    subsidiaries: Sequence[int],
    read: Collection[str],
    *,
    one_world: bool,
    projects: bool,
) -> list[Posting]:
    """Return what the types post on receivable accounts.

    More than a page is asked for in parts: of fewer accounts, then of single subsidiaries.

    :param ask: returns the rows of a small query; `TooManyRows` when they are more than a page.
    :param accounts: internal ids of receivable accounts.
    :param subsidiaries: internal ids of all subsidiaries.
    :param read: the record types that are read.
    :raise NetsuiteError: NetSuite cannot or will not answer.
    """
    parts: list[tuple[Sequence[int], int | None]] = [(accounts, None)] if accounts else []
    found: dict[tuple[str, str, int, int], Posting] = {}
    while parts:
        of_accounts, subsidiary = parts.pop()
        try:
            rows = ask(
                postings_query(of_accounts, subsidiary, one_world=one_world, projects=projects)
            )
        except TooManyRows:
            if subsidiary is not None or (len(of_accounts) == 1 and not subsidiaries):
                raise
            half = len(of_accounts) // 2
            if half:
                parts += [(of_accounts[:half], None), (of_accounts[half:], None)]
            else:
                parts += [(of_accounts, each) for each in subsidiaries]
            continue
        for row in rows:
            _add(found, _posting(row, read))
    return list(found.values())


def read_totals(ask: Callable[[Query], Iterable[dto.Row]]) -> Totals:
    """Return what each receivable account holds.

    :param ask: returns all rows of a query.
    :raise NetsuiteError: NetSuite cannot or will not answer.
    """
    return {dto.integer(row, "account"): _amount(row) for row in ask(totals_query())}


def read_matching(
    totals_of: Callable[[], Totals], postings_of: Callable[[Totals], list[Posting]]
) -> tuple[list[Posting], Totals]:
    """Return postings that are what the accounts held before them, or right after.

    Both are asked for in turn until they meet, because documents are entered meanwhile.

    :param totals_of: asks for what the accounts hold.
    :param postings_of: asks for what the types post on these accounts.
    :raise IncompleteError: they differ although nothing moved, or move too fast.
    """
    totals = totals_of()
    for _turn in range(TURNS):
        postings = postings_of(totals)
        if not _difference(postings, totals):
            return postings, totals
        before, totals = totals, totals_of()
        different = _difference(postings, totals)
        if not different:
            return postings, totals
        detail = ", ".join(f"{account}: {amount}" for account, amount in different.items())
        if totals == before:
            raise IncompleteError(detail)
    raise IncompleteError(detail, moving=True)


def _difference(postings: Iterable[Posting], totals: Totals) -> Totals:
    """Return {account: what it holds and no posting explains}, without zeros."""
    left = dict(totals)
    for posting in postings:
        left[posting.account] = left.get(posting.account, Decimal(0)) - posting.amount
    return {account: amount for account, amount in left.items() if amount}


def category(code: str, whose: str, read: Collection[str], *, mainline: bool) -> str:
    """Return what becomes of postings on receivables.

    :param whose: `CUSTOMER`, `NOBODY` or `OTHER`.
    :param read: the record types that are read.
    :param mainline: they are main lines of their documents.
    """
    record_type = record_type_of(code)
    if code == REVALUATION_CODE:
        return REVALUATION
    if whose == NOBODY:
        return WITHOUT_CUSTOMER
    if whose == OTHER:
        # An invoice is a customer's, whoever this is: a project that the role does not see, say.
        is_journal = record_type in (None, JOURNAL_TYPE)
        return OTHER_ENTITY if is_journal else NOT_MIRRORED
    if record_type not in read:
        return NOT_MIRRORED
    if record_type == CUSTOM_TYPE and not mainline:
        return NOT_MIRRORED
    if record_type in ("invoice", "customercharge", "creditmemo") and not mainline:
        return INSIDE
    return MIRRORED


def _posting(row: dto.Row, read: Collection[str]) -> Posting:
    code = dto.text(row, "type", "")
    mainline = dto.boolean(row, "mainline", default=False)
    return Posting(
        code,
        category(code, dto.text(row, "whose", ""), read, mainline=mainline),
        dto.integer(row, "account"),
        dto.integer(row, "subsidiary", 0),
        dto.integer(row, "documents"),
        _amount(row),
        dto.date(row, "first", None),
        dto.date(row, "last", None),
    )


def _amount(row: dto.Row) -> Decimal:
    return dto.decimal(row, "debit", Decimal(0)) - dto.decimal(row, "credit", Decimal(0))


def _add(found: dict[tuple[str, str, int, int], Posting], posting: Posting) -> None:
    """Add a posting to those of its kind: main lines and others are asked for apart."""
    key = (posting.code, posting.category, posting.account, posting.subsidiary)
    other = found.get(key)
    if other is None:
        found[key] = posting
        return
    dates = [each for each in (other.first, other.last, posting.first, posting.last) if each]
    found[key] = replace(
        other,
        documents=other.documents + posting.documents,
        amount=other.amount + posting.amount,
        first=min(dates, default=None),
        last=max(dates, default=None),
    )
