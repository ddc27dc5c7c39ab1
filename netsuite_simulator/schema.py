"""The SuiteQL tables of the account: names, columns and kinds.

Sources: NetSuite's column names as public SuiteQL clients and data sets use them
(docs/NETSUITE.md 4.3). Names are lower case, as SuiteQL answers them.

Storage: money and numbers are integers of 1/SCALE, so that sums are exact; booleans are 'T' or
'F'; dates `YYYY-MM-DD`; times `YYYY-MM-DD HH:MM:SS` in UTC; several ids `3, 5`; NULL is no
value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .switches import Switches

SCALE = 10**8


class Kind(str):
    """Kind of a column: id, ref:<table>, multi:<table>, text, longtext, date, datetime, money,
    number, integer, bool, enum:<type>."""

    __slots__ = ()

    @property
    def base(self) -> str:
        """The part before the colon."""
        return self.partition(":")[0]

    @property
    def target(self) -> str:
        """The table of a ref or multi, the type of an enum, else an empty text."""
        return self.partition(":")[2]

    @property
    def storage(self) -> str:
        """The SQLite type that the column is declared with."""
        return "INTEGER" if self.base in ("id", "ref", "integer", "money", "number") else "TEXT"

    @property
    def scaled(self) -> bool:
        """Whether stored integers are in units of 1/SCALE."""
        return self.base in ("money", "number")


class Table(dict[str, Kind]):
    """A table: its columns in order, each with its kind."""

    def __init__(self, name: str, columns: dict[str, Kind], key: tuple[str, ...]) -> None:
        super().__init__(columns)
        self.name = name
        self.key = key


# One line per table: name, "|", its key columns, ":", then column:kind; kind "text" is left out.
_TABLES = """
transaction|id: id:id tranid trandisplayname transactionnumber type:enum:transactiontype
 recordtype abbrevtype trandate:date duedate:date closedate:date createddate:datetime
 lastmodifieddate:datetime createdby:ref:employee lastmodifiedby:ref:employee entity:ref:entity
 subsidiary:ref:subsidiary currency:ref:currency exchangerate:number foreigntotal:money total:money
 foreignamountpaid:money foreignamountunpaid:money foreignpaymentamountused:money
 foreignpaymentamountunused:money status:enum:transactionstatus approvalstatus:enum:approvalstatus
 posting:bool postingperiod:ref:accountingperiod void:bool voided:bool memo otherrefnum externalid
 billingaddress:ref:transactionbillingaddress shippingaddress:ref:transactionshippingaddress
 terms:ref:term paymentmethod:ref:paymentmethod paymentoption:ref:paymentmethod
 salesrep:ref:employee email isreversal:bool isfinchrg:bool
 intercotransaction:ref:transaction intercostatus
 reversal:ref:transaction nexus source customform:id
 custbody_stage custbody_promise_date:date custbody_invoice_pdf:ref:file custbody_dispute:bool
 custbody15 custbody16 custbody17
 custbody_carrier:ref:customlist_carrier custbody_tags:multi:customlist_tag
 custbody_collection_stage:ref:customlist_collection_stage custbody_last_chased:date
 custbody_do_not_chase:bool custbody_chase_note custbody_chase_history:longtext
 custbody_chase_score:number custbody_chase_count:integer custbody_chased_at:datetime
transactionline|transaction,id: transaction:ref:transaction id:id linesequencenumber:id
 uniquekey:id mainline:bool taxline:bool iscogs:bool item:ref:item itemtype quantity:number
 rate:number rateamount:money foreignamount:money netamount:money creditforeignamount:money
 debitforeignamount:money foreignamountpaid:money foreignamountunpaid:money
 foreignpaymentamountused:money foreignpaymentamountunused:money expenseaccount:ref:account
 entity:ref:entity subsidiary:ref:subsidiary department:ref:department class:ref:classification
 location:ref:location memo createdfrom:ref:transaction isclosed:bool transactionlinetype
 linelastmodifieddate:datetime duedate:date
transactionaccountingline|transaction,transactionline,accountingbook: transaction:ref:transaction
 transactionline:id accountingbook:id account:ref:account posting:bool amount:money debit:money
 credit:money netamount:money exchangerate:number amountpaid:money amountunpaid:money
 paymentamountused:money paymentamountunused:money amountlinked:money
