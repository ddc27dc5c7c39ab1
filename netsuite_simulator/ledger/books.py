"""What all parts of the ledger share: the database, the clock, the switches, small look-ups."""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from ..clock import Clock, from_stored, stored
from ..errors import BookError, invalid_value, nonexistent
from ..schema import TABLES, display_name
from ..store import Connection, Store
from ..switches import Switches
from .values import reference_id

Value = TypeVar("Value")
# The customer of an entity, which may be one of its projects.
CUSTOMER_OF = "COALESCE((SELECT COALESCE(j.customer, j.parent) FROM job j WHERE j.id = {0}), {0})"
# Those whose documents are a customer's: it and its projects.
ENTITIES_OF = (
    "(SELECT {0} UNION ALL SELECT j.id FROM job j WHERE COALESCE(j.customer, j.parent) = {0})"
)


class Books:
    """The open books of one account, used by one writer at a time.

    :param store: where they are kept.
    :param clock: gives dates and the time of changes.
    :param switches: choices about NetSuite's behaviour.
    """

    def __init__(self, store: Store, clock: Clock, switches: Switches) -> None:
        self.store = store
        self.clock = clock
        self.switches = switches
        self._remembered: dict[tuple[str, Any], Any] = {}
        self._stamp: str | None = None
        # The employee who does what is being done, where somebody says so.
        self.actor: int | None = None
        # Whether a client writes over REST; people are not held to what its switches say.
        self.over_rest = False
        self._connection: Connection | None = None
        store.on_rollback(self.forget)

    @property
    def con(self) -> Connection:
        """The connection of the current `session`."""
        if self._connection is None:
            raise RuntimeError("The books are used outside of a session.")
        return self._connection

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """Open the books for reading and writing; undo everything on an error."""
        with self.store.write() as con:
            previous, self._connection = self._connection, con
            try:
                yield con
            finally:
                self._connection = previous

    @contextmanager
    def stamped(self, stamp: str | None) -> Iterator[None]:
        """Write `stamp` (stored form, UTC) as the time of all changes inside; None: now."""
        previous, self._stamp = self._stamp, stamp or self._stamp
        try:
            yield
        finally:
            self._stamp = previous

    @contextmanager
    def acting(self, employee: int | None) -> Iterator[None]:
        """Let an employee (internal id) do all that happens inside."""
        previous, self.actor = self.actor, employee if employee is not None else self.actor
        try:
            yield
        finally:
            self.actor = previous

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Take all that is written inside for what a client writes over REST."""
        previous, self.over_rest = self.over_rest, True
        try:
            yield
        finally:
            self.over_rest = previous

    def stamp(self) -> str:
        """Return the time to write as lastmodifieddate."""
        return self._stamp or stored(self.clock.now())

    def today(self) -> str:
        """Return the date, in the account's zone, of the time to write."""
        return self.clock.to_account(from_stored(self.stamp())).date().isoformat()

    def remember(self, kind: str, key: Any, find: Callable[[], Value]) -> Value:
        """Return a look-up in setup data, which `forget` makes fresh."""
        found: Value
        try:
            found = self._remembered[kind, key]
        except KeyError:
            found = self._remembered[kind, key] = find()
        return found

    def forget(self) -> None:
        """Drop remembered look-ups, after setup data changed or a write was undone."""
        self._remembered.clear()

    def next_id(self, sequence: str, count: int = 1) -> int:
        """Take `count` numbers from a sequence and return the first; none is used twice."""
        row = self.con.execute(
            "INSERT INTO _sequence VALUES (?, ?) ON CONFLICT (name)"
            " DO UPDATE SET value = value + excluded.value RETURNING value",
            (sequence, count),
        ).fetchone()
        return int(row[0]) - count + 1

    def start_after(self, sequence: str, value: int) -> None:
        """Let a sequence go on behind a number."""
        self.con.execute(
            "INSERT INTO _sequence VALUES (?, ?) ON CONFLICT (name)"
            " DO UPDATE SET value = MAX(value, excluded.value)",
            (sequence, value),
        )

    def one(self, query: str, *parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        row: tuple[Any, ...] | None = self.con.execute(query, parameters).fetchone()
        return row

    def needed(self, query: str, *parameters: Any) -> tuple[Any, ...]:
        """Return the first row of a query.

        :raise BookError: 404 when there is none.
        """
        row = self.one(query, *parameters)
        if row is None:
            raise nonexistent()
        return row

    def scalar(self, query: str, *parameters: Any) -> Any:
        """Return the first value of the first row, or None."""
        row = self.one(query, *parameters)
        return row[0] if row else None

    def row(self, table: str, record_id: int, stored_as: str | None = None) -> dict[str, Any]:
        """Return a row by id as a dict.

        :raise BookError: 404 when there is none.
        """
        key = TABLES[table].key[0]
        cursor = self.con.execute(
            f'SELECT * FROM "{stored_as or table}" WHERE {key} = ?', [record_id]
        )
        found = cursor.fetchone()
        if found is None:
            raise nonexistent()
        return dict(zip((column[0] for column in cursor.description), found, strict=True))

    def insert(self, table: str, values: Mapping[str, Any]) -> None:
        """Insert a row given by column."""
        columns = ", ".join(f'"{column}"' for column in values)
        marks = ", ".join("?" * len(values))
        self.con.execute(
            f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(values.values())
        )

    def change(self, table: str, key: str, record_id: int, values: Mapping[str, Any]) -> None:
        """Change columns of the row with that key."""
        if values:
            sets = ", ".join(f'"{column}" = ?' for column in values)
            self.con.execute(
                f'UPDATE "{table}" SET {sets} WHERE "{key}" = ?', [*values.values(), record_id]
            )

    def display(self, table: str, record_id: int | None) -> str | None:
        """Return the text that a reference to a record shows."""
        if record_id is None:
            return None
        key = TABLES[table].key[0]
        text = self.scalar(
            f'SELECT {display_name(table)} FROM "{table}" WHERE {key} = ?', record_id
        )
        return None if text is None else str(text)

    def reference(self, table: str, value: Any, field: str) -> int | None:
        """Return the id of an existing record that a reference of a body means.

        :raise BookError: INVALID_CONTENT when there is no such record.
        """
        if value is None:
            return None
        found = reference_id(value, field)
        key = TABLES[table].key[0]
        if found is not None:
            known = self.remember(
                table,
                found,
                lambda: self.scalar(f'SELECT 1 FROM "{table}" WHERE "{key}" = ?', found) or 0,
            )
            if not known:
                self._remembered.pop((table, found), None)
                raise invalid_value(found, field)
            return found
        external = value.get("externalId") if isinstance(value, Mapping) else None
        if external is not None and "externalid" in TABLES[table]:
            by_external = self.scalar(
                f'SELECT "{key}" FROM "{table}" WHERE externalid = ?', external
            )
            if by_external is not None:
                return int(by_external)
        raise invalid_value(external, field)

    def customer_of(self, entity: int | None) -> int | None:
        """Return the customer of an entity: itself, or whose project it is."""
        if entity is None:
            return None
        return self.remember(
            "customer_of",
            entity,
            lambda: int(self.scalar("SELECT " + CUSTOMER_OF.format("?1"), entity)),
        )

    def billed(self, value: Any, field: str) -> int | None:
        """Return the customer or project that a reference of a body means.

        :raise BookError: INVALID_CONTENT when there is no such record.
        """
        found = None if value is None else reference_id(value, field)
        is_project = found is not None and self.one("SELECT 1 FROM job WHERE id = ?", found)
        return self.reference("job" if is_project else "customer", value, field)

    def precision(self, currency: int) -> int:
        """Return the number of decimals of a currency."""
        return self.remember(
            "precision",
            currency,
            lambda: int(
                self.scalar("SELECT currencyprecision FROM currency WHERE id = ?", currency)
            ),
        )

    def base_currency(self, subsidiary: int) -> int:
        """Return the base currency of a subsidiary."""

        def find() -> int:
            currency = self.scalar("SELECT currency FROM subsidiary WHERE id = ?", subsidiary)
            if currency is None:
                raise invalid_value(subsidiary, "subsidiary")
            return int(currency)

        return self.remember("base_currency", subsidiary, find)

    def exchange_rate(self, base: int, currency: int, day: str) -> int:
        """Return base-currency units per unit of `currency` at a date, in 1/SCALE.

        The latest currencyrate up to the date counts; without one, the rates of the currency list.
        """
        if base == currency:
            return 10**8
        return self.remember("rate", (base, currency, day), lambda: self._rate(base, currency, day))

    def _rate(self, base: int, currency: int, day: str) -> int:
        rate = self.scalar(
            "SELECT exchangerate FROM currencyrate WHERE basecurrency = ?"
            " AND transactioncurrency = ? AND effectivedate <= ?"
            " ORDER BY effectivedate DESC, id DESC LIMIT 1",
            base,
            currency,
            day,
        )
        if rate is None:
            listed = dict(
                self.con.execute(
                    "SELECT id, exchangerate FROM currency WHERE id IN (?, ?)", (base, currency)
                ).fetchall()
            )
            if not listed.get(base) or not listed.get(currency):
                raise BookError(
                    400,
                    "USER_ERROR",
                    "Error while accessing a resource. Please enter value(s) for: Exchange Rate.",
                )
            rate = (2 * listed[currency] * 10**8 + listed[base]) // (2 * listed[base])
        return int(rate)
