"""Contacts: their row, and the customers that they are attached to.

A contact belongs to one company and can be attached to more; each of them gives it a role of
its own. SuiteQL shows all of them as companycontactrelationship.
"""

# ruff: noqa: S608 - names in composed SQL come from the schema, values are always bound

from __future__ import annotations

from typing import Any

from ..errors import invalid_value, nonexistent
from .books import Books
from .record_types import CONTACT
from .records import Records
from .values import Body, Ref, Sublist

_RELATIONSHIPS = "companycontactrelationship"


class Contacts:
    """Create, edit, delete, attach and detach contacts."""

    def __init__(self, books: Books, records: Records) -> None:
        self.books = books
        self.records = records

    def create(self, body: Body) -> int:
        """Create a contact; its company, if it has one, gives it the role of the body."""
        contact = self.records.create(CONTACT, body)
        row = self.books.row("contact", contact)
        if row["company"] is not None:
            self._relate(contact, row["company"], row["contactrole"])
        return contact

    def update(self, contact: int, body: Body) -> None:
        """Change a contact; another company takes the place of the one before."""
        before = self.books.row("contact", contact)
        self.records.update(CONTACT, contact, body)
        after = self.books.row("contact", contact)
        if after["company"] != before["company"]:
            self._part(contact, before["company"])
        if after["company"] is not None:
            self._relate(contact, after["company"], after["contactrole"])

    def delete(self, contact: int) -> None:
        """Delete a contact with all that it is attached to."""
        self.records.delete(CONTACT, contact)
        self.books.con.execute(f"DELETE FROM {_RELATIONSHIPS} WHERE contact = ?", [contact])

    def attach(self, customer: int, contact: int, role: int | None = None) -> None:
        """Attach a contact to a further customer, or change its role there.

        :raise BookError: for an unknown customer, contact or role.
        """
        self._check(customer, contact)
        if role is not None:
            self.books.reference("contactrole", role, "role")
        self._relate(contact, customer, role)
        self._touch(contact)

    def detach(self, customer: int, contact: int) -> None:
        """Take a contact off a customer; off its own company it belongs to none.

        :raise BookError: when it is not attached there.
        """
        self._check(customer, contact)
        if not self.books.one(
            f"SELECT 1 FROM {_RELATIONSHIPS} WHERE contact = ? AND company = ?", contact, customer
        ):
            raise nonexistent()
        self._part(contact, customer)
        self.books.con.execute(
            "UPDATE contact SET company = NULL WHERE id = ? AND company = ?", [contact, customer]
        )
        self._touch(contact)

    def roles(self, customer: int) -> Sublist:
        """Return the lines of a customer's `contactRoles`, as REST shows them."""
        rows = self.books.con.execute(
            f"SELECT r.contact, r.role, c.entityid, c.email FROM {_RELATIONSHIPS} r"
            " JOIN contact c ON c.id = r.contact WHERE r.company = ? ORDER BY r.contact",
            [customer],
        ).fetchall()
        lines = Sublist()
        for contact, role, name, email in rows:
            line: dict[str, Any] = {"contact": Ref(contact, name, "contact"), "contactName": name}
            if email is not None:
                line["email"] = email
            if role is not None:
                line["role"] = self.records.ref("contactrole", role)
            lines.append(line)
        return lines

    def leave(self, customer: int) -> None:
        """Let the contacts of a customer that is deleted belong to it no longer."""
        con = self.books.con
        con.execute(
            "UPDATE contact SET company = NULL, lastmodifieddate = ? WHERE company = ?",
            [self.books.stamp(), customer],
        )
        con.execute(f"DELETE FROM {_RELATIONSHIPS} WHERE company = ?", [customer])

    def move(self, source: int, target: int) -> None:
        """Give the contacts of a merged customer to the one that it became."""
        con = self.books.con
        con.execute(
            f"UPDATE OR IGNORE {_RELATIONSHIPS} SET company = ? WHERE company = ?",
            [target, source],
        )
        con.execute(f"DELETE FROM {_RELATIONSHIPS} WHERE company = ?", [source])

    def _check(self, customer: int, contact: int) -> None:
        if not self.books.one("SELECT 1 FROM contact WHERE id = ?", contact):
            raise nonexistent()
        if not self.books.one("SELECT 1 FROM _customer WHERE id = ?", customer):
            raise invalid_value(customer, "customer")

    def _relate(self, contact: int, company: int, role: int | None) -> None:
        self.books.con.execute(
            f"INSERT OR REPLACE INTO {_RELATIONSHIPS} (contact, company, role) VALUES (?, ?, ?)",
            [contact, company, role],
        )

    def _part(self, contact: int, company: int | None) -> None:
        self.books.con.execute(
            f"DELETE FROM {_RELATIONSHIPS} WHERE contact = ? AND company = ?", [contact, company]
        )

    def _touch(self, contact: int) -> None:
        if self.books.switches.attach_touches_contact:
            self.books.change("contact", "id", contact, {"lastmodifieddate": self.books.stamp()})
