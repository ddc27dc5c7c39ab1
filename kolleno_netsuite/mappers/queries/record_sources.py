"""What is read of each record type: tables, columns, and the rows that belong to it.

Tables and columns are NetSuite's (docs/NETSUITE.md 4.3). Dates are asked for as text of
one format, since NetSuite otherwise answers in the user's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...client.suiteql import (
    Expression,
    Query,
    among,
    any_of,
    call,
    column,
    compare,
    day,
    display,
    equal,
    every,
    moment,
    same,
)
from ...const import (
    BANK_DEPOSIT_TYPE,
    CHARGE_TYPE,
    CUSTOM_TYPE,
    DEPOSIT_TYPE,
    JOURNAL_TYPE,
    MONEY_TYPES,
)
from ..account_types import RECEIVABLE
from ..landing import OPEN_AMOUNTS, OTHERS
from ..links import LINK_TYPES
from .record_source import Part, RecordSource, Window, header_query, part_query
from .transaction_types import customer_of, of_mirrored_types, of_types, on_lines

__all__ = [
    "RECORD_SOURCES",
    "Part",
    "RecordSource",
    "Window",
    "header_query",
    "part_query",
    "record_source",
]


def _plain(table: str, *names: str) -> dict[str, Expression]:
    return {name: column(f"{table}.{name}") for name in names}


def _days(table: str, *names: str) -> dict[str, Expression]:
    return {name: day(f"{table}.{name}") for name in names}


def _reference(
    record_type: str, *columns: str, number: str = "name", **more: object
) -> RecordSource:
    return RecordSource(
        record_type,
        Query(record_type, "r"),
        _plain("r", "id", *columns),
        number,
        **more,  # type: ignore[arg-type]
    )


_SUBSIDIARY = RecordSource(
    "subsidiary",
    Query("subsidiary", "r").join("currency", "c", same("c.id", "r.currency"), left=True),
    {
        **_plain("r", "id", "name", "fullname", "legalname", "currency", "country", "parent"),
        **_plain("r", "iselimination", "isinactive", "email", "state"),
        "currency_symbol": column("c.symbol"),
    },
    "name",
    optional={"legalname", "country", "email", "state", "currency_symbol"},
    one_world=True,
)
_PERIOD = RecordSource(
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
        *("itemid", "rate", "isinactive"),
        number="itemid",
        modified="",
        optional={"itemid", "rate", "isinactive"},
    ),
    _PERIOD,
)

_CUSTOMER = RecordSource(
    "customer",
    Query("customer", "c"),
    {
        **_plain("c", "id", "entityid", "companyname", "altname", "isperson", "firstname"),
        **_plain("c", "middlename", "lastname", "email", "phone", "altphone", "mobilephone"),
        **_plain("c", "fax", "url", "currency", "terms", "parent", "receivablesaccount"),
        **_plain("c", "externalid", "isinactive", "creditlimit", "comments"),
        **_plain("c", "representingsubsidiary", "searchstage"),
        "datecreated": moment("c.datecreated"),
    },
    "entityid",
    optional={
        *("altname", "middlename", "altphone", "mobilephone", "fax", "url", "terms"),
        *("receivablesaccount", "creditlimit", "comments", "datecreated", "currency"),
        *("representingsubsidiary", "searchstage"),
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
            optional=True,
        ),
        Part(
            "subsidiaries",
            Query("customersubsidiaryrelationship", "s").join(
                "customer", "c", same("c.id", "s.entity")
            ),
            _plain("s", "id", "entity", "subsidiary", "isprimarysub"),
            ("entity", "id"),
            one_world=True,
            optional=True,
        ),
    ),
)

_CONTACT = RecordSource(
    "contact",
    Query("contact", "n"),
    {
        **_plain("n", "id", "entityid", "firstname", "middlename", "lastname", "title", "email"),
        **_plain("n", "altemail", "phone", "officephone", "mobilephone", "company"),
        **_plain("n", "isinactive", "isprivate", "contactrole", "externalid"),
        "role_name": display("n.contactrole"),
    },
    "entityid",
    optional={
        *("middlename", "title", "altemail", "officephone", "mobilephone", "isprivate"),
        *("contactrole", "role_name", "role", "externalid"),
    },
    parts=(
        # What a contact is to each of its customers; the first one is also its `company`.
        Part(
            "companies",
            Query("companycontactrelationship", "r").join(
                "contact", "n", same("n.id", "r.contact")
            ),
            {**_plain("r", "contact", "company", "role"), "role_name": display("r.role")},
            ("contact", "company"),
            optional=True,
        ),
    ),
)


_PRIMARY_LEDGER = every(
    same("g.transaction", "l.transaction"),
    same("g.transactionline", "l.id"),
    equal("g.accountingbook", 1),
)


def _project(query: Query, alias: str, entity: str, *, projects: bool) -> Query:
    """Return a query joined with the project that an entity may be."""
    return query.join("job", alias, same(f"{alias}.id", entity), left=True) if projects else query


def _customer(alias: str, entity: str, *, projects: bool) -> Expression:
    """Return the customer of an entity, after `_project`."""
    return customer_of(entity, alias) if projects else column(entity)


def _lines(record_type: str, *, projects: bool) -> Part:
    query = (
        Query("transactionline", "l")
        .join("transaction", "t", same("t.id", "l.transaction"))
        .join("transactionaccountingline", "g", _PRIMARY_LEDGER, left=True)
        .where(of_types([record_type]))
    )
    return Part(
        "lines",
        _project(query, "lj", "l.entity", projects=projects),
        {
            "transaction": column("l.transaction"),
            "line": column("l.id"),
            **_plain("l", "mainline", "taxline", "iscogs", "item", "quantity", "rate"),
            **_plain("l", "foreignamount", "memo", "subsidiary"),
            **_plain("l", "department", "class", "location"),
            "subentity": _customer("lj", "l.entity", projects=projects),
            "item_name": display("l.item"),
            **_plain("g", "account", "debit", "credit", "amount"),
            **_plain("g", "amountunpaid", "paymentamountunused"),
        },
        ("transaction", "line"),
        needed=True,
    )


def _links(record_type: str) -> Part:
    """Return what a type applies; between documents that are mirrored also by unknown words."""
    applying = any_of(among("k.linktype", LINK_TYPES), of_mirrored_types("p"))
    return Part(
        "links",
        Query("previoustransactionlinelink", "k")
        .join("transaction", "t", same("t.id", "k.nextdoc"))
        .join("transaction", "p", same("p.id", "k.previousdoc"))
        .where(applying, of_types([record_type])),
        {
            **_plain("k", "previousdoc", "previousline", "nextdoc", "nextline", "foreignamount"),
            "linktype": column("k.linktype"),
            "previoustype": column("p.type"),
        },
        ("nextdoc", "nextline", "previousdoc", "previousline"),
    )


_UNPAID, _UNUSED = "foreignamountunpaid", "foreignpaymentamountunused"


def _transaction(
    record_type: str, *open_columns: str, applies: bool = True, projects: bool
) -> RecordSource:
    """Return how documents of one customer are read.

    :param open_columns: those that are not zero while a document is open.
    :param applies: its links say what it pays.
    """
    project = {
        "project": column("pj.id"),
        "project_name": call("COALESCE", "pj.companyname", "pj.entityid"),
    }
    is_open = [compare(f"t.{name}", "<>", 0) for name in open_columns]
    lines = _lines(record_type, projects=projects)
    return RecordSource(
        record_type,
        _project(
            Query("transaction", "t").where(of_types([record_type])),
            *("pj", "t.entity"),
            projects=projects,
        ),
        {
            **_plain("t", "id", "tranid", "type", "currency", "exchangerate"),
            "entity": _customer("pj", "t.entity", projects=projects),
            **(project if projects else {}),
            **_plain("t", "foreigntotal", "foreignamountunpaid", "foreignpaymentamountunused"),
            **_plain("t", "status", "posting", "postingperiod", "voided", "memo", "otherrefnum"),
            **_plain("t", "externalid", "terms", "paymentmethod"),
            **_plain("t", "intercotransaction", "intercostatus"),
            **_days("t", "trandate", "duedate"),
            "createddate": moment("t.createddate"),
        },
        "tranid",
        open_items=any_of(*is_open) if is_open else None,
        open_columns=open_columns,
        parts=(lines, _links(record_type)) if applies else (lines,),
        optional={
            *("otherrefnum", "terms", "paymentmethod", "postingperiod", "createddate", "memo"),
            *("department", "class", "location", "subentity"),
            *("amountunpaid", "paymentamountunused"),
            *("intercotransaction", "intercostatus"),
            *("foreigntotal", "project_name", *OPEN_AMOUNTS),
        },
        dated="trandate",
        projects=projects,
    )


def _is_receivable_of_customer(row: Mapping[str, str]) -> bool:
    """Tell whether a line changes a customer's balance: a vendor can stand on A/R as well."""
    return row.get("accttype") == RECEIVABLE and bool(row.get("customer"))


