"""The people of the demonstration company: roles, several customers, and e-mail fields."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from ..clock import stored
from ..ledger import Ledger
from .people import FAMILY, GIVEN
from .setup import Setup

INACTIVE, PRIVATE, ATTACHED, WITHOUT_EMAIL = 4, 3, 6, 5
CUSTOMER_MAILBOXES = 12
INVOICE_MAILBOXES = 40


class DemoContacts:
    """Adds to a demonstration company that is built already; its documents stay as they are."""

    def __init__(self, ledger: Ledger, setup: Setup, seed: int) -> None:
        self.ledger = ledger
        self.setup = setup
        self.rng = random.Random(f"{seed}-contacts")  # noqa: S311 repeatable, not secret

    def build(self) -> None:
        """Give contacts their roles, attach some to more customers, and fill e-mail fields."""
        latest = self.ledger.clock.now() - timedelta(minutes=10)
        with self.ledger.books.session(), self.ledger.books.stamped(stored(latest)):
            contacts = self.ledger.ids("contact")
            self._roles(contacts)
            self._attach(contacts)
            self._more(contacts)
            self._customer_mailboxes()
            self._invoice_mailboxes()

    def _roles(self, contacts: list[int]) -> None:
        roles = {
            "Accounts Payable": "Accounts Payable",
            "Purchasing": "Purchasing",
            "Managing Director": "Decision Maker",
        }
        for contact in contacts:
            title = self.ledger.read("contact", contact)["title"]
            role = self.setup.contact_roles[roles[title]]
            self.ledger.update(
                "contact",
                contact,
                {
                    "contactRole": {"id": role},
                    "phone": f"555-01{self.rng.randrange(100):02d}",
                    "mobilePhone": f"555-01{self.rng.randrange(100):02d}",
                },
            )

    def _attach(self, contacts: list[int]) -> None:
        customers = self.ledger.ids("customer")
        role = self.setup.contact_roles["Accounts Payable"]
        for contact in self.rng.sample(contacts, ATTACHED):
            own = self.ledger.read("contact", contact)["company"].id
            other = self.rng.choice([each for each in customers if each != own])
            self.ledger.attach(other, contact, role)

    def _more(self, contacts: list[int]) -> None:
        """Create the contacts that a mirror leaves out, archives or never mails to."""
        chosen = self.rng.sample(contacts, INACTIVE + PRIVATE + WITHOUT_EMAIL)
        for index, contact in enumerate(chosen):
            company = self.ledger.read("contact", contact)["company"].id
            first, last = self.rng.choice(GIVEN), self.rng.choice(FAMILY)
            body: dict[str, Any] = {
                "entityId": f"{first} {last} {4000 + index}",
                "firstName": first,
                "lastName": last,
                "title": "Bookkeeper",
                "company": {"id": company},
            }
            if index < INACTIVE:
                body["isInactive"] = True
            elif index < INACTIVE + PRIVATE:
                body["isPrivate"] = True
            if index < INACTIVE + PRIVATE:
                body["email"] = f"{first}.{last}.{4000 + index}@example.org".lower()
            self.ledger.create("contact", body)

    def _customer_mailboxes(self) -> None:
        for customer in self.rng.sample(self.ledger.ids("customer"), CUSTOMER_MAILBOXES):
            code = str(customer)
            self.ledger.update(
                "customer",
                customer,
                {"custentity_ap_email": f"ap.{code}@example.com; AP2.{code}@example.com"},
            )

    def _invoice_mailboxes(self) -> None:
        """Fill the e-mail fields of invoices; the same address stands in both now and then."""
        invoices = self.rng.sample(self.ledger.ids("invoice"), INVOICE_MAILBOXES)
        # A person edits nothing else: the books are not posted again.
        for index, invoice in enumerate(sorted(invoices)):
            entity = self.ledger.books.scalar(
                'SELECT entity FROM "transaction" WHERE id = ?', invoice
            )
            values: dict[str, Any] = {"custbody15": f"billing.{entity}@example.com"}
            if index % 4 == 0:
                values["custbody16"] = f" Billing.{entity}@Example.com "
            elif index % 4 == 1:
                values["custbody16"] = f"site.{entity}@example.com"
            values["lastmodifieddate"] = self.ledger.books.stamp()
            self.ledger.books.change("transaction", "id", invoice, values)


def build_demo_contacts(ledger: Ledger, setup: Setup, seed: int) -> None:
    """Add people and e-mail fields to the demonstration company."""
    DemoContacts(ledger, setup, seed).build()
