"""Record types of the REST record service, described by data.

A new record type is a row here; a new transaction type also needs its rule in posting.py.
Field names are those of NetSuite's REST API Browser (netsuite_api.md 3.3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..schema import STORED_AS, TABLES, Kind

# Labels of custom fields that are not just their id in words.
_ABBREVIATED = {
    "ap_email": "A/P Email",
    "invoice_pdf": "Invoice PDF",
    "custbody15": "Order Contact",
    "custbody16": "Order E-mail",
    "custbody17": "Delivery E-mail",
}


@dataclass(frozen=True)
class Field:
    """A body field: REST name, the column behind it and what a client may do with it."""

    name: str
    column: str
    kind: Kind
    required: bool = False
    writable: bool = True

    @property
    def label(self) -> str:
        """The label on NetSuite's form, which its messages name."""
        if self.custom:
            words = self.name.partition("_")[2] or self.name
            return _ABBREVIATED.get(words) or words.replace("_", " ").title()
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name)
        return words[:1].upper() + words[1:]

    @property
    def custom(self) -> bool:
        """Whether the account made this field itself."""
        return self.name.startswith(("custbody", "custentity"))


@dataclass(frozen=True)
class SublistType:
    """A sublist: names of its fields and the fields that identify a line."""

    fields: frozenset[str]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class RecordType:
    """A record type of the REST API.

    :param sequence: the id sequence that it shares with other types.
    :param code: transaction type code, empty for lists and entities.
    :param extra: REST names that have no column of their own but are known.
    """

    name: str
    table: str
    fields: tuple[Field, ...]
    sequence: str
    code: str = ""
    extra: frozenset[str] = frozenset()
    sublists: Mapping[str, SublistType] = field(default_factory=dict)
    transforms: tuple[str, ...] = ()

    @property
    def stored_as(self) -> str:
        """The table that is written to."""
        return STORED_AS.get(self.table, self.table)

    def by_name(self) -> dict[str, Field]:
        """Return the fields by REST name."""
        return {item.name: item for item in self.fields}


def _fields(table: str, text: str) -> tuple[Field, ...]:
    """Read field definitions: ``restName[>column][!|=]``; ! is mandatory, = is read only."""
    found = []
    for word in text.split():
        bare = word.rstrip("!=")
        name, _, column = bare.partition(">")
        column = column or name.lower()
        found.append(
            Field(
                name=name,
                column=column,
                kind=TABLES[table][column],
                required=word.endswith("!"),
                writable=not word.endswith("="),
            )
        )
    return tuple(found)


def _sublist(fields: str, *keys: str) -> SublistType:
    return SublistType(frozenset(fields.split()), keys)


def _list_record(name: str, fields: str, sequence: str = "") -> RecordType:
    table = name.lower()
    fields += " lastModifiedDate="
    return RecordType(name, table, _fields(table, fields), f"list:{sequence or table}")


_LISTS = (
    _list_record(
        "currency",
        "name! symbol! displaySymbol exchangeRate! currencyPrecision"
        " isBaseCurrency isInactive externalId",
    ),
    _list_record(
        "currencyRate", "baseCurrency! transactionCurrency! effectiveDate! exchangeRate! externalId"
    ),
    _list_record(
        "subsidiary",
        "name! fullName= legalName currency! country parent isElimination"
        " isInactive email state externalId",
    ),
    _list_record(
        "account",
        "acctNumber acctName>fullname! acctType>accttype!"
        " acctDisplayName>accountsearchdisplayname= sSpecAcct currency parent isInactive"
        " isSummary subsidiary eliminate externalId",
    ),
    _list_record(
        "accountingPeriod",
        "periodName! startDate! endDate! closed closedOnDate"
        " allLocked arLocked apLocked allowNonGLChanges isAdjust isPosting isQuarter"
        " isYear isInactive parent",
    ),
    _list_record(
        "term",
        "name! daysUntilNetDue daysUntilExpiry discountPercent dateDriven isInactive externalId",
    ),
    _list_record("paymentMethod", "name! isInactive account undepFunds externalId"),
    _list_record(
        "salesTaxItem",
        "itemId! name rate! taxType taxAccount country isInactive externalId",
        sequence="item",
    ),
    _list_record(
        "item",
        "itemId! fullName displayName itemType description incomeAccount isInactive externalId",
    ),
    _list_record("department", "name! fullName= subsidiary parent isInactive externalId"),
    _list_record("location", "name! fullName= subsidiary parent isInactive externalId"),
    _list_record("classification", "name! fullName= subsidiary parent isInactive externalId"),
    _list_record("contactRole", "name! isInactive externalId"),
    _list_record("customlist_carrier", "name! isInactive externalId"),
    _list_record("customlist_tag", "name! isInactive externalId"),
    _list_record("employee", "entityId! firstName lastName email isSalesRep isInactive externalId"),
)

