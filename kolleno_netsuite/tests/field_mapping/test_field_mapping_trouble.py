from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..support.field_mapping_case import FieldMappingCase


@tagged("post_install", "-at_install")
class TestFieldMappingTrouble(FieldMappingCase):
    """What is wrong with a mapped field is said once and costs nobody else anything."""

    def test_unknown_field_costs_itself_only(self):
        gone = self.map("custbody_gone", "invoice_origin")
        self.map("custbody_stage", "incoterm_location")
        invoice = self.invoice(self.customer(), 10, custbody_stage="L2")

        self.drive(self.connection)

        self.assertEqual(self.mirror(invoice).incoterm_location, "L2")
        self.assertEqual(gone.state, "invalid")
        self.assertIn("does not know", gone.reason)
        issue = self.open_issues(self.connection)
        self.assertEqual((issue.kind, issue.severity), ("column", "1"))
        self.assertIn("custbody_gone", issue.title)
        action = issue.action_fix()
        self.assertEqual((action["res_model"], action["res_id"]), (gone._name, gone.id))
        self.assert_in_step(self.connection)

    def test_field_that_netsuite_knows_again_is_filled(self):
        mapping = self.map("custbody_stage", "invoice_origin")
        invoice = self.invoice(self.customer(), 10, custbody_stage="L2")
        self.simulator.fault("unknown_column", column="custbody_stage", match="custbody_stage")
        self.drive(self.connection)
        state = mapping.state

        message = mapping.action_test()["params"]["message"]
        self.drive(self.connection)

        self.assertEqual(state, "invalid")
        self.assertIn("NetSuite knows", message)
        self.assertEqual(mapping.state, "valid")
        self.assertFalse(self.open_issues(self.connection))
        self.assertEqual(self.mirror(invoice).invoice_origin, "L2")

    def test_test_of_an_unknown_field_says_so(self):
        mapping = self.map("custbody_gone", "invoice_origin")

        message = mapping.action_test()["params"]["message"]

        self.assertIn("does not know", message)
        self.assertEqual(mapping.state, "invalid")

    def test_resynchronisation_does_without_an_unknown_field(self):
        invoice = self.invoice(self.customer(), 10)
        self.drive(self.connection)
        mapping = self.map("custbody_gone", "invoice_origin")

        self.mirror(invoice).action_netsuite_resync()

        self.assertEqual(mapping.state, "invalid")
        self.assert_in_step(self.connection)

    def test_value_that_does_not_fit_flags_the_mapping_only(self):
        mapping = self.map("custbody_stage", conversion="number")
        customer = self.customer()
        good, bad = (self.invoice(customer, 10, custbody_stage=stage) for stage in ("12.50", "L2"))

        self.drive(self.connection)
        reason, state = mapping.reason, mapping.state
        issue = self.open_issues(self.connection, "field")
        self.edit(bad, custbody_stage="13")
        listed = issue.record_ids
        self.drive(self.connection)

        self.assertIn('"L2" is not a number', reason)
        self.assertEqual(state, "doubtful")
        self.assertEqual(listed, self.record_of(self.connection, "invoice", bad))
        self.assertEqual(self.mirror(good).netsuite_attributes, {"custbody_stage": "12.50"})
        self.assertEqual(self.mirror(bad).netsuite_attributes, {"custbody_stage": "13"})
        self.assertEqual((mapping.state, issue.state), ("valid", "solved"))

    def test_value_that_odoo_refuses_flags_the_mapping_only(self):
        mapping = self.map("custentity_ap_email", "vat", "customer")
        other = self.map("custentity_carrier", "function", "customer", conversion="list_text")
        Partner = type(self.env["res.partner"])
        original = Partner.write

        def write(partners, vals):
            if vals.get("vat") == "bad":
                raise ValidationError(partners.env._("The VAT number is not valid."))
            return original(partners, vals)

        self.patch(Partner, "write", write)
        good, bad = (
            self.customer(name, custentity_ap_email=vat, custentity_carrier={"id": 1})
            for name, vat in (("Harbour", "good"), ("Quay", "bad"))
        )

        self.drive(self.connection)

        self.assertEqual(self.mirror(good, "customer").vat, "good")
        self.assertEqual(self.mirror(bad, "customer").function, "Northern Freight")
        self.assertEqual(self.record_of(self.connection, "customer", bad).state, "booked")
        self.assertIn("not valid", mapping.reason)
        self.assertEqual((mapping.state, other.state), ("doubtful", "valid"))

    def test_refusal_without_a_name_is_traced_to_its_field(self):
        guilty = self.map("custbody_tags", conversion="multi_select")
        self.map("custbody_stage", "invoice_origin")
        self.simulator.fault("unsupported_search", match="custbody_tags", times=None)
        invoice = self.invoice(self.customer(), 10, custbody_stage="L2")

        self.drive(self.connection)

        self.assertEqual(self.mirror(invoice).invoice_origin, "L2")
        self.assertEqual(guilty.state, "invalid")
        self.assertFalse(guilty.fill_text)
        self.assertEqual(len(self.open_issues(self.connection)), 1)
