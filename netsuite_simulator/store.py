"""Where the books are kept: one SQLite database with one writer and many readers."""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from .schema import FEATURES, STORED_AS, TABLES, Table, display_name

Connection = sqlite3.Connection
ConnectionHook = Callable[[Connection], None]

_PRIVATE_TABLES = """
CREATE TABLE _application (
    id INTEGER PRIMARY KEY, previousdoc INTEGER NOT NULL, previousline INTEGER NOT NULL,
    nextdoc INTEGER NOT NULL, nextline INTEGER NOT NULL, kind TEXT NOT NULL,
    amount INTEGER NOT NULL, previousbase INTEGER NOT NULL, nextbase INTEGER NOT NULL,
    applydate TEXT NOT NULL, discount INTEGER NOT NULL DEFAULT 0,
    discountbase INTEGER NOT NULL DEFAULT 0, linktype TEXT NOT NULL,
    foreignamount INTEGER NOT NULL, lastmodifieddate TEXT NOT NULL);
CREATE UNIQUE INDEX application_nextdoc ON _application (nextdoc, previousdoc, previousline,
    nextline);
CREATE INDEX application_previousdoc ON _application (previousdoc, nextdoc);
CREATE TABLE _linetax (
    "transaction" INTEGER NOT NULL, line INTEGER NOT NULL, taxcode INTEGER NOT NULL,
    PRIMARY KEY ("transaction", line)) WITHOUT ROWID;
CREATE TABLE _filecontent (file INTEGER PRIMARY KEY, contents BLOB NOT NULL);
CREATE TABLE _attachedfile (
    "transaction" INTEGER NOT NULL, file INTEGER NOT NULL,
    PRIMARY KEY ("transaction", file)) WITHOUT ROWID;
CREATE TABLE _sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE _numbering (
    type TEXT PRIMARY KEY, prefix TEXT NOT NULL, digits INTEGER NOT NULL, next INTEGER NOT NULL
    ) WITHOUT ROWID;
"""

_INDEXES = """
CREATE INDEX transaction_modified ON "transaction" (lastmodifieddate, id);
CREATE INDEX transaction_type ON "transaction" (type, trandate, id);
CREATE INDEX transaction_type_modified ON "transaction" (type, lastmodifieddate, id);
CREATE INDEX transaction_entity ON "transaction" (entity, type, id);
CREATE INDEX transaction_tranid ON "transaction" (tranid);
CREATE INDEX transaction_externalid ON "transaction" (externalid) WHERE externalid IS NOT NULL;
CREATE INDEX transactionaccountingline_account ON transactionaccountingline (account);
CREATE INDEX transactionline_journal ON transactionline (entity)
    WHERE transactionlinetype = 'JOURNAL';
CREATE INDEX transactionline_createdfrom ON transactionline (createdfrom)
    WHERE createdfrom IS NOT NULL;
CREATE INDEX customer_modified ON _customer (lastmodifieddate, id);
CREATE INDEX customer_entityid ON _customer (entityid COLLATE NOCASE);
CREATE INDEX customer_parent ON _customer (parent);
CREATE INDEX relationship_entity ON _customersubsidiaryrelationship (entity, subsidiary);
CREATE INDEX contact_modified ON contact (lastmodifieddate, id);
CREATE INDEX contact_company ON contact (company);
CREATE INDEX customeraddressbook_entity ON customeraddressbook (entity);
CREATE INDEX currencyrate_pair
    ON currencyrate (basecurrency, transactioncurrency, effectivedate);
CREATE INDEX accountingperiod_dates ON accountingperiod (startdate, enddate);
CREATE INDEX deletedrecord_date ON _deletedrecord (deleteddate);
"""

# What documents and lines of journals leave open, in the customer's currency; other currencies
# at the current rates. ``o`` stands for either in the condition.
_OPEN = """COALESCE((SELECT SUM(in_currency(
    COALESCE({o}.foreignamountunpaid, 0) - COALESCE({o}.foreignpaymentamountunused, 0),
    own.exchangerate, other.exchangerate, other.currencyprecision))
  FROM {tables}
  JOIN currency own ON own.id = t.currency JOIN currency other ON other.id = c.currency
  WHERE {where}), 0)"""

# What customers paid in advance and is not used up, in the base currency of the subsidiary.
_DEPOSITS = """COALESCE((SELECT SUM(a.paymentamountunused) FROM "transaction" t
  JOIN transactionaccountingline a ON a."transaction" = t.id
  WHERE {where} AND t.type = 'CustDep'), 0)"""

# Left joins by the key, which SQLite leaves out where a query does not name their columns.
_LINK_TABLES = """_application a LEFT JOIN "transaction" p ON p.id = a.previousdoc
  LEFT JOIN "transaction" n ON n.id = a.nextdoc"""
_SHOWN_LINKS = f"{_LINK_TABLES} WHERE a.linktype <> ''"
_LINK_TYPES = {"previoustype": "p.type", "nexttype": "n.type"}

