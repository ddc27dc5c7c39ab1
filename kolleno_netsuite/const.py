"""Numbers and names that more than one file needs, each with its reason."""

# Rows of one SuiteQL page: NetSuite refuses more (docs/NETSUITE.md 4.1).
PAGE_SIZE = 1000
# Fewer rows to a call than this only add calls.
PAGE_SIZE_FLOOR = 50

# Documents booked in one savepoint. Large enough that one `_post` carries many moves,
# small enough that redoing a chunk one by one costs seconds, not minutes.
BOOK_CHUNK = 150

# PostgreSQL slows every session down once one transaction holds more than 64
# subtransactions, so a chunk that failed is redone in slices of this many savepoints.
ISOLATED_CHUNK = 50

# A record that was being worked on when the process died this many times is set aside.
POISON_ATTEMPTS = 3

# Minutes before a call that failed for a passing reason is tried again.
BACKOFF_MINUTES = (1, 5, 15, 60, 360)

# Days a call is kept in the log; NetSuite keeps its own script logs for 30 days as well.
CALL_LOG_DAYS = 30

# Days a finished run is kept: a quarter, so that the last closing can be looked into.
RUN_LOG_DAYS = 90

# Documents of one type that disappear at once without a person being asked: more than someone
# deletes by hand in a day, or this share (%) of all that are known, but a few always may.
MASS_REMOVAL = 50
MASS_REMOVAL_SHARE = 5
MASS_REMOVAL_FLOOR = 10

# Customers that are taken out of Odoo's books while someone waits, and documents of them: some
# seconds. More of them are taken out in the background, so many in each step.
WITHDRAWN_AT_ONCE = 20
CANCELLED_AT_ONCE = 300
WITHDRAWAL_CHUNK = 10

# Customers of whom the list says document by document what cannot be cancelled: some seconds too.
SURVEYED_CUSTOMERS = 200
# Customers that one list can name: a browser shows no more lines in reasonable time.
MOST_CUSTOMERS = 5_000

# Months of closed history that a new connection mirrors (docs/FEATURES.md 6): two closings can be
# compared with it, and an import of many years is nobody's first wish.
HISTORY_MONTHS = 12

# A customer with more documents than this is read again in the background: a person waits for
# some seconds, not for minutes.
RESYNC_AT_ONCE = 200

# Days the result of a resynchronisation is kept.
RESYNC_LOG_DAYS = 30

# A parent chain longer than this is a cycle that NetSuite itself would refuse.
MAX_HIERARCHY_DEPTH = 20

# Calls that may run at once for one connection: more than any account is sold. The keys of the
# slots of two connections are this far apart, so they never meet.
MOST_CALLS_AT_ONCE = 250

# Minutes between two reads: a month. What changes more rarely need not be read by itself.
LONGEST_INTERVAL = 31 * 24 * 60

# Slots of PostgreSQL's advisory locks: the first key says what is locked.
LOCK_CALL_SLOT = 7_319_001
LOCK_STREAM = 7_319_002
LOCK_BOOK = 7_319_003
LOCK_DOCUMENTS = 7_319_004
LOCK_COMPARISON = 7_319_005
LOCK_WRITE = 7_319_006

# What a call is refused with before it is sent: the connection stands still, and nothing is wrong.
STANDSTILL_CODES = ("CONNECTION_PAUSED", "DATABASE_MOVED")
# NetSuite's refusal of a user with more access tokens than it allows; nothing but a person who
# revokes some helps (docs/FEATURES.md 11).
TOKEN_LIMIT = "ACTIVE_TOKEN_LIMIT"  # noqa: S105 - NetSuite's code, no secret
# What a lost connection asks of those who look after it. A type of its own, so that coming back
# closes no other activity on the connection.
RECONNECT_ACTIVITY = "kolleno_netsuite.mail_activity_data_reconnect"

# Context key: a person confirmed that this is read from NetSuite although the connection is paused.
WHILE_PAUSED = "netsuite_while_paused"