nexttransactionlinelink|: {link}
previoustransactionlinelink|: {link}
customer|id: id:id entityid entitytitle altname companyname isperson:bool firstname middlename
 lastname email phone altphone mobilephone fax url currency:ref:currency terms:ref:term
 parent:ref:customer receivablesaccount:ref:account externalid isinactive:bool datecreated:datetime
 lastmodifieddate:datetime defaultbillingaddress:ref:customeraddressbook
 defaultshippingaddress:ref:customeraddressbook creditlimit:money creditholdoverride:enum:credithold
 emailtransactions:bool category searchstage entitystatus salesrep:ref:employee language comments
 resalenumber balancesearch:money consolbalancesearch:money overduebalancesearch:money
 depositbalancesearch:money
 custentity_ap_email custentity_hold:bool custentity_risk_score:number custentity_review_date:date
 altemail
 custentity_carrier:ref:customlist_carrier custentity_tags:multi:customlist_tag
 custentity_on_hold:bool custentity_average_delay:number custentity_open_promises:integer
 custentity_collection_stage:ref:customlist_collection_stage custentity_collection_notes:longtext
 custentity_last_contacted:datetime
 representingsubsidiary:ref:subsidiary
customersubsidiaryrelationship|id: id:id entity:ref:customer subsidiary:ref:subsidiary
 isprimarysub:bool name balance:money depositbalance:money unbilledorders:money
 primarycurrency:ref:currency lastmodifieddate:datetime externalid
contact|id: id:id entityid entitytitle company:ref:customer salutation firstname middlename lastname
 title email altemail phone officephone homephone mobilephone isprivate:bool isinactive:bool
 subsidiary:ref:subsidiary contactrole:ref:contactrole category comments externalid
 datecreated:datetime lastmodifieddate:datetime
contactrole|id: id:id name isinactive:bool externalid lastmodifieddate:datetime
companycontactrelationship|contact,company: contact:ref:contact company:ref:customer
 role:ref:contactrole
job|id: id:id entityid entitytitle altname companyname customer:ref:customer parent:ref:customer
 currency:ref:currency entitystatus startdate:date enddate:date comments isinactive:bool externalid
 datecreated:datetime lastmodifieddate:datetime
entity|id: id:id entityid entitytitle altname type email customer:ref:customer project:ref:job
 parent:id isinactive:bool externalid datecreated:datetime lastmodifieddate:datetime
vendor|id: id:id entityid companyname email isinactive:bool externalid lastmodifieddate:datetime
customeraddressbook|internalid: internalid:id entity:ref:customer
 addressbookaddress:ref:customeraddressbookentityaddress defaultbilling:bool defaultshipping:bool
 label
customeraddressbookentityaddress|nkey: {address}
entityaddress|nkey: {address}
transactionbillingaddress|nkey: {address}
transactionshippingaddress|nkey: {address}
currency|id: id:id name symbol displaysymbol exchangerate:number currencyprecision:id
 isbasecurrency:bool isinactive:bool lastmodifieddate:datetime externalid
currencyrate|id: id:id basecurrency:ref:currency transactioncurrency:ref:currency
 effectivedate:date exchangerate:number lastmodifieddate:datetime externalid
consolidatedexchangerate|id: id:id postingperiod:ref:accountingperiod fromcurrency:ref:currency
 tocurrency:ref:currency fromsubsidiary:ref:subsidiary tosubsidiary:ref:subsidiary
 averagerate:number currentrate:number historicalrate:number accountingbook:id externalid
subsidiary|id: id:id name fullname legalname currency:ref:currency country:enum:country
 parent:ref:subsidiary iselimination:bool isinactive:bool email state
 mainaddress:ref:entityaddress fiscalcalendar:id lastmodifieddate:datetime externalid
account|id: id:id acctnumber accountsearchdisplayname accountsearchdisplaynamecopy
 displaynamewithhierarchy fullname accttype:enum:accounttype sspecacct currency:ref:currency
 parent:ref:account isinactive:bool issummary:bool subsidiary eliminate:bool externalid
 lastmodifieddate:datetime
accountingperiod|id: id:id periodname startdate:date enddate:date closed:bool closedondate:date
 alllocked:bool arlocked:bool aplocked:bool allownonglchanges:bool isadjust:bool isposting:bool
 isquarter:bool isyear:bool isinactive:bool parent:ref:accountingperiod lastmodifieddate:datetime
term|id: id:id name daysuntilnetdue:id daysuntilexpiry:id discountpercent:number datedriven:bool
 isinactive:bool externalid lastmodifieddate:datetime
paymentmethod|id: id:id name isinactive:bool account:ref:account undepfunds:bool externalid
 lastmodifieddate:datetime
