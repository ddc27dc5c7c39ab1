from odoo import api, models
from odoo.tools import plaintext2html

from ...mappers.addresses import mail_text
from ...mappers.customer import read_customer
from ..connection.failure import UNREADABLE
from ..connection.hook import hook
from ..record.sync_note import log_sync_notes, replaced_sentences
from .outcome import Outcome
from .places import Places

# Partners that may be the mirror of a customer although nothing links them yet.
RECOGNISABLE = [("netsuite_record_id", "=", False), ("parent_id", "=", False)]


class NetsuiteBookingCustomer(models.AbstractModel):
    """Books customers as partners, their further addresses as contacts.

    NetSuite owns what it has a value for, but only a value that changed in NetSuite is written:
    what a user corrected in Odoo stays until NetSuite itself says something else.

    Where the connection wants it so, each company has its own partner of a customer: the one that
    the customer's record is linked to is one company's, the others carry the same link and follow
    the same changes.
    """

    _name = "netsuite.booking.customer"
    _description = "NetSuite Customer Booking"

    # === BUSINESS METHODS === #

    @api.model
    def _book(self, records):
        """Book pending customers.

        :return: `Outcome`; what concerns a single record is in it, other errors are raised.
        """
        before = {record: record.booked_values for record in records}
        new = records.filtered(lambda record: not record.res_id)
        outcome, customers = Outcome(), {}
        for record in records:
            try:
                customers[record] = read_customer(record.payload)
            except UNREADABLE as error:
                outcome.errors[record] = error
        if not customers:
            return outcome
        places = Places(self.env, customers.values())
        partners = self._partners(customers)
        self._write_partners(customers, partners, places)
        self._leave_shells(partners)
        self._link_parents(records.connection_id, customers, partners)
        self._write_addresses(customers, partners, places)
        self._write_terms(records.connection_id, customers, partners)
        self._write_active(customers, partners)
        # sudo: netsuite.issue - only the sync writes them
        self.env["netsuite.issue"].sudo()._release(
            records.connection_id, [f"customer:{record.internal_id}" for record in customers]
        )
        outcome.booked += list(customers)
        booked = records.browse().union(*customers)
        if records.connection_id.customers_per_company:
            self._write_company_partners(booked, before)
        self._customers_booked(booked, booked & new)
        return outcome

    @hook
    @api.model
    def _customers_booked(self, records, new):
        """Follow that customers were booked, or got a partner in one more company.

        :param new: those of `records` that are in Odoo, or in that company, for the first time.
        """

    @api.model
    def _remove(self, records):
        """Archive the partners of customers that were deleted, unless something is open."""
        partners = self.env["res.partner"].union(*filter(None, (r._target() for r in records)))
        partners.netsuite_inactive = True
        self._archivable(partners).active = False
        siblings = self._all_partners(records)
        siblings.netsuite_inactive = True
        self._archivable(siblings).active = False
        self._customers_removed(records)

    @hook
    @api.model
    def _customers_removed(self, records):
        """Follow that the partners of deleted customers were archived as far as they may be."""

    @api.model
    def _partner_in(self, partner, company):
        """Return the partner of the same customer in `company`, made when there is none.

        :param partner: the partner that the customer's record is linked to.
        """
        if not partner.company_id:
            # Recognised in Odoo, where all companies share it already.
            return partner
        if partner.company_id == company:
            return partner
        record = partner.netsuite_record_id
        found = self._all_partners(record).filtered(lambda sibling: sibling.company_id == company)
        return found[:1] or self._make_siblings(company, record)[record]

    @api.model
    def _all_partners(self, records):
        """Return all partners of customers, in whatever company."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        return Partner.search(
            [("netsuite_record_id", "in", records.ids), ("parent_id", "=", False)]
        )

    def _write_company_partners(self, records, before):
        """Bring the partners of each company in sync with the customers just booked.

        :param before: {record: the values that were booked before}.
        """
        customers = {record: read_customer(record.payload) for record in records}
        main = records._targets("res.partner")
        self._give_companies(records.connection_id, customers, main)
        siblings = self._all_partners(records) - records.env["res.partner"].union(*main.values())
        for sibling in siblings:
            record = sibling.netsuite_record_id
            values, known = record.booked_values or {}, before.get(record) or {}
            changes = {
                name: value
                for name, value in values.items()
                if value != known.get(name) and _value(sibling[name]) != value
            }
            if changes:
                sibling.write(changes)
        for company in self._companies_of(records.connection_id, customers):
            self._write_layer(company, customers, main, siblings)

    def _give_companies(self, connection, customers, main):
        """Put the partners that are new into the first company that the customer buys from."""
        shared = {record: partner for record, partner in main.items() if not partner.company_id}
        partners = self.env["res.partner"].union(*shared.values())
        used = self.env["account.move.line"]._read_group(
            [("partner_id", "in", partners.ids)], ["partner_id"]
        )
        free = partners - partners.browse([partner.id for (partner,) in used])
        for record, partner in shared.items():
            companies = self._companies_of(connection, {record: customers[record]})
            if partner in free and companies:
                partner.company_id = companies[0]

    def _companies_of(self, connection, customers):
        """Return the companies that customers buy from, those of primary subsidiaries first."""
        subsidiaries = [0]
        for customer in customers.values():
            subsidiaries = [*customer.subsidiaries, *subsidiaries]
        companies = [connection._company_of(subsidiary) for subsidiary in subsidiaries]
        return self.env["res.company"].union(*companies) or connection.company_id

    def _write_layer(self, company, customers, main, siblings):
        """Keep the partners of one company: the missing ones, addresses, terms and parents."""
        connection = self.env["netsuite.record"].union(*customers).connection_id
        layer = {
            sibling.netsuite_record_id: sibling
            for sibling in siblings
            if sibling.company_id == company
        }
        missing = [
            record
            for record, customer in customers.items()
            if record not in layer
            and main[record].company_id not in (company, company.browse())
            and company in self._companies_of(connection, {record: customer})
        ]
        layer.update(self._make_siblings(company, missing))
        if not layer:
            return
        booked = {record: customers[record] for record in layer}
        self._write_addresses(booked, layer, Places(self.env, booked.values()))
        self._write_terms(connection, booked, layer)
        self._write_active(booked, layer)
        for record, partner in layer.items():
            # One that was left out and is mirrored again comes back in every company.
            if main[record].active and not partner.active:
                partner.active = True
        self._link_parents_within(company, booked, layer)

    def _make_siblings(self, company, records):
        """Make the partners of `records` in `company`; return {record: partner}."""
        made = self.env["res.partner"].create(
            [
                {
                    **(record.booked_values or {"name": record.name}),
                    "netsuite_record_id": record.id,
                    "company_id": company.id,
                }
                for record in records
            ]
        )
        customers = self.env["netsuite.record"].union(*records)
        if customers:
            # What a company's own partner is made for, all that belongs to it is as well.
            self._customers_booked(customers, customers)
        return dict(zip(records, made, strict=True))

    def _link_parents_within(self, company, customers, layer):
        """Link the partners of one company with those of their parents and children there."""
        connection = self.env["netsuite.record"].union(*layer).connection_id
        for record, partner in layer.items():
            if partner.netsuite_parent_internal_id != customers[record].parent:
                partner.netsuite_parent_internal_id = customers[record].parent
        if not connection.sync_hierarchy:
            return
        Partner = self.env["res.partner"].with_context(active_test=False)
        here = [("netsuite_record_id.connection_id", "=", connection.id)]
        here += [("netsuite_record_id.record_type", "=", "customer")]
        here += [("company_id", "=", company.id)]
        ids = [record.internal_id for record in layer]
        children = Partner.search([*here, ("netsuite_parent_internal_id", "in", ids)])
        children |= Partner.union(*layer.values()).filtered("netsuite_parent_internal_id")
        parents = Partner.search(
            [
                *here,
                (
                    "netsuite_record_id.internal_id",
                    "in",
                    children.mapped("netsuite_parent_internal_id"),
                ),
            ]
        )
        by_id = {parent.netsuite_record_id.internal_id: parent for parent in parents}
        for child in children:
            parent = by_id.get(child.netsuite_parent_internal_id, Partner)
            if child.netsuite_parent_id != parent:
                child.netsuite_parent_id = parent

    # === BUSINESS METHODS - PARTNERS === #

    def _partners(self, customers):
        """Return {record: its partner}, for those that are linked or can be recognised."""
        records = self.env["netsuite.record"].union(*customers)
        found = records._targets("res.partner")
        unlinked = {record: each for record, each in customers.items() if record not in found}
        return found | self._recognised(unlinked)

    @api.model
    def _recognised(self, customers):
        """Return {key: partner} of customers that someone made in Odoo before.

        A partner is recognised by NetSuite's entity ID as reference and the same name; two
        that fit equally well are nobody's.

        :param customers: {key: `mappers.customer.Customer`}.
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        references = {customer.reference for customer in customers.values() if customer.reference}
        candidates = {}
        if references:
            for partner in Partner.search([("ref", "in", list(references)), *RECOGNISABLE]):
                candidates.setdefault((partner.ref, partner.name), []).append(partner)
        found = {}
        for key, customer in customers.items():
            fitting = candidates.get((customer.reference, customer.name), [])
            if len(fitting) == 1:
                found[key] = candidates.pop((customer.reference, customer.name))[0]
        return found

    def _write_partners(self, customers, partners, places):
        """Make the partners that are missing; write on the others what NetSuite changed."""
        new, changed = [], {}
        for record, customer in customers.items():
            values = self._values(customer, places)
            known = record.booked_values or {}
            partner = partners.get(record)
            record.booked_values = values
            if not partner:
                new.append((record, {**values, "netsuite_record_id": record.id}))
                continue
            first = partner.netsuite_record_id != record
            changes = {
                name: value
                for name, value in values.items()
                if value != known.get(name) and not (first and partner[name])
            }
            changes = {n: v for n, v in changes.items() if _value(partner[n]) != v}
            if first:
                changes["netsuite_record_id"] = record.id
            replaced = [] if first else replaced_sentences(partner, changes, known)
            if changes:
                partner.write(changes)
            if changes and not first:
                changed[partner] = replaced
        made = self.env["res.partner"].create([values for _record, values in new])
        partners.update(zip((record for record, _values in new), made, strict=True))
        for record, partner in partners.items():
            record._link_to(partner)
        self._note(changed)

    def _values(self, customer, places):
        """Return the values of a partner that NetSuite owns, fit for JSON."""
        address = customer.main_address
        return {
            "name": customer.name,
            "is_company": not customer.is_person,
            "ref": customer.reference or False,
            "email": mail_text(customer.email) or False,
            "phone": customer.phone or False,
            "website": customer.website or False,
            "comment": str(plaintext2html(customer.comment)) if customer.comment else False,
            **places.values(address),
        }

    def _note(self, changed):
        """Leave a line on partners that NetSuite changed, and always on what a user loses by it.

        :param changed: {partner: sentences on the values of users that were replaced}.
        """
        message = self.env._("Changed in NetSuite.")
        bodies = {
            partner.id: [message, *replaced]
            for partner, replaced in changed.items()
            if replaced or partner.netsuite_record_id.connection_id.note_changes
        }
        log_sync_notes(self.env["res.partner"], bodies)

    # === BUSINESS METHODS - ADDRESSES === #

    def _write_addresses(self, customers, partners, places):
        """Keep one contact for each further address, found again by NetSuite's ID of it."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        contacts = {
            (contact.parent_id.id, contact.netsuite_address_id): contact
            for contact in Partner.search(
                [
                    ("parent_id", "in", [partner.id for partner in partners.values()]),
                    ("netsuite_address_id", "!=", 0),
                ]
            )
        }
        new, changed = [], {}
        for record, customer in customers.items():
            partner = partners[record]
            for address in customer.other_addresses:
                values = {
                    **places.values(address),
                    "name": address.name or False,
                    "phone": address.phone or False,
                    "type": "delivery" if address.shipping else "other",
                    "active": True,
                }
                contact = contacts.pop((partner.id, address.internal_id), None)
                if contact is None:
                    key = {"parent_id": partner.id, "netsuite_address_id": address.internal_id}
                    new.append({**values, **key})
                    continue
                changes = {n: v for n, v in values.items() if _value(contact[n]) != v}
                if changes:
                    changed[contact] = replaced_sentences(contact, changes)
                    contact.write(changes)
        self._note_addresses(changed)
        Partner.create(new)
        # What NetSuite no longer has may stand on old documents: it is put away, not deleted.
        gone = Partner.union(*contacts.values()).filtered("active")
        gone.active = False

    def _note_addresses(self, changed):
        """Leave a line on addresses that are NetSuite's again.

        :param changed: {contact: sentences on the values that were replaced}.
        """
        noted = {
            contact.id: replaced
            for contact, replaced in changed.items()
            if replaced and contact.parent_id.netsuite_record_id.connection_id.note_changes
        }
        log_sync_notes(self.env["res.partner"], noted)

    # === BUSINESS METHODS - TERMS AND ARCHIVING === #

    def _write_terms(self, connection, customers, partners):
        """Set the payment terms in each company that the customer buys from."""
        by_company = {}
        for record, customer in customers.items():
            for subsidiary in customer.subsidiaries or (0,):
                company = connection._company_of(subsidiary)
                if company and customer.terms:
                    by_company.setdefault(company, {})[record] = customer.terms
        for company, terms in by_company.items():
            resolver = self.env["netsuite.mapping"]._resolver(connection, company)
            for record, internal_id in terms.items():
                partner = partners[record].with_company(company)
                term = resolver.term(internal_id)
                if term and partner.property_payment_term_id != term:
                    partner.property_payment_term_id = term

    def _write_active(self, customers, partners):
        """Archive customers that are inactive in NetSuite and have nothing open."""
        inactive = self.env["res.partner"]
        for record, customer in customers.items():
            partner = partners[record]
            if partner.netsuite_inactive != customer.inactive:
                partner.netsuite_inactive = customer.inactive
                if not customer.inactive and not partner.active:
                    partner.active = True
            if customer.inactive and partner.active:
                inactive |= partner
        self._archivable(inactive).active = False

    def _archivable(self, partners):
        """Return those of `partners` without open items, and without a user who signs in."""
        if not partners:
            return partners
        busy = self.env["account.move.line"]._read_group(
            [
                ("partner_id", "in", partners.ids),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
            ],
            ["partner_id"],
        )
        return partners.filtered(lambda partner: not partner.user_ids).browse(
            set(partners.filtered(lambda partner: not partner.user_ids).ids)
            - {partner.id for (partner,) in busy}
        )


def _value(value):
    """Return the id of a record, any other value as it is."""
    return value.id if isinstance(value, models.BaseModel) else value
