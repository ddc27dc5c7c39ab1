"""How one record type is read: its table, its columns, the rows that belong to it, and a window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from ...client.suiteql import (
    Condition,
    Expression,
    Query,
    among,
    any_of,
    compare,
    equal,
    moment,
    within,
)
from ..landing import OPEN_AMOUNTS
from .transaction_types import of_customers, on_lines

Columns = Mapping[str, Expression]


@dataclass(frozen=True)
class Part:
    """Rows that belong to a record: the lines of an invoice, the addresses of a customer.

    :param name: key in the stored payload.
    :param query: tables and joins; the record itself is joined under the record source's alias.
    :param columns: alias -> expression.
    :param key: aliases that order the rows, the record's internal id first; unique together.
    :param one_world: the part exists only in an account with subsidiaries.
    :param needed: no record is without such rows.
    :param kept: tells which rows are stored; all when None.
    :param beside: key under which the others are stored beside them; nothing when empty.
    :param beside_columns: aliases that are stored of those.
    :param optional: not every account or role shows the table; read without when it is unknown.
    """

    name: str
    query: Query
    columns: Columns
    key: tuple[str, ...]
    one_world: bool = False
    needed: bool = False
    kept: Callable[[Mapping[str, str]], bool] | None = None
    beside: str = ""
    beside_columns: tuple[str, ...] = ()
    optional: bool = False

    def stored(
        self, rows: Sequence[Mapping[str, str]], is_odd: Callable[[Mapping[str, str]], bool]
    ) -> dict[str, list[Mapping[str, str]]]:
        """Return what is stored of the rows of one record, by key.

        :param is_odd: tells a row without a key of its own, which is kept: it says what is wrong.
        """
        kept: list[Mapping[str, str]] = []
        others: list[Mapping[str, str]] = []
        for row in rows:
            is_kept = self.kept is None or self.kept(row) or is_odd(row)
            (kept if is_kept else others).append(row)
        found = {self.name: kept}
        if self.beside:
            # Of a record that nobody needs they are nobody's business.
            found[self.beside] = [
                {name: row[name] for name in self.beside_columns if name in row}
                for row in (others if kept else ())
            ]
        return found


@dataclass(frozen=True)
class RecordSource:
    """How one record type is read.

    :param record_type: NetSuite's REST name in lower case.
    :param query: the record's table and its joins.
    :param columns: alias -> expression of the record's own row.
    :param number: alias of what a person calls the record.
    :param modified: column with the last change; empty where the table has none, so that the
        whole (small) table is read each time.
    :param open_items: condition of open items, which are read and booked first.
    :param at_first: condition of what the first import reads, where that is not everything.
    :param stored_with: name of the part without whose rows a record is not stored.
    :param customers_on_lines: the record has no customer of its own, its lines have.
    :param parts: rows that belong to a record.
    :param optional: columns that not every account or role has; not asked for when unknown.
    :param one_world: the record type exists only in an account with subsidiaries.
    :param dated: column with a document's date; empty for what is no document.
    :param open_columns: columns of the header that are not zero while a document is open.
    :param line_amounts: open amounts that the headers of this account lack and its lines have.
    :param linked_by: what tells that a record was applied to another one, besides its own last
        change: ``link``, the link's own date, or ``ends``, the last change of what it is applied
        to; empty for nothing.
    :param projects: the account has projects, each of which stands for its customer.
    """

    record_type: str
    query: Query
    columns: Columns
    number: str
    modified: str = "lastmodifieddate"
    open_items: Condition | None = None
    at_first: Condition | None = None
    stored_with: str = ""
    customers_on_lines: bool = False
    parts: tuple[Part, ...] = ()
    optional: Collection[str] = field(default_factory=frozenset)
    one_world: bool = False
    dated: str = ""
    open_columns: tuple[str, ...] = ()
    line_amounts: tuple[str, ...] = ()
    linked_by: str = ""

    def document(
        self,
        row: Mapping[str, str],
        groups: Mapping[str, Sequence[Mapping[str, str]]],
        is_odd: Callable[[str, Mapping[str, str]], bool],
    ) -> dict[str, object]:
        """Return a record as it is stored: its own row, and the rows that belong to it.

        :param groups: name of a part -> its rows of this record.
        :param is_odd: tells, of a part, a row without a key of its own.
        """
        stored: dict[str, object] = {"row": row}
        for part in self.parts:
            stored |= part.stored(groups[part.name], partial(is_odd, part.name))
        return stored

    @property
    def opens(self) -> tuple[str, ...]:
        """Return the columns of the header that tell what is open."""
        return tuple(name for name in OPEN_AMOUNTS if name in self.columns)

    projects: bool = False

    @property
    def alias(self) -> str:
        """Return the name of the record's table in all queries of this record source."""
        return self.query.alias


