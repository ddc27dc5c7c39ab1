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
    column,
    compare,
    day,
    display,
    equal,
    every,
    moment,
    same,
)
from ...const import DEPOSIT_TYPE, JOURNAL_TYPE
from ..account_types import RECEIVABLE
from ..landing import OPEN_AMOUNTS
from ..links import LINK_TYPES
from .open_amounts import TYPE_CODES
from .record_source import Part, RecordSource, Window, header_query, on_lines, part_query

__all__ = ["RECORD_SOURCES", "Part", "RecordSource", "Window", "header_query", "part_query"]


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


def _lines(netsuite_type: str) -> Part:
    return Part(
        "lines",
        Query("transactionline", "l")
        .join("transaction", "t", same("t.id", "l.transaction"))
        .join("transactionaccountingline", "g", _PRIMARY_LEDGER, left=True)
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
    """Return what a type applies; between documents that are mirrored also by unknown words."""
    applying = any_of(among("k.linktype", LINK_TYPES), among("p.type", tuple(TYPE_CODES.values())))
    return Part(
        "links",
        Query("previoustransactionlinelink", "k")
        .join("transaction", "t", same("t.id", "k.nextdoc"))
        .join("transaction", "p", same("p.id", "k.previousdoc"))
        .where(applying, equal("t.type", netsuite_type)),
        {
            **_plain("k", "previousdoc", "previousline", "nextdoc", "nextline", "foreignamount"),
            "linktype": column("k.linktype"),
            "previoustype": column("p.type"),
        },
        ("nextdoc", "nextline", "previousdoc", "previousline"),
    )


def _transaction(
    record_type: str, netsuite_type: str, open_column: str, *parts: Part
) -> RecordSource:
    return RecordSource(
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
        open_items=compare(f"t.{open_column}", "<>", 0) if open_column else None,
        open_column=open_column,
        parts=parts,
        optional={
            *("otherrefnum", "terms", "paymentmethod", "postingperiod", "createddate", "memo"),
            *("department", "class", "location", "subentity"),
            *("amountunpaid", "paymentamountunused"),
            *("intercotransaction", "intercostatus"),
            *("foreigntotal", *OPEN_AMOUNTS),
        },
        dated="trandate",
    )


def _is_receivable_of_customer(row: Mapping[str, str]) -> bool:
    """Tell whether a line changes a customer's balance: a vendor can stand on A/R as well."""
    return row.get("accttype") == RECEIVABLE and bool(row.get("customer"))


def _journal_lines() -> Part:
    """Return the lines of a journal, each an open item of its own, with its open amounts.

    All lines are asked for, so that a journal that lost its last receivable line is told from
    one whose lines moved on meanwhile; only receivables are stored.
    """
    return Part(
        "lines",
        Query("transactionline", "l")
        .join("transaction", "t", same("t.id", "l.transaction"))
        .join("transactionaccountingline", "g", _PRIMARY_LEDGER, left=True)
        .join("account", "a", same("a.id", "g.account"), left=True)
        .join("customer", "c", same("c.id", "l.entity"), left=True)
        .where(equal("t.type", "Journal")),
        {
            "transaction": column("l.transaction"),
            "line": column("l.id"),
            **_plain("l", "mainline", "foreignamount", "memo", "subsidiary"),
            **_plain("l", "foreignamountunpaid", "foreignpaymentamountunused"),
            "subentity": column("l.entity"),
            "customer": column("c.id"),
            **_plain("g", "account", "debit", "credit", "amount"),
            **_plain("g", "amountunpaid", "paymentamountunused", "paymentamountused"),
            "accttype": column("a.accttype"),
        },
        ("transaction", "line"),
        needed=True,
        kept=_is_receivable_of_customer,
    )


_JOURNAL = RecordSource(
    JOURNAL_TYPE,
    Query("transaction", "t").where(equal("t.type", "Journal")),
    {
        **_plain("t", "id", "tranid", "type", "currency", "exchangerate", "foreigntotal"),
        **_plain("t", "status", "posting", "postingperiod", "voided", "memo", "externalid"),
        **_days("t", "trandate"),
        "createddate": moment("t.createddate"),
    },
    "tranid",
    open_items=on_lines(
        any_of(
            compare("jl.foreignamountunpaid", "<>", 0),
            compare("jl.foreignpaymentamountunused", "<>", 0),
        )
    ),
    at_first=on_lines(
        equal("ja.accttype", RECEIVABLE),
        " JOIN transactionaccountingline jg ON jg.transaction = jl.transaction"
        " AND jg.transactionline = jl.id JOIN account ja ON ja.id = jg.account"
        " JOIN customer jc ON jc.id = jl.entity",
    ),
    stored_with="lines",
    customers_on_lines=True,
    dated="trandate",
    parts=(_journal_lines(), _links("Journal")),
    optional={
        *("memo", "postingperiod", "createddate"),
        *("amountunpaid", "paymentamountunused", "paymentamountused"),
    },
)


RECORD_SOURCES: dict[str, RecordSource] = {
    source.record_type: source
    for source in (
        *_REFERENCES,
        _CUSTOMER,
        _CONTACT,
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
        _JOURNAL,
        _transaction(DEPOSIT_TYPE, "CustDep", "foreignpaymentamountunused", _lines("CustDep")),
        _transaction("depositapplication", "DepAppl", "", _lines("DepAppl"), _links("DepAppl")),
        _transaction("customerrefund", "CustRfnd", "", _lines("CustRfnd"), _links("CustRfnd")),
    )
}
