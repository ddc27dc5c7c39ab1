"""Open facts about NetSuite, each a named choice (docs/NETSUITE.md 8

Nobody without an account can say which choice a given account shows, so a client has to
work under all of them; the tests turn these switches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints


@dataclass
class Switches:
    """The choices of one simulated account; they are set through the control API."""

    # === BOOKS AND RECORDS === #

    # Which document's lastmodifieddate moves when an application is removed.
    unapply_touches: Literal["both", "payer", "none"] = "both"
    # Whether applying moves the lastmodifieddate of the invoice too.
    apply_touches_invoice: bool = True
    # Sign of transaction.foreigntotal (and total): negative for all that reduces what is owed, for
    # none of it, or for credit memos only, as the sources that use it have it.
    foreigntotal_sign: Literal["credits", "signed", "absolute"] = "credits"
    # Sign of transactionline.quantity: as its amount, or as typed in.
    line_quantity_sign: Literal["ledger", "entered"] = "ledger"
    # Whether the first line of a journal counts as its main line.
    journal_mainline: Literal["first", "none"] = "first"
    # Which accounting line of a payment carries paymentamountused and -unused.
    payment_amounts_line: Literal["main", "receivable"] = "main"
    # False: an account without OneWorld; the subsidiary table and columns are unknown.
    one_world: bool = True
    # False: Multiple Currencies is off; no table of currencies, no column of them or their rates.
    multi_currency: bool = True
    # Projects: the table job, and entities of documents that are one.
    projects: bool = False
    # SuiteTax instead of tax codes: there is no salestaxitem.
    suite_tax: bool = False
    # Codes of further features that are off: DEPARTMENTS, CLASSES, LOCATIONS, ACCOUNTINGPERIODS.
    features_off: list[str] = field(default_factory=list)
    # Tables that the role or the account does not show, whatever features are on.
    missing_tables: list[str] = field(default_factory=list)
    # Columns, `table.column`, that the account does not show.
    missing_columns: list[str] = field(default_factory=list)
    # How a record shows its status field over REST.
    record_status: Literal["letter", "text", "plain"] = "letter"
    # What a payment without autoApply does over REST. NetSuite's help says that the box keeps the
    # setting of the payment before, whoever saved that.
    auto_apply_default: Literal[True, False, "last_used"] = True
    # Zone in which SuiteQL reads and writes times: "account", "utc" or an IANA name.
    session_zone: str = "account"
    # Status of the answer to POST and the spelling of its Location.
    post_status: Literal[204, 201, 200] = 204
    location_casing: Literal["request", "lower"] = "lower"
    # NetSuite's preference "Allow Duplicate Numbers".
    allow_duplicate_numbers: bool = True
    # Off, an invoice whose total is negative is refused, as NetSuite's form does.
    allow_negative_invoices: bool = True
    # Voiding an invoice with payments: take them off, or refuse.
    void_linked: Literal["unapply", "refuse"] = "unapply"
    # The feature Consolidated Payments: a parent's payment settles invoices of its sub-customers;
    # with the preference for top-level customers, payments of sub-customers settle nothing
    # (help pages of Paystand, Paypack and Celigo). Accounts with customers of several subsidiaries
    # cannot have it.
    consolidated_payments: Literal["on", "off", "top_level_only"] = "on"
    # Whether merging customers moves the lastmodifieddate of their transactions.
    merge_touches_transactions: bool = True
    # Whether attaching a contact to a customer moves the contact's lastmodifieddate.
    attach_touches_contact: bool = True
    # Whether deletedrecord names the internal id of what was deleted.
    deletedrecord_recordid: bool = True
    # Whether the scenario has a lead and a prospect, who were never billed.
    leads: bool = False
    # What deletedrecord.type holds: the code (CustInvc), the name of the REST service (invoice),
    # the text that people see (Invoice), or a number that nobody can read.
    deletedrecord_type: Literal["code", "rest", "text", "number"] = "code"
    # Whether the link tables tell when a link was made, and both types rather than one.
    link_dates: bool = True
    link_types: bool = True
    # Whether payments and credits tell on their header what is used of them, or on lines only.
    header_payment_amounts: bool = True
    # Base value of a part application: what it releases is rounded, or what it leaves open.
    open_base_rounding: Literal["released", "left"] = "released"
    # Whether transaction shows a subsidiary column next to the main line's.
    header_subsidiary: bool = False
    # Type of a finance charge: no source names one, so an invoice's, or one of its own.
    finance_charge_type: Literal["CustInvc", "FinChrg"] = "CustInvc"
    # Which column of a project names its customer; queries of others try one after the other.
    job_customer_column: Literal["both", "customer", "parent"] = "both"
    # Voiding: amounts become zero, or a journal takes the transaction back (a preference).
    void_style: Literal["zero", "reversing_journal"] = "zero"
    # Whether the journal that voids an invoice, a credit or a payment is applied to it.
    void_journal_applied: bool = True
    # Whether a link's amount includes the discount that the customer took; no source tells.
    discount_in_links: Literal["included", "left_out"] = "included"
    # Link types of refunds: all Payment as in live data, or those that an enumeration lists, of
    # credits and deposits (Refund), or of deposits alone (DepRfnd).
    refund_links: Literal["Payment", "Refund", "DepRfnd"] = "Payment"
    # Type of the link between a payment and the bank deposit that has it, or no such link; no
    # source names it.
    deposit_links: Literal["Deposit", "Payment", "none"] = "Deposit"
    # Whether depositing a payment moves its lastmodifieddate.
    deposit_touches_payment: bool = True
    # Whose lastmodifieddate moves when a journal is applied; one source saw the invoice's only.
    journal_apply_touches: Literal["both", "invoice", "journal"] = "both"
    # Whether each instalment's receivable line counts as a main line, or the first one.
    instalment_mainline: Literal["all", "first"] = "all"
    # Whether a currency revaluation names customers, or stands for a whole account.
    revaluation_entity: Literal["none", "customer"] = "none"
    # Transactions last changed before this date (YYYY-MM-DD) have no lastmodifieddate, as after
    # a migration; empty: all have one.
    undated_before: str = ""

    # === WRITING (docs/NETSUITE.md 9) === #

    # A computed field in a body, as `total`: nothing happens, it is refused, or a header warns.
    # The schema marks none of them as read-only, and nobody writes what happens.
    computed_field_sent: Literal["ignored", "refused", "warned"] = "ignored"
    # Another customer, subsidiary or currency for a saved transaction, another subsidiary or
    # currency for a customer with transactions, over REST.
    locked_field_changed: Literal["refused", "ignored"] = "refused"
    # A property name in the wrong case is an unknown one (reported from a live account), or it is
    # taken for the right one.
    property_case: Literal["strict", "accepted"] = "strict"
    # An external id that another record has. Of entities the second wording was seen three times;
    # of transactions the first is SOAP's; REST's own is recorded nowhere.
    duplicate_external_id: Literal["record_exists", "entity_exists", "conflict"] = "record_exists"
    # Where an external id is unique: in its type, as the help says, or if that means all
    # transactions together.
    external_id_scope: Literal["type", "transactions"] = "type"
    # What becomes of the later of two PUTs that create the same at once (fault `put_race`): it is
    # refused as a duplicate, or as changed meanwhile, or both create.
    put_race: Literal["duplicate", "changed", "both"] = "duplicate"
    # A write while somebody else writes the same record (fault `second_writer`). Public clients
    # know the first; RESTlets answer RCRD_HAS_BEEN_CHANGED.
    conflict_answer: Literal["user_error", "status_409", "last_write_wins"] = "user_error"
    # How a role is refused that may do less than is wanted: 400 that names nothing, or 403 that
    # names the permission. A fault `right_lost` may say otherwise.
    permission_too_low_answer: Literal["unnamed", "named"] = "unnamed"
    # A memo of more than 999 characters.
    memo_limit: Literal["refused", "cut"] = "refused"
    # When the write of an asynchronous request is carried out: at once, or when its job is ready.
    job_commits: Literal["at_once", "when_ready"] = "at_once"

    # === PAYMENTS OVER REST (docs/NETSUITE.md 9.5) === #

    # What a POST does with its apply lines. A live account saved some payments unapplied, and
    # refused others for their "static sublist"; a PATCH with the same lines then applied them.
    payment_apply_on_post: Literal["applied", "unapplied", "refused"] = "applied"
    # A line that names what is not on the list: paid, or another customer's, currency's, A/R
    # account's or subsidiary's. SOAP and imports refuse so what is not in other fixed lists.
    apply_unknown_doc: Literal["fixed_list", "invalid_value", "ignored"] = "fixed_list"
    # A line of more than is due. The form does not take it; what REST does is recorded nowhere.
    apply_over_due: Literal["refused", "cut"] = "refused"
    # Lines that add up to more than the payment: refused, or the payment becomes as large.
    apply_over_payment: Literal["refused", "raised"] = "refused"
    # A line without an amount: all that is due (SOAP, imports), nothing, or refused.
    apply_without_amount: Literal["whole", "zero", "refused"] = "whole"
    # The answer to a payment of 0 that ties a credit to an invoice, of which no record is made
    # (a consultancy's page): 204 without a Location, with one of the id 0, or refused with 400.
    payment_zero_answer: Literal["no_location", "zero_id", "refused"] = "no_location"
    # How undepFunds is written: {"id": "T"} as the schema has it, or true as well, or "T" as well.
    undep_funds_form: Literal["enum", "boolean", "text"] = "enum"
    # Where arAcct comes from when it is left out: the customer's or the account's usual one, or the
    # form's, another receivables account or even a payables account (reported from a live account).
    ar_account_default: Literal["customer", "form", "form_payable"] = "customer"
    # Whether the form wants a payment method ("Please enter value(s) for: Payment Method.").
    payment_method_required: bool = False
    # What takes the payment method: paymentOption as in the schema, paymentMethod beside it, or
    # nothing: then paymentOption is dropped without a word, and only a script can set it.
    payment_method_field: Literal["option", "method_too", "neither"] = "option"
    # Of department, class and location, those without which a payment is refused.
    classification_required: list[str] = field(default_factory=list)
    # What is written with a date in a closed period: refused, or posted to the first period after
    # it that is open, or to today's, by two preferences of the account.
    closed_period: Literal["refused", "first_open", "current"] = "refused"
    # Whether a postingPeriod in the body counts; where dates outside are disallowed, it has to fit.
    posting_period_obeyed: bool = True
    # Applying, over REST, a payment of a closed period: refused (reported), or taken for a change
    # that is none of the ledger, so that the period's own mark decides, or allowed.
    closed_period_apply: Literal["refused", "non_gl", "allowed"] = "refused"
    # A script of the account that applies unapplied payments to each invoice that is saved, by
    # people or clients; such a one is popular.
    invoice_saved_hook: Literal["none", "reapplies"] = "none"
    # A payment that a bank deposit has: whether a client can unapply it (the form can), or delete
    # it, which takes it off the deposit.
    deposited_payment_unapply: Literal["allowed", "refused"] = "allowed"
    deposited_payment_delete: Literal["refused", "allowed"] = "refused"
    # An inactive customer or account in the body of a payment.
    inactive_customer: Literal["invalid_value", "own_text", "accepted"] = "invalid_value"
    inactive_account: Literal["invalid_value", "own_text", "accepted"] = "invalid_value"
    # Off, unapplying a payment moves its own lastmodifieddate at most, whatever `unapply_touches`.
    payment_unapply_moves_invoice_date: bool = True
    # Whether the SuiteApp's RESTlet that sets what REST cannot is deployed.
    payment_restlet: bool = False

    # === SUITEQL AND HTTP === #

    # SYSDATE is the clock of the database server, whatever the session's zone is.
    sysdate_zone: str = "America/Los_Angeles"
    # Numbers below one without a leading zero (".5"), as Oracle's TO_CHAR writes them.
    bare_decimal_point: bool = True
    # WITH … AS: refused by the documentation, used by one of Oracle's own samples.
    allow_with: bool = False
    # FETCH FIRST: honoured for years, refused as a syntax error by some accounts since 2026.
    allow_fetch_first: bool = True
    # Date preference of the account, which raw date columns come back in.
    date_format: Literal["M/D/YYYY", "D/M/YYYY", "YYYY-MM-DD"] = "M/D/YYYY"
    # BUILTIN.DF of a status: "Invoice : Open", or the bare name "Open".
    status_display: Literal["full", "name"] = "full"
    # Status of a request over the concurrency limit; some clients see 400.
    concurrency_status: Literal[429, 400] = 429
    # Rows of equal sort key change places between pages.
    shuffle_ties: bool = True
    # `expires_in` of a token answer as text, as most samples print it.
    expires_in_as_string: bool = False
    # Whether the SuiteApp's RESTlet that hands out documents is deployed.
    document_restlet: bool = False
    # Largest file that a RESTlet hands out, in bytes; NetSuite's is 10 MB.
    restlet_size_limit: int = 10 * 1024 * 1024
    # How an unknown column of a table is refused, and a table that the account hides.
    unknown_column_wording: Literal["identifier", "field", "field_of_record"] = "identifier"
    unknown_table_wording: Literal["record", "search_type"] = "record"
    # More than 100 columns in one SELECT: no row, and no word about it.
    wide_select_empty: bool = True
    # How many requests of the account may run at once.
    concurrency_limit: int = 5
    # Words of the 404 for an id that no record has: the help's, or those seen in 2026.
    missing_record: Literal["does_not_exist", "no_instance"] = "does_not_exist"
    # An id that no transaction of the type has: 404 as for any record, or 400 about its type.
    missing_transaction: Literal["as_record", "type_incorrect"] = "as_record"
    # Whether `preference/userPreference` tells the user's zone and formats.
    user_preference: bool = False
    # Seconds of the account's clock for which an asynchronous job says that it is pending.
    job_seconds: int = 0

    def change(self, values: Mapping[str, Any]) -> None:
        """Set several switches by name.

        :raise ValueError: on an unknown name or a value that is no choice; nothing is set.
        """
        hints = get_type_hints(type(self))
        for name, value in values.items():
            if name not in hints:
                raise ValueError(f"There is no switch {name!r}.")
            hint = hints[name]
            choices = get_args(hint) if get_origin(hint) is Literal else ()
            # 1 equals True, and is no choice.
            if choices and not any(value == one and type(value) is type(one) for one in choices):
                raise ValueError(f"{name} is one of {', '.join(map(str, choices))}.")
            if hint == list[str]:
                if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                    raise ValueError(f"{name} wants a list of names.")
                continue
            # Not isinstance: True is no number here.
            if not choices and type(value) is not hint:
                raise ValueError(f"{name} wants a value of type {hint.__name__}.")
        for name, value in values.items():
            setattr(self, name, list(value) if isinstance(value, list) else value)

    def as_dict(self) -> dict[str, Any]:
        """Return all switches by name."""
        return asdict(self)
