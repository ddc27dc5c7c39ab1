"""Contacts from e-mail fields of customers and invoices, told apart by customer, field, address."""

# Tests say things in English only.
# pylint: disable=translation-required

from unittest.mock import patch

import psycopg2.errors
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...mappers.person import source_id
from ..support.contact_case import ContactCase

SAMPLE = "netsuite_person_{}_invoice_custbody15_contact@example.com"


@tagged("post_install", "-at_install")
class TestInvoicePerson(ContactCase):
    """Contacts from invoice fields (docs/FEATURES.md 27)."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.quay = self.customer(name="Quay Ltd")
        self.billing = self.rule(self.connection, "CustBody15", position="Billing", label="AP mail")

    def invoice_to(self, *addresses, customer=None, **fields):
        """Create an invoice whose custbody15 names `addresses`; return its id."""
        text = "; ".join(addresses)
        return self.invoice(customer or self.quay, 10, custbody15=text or None, **fields)

    def recipients(self, invoice):
        return self.move(self.connection, invoice).netsuite_contact_ids.mapped("email")

    def test_key_is_exactly_the_published_one(self):
        invoice = self.invoice_to(" Contact@Example.com ")

        self.drive(self.connection)

        key = self.people(self.connection, self.quay)
        self.assertEqual(key.netsuite_source_id, SAMPLE.format(self.quay))
        self.assertEqual(
            (key.source, key.field_label, key.position), ("invoice", "AP mail", "Billing")
        )
        contact = key.partner_id
        self.assertEqual((contact.name, contact.email), ("contact", "contact@example.com"))
        self.assertEqual(contact.parent_id, self.partner(self.connection, self.quay))
        self.assertEqual(contact.netsuite_source_id, SAMPLE.format(self.quay))
        move = self.move(self.connection, invoice)
        self.assertEqual(move.netsuite_recipient_ids, contact)
        self.assertEqual((key.invoice_count, key.move_ids), (1, move))

    def test_same_address_is_one_contact_per_customer_and_field(self):
        self.rule(self.connection, "custbody16", position="Site")
        pier = self.customer(name="Pier Ltd")
        both = self.invoice_to("a@quay.example", custbody16="A@quay.example ")
        second = self.invoice_to("A@QUAY.example")
        other = self.invoice_to("a@quay.example", customer=pier)

        for _time in range(3):
            self.drive(self.connection)
            self.simulator.act("touch", type="invoice")
            self.later(60)

        self.assertEqual(
            self.people(self.connection, self.quay).mapped("netsuite_source_id"),
            [
                source_id(self.quay, "invoice", f, "a@quay.example")
                for f in ("custbody15", "custbody16")
            ],
        )
        self.assertEqual(len(self.people(self.connection, pier)), 1)
        billing = self.people(self.connection, self.quay)[0]
        moves = self.move(self.connection, both) | self.move(self.connection, second)
        self.assertEqual(billing.move_ids, moves)
        self.assertEqual(self.recipients(other), ["a@quay.example"])
        # Two contacts, one address: it gets one mail.
        self.assertEqual(len(self.move(self.connection, both).netsuite_contact_ids), 2)
        self.assertEqual(len(self.move(self.connection, both).netsuite_recipient_ids), 1)

    def test_several_addresses_in_a_field_are_several_contacts(self):
        invoice = self.invoice_to("a@quay.example", "not an address", "B@quay.example")

        self.drive(self.connection)

        self.assertEqual(set(self.recipients(invoice)), {"a@quay.example", "b@quay.example"})
        issue = self.open_issues(self.connection)
        self.assertEqual((issue.key, issue.severity), ("address:invoice:custbody15", "0"))

    def test_link_follows_the_field_and_the_contact_is_kept(self):
        invoice, other = self.invoice_to("a@quay.example"), self.invoice_to("c@quay.example")
        self.drive(self.connection)
        number = self.move(self.connection, invoice).name

        self.edit("invoice", invoice, custbody15="b@quay.example")
        self.drive(self.connection)

        self.assertEqual(self.recipients(invoice), ["b@quay.example"])
        self.assertEqual(self.recipients(other), ["c@quay.example"])
        first = self.people(self.connection, self.quay)[0]
        self.assertEqual((first.email, first.partner_active), ("a@quay.example", True))
        self.assertEqual(self.move(self.connection, invoice).name, number)
        self.assert_in_step(self.connection)

    def test_unused_contact_is_archived_when_asked_for_and_comes_back(self):
        self.connection.unused_invoice_contacts = "archive"
        first, second = self.invoice_to("a@quay.example"), self.invoice_to("a@quay.example")
        self.drive(self.connection)
        contact = self.people(self.connection, self.quay).partner_id

        self.edit("invoice", first, custbody15=None)
        self.drive(self.connection)
        self.assertTrue(contact.active)
        self.edit("invoice", second, custbody15="b@quay.example")
        self.drive(self.connection)
        self.assertFalse(contact.active)

        self.edit("invoice", first, custbody15="a@quay.example")
        self.drive(self.connection)
        self.assertTrue(contact.active)
        self.assertEqual(self.recipients(first), ["a@quay.example"])

    def test_field_that_is_read_no_more_sends_nothing_to_the_address_it_held(self):
        invoice = self.invoice_to("old@quay.example")
        self.drive(self.connection)
        move = self.move(self.connection, invoice)
        self.assertEqual(move.netsuite_recipient_ids.mapped("email"), ["old@quay.example"])

        self.billing.active = False
        self.assertFalse(move.netsuite_recipient_ids)
        self.billing.active = True
        self.drive(self.connection)
        self.assertEqual(move.netsuite_recipient_ids.mapped("email"), ["old@quay.example"])

        person = self.people(self.connection, self.quay).partner_id
        self.billing.unlink()
        self.edit("invoice", invoice, custbody15="new@quay.example")
        self.drive(self.connection)

        self.assertFalse(self.recipients(invoice))
        self.assertFalse(move.netsuite_recipient_ids)
        self.assertTrue(person.active)
        self.rule(self.connection, "custbody15")
        self.drive(self.connection)
        self.assertEqual(self.recipients(invoice), ["new@quay.example"])

    def test_one_of_several_positions_is_enough_to_be_proposed(self):
        self.rule(self.connection, "custbody16", position="Site")
        invoice = self.invoice_to("a@quay.example", custbody16="b@quay.example")
        self.drive(self.connection)
        move = self.move(self.connection, invoice)

        for position, found in (
            ("Legal; billing", ["a@quay.example"]),
            ("Billing, Site", ["a@quay.example", "b@quay.example"]),
            ("nobody", []),
        ):
            with self.subTest(position):
                recipients = move._netsuite_recipients(position)
                self.assertEqual(sorted(recipients.mapped("email")), found)

    def test_contact_without_link_exists_and_receives_nothing(self):
        self.billing.link_to_invoice = False
        invoice = self.invoice_to("a@quay.example")

        self.drive(self.connection)

        self.assertEqual(len(self.people(self.connection, self.quay)), 1)
        self.assertFalse(self.recipients(invoice))

    def test_name_comes_from_a_field_of_the_invoice(self):
        self.billing.name_field_id = "custbody17"
        self.invoice_to("a@quay.example", custbody17="Ann Lee")

        self.drive(self.connection)

        contact = self.people(self.connection, self.quay).partner_id
        self.assertEqual((contact.name, contact.netsuite_first_name), ("Ann Lee", "Ann"))

    def test_field_added_later_makes_contacts_of_what_is_here(self):
        invoice = self.invoice_to("a@quay.example", custbody16="site@quay.example")
        self.drive(self.connection)
        self.later(3600)
        self.drive(self.connection)
        booked = self.move(self.connection, invoice).write_date

        self.rule(self.connection, "custbody16")
        self.drive(self.connection)

        self.assertEqual(set(self.recipients(invoice)), {"a@quay.example", "site@quay.example"})
        self.assertEqual(self.move(self.connection, invoice).write_date, booked)
        self.billing.position = "Accounts Payable"
        self.drive(self.connection)
        self.assertIn(
            "Accounts Payable", self.people(self.connection, self.quay).mapped("position")
        )
        self.assert_in_step(self.connection)

    def test_unknown_field_costs_itself_only(self):
        self.rule(self.connection, "custbody_never")
        invoice = self.invoice_to("a@quay.example")

        self.drive(self.connection)

        self.assertEqual(self.recipients(invoice), ["a@quay.example"])
        issue = self.open_issues(self.connection)
        self.assertEqual((issue.key, issue.severity), ("column:invoice:custbody_never", "0"))
        self.assert_in_step(self.connection)

    def test_field_id_that_is_none_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "custbody 15"):
            self.rule(self.connection, "custbody 15' OR 1=1")

    def test_contact_that_another_process_made_first_is_found_by_doing_it_again(self):
        self.invoice_to("a@quay.example")
        self.drive(self.connection)
        record = self.record_of(self.connection, "invoice", self.people_moves()[0])
        Contact = type(self.env["netsuite.contact"])
        search, missed = Contact.search, []

        def blind_once(contacts, domain, *args, **options):
            # What another process commits is not seen by a transaction that began before.
            if any(term[0] == "netsuite_source_id" for term in domain) and not missed:
                missed.append(True)
                return contacts.browse()
            return search(contacts, domain, *args, **options)

        record._advance("pending")
        with (
            patch.object(Contact, "search", blind_once),
            self.assertRaises(psycopg2.errors.SerializationFailure),
            self.env.cr.savepoint(),
        ):
            self.env["netsuite.booking"]._book_chunk(record)
        self.connection._drive_book()

        self.assertEqual(len(self.people(self.connection, self.quay)), 1)
        self.assertEqual(record.state, "booked")

    def people_moves(self):
        """Return the internal ids of the invoices that name somebody."""
        return self.people(self.connection, self.quay).move_ids.netsuite_record_id.mapped(
            "internal_id"
        )

    def test_contact_archived_in_odoo_stays_so_until_it_is_resynchronised(self):
        invoice = self.invoice_to("a@quay.example")
        self.drive(self.connection)
        contact = self.people(self.connection, self.quay).partner_id
        contact.action_archive()
        self.edit("invoice", invoice, memo="Again")
        self.drive(self.connection)
        self.assertFalse(contact.active)

        contact.action_netsuite_contact_resync()

        self.assertTrue(contact.active)

    # === MAILING === #

    def test_invoice_is_proposed_to_its_contacts_with_a_position_once_per_address(self):
        self.rule(self.connection, "custbody16", position="Site")
        invoice = self.invoice_to("a@quay.example", custbody16="a@quay.example, s@quay.example")
        without = self.invoice(self.quay, 10)
        self.drive(self.connection)
        self.partner(self.connection, self.quay).email = "office@quay.example"

        self.assertEqual(self.proposed(invoice), ["office@quay.example"])
        self.connection.invoice_recipients = "contacts"
        self.assertEqual(self.proposed(invoice), ["a@quay.example", "s@quay.example"])
        self.connection.invoice_recipient_position = "billing"
        self.assertEqual(self.proposed(invoice), ["a@quay.example"])
        self.connection.invoice_recipients = "both"
        self.assertEqual(self.proposed(invoice), ["a@quay.example", "office@quay.example"])
        self.assertEqual(self.proposed(without), ["office@quay.example"])

    def test_invoice_mail_addresses_its_recipients_and_nobody_by_nothing(self):
        self.connection.contact_field_ids.name_field_id = "custbody17"
        one = self.invoice_to("a@quay.example", custbody17="Ann Lee")
        nobody = self.invoice(self.quay, 10)
        self.drive(self.connection)
        moves = self.move(self.connection, one) | self.move(self.connection, nobody)
        template = (
            "Dear {{ object.netsuite_first_name }} {{ object.netsuite_last_name }}"
            "{{ object.netsuite_position and ', ' + object.netsuite_position }}!"
        )

        rendered = self.env["mail.render.mixin"]._render_template(
            template, "account.move", moves.ids, engine="inline_template"
        )

        self.assertEqual(rendered[moves[0].id], "Dear Ann Lee, Billing!")
        self.assertEqual(rendered[moves[1].id], "Dear  !")

    def test_mail_to_two_contacts_of_one_address_is_one_message(self):
        self.rule(self.connection, "custbody16", position="Site")
        invoice = self.invoice_to("a@quay.example", custbody16="a@quay.example, s@quay.example")
        self.drive(self.connection)
        move = self.move(self.connection, invoice)
        people = self.people(self.connection, self.quay).partner_id
        self.assertEqual(len(people), 3)

        message = move.message_post(
            body="Please pay", partner_ids=people.ids, subtype_xmlid="mail.mt_comment"
        )

        notified = message.notification_ids.res_partner_id
        self.assertEqual(sorted(notified.mapped("email")), ["a@quay.example", "s@quay.example"])

    def proposed(self, invoice):
        move = self.move(self.connection, invoice)
        Send = self.env["account.move.send"]
        template = Send._get_default_mail_template_id(move)
        return sorted(Send._get_default_mail_partner_ids(move, template, "en_US").mapped("email"))


@tagged("post_install", "-at_install")
class TestCustomerPerson(ContactCase):
    """Contacts from the customer's own fields (docs/FEATURES.md 22)."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.quay = self.customer(
            name="Quay Ltd",
            email="a@quay.example",
            phone="555-0100",
            custentity_ap_email="ap@quay.example; AP2@quay.example",
        )

    def switch_on(self, **values):
        self.connection.write({"import_customer_contacts": True, **values})

    def emails(self, active=True):
        return (
            self.people(self.connection, self.quay, "customer")
            .filtered(lambda key: key.partner_active == active)
            .mapped("email")
        )

    def test_off_makes_no_contact_and_reads_no_field(self):
        self.rule(self.connection, "custentity_ap_email", "customer")

        self.drive(self.connection)

        self.assertFalse(self.people(self.connection, self.quay))
        self.assertFalse(self.requests_for("custentity_ap_email"))

    def test_fields_make_contacts_with_positions(self):
        self.drive(self.connection)
        self.switch_on()
        self.rule(self.connection, "custentity_ap_email", "customer", position="Accounts Payable")

        self.drive(self.connection)

        people = self.people(self.connection, self.quay)
        self.assertEqual(
            {(key.email, key.position) for key in people},
            {
                ("a@quay.example", False),
                ("ap@quay.example", "Accounts Payable"),
                ("ap2@quay.example", "Accounts Payable"),
            },
        )
        self.assertEqual(
            people[0].netsuite_source_id,
            f"netsuite_person_{self.quay}_customer_custentity_ap_email_ap2@quay.example",
        )
        self.assertEqual(set(people.partner_id.mapped("name")), {"Quay Ltd"})
        self.assertEqual(set(people.partner_id.mapped("phone")), {"555-0100"})
        self.assert_in_step(self.connection)

    def test_name_is_the_attention_of_the_address_or_else_the_customers(self):
        pier = self.customer(
            name="Pier Ltd",
            email="p@pier.example",
            addressBook={
                "items": [{"defaultBilling": True, "addressBookAddress": {"attention": "Ann Lee"}}]
            },
        )
        self.switch_on(customer_contact_name="attention")

        self.drive(self.connection)

        named = self.people(self.connection, pier).partner_id
        self.assertEqual((named.name, named.netsuite_first_name), ("Ann Lee", "Ann"))
        self.assertEqual(self.people(self.connection, self.quay).partner_id.name, "Quay Ltd")

    def test_emptied_field_archives_its_contact(self):
        self.switch_on()
        self.rule(self.connection, "custentity_ap_email", "customer")
        self.drive(self.connection)

        self.edit("customer", self.quay, custentity_ap_email="ap@quay.example")
        self.drive(self.connection)

        self.assertEqual(set(self.emails()), {"a@quay.example", "ap@quay.example"})
        self.assertEqual(self.emails(active=False), ["ap2@quay.example"])

    def test_address_of_a_contact_record_is_a_contact_of_its_own_and_gets_one_mail(self):
        self.contact(self.quay, email="a@quay.example")
        self.switch_on()

        self.drive(self.connection)

        people = self.people(self.connection, self.quay)
        self.assertEqual(set(people.mapped("source")), {"record", "customer"})
        self.assertEqual(len(people.partner_id), 2)
        self.assertTrue(all(people.mapped("is_lookalike")))
        message = people.partner_id[0].message_post(
            body="Hello", partner_ids=people.partner_id.ids, subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(
            message.notification_ids.res_partner_id.mapped("email"), ["a@quay.example"]
        )

    def test_switched_off_again_they_stay_until_they_are_cleaned_up(self):
        self.switch_on()
        self.drive(self.connection)
        self.connection.import_customer_contacts = False

        self.edit("customer", self.quay, email="new@quay.example")
        self.drive(self.connection)

        self.assertEqual(self.emails(), ["a@quay.example"])
        self.assertFalse(self.people(self.connection, self.quay).synchronised)
        wizard = self.env["netsuite.contact.cleanup"].create(
            {"connection_id": self.connection.id, "source": "customer"}
        )
        self.assertEqual((wizard.partner_count, wizard.kept_count), (1, 0))
        wizard.action_archive()
        self.assertFalse(self.emails())