def _journal_lines(*, projects: bool) -> Part:
    """Return the lines of a journal, each an open item of its own, with its open amounts.

    All lines are asked for, so that a journal that lost its last receivable line is told from
    one whose lines moved on meanwhile; only receivables are open items, the others of such a
    journal are stored beside them.
    """
    query = (
        Query("transactionline", "l")
        .join("transaction", "t", same("t.id", "l.transaction"))
        .join("transactionaccountingline", "g", _PRIMARY_LEDGER, left=True)
        .join("account", "a", same("a.id", "g.account"), left=True)
        .where(of_types([JOURNAL_TYPE]))
    )
    customer = _customer("lj", "l.entity", projects=projects)
    return Part(
        "lines",
        _project(query, "lj", "l.entity", projects=projects).join(
            "customer", "c", equal("c.id", customer), left=True
        ),
        {
            "transaction": column("l.transaction"),
            "line": column("l.id"),
            **_plain("l", "mainline", "foreignamount", "memo", "subsidiary"),
            **_plain("l", "foreignamountunpaid", "foreignpaymentamountunused"),
            "subentity": customer,
            "customer": column("c.id"),
            **_plain("g", "account", "debit", "credit", "amount"),
            **_plain("g", "amountunpaid", "paymentamountunused", "paymentamountused"),
            "accttype": column("a.accttype"),
        },
        ("transaction", "line"),
        needed=True,
        kept=_is_receivable_of_customer,
        beside=OTHERS,
        beside_columns=(
            *("line", "account", "foreignamount", "debit", "credit", "amount"),
            *("memo", "subsidiary"),
        ),
    )


