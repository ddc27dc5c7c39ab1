"""Contact records become contacts of their customers, and leave when NetSuite says so."""

from odoo.tests import tagged

from ..support.contact_case import PAYABLE, PURCHASING, ContactCase


@tagged("post_install", "-at_install")
class TestContactRecord(ContactCase):
    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.quay = self.customer(name="Quay Ltd")
        self.pier = self.customer(name="Pier Ltd")

    # === WHAT A CONTACT BRINGS === #

    def test_contact_has_its_names_title_role_and_phones(self):
        self.contact(
            self.quay,
            title="AP Manager",
            contactRole={"id": PAYABLE},
            mobilePhone="555-0199",
            altEmail="lee@home.example",
        )

        self.drive(self.connection)

        ann = self.people(self.connection, self.quay).partner_id
        self.assertEqual(ann.parent_id, self.partner(self.connection, self.quay))
        self.assertEqual((ann.name, ann.function, ann.type), ("Ann Lee", "AP Manager", "contact"))
        self.assertEqual(
            (ann.email, ann.netsuite_alt_email), ("ann@quay.example", "lee@home.example")
        )
        self.assertEqual((ann.phone, ann.netsuite_mobile), ("555-0199", "555-0199"))
        self.assertEqual(ann.netsuite_position, "Accounts Payable")
        self.assertEqual(ann.category_id.mapped("name"), ["Accounts Payable"])
        self.assertFalse(self.open_issues(self.connection))

    def test_mail_addresses_a_contact_by_its_first_name_and_nobody_by_nothing(self):
        self.contact(self.quay)
        self.drive(self.connection)
        ann = self.people(self.connection, self.quay).partner_id
        template = "Dear {{ object.netsuite_first_name }}{{ object.netsuite_position }},"

        rendered = self.env["mail.render.mixin"]._render_template(
            template, "res.partner", (ann | ann.parent_id).ids, engine="inline_template"
        )

        self.assertEqual(rendered[ann.id], "Dear Ann,")
        self.assertEqual(rendered[ann.parent_id.id], "Dear ,")

    def test_contact_of_two_customers_is_two_people_with_keys_of_their_own(self):
        contact = self.contact(self.quay, contactRole={"id": PAYABLE})
        self.simulator.act("attach", customer=self.pier, contact=contact, role=PURCHASING)

        self.drive(self.connection)

        here, there = (self.people(self.connection, each) for each in (self.quay, self.pier))
        self.assertEqual(len(here | there), 2)
        self.assertEqual(here.record_id, there.record_id)
        self.assertEqual(here.netsuite_source_id, f"netsuite_contact_{self.quay}_{contact}")
        self.assertEqual(there.netsuite_source_id, f"netsuite_contact_{self.pier}_{contact}")
        self.assertEqual((here.position, there.position), ("Accounts Payable", "Purchasing"))
        self.assertEqual(there.partner_id.parent_id, self.partner(self.connection, self.pier))

    def test_change_in_netsuite_is_written_and_a_users_own_words_stay(self):
        contact = self.contact(self.quay, title="Clerk")
        self.drive(self.connection)
        ann = self.people(self.connection, self.quay).partner_id
        ann.write({"phone": "555-0100", "lang": "en_US", "comment": "Likes tea"})

        self.edit("contact", contact, lastName="Lee-Moss", title="AP Manager")
        self.drive(self.connection)

        self.assertEqual(self.people(self.connection, self.quay).partner_id, ann)
        self.assertEqual((ann.name, ann.function), ("Ann Lee-Moss", "AP Manager"))
        self.assertEqual((ann.phone, str(ann.comment)), ("555-0100", "<p>Likes tea</p>"))

    def test_contact_made_by_hand_is_taken_over(self):
        self.drive(self.connection)
        customer = self.partner(self.connection, self.quay)
        ann = self.env["res.partner"].create(
            {"name": "Ann Lee", "email": "ann@quay.example", "parent_id": customer.id}
        )

        self.contact(self.quay)
        self.drive(self.connection)

        self.assertEqual(self.people(self.connection, self.quay).partner_id, ann)

    # === WHO IS LEFT OUT === #

    def test_private_inactive_and_unattached_contacts_are_left_out_and_say_why(self):
        private = self.contact(self.quay, first="Bo", isPrivate=True)
        inactive = self.contact(self.quay, first="Cy", isInactive=True)
        nobodys = self.contact(first="Di")

        self.drive(self.connection)

        self.assertFalse(self.env["netsuite.contact"].search([]))
        records = self.record_of_all(self.connection, "contact", [private, inactive, nobodys])
        self.assertEqual(
            {record.internal_id: (record.state, record.message) for record in records},
            {
                private: ("ignored", "Private in NetSuite"),
                inactive: ("ignored", "Inactive in NetSuite"),
                nobodys: ("ignored", "It belongs to no customer that is in Odoo"),
            },
        )
        self.assertFalse(self.open_issues(self.connection))

    def test_inactive_contact_is_imported_archived_when_asked_for(self):
        self.connection.import_inactive_contacts = True
        self.contact(self.quay, isInactive=True)

        self.drive(self.connection)

        people = self.people(self.connection, self.quay)
        self.assertEqual(people.partner_id.mapped("active"), [False])
        self.assertFalse(people.customer_id.activity_ids)

    def test_contact_whose_address_is_none_is_imported_and_listed(self):
        contact = self.contact(self.quay, email="call the office")
        self.contact(self.quay, first="Bo", email=None)

        self.drive(self.connection)

        people = self.people(self.connection, self.quay)
        self.assertEqual(people.mapped("email_valid"), [False, False])
        self.assertIn("call the office", people.mapped("email"))
        issue = self.open_issues(self.connection)
        self.assertEqual((issue.severity, issue.key), ("0", "address:contact:email"))
        self.assertEqual(issue.record_ids.mapped("internal_id"), [contact])
        self.edit("contact", contact, email="ann@quay.example")
        self.drive(self.connection)
        self.assertFalse(self.open_issues(self.connection))

    def test_address_is_freed_of_what_people_put_around_it(self):
        self.contact(self.quay, email="Sean O'Brien <sean.o'brien@quay.ie>;")
        self.edit("customer", self.quay, email="mailto:AP@quay.example, <b@quay.example>")

        self.drive(self.connection)

        person = self.people(self.connection, self.quay)
        self.assertEqual((person.email, person.email_valid), ("sean.o'brien@quay.ie", True))
        customer = self.partner(self.connection, self.quay)
        self.assertEqual(customer.email, "AP@quay.example, b@quay.example")
        self.assertFalse(self.open_issues(self.connection))
        self.edit("customer", self.quay, email="see the contract")
        self.drive(self.connection)
        self.assertEqual(customer.email, "see the contract")
        self.assertEqual(self.open_issues(self.connection).key, "address:customer:email")

    def test_contact_waits_for_its_customer(self):
        outside = self.contact(first="Bo")
        self.drive(self.connection)
        late = self.customer(name="Late Ltd")
        self.simulator.switches(attach_touches_contact=False)
        self.simulator.act("attach", customer=late, contact=outside)
        # The contact was read before its customer.
        self.record_of(self.connection, "contact", outside).action_resync()
        self.assertFalse(self.env["netsuite.contact"].search([]))

        self.drive(self.connection)

        self.assertEqual(self.people(self.connection, late).partner_id.name, "Bo Lee")

    # === ACCOUNTS THAT DIFFER === #

    def test_account_without_roles_and_relationships_still_has_contacts(self):
        self.simulator.fault("permission_missing", record="companycontactrelationship", times=None)
        self.simulator.fault(
            "unknown_column", column="n.contactrole", match="contactrole", times=None
        )
        self.contact(self.quay, contactRole={"id": PAYABLE})

        self.drive(self.connection)

        ann = self.people(self.connection, self.quay).partner_id
        self.assertEqual((ann.name, ann.netsuite_position), ("Ann Lee", False))
        self.assertEqual(
            set(self.open_issues(self.connection).mapped("key")),
            {"column:contact:contactrole", "column:contact:companycontactrelationship"},
        )

    def test_contacts_change_no_calls_when_nothing_changed(self):
        self.drives_all = True
        for number in range(5):
            self.contact(self.quay, first=f"Ann {number}")
        self.drive(self.connection)
        self.later(3600)
        self.drive(self.connection)
        self.later(3600)
        self.simulator.clear_requests()

        self.drive(self.connection)

        # One for the contacts themselves, none for what belongs to them.
        self.assertEqual(len(self.requests_for("FROM contact n")), 1)
        self.assertFalse(self.requests_for("companycontactrelationship"))

    # === WHAT MOVES NO DATE === #

    def test_daily_check_finds_who_was_attached_or_detached_without_being_touched(self):
        self.simulator.switches(attach_touches_contact=False)
        ann, bo = self.contact(self.quay), self.contact(first="Bo")
        self.simulator.act("attach", customer=self.quay, contact=bo)
        # Nobody touched them for longer than the daily check looks back.
        self.simulator.act("touch", type="contact", stamp="2020-01-01T00:00:00Z")
        self.drive(self.connection)
        self.simulator.act("attach", customer=self.pier, contact=ann)
        self.simulator.act("detach", customer=self.quay, contact=bo)
        self.drive(self.connection)
        self.assertFalse(self.people(self.connection, self.pier))

        self.later()
        self.connection._drive_daily()

        self.assertEqual(self.people(self.connection, self.pier).partner_id.name, "Ann Lee")
        here = self.people(self.connection, self.quay).partner_id
        self.assertEqual(
            {partner.name: partner.active for partner in here}, {"Ann Lee": True, "Bo Lee": False}
        )

    def test_relationships_that_the_role_no_longer_shows_detach_nobody(self):
        contact = self.contact(self.quay)
        self.simulator.act("attach", customer=self.pier, contact=contact)
        self.drive(self.connection)
        self.simulator.fault("permission_missing", record="companycontactrelationship", times=None)

        self.edit("contact", contact, title="AP Manager")
        self.drive(self.connection)

        people = self.people(self.connection, self.quay) | self.people(self.connection, self.pier)
        self.assertEqual(people.partner_id.mapped("active"), [True, True])
        self.assertEqual(
            self.open_issues(self.connection).mapped("key"),
            ["right:table:companycontactrelationship"],
        )
        self.simulator.clear_faults()
        self.drive(self.connection)
        self.assertEqual(people.partner_id.mapped("active"), [True, True])
        self.assertEqual(set(people.partner_id.mapped("function")), {"AP Manager"})
