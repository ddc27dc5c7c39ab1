"""People of customers that NetSuite merges into others."""

# Tests say things in English only.
# pylint: disable=translation-required

from odoo.tests import tagged

from ..support.contact_case import PAYABLE, ContactCase


@tagged("post_install", "-at_install")
class TestContactMerge(ContactCase):
    def prepare(self):
        super().prepare()
        self.connection = self.connect(import_customer_contacts=True)
        self.rule(self.connection, "custbody15")
        self.old = self.customer(name="Old Quay", email="desk@quay.example")
        self.heir = self.customer(name="New Quay", email="desk@quay.example")

    def merge(self):
        """Import, and merge the one customer into the other in NetSuite."""
        self.drive(self.connection)
        people = self.people(self.connection, self.old)
        for partner in people.partner_id:
            partner.message_post(body="Prefers calls")
        self.later(7200)
        self.drive(self.connection)
        self.simulator.act("merge", source=self.old, target=self.heir)
        self.drive(self.connection)
        return people

    def test_contact_records_person_moves_with_its_history_and_new_key(self):
        contact = self.contact(self.old, contactRole={"id": PAYABLE})

        people = self.merge().filtered(lambda each: each.source == "record")

        ann = people.partner_id
        heir = self.partner(self.connection, self.heir)
        self.assertEqual(people.netsuite_source_id, f"netsuite_contact_{self.heir}_{contact}")
        self.assertEqual((ann.parent_id, ann.active, ann.name), (heir, True, "Ann Lee"))
        self.assertIn("Prefers calls", " ".join(ann.message_ids.mapped("body")))
        self.assertIn("NetSuite merged Old Quay into New Quay", ann.message_ids[0].body)
        everybody = ann.with_context(active_test=False).search([("name", "=", "Ann Lee")])
        self.assertEqual(everybody, ann)
        record = self.record_of(self.connection, "customer", self.old)
        self.assertEqual(record.merged_into_id.internal_id, int(self.heir))

    def test_person_of_an_invoice_moves_and_stays_its_recipient(self):
        invoice = self.invoice(self.old, 100, custbody15="site@quay.example")

        people = self.merge().filtered(lambda each: each.source == "invoice")

        move = self.move(self.connection, invoice)
        self.assertEqual(move.netsuite_contact_ids, people)
        self.assertEqual(people.partner_id.parent_id, self.partner(self.connection, self.heir))
        self.assertEqual(
            people.netsuite_source_id,
            f"netsuite_person_{self.heir}_invoice_custbody15_site@quay.example",
        )

    def test_person_of_a_field_of_the_merged_customer_is_archived(self):
        self.invoice(self.old, 100)

        people = self.merge().filtered(lambda each: each.source == "customer")

        self.assertFalse(people.partner_id.active)
        self.assertTrue(people.netsuite_inactive)
        kept = self.people(self.connection, self.heir, "customer")
        self.assertEqual(kept.partner_id.mapped("email"), ["desk@quay.example"])
        self.assertTrue(kept.partner_id.active)

    def test_contact_attached_to_a_deleted_customer_is_merged_into_nobody(self):
        other = self.customer(name="Pier Ltd")
        contact = self.contact(other)
        self.simulator.act("attach", customer=self.old, contact=contact, role=PAYABLE)
        self.drive(self.connection)
        self.later(7200)

        self.simulator.act("delete", type="customer", id=self.old)
        self.drive(self.connection)

        record = self.record_of(self.connection, "customer", self.old)
        self.assertEqual((record.state, record.removal_kind), ("removed", "deleted"))
        self.assertFalse(record.merged_into_id)
        self.assertFalse(self.people(self.connection, self.old, "record").partner_id.active)
        self.assertTrue(self.people(self.connection, other, "record").partner_id.active)
