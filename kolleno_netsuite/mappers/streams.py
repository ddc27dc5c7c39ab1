"""What is read of each record type: tables, columns, and the rows that belong to it.

Tables and columns are NetSuite's (records catalogue of SuiteQL). Dates are asked for as text of
one format, since NetSuite otherwise answers in the user's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ..client.suiteql import (
    Condition,
    Expression,
    Query,
    among,
    any_of,
    column,
    compare,
    day,
    display,
    equal,
    every,
    moment,
    same,
    within,
)

Columns = Mapping[str, Expression]


def _plain(table: str, *names: str) -> dict[str, Expression]:
    return {name: column(f"{table}.{name}") for name in names}


def _days(table: str, *names: str) -> dict[str, Expression]:
    return {name: day(f"{table}.{name}") for name in names}


@dataclass(frozen=True)
class Part:
    """Rows that belong to a record: the lines of an invoice, the addresses of a customer.

    :param name: key in the stored payload.
    :param source: tables and joins; the record itself is joined under the stream's alias.
    :param columns: alias -> expression.
    :param key: aliases that order the rows, the record's internal id first; unique together.
    :param one_world: the part exists only in an account with subsidiaries.
    :param needed: no record is without such rows.
    """

    name: str
    source: Query
    columns: Columns
    key: tuple[str, ...]
    one_world: bool = False
    needed: bool = False


@dataclass(frozen=True)
class Stream:
    """How one record type is read.

    :param record_type: NetSuite's REST name in lower case.
    :param source: the record's table and its joins.
    :param columns: alias -> expression of the record's own row.
    :param number: alias of what a person calls the record.
    :param modified: column with the last change; empty where the table has none, so that the
        whole (small) table is read each time.
    :param open_items: condition of open items, which are read and booked first.
    :param parts: rows that belong to a record.
    :param optional: columns that not every account or role has; left out when unknown.
    :param one_world: the record type exists only in an account with subsidiaries.
    :param dated: column with a document's date; empty for what is no document.
    """

    record_type: str
    source: Query
    columns: Columns
    number: str
    modified: str = "lastmodifieddate"
    open_items: Condition | None = None
    parts: tuple[Part, ...] = ()
    optional: Collection[str] = field(default_factory=frozenset)
    one_world: bool = False
    dated: str = ""

    @property
    def alias(self) -> str:
        """Return the name of the record's table in all queries of this stream."""
        return self.source.alias


