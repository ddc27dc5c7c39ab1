"""Record types of the REST record service, described by data.

A new record type is a row here; a new transaction type also needs its rule in posting.py.
Field names are those of NetSuite's REST API Browser (docs/NETSUITE.md 3.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import BookError
from ..schema import CUSTOM_TRANSACTIONS
from .kinds import BANK_DEPOSIT, CHARGE, CUSTOM_CREDITS, FINANCE_CHARGE, JOURNAL, REVALUATION
from .record_shapes import Field as Field
from .record_shapes import RecordType as RecordType
from .record_shapes import fields_of, sublist_of


def _list_record(name: str, fields: str, sequence: str = "") -> RecordType:
    table = name.lower()
    custom = table.startswith("customlist")
    fields += " lastModified= created= scriptId=" if custom else " lastModifiedDate="
    return RecordType(name, table, fields_of(table, fields), f"list:{sequence or table}")


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
    _list_record("customlist_collection_stage", "name! isInactive externalId"),
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
    fields=fields_of(
        "customer",
        "entityId companyName isPerson firstName middleName lastName altName= email phone altPhone"
        " mobilePhone fax url currency terms parent receivablesAccount externalId isInactive"
        " dateCreated= lastModifiedDate= creditLimit creditHoldOverride emailTransactions category"
        " salesRep language comments resaleNumber balance>balancesearch="
        " consolBalance>consolbalancesearch= overdueBalance>overduebalancesearch="
        " depositBalance>depositbalancesearch="
        " custentity_ap_email custentity_hold custentity_risk_score custentity_review_date"
        " altEmail representingSubsidiary"
        " custentity_carrier custentity_tags custentity_on_hold custentity_average_delay"
        " custentity_open_promises custentity_collection_stage custentity_collection_notes"
        " custentity_last_contacted",
    ),
    sequence="entity",
    extra=frozenset({"subsidiary", "defaultAddress", "autoName"}),
    sublists={
        "addressBook": sublist_of(_ADDRESS_FIELDS, "internalId"),
        "currencyList": sublist_of("currency balance", "currency"),
        "contactRoles": sublist_of("contact contactName email role", "contact"),
    },
    transforms=("customerPayment", "invoice"),
)

CONTACT = RecordType(
    name="contact",
    table="contact",
    fields=fields_of(
        "contact",
        "entityId company salutation firstName middleName lastName title email altEmail phone"
        " officePhone homePhone mobilePhone isPrivate isInactive subsidiary contactRole category"
        " comments externalId dateCreated= lastModifiedDate=",
    ),
    sequence="entity",
)

VENDOR = RecordType(
    name="vendor",
    table="vendor",
    fields=fields_of(
        "vendor", "entityId! companyName email isInactive externalId lastModifiedDate="
    ),
    sequence="entity",
)

JOB = RecordType(
    name="job",
    table="job",
    fields=fields_of(
        "job",
        "entityId companyName altName= customer parent currency startDate endDate comments"
        " isInactive externalId dateCreated= lastModifiedDate=",
    ),
    sequence="entity",
)

RELATIONSHIP = RecordType(
    name="customerSubsidiaryRelationship",
    table="customersubsidiaryrelationship",
    fields=fields_of(
        "customersubsidiaryrelationship",
        "entity! subsidiary! isPrimarySub= name= balance= primaryCurrency= lastModifiedDate="
        " externalId",
    ),
    sequence="list:customersubsidiaryrelationship",
)

_COMMON = (
    "tranId externalId tranDate currency exchangeRate memo createdDate= lastModifiedDate="
    " custbody_stage custbody_promise_date custbody_invoice_pdf custbody_dispute"
    " custbody_carrier custbody_tags custbody_collection_stage custbody_last_chased"
    " custbody_do_not_chase custbody_chase_note custbody_chase_history custbody_chase_score"
    " custbody_chase_count custbody_chased_at subsidiary"
    " custbody15 custbody16 custbody17"
    " postingPeriod"
)
_BILLED = " entity! otherRefNum salesRep email approvalStatus= intercoTransaction intercoStatus"
# Set on every transaction, but kept on its lines.
LINE_HEADERS = {"department": "department", "location": "location", "class": "classification"}
_ITEM = sublist_of(
    "line item quantity rate amount description taxCode taxRate1 department location class",
    "line",
)
_APPLY = sublist_of(
    "doc line apply amount applyDate createdFrom currency due job jobName refNum total type",
    "doc",
    "line",
)
# Two names for one thing; of payments a switch says which are taken.
_METHOD = "paymentMethod paymentOption>paymentmethod"
_CREDIT = sublist_of(
    "doc line apply amount appliedTo createdFrom creditDate currency due refNum total type",
    "doc",
    "line",
)
_DEPOSIT = sublist_of("doc apply amount currencyName depositDate refNum remaining total", "doc")
_TOTALS = {"subtotal", "taxTotal", "total"}
# What NetSuite works out itself, of whatever record type has it.
COMPUTED_FIELDS = frozenset(
    {
        *_TOTALS,
        *("amountPaid", "amountRemaining", "amountRemainingTotalBox", "applied", "unapplied"),
        *("balance", "consolBalance", "overdueBalance", "depositBalance", "status"),
        *("createdDate", "dateCreated", "created", "lastModifiedDate", "lastModified"),
    }
)

INVOICE = RecordType(
    name="invoice",
    table="transaction",
    fields=fields_of("transaction", _COMMON + _BILLED + " dueDate terms"),
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
    sublists={"item": _ITEM, "installment": sublist_of("seqNum dueDate amount due", "seqNum")},
    transforms=("customerPayment", "creditMemo"),
)

_DEBIT_EXTRA = frozenset(
    {*LINE_HEADERS, *_TOTALS, "account", "status", "amountPaid", "amountRemaining", "customForm"}
)
CUSTOMER_CHARGE = RecordType(
    name="customerCharge",
    table="transaction",
    fields=fields_of("transaction", _COMMON + " entity! otherRefNum dueDate terms"),
    sequence="transaction",
    code=CHARGE,
    extra=_DEBIT_EXTRA,
    sublists={"item": _ITEM},
)

CREDIT_MEMO = RecordType(
    name="creditMemo",
    table="transaction",
    fields=fields_of("transaction", _COMMON + _BILLED),
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


def _custom_transaction(code: str) -> RecordType:
    is_credit = code in CUSTOM_CREDITS
    fields = " entity! otherRefNum" if is_credit else " entity! otherRefNum dueDate terms"
    return RecordType(
        name=CUSTOM_TRANSACTIONS[code].record,
        table="transaction",
        fields=fields_of("transaction", _COMMON + fields),
        sequence="transaction",
        code=code,
        extra=_DEBIT_EXTRA | {"applied", "unapplied", "autoApply"} if is_credit else _DEBIT_EXTRA,
        sublists={"item": _ITEM, "apply": _APPLY} if is_credit else {"item": _ITEM},
    )


CUSTOMER_PAYMENT = RecordType(
    name="customerPayment",
    table="transaction",
    fields=fields_of(
        "transaction", _COMMON + f" customer>entity! {_METHOD} checkNumber>otherrefnum"
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
            "toBeEmailed",
            "customForm",
        }
    ),
    sublists={"apply": _APPLY, "credit": _CREDIT, "deposit": _DEPOSIT},
    transforms=("customerRefund",),
)

CUSTOMER_DEPOSIT = RecordType(
    name="customerDeposit",
    table="transaction",
    fields=fields_of(
        "transaction", _COMMON + f" customer>entity! {_METHOD} checkNumber>otherrefnum"
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
            "toBeEmailed",
            "customForm",
        }
    ),
    transforms=("depositApplication", "customerRefund"),
)

DEPOSIT_APPLICATION = RecordType(
    name="depositApplication",
    table="transaction",
    fields=fields_of(
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
    fields=fields_of(
        "transaction", _COMMON + f" customer>entity! {_METHOD} checkNumber>otherrefnum"
    ),
    sequence="transaction",
    code="CustRfnd",
    extra=frozenset(
        {*LINE_HEADERS, "total", "account", "arAcct", "status", "balance"}
        | {"toBeEmailed", "customForm"}
    ),
    sublists={
        "apply": _APPLY,
        "deposit": _DEPOSIT,
    },
)

_JOURNAL_LINE = sublist_of(
    "line account debit credit entity memo department location class lineSubsidiary cleared"
    " eliminate",
    "line",
)


def _journal(name: str) -> RecordType:
    return RecordType(
        name=name,
        table="transaction",
        fields=fields_of(
            "transaction", _COMMON + " isReversal= reversalEntry>reversal= void= approvalStatus="
        ),
        sequence="transaction",
        code=JOURNAL,
        extra=frozenset({"approved", "reversalDate", "reversalDefer", "status", "customForm"}),
        sublists={"line": _JOURNAL_LINE},
    )


JOURNAL_ENTRY = _journal("journalEntry")
# Lines in several subsidiaries; SuiteQL shows it under the same type code.
INTERCOMPANY_JOURNAL = _journal("advInterCompanyJournalEntry")
BANK_DEPOSIT_RECORD = RecordType(
    name="deposit",
    table="transaction",
    fields=fields_of("transaction", _COMMON),
    sequence="transaction",
    code=BANK_DEPOSIT,
    extra=frozenset({*LINE_HEADERS, "account", "total", "status", "customForm"}),
    sublists={
        "payment": sublist_of(
            "id deposit paymentAmount transactionAmount currency entity type docDate docNumber"
            " refNum lineId memo paymentMethod",
            "id",
        ),
        "other": sublist_of("account amount entity memo paymentMethod refNum line"),
        "cashBack": sublist_of("account amount memo line"),
    },
)
CURRENCY_REVALUATION = RecordType(
    name="fxReval",
    table="transaction",
    fields=fields_of("transaction", _COMMON),
    sequence="transaction",
    code=REVALUATION,
)

RECORD_TYPES: dict[str, RecordType] = {
    item.name: item
    for item in (
        *_LISTS,
        CUSTOMER,
        CONTACT,
        RELATIONSHIP,
        JOB,
        INVOICE,
        CREDIT_MEMO,
        CUSTOMER_PAYMENT,
        CUSTOMER_DEPOSIT,
        DEPOSIT_APPLICATION,
        CUSTOMER_REFUND,
        INTERCOMPANY_JOURNAL,
        JOURNAL_ENTRY,
        BANK_DEPOSIT_RECORD,
        VENDOR,
    )
}
BY_LOWER_NAME = {name.lower(): item for name, item in RECORD_TYPES.items()}
BY_CODE = {item.code: item for item in RECORD_TYPES.values() if item.code}
# Searches show them, the record service does not know them.
_SEARCH_ONLY = {
    item.name.lower(): item
    for item in (
        CUSTOMER_CHARGE,
        CURRENCY_REVALUATION,
        *map(_custom_transaction, CUSTOM_TRANSACTIONS),
    )
}
BY_CODE |= {FINANCE_CHARGE: INVOICE, **{item.code: item for item in _SEARCH_ONLY.values()}}
# Which record type a reference to a table leads to.
BY_TABLE = {item.table: item.name for item in RECORD_TYPES.values() if not item.code}

TYPE_TEXTS = {
    "CustInvc": ("invoice", "INV", "Invoice"),
    "CustCred": ("creditmemo", "CREDMEM", "Credit Memo"),
    "CustPymt": ("customerpayment", "PYMT", "Payment"),
    "CustDep": ("customerdeposit", "CUSTDEP", "Customer Deposit"),
    "DepAppl": ("depositapplication", "DEPAPP", "Deposit Application"),
    "CustRfnd": ("customerrefund", "CUSTRFND", "Customer Refund"),
    "Journal": ("journalentry", "GENJRNL", "Journal"),
    CHARGE: ("customercharge", "CUSTCHRG", "Statement Charge"),
    REVALUATION: ("fxreval", "FXREVAL", "Currency Revaluation"),
    BANK_DEPOSIT: ("deposit", "DEP", "Deposit"),
    **{code: (kind.record, code.upper(), kind.name) for code, kind in CUSTOM_TRANSACTIONS.items()},
}
NUMBERING = {
    "CustInvc": ("INV", 0, 1001),
    "CustCred": ("CM", 0, 1001),
    "CustPymt": ("PYMT", 0, 1001),
    "CustDep": ("DEP", 0, 1001),
    "DepAppl": ("DEPAPP", 0, 1001),
    "CustRfnd": ("RFND", 0, 1001),
    "Journal": ("JE", 0, 1001),
    CHARGE: ("CHG", 0, 1001),
    REVALUATION: ("FXR", 0, 1001),
    BANK_DEPOSIT: ("", 0, 1),
    **dict.fromkeys(CUSTOM_TRANSACTIONS, ("CT", 0, 1001)),
}


def record_type(name: str) -> RecordType:
    """Return a record type by its name in any casing, or by transaction type code.

    :raise BookError: 404 for an unknown name.
    """
    found = BY_LOWER_NAME.get(name.lower()) or _SEARCH_ONLY.get(name.lower()) or BY_CODE.get(name)
    if found is None:
        raise BookError(404, "NOT_FOUND", f"Record type '{name}' does not exist.")
    return found


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
        # What is no list of lines is refused when it is read.
        for index, line in enumerate(lines if isinstance(lines, list) else ()):
            if isinstance(line, Mapping):
                unknown += [
                    f"{name}.items[{index}].{key}"
                    for key in line
                    if key not in sublist.fields | {"links"}
                ]
    return unknown


def deleted_type(name: str, choice: str) -> str:
    """Return what `deletedrecord.type` holds for a record type, by the switch of that name.

    :param name: as REST names it, in lower case.
    """
    if choice == "rest":
        return name
    if choice == "text":
        return next((text for rest, _, text in TYPE_TEXTS.values() if rest == name), name.title())
    codes = {rest: code for code, (rest, _, _) in TYPE_TEXTS.items()} | _ENTITY_CODES
    # Numbers that no documented list has, the same for a type each time.
    return str(7000 + sum(name.encode())) if choice == "number" else codes.get(name, name.title())


_ENTITY_CODES = {"customer": "CustJob", "contact": "Contact", "vendor": "Vendor"}
