"""Which types of transactions post to receivables at all, whatever is mirrored of them.

A list of what is read proves nothing of what is not: NetSuite is asked for everything on its
receivable accounts, added up by type, period, account and subsidiary, and for the accounts'
totals apart, from the ledger alone, so that nothing falls out of both by a join.

What a rule leaves out is asked for by the rule itself, and not found by taking away what is
mirrored: so what is missing for no reason stays among what should be mirrored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ...client import dto
from ...client.errors import NetsuiteError
from ...client.suiteql import (
    PAGE_SIZE,
    Condition,
    Expression,
    Query,
    TooManyRows,
    among,
    call,
    compare,
    equal,
    every,
    literal,
    same,
    trusted,
)
from ...const import CUSTOM_TYPE, JOURNAL_TYPE
from ..account_types import RECEIVABLE
from .shape import WHOLE, Shape
from .transaction_types import REVALUATION_CODE, customer_of, of_types, record_type_of

_BOOK = 1
# The header names the customer of a document; a journal has one on each line.
_ENTITY = "CASE WHEN t.type = 'Journal' THEN l.entity ELSE COALESCE(t.entity, l.entity) END"
_WHOSE = trusted(
    "CASE WHEN c.id IS NOT NULL THEN 'customer' WHEN l.entity IS NULL AND t.entity IS NULL"
    " THEN 'nobody' ELSE 'other' END"
)
_MONTH = trusted("TO_CHAR(t.trandate, 'YYYY-MM')")
_POSTED = (equal("g.accountingbook", _BOOK), equal("g.posting", value=True))
_SUMS = {"debit": call("SUM", "g.debit"), "credit": call("SUM", "g.credit")}
_DATES = {
    "first": trusted("TO_CHAR(MIN(t.trandate), 'YYYY-MM-DD')"),
    "last": trusted("TO_CHAR(MAX(t.trandate), 'YYYY-MM-DD')"),
}
CUSTOMER, NOBODY, OTHER = "customer", "nobody", "other"

# What becomes of postings on receivables. What is not mirrored, or not shown, leaves balances
# incomplete; the others are mirrored, or explained.
MIRRORED, NOT_MIRRORED, REVALUATION = "mirrored", "not_mirrored", "revaluation"
WITHOUT_CUSTOMER, OTHER_ENTITY, INSIDE = "without_customer", "other_entity", "inside"
BEFORE_START, EXCLUDED, UNMAPPED = "before_start", "excluded", "unmapped"
HIDDEN = "hidden"
# What would be mirrored if no rule left it out.
_RULED = (MIRRORED, INSIDE, NOT_MIRRORED)

Ask = Callable[[Query], list[dict[str, str]]]
# {internal id of a receivable account: what it holds, debit-positive, in base currencies}.
Totals = dict[int, Decimal]
# How often postings and totals are asked for on an account whose books move all the time.
TURNS = 3
# Parts of a time that has more rows than a page. A part of one month is not divided any further.
PIECES = 4
_MONTH_DAYS = 31
# What NetSuite says, or not, to a query that takes it too long. A year is not too long.
_TOO_BROAD = ("UNEXPECTED_ERROR", "READ_TIMEOUT")
_YEAR_DAYS = 366


@dataclass(frozen=True)
class Rules:
    """What is mirrored of an account, and what is left out on purpose.

    :param read: the record types that are read.
    :param shape: what the account has.
    :param periods: postings are told apart by posting period; otherwise by the month of their
        date.
    :param start: closed documents before this date are not mirrored, but for `held`.
    :param held: internal ids of documents before the start that are mirrored all the same.
    :param excluded: internal ids of customers that are left out, as far as they have documents.
    :param mixed: those of `held` that concern one of `excluded` as well.
    :param unmapped: internal ids of subsidiaries whose documents have no company to go to.
    """

    read: Collection[str]
    shape: Shape = WHOLE
    periods: bool = False
    start: dt.date | None = None
    held: Sequence[int] = ()
    excluded: Sequence[int] = ()
    mixed: Sequence[int] = ()
    unmapped: Collection[int] = ()


@dataclass(frozen=True)
class Posting:
    """What documents of one type post on one receivable account in one period.

    :param code: NetSuite's code of the type; empty for what NetSuite does not show.
    :param category: what becomes of it, one of the words above.
    :param subsidiary: internal id; 0 in an account without OneWorld.
    :param amount: debit-positive, in the subsidiary's base currency, of the primary book.
    :param first: date of the first of the documents; `last` likewise.
    :param period: internal id of the posting period, or ``YYYY-MM``; empty where it has none.
    """

    code: str
    category: str
    account: int
    subsidiary: int
    documents: int
    amount: Decimal
    first: dt.date | None = None
    last: dt.date | None = None
    period: str = ""


@dataclass(frozen=True)
class Told:
    """What NetSuite told of its receivables.

    :param postings: what the types post, as far as NetSuite shows them.
    :param totals: what each receivable account holds.
    :param hidden: what the accounts hold besides, of transactions that NetSuite does not show.
    """

    postings: list[Posting]
    totals: Totals
    hidden: Totals = field(default_factory=dict)


class IncompleteError(ValueError):
    """NetSuite's answers prove nothing.

    :param moving: documents are being entered meanwhile; otherwise there is no answer.
    """

    def __init__(self, detail: str, *, moving: bool = False) -> None:
        super().__init__(detail)
        self.moving = moving


# === QUERIES === #


def totals_query() -> Query:
    """Return the query of what each receivable account holds, from the ledger alone."""
    return (
        _totals()
        .join("account", "a", same("a.id", "g.account"))
        .where(equal("a.accttype", RECEIVABLE))
    )


def known_totals_query(accounts: Collection[int]) -> Query:
    """Return the same of accounts that are known, for a role that no longer sees accounts.

    :param accounts: internal ids of receivable accounts.
    """
    return _totals().where(among("g.account", sorted(accounts)))


def _totals() -> Query:
    return (
        Query("transactionaccountingline", "g")
        .where(*_POSTED)
        .select(account="g.account", **_SUMS)
        .group_by("g.account")
        .keyset("account")
    )


def subsidiary_totals_query(accounts: Collection[int]) -> Query:
    """Return the query of what receivable accounts hold in each subsidiary; no transaction named.

    :param accounts: internal ids.
    """
    subsidiary = call("NVL", "l.subsidiary", literal(0))
    return (
        Query("transactionaccountingline", "g")
        .join(
            "transactionline",
            "l",
            every(same("l.transaction", "g.transaction"), same("l.id", "g.transactionline")),
        )
        .where(*_POSTED, among("g.account", sorted(accounts)))
        .select(account="g.account", subsidiary=subsidiary, **_SUMS)
        .group_by("g.account", subsidiary)
        .keyset("account", "subsidiary")
    )


def shown_query(record_types: Iterable[str]) -> Query:
    """Return the query of how many transactions of some types NetSuite shows; it is not paged."""
    return (
        Query("transaction", "t")
        .where(of_types(record_types))
        .select(type="t.type", documents=call("COUNT", "t.id"))
        .group_by("t.type")
    )


def postings_query(part: Part, rules: Rules) -> Query:
    """Return the query of what the types post on receivable accounts; it is not paged."""
    query = _lines(part, rules)
    keys: dict[str, Expression] = {
        "type": trusted("t.type"),
        "whose": _WHOSE,
        # Of a journal it decides nothing, and would count one with two lines twice.
        "mainline": trusted("CASE WHEN t.type = 'Journal' THEN 'T' ELSE l.mainline END"),
        "account": trusted("g.account"),
        "period": trusted("t.postingperiod") if rules.periods else _MONTH,
    }
    if rules.shape.one_world:
        keys["subsidiary"] = trusted("l.subsidiary")
    if rules.start:
        keys["older"] = _older(rules.start, rules.shape)
    return (
        query.select(**keys)
        .select(documents=trusted("COUNT(DISTINCT t.id)"), **_SUMS, **_DATES)
        .group_by(*keys.values())
    )


def _lines(part: Part, rules: Rules) -> Query:
    """Return the query of the posted lines of a part, with their customers."""
    entity: Expression = trusted(_ENTITY)
    query = (
        Query("transactionline", "l")
        .join("transaction", "t", same("t.id", "l.transaction"))
        .join("transactionaccountingline", "g", _on_ledger())
    )
    if rules.shape.projects:
        query = query.join("job", "pj", equal("pj.id", entity), left=True)
        entity = customer_of(entity, "pj")
    query = query.join("customer", "c", equal("c.id", entity), left=True).where(
        equal("g.posting", value=True), among("g.account", sorted(part.accounts))
    )
    if part.customers:
        query = query.where(among("c.id", sorted(part.customers)))
    if part.ids:
        query = query.where(among("t.id", sorted(part.ids)))
    if part.subsidiary is not None:
        query = query.where(equal("l.subsidiary", part.subsidiary))
    if part.since:
        query = query.where(compare("t.trandate", ">=", part.since))
    if part.until:
        query = query.where(compare("t.trandate", "<=", part.until))
    return query


def _on_ledger() -> Condition:
    return every(
        same("g.transaction", "l.transaction"),
        same("g.transactionline", "l.id"),
        equal("g.accountingbook", _BOOK),
    )


def _older(start: dt.date, shape: Shape) -> Expression:
    """Return ``T`` for what is closed and before the start of the history, else ``F``."""

    def amount(name: str) -> str:
        if shape.lacks("transaction", name):
            return f"NVL(l.{name}, 0)"
        return f"CASE WHEN t.type = 'Journal' THEN NVL(l.{name}, 0) ELSE NVL(t.{name}, 0) END"

    closed = [
        f"{amount(name)} = 0" for name in ("foreignamountunpaid", "foreignpaymentamountunused")
    ]
    before = compare("t.trandate", "<", start).sql
    return trusted(f"CASE WHEN {' AND '.join([before, *closed])} THEN 'T' ELSE 'F' END")


# === ASKING === #


@dataclass(frozen=True)
class Part:
    """Which of the postings are asked for at once.

    :param accounts: internal ids of receivable accounts.
    :param subsidiary: only of this one; all when None.
    :param since: first date; all when None. `until` is the last one.
    :param customers: only of these, at most 1,000; all when empty.
    :param ids: only of these documents, at most 1,000; all when empty.
    """

    accounts: Sequence[int]
    subsidiary: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    customers: Sequence[int] = ()
    ids: Sequence[int] = ()


@dataclass(frozen=True)
class _Key:
    """What tells postings apart when they are asked for."""

    code: str
    whose: str
    mainline: bool
    account: int
    subsidiary: int
    period: str
    older: bool


@dataclass(frozen=True)
class _Sum:
    """What postings of one key come to."""

    documents: int
    amount: Decimal
    first: dt.date | None
    last: dt.date | None

    def plus(self, other: _Sum) -> _Sum:
        dates = [each for each in (self.first, self.last, other.first, other.last) if each]
        return _Sum(
            self.documents + other.documents,
            self.amount + other.amount,
            min(dates, default=None),
            max(dates, default=None),
        )

    def less(self, other: _Sum) -> _Sum:
        return replace(
            self, documents=self.documents - other.documents, amount=self.amount - other.amount
        )


_Sums = dict[_Key, _Sum]


def read_postings(
    ask: Ask, accounts: Sequence[int], subsidiaries: Sequence[int], rules: Rules
) -> list[Posting]:
    """Return what the types post on receivable accounts.

    More than a page is asked for in parts: of shorter times, of fewer accounts, of single
    subsidiaries. What a rule leaves out is asked for once more, by that rule.

    :param ask: returns the rows of a small query; `TooManyRows` when they are more than a page.
    :param accounts: internal ids of receivable accounts.
    :param subsidiaries: internal ids of all subsidiaries.
    :raise NetsuiteError: NetSuite cannot or will not answer.
    """
    if not accounts:
        return []
    all_of_them = _read(ask, Part(accounts), subsidiaries, rules)
    excluded: _Sums = {}
    for chunk in _chunks(rules.excluded):
        _add_all(excluded, _read(ask, Part(accounts, customers=chunk), subsidiaries, rules))
    held: _Sums = {}
    if any(key.older for key in all_of_them):
        for chunk in _chunks(rules.held):
            found = _read(ask, Part(accounts, ids=chunk), subsidiaries, rules)
            _add_all(held, {key: each for key, each in found.items() if key.older})
        for ids in _chunks(rules.mixed):
            for chunk in _chunks(rules.excluded):
                part = Part(accounts, ids=ids, customers=chunk)
                found = _read(ask, part, subsidiaries, rules)
                held = _without(held, {key: each for key, each in found.items() if key.older})
    rest = _without(_without(all_of_them, excluded), held)
    # Main lines and others are asked for apart.
    kinds: dict[tuple[str, str, int, int, str], _Sum] = {}
    for sums in (rest, excluded, held):
        for key, each in sums.items():
            becomes = _category(key, rules, excluded=sums is excluded, held=sums is held)
            kind = (key.code, becomes, key.account, key.subsidiary, key.period)
            kinds[kind] = kinds[kind].plus(each) if kind in kinds else each
    return [
        Posting(
            code,
            becomes,
            account,
            subsidiary,
            total.documents,
            total.amount,
            total.first,
            total.last,
            period,
        )
        for (code, becomes, account, subsidiary, period), total in kinds.items()
    ]


def _read(ask: Ask, whole: Part, subsidiaries: Sequence[int], rules: Rules) -> _Sums:
    """Return the sums of a part, asked for in as many queries as it takes."""
    found: _Sums = {}
    parts = [whole]
    while parts:
        part = parts.pop()
        try:
            rows = ask(postings_query(part, rules))
        except NetsuiteError as error:
            if not isinstance(error, TooManyRows) and not _is_too_broad(error, part):
                raise
            smaller = list(_smaller(ask, part, subsidiaries, rules))
            if not smaller:
                raise
            parts += smaller
            continue
        for row in rows:
            _add_all(found, {_key(row): _sum(row)})
    return found


def _is_too_broad(error: NetsuiteError, part: Part) -> bool:
    """Tell whether NetSuite may answer for less of a part what it did not answer for all of it."""
    short = part.since and part.until and (part.until - part.since).days <= _YEAR_DAYS
    return error.code in _TOO_BROAD and not short


def _smaller(ask: Ask, part: Part, subsidiaries: Sequence[int], rules: Rules) -> Iterator[Part]:
    """Yield parts of a part; none when it cannot be divided."""
    since, until = part.since, part.until
    if since is None or until is None:
        (span,) = ask(_lines(part, rules).select(**_DATES)) or [{}]
        since, until = dto.date(span, "first", None), dto.date(span, "last", None)
    if since and until and (until - since).days >= _MONTH_DAYS:
        step = (until - since).days // PIECES + 1
        while since <= until:
            last = min(since + dt.timedelta(days=step - 1), until)
            yield replace(part, since=since, until=last)
            since = last + dt.timedelta(days=1)
    elif len(part.accounts) > 1:
        half = len(part.accounts) // 2
        for accounts in (part.accounts[:half], part.accounts[half:]):
            yield replace(part, accounts=accounts)
    elif part.subsidiary is None:
        for subsidiary in subsidiaries:
            yield replace(part, subsidiary=subsidiary)


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), PAGE_SIZE):
        yield ids[first : first + PAGE_SIZE]


def read_totals(
    ask: Callable[[Query], Iterable[dto.Row]], accounts: Collection[int] = ()
) -> Totals:
    """Return what each receivable account holds.

    :param ask: returns all rows of a query.
    :param accounts: internal ids, where NetSuite does not tell which accounts are receivable.
    :raise NetsuiteError: NetSuite cannot or will not answer.
    """
    query = known_totals_query(accounts) if accounts else totals_query()
    return {dto.integer(row, "account"): _amount(row) for row in ask(query)}


def read_hidden(
    ask: Callable[[Query], Iterable[dto.Row]], told: Told, *, one_world: bool
) -> list[Posting]:
    """Return what receivable accounts hold of transactions that NetSuite does not show.

    :param ask: returns all rows of a query.
    :return: one posting for each account and subsidiary; none where the ledger by subsidiary is
        not what the ledger holds, so that nobody knows whose it is.
    :raise NetsuiteError: NetSuite cannot or will not answer.
    """
    if not told.hidden:
        return []
    if not one_world:
        left = {(account, 0): amount for account, amount in told.hidden.items()}
    else:
        left = {}
        for row in ask(subsidiary_totals_query(told.hidden)):
            left[dto.integer(row, "account"), dto.integer(row, "subsidiary", 0)] = _amount(row)
        for posting in told.postings:
            if posting.account in told.hidden:
                key = (posting.account, posting.subsidiary)
                left[key] = left.get(key, Decimal(0)) - posting.amount
        by_account: Totals = {}
        for (account, _subsidiary), amount in left.items():
            by_account[account] = by_account.get(account, Decimal(0)) + amount
        if by_account != told.hidden:
            return []
    return [
        Posting("", HIDDEN, account, subsidiary, 0, amount)
        for (account, subsidiary), amount in sorted(left.items())
        if amount
    ]


def read_matching(
    totals_of: Callable[[], Totals], postings_of: Callable[[Totals], list[Posting]]
) -> Told:
    """Return postings beside what the accounts held before them, or right after.

    Both are asked for in turn until they meet, because documents are entered meanwhile. Where
    they do not although nothing moves, NetSuite hides something.

    :param totals_of: asks for what the accounts hold.
    :param postings_of: asks for what the types post on these accounts.
    :raise IncompleteError: the books move too fast.
    """
    totals = totals_of()
    for _turn in range(TURNS):
        postings = postings_of(totals)
        if not _difference(postings, totals):
            return Told(postings, totals)
        before, totals = totals, totals_of()
        different = _difference(postings, totals)
        if not different or totals == before:
            return Told(postings, totals, different)
    detail = ", ".join(f"{account}: {amount}" for account, amount in different.items())
    raise IncompleteError(detail, moving=True)


def _difference(postings: Iterable[Posting], totals: Totals) -> Totals:
    """Return {account: what it holds and no posting explains}, without zeros."""
    left = dict(totals)
    for posting in postings:
        left[posting.account] = left.get(posting.account, Decimal(0)) - posting.amount
    return {account: amount for account, amount in left.items() if amount}


# === WHAT BECOMES OF THEM === #


def category(code: str, whose: str, read: Collection[str], *, mainline: bool) -> str:
    """Return what becomes of postings on receivables that no rule leaves out.

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


