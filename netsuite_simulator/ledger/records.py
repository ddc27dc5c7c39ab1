"""Lists and entities: create, edit, delete and read by their description."""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from typing import Any

from ..errors import already_exists, invalid_value, missing_values, user_error
from ..schema import TABLES, Kind, enum_name
from .books import Books
from .record_types import BY_TABLE, Field, RecordType
from .values import Body, Enum, Ref, Several, Sublist, from_column, items_of, to_column

_DEFAULTS: dict[str, dict[str, Any]] = {
    "currency": {"currencyprecision": 2, "isbasecurrency": "F"},
    "accountingperiod": dict.fromkeys(
        (
            "closed",
            "alllocked",
            "arlocked",
            "aplocked",
            "allownonglchanges",
            "isadjust",
            "isquarter",
            "isyear",
        ),
        "F",
    )
    | {"isposting": "T"},
    "account": {"issummary": "F", "eliminate": "F"},
    "subsidiary": {"iselimination": "F"},
    "term": {"datedriven": "F", "daysuntilnetdue": 0},
    "employee": {"issalesrep": "F"},
    "contact": {"isprivate": "F"},
}

# Tables and columns that a record of the key's table may not be deleted under.
_USED_BY: dict[str, tuple[tuple[str, str], ...]] = {
    "_customer": (
        ("transaction", "entity"),
        ("transactionline", "entity"),
        ("_customer", "parent"),
        ("job", "customer"),
        ("job", "parent"),
    ),
    "job": (("transaction", "entity"), ("transactionline", "entity")),
    "vendor": (("transactionline", "entity"),),
    "currency": (
        ("transaction", "currency"),
        ("_customer", "currency"),
        ("subsidiary", "currency"),
    ),
    "subsidiary": (
        ("transaction", "subsidiary"),
        ("_customersubsidiaryrelationship", "subsidiary"),
    ),
    "account": (("transactionaccountingline", "account"),),
    "item": (("transactionline", "item"),),
    "term": (("transaction", "terms"), ("_customer", "terms")),
    "accountingperiod": (("transaction", "postingperiod"),),
    "salestaxitem": (("_linetax", "taxcode"),),
    "paymentmethod": (("transaction", "paymentmethod"),),
}


_ENTITY_RECORDS = {
    "CustJob": "customer",
    "Job": "job",
    "Vendor": "vendor",
    "Employee": "employee",
    "Contact": "contact",
}


def _modified_column(table: str) -> str:
    """Return the column that tells when a row was changed last; custom lists have their own."""
    return "lastmodified" if table.startswith("customlist") else "lastmodifieddate"


