from odoo.tests import tagged

from ..support.field_mapping_case import FieldMappingCase


@tagged("post_install", "-at_install")
class TestResyncOverwrite(FieldMappingCase):
    """A forced resynchronisation writes NetSuite's values over, although nothing changed there."""

    def prepare(self):
        super().prepare()
        self.harbour = self.customer(phone="555-0100")

    def test_mapped_field_changed_in_odoo_is_netsuite_s_again(self):
        self.map("custbody_stage", "invoice_origin")
        invoice = self.invoice(self.harbour, 10, custbody_stage="L2")
        self.drive(self.connection)
        move = self.mirror(invoice)
        move.invoice_origin = "by hand"

        move.action_netsuite_resync()

        self.assertEqual(move.invoice_origin, "L2")
        self.assertIn("Changed in NetSuite: Origin.", str(move.message_ids.mapped("body")))

    def test_mapped_fields_of_customer_and_its_documents_are_netsuite_s_again(self):
        self.map("custentity_carrier", "function", "customer", conversion="list_text")
        self.map("custbody_stage", "payment_reference", "customerpayment")
        harbour = self.customer("Thames Rope", custentity_carrier={"id": 1})
        payment = self.payment(harbour, 5, custbody_stage="P7")
        self.drive(self.connection)
        partner, paid = self.mirror(harbour, "customer"), self.mirror(payment, "customerpayment")
        partner.function = paid.payment_reference = "by hand"

        partner.action_netsuite_resync()

        self.assertEqual(partner.function, "Northern Freight")
        self.assertEqual(paid.payment_reference, "P7")

    def test_mapped_check_box_that_a_user_ticked_is_unticked(self):
        self.studio_field("x_dispute", "boolean")
        self.map("custbody_dispute", "x_dispute", conversion="boolean")
        invoice = self.invoice(self.harbour, 10, custbody_dispute=False)
        self.drive(self.connection)
        move = self.mirror(invoice)
        move.x_dispute = True

        move.action_netsuite_resync()

        self.assertFalse(move.x_dispute)

    def test_unchanged_mapped_field_leaves_no_line_in_the_chatter(self):
        self.map("custbody_stage", "invoice_origin")
        invoice = self.invoice(self.harbour, 10, custbody_stage="L2")
        self.drive(self.connection)
        move = self.mirror(invoice)

        move.action_netsuite_resync()

        self.assertNotIn("Changed in NetSuite: Origin.", str(move.message_ids.mapped("body")))

    def test_mapped_field_that_a_user_filled_is_kept_where_netsuite_has_none(self):
        self.map("custbody_stage", "invoice_origin")
        invoice = self.invoice(self.harbour, 10)
        self.drive(self.connection)
        move = self.mirror(invoice)
        move.invoice_origin = "by hand"

        move.action_netsuite_resync()

        self.assertEqual(move.invoice_origin, "by hand")

    def test_value_emptied_in_netsuite_since_the_last_read_is_emptied(self):
        self.map("custbody_stage", "invoice_origin")
        self.map("custbody_dispute")
        invoice = self.invoice(self.harbour, 10, custbody_stage="L2")
        contact = self._create(
            "contact",
            firstName="Ada",
            lastName="Brook",
            email="ada@harbour.example",
            title="AP Manager",
            company={"id": self.harbour},
        )
        self.drive(self.connection)
        partner, move = self.mirror(self.harbour, "customer"), self.mirror(invoice)
        ada = self.mirror(contact, "contact")
        ada.netsuite_alt_email = "kept@harbour.example"
        self.edit(invoice, custbody_stage=None)
        self.edit(self.harbour, "customer", phone=None)
        self.edit(contact, "contact", title=None)

        partner.action_netsuite_resync()

        self.assertFalse(move.invoice_origin)
        self.assertFalse(partner.phone)
        self.assertFalse(ada.function)
        # What NetSuite never had a value for is a person's own.
        self.assertEqual(ada.netsuite_alt_email, "kept@harbour.example")

    def test_person_that_a_user_made_a_company_is_a_person_again(self):
        person = self.customer("Ada Brook", isPerson=True, firstName="Ada", lastName="Brook")
        self.drive(self.connection)
        partner = self.mirror(person, "customer")
        partner.is_company = True

        partner.action_netsuite_resync()

        self.assertFalse(partner.is_company)
