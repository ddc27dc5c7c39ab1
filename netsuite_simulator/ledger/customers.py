"""Customers: their row, their addresses and the subsidiaries they belong to."""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import invalid_value, is_inactive, missing_values, user_error
from ..schema import enum_name
from .books import ENTITIES_OF, Books
from .contacts import Contacts
from .record_types import ADDRESS_COLUMNS, CUSTOMER, JOB, RELATIONSHIP
from .records import Records
from .values import (
    Body,
    Enum,
    Sublist,
    is_emptied,
    items_of,
    reference_id,
    to_bool,
    to_decimal,
)

NO_PROJECTS = "The feature Projects is not enabled in this account."
_RELATIONSHIPS = "_customersubsidiaryrelationship"

_MERGE = """
UPDATE "transaction" SET lastmodifieddate = COALESCE(:transaction_moment, lastmodifieddate)
    WHERE id IN (SELECT "transaction" FROM transactionline
        WHERE entity = :source AND transactionlinetype = 'JOURNAL');
UPDATE "transaction" SET entity = :target,
    lastmodifieddate = COALESCE(:transaction_moment, lastmodifieddate) WHERE entity = :source;
UPDATE transactionline SET entity = :target WHERE entity = :source;
UPDATE contact SET company = :target, lastmodifieddate = :moment WHERE company = :source;
UPDATE customeraddressbook SET entity = :target, defaultbilling = 'F', defaultshipping = 'F'
    WHERE entity = :source;
UPDATE job SET customer = :target, lastmodifieddate = :moment WHERE customer = :source;
UPDATE job SET parent = :target, lastmodifieddate = :moment WHERE parent = :source;
UPDATE _customer SET parent = (SELECT parent FROM _customer WHERE id = :source)
    WHERE id = :target AND parent = :source;
UPDATE _customer SET parent = :target, lastmodifieddate = :moment WHERE parent = :source;
DELETE FROM _customersubsidiaryrelationship WHERE entity = :source AND subsidiary IN
    (SELECT subsidiary FROM _customersubsidiaryrelationship WHERE entity = :target);
UPDATE _customersubsidiaryrelationship SET entity = :target, isprimarysub = 'F'
    WHERE entity = :source;
DELETE FROM _customer WHERE id = :source;
UPDATE _customer SET lastmodifieddate = :moment WHERE id = :target
"""