_ADDRESS_FIELDS = "id internalId label defaultBilling defaultShipping addressBookAddress line"
ADDRESS_COLUMNS = {
    "addr1": "addr1",
    "addr2": "addr2",
    "addr3": "addr3",
    "addressee": "addressee",
    "attention": "attention",
    "addrPhone": "addrphone",
    "city": "city",
    "state": "state",
    "zip": "zip",
    "country": "country",
}

CUSTOMER = RecordType(
    name="customer",
    table="customer",
    fields=_fields(
        "customer",
        "entityId companyName isPerson firstName middleName lastName altName= email phone altPhone"
        " mobilePhone fax url currency terms parent receivablesAccount externalId isInactive"
        " dateCreated= lastModifiedDate= creditLimit creditHoldOverride emailTransactions category"
        " salesRep language comments resaleNumber balance>balancesearch="
        " consolBalance>consolbalancesearch= overdueBalance>overduebalancesearch="
        " depositBalance>depositbalancesearch="
        " custentity_ap_email custentity_hold custentity_risk_score custentity_review_date"
        " altEmail representingSubsidiary"
        " custentity_carrier custentity_tags",
    ),
    sequence="entity",
    extra=frozenset({"subsidiary", "defaultAddress", "autoName"}),
    sublists={
        "addressBook": _sublist(_ADDRESS_FIELDS, "internalId"),
        "currencyList": _sublist("currency balance", "currency"),
        "contactRoles": _sublist("contact contactName email role", "contact"),
    },
    transforms=("customerPayment", "invoice"),
)

CONTACT = RecordType(
    name="contact",
    table="contact",
    fields=_fields(
        "contact",
        "entityId company salutation firstName middleName lastName title email altEmail phone"
        " officePhone homePhone mobilePhone isPrivate isInactive subsidiary contactRole category"
        " comments externalId dateCreated= lastModifiedDate=",
    ),
    sequence="entity",
)

RELATIONSHIP = RecordType(
    name="customerSubsidiaryRelationship",
    table="customersubsidiaryrelationship",
    fields=_fields(
        "customersubsidiaryrelationship",
        "entity! subsidiary! isPrimarySub= name= balance= primaryCurrency= lastModifiedDate="
        " externalId",
    ),
    sequence="list:customersubsidiaryrelationship",
)

_COMMON = (
    "tranId externalId tranDate currency exchangeRate memo createdDate= lastModifiedDate="
    " custbody_stage custbody_promise_date custbody_invoice_pdf custbody_dispute"
    " custbody_carrier custbody_tags subsidiary"
    " custbody15 custbody16 custbody17"
    " postingPeriod="
)
_BILLED = " entity! otherRefNum salesRep email approvalStatus= intercoTransaction intercoStatus"
# Set on every transaction, but kept on its lines.
LINE_HEADERS = {"department": "department", "location": "location", "class": "classification"}
_ITEM = _sublist(
    "line item quantity rate amount description taxCode taxRate1 department location class",
    "line",
)
_APPLY = _sublist(
    "doc line apply amount applyDate createdFrom currency due job refNum total type", "doc", "line"
)
_TOTALS = {"subtotal", "taxTotal", "total"}

INVOICE = RecordType(
    name="invoice",
    table="transaction",
    fields=_fields("transaction", _COMMON + _BILLED + " dueDate terms"),
    sequence="transaction",
    code="CustInvc",
    extra=frozenset(
        {
            *LINE_HEADERS,
            *_TOTALS,
            "account",
            "status",
            "amountPaid",
            "amountRemaining",
            "amountRemainingTotalBox",
            "toBeEmailed",
            "customForm",
        }
    ),
    sublists={"item": _ITEM},
    transforms=("customerPayment", "creditMemo"),
)

CREDIT_MEMO = RecordType(
    name="creditMemo",
    table="transaction",
    fields=_fields("transaction", _COMMON + _BILLED),
    sequence="transaction",
    code="CustCred",
    extra=frozenset(
        {
            *LINE_HEADERS,
            *_TOTALS,
            "account",
            "status",
            "applied",
            "unapplied",
            "amountPaid",
            "amountRemaining",
            "autoApply",
            "createdFrom",
            "toBeEmailed",
            "customForm",
        }
    ),
    sublists={"item": _ITEM, "apply": _APPLY},
    transforms=("customerRefund",),
)

