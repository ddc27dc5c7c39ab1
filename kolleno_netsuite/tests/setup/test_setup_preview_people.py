from odoo.tests import tagged

from ..support.preview_case import PreviewCase


@tagged("post_install", "-at_install")
class TestPreviewPeople(PreviewCase):
    """Contacts, known partners and the tax lock date in the preview."""

    def test_contacts_that_nobody_gets_are_not_counted_as_to_create(self):
        excluded = self.customer("Listed")
        for first, company, body in (
            ("Ann", self.home, {}),
            ("Bo", self.home, {"isPrivate": True}),
            ("Cy", self.home, {"isInactive": True}),
            ("Di", excluded, {}),
            ("Ed", None, {}),
        ):
            self._create(
                "contact",
                firstName=first,
                lastName="Lee",
                email=f"{first}@quay.example",
                **({"company": {"id": company}} if company else {}),
                **body,
            )
        shared = self._create("contact", firstName="Flo", lastName="Lee", company={"id": self.home})
        self.simulator.act("attach", contact=shared, customer=self.abroad)
        self.later()
        setup = self.up_to_preview(companies=2)
        self.env["netsuite.exclusion"].create(
            {"connection_id": setup.connection_id.id, "internal_id": excluded}
        )

        setup.action_preview()

        self.assertEqual(self.lines(setup)["contact"], (2, 0, 4))
        connection = self.imported(setup)
        states = dict(
            self.env["netsuite.record"]._read_group(
                [("connection_id", "=", connection.id), ("record_type", "=", "contact")],
                ["state"],
                ["__count"],
            )
        )
        self.assertEqual(states, {"booked": 2, "ignored": 4})
        setup.action_preview()
        self.assertEqual(self.lines(setup)["contact"], (0, 0, 4))

    def test_contacts_are_counted_without_columns_that_the_account_does_not_have(self):
        self._create("contact", firstName="Ann", lastName="Lee", company={"id": self.home})
        self.later()
        setup = self.up_to_preview(companies=2)
        self.simulator.fault(
            "unknown_column", column="isprivate", match=r"n\.isprivate", times=None
        )

        setup.action_preview()

        self.assertEqual(self.lines(setup)["contact"], (1, 0, 0))

    def test_leads_are_counted_as_left_out_as_the_import_leaves_them(self):
        leads = [self.customer(f"Lead {number}") for number in range(3)]
        for lead, stage in zip(leads, ("Lead", "Prospect", "Lead"), strict=True):
            self.simulator.act("set_stage", id=lead, stage=stage)
        self.invoice(leads[2], 40)
        self.later()
        setup = self.up_to_preview(companies=2)

        setup.action_preview()

        self.assertEqual(self.lines(setup)["customer"], (3, 0, 2))
        connection = self.imported(setup)
        records = [self.record_of(connection, "customer", lead) for lead in leads]
        self.assertEqual([each.left_out for each in records], ["lead", "lead", False])
        self.assertEqual(connection._not_synced_numbers()["lead"], 2)
        self.assertIn("Lead or prospect: 2", connection.left_out_text)
        self.assert_in_step(connection)

        self.simulator.act("set_stage", id=leads[0], stage="Customer")
        self.later()
        self.drive(connection)

        self.assertEqual([each.left_out for each in records], [False, "lead", False])
        self.assertTrue(records[0].res_id)

    def test_partner_that_would_be_linked_is_not_counted_as_to_create(self):
        setup = self.up_to_preview(companies=2)
        self.customer("Known Before", entityId="CUST-77")
        self.customer("Mistaken", entityId="CUST-88")
        Partner = self.env["res.partner"]
        known = Partner.create({"name": "Known Before", "ref": "CUST-77"})
        # The same number with another name is somebody else.
        Partner.create({"name": "Zeeland", "ref": "CUST-88"})
        self.later()

        setup.action_preview()

        line = setup.line_ids.filtered(lambda line: line.record_type == "customer")
        self.assertEqual((line.to_create, line.known, line.total), (3, 1, 4))
        partners = Partner.search_count([("parent_id", "=", False)])
        connection = self.imported(setup)
        self.assertEqual(known.netsuite_record_id.connection_id, connection)
        self.assertEqual(
            Partner.search_count([("parent_id", "=", False)]) - partners, line.to_create
        )

    def test_tax_lock_date_holds_up_documents_with_a_mapped_tax_only(self):
        setup = self.up_to_preview(companies=2)
        tax = self.env["account.tax"].search(
            [("company_id", "=", self.main_company.id), ("type_tax_use", "=", "sale")], limit=1
        )
        mapping = setup.connection_id.mapping_ids.filtered(
            lambda row: row.kind == "tax" and row.internal_id == self.SALES_TAX
        )
        mapping = mapping.filtered(lambda row: row.company_id == self.main_company)
        mapping.action_clear()
        self.main_company.tax_lock_date = self.day(10)
        setup.action_preview()
        self.assertEqual(self.lines(setup)["invoice"][1], 0)
        mapping.write({"tax_id": tax.id, "state": "manual"})
        # With another rate it is no tax of NetSuite's, and nothing of it is in the tax report.
        setup.action_preview()
        self.assertEqual(self.lines(setup)["invoice"][1], 0)

        tax.amount = mapping.ns_rate
        setup.action_preview()

        self.assertEqual(self.lines(setup)["invoice"][1], 1)
        self.assertIn("are locked until", setup.reason_ids.name)
        connection = self.imported(setup)
        self.assertEqual(self.lines(setup), self.made(connection))