def _journal(*, projects: bool) -> RecordSource:
    customer = _customer("jj", "jl.entity", projects=projects)
    project = " LEFT JOIN job jj ON jj.id = jl.entity" if projects else ""
    return RecordSource(
        JOURNAL_TYPE,
        Query("transaction", "t").where(of_types([JOURNAL_TYPE])),
        {
            **_plain("t", "id", "tranid", "type", "currency", "exchangerate", "foreigntotal"),
            **_plain("t", "status", "posting", "postingperiod", "voided", "memo", "externalid"),
            **_days("t", "trandate"),
            "createddate": moment("t.createddate"),
        },
        "tranid",
        open_items=on_lines(
            any_of(compare(f"jl.{_UNPAID}", "<>", 0), compare(f"jl.{_UNUSED}", "<>", 0))
        ),
        at_first=on_lines(
            equal("ja.accttype", RECEIVABLE),
            " JOIN transactionaccountingline jg ON jg.transaction = jl.transaction"
            " AND jg.transactionline = jl.id JOIN account ja ON ja.id = jg.account"
            f"{project} JOIN customer jc ON {equal('jc.id', customer).sql}",
        ),
        stored_with="lines",
        customers_on_lines=True,
        dated="trandate",
        parts=(_journal_lines(projects=projects), _links(JOURNAL_TYPE)),
        optional={
            *("memo", "postingperiod", "createddate"),
            *("amountunpaid", "paymentamountunused", "paymentamountused"),
        },
        projects=projects,
    )


def _bank_deposit() -> RecordSource:
    """Return how bank deposits are read: what they took to the bank, and whose it was.

    No source names the type of the link between a payment and its deposit, so whatever links
    them counts.
    """
    mine = of_types([BANK_DEPOSIT_TYPE])
    return RecordSource(
        BANK_DEPOSIT_TYPE,
        Query("transaction", "t").where(mine),
        {
            **_plain("t", "id", "tranid", "type", "currency", "exchangerate"),
            **_plain("t", "status", "posting", "voided", "memo", "externalid"),
            **_days("t", "trandate"),
        },
        "tranid",
        parts=(
            Part(
                "lines",
                Query("transactionline", "l")
                .join("transaction", "t", same("t.id", "l.transaction"))
                .join("transactionaccountingline", "g", _PRIMARY_LEDGER, left=True)
                .where(mine),
                {
                    "transaction": column("l.transaction"),
                    "line": column("l.id"),
                    **_plain("l", "mainline", "foreignamount", "memo", "subsidiary"),
                    "subentity": column("l.entity"),
                    **_plain("g", "account", "debit", "credit", "amount"),
                },
                ("transaction", "line"),
                needed=True,
            ),
            Part(
                "links",
                Query("previoustransactionlinelink", "k")
                .join("transaction", "t", same("t.id", "k.nextdoc"))
                .join("transaction", "p", same("p.id", "k.previousdoc"))
                .where(mine, of_types(MONEY_TYPES, "p")),
                _plain("k", "previousdoc", "previousline", "nextdoc", "nextline", "foreignamount"),
                ("nextdoc", "nextline", "previousdoc", "previousline"),
            ),
        ),
        optional={"memo", "externalid"},
        dated="trandate",
    )


def _documents(*, projects: bool) -> tuple[RecordSource, ...]:
    """Return the sources of all transactions, whose entities may be projects."""

    def source(record_type: str, *open_columns: str, applies: bool = True) -> RecordSource:
        return _transaction(record_type, *open_columns, applies=applies, projects=projects)

    return (
        source("invoice", _UNPAID, applies=False),
        source(CHARGE_TYPE, _UNPAID, applies=False),
        source(CUSTOM_TYPE, _UNPAID, _UNUSED),
        source("creditmemo", _UNUSED),
        source("customerpayment", _UNUSED),
        _journal(projects=projects),
        source(DEPOSIT_TYPE, _UNUSED, applies=False),
        source("depositapplication"),
        source("customerrefund"),
    )


_LISTS = (*_REFERENCES, _CUSTOMER, _CONTACT)
RECORD_SOURCES: dict[str, RecordSource] = {
    source.record_type: source for source in (*_LISTS, *_documents(projects=False), _bank_deposit())
}
_PROJECT_SOURCES = {source.record_type: source for source in _documents(projects=True)}


def record_source(record_type: str, *, projects: bool = False) -> RecordSource:
    """Return how a record type is read in this account.

    :param projects: the account has projects, whose documents are those of their customers. Its
        table is asked for nowhere else, because an account without the feature lacks it.
    """
    sources = {**RECORD_SOURCES, **_PROJECT_SOURCES} if projects else RECORD_SOURCES
    return sources[record_type]