class Records:
    """Records that are one row: setup lists, contacts, and the row of a customer."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def columns(self, kind: RecordType, body: Body) -> dict[str, Any]:
        """Turn the body fields that have a column into column values; others are left out."""
        values = {}
        for field in kind.fields:
            if field.writable and field.name in body:
                values[field.column] = self._column(field, body[field.name])
        return values

    def _column(self, field: Field, value: Any) -> Any:
        if field.kind == "ref:entity":
            return self.books.billed(value, field.name)
        if field.kind.base == "ref":
            return self.books.reference(field.kind.target, value, field.name)
        if field.kind.base == "multi":
            return self._several(field, value)
        return to_column(field.kind, value, field.name)

    def _several(self, field: Field, value: Any) -> str | None:
        """Return the ids of a multiple select as SuiteQL shows them, `3, 5`."""
        chosen = items_of({field.name: value}, field.name) or []
        ids = {self.books.reference(field.kind.target, each, field.name) for each in chosen}
        return ", ".join(str(each) for each in sorted(filter(None, ids))) or None

    def require(self, kind: RecordType, values: dict[str, Any]) -> None:
        """Refuse values that leave a mandatory field empty."""
        missing = [
            field.label
            for field in kind.fields
            if field.required and values.get(field.column) in (None, "")
        ]
        if missing:
            raise missing_values(*missing)

    def create(self, kind: RecordType, body: Body) -> int:
        """Create a record and return its id."""
        books = self.books
        values = dict(_DEFAULTS.get(kind.table, {}))
        table = TABLES[kind.table]
        if "isinactive" in table:
            values["isinactive"] = "F"
        values.update(self.columns(kind, body))
        self.require(kind, values)
        self.check_external_id(kind, values.get("externalid"), None)
        record_id = books.next_id(kind.sequence)
        values["id"] = record_id
        modified = _modified_column(kind.table)
        values[modified] = books.stamp()
        if "datecreated" in table:
            values["datecreated"] = values[modified]
        if kind.table.startswith("customlist"):
            values |= {"created": values[modified], "recordid": record_id}
            values["scriptid"] = f"val_{record_id}"
        values.update(self._derived(kind.table, values))
        books.insert(kind.stored_as, values)
        books.forget()
        return record_id

    def check_external_id(
        self, kind: RecordType, external_id: str | None, record_id: int | None
    ) -> None:
        """Refuse an external id that another record of the type has, or any transaction."""
        if external_id is None:
            return
        query = f'SELECT id FROM "{kind.stored_as}" WHERE externalid = ? AND id IS NOT ?'
        switches = self.books.switches
        if kind.code and switches.external_id_scope == "type":
            query += f" AND type = '{kind.code}'"
        if self.books.one(query, external_id, record_id):
            raise already_exists(switches.duplicate_external_id)

    def update(self, kind: RecordType, record_id: int, body: Body) -> None:
        """Change the fields that the body names; null clears."""
        books = self.books
        present = books.row(kind.table, record_id, kind.stored_as)
        changed = self.columns(kind, body)
        self.require(kind, {**present, **changed})
        self.check_external_id(kind, changed.get("externalid"), record_id)
        parent = changed.get("parent")
        if parent is not None and self._is_below(kind.stored_as, parent, record_id):
            raise invalid_value(parent, "parent")
        changed[_modified_column(kind.table)] = books.stamp()
        changed.update(self._derived(kind.table, {**present, **changed}))
        books.change(kind.stored_as, "id", record_id, changed)
        self.note_changes(record_id, present, changed)
        books.forget()

    def _is_below(self, table: str, record_id: int, ancestor: int) -> bool:
        found = self.books.one(
            f'WITH RECURSIVE up(id) AS (SELECT ? UNION SELECT r.parent FROM "{table}" r'
            " JOIN up ON r.id = up.id WHERE r.parent IS NOT NULL)"
            " SELECT 1 FROM up WHERE id = ?",
            record_id,
            ancestor,
        )
        return found is not None

    def note_changes(
        self, record_id: int, present: dict[str, Any], changed: dict[str, Any], kind: int = -2
    ) -> None:
        """Write a system note per changed field; `kind` is -30 for transactions."""
        for column, value in changed.items():
            if column in ("lastmodifieddate", "lastmodified") or present.get(column) == value:
                continue
            self.books.insert(
                "systemnote",
                {
                    "id": self.books.next_id("systemnote"),
                    "date": self.books.stamp(),
                    "field": column.upper(),
                    "oldvalue": present.get(column),
                    "newvalue": value,
                    "recordid": record_id,
                    "recordtypeid": kind,
                    "context": "UIF",
                },
            )

    def delete(self, kind: RecordType, record_id: int) -> None:
        """Delete a record that nothing refers to, leaving a deletedrecord row."""
        books = self.books
        books.row(kind.table, record_id, kind.stored_as)
        for table, column in _USED_BY.get(kind.stored_as, ()):
            if books.one(f'SELECT 1 FROM "{table}" WHERE "{column}" = ? LIMIT 1', record_id):
                raise user_error("This record cannot be deleted because it has dependent records.")
        name = books.display(kind.table, record_id) if kind.table != "currencyrate" else None
        books.con.execute(f'DELETE FROM "{kind.stored_as}" WHERE id = ?', [record_id])
        self.note_deletion(kind, record_id, name)
        books.forget()

    def note_deletion(self, kind: RecordType, record_id: int, name: str | None) -> None:
        """Write the deletedrecord row of a record that is gone; its type as REST names it."""
        self.books.insert(
            "_deletedrecord",
            {
                "type": kind.name.lower(),
                "recordtypeid": -30 if kind.code else -2 if kind.sequence == "entity" else None,
                "recordid": record_id,
                "name": name,
                "deleteddate": self.books.stamp(),
                "deletedby": self.books.actor,
                "context": "UIF",
                "iscustomlist": "T" if kind.table.startswith("customlist") else "F",
                "iscustomrecord": "F",
                "iscustomtransaction": "F",
            },
        )

    def read(self, kind: RecordType, record_id: int) -> dict[str, Any]:
        """Return a record as a REST body with plain values; empty fields are left out."""
        return self.body(kind, self.books.row(kind.table, record_id))

    def body(self, kind: RecordType, row: dict[str, Any]) -> dict[str, Any]:
        """Turn a row into body fields."""
        result: dict[str, Any] = {"id": row["id"]}
        one_currency = not self.books.switches.multi_currency
        for field in kind.fields:
            value = row.get(field.column)
            if one_currency and (field.kind.target == "currency" or field.column == "exchangerate"):
                continue
            if value is not None:
                result[field.name] = self.value(field.kind, value, row.get("type"))
        if kind.table == "account" and result.get("subsidiary"):
            ids = result.pop("subsidiary")
            if self.books.switches.one_world:
                result["subsidiary"] = self._subsidiaries(ids)
        return result

    def _subsidiaries(self, ids: str) -> Sublist:
        """Return the subsidiaries of an account, which are a sub-resource of it."""
        chosen = (self.ref("subsidiary", int(each)) for each in ids.split(", "))
        return Sublist({"id": str(each.id), "refName": each.name} for each in chosen)

    def value(self, kind: Kind, value: Any, transaction_type: str | None = None) -> Any:
        """Turn a column's value into a body value, references and enums with their names."""
        if kind.base == "ref":
            return self.ref(kind.target, value)
        if kind.base == "multi":
            return Several(self.ref(kind.target, int(each)) for each in value.split(", "))
        if kind.base == "enum":
            return Enum(value, enum_name(kind.target, value, transaction_type))
        return from_column(kind, value)

    def ref(self, table: str, record_id: int) -> Ref:
        """Return a reference to a record of a table."""
        name = self.books.display(table, record_id)
        if table == "transaction":
            kind = self.books.scalar('SELECT recordtype FROM "transaction" WHERE id = ?', record_id)
            return Ref(record_id, name, kind)
        if table == "entity":
            kind = self.books.scalar("SELECT type FROM entity WHERE id = ?", record_id)
            return Ref(record_id, name, _ENTITY_RECORDS.get(kind))
        return Ref(record_id, name, BY_TABLE.get(table))

    def _derived(self, table: str, values: dict[str, Any]) -> dict[str, Any]:
        """Return the columns that NetSuite fills from others: names with number or hierarchy."""
        if table == "account":
            name = str(values["fullname"])
            number = values.get("acctnumber")
            shown = f"{number} {name}" if number else name
            return {
                "accountsearchdisplayname": shown,
                "accountsearchdisplaynamecopy": name,
                "displaynamewithhierarchy": shown,
            }
        if table in ("subsidiary", "department", "location", "classification"):
            parent = values.get("parent")
            above = self.books.scalar(f"SELECT fullname FROM {table} WHERE id = ?", parent)
            name = str(values["name"])
            return {"fullname": f"{above} : {name}" if above else name}
        if table == "item":
            return {
                "fullname": values.get("fullname") or values["itemid"],
                "itemtype": values.get("itemtype") or "Service",
            }
        if table == "salestaxitem":
            return {"name": values.get("name") or values["itemid"]}
        if table == "contact":
            named = [values.get("firstname"), values.get("lastname")]
            full = " ".join(part for part in named if part)
            entity_id = values.get("entityid") or full
            if not entity_id:
                raise missing_values("Contact Name")
            return {"entityid": entity_id, "entitytitle": entity_id}
        return {}
