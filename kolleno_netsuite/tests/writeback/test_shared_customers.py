from odoo.tests import tagged

from ..support.writeback_case import WritebackCase


@tagged("post_install", "-at_install")
class TestSharedCustomers(WritebackCase):
    """A customer who has a partner in each company."""

    companies = 2
    settings = {"customers_per_company": True}

    def test_change_of_one_partner_reaches_netsuite_and_the_other_one(self):
        both = self.customer(name="Everywhere")
        self.simulator.act(
            "create",
            type="customerSubsidiaryRelationship",
            body={"entity": {"id": both}, "subsidiary": {"id": self.UK}},
        )
        self.map("custentity_ap_email", "function", "customer", direction="both")
        self.drive(self.connection)
        record = self.record_of(self.connection, "customer", both)
        partners = self.env["res.partner"].search([("netsuite_record_id", "=", record.id)])
        self.assertEqual(len(partners), 2)

        partners[0].function = "ap@everywhere.test"
        self.write()
        self.drive(self.connection)

        self.assertEqual(
            self.netsuite("custentity_ap_email", "customer", both), "ap@everywhere.test"
        )
        self.assertEqual(partners.mapped("function"), ["ap@everywhere.test"] * 2)
        self.assertEqual(self.rows().mapped("state"), ["confirmed"])