CUSTOMER_PAYMENT = RecordType(
    name="customerPayment",
    table="transaction",
    fields=_fields(
        "transaction", _COMMON + " customer>entity! paymentMethod checkNumber>otherrefnum"
    ),
    sequence="transaction",
    code="CustPymt",
    extra=frozenset(
        {
            *LINE_HEADERS,
            "payment",
            "total",
            "account",
            "arAcct",
            "undepFunds",
            "autoApply",
            "status",
            "applied",
            "unapplied",
            "balance",
            "paymentOption",
            "toBeEmailed",
            "customForm",
        }
    ),
    sublists={"apply": _APPLY},
    transforms=("customerRefund",),
)

CUSTOMER_DEPOSIT = RecordType(
    name="customerDeposit",
    table="transaction",
    fields=_fields(
        "transaction", _COMMON + " customer>entity! paymentMethod checkNumber>otherrefnum"
    ),
    sequence="transaction",
    code="CustDep",
    extra=frozenset(
        {
            *LINE_HEADERS,
            "payment",
            "total",
            "account",
            "undepFunds",
            "status",
            "balance",
            "paymentOption",
            "toBeEmailed",
            "customForm",
        }
    ),
    transforms=("depositApplication", "customerRefund"),
)

DEPOSIT_APPLICATION = RecordType(
    name="depositApplication",
    table="transaction",
    fields=_fields(
        "transaction", _COMMON.replace(" exchangeRate", " exchangeRate=") + " customer>entity!"
    ),
    sequence="transaction",
    code="DepAppl",
    extra=frozenset(
        {*LINE_HEADERS, "total", "arAcct", "deposit", "status", "applied", "unapplied"}
        | {"createdFrom", "customForm"}
    ),
    sublists={"apply": _APPLY},
)

CUSTOMER_REFUND = RecordType(
    name="customerRefund",
    table="transaction",
    fields=_fields(
        "transaction", _COMMON + " customer>entity! paymentMethod checkNumber>otherrefnum"
    ),
    sequence="transaction",
    code="CustRfnd",
    extra=frozenset(
        {*LINE_HEADERS, "total", "account", "arAcct", "status", "balance", "paymentOption"}
        | {"toBeEmailed", "customForm"}
    ),
    sublists={
        "apply": _APPLY,
        "deposit": _sublist(
            "doc apply amount currencyName depositDate refNum remaining total", "doc"
        ),
    },
)

RECORD_TYPES: dict[str, RecordType] = {
    item.name: item
    for item in (
        *_LISTS,
        CUSTOMER,
        CONTACT,
        RELATIONSHIP,
        INVOICE,
        CREDIT_MEMO,
        CUSTOMER_PAYMENT,
        CUSTOMER_DEPOSIT,
        DEPOSIT_APPLICATION,
        CUSTOMER_REFUND,
    )
}
BY_LOWER_NAME = {name.lower(): item for name, item in RECORD_TYPES.items()}
BY_CODE = {item.code: item for item in RECORD_TYPES.values() if item.code}
# Which record type a reference to a table leads to.
BY_TABLE = {item.table: item.name for item in RECORD_TYPES.values() if not item.code}

TYPE_TEXTS = {
    "CustInvc": ("invoice", "INV", "Invoice"),
    "CustCred": ("creditmemo", "CREDMEM", "Credit Memo"),
    "CustPymt": ("customerpayment", "PYMT", "Payment"),
    "CustDep": ("customerdeposit", "CUSTDEP", "Customer Deposit"),
    "DepAppl": ("depositapplication", "DEPAPP", "Deposit Application"),
    "CustRfnd": ("customerrefund", "CUSTRFND", "Customer Refund"),
}
NUMBERING = {
    "CustInvc": ("INV", 0, 1001),
    "CustCred": ("CM", 0, 1001),
    "CustPymt": ("PYMT", 0, 1001),
    "CustDep": ("DEP", 0, 1001),
    "DepAppl": ("DEPAPP", 0, 1001),
    "CustRfnd": ("RFND", 0, 1001),
}


def unknown_fields(record_type: str, body: Mapping[str, Any]) -> list[str]:
    """Return the paths of body fields that the record type does not have.

    NetSuite drops them silently unless the client asks for property-name validation.
    """
    kind = RECORD_TYPES[record_type]
    known = set(kind.by_name()) | kind.extra | {"id", "links", "refName"}
    unknown = []
    for name, value in body.items():
        sublist = kind.sublists.get(name)
        if sublist is None:
            if name not in known:
                unknown.append(name)
            continue
        lines = value.get("items") if isinstance(value, Mapping) else value
        for index, line in enumerate(lines or ()):
            if isinstance(line, Mapping):
                unknown += [
                    f"{name}.items[{index}].{key}"
                    for key in line
                    if key not in sublist.fields | {"links"}
                ]
    return unknown