_FAMILY = """o.entity IN (WITH RECURSIVE family(id) AS (
    SELECT c.id UNION SELECT k.id FROM _customer k JOIN family ON k.parent = family.id)
    SELECT id FROM family UNION ALL
    SELECT j.id FROM job j JOIN family ON COALESCE(j.customer, j.parent) = family.id)"""

# A customer, and its projects, which documents may name instead.
_OWN = (
    "o.entity IN (SELECT {c} UNION ALL"
    " SELECT j.id FROM job j WHERE COALESCE(j.customer, j.parent) = {c})"
)

# Everybody by one name; `shown` is what a reference shows, and no column of SuiteQL.
_ENTITY_VIEW = """CREATE VIEW entity AS SELECT {columns}, shown FROM (
SELECT {common}, altname, datecreated, 'CustJob' AS type, email, id AS customer, NULL AS project,
    parent, {customer} AS shown FROM _customer
UNION ALL SELECT {common}, altname, datecreated, 'Job', NULL, NULL, id,
    COALESCE(parent, customer), entityid FROM job
UNION ALL SELECT id, entityid, entityid, externalid, isinactive, lastmodifieddate, companyname,
    NULL, 'Vendor', email, NULL, NULL, NULL, entityid FROM vendor
UNION ALL SELECT id, entityid, entityid, externalid, isinactive, lastmodifieddate, NULL,
    NULL, 'Employee', email, NULL, NULL, NULL, entityid FROM employee
UNION ALL SELECT {common}, NULL, datecreated, 'Contact', email, NULL, NULL, NULL, entityid
    FROM contact)"""
_ENTITY_COMMON = "id, entityid, entitytitle, externalid, isinactive, lastmodifieddate"


def _create_table(name: str, table: Table) -> str:
    columns = [f'"{column}" {kind.storage}' for column, kind in table.items()]
    suffix = ""
    if len(table.key) == 1:
        columns = [
            f"{text} PRIMARY KEY" if column == table.key[0] else text
            for column, text in zip(table, columns, strict=True)
        ]
    elif table.key:
        columns.append("PRIMARY KEY ({})".format(", ".join(f'"{key}"' for key in table.key)))
        suffix = " WITHOUT ROWID"
    return f'CREATE TABLE "{name}" ({", ".join(columns)}){suffix}'


def _of(alias: str, condition: str) -> str:
    """Say a condition on `o` of another table."""
    return condition.replace("o.", f"{alias}.")


def _open(where: str, due: str = "") -> str:
    """Return the sum of what is open where a condition on `o` holds.

    :param due: a further condition on the due date, `{day}`.
    """
    documents = f"{_of('t', where)} AND t.type <> 'CustDep'"
    lines = f"{_of('l', where)} AND l.transactionlinetype = 'JOURNAL'"
    if due:
        documents += f" AND {due.format(day='t.duedate')}"
        lines += f" AND {due.format(day='t.trandate')}"
    joined = 'transactionline l JOIN "transaction" t ON t.id = l."transaction"'
    return " + ".join(
        (
            _OPEN.format(o="t", tables='"transaction" t', where=documents),
            _OPEN.format(o="l", tables=joined, where=lines),
        )
    )


def _create_view(name: str) -> str:
    if name == "entity":
        return _ENTITY_VIEW.format(
            columns=", ".join(TABLES[name]),
            common=_ENTITY_COMMON,
            customer=display_name("customer"),
        )
    computed = {
        "customer": {
            "balancesearch": _open(_OWN.format(c="c.id")),
            "consolbalancesearch": _open(_FAMILY),
            "overduebalancesearch": _open(_OWN.format(c="c.id"), "{day} < account_today()"),
            "depositbalancesearch": _DEPOSITS.format(where=_of("t", _OWN.format(c="c.id"))),
        },
        "customersubsidiaryrelationship": {
            "balance": _open(f"{_OWN.format(c='r.entity')} AND o.subsidiary = r.subsidiary"),
            "depositbalance": _DEPOSITS.format(
                where=_of("t", _OWN.format(c="r.entity")) + " AND t.subsidiary = r.subsidiary"
            ),
        },
        "nexttransactionlinelink": _LINK_TYPES,
        "previoustransactionlinelink": _LINK_TYPES,
        "deletedrecord": {"type": "deleted_type(s.type)"},
        "companyfeaturesetup": {"isactive": "CASE feature_on(s.id) WHEN 1 THEN 'T' ELSE 'F' END"},
    }.get(name, {})
    source = {
        "customer": ("c", "_customer c"),
        "customersubsidiaryrelationship": (
            "r",
            "_customersubsidiaryrelationship r JOIN _customer c ON c.id = r.entity",
        ),
        "nexttransactionlinelink": ("a", _SHOWN_LINKS),
        "previoustransactionlinelink": ("a", _SHOWN_LINKS),
    }.get(name, ("s", f"{STORED_AS[name]} s"))
    alias, tables = source
    columns = [
        f"{computed[column]} AS {column}" if column in computed else f'{alias}."{column}"'
        for column in TABLES[name]
    ]
    return f'CREATE VIEW "{name}" AS SELECT {", ".join(columns)} FROM {tables}'