salestaxitem|id: id:id name itemid rate:number taxtype taxaccount:ref:account country:enum:country
 isinactive:bool externalid lastmodifieddate:datetime
department|id: {segment} parent:ref:department
location|id: {segment} parent:ref:location
classification|id: {segment} parent:ref:classification
item|id: id:id itemid fullname displayname itemtype description incomeaccount:ref:account
 isinactive:bool externalid lastmodifieddate:datetime
employee|id: id:id entityid firstname lastname email issalesrep:bool isinactive:bool externalid
 lastmodifieddate:datetime
systemnote|id: id:id date:datetime field oldvalue newvalue recordid:id recordtypeid:id
 name:ref:employee role context
deletedrecord|: type recordtypeid:id scriptid recordid:id name deleteddate:datetime
 deletedby:ref:employee context iscustomlist:bool iscustomrecord:bool iscustomtransaction:bool
companyfeaturesetup|id: id:text name isactive:bool isavailable:bool
file|id: id:id name folder:ref:mediaitemfolder filetype filesize:id url lastmodifieddate:datetime
mediaitemfolder|id: id:id name parent:ref:mediaitemfolder isinactive:bool lastmodifieddate:datetime
scriptnote|internalid: internalid:id date:datetime type title detail scripttype:ref:script
script|id: id:id scriptid name scripttype
customlist_carrier|id: {list}
customlist_tag|id: {list}
customlist_collection_stage|id: {list}
scriptdeployment|id: id:id script:ref:script scriptid status isdeployed:bool
"""

_SHARED = {
    "address": (
        "nkey:id addr1 addr2 addr3 addressee attention addrphone addrtext city state dropdownstate"
        " zip country:enum:country override:bool recordowner:id lastmodifieddate:datetime"
    ),
    "link": (
        "previousdoc:ref:transaction previousline:id previoustype:enum:transactiontype"
        " nextdoc:ref:transaction nextline:id nexttype:enum:transactiontype linktype"
        " foreignamount:money lastmodifieddate:datetime"
    ),
    "list": (
        "id:id name isinactive:bool externalid created:datetime lastmodified:datetime recordid:id"
        " scriptid"
    ),
    "segment": (
        "id:id name fullname subsidiary isinactive:bool externalid lastmodifieddate:datetime"
    ),
}


def _parse_tables() -> dict[str, Table]:
    tables: dict[str, Table] = {}
    definitions = _TABLES.format(**_SHARED).replace("\n ", " ").strip().splitlines()
    for definition in definitions:
        head, _, rest = definition.partition(": ")
        name, _, key = head.partition("|")
        columns = {}
        for item in rest.split():
            column, _, kind = item.partition(":")
            columns[column] = Kind(kind or "text")
        tables[name] = Table(name, columns, tuple(key.split(",")) if key else ())
    return tables


TABLES: dict[str, Table] = _parse_tables()
# The tables of what stands in a transaction.
LINES = frozenset({"transactionline", "transactionaccountingline"})

# Views of the books and the stored table behind each; the others are stored as they are.
STORED_AS = {
    "customer": "_customer",
    "customersubsidiaryrelationship": "_customersubsidiaryrelationship",
    "entity": "_customer",
    "nexttransactionlinelink": "_application",
    "previoustransactionlinelink": "_application",
    "deletedrecord": "_deletedrecord",
    "companyfeaturesetup": "_companyfeaturesetup",
    "customeraddressbookentityaddress": "entityaddress",
    "transactionbillingaddress": "entityaddress",
    "transactionshippingaddress": "entityaddress",
}

_NAMED = "name"
_DISPLAY = {
    "customer": "{a}entityid || CASE WHEN {a}companyname IS NULL OR {a}companyname = {a}entityid"
    " THEN '' ELSE ' ' || {a}companyname END",
    # A column of the view that SuiteQL does not show.
    "entity": "{a}shown",
    "contact": "{a}entityid",
    "employee": "{a}entityid",
    "job": "{a}entityid",
    "vendor": "{a}entityid",
    "transaction": "{a}trandisplayname",
    "account": "{a}accountsearchdisplayname",
    "accountingperiod": "{a}periodname",
    "subsidiary": "{a}fullname",
    "item": "{a}itemid",
    "salestaxitem": "{a}itemid",
    "customeraddressbook": "{a}label",
    "entityaddress": "{a}addrtext",
    "customeraddressbookentityaddress": "{a}addrtext",
    "transactionbillingaddress": "{a}addrtext",
    "transactionshippingaddress": "{a}addrtext",
}


def display_name(table: str, alias: str = "") -> str:
    """Return the SQL expression of the text that BUILTIN.DF shows for a reference to the table.

    :param alias: name by which the query knows the table; empty when there is only one.
    """
    prefix = f"{alias}." if alias else ""
    return _DISPLAY.get(table, "{a}" + _NAMED).format(a=prefix)


class Feature(NamedTuple):
    """A feature of the account (Setup > Company > Enable Features).

    :param name: as NetSuite's page shows it.
    :param tables: tables that exist only with it; columns that refer to them go with them.
    :param columns: further columns, `table.column`, that exist only with it.
    """

    name: str
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


# By NetSuite's code, as `companyfeaturesetup` has it.
FEATURES: dict[str, Feature] = {
    "SUBSIDIARIES": Feature(
        "Subsidiaries",
        ("subsidiary", "customersubsidiaryrelationship", "consolidatedexchangerate"),
        ("transaction.intercotransaction", "transaction.intercostatus"),
    ),
    "MULTICURRENCY": Feature(
        "Multiple Currencies",
        ("currency", "currencyrate", "consolidatedexchangerate"),
        ("transaction.exchangerate", "transactionaccountingline.exchangerate"),
    ),
    "JOBS": Feature("Projects", ("job",)),
    "ACCOUNTINGPERIODS": Feature("Accounting Periods", ("accountingperiod",)),
    "DEPARTMENTS": Feature("Departments", ("department",)),
    "CLASSES": Feature("Classes", ("classification",)),
    "LOCATIONS": Feature("Locations", ("location",)),
    "INTERCOMPANYAUTOELIMINATION": Feature(
        "Automated Intercompany Management",
        (),
        (
            "customer.representingsubsidiary",
            "transaction.intercotransaction",
            "transaction.intercostatus",
        ),
    ),
    "TAX_OVERHAULING": Feature("SuiteTax"),
    "RECEIVABLES": Feature("A/R"),
    "CRM": Feature("Customer Relationship Management"),
}

# Stored for the books' own use; no listing of a real account has them.
_NEVER_SHOWN = frozenset(
    {
        "transaction.total",
        "transaction.salesrep",
        "salestaxitem.name",
        "salestaxitem.country",
        "term.datedriven",
        "term.lastmodifieddate",
    }
)


def active_features(switches: Switches) -> frozenset[str]:
    """Return the codes of the features that are on in this account."""
    off = set(switches.features_off)
    for code, on in (
        ("SUBSIDIARIES", switches.one_world),
        ("INTERCOMPANYAUTOELIMINATION", switches.one_world),
        ("MULTICURRENCY", switches.multi_currency),
        ("JOBS", switches.projects),
        ("TAX_OVERHAULING", switches.suite_tax),
    ):
        if not on:
            off.add(code)
    return frozenset(FEATURES) - off


def _hidden_by_switches(switches: Switches) -> Iterator[str]:
    """Yield the columns, `table.column`, that single switches take away."""
    if not switches.header_subsidiary:
        yield "transaction.subsidiary"
    if not switches.deletedrecord_recordid:
        yield "deletedrecord.recordid"
    if not switches.header_payment_amounts:
        yield from (
            "transaction.foreignpaymentamountused",
            "transaction.foreignpaymentamountunused",
        )
    if not switches.link_types:
        yield from ("nexttransactionlinelink.nexttype", "previoustransactionlinelink.previoustype")
    if not switches.link_dates:
        yield "nexttransactionlinelink.lastmodifieddate"
        yield "previoustransactionlinelink.lastmodifieddate"
    yield from switches.missing_columns


def visible_tables(switches: Switches) -> dict[str, Table]:
    """Return the tables and columns that a client of this account can see.

    What belongs to a feature that is off is unknown, with all columns that refer to it. A table
    of `missing_tables` is only out of sight, as for a role without its permission: columns that
    refer to it stay.
    """
    active = active_features(switches)
    off = [feature for code, feature in FEATURES.items() if code not in active]
    gone = {table for feature in off for table in feature.tables}
    hidden = {column for feature in off for column in feature.columns} | _NEVER_SHOWN
    hidden.update(_hidden_by_switches(switches))
    unseen = {*gone, *switches.missing_tables}
    if "TAX_OVERHAULING" in active:
        unseen.add("salestaxitem")
    return {
        name: Table(
            name,
            {
                column: kind
                for column, kind in table.items()
                if f"{name}.{column}" not in hidden
                and kind.target not in gone
                # account, department and others have the ids of several, as text.
                and (switches.one_world or column != "subsidiary")
            },
            table.key,
        )
        for name, table in TABLES.items()
        if name not in unseen
    }


class CustomTransaction(NamedTuple):
    """A type of transaction that the account made itself, on receivable accounts.

    :param record: its record type, made from the script id of the type.
    :param name: what people call it.
    :param side: `debit` or `credit` of A/R.
    """

    record: str
    name: str
    side: str


# By type code, which ends with the number of the type.
CUSTOM_TRANSACTIONS = {
    "CuTrSale101": CustomTransaction("customsale_service_fee", "Service Fee", "debit"),
    "CuTrSale102": CustomTransaction("customsale_goodwill", "Goodwill Credit", "credit"),
    "CuTrPrch103": CustomTransaction("custompurchase_recharge", "Supplier Recharge", "debit"),
    "CuTrPrch104": CustomTransaction("custompurchase_rebate", "Customer Rebate", "credit"),
}

TRANSACTION_TYPES = {
    "CustInvc": "Invoice",
    "CustCred": "Credit Memo",
    "CustPymt": "Payment",
    "CustDep": "Customer Deposit",
    "DepAppl": "Deposit Application",
    "CustRfnd": "Customer Refund",
    "Journal": "Journal",
    "CustChrg": "Statement Charge",
    "FinChrg": "Finance Charge",
    "FxReval": "Currency Revaluation",
    "Deposit": "Deposit",
    **{code: kind.name for code, kind in CUSTOM_TRANSACTIONS.items()},
}

STATUS_NAMES: dict[str, dict[str, str]] = {
    "CustInvc": {"A": "Open", "B": "Paid In Full", "D": "Pending Approval", "V": "Voided"},
    "CustCred": {"A": "Open", "B": "Fully Applied", "V": "Voided"},
    "CustPymt": {"A": "Unapproved Payment", "B": "Not Deposited", "C": "Deposited", "V": "Voided"},
    "CustDep": {"A": "Not Deposited", "B": "Deposited", "C": "Fully Applied", "V": "Voided"},
    "CustRfnd": {"A": "Open", "V": "Voided"},
    "DepAppl": {"Y": "Undefined", "V": "Voided"},
    "Journal": {"A": "Pending Approval", "B": "Approved for Posting", "V": "Voided"},
    "CustChrg": {"A": "Open", "B": "Paid In Full", "V": "Voided"},
    "FinChrg": {"A": "Open", "B": "Paid In Full", "V": "Voided"},
    "FxReval": {"Y": "Undefined"},
    "Deposit": {"Y": "Undefined", "V": "Voided"},
    **{code: {"A": "Open", "B": "Closed", "V": "Voided"} for code in CUSTOM_TRANSACTIONS},
}

ENUMS: dict[str, dict[str, str]] = {
    "transactiontype": TRANSACTION_TYPES,
    "approvalstatus": {"1": "Pending Approval", "2": "Approved", "3": "Rejected"},
    "accounttype": {
        "Bank": "Bank",
        "AcctRec": "Accounts Receivable",
        "AcctPay": "Accounts Payable",
        "CredCard": "Credit Card",
        "OthCurrAsset": "Other Current Asset",
        "OthCurrLiab": "Other Current Liability",
        "Income": "Income",
        "OthIncome": "Other Income",
        "Expense": "Expense",
        "OthExpense": "Other Expense",
        "COGS": "Cost of Goods Sold",
        "Equity": "Equity",
        "Stat": "Statistical",
    },
    "country": {
        "US": "United States",
        "GB": "United Kingdom",
        "DE": "Germany",
        "FR": "France",
        "NL": "Netherlands",
        "IE": "Ireland",
        "JP": "Japan",
        "CA": "Canada",
    },
    "credithold": {"AUTO": "Auto", "ON": "On", "OFF": "Off"},
    "yesno": {"T": "Yes", "F": "No"},
}


def enum_name(kind: str, code: str, transaction_type: str | None = None) -> str:
    """Return the text of an enum value as BUILTIN.DF and `refName` show it.

    :param kind: the enum type, the part behind `enum:`.
    :param transaction_type: needed for `transactionstatus`: letters mean something else per type.
    """
    if kind == "transactionstatus":
        return STATUS_NAMES.get(transaction_type or "", {}).get(code, "Undefined")
    return ENUMS.get(kind, {}).get(code, code)
