from odoo import api, models
from odoo.fields import Command

from ...mappers.person import customer_persons, invoice_persons
from .netsuite_contact import Wanted


class NetsuiteBookingPerson(models.AbstractModel):
    """Makes contacts of the addresses in e-mail fields of customers and invoices."""

    _name = "netsuite.booking.person"
    _description = "NetSuite Person Booking"

    # === BUSINESS METHODS - CUSTOMERS === #

    @api.model
    def _book_customers(self, records):
        """Book the persons of customers' own fields; archive those no longer named there.

        :param records: customers that are booked already, of one connection.
        """
        connection = records.connection_id
        rules = connection._contact_rules("customer").grouped("field_id")
        if not rules:
            return
        layers = self.env["netsuite.booking.contact"]._layers(
            connection, records.mapped("internal_id")
        )
        by_attention = connection.customer_contact_name == "attention"
        wanted = {}
        for record in records:
            own = layers.get(record.internal_id, {})
            for person in customer_persons(record.payload, rules, by_attention) if own else ():
                for company, partner in own.items():
                    wanted[(person.source_id, company)] = self._wanted(
                        *(person, rules[person.field], partner, record.internal_id),
                        record_id=record.id,
                    )
        Contact = self.env["netsuite.contact"]
        Contact._mirror(connection, wanted)
        named = Contact.search(
            [
                ("record_id", "in", records.ids),
                ("source", "=", "customer"),
                ("rule_id", "in", [rule.id for rule in rules.values()]),
            ]
        )
        gone = named.filtered(lambda contact: contact._key() not in wanted)
        gone._retire(self.env._("NetSuite's field no longer holds this address."))

    # === BUSINESS METHODS - INVOICES === #

    @api.model
    def _book_invoices(self, records):
        """Book the persons that invoices name, and make them recipients of these invoices.

        :param records: invoices that are booked already, of one connection.
        """
        connection = records.connection_id
        rules = connection._contact_rules("invoice").grouped("field_id")
        moves = records._targets("account.move") if rules else {}
        if not moves:
            return
        Contacts = self.env["netsuite.booking.contact"]
        customers = Contacts._layers(connection, {record.customer_internal_id for record in moves})
        fields = {field: rule.name_field_id or "" for field, rule in rules.items()}
        wanted, named = {}, {}
        for record, move in moves.items():
            layers = customers.get(record.customer_internal_id)
            if not layers:
                continue
            company, customer = Contacts._layer_in(layers, move.company_id)
            persons = invoice_persons(record.payload["row"], fields)
            for person in persons:
                # The same person on two invoices: the later one's words count.
                wanted[(person.source_id, company)] = self._wanted(
                    person, rules[person.field], customer, record.customer_internal_id
                )
            named[move] = [
                (person.source_id, company)
                for person in persons
                if rules[person.field].link_to_invoice
            ]
        found = self.env["netsuite.contact"]._mirror(connection, wanted)
        self._link(connection, rules, named, found)

    def _link(self, connection, rules, named, found):
        """Let each invoice have the recipients that its fields name now.

        :param named: {invoice: keys of its recipients}.
        """
        Contact = self.env["netsuite.contact"]
        linked, unlinked = {}, {}
        for move, keys in named.items():
            wanted = Contact.union(*(found[key] for key in keys))
            present = move.netsuite_contact_ids.filtered(
                lambda contact: contact.rule_id.field_id in rules and contact.source == "invoice"
            )
            for contact in wanted - present:
                linked.setdefault(contact, []).append(Command.link(move.id))
            for contact in present - wanted:
                unlinked.setdefault(contact, []).append(Command.unlink(move.id))
        for commands in (linked, unlinked):
            for contact, moves in commands.items():
                contact.move_ids = moves
        if unlinked and connection.unused_invoice_contacts == "archive":
            unused = Contact.union(*unlinked).filtered(lambda contact: not contact.move_ids)
            unused._retire(self.env._("This contact no longer appears on any invoice in NetSuite."))

    # === BUSINESS METHODS - VALUES === #

    def _wanted(self, person, rule, customer, customer_internal_id, record_id=False):
        """Return the `Wanted` of a person; the position is its field's."""
        return Wanted(
            customer,
            {
                "name": person.name,
                "email": person.email,
                "phone": person.phone or False,
                "netsuite_first_name": person.first_name or False,
                "netsuite_last_name": person.last_name or False,
                "netsuite_position": rule.position or False,
            },
            {
                "source": rule.record_type,
                "rule_id": rule.id,
                "field_id": person.field,
                "record_id": record_id,
                "customer_internal_id": customer_internal_id,
                "position": rule.position or False,
            },
        )