@dataclass(frozen=True)
class Window:
    """Which records of a record source are read.

    :param since: wall time ``YYYY-MM-DD HH:MM:SS`` of NetSuite's session; None from the start.
    :param until: likewise; None without end.
    :param after: internal id up to which the window was read before.
    :param open_only: only open items.
    :param at_first: only what the first import reads.
    :param ids: only these internal ids, whenever they changed.
    :param customers: only transactions of these customers.
    :param dated_from: only documents of this date or later.
    :param dated_before: only documents of an earlier date.
    :param in_history: only documents of this date or later, and older ones that are open.
    """

    since: str | None = None
    until: str | None = None
    after: int = 0
    open_only: bool = False
    at_first: bool = False
    ids: tuple[int, ...] = ()
    customers: tuple[int, ...] = ()
    dated_from: dt.date | None = None
    dated_before: dt.date | None = None
    in_history: dt.date | None = None


def header_query(source: RecordSource, window: Window, missing: Collection[str] = ()) -> Query:
    """Return the query of the records' own rows, ordered by internal id.

    The window is fixed and the order is the id alone. So a row that changes meanwhile leaves
    the window and comes with the next one, and no page depends on a clock or a time zone.

    :param missing: aliases that this account does not have.
    """
    columns = {name: value for name, value in source.columns.items() if name not in missing}
    if source.modified and "lastmodified" not in missing:
        columns["lastmodified"] = moment(f"{source.alias}.{source.modified}")
    query = _windowed(source.query, source, window)
    return query.select(**columns).keyset("id")


def part_query(
    source: RecordSource, part: Part, window: Window, missing: Collection[str] = ()
) -> Query:
    """Return the query of the rows that belong to the records of `header_query`."""
    columns = {name: value for name, value in part.columns.items() if name not in missing}
    return _windowed(part.query, source, window).select(**columns).keyset(*part.key)


def _windowed(query: Query, source: RecordSource, window: Window) -> Query:
    alias = source.alias
    if source.modified and (window.since or window.until):
        query = query.where(_changed(source, window))
    if window.after:
        query = query.where(compare(f"{alias}.id", ">", window.after))
    if window.open_only and source.open_items is not None:
        query = query.where(source.open_items)
    if window.ids:
        query = query.where(among(f"{alias}.id", window.ids))
    if window.at_first and source.at_first is not None:
        query = query.where(source.at_first)
    if window.customers and source.customers_on_lines:
        theirs = of_customers("jl.entity", window.customers, projects=source.projects)
        query = query.where(on_lines(theirs))
    elif window.customers:
        entity = f"{alias}.entity"
        query = query.where(of_customers(entity, window.customers, projects=source.projects))
    if source.dated:
        query = query.where(*_dates(source, window))
    return query


def _changed(source: RecordSource, window: Window) -> Condition:
    """Return the condition of records that changed, or were applied to another one, in a window.

    Applying a payment need not move its own last change (docs/NETSUITE.md 4.6). One condition of
    the same query finds it, so a synchronisation makes no call more for that.
    """
    own = within(f"{source.alias}.{source.modified}", window.since, window.until)
    if not (window.since and source.linked_by):
        return own
    by_link = source.linked_by == "link"
    joined = "" if by_link else " JOIN transaction kp ON kp.id = kl.previousdoc"
    moved = within(
        "kl.lastmodifieddate" if by_link else "kp.lastmodifieddate", window.since, window.until
    )
    # The text is written in this file, and a condition's names and values are checked.
    links = f"SELECT kl.nextdoc FROM previoustransactionlinelink kl{joined}"  # noqa: S608
    return any_of(own, Condition(f"{source.alias}.id IN ({links} WHERE {moved.sql})"))


def _dates(source: RecordSource, window: Window) -> list[Condition]:
    date = f"{source.alias}.{source.dated}"
    conditions = []
    if window.dated_from:
        conditions.append(compare(date, ">=", window.dated_from))
    if window.dated_before:
        conditions.append(compare(date, "<", window.dated_before))
    if window.in_history:
        since = compare(date, ">=", window.in_history)
        conditions.append(any_of(since, source.open_items) if source.open_items else since)
    return conditions


def counts() -> Condition:
    """Return the condition of transactions that have amounts: they are not voided, or still post.

    What is voided by turning it to zero counts for nothing. What is voided by a journal keeps its
    lines, and the journal that takes it back has lines of its own.
    """
    posting = on_lines(
        compare("jg.amount", "<>", 0),
        " JOIN transactionaccountingline jg ON jg.transaction = jl.transaction"
        " AND jg.transactionline = jl.id JOIN transaction jt ON jt.id = jl.transaction"
        " AND jt.voided = 'T'",
    )
    return any_of(equal("t.voided", value=False), posting)