def _category(key: _Key, rules: Rules, *, excluded: bool, held: bool) -> str:
    """Return what becomes of postings, rules included.

    :param excluded: their customers are left out.
    :param held: they are mirrored although they are before the start of the history.
    """
    found = category(key.code, key.whose, rules.read, mainline=key.mainline)
    if found not in _RULED:
        return found
    if excluded:
        return EXCLUDED
    if key.subsidiary in rules.unmapped:
        return UNMAPPED
    if key.older and not held and found != NOT_MIRRORED:
        return BEFORE_START
    return found


def _key(row: dto.Row) -> _Key:
    return _Key(
        dto.text(row, "type", ""),
        dto.text(row, "whose", ""),
        dto.boolean(row, "mainline", default=False),
        dto.integer(row, "account"),
        dto.integer(row, "subsidiary", 0),
        dto.text(row, "period", ""),
        dto.boolean(row, "older", default=False),
    )


def _sum(row: dto.Row) -> _Sum:
    return _Sum(
        dto.integer(row, "documents"),
        _amount(row),
        dto.date(row, "first", None),
        dto.date(row, "last", None),
    )


def _amount(row: dto.Row) -> Decimal:
    return dto.decimal(row, "debit", Decimal(0)) - dto.decimal(row, "credit", Decimal(0))


def _add_all(found: _Sums, more: _Sums) -> None:
    """Add sums to those of the same keys."""
    for key, each in more.items():
        found[key] = found[key].plus(each) if key in found else each


def _without(all_of_them: _Sums, some: _Sums) -> _Sums:
    """Return sums without what was asked for apart; nothing is left of what is gone as a whole."""
    left = dict(all_of_them)
    for key, each in some.items():
        # What was entered between both questions is in the second only.
        left[key] = left.get(key, _Sum(0, Decimal(0), each.first, each.last)).less(each)
    return {key: each for key, each in left.items() if each.documents or each.amount}