# Write-backs whose present values in NetSuite are read together before they are sent: the fewer,
# the shorter the time in which someone else can change a field that was looked at.
WRITE_CHUNK = 100
# Write-backs that are sent before they are read back together: one query's ids.
READ_BACK = 1000
# Tries of a write-back that somebody else's save, or silence, kept from NetSuite
# (docs/FEATURES.md 43).
WRITE_TRIES = 5
# Minutes before each further try. No longer than an hour: what an outage of a night has held goes
# on in the morning.
WRITE_MINUTES = BACKOFF_MINUTES[:4]
# Seconds that a write waits for a free slot. It counts as sent from before that wait on, and the
# last look-up comes a minute after the end of NetSuite's own limit.
SEND_PATIENCE = 30
# Minutes after the request at which NetSuite is asked whether a write without an answer was carried
# out. Its own limit for a request is 15 minutes (docs/NETSUITE.md 3.1): "not there" is "not yet"
# until the last of them.
LOOK_UP_MINUTES = (1, 5, 16)
# Records of one run of an action: more are an accident, or are done in parts.
UPDATE_LIMIT = 500

# Record types in the order in which each one's references are already there.
REFERENCE_TYPES = (
    "subsidiary",
    "currency",
    "account",
    "term",
    "paymentmethod",
    "salestaxitem",
    "accountingperiod",
)
JOURNAL_TYPE = "journalentry"
DEPOSIT_TYPE = "customerdeposit"
CHARGE_TYPE = "customercharge"
# All transactions of types that an account defines by itself.
CUSTOM_TYPE = "customtransaction"
PAYMENT_TYPE = "customerpayment"
TRANSACTION_TYPES = (
    "invoice",
    CHARGE_TYPE,
    CUSTOM_TYPE,
    JOURNAL_TYPE,
    "creditmemo",
    "customerpayment",
    DEPOSIT_TYPE,
    "depositapplication",
    "customerrefund",
)
# Few accounts have any of these, so they are read from the first one on that NetSuite posts to
# receivables: a type that an account does not use costs no calls.
RARE_TYPES = (CHARGE_TYPE, CUSTOM_TYPE)
# Transactions that take off what a customer owes; a journal does either, line by line, and so
# does a custom transaction, as its type was defined.
PAYING_TYPES = ("creditmemo", "customerpayment", "depositapplication", "customerrefund")
# Transactions whose links say which open items they pay.
APPLYING_TYPES = (JOURNAL_TYPE, CUSTOM_TYPE, *PAYING_TYPES)
# Without one of these no balance would agree, so they are always read: an invoice whose payment
# is not read looks open. Every other record type can be switched off.
REQUIRED_TYPES = (
    *("subsidiary", "currency", "account", "customer"),
    *("invoice", "creditmemo", "customerpayment"),
    *("customerdeposit", "depositapplication", "customerrefund"),
)
# Takes payments to the bank; nothing of receivables. Behind all that it refers to.
BANK_DEPOSIT_TYPE = "deposit"
# What a bank deposit can hold of what is mirrored.
MONEY_TYPES = ("customerpayment", DEPOSIT_TYPE, "customerrefund")
# Not read, and no call made for them, before a setting asks for them.
CHOSEN_TYPES = (BANK_DEPOSIT_TYPE,)
# All that NetSuite posts and we read.
DOCUMENT_TYPES = (*TRANSACTION_TYPES, BANK_DEPOSIT_TYPE)
RECORD_TYPES = (*REFERENCE_TYPES, "customer", "contact", *DOCUMENT_TYPES)
# Transactions of which NetSuite prints a form that customers get.
PRINTED_TYPES = ("invoice", "creditmemo")

# Records whose fields are written to NetSuite (docs/FEATURES.md 42).
UPDATED_TYPES = ("customer", "invoice", "creditmemo", PAYMENT_TYPE)

# Every write of a synchronisation is silent, and never comes back as a write to NetSuite.
SYNC_CONTEXT = {
    "netsuite_import": True,
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_activity_automation_skip": True,
    "skip_is_manually_modified": True,
    "active_test": False,
}

# All lines are given: Odoo adds, computes and balances nothing of its own.
MIRROR_CONTEXT = {
    "skip_invoice_sync": True,
    "skip_invoice_line_sync": True,
    "skip_account_move_synchronization": True,
    "no_document": True,
}

ACCOUNTANT_GROUP = "kolleno_netsuite.group_netsuite_accountant"

SETTINGS_GROUP = "base.group_system"

VIEWER_GROUP = "kolleno_netsuite.group_netsuite_viewer"

WRITER_GROUP = "kolleno_netsuite.group_netsuite_writer"

ADMINISTRATOR_GROUP = "kolleno_netsuite.group_netsuite_administrator"