class Customers:
    """Create, edit, delete, read and merge customers."""

    def __init__(self, books: Books, records: Records) -> None:
        self.books = books
        self.records = records
        self.contacts = Contacts(books, records)

    def create(self, body: Body) -> int:
        """Create a customer, its addresses and its primary subsidiary relationship.

        `entityId` defaults to the company name or the person's name, `currency` to the base
        currency of the subsidiary.
        """
        books = self.books
        values = self.records.columns(CUSTOMER, body)
        subsidiary = self._subsidiary(body)
        values.setdefault("isperson", "F")
        values.setdefault("isinactive", "F")
        values.setdefault("creditholdoverride", "AUTO")
        values.setdefault("emailtransactions", "F")
        values["currency"] = values.get("currency") or books.base_currency(subsidiary)
        values["searchstage"] = "Customer"
        values.update(self._names(values))
        self._check_entity_id(values["entityid"], None)
        self.records.check_external_id(CUSTOMER, values.get("externalid"), None)
        customer = books.next_id(CUSTOMER.sequence)
        moment = books.stamp()
        values.update(id=customer, datecreated=moment, lastmodifieddate=moment)
        books.insert("_customer", values)
        self._add_relationship(customer, subsidiary, "T", values["currency"])
        self._save_addresses(customer, items_of(body, "addressBook") or [], replace=False)
        return customer

    def _subsidiary(self, body: Body) -> int:
        if not self.books.switches.one_world:
            return int(self.books.scalar("SELECT MIN(id) FROM subsidiary"))
        subsidiary = self.books.reference("subsidiary", body.get("subsidiary"), "subsidiary")
        if subsidiary is None:
            raise missing_values("Primary Subsidiary")
        return subsidiary

    def _names(self, values: Mapping[str, Any]) -> dict[str, Any]:
        parts = (values.get("firstname"), values.get("middlename"), values.get("lastname"))
        person = " ".join(str(part) for part in parts if part)
        company = values.get("companyname")
        if values.get("isperson") == "T":
            if not (values.get("firstname") and values.get("lastname")):
                raise missing_values("First Name", "Last Name")
            company, name = None, person
        else:
            name = company or ""
        entity_id = values.get("entityid") or name
        if not entity_id:
            raise missing_values("Company Name")
        return {
            "entityid": entity_id,
            "entitytitle": entity_id if entity_id == name else f"{entity_id} {name}".strip(),
            "altname": name or None,
            "companyname": company,
        }

    def _check_entity_id(self, entity_id: str, customer: int | None) -> None:
        if self.books.one(
            "SELECT 1 FROM _customer WHERE entityid = ? COLLATE NOCASE AND id IS NOT ?",
            entity_id,
            customer,
        ):
            raise user_error("This entity already exists.")

    def _add_relationship(
        self, customer: int, subsidiary: int, primary: str, currency: int, external_id: Any = None
    ) -> int:
        relationship = self.books.next_id("list:customersubsidiaryrelationship")
        name = f"{self.books.display('customer', customer)} : "
        name += self.books.display("subsidiary", subsidiary) or ""
        self.books.insert(
            _RELATIONSHIPS,
            {
                "id": relationship,
                "entity": customer,
                "subsidiary": subsidiary,
                "isprimarysub": primary,
                "name": name,
                "depositbalance": 0,
                "unbilledorders": 0,
                "primarycurrency": currency,
                "lastmodifieddate": self.books.stamp(),
                "externalid": external_id,
            },
        )
        return relationship

    def add_relationship(self, body: Body) -> int:
        """Let a customer deal with a further subsidiary, and return the relationship's id."""
        values = self.records.columns(RELATIONSHIP, body)
        self.records.require(RELATIONSHIP, values)
        customer, subsidiary = values["entity"], values["subsidiary"]
        if subsidiary in self.subsidiaries(customer):
            raise user_error("This record already exists.")
        currency = self.books.scalar("SELECT currency FROM _customer WHERE id = ?", customer)
        return self._add_relationship(customer, subsidiary, "F", currency, values.get("externalid"))

    def add_project(self, body: Body) -> int:
        """Create a project of a customer, named in `customer` or `parent`, and return its id."""
        books = self.books
        if not books.switches.projects:
            raise user_error(NO_PROJECTS)
        given = body.get("customer") or body.get("parent")
        customer = books.reference("customer", given, "parent")
        if customer is None:
            raise missing_values("Customer")
        name = body.get("companyName") or body.get("entityId")
        if not name:
            raise missing_values("Project Name")
        entity_id = body.get("entityId") or f"{books.display('customer', customer)} : {name}"
        currency = books.scalar("SELECT currency FROM _customer WHERE id = ?", customer)
        project = self.records.create(
            JOB, {"currency": {"id": currency}, **body, "companyName": name, "entityId": entity_id}
        )
        books.change("job", "id", project, {"entitytitle": entity_id, "altname": name})
        self._set_owner(project, customer)
        return project

    def update_project(self, project: int, body: Body) -> None:
        """Change a project; another `customer` or `parent` takes its transactions along."""
        self.records.update(JOB, project, body)
        given = body.get("customer") or body.get("parent")
        if given is not None:
            self._set_owner(project, self.books.reference("customer", given, "parent") or 0)

    def _set_owner(self, project: int, customer: int) -> None:
        chosen = self.books.switches.job_customer_column
        columns = {
            "customer": None if chosen == "parent" else customer,
            "parent": None if chosen == "customer" else customer,
        }
        self.books.change("job", "id", project, columns)
        self.books.forget()

    def subsidiaries(self, customer: int) -> list[int]:
        """Return the subsidiaries of a customer, the primary one first."""
        rows = self.books.con.execute(
            f"SELECT subsidiary FROM {_RELATIONSHIPS} WHERE entity = ?"
            " ORDER BY isprimarysub DESC, id",
            [customer],
        )
        return [row[0] for row in rows]

    def update(self, customer: int, body: Body, replace: Iterable[str] = ()) -> None:
        """Change a customer; addresses merge by their internal id, without one they are added.

        Another `subsidiary` becomes the primary one; the customer has to deal with it already.
        """
        books = self.books
        if "subsidiary" in body:
            wanted = reference_id(body["subsidiary"], "subsidiary")
            if wanted not in self.subsidiaries(customer):
                raise invalid_value(wanted, "subsidiary")
            self._set_primary(customer, wanted)
        self.records.update(CUSTOMER, customer, body)
        names = self._names(books.row("customer", customer, "_customer"))
        self._check_entity_id(names["entityid"], customer)
        books.change("_customer", "id", customer, names)
        lines = items_of(body, "addressBook")
        if lines is not None:
            emptied = "addressBook" in replace or is_emptied(body, "addressBook")
            self._save_addresses(customer, lines, replace=emptied)

    def _set_primary(self, customer: int, subsidiary: int) -> None:
        self.books.con.execute(
            f"UPDATE {_RELATIONSHIPS} SET isprimarysub ="
            " CASE WHEN subsidiary = ? THEN 'T' ELSE 'F' END WHERE entity = ?",
            [subsidiary, customer],
        )

    def _save_addresses(self, customer: int, lines: list[Body], replace: bool) -> None:
        con = self.books.con
        if replace:
            con.execute("DELETE FROM customeraddressbook WHERE entity = ?", [customer])
        for line in lines:
            self._save_address(customer, line)
        for default, column in (
            ("defaultbilling", "defaultbillingaddress"),
            ("defaultshipping", "defaultshippingaddress"),
        ):
            con.execute(
                f"UPDATE _customer SET {column} = (SELECT MAX(internalid) FROM customeraddressbook"
                f" WHERE entity = ? AND {default} = 'T') WHERE id = ?",
                [customer, customer],
            )

    def _save_address(self, customer: int, line: Body) -> None:
        books = self.books
        given = line.get("internalId", line.get("id"))
        present: dict[str, Any] = {}
        if given is not None:
            present = books.row("customeraddressbook", int(given))
            if present["entity"] != customer:
                raise invalid_value(given, "internalId", "addressBook")
        values: dict[str, Any] = {}
        for name in ("defaultBilling", "defaultShipping"):
            column = name.lower()
            chosen = to_bool(line.get(name, present.get(column, False)), name)
            values[column] = "T" if chosen else "F"
            if chosen:
                books.con.execute(
                    f"UPDATE customeraddressbook SET {column} = 'F' WHERE entity = ?", [customer]
                )
        if "label" in line:
            values["label"] = line["label"]
        address = line.get("addressBookAddress")
        if isinstance(address, Mapping) or not present:
            # An edited address is a new row: transactions keep the one they were saved with.
            values["addressbookaddress"] = self._add_address(
                customer, address or {}, present.get("addressbookaddress")
            )
        if present:
            books.change("customeraddressbook", "internalid", int(given or 0), values)
            return
        values.setdefault("label", None)
        values.update(internalid=books.next_id("addressbook"), entity=customer)
        books.insert("customeraddressbook", values)

    def _add_address(self, customer: int, address: Body, previous: int | None) -> int:
        books = self.books
        values: dict[str, Any] = {}
        if previous is not None:
            row = books.row("entityaddress", previous)
            values = {column: row[column] for column in ADDRESS_COLUMNS.values()}
        for name, column in ADDRESS_COLUMNS.items():
            if name == "country" and name in address:
                value = address[name]
                values[column] = value.get("id") if isinstance(value, Mapping) else value
            elif name in address:
                values[column] = address[name]
        town = " ".join(
            str(values[column]) for column in ("city", "state", "zip") if values.get(column)
        )
        country = enum_name("country", values.get("country") or "")
        parts = [values.get(column) for column in ("addressee", "addr1", "addr2", "addr3")]
        nkey = books.next_id("address")
        values.update(
            nkey=nkey,
            addrtext="\n".join(str(part) for part in [*parts, town, country] if part),
            dropdownstate=values.get("state"),
            override="F",
            recordowner=customer,
            lastmodifieddate=books.stamp(),
        )
        books.insert("entityaddress", values)
        return nkey

    def delete(self, customer: int) -> None:
        """Delete a customer without transactions and sub-customers."""
        self.records.delete(CUSTOMER, customer)
        for table in ("customeraddressbook", _RELATIONSHIPS):
            self.books.con.execute(f"DELETE FROM {table} WHERE entity = ?", [customer])
        self.contacts.leave(customer)

    def read(self, customer: int) -> dict[str, Any]:
        """Return a customer as a REST body, with address book and currency list."""
        body = self.records.read(CUSTOMER, customer)
        own = self.subsidiaries(customer)
        if own and self.books.switches.one_world:
            body["subsidiary"] = self.records.ref("subsidiary", own[0])
        body["addressBook"] = self._address_book(customer)
        for line in body["addressBook"]:
            if line["defaultBilling"] and line["addressBookAddress"].get("addrText"):
                body["defaultAddress"] = line["addressBookAddress"]["addrText"]
        if self.books.switches.multi_currency:
            body["currencyList"] = self._currency_list(customer)
        body["contactRoles"] = self.contacts.roles(customer)
        return body

    def _address_book(self, customer: int) -> Sublist:
        cursor = self.books.con.execute(
            "SELECT b.internalid, b.label, b.defaultbilling, b.defaultshipping, a.*"
            " FROM customeraddressbook b JOIN entityaddress a ON a.nkey = b.addressbookaddress"
            " WHERE b.entity = ? ORDER BY b.internalid",
            [customer],
        )
        names = [column[0] for column in cursor.description]
        lines = Sublist()
        for values in cursor:
            row = dict(zip(names, values, strict=True))
            address: dict[str, Any] = {
                name: row[column]
                for name, column in ADDRESS_COLUMNS.items()
                if row[column] is not None
            }
            if "country" in address:
                code = address["country"]
                address["country"] = Enum(code, enum_name("country", code))
            address["addrText"] = row["addrtext"]
            line = {
                "id": row["internalid"],
                "internalId": row["internalid"],
                "defaultBilling": row["defaultbilling"] == "T",
                "defaultShipping": row["defaultshipping"] == "T",
                "addressBookAddress": address,
            }
            if row["label"] is not None:
                line["label"] = row["label"]
            lines.append(line)
        return lines

    def _currency_list(self, customer: int) -> Sublist:
        rows = self.books.con.execute(
            "SELECT currency, SUM(balance) FROM ("
            " SELECT currency, 0 AS balance FROM _customer WHERE id = :id"
            " UNION ALL SELECT currency, COALESCE(foreignamountunpaid, 0)"
            " - COALESCE(foreignpaymentamountunused, 0)"
            f' FROM "transaction" WHERE entity IN {ENTITIES_OF.format(":id")}'
            " AND type <> 'CustDep'"
            " UNION ALL SELECT t.currency, COALESCE(l.foreignamountunpaid, 0)"
            " - COALESCE(l.foreignpaymentamountunused, 0) FROM transactionline l"
            ' JOIN "transaction" t ON t.id = l."transaction"'
            f" WHERE l.entity IN {ENTITIES_OF.format(':id')}"
            " AND l.transactionlinetype = 'JOURNAL')"
            " GROUP BY currency ORDER BY currency",
            {"id": customer},
        ).fetchall()
        return Sublist(
            {"currency": self.records.ref("currency", currency), "balance": to_decimal(balance)}
            for currency, balance in rows
        )

    def merge(self, source: int, target: int) -> None:
        """Merge a customer into another: its transactions, contacts, addresses and children move.

        The merged customer leaves a deletedrecord row. Transactions keep their numbers; a switch
        says whether their lastmodifieddate moves.
        """
        books = self.books
        if source == target:
            raise invalid_value(source, "customer")
        books.row("customer", source, "_customer")
        books.row("customer", target, "_customer")
        name = books.display("customer", source)
        touch = books.switches.merge_touches_transactions
        values = {
            "source": source,
            "target": target,
            "moment": books.stamp(),
            "transaction_moment": books.stamp() if touch else None,
        }
        for statement in _MERGE.split(";"):
            books.con.execute(statement, values)
        self.contacts.move(source, target)
        self.records.note_deletion(CUSTOMER, source, name)
        books.forget()

    def check_billable(self, customer: int, subsidiary: int | None, field: str) -> dict[str, Any]:
        """Return a customer's row if a new transaction may name it in that subsidiary.

        :param customer: the customer, or one of its projects.

        :raise BookError: for an inactive customer or a subsidiary that it does not belong to.
        """
        owner = self.books.customer_of(customer) or 0
        row = self.books.row("customer", owner, "_customer")
        if row["isinactive"] == "T":
            choice = self.books.switches.inactive_customer
            if not self.books.over_rest or choice == "invalid_value":
                raise invalid_value(customer, field)
            if choice == "own_text":
                raise is_inactive("customer", row["entityid"])
        if subsidiary is not None and subsidiary not in self.subsidiaries(owner):
            raise invalid_value(subsidiary, "subsidiary")
        return row
