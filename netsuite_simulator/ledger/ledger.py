"""The ledger of a simulated account: one door to its books."""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..clock import Clock
from ..errors import BookError, user_error
from ..schema import FEATURES, TABLES, active_features
from ..store import Store
from ..switches import Switches
from . import balances as reports
from .bank_deposits import BankDeposits
from .books import ENTITIES_OF, Books
from .customers import Customers
from .files import Files
from .journals import Journals
from .kinds import (
    BANK_DEPOSIT,
    DEBITS,
    DEPOSIT_APPLICATION,
    INVOICE,
    INVOICES,
    JOURNAL,
    NEGATIVE,
    PAYMENT,
    customer_field,
    negative_types,
)
from .payments import CLASSIFICATIONS, Payments
from .reading import Reading
from .record_types import CUSTOMER_PAYMENT, RecordType, deleted_type, record_type
from .records import Records
from .revaluations import Revaluations
from .transactions import Transactions
from .values import Body, to_scaled
from .voiding import Voiding

_READ_ONLY = frozenset({"customerSubsidiaryRelationship"})
# The tables that the fields refer to which a saved record keeps.
_REFERRED = {
    "entity": "entity",
    "customer": "entity",
    "subsidiary": "subsidiary",
    "currency": "currency",
}


class Ledger:
    """Receivables ledger of one account; every method is one unit that succeeds or changes nothing.

    Record types are named in REST casing (`creditMemo`); any casing is understood. All methods
    are safe to call from several threads.

    :param store: database, from `netsuite_simulator.store.open_store`.
    :param clock: the account's clock.
    :param switches: choices about NetSuite's behaviour.
    """

    def __init__(self, store: Store, clock: Clock, switches: Switches) -> None:
        self.store = store
        self.clock = clock
        self.switches = switches
        store.today = lambda: clock.today().isoformat()
        self.books = Books(store, clock, switches)
        store.deleted_type = lambda name: deleted_type(name, switches.deletedrecord_type)
        store.feature_on = lambda code: code in active_features(switches)
        self.records = Records(self.books)
        self.customers = Customers(self.books, self.records)
        self.transactions = Transactions(self.books, self.records, self.customers)
        self.files = Files(self.books)
        self.journals = Journals(self.transactions)
        self.voiding = Voiding(self.journals)
        self.revaluations = Revaluations(self.transactions)
        self.bank_deposits = BankDeposits(self.transactions)
        self.payments = Payments(self.journals, self.bank_deposits)
        self._reading = Reading(self.books, self.records, self.transactions)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Take all that is written inside for what a client writes over REST."""
        with self.books.session(), self.books.serving():
            yield

    # === RECORDS === #

    def create(self, record_type_name: str, body: Body) -> int:
        """Create a record from a REST body and return its internal id.

        References are `{"id": "5"}` or `{"externalId": "x"}`, amounts numbers or texts in
        transaction currency, sublists `{"items": [...]}`. Fields that the type does not have are
        dropped, as is an `id`. The id is 0 for a payment of nothing, of which no record is made.

        :raise BookError: as NetSuite would refuse.
        """
        kind = record_type(record_type_name)
        with self.books.session():
            if kind.code == DEPOSIT_APPLICATION:
                raise BookError(
                    400,
                    "INVALID_REQUEST",
                    f"The record {kind.name} can only be created by a transformation.",
                )
            if kind.code == JOURNAL:
                return self.journals.create(kind, body)
            if kind.code == BANK_DEPOSIT:
                return self.bank_deposits.create(body)
            if kind.code:
                return self._add(kind, body)
            if kind.name == "customer":
                return self.customers.create(body)
            if kind.name == "customerSubsidiaryRelationship":
                return self.customers.add_relationship(body)
            if kind.name == "contact":
                return self.customers.contacts.create(body)
            if kind.name == "job":
                return self.customers.add_project(body)
            return self.records.create(kind, body)

    def _add(
        self,
        kind: RecordType,
        body: Body,
        created_from: int | None = None,
        is_filled: bool = False,
    ) -> int:
        """Create a transaction, with what the account's scripts do when it is saved."""
        if kind.code == PAYMENT:
            return self.payments.create(body, is_filled)
        transaction = self.transactions.create(kind, body, created_from)
        if kind.code == INVOICE:
            self.payments.reapply(transaction)
        return transaction

    def create_twin(self, record_type_name: str, body: Body) -> int:
        """Create a record whose external id another one has, as two requests at once might.

        :raise BookError: as `create`.
        """
        kind = record_type(record_type_name)
        external = body["externalId"]
        others = {name: value for name, value in body.items() if name != "externalId"}
        with self.books.session():
            record_id = self.create(kind.name, others)
            self.books.change(kind.stored_as, "id", record_id, {"externalid": external})
            self.books.forget()
        return record_id

    def locked_changes(self, record_type_name: str, record_id: int, body: Body) -> list[str]:
        """Return the body fields that would change what a saved record has to keep.

        Of a transaction these are its customer, subsidiary and currency, of a payment its rate as
        well, of a customer with transactions its subsidiary and currency. The same value is no
        change, and null none either.
        """
        kind = record_type(record_type_name)
        with self.books.session():
            return [
                name
                for name, present in self._kept(kind, record_id).items()
                if body.get(name) is not None and self._given(name, body[name]) != present
            ]

    def _given(self, name: str, value: Any) -> int | None:
        """Return what a body says of something that a record keeps, as it is stored."""
        if name in _REFERRED:
            return self.books.reference(_REFERRED[name], value, name)
        return to_scaled(value, name)

    def _kept(self, kind: RecordType, record_id: int) -> dict[str, int | None]:
        """Return what a record has to keep, by the names of its fields; nothing of none."""
        query, parameters = _of_type(kind, "id = ?", [record_id])
        if self.books.one(query, *parameters) is None:
            return {}
        if kind.code:
            row = self.books.needed(
                'SELECT entity, subsidiary, currency, exchangerate FROM "transaction" WHERE id = ?',
                record_id,
            )
            named = (customer_field(kind.code), "subsidiary", "currency", "exchangeRate")
            kept = dict(zip(named, row, strict=True))
            if kind.code != PAYMENT:
                del kept["exchangeRate"]
            return {name: value for name, value in kept.items() if value is not None}
        if kind.name != "customer" or not self._has_transactions(record_id):
            return {}
        currency = self.books.scalar("SELECT currency FROM _customer WHERE id = ?", record_id)
        return {"subsidiary": self.customers.subsidiaries(record_id)[0], "currency": currency}

    def _has_transactions(self, customer: int) -> bool:
        found = self.books.one(
            f'SELECT 1 FROM "transaction" WHERE entity IN {ENTITIES_OF.format("?1")} UNION ALL'
            f" SELECT 1 FROM transactionline WHERE entity IN {ENTITIES_OF.format('?1')}",
            customer,
        )
        return found is not None

    def is_applied(self, transaction: int) -> bool:
        """Return whether a transaction is applied, or something is applied to it."""
        with self.books.session():
            return bool(self.transactions.applications.of(transaction))

    def update(
        self, record_type_name: str, record_id: int, body: Body, replace: Iterable[str] = ()
    ) -> None:
        """Change the fields that a REST body names; null clears a field.

        :param replace: names of sublists whose lines are replaced instead of merged by key.
        :raise BookError: 404 for an unknown id, else as NetSuite would refuse.
        """
        kind = record_type(record_type_name)
        with self.books.session():
            if kind.code == BANK_DEPOSIT:
                self.bank_deposits.update(record_id, body)
            elif kind.code == PAYMENT:
                self.payments.update(record_id, body, replace)
            elif kind.code:
                self.transactions.update(kind, record_id, body, replace)
                if kind.code == INVOICE:
                    self.payments.reapply(record_id)
            elif kind.name == "customer":
                self.customers.update(record_id, body, replace)
            elif kind.name == "contact":
                self.customers.contacts.update(record_id, body)
            elif kind.name == "job":
                self.customers.update_project(record_id, body)
            elif kind.name in _READ_ONLY:
                raise user_error("This record cannot be changed.")
            else:
                self.records.update(kind, record_id, body)

    def delete(self, record_type_name: str, record_id: int) -> None:
        """Delete a record and leave a deletedrecord row.

        :raise BookError: for customers with transactions, paid invoices, locked periods.
        """
        kind = record_type(record_type_name)
        with self.books.session():
            if kind.code:
                self.voiding.undo(record_id)
                if kind.code == PAYMENT and self._lets_go_of_deposited():
                    self.payments.take_off_deposit(record_id)
                if kind.code == BANK_DEPOSIT:
                    self.bank_deposits.empty(record_id)
                self.transactions.delete(kind, record_id)
            elif kind.name == "customer":
                self.customers.delete(record_id)
            elif kind.name == "contact":
                self.customers.contacts.delete(record_id)
            else:
                self.records.delete(kind, record_id)

    def set_by_script(
        self, payment: int, fields: Body, lines: Iterable[Body]
    ) -> list[dict[str, Any]]:
        """Set what a script can set of a payment: fields, and its apply lines with discounts.

        :return: the lines as they are then: doc, line, apply, amount and disc.
        :raise BookError: 404 for an unknown id, else as NetSuite would refuse.
        """
        with self.books.session():
            self.transactions.rows.load(payment, CUSTOMER_PAYMENT)
            if fields:
                self.payments.update(payment, fields)
            return self.payments.shown_lines(payment, self.payments.set_lines(payment, lines))

    def _lets_go_of_deposited(self) -> bool:
        return self.books.over_rest and self.switches.deposited_payment_delete == "allowed"

    def transform(
        self, record_type_name: str, record_id: int, target: str, body: Body | None = None
    ) -> int:
        """Make a record of type `target` out of another, with `body` over the defaults.

        :return: internal id of the new record.
        :raise BookError: when the type cannot be transformed so.
        """
        kind, wanted = record_type(record_type_name), record_type(target)
        if wanted.name not in kind.transforms:
            raise BookError(
                400,
                "INVALID_REQUEST",
                f"Transformation from {kind.name} to {wanted.name} is not supported.",
            )
        body = body or {}
        with self.books.session():
            if kind.code:
                filled, created_from = self.transactions.filled(kind, record_id, wanted, body)
                is_filled = "apply" not in body
                return self._add(wanted, filled, created_from, is_filled)
            self.books.row("customer", record_id, "_customer")
            own = customer_field(wanted.code)
            if own in body:
                raise BookError(
                    400, "INVALID_CONTENT", f"Field {own} cannot be set in a transformation.", own
                )
            return self._add(wanted, {**body, own: {"id": record_id}})

    def attach(self, customer: int, contact: int, role: int | None = None) -> None:
        """Attach a contact to a customer, with its role there.

        :raise BookError: 404 for an unknown contact, INVALID_CONTENT for the others.
        """
        with self.books.session():
            self.customers.contacts.attach(customer, contact, role)

    def detach(self, customer: int, contact: int) -> None:
        """Take a contact off a customer.

        :raise BookError: 404 when it is not attached there.
        """
        with self.books.session():
            self.customers.contacts.detach(customer, contact)

    def read(self, record_type_name: str, record_id: int) -> dict[str, Any]:
        """Return a record as a REST body with plain values, without links.

        Numbers are Decimal, dates date, times aware datetime in UTC, references Ref, list values
        Enum, sublists Sublist. Empty fields are left out.

        :raise BookError: 404 for an unknown id.
        """
        kind = record_type(record_type_name)
        with self.books.session():
            if kind.code:
                return self._reading.read(kind, record_id)
            if kind.name == "customer":
                return self.customers.read(record_id)
            return self.records.read(kind, record_id)

    def type_name(self, transaction: int) -> str:
        """Return the REST name of a transaction's record type.

        :raise BookError: for an unknown id.
        """
        with self.books.session():
            return self.transactions.type_of(transaction).name

    def find(self, record_type_name: str, external_id: str) -> int | None:
        """Return the internal id of the record with an external id, or None."""
        kind = record_type(record_type_name)
        if "externalId" not in kind.by_name():
            return None
        with self.books.session():
            query, parameters = _of_type(kind, "externalid = ?", [external_id])
            row = self.books.one(f"{query} ORDER BY id", *parameters)
            return int(row[0]) if row else None

    def ids(self, record_type_name: str) -> list[int]:
        """Return the internal ids of all records of a type, ascending."""
        kind = record_type(record_type_name)
        with self.books.session() as con:
            query, parameters = _of_type(kind, "1", [])
            return [row[0] for row in con.execute(query + " ORDER BY id", parameters)]

    # === CONTROL === #

    def change_switches(self, values: Mapping[str, Any]) -> None:
        """Set switches by name, and rewrite stored signs where a switch decides them.

        :raise ValueError: on an unknown name or value.
        """
        _check_names(values)
        before = self.switches.as_dict()
        self.switches.change(values)
        after = self.switches.as_dict()
        with self.books.session() as con:
            if before["foreigntotal_sign"] != after["foreigntotal_sign"]:
                negative = negative_types(after["foreigntotal_sign"])
                for code in NEGATIVE:
                    sign = "-" if code in negative else ""
                    con.execute(
                        f'UPDATE "transaction" SET foreigntotal = {sign}ABS(foreigntotal),'
                        f" total = {sign}ABS(total) WHERE type = '{code}'"
                    )
            debits = ", ".join(f"'{code}'" for code in sorted(DEBITS))
            if before["line_quantity_sign"] != after["line_quantity_sign"]:
                con.execute(
                    'UPDATE transactionline SET quantity = -quantity WHERE "transaction" IN'
                    f' (SELECT id FROM "transaction" WHERE type IN ({debits}))'
                )
            if before["journal_mainline"] != after["journal_mainline"]:
                con.execute(
                    "UPDATE transactionline SET mainline = ? WHERE linesequencenumber = 0"
                    " AND transactionlinetype = 'JOURNAL'",
                    ["T" if after["journal_mainline"] == "first" else "F"],
                )
            shown = ("refund_links", "deposit_links", "discount_in_links", "finance_charge_type")
            if any(before[name] != after[name] for name in (*shown, "job_customer_column")):
                self._rewrite_links_and_charges()
            if before["undated_before"] != after["undated_before"]:
                self._rewrite_dates(after["undated_before"])
            if before["instalment_mainline"] != after["instalment_mainline"]:
                con.execute(
                    "UPDATE transactionline SET mainline = ? WHERE id <> 0"
                    " AND transactionlinetype = 'RECEIVABLE' AND duedate IS NOT NULL",
                    ["T" if after["instalment_mainline"] == "all" else "F"],
                )
            if before["payment_amounts_line"] != after["payment_amounts_line"]:
                for receipt in (*self.ids("customerPayment"), *self.ids("customerDeposit")):
                    self.transactions.rows.post(self.transactions.rows.load(receipt))

    def _rewrite_links_and_charges(self) -> None:
        """Let links, finance charges and projects show what the switches say."""
        switches, con = self.switches, self.books.con
        self.transactions.applications.show()
        con.execute(
            "UPDATE \"transaction\" SET type = ? WHERE isfinchrg = 'T'",
            [switches.finance_charge_type],
        )
        chosen = switches.job_customer_column
        con.execute(
            "UPDATE job SET customer = CASE ?1 WHEN 'parent' THEN NULL"
            " ELSE COALESCE(customer, parent) END,"
            " parent = CASE ?1 WHEN 'customer' THEN NULL ELSE COALESCE(parent, customer) END",
            [chosen],
        )

    def _rewrite_dates(self, day: str) -> None:
        """Take the dates of change off old transactions, and give those back that are not."""
        con = self.books.con
        con.execute(
            'UPDATE "transaction" SET lastmodifieddate = createddate WHERE lastmodifieddate IS NULL'
        )
        con.execute(
            'UPDATE "transaction" SET lastmodifieddate = NULL WHERE lastmodifieddate < ?', [day]
        )

    def balances(self) -> list[dict[str, Any]]:
        """Return the A/R balance per customer, currency and subsidiary from the accounting lines.

        :return: dicts as `netsuite_simulator.ledger.balances.balances` describes.
        """
        with self.books.session():
            return reports.balances(self.books)

    def revalued(self) -> list[dict[str, Any]]:
        """Return what currency revaluations posted to A/R.

        :return: dicts as `netsuite_simulator.ledger.balances.revaluations` describes.
        """
        with self.books.session():
            return reports.revaluations(self.books)

    def documents(self, customer_id: int | None = None) -> list[dict[str, Any]]:
        """Return all transactions, or one customer's, with total and open amount.

        :return: dicts as `netsuite_simulator.ledger.balances.documents` describes.
        """
        with self.books.session():
            return reports.documents(self.books, customer_id)


def _check_names(values: Mapping[str, Any]) -> None:
    """Refuse switches that name no table, column or feature, and so would hide nothing."""
    columns = {f"{name}.{column}" for name, table in TABLES.items() for column in table}
    for switch, known in (
        ("missing_tables", TABLES.keys()),
        ("missing_columns", columns),
        ("features_off", FEATURES.keys()),
        ("classification_required", CLASSIFICATIONS.keys()),
    ):
        unknown = set(values.get(switch) or ()) - set(known)
        if unknown:
            raise ValueError(f"{switch}: there is no {', '.join(sorted(map(str, unknown)))}.")


def _of_type(kind: RecordType, condition: str, parameters: list[Any]) -> tuple[str, list[Any]]:
    query = f'SELECT id FROM "{kind.stored_as}" WHERE {condition}'
    if kind.code == INVOICE:
        codes = ", ".join("?" * len(INVOICES))
        return f"{query} AND type IN ({codes})", [*parameters, *sorted(INVOICES)]
    if kind.code == JOURNAL:
        return f"{query} AND recordtype = ?", [*parameters, kind.name.lower()]
    if kind.code:
        return f"{query} AND type = ?", [*parameters, kind.code]
    return query, parameters
