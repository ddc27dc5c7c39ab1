from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestFieldMappingRules(TransactionCase):
    """What can be mapped to what, and by whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.env["netsuite.connection"].create(
            {"name": "Harbour", "account_id": "1234567"}
        )

    def map(self, field_name, target=None, record_type="invoice", **values):
        """Map a NetSuite field to an Odoo field; to the attributes without `target`."""
        model = "res.partner" if record_type in ("customer", "contact") else "account.move"
        Field = self.env["ir.model.fields"]
        return self.env["netsuite.field.mapping"].create(
            {
                "connection_id": self.connection.id,
                "record_type": record_type,
                "field_name": field_name,
                "destination": "field" if target else "attributes",
                "odoo_field_id": target and Field._get(model, target).id,
                **values,
            }
        )

    def test_field_of_another_kind_of_record_is_refused(self):
        for field_name, record_type in (
            ("custentity_ap_email", "invoice"),
            ("custbody_stage", "customer"),
            ("CustBody_stage", "invoice"),
            ("custcol_colour", "invoice"),
            ("1st", "invoice"),
            ("tran id", "invoice"),
            ("tranId;drop", "invoice"),
        ):
            with self.subTest(field=field_name), self.assertRaises(ValidationError):
                self.map(field_name, None, record_type)

    def test_field_is_mapped_once_whatever_its_spelling(self):
        self.map("otherRefNum", "invoice_origin")

        with self.assertRaises(ValidationError):
            self.map("otherrefnum", "invoice_origin")
        with self.assertRaises(ValidationError):
            self.map("custbody_stage", "invoice_origin")
        self.assertTrue(self.map("otherrefnum", "incoterm_location"))

    def test_field_of_the_books_is_never_a_target(self):
        for name in ("name", "ref", "narration", "invoice_date", "amount_total", "state"):
            with self.subTest(field=name), self.assertRaises(ValidationError):
                self.map("custbody_stage", name)
        for name in ("name", "email", "active", "credit_limit"):
            with self.subTest(field=name), self.assertRaises(ValidationError):
                self.map("custentity_ap_email", name, "customer")
        for name in ("function", "vat"):
            with self.subTest(field=name), self.assertRaises(ValidationError):
                self.map("title", name, "contact")
        allowed = self.map("custbody_stage").allowed_field_ids.mapped("name")
        self.assertIn("invoice_origin", allowed)
        self.assertFalse({"name", "ref", "narration", "state", "currency_id"} & set(allowed))

    def test_target_has_to_take_what_is_read(self):
        with self.assertRaises(ValidationError):
            self.map("custbody_dispute", "invoice_origin", conversion="boolean")
        with self.assertRaises(ValidationError):
            self.map("custbody_stage", None, destination="field")

    def test_administrators_map_fields_and_others_look(self):
        mapping = self.map("custbody_stage", "invoice_origin")
        group = "kolleno_netsuite.group_netsuite_"
        administrator, accountant = (
            new_test_user(self.env, login=role, groups=f"base.group_user,{group}{role}")
            for role in ("administrator", "accountant")
        )

        mine = mapping.with_user(administrator)
        mine.conversion = "list_text"

        self.assertTrue(mine.allowed_field_ids.mapped("name"))
        with self.assertRaises(AccessError):
            mapping.with_user(accountant).conversion = "text"
        with self.assertRaises(AccessError):
            mapping.with_user(accountant).action_test()
        self.assertEqual(mapping.with_user(accountant).display_name, "custbody_stage")

    def test_catalogue_is_found_while_a_field_is_typed(self):
        field = self.env["netsuite.field"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "field_id": "custbody_carrier",
                "name": "Carrier",
                "kind": "list",
                "is_readonly": True,
            }
        )
        form = Form(self.env["netsuite.field.mapping"])
        form.connection_id = self.connection
        form.record_type = "invoice"
        form.field_name = "custbody_CARRIER"
        form.destination = "attributes"

        mapping = form.save()

        self.assertEqual(mapping.field_id, field)
        self.assertEqual(
            (mapping.field_name, mapping.conversion), ("custbody_carrier", "list_text")
        )
        with self.assertRaises(ValidationError):
            mapping.direction = "both"

    def test_field_of_another_record_type_is_refused(self):
        field = self.env["netsuite.field"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "creditmemo",
                "field_id": "memo",
                "name": "Memo",
                "kind": "text",
            }
        )

        with self.assertRaises(ValidationError):
            self.map("memo", "invoice_origin", field_id=field.id)
