"""The list of contacts from NetSuite, its look-alikes, and what merging them leaves."""

from lxml import etree
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..screens.test_screens import ScreensCase
from ..support.contact_case import ContactCase


@tagged("post_install", "-at_install")
class TestLookalikes(ContactCase):
    def prepare(self):
        super().prepare()
        self.connection = self.connect()
        self.quay = self.customer(name="Quay Ltd")
        self.rule(self.connection, "custbody15", position="Billing", label="AP mail")
        self.rule(self.connection, "custbody16", position="Site", label="Site mail")
        self.invoice_id = self.invoice(
            self.quay, 10, custbody15="a@quay.example", custbody16="a@quay.example"
        )
        self.invoice(self.quay, 10, custbody15="b@quay.example")
        self.drive(self.connection)
        self.alike = self.people(self.connection, self.quay).filtered("is_lookalike")

    def filtered(self, name):
        """Return what the filter `name` of the list shows."""
        arch = self.env["netsuite.contact"].get_view(
            self.env.ref("kolleno_netsuite.netsuite_contact_view_search").id, "search"
        )["arch"]
        node = etree.fromstring(arch).find(f".//filter[@name='{name}']")
        return self.env["netsuite.contact"].search(safe_eval(node.get("domain")))

    def test_filter_by_field_shows_one_of_two_with_the_same_address(self):
        found = self.env["netsuite.contact"].search(
            [("field_id", "=", "custbody15"), ("email", "=", "a@quay.example")]
        )
        groups = self.env["netsuite.contact"]._read_group([], ["field_label"], ["__count"])

        self.assertEqual(len(found), 1)
        self.assertEqual(dict(groups), {"AP mail": 2, "Site mail": 1})

    def test_possible_duplicates_are_those_with_the_same_address(self):
        self.assertEqual(set(self.alike.mapped("field_id")), {"custbody15", "custbody16"})
        self.assertEqual(self.filtered("lookalike"), self.alike)
        self.assertTrue(all(self.alike.partner_id.mapped("netsuite_is_lookalike")))
        self.assertFalse(self.filtered("no_address"))
        self.alike[0].partner_id.action_archive()
        self.alike.invalidate_recordset()
        self.assertFalse(self.filtered("lookalike"))

    def test_merged_contacts_keep_both_keys_and_are_not_made_again(self):
        stays, goes = self.alike.partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})

        wizard._merge((stays | goes).ids, stays)
        self.simulator.act("touch", type="invoice")
        self.drive(self.connection)

        self.assertFalse(goes.exists())
        self.assertEqual(self.alike.partner_id, stays)
        self.assertEqual(self.alike.customer_id, self.partner(self.connection, self.quay))
        self.assertEqual(len(self.people(self.connection, self.quay)), 3)
        move = self.move(self.connection, self.invoice_id)
        self.assertEqual(move.netsuite_recipient_ids, stays)

    def test_merged_contact_is_archived_only_when_all_its_sources_are_gone(self):
        self.connection.unused_invoice_contacts = "archive"
        stays, goes = self.alike.partner_id
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((stays | goes).ids, stays)

        self.edit("invoice", self.invoice_id, custbody15=None)
        self.drive(self.connection)
        self.assertTrue(stays.active)
        self.edit("invoice", self.invoice_id, custbody16=None)
        self.drive(self.connection)
        self.assertFalse(stays.active)

    def test_partner_leads_to_the_invoices_that_name_it(self):
        partner = self.alike[0].partner_id

        action = partner.action_netsuite_contact_invoices()

        self.assertEqual(partner.netsuite_contact_invoice_count, 1)
        found = self.env["account.move"].search(action["domain"])
        self.assertEqual(found, self.move(self.connection, self.invoice_id))

    def test_contact_leads_to_netsuite(self):
        url = self.alike[0].action_open_in_netsuite()["url"]

        self.assertIn(f"custjob.nl?id={self.quay}", url)

    def test_forms_show_where_a_contact_is_from(self):
        partner = Form(self.alike[0].partner_id)
        move = Form(self.move(self.connection, self.invoice_id))

        self.assertEqual(len(partner.netsuite_contact_ids), 1)
        self.assertEqual(len(move.netsuite_contact_ids), 2)


@tagged("post_install", "-at_install")
class TestContactAccess(ScreensCase):
    def setUp(self):
        super().setUp()
        customer = self.env["res.partner"].create({"name": "Quay", "is_company": True})
        person = self.env["res.partner"].create({"name": "Ann", "parent_id": customer.id})
        self.contact = self.env["netsuite.contact"].create(
            {
                "connection_id": self.connection.id,
                "netsuite_source_id": "netsuite_contact_1_2",
                "source": "record",
                "partner_id": person.id,
            }
        )

    def test_everybody_of_the_company_sees_contacts_and_nobody_else(self):
        Contact = self.env["netsuite.contact"]
        for group in self.users:
            self.assertIn(self.contact, Contact.with_user(self.users[group]).search([]))
        self.assertNotIn(self.contact, Contact.with_user(self.stranger).search([]))

    def test_screens_open_for_each_group(self):
        everybody, accountants = set(self.users), {"accountant", "administrator"}
        for model, views, groups in (
            ("netsuite.contact", ("list", "form", "search"), everybody),
            ("netsuite.connection", ("form",), everybody),
            ("res.partner", ("form",), everybody),
            ("account.move", ("form",), accountants),
        ):
            for user in (self.users[group] for group in groups):
                for view in views:
                    self.assertIn("arch", self.env[model].with_user(user).get_view(view_type=view))

    def test_only_administrators_change_where_contacts_come_from(self):
        for group, may in (("viewer", False), ("accountant", False), ("administrator", True)):
            Rule = self.env["netsuite.contact.field"].with_user(self.users[group])
            self.assertEqual(Rule.has_access("create"), may)
        rule = (
            self.env["netsuite.contact.field"]
            .with_user(self.users["administrator"])
            .create({"connection_id": self.connection.id, "field_id": " CUSTBODY15 "})
        )
        self.assertEqual(rule.field_id, "custbody15")
        self.as_user("administrator").sync_contacts = False
        self.assertFalse(self.connection._contact_stream().active)