def _in_currency(amount: int, own: int | None, other: int | None, precision: int) -> int:
    if not amount or not own or not other or own == other:
        return amount
    unit: int = 10 ** (8 - precision)
    return (2 * amount * own + other * unit) // (2 * other * unit) * unit


class Store:
    """The database of one account. Make it with `open_store`.

    :param path: file of the database; it is created when it does not exist.
    :param temporary: folder to remove on close, or None.
    """

    def __init__(self, path: Path, temporary: str | None = None) -> None:
        self.path = path
        self.version = 0
        self.today: Callable[[], str] = lambda: datetime.now(timezone.utc).date().isoformat()
        # What the account's switches say; the ledger puts its own here.
        self.deleted_type: Callable[[str], str | None] = lambda name: name
        self.feature_on: Callable[[str], bool] = lambda code: True
        self._temporary = temporary
        self._hooks: list[ConnectionHook] = []
        self._rollback_hooks: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        self._owner: int | None = None
        self._depth = 0
        self._pool_lock = threading.Lock()
        self._pool: list[Connection] = []
        self._closed = False
        is_new = not path.exists() or path.stat().st_size == 0
        self._writer = self._connect()
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute("PRAGMA synchronous = OFF")
        self._writer.execute("PRAGMA cache_size = -65536")
        if is_new:
            self._create()

    def _create(self) -> None:
        con = self._writer
        for name, table in TABLES.items():
            stored_as = STORED_AS.get(name, name)
            if stored_as == name or stored_as == f"_{name}":
                con.execute(_create_table(stored_as, table))
        con.executescript(_PRIVATE_TABLES)
        for name in STORED_AS:
            con.execute(_create_view(name))
        con.executescript(_INDEXES)
        con.executemany(
            "INSERT INTO _companyfeaturesetup (id, name, isavailable) VALUES (?, ?, 'T')",
            [(code, feature.name) for code, feature in FEATURES.items()],
        )

    def _connect(self) -> Connection:
        con = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        con.execute("PRAGMA busy_timeout = 30000")
        con.execute("PRAGMA temp_store = MEMORY")
        con.create_function("account_today", 0, lambda: self.today())
        con.create_function("deleted_type", 1, lambda name: self.deleted_type(name))
        con.create_function("feature_on", 1, lambda code: self.feature_on(code))
        con.create_function("in_currency", 4, _in_currency, deterministic=True)
        for hook in self._hooks:
            hook(con)
        return con

    def on_connect(self, hook: ConnectionHook) -> None:
        """Call `hook` with every connection, present and future: to add SQL functions."""
        with self._lock, self._pool_lock:
            self._hooks.append(hook)
            hook(self._writer)
            for con in self._pool:
                hook(con)

    def on_rollback(self, hook: Callable[[], None]) -> None:
        """Call `hook` after writes were undone: to drop what was remembered of them."""
        self._rollback_hooks.append(hook)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the only writer; commit at the end, undo everything on an error.

        Nested calls of one thread join the outer one; an error undoes the inner part only, if
        the outer part catches it.
        """
        with self._lock:
            con = self._writer
            outermost = self._depth == 0
            name = f"level_{self._depth}"
            con.execute("BEGIN IMMEDIATE" if outermost else f"SAVEPOINT {name}")
            self._owner = threading.get_ident()
            self._depth += 1
            before = con.total_changes
            completed = False
            try:
                yield con
                completed = True
            finally:
                if not completed:
                    self._undo(None if outermost else name)
                else:
                    con.execute("COMMIT" if outermost else f"RELEASE {name}")
                    if outermost and con.total_changes != before:
                        self.version += 1
                self._depth -= 1
                if outermost:
                    self._owner = None

    def _undo(self, savepoint: str | None) -> None:
        if savepoint is None:
            self._writer.execute("ROLLBACK")
        else:
            self._writer.execute(f"ROLLBACK TO {savepoint}")
            self._writer.execute(f"RELEASE {savepoint}")
        for hook in self._rollback_hooks:
            hook()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Lend a connection for queries; a thread that is writing sees its own writes."""
        if self._owner == threading.get_ident():
            yield self._writer
            return
        with self._pool_lock:
            con = self._pool.pop() if self._pool else self._connect()
        try:
            yield con
        finally:
            with self._pool_lock:
                if self._closed:
                    con.close()
                else:
                    self._pool.append(con)

    def copy_into(self, other: Store) -> None:
        """Let another store hold what this one holds."""
        with self._lock, other._lock:
            self._writer.backup(other._writer)
            other.version += 1

    def close(self) -> None:
        """Close all connections; a database in memory is gone."""
        with self._lock, self._pool_lock:
            self._closed = True
            for con in self._pool:
                con.close()
            self._pool.clear()
            self._writer.close()
        if self._temporary:
            shutil.rmtree(self._temporary)
            self._temporary = None


def open_store(path: str = ":memory:") -> Store:
    """Open the database of an account, creating its tables when it is new.

    :param path: a file, or `:memory:` for one that lives as long as the store.
    """
    if path != ":memory:":
        return Store(Path(path))
    folder = tempfile.mkdtemp(prefix="netsuite_simulator_")
    return Store(Path(folder) / "account.sqlite", temporary=folder)
