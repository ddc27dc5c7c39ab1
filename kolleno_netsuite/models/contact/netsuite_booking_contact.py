from dataclasses import replace

from odoo import api, models

from ...mappers.addresses import mail_text
from ...mappers.contact import read_contact
from ..booking.outcome import Outcome
from ..connection.failure import UNREADABLE
from .netsuite_contact import Wanted


class NetsuiteBookingContact(models.AbstractModel):
    """Books contact records as contacts of their customers, one for each customer.

    An inactive, deleted or detached contact is archived and never deleted: its partner stands
    on documents and in conversations.
    """

    _name = "netsuite.booking.contact"
    _description = "NetSuite Contact Booking"

    # === BUSINESS METHODS === #

    @api.model
    def _book(self, records):
        """Book pending contacts.

        :return: `Outcome`; what concerns a single record is in it, other errors are raised.
        """
        outcome, contacts = Outcome(), {}
        known = self._known(records)
        for record in records:
            try:
                contact = read_contact(record.payload)
                contacts[record] = self._still_attached(record, contact, known.get(record))
            except UNREADABLE as error:
                outcome.errors[record] = error
        connection = records.connection_id
        customers = self._layers(
            connection, {each for contact in contacts.values() for each in contact.companies}
        )
        wanted, retired = {}, {}
        for record, contact in contacts.items():
            reason = self._reason(contact, customers, known.get(record), connection)
            if reason:
                outcome.ignored[record] = reason
            else:
                outcome.booked.append(record)
            gone = contact.inactive or contact.private
            here = () if gone and (reason or record in known) else contact.companies
            mine = self._wanted(record, contact, here, customers, known.get(record))
            wanted.update(mine)
            retired[record] = (gone, set(mine))
        self._write(connection, wanted, retired, known)
        return outcome

    @api.model
    def _remove(self, records):
        """Archive the contacts that were deleted in NetSuite."""
        records = records.filtered("connection_id.sync_contacts")
        self._contacts_of(records)._retire(self.env._("Deleted in NetSuite."))

    @api.model
    def _catch_up(self, connection):
        """Archive contacts that were deleted in NetSuite while nobody followed them."""
        deleted = self._contacts_of_domain(
            [("record_id.state", "=", "removed"), ("record_id.connection_id", "=", connection.id)]
        )
        deleted._retire(self.env._("Deleted in NetSuite."))

    @api.model
    def _layers(self, connection, internal_ids):
        """Return {internal id: {company id: partner}} of those that are customers in Odoo.

        :return: the partner that the customer's record is linked to stands under 0; others are
            there only where each company has its own.
        """
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(internal_ids)),
                ("state", "not in", ["ignored", "removed"]),
            ]
        )
        targets = records._targets("res.partner")
        layers = {record.internal_id: {0: partner} for record, partner in targets.items()}
        if connection.customers_per_company:
            partners = self.env["netsuite.booking.customer"]._all_partners(records)
            for sibling in partners - partners.browse().union(*targets.values()):
                layer = layers.get(sibling.netsuite_record_id.internal_id, {})
                layer.setdefault(sibling.company_id.id or 0, sibling)
        return layers

    @api.model
    def _layer_in(self, layers, company):
        """Return (company id as in `_layers`, partner) of a customer for documents of `company`."""
        own = 0 if layers[0].company_id in (company, company.browse()) else company.id
        return (own, layers[own]) if own in layers else (0, layers[0])

    # === BUSINESS METHODS - WHAT IS WANTED === #

    def _known(self, records):
        """Return {record: its contacts} for those that were booked before."""
        return self._contacts_of(records).grouped("record_id")

    def _contacts_of(self, records):
        return self._contacts_of_domain([("record_id", "in", records.ids)])

    def _contacts_of_domain(self, domain):
        return self.env["netsuite.contact"].search([("source", "=", "record"), *domain])

    def _still_attached(self, record, contact, known):
        """Return `contact` with the customers that it had, when NetSuite does not tell them.

        An account or role that no longer shows the relationships proves nothing. A contact of
        one customer is at its own company, which it tells itself.
        """
        active = known.filtered(lambda each: not each.netsuite_inactive) if known else ()
        before = {each.customer_internal_id: each.position or "" for each in active}
        if "companies" in record.payload or len(before) < 2:
            return contact
        return replace(contact, companies={**before, **contact.companies})

    def _reason(self, contact, customers, known, connection):
        """Return why a contact is not mirrored, or an empty text."""
        if contact.private:
            return self.env._("Private in NetSuite")
        if not set(contact.companies) & set(customers):
            return self.env._("It belongs to no customer that is in Odoo")
        if contact.inactive and not known and not connection.import_inactive_contacts:
            return self.env._("Inactive in NetSuite")
        return ""

    def _wanted(self, record, contact, companies, customers, known):
        """Return {key: `Wanted`} for each partner of those of `companies` that are in Odoo."""
        known = known or self.env["netsuite.contact"]
        wanted = {}
        for customer in companies:
            role = contact.companies[customer]
            for company, partner in customers.get(customer, {}).items():
                key = (f"netsuite_contact_{customer}_{contact.internal_id}", company)
                self._follow_merge(known, partner, key)
                wanted[key] = Wanted(
                    partner,
                    _values(contact, role),
                    {
                        "source": "record",
                        "record_id": record.id,
                        "customer_internal_id": customer,
                        "position": role or False,
                    },
                )
        return wanted

    def _follow_merge(self, known, customer, key):
        """Give a contact its new key when its customer was merged into another.

        Its partner belongs to the other customer already, when those were merged in Odoo.
        """
        if any(contact._key() == key for contact in known):
            return
        moved = known.filtered(lambda contact: contact.partner_id.parent_id == customer)[:1]
        moved.netsuite_source_id = key[0]

    def _write(self, connection, wanted, retired, known):
        """Mirror what is wanted, and archive what was there and is wanted no more.

        :param retired: {record: (whether the contact is inactive or private, its keys)}.
        """
        Contact = self.env["netsuite.contact"]
        found = Contact._mirror(connection, wanted)
        inactive, detached = Contact, Contact
        for record, (gone, keys) in retired.items():
            mine = Contact.union(*(found[each] for each in keys))
            if gone:
                mine._put_away()
                inactive |= known.get(record, Contact)
            mine |= known.get(record, Contact)
            if not gone:
                detached |= mine.filtered(lambda c, keys=keys: c._key() not in keys)
            if mine:
                record._link_to(mine.partner_id[:1])
        inactive._retire(self.env._("Inactive in NetSuite."))
        detached._retire(self.env._("No longer a contact of this customer in NetSuite."))


def _values(contact, role):
    """Return the fields of a contact's partner that NetSuite owns, fit for JSON."""
    return {
        "name": contact.name,
        "function": contact.title or False,
        "email": mail_text(contact.email) or False,
        "phone": contact.phone or False,
        "netsuite_first_name": contact.first_name or False,
        "netsuite_last_name": contact.last_name or False,
        "netsuite_mobile": contact.mobile or False,
        "netsuite_alt_email": mail_text(contact.alt_email) or False,
        "netsuite_position": role or False,
    }