@dataclass(frozen=True)
class Window:
    """Which records of a stream are read.

    :param since: wall time ``YYYY-MM-DD HH:MM:SS`` of NetSuite's session; None from the start.
    :param until: likewise; None without end.
    :param after: internal id up to which the window was read before.
    :param open_only: only open items.
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
    ids: tuple[int, ...] = ()
    customers: tuple[int, ...] = ()
    dated_from: dt.date | None = None
    dated_before: dt.date | None = None
    in_history: dt.date | None = None


def header_query(stream: Stream, window: Window, left_out: Collection[str] = ()) -> Query:
    """Return the query of the records' own rows, ordered by internal id.

    The window is fixed and the order is the id alone. So a row that changes meanwhile leaves
    the window and comes with the next one, and no page depends on a clock or a time zone.

    :param left_out: aliases that this account does not have.
    """
    columns = {name: value for name, value in stream.columns.items() if name not in left_out}
    if stream.modified and "lastmodified" not in left_out:
        columns["lastmodified"] = moment(f"{stream.alias}.{stream.modified}")
    query = _windowed(stream.source, stream, window)
    return query.select(**columns).keyset("id")


def part_query(stream: Stream, part: Part, window: Window, left_out: Collection[str] = ()) -> Query:
    """Return the query of the rows that belong to the records of `header_query`."""
    columns = {name: value for name, value in part.columns.items() if name not in left_out}
    return _windowed(part.source, stream, window).select(**columns).keyset(*part.key)


def _windowed(source: Query, stream: Stream, window: Window) -> Query:
    alias = stream.alias
    query = source
    if stream.modified and (window.since or window.until):
        query = query.where(within(f"{alias}.{stream.modified}", window.since, window.until))
    if window.after:
        query = query.where(compare(f"{alias}.id", ">", window.after))
    if window.open_only and stream.open_items is not None:
        query = query.where(stream.open_items)
    if window.ids:
        query = query.where(among(f"{alias}.id", window.ids))
    if window.customers:
        query = query.where(among(f"{alias}.entity", window.customers))
    if stream.dated:
        query = query.where(*_dates(stream, window))
    return query


def _dates(stream: Stream, window: Window) -> list[Condition]:
    date = f"{stream.alias}.{stream.dated}"
    conditions = []
    if window.dated_from:
        conditions.append(compare(date, ">=", window.dated_from))
    if window.dated_before:
        conditions.append(compare(date, "<", window.dated_before))
    if window.in_history:
        since = compare(date, ">=", window.in_history)
        conditions.append(any_of(since, stream.open_items) if stream.open_items else since)
    return conditions


def _reference(record_type: str, *columns: str, number: str = "name", **more: object) -> Stream:
    return Stream(
        record_type,
        Query(record_type, "r"),
        _plain("r", "id", *columns),
        number,
        **more,  # type: ignore[arg-type]
    )


_SUBSIDIARY = Stream(
    "subsidiary",
    Query("subsidiary", "r").join("currency", "c", same("c.id", "r.currency"), left=True),
    {
        **_plain("r", "id", "name", "fullname", "legalname", "currency", "country", "parent"),
        **_plain("r", "iselimination", "isinactive", "email", "state"),
        "currency_symbol": column("c.symbol"),
    },
    "name",
    optional={"legalname", "country", "email", "state"},
    one_world=True,
)
_PERIOD = Stream(
    "accountingperiod",
    Query("accountingperiod", "r"),
    {
        **_plain("r", "id", "periodname", "closed", "arlocked", "alllocked"),
        **_plain("r", "isquarter", "isyear", "isinactive"),
        **_days("r", "startdate", "enddate"),
    },
    "periodname",
    optional={"arlocked", "alllocked", "isinactive"},
)
_REFERENCES = (
    _SUBSIDIARY,
    _reference(
        "currency",
        *("name", "symbol", "displaysymbol", "exchangerate"),
        *("currencyprecision", "isbasecurrency", "isinactive"),
        number="symbol",
        optional={"displaysymbol", "currencyprecision", "isbasecurrency"},
    ),
    _reference(
        "account",
        *("acctnumber", "accountsearchdisplayname", "fullname", "accttype", "sspecacct"),
        *("currency", "parent", "isinactive", "issummary", "subsidiary", "eliminate"),
        number="accountsearchdisplayname",
        optional={"sspecacct", "currency", "issummary", "subsidiary", "eliminate"},
    ),
    _reference(
        "term",
        *("name", "daysuntilnetdue", "daysuntilexpiry", "discountpercent", "isinactive"),
        modified="",
        optional={"daysuntilnetdue", "daysuntilexpiry", "discountpercent", "isinactive"},
    ),
    _reference("paymentmethod", "name", "isinactive", modified="", optional={"isinactive"}),
    _reference(
        "salestaxitem",
        *("name", "itemid", "rate", "isinactive"),
        modified="",
        optional={"name", "itemid", "rate", "isinactive"},
    ),
    _PERIOD,
)

_CUSTOMER = Stream(
    "customer",
    Query("customer", "c"),
    {
        **_plain("c", "id", "entityid", "companyname", "altname", "isperson", "firstname"),
        **_plain("c", "middlename", "lastname", "email", "phone", "altphone", "mobilephone"),
        **_plain("c", "fax", "url", "currency", "terms", "parent", "receivablesaccount"),
        **_plain("c", "externalid", "isinactive", "creditlimit", "comments"),
        **_plain("c", "representingsubsidiary"),
        "datecreated": moment("c.datecreated"),
    },
    "entityid",
    optional={
        *("altname", "middlename", "altphone", "mobilephone", "fax", "url", "terms"),
        *("receivablesaccount", "creditlimit", "comments", "datecreated", "currency"),
        "representingsubsidiary",
    },
    parts=(
        Part(
            "addresses",
            Query("customeraddressbook", "b")
            .join("customer", "c", same("c.id", "b.entity"))
            .join("customeraddressbookentityaddress", "a", same("a.nkey", "b.addressbookaddress")),
            {
                "entity": column("b.entity"),
                "addressid": column("b.addressbookaddress"),
                **_plain("b", "label", "defaultbilling", "defaultshipping"),
                **_plain("a", "addr1", "addr2", "addr3", "addressee", "attention", "addrphone"),
                **_plain("a", "city", "state", "zip", "country"),
            },
            ("entity", "addressid"),
        ),
        Part(
            "subsidiaries",
            Query("customersubsidiaryrelationship", "s").join(
                "customer", "c", same("c.id", "s.entity")
            ),
            _plain("s", "id", "entity", "subsidiary", "isprimarysub"),
            ("entity", "id"),
            one_world=True,
        ),
    ),
)


def _lines(netsuite_type: str) -> Part:
    return Part(
        "lines",
        Query("transactionline", "l")
        .join("transaction", "t", same("t.id", "l.transaction"))
        .join(
            "transactionaccountingline",
            "g",
            every(
                same("g.transaction", "l.transaction"),
                same("g.transactionline", "l.id"),
                equal("g.accountingbook", 1),
            ),
            left=True,
        )
        .where(equal("t.type", netsuite_type)),
        {
            "transaction": column("l.transaction"),
            "line": column("l.id"),
            **_plain("l", "mainline", "taxline", "iscogs", "item", "quantity", "rate"),
            **_plain("l", "foreignamount", "memo", "subsidiary"),
            **_plain("l", "department", "class", "location"),
            "subentity": column("l.entity"),
            "item_name": display("l.item"),
            **_plain("g", "account", "debit", "credit", "amount"),
            **_plain("g", "amountunpaid", "paymentamountunused"),
        },
        ("transaction", "line"),
        needed=True,
    )


def _links(netsuite_type: str) -> Part:
    return Part(
        "links",
        Query("previoustransactionlinelink", "k")
        .join("transaction", "t", same("t.id", "k.nextdoc"))
        .join("transaction", "p", same("p.id", "k.previousdoc"))
        .where(equal("k.linktype", "Payment"), equal("t.type", netsuite_type)),
        {
            **_plain("k", "previousdoc", "previousline", "nextdoc", "nextline", "foreignamount"),
            "previoustype": column("p.type"),
        },
        ("nextdoc", "nextline", "previousdoc", "previousline"),
    )


def _transaction(record_type: str, netsuite_type: str, open_column: str, *parts: Part) -> Stream:
    return Stream(
        record_type,
        Query("transaction", "t").where(equal("t.type", netsuite_type)),
        {
            **_plain("t", "id", "tranid", "type", "entity", "currency", "exchangerate"),
            **_plain("t", "foreigntotal", "foreignamountunpaid", "foreignpaymentamountunused"),
            **_plain("t", "status", "posting", "postingperiod", "voided", "memo", "otherrefnum"),
            **_plain("t", "externalid", "terms", "paymentmethod"),
            **_plain("t", "intercotransaction", "intercostatus"),
            **_days("t", "trandate", "duedate"),
            "createddate": moment("t.createddate"),
        },
        "tranid",
        open_items=compare(f"t.{open_column}", "<>", 0),
        parts=parts,
        optional={
            *("otherrefnum", "terms", "paymentmethod", "postingperiod", "createddate", "memo"),
            *("department", "class", "location", "subentity"),
            *("amountunpaid", "paymentamountunused"),
            *("intercotransaction", "intercostatus"),
        },
        dated="trandate",
    )


STREAMS: dict[str, Stream] = {
    stream.record_type: stream
    for stream in (
        *_REFERENCES,
        _CUSTOMER,
        _transaction("invoice", "CustInvc", "foreignamountunpaid", _lines("CustInvc")),
        _transaction(
            "creditmemo",
            "CustCred",
            "foreignpaymentamountunused",
            _lines("CustCred"),
            _links("CustCred"),
        ),
        _transaction(
            "customerpayment",
            "CustPymt",
            "foreignpaymentamountunused",
            _lines("CustPymt"),
            _links("CustPymt"),
        ),
    )
}
