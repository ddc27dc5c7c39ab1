"""The screens of fields and companies open for the users who may open them."""

from lxml import etree
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, TransactionCase, new_test_user, tagged

GROUPS = ("viewer", "accountant", "administrator")


@tagged("post_install", "-at_install")
class TestFieldScreens(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Lantern Ltd"})
        cls.users = {
            group: new_test_user(
                cls.env,
                login=group,
                groups=f"base.group_user,kolleno_netsuite.group_netsuite_{group}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for group in GROUPS
        }
        cls.connection = cls.env["netsuite.connection"].create(
            {"name": "Lantern", "account_id": "1234567", "company_id": cls.company.id}
        )
        cls.field = cls.env["netsuite.field"].create(
            {
                "connection_id": cls.connection.id,
                "record_type": "invoice",
                "field_id": "custbody_stage",
                "name": "Stage",
                "kind": "text",
            }
        )
        cls.mapping = cls.env["netsuite.field.mapping"].create(
            {
                "connection_id": cls.connection.id,
                "record_type": "invoice",
                "field_id": cls.field.id,
                "destination": "attributes",
            }
        )
        cls.subsidiary = cls.env["netsuite.subsidiary"].create(
            {
                "connection_id": cls.connection.id,
                "internal_id": 1,
                "name": "Lantern Inc.",
                "company_id": cls.company.id,
            }
        )

    def as_user(self, records, group):
        self.env.flush_all()
        return records.with_user(self.users[group])

    def test_lists_and_forms_open_for_every_group(self):
        for group in GROUPS:
            for model, views in (
                ("netsuite.field", ("list", "search")),
                ("netsuite.field.mapping", ("list", "form", "search")),
                ("netsuite.subsidiary", ("list", "form", "search")),
                ("netsuite.connection", ("list", "form", "kanban", "search")),
            ):
                for view in views:
                    with self.subTest(group=group, model=model, view=view):
                        Model = self.as_user(self.env[model], group)
                        arch = etree.fromstring(Model.get_view(view_type=view)["arch"])
                        names = [node.get("name") for node in arch.iter("field")]
                        names = [name for name in names if name in Model._fields]
                        # A search view filters by fields, the others read them.
                        self.assertTrue(names)
                        self.assertTrue(Model.search([]).read(names))

    def test_buttons_that_change_are_for_administrators(self):
        for group in GROUPS:
            arch = self.as_user(self.connection, group).get_view(view_type="form")["arch"]
            buttons = etree.fromstring(arch).xpath("//button[@name='action_discover_fields']")
            with self.subTest(group=group):
                self.assertEqual(bool(buttons), group == "administrator")

    def test_administrator_maps_a_field_from_the_catalogue(self):
        field = self.field.copy({"field_id": "custbody_carrier", "name": "Carrier", "kind": "list"})
        Mapping = self.env["netsuite.field.mapping"].with_user(self.users["administrator"])
        context = self.as_user(field, "administrator").action_map()["context"]

        form = Form(Mapping.with_context(**context))
        form.odoo_field_id = self.env["ir.model.fields"]._get("account.move", "invoice_origin")
        mapping = form.save()

        self.assertEqual(mapping.field_name, "custbody_carrier")
        self.assertEqual(mapping.conversion, "list_text")
        with self.assertRaises(AccessError):
            Form(
                self.env["netsuite.field.mapping"]
                .with_user(self.users["accountant"])
                .with_context(**context)
            ).save()

    def test_connection_leads_to_its_fields_and_mappings(self):
        connection = self.as_user(self.connection, "administrator")

        fields, mappings = connection.action_open_fields(), connection.action_open_field_mappings()

        self.assertEqual(connection.field_count, 1)
        self.assertEqual(connection.env[fields["res_model"]].search(fields["domain"]), self.field)
        found = connection.env[mappings["res_model"]].search(mappings["domain"])
        self.assertEqual(found, self.mapping)

    def test_dialog_of_another_company_opens_with_its_counts(self):
        subsidiary = self.as_user(self.subsidiary, "administrator")
        context = subsidiary.action_import_again()["context"]

        form = Form(subsidiary.env["netsuite.subsidiary.reimport"].with_context(**context))

        self.assertEqual(form.subsidiary_name, "Lantern Inc.")
        self.assertEqual(form.old_company_id, self.company)
        self.assertIn("No document", form.counts)
        self.assertFalse(form.blockers)

    def test_attributes_are_shown_on_the_record(self):
        record = self.env["netsuite.record"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "internal_id": 1,
                "state": "booked",
                "field_values": {str(self.mapping.id): "L2"},
            }
        )
        move = self.env["account.move"].new({"netsuite_record_id": record.id})

        self.assertEqual(move.netsuite_attributes, {"custbody_stage": "L2"})
        self.assertIn("Stage", move.netsuite_attribute_table)
        for model in ("account.move", "account.payment", "res.partner"):
            arch = self.env[model].get_view(view_type="form")["arch"]
            with self.subTest(model=model):
                self.assertIn("netsuite_attribute_table", arch)
