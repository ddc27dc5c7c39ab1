from odoo.tests import tagged

from ..support.booking_case import TERM, NetsuiteBookingCommon


@tagged("post_install", "-at_install")
class TestBookingCustomer(NetsuiteBookingCommon):
    def test_customer_becomes_a_company_with_its_own_words(self):
        name = 'O\'Brien & "Söhne" <b>GmbH</b> 🚀'
        record = self.land_customer(
            companyname=name,
            entityid="C-77",
            email="billing@example.com, second@example.com",
            phone="+1 555 0100",
            comments="<script>alert(1)</script>\nline 2",
        )

        self.book(record)

        partner = record._target()
        self.assert_booked(record)
        self.assertEqual(partner.name, name)
        self.assertEqual(partner.ref, "C-77")
        self.assertTrue(partner.is_company)
        self.assertEqual(partner.email, "billing@example.com, second@example.com")
        self.assertNotIn("<script>", str(partner.comment))
        self.assertEqual(partner.netsuite_record_id, record)
        self.assertEqual(partner.netsuite_group_id, partner)
        self.assertFalse(partner.message_ids)
        self.assertFalse(partner.message_follower_ids)

    def test_person_is_named_by_its_parts(self):
        partner, _ns = self.customer(
            isperson="T", companyname=None, firstname="Ann", middlename="B.", lastname="Example"
        )

        self.assertEqual(partner.name, "Ann B. Example")
        self.assertFalse(partner.is_company)

    def test_child_before_its_parent_is_linked_when_the_parent_comes(self):
        child = self.land_customer(parent=5001)
        grandchild = self.land_customer(parent=child.internal_id)
        self.book(grandchild | child)
        self.assertFalse(child._target().netsuite_parent_id)

        parent = self.land_customer(internal_id=5001)
        self.book(parent)

        self.assertEqual(child._target().netsuite_parent_id, parent._target())
        self.assertEqual(grandchild._target().netsuite_group_id, parent._target())
        self.assertFalse(child._target().parent_id)

    def test_parent_that_is_its_own_child_fails_alone(self):
        good = self.land_customer()
        first, second = self.new_id(), self.new_id()
        a = self.land_customer(internal_id=first, parent=second)
        b = self.land_customer(internal_id=second, parent=first)

        self.book(good | a | b)

        self.assert_booked(good)
        self.assertIn("failed", (a | b).mapped("state"))

    def test_addresses_are_updated_and_not_doubled(self):
        addresses = [
            {
                "addressid": 1,
                "label": "HQ",
                "defaultbilling": "T",
                "addr1": "1 Main St",
                "addr2": "Suite 2",
                "addr3": "Floor 3",
                "city": "Austin",
                "state": "TX",
                "zip": "73301",
                "country": "US",
            },
            {"addressid": 2, "label": "Dock", "defaultshipping": "T", "addr1": "9 Dock Rd"},
        ]
        record = self.land_customer(addresses=addresses)
        self.book(record)
        partner = record._target()
        contact = partner.child_ids

        addresses[1]["addr1"] = "10 Dock Rd"
        self.land_customer(internal_id=record.internal_id, addresses=addresses)
        self.book(record)

        self.assertEqual(partner.street2, "Suite 2, Floor 3")
        self.assertEqual(partner.state_id.code, "TX")
        self.assertEqual(partner.country_id.code, "US")
        self.assertEqual(partner.child_ids, contact)
        self.assertEqual((contact.type, contact.street), ("delivery", "10 Dock Rd"))

    def test_address_that_vanished_is_archived(self):
        addresses = [
            {"addressid": 1, "defaultbilling": "T", "addr1": "1 Main St"},
            {"addressid": 2, "label": "Dock", "addr1": "9 Dock Rd"},
        ]
        record = self.land_customer(addresses=addresses)
        self.book(record)
        contact = record._target().child_ids

        self.land_customer(internal_id=record.internal_id, addresses=addresses[:1])
        self.book(record)

        self.assertFalse(contact.active)

    def test_own_words_of_a_user_stay_until_netsuite_changes_them(self):
        record = self.land_customer(phone="111", email="a@example.com")
        self.book(record)
        partner = record._target()
        partner.phone = "222"

        self.land_customer(internal_id=record.internal_id, phone="111", email="b@example.com")
        self.book(record)

        self.assertEqual(partner.phone, "222")
        self.assertEqual(partner.email, "b@example.com")

    def test_existing_partner_is_recognised_by_reference_and_name(self):
        existing = self.env["res.partner"].create(
            {"name": "Known Ltd", "ref": "C-1", "email": "mine@example.com"}
        )

        partner, _ns = self.customer(
            entityid="C-1", companyname="Known Ltd", email="theirs@example.com", phone="5"
        )

        self.assertEqual(partner, existing)
        self.assertEqual(partner.email, "mine@example.com")
        self.assertEqual(partner.phone, "5")

    def test_two_partners_that_fit_are_not_guessed(self):
        twins = self.env["res.partner"].create([{"name": "Twin", "ref": "C-2"}] * 2)

        partner, _ns = self.customer(entityid="C-2", companyname="Twin")

        self.assertNotIn(partner, twins)

    def test_inactive_customer_stays_active_while_something_is_open(self):
        partner, ns = self.customer()
        record = partner.netsuite_record_id
        self.invoice(ns, [{"foreign": 10}])

        self.land_customer(internal_id=ns, isinactive="T")
        self.book(record)
        self.assertTrue(partner.active)
        self.assertTrue(partner.netsuite_inactive)

        invoice_id = (
            self.env["netsuite.record"].search([("record_type", "=", "invoice")]).internal_id
        )
        self.payment(ns, 10, [(invoice_id, 10)])
        self.land_customer(internal_id=ns, isinactive="T")
        self.book(record)
        self.assertFalse(partner.active)

    def test_archived_customer_comes_back_with_an_open_item(self):
        self.connection.import_inactive = "always"
        partner, ns = self.customer(isinactive="T")
        self.assertFalse(partner.active)
        closed = self.land_invoice(ns, [{"foreign": 10}])
        self.book(closed)
        self.assertFalse(partner.active)

        record = self.land_invoice(ns, [{"foreign": 10}])
        record.priority = 0
        self.book(record)

        self.assertTrue(partner.active)

    def test_terms_are_set_in_the_company_of_the_subsidiary(self):
        self.map("term", TERM, "payment_term_id", self.pay_terms_b)

        partner, _ns = self.customer(terms=TERM)

        self.assertEqual(
            partner.with_company(self.company).property_payment_term_id, self.pay_terms_b
        )

    def test_customer_releases_the_invoices_that_wait_for_it(self):
        record = self.land_invoice(7777, [{"foreign": 10}])
        self.book(record)
        self.assertEqual(record.state, "blocked")

        self.customer(internal_id=7777)

        self.assertEqual(record.state, "pending")
        self.book(record)
        self.assert_booked(record)
