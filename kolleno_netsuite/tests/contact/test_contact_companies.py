"""People of customers who have a partner of their own in each company."""

from odoo.tests import tagged

from ..support.contact_case import PAYABLE, ContactCase


@tagged("post_install", "-at_install")
class TestContactCompanies(ContactCase):
    companies = 2

    def prepare(self):
        super().prepare()
        self.us, self.uk = (self.env["res.company"].browse(id_) for id_ in self.company_ids)
        self.quay = self.customer(name="Quay Ltd", email="desk@quay.example")
        self.simulator.act(
            "create",
            type="customerSubsidiaryRelationship",
            body={"entity": {"id": self.quay}, "subsidiary": {"id": self.UK}},
        )
        self.connection = self.connect(customers_per_company=True, import_customer_contacts=True)
        self.rule(self.connection, "custbody15")
        self.ann = self.contact(self.quay, contactRole={"id": PAYABLE})

    def by_company(self, source):
        """Return {company: its people of the customer}."""
        people = self.people(self.connection, self.quay, source)
        return people.grouped(lambda each: each.partner_id.parent_id.company_id)

    def test_each_companys_partner_has_the_contacts_of_the_customer(self):
        invoice = self.invoice(self.quay, 70, subsidiary={"id": self.UK})
        self.drive(self.connection)

        for source, name in (("record", "Ann Lee"), ("customer", "Quay Ltd")):
            people = self.by_company(source)
            self.assertEqual(set(people), {self.us, self.uk}, source)
            for company, own in people.items():
                self.assertEqual(own.partner_id.mapped("name"), [name])
                self.assertEqual(own.partner_id.company_id, company)
            self.assertEqual(len(set(people[self.us].mapped("netsuite_source_id"))), 1)
            self.assertEqual(people[self.us].netsuite_source_id, people[self.uk].netsuite_source_id)
        move = self.move(self.connection, invoice)
        self.assertIn(self.by_company("record")[self.uk].partner_id, move.partner_id.child_ids)
        # The same person in another company is nobody's double.
        self.assertFalse(self.people(self.connection, self.quay, "record").filtered("is_lookalike"))

    def test_recipients_of_an_invoice_are_people_of_its_company(self):
        here = self.invoice(self.quay, 100, custbody15="site@quay.example")
        there = self.invoice(
            self.quay, 70, custbody15="site@quay.example", subsidiary={"id": self.UK}
        )

        self.drive(self.connection)

        for invoice in (here, there):
            move = self.move(self.connection, invoice)
            self.assertEqual(move.netsuite_recipient_ids.parent_id, move.partner_id)
            self.assertEqual(move.netsuite_recipient_ids.mapped("email"), ["site@quay.example"])
        self.assertEqual(set(self.by_company("invoice")), {self.us, self.uk})

    def test_change_and_departure_reach_the_people_of_all_companies(self):
        self.drive(self.connection)
        people = self.people(self.connection, self.quay, "record")

        self.edit("contact", self.ann, lastName="Moss")
        self.drive(self.connection)
        self.assertEqual(people.partner_id.mapped("name"), ["Ann Moss"] * 2)
        self.assertEqual(self.people(self.connection, self.quay, "record"), people)

        self.edit("contact", self.ann, isInactive=True)
        self.edit("customer", self.quay, email="")
        self.drive(self.connection)

        self.assertEqual(people.partner_id.mapped("active"), [False, False])
        own = self.people(self.connection, self.quay, "customer")
        self.assertEqual(own.partner_id.mapped("active"), [False, False])

    def test_partner_made_for_a_document_gets_its_people(self):
        pier = self.customer(name="Pier Ltd", email="pier@pier.example")
        bo = self.contact(pier, first="Bo", email="bo@pier.example")
        self.drive(self.connection)
        self.assertEqual(len(self.people(self.connection, pier, "record")), 1)
        record = self.record_of(self.connection, "customer", pier)
        main = record._target()

        # As for a document in a company that the customer's record does not name.
        booker = self.env["netsuite.booking.customer"]
        sibling = booker.with_context(netsuite_import=True)._partner_in(main, self.uk)
        self.drive(self.connection)

        people = self.people(self.connection, pier, "record")
        self.assertEqual(people.partner_id.parent_id, main | sibling)
        self.assertEqual(
            set(people.mapped("netsuite_source_id")), {f"netsuite_contact_{pier}_{bo}"}
        )
        self.assertIn("pier@pier.example", sibling.child_ids.mapped("email"))
