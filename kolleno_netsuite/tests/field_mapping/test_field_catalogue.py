from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..support.simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestFieldCatalogue(SimulatorCase):
    """Discover Fields asks NetSuite what its records have, one record type at a time."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()

    def discover(self):
        self.connection.action_discover_fields()
        self.env["netsuite.connection"]._cron_discover()

    def fields_of(self, record_type, *names):
        return self.env["netsuite.field"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", record_type),
                *([("field_id", "in", names)] if names else []),
            ]
        )

    def test_discovery_fills_the_catalogue_of_each_record_type(self):
        self.simulator.clear_requests()

        self.discover()

        types = [name for name, _label in self.env["netsuite.field"]._selection_record_type()]
        asked = [call for call in self.simulator.requests() if "metadata-catalog" in call["path"]]
        self.assertEqual(len(asked), len(types))
        for record_type in types:
            self.assertTrue(self.fields_of(record_type), record_type)
        carrier, tags, rate = self.fields_of(
            "invoice", "custbody_carrier", "custbody_tags", "exchangeRate"
        ).sorted("field_id")
        self.assertEqual((carrier.name, carrier.kind, carrier.is_custom), ("Carrier", "list", True))
        self.assertEqual(tags.kind, "multi")
        self.assertEqual((rate.kind, rate.is_custom), ("number", False))
        self.assertFalse(self.fields_of("invoice", "item", "links"))
        self.assertTrue(self.fields_of("invoice", "createdDate").is_readonly)
        self.assertFalse(self.connection.types_to_discover)
        self.assertIn("Invoices: ", self.connection.discovery_note)
        self.assertIn("Invoices: ", self.connection.message_ids[0].body)

    def test_field_is_found_by_label_and_by_id(self):
        self.discover()
        Field = self.env["netsuite.field"]
        promise = self.fields_of("invoice", "custbody_promise_date")

        for text in ("Promise Date", "body_promise"):
            with self.subTest(text=text):
                found = Field.name_search(text, [("record_type", "=", "invoice")])
                self.assertEqual(found, [(promise.id, "Promise Date (custbody_promise_date)")])

    def test_second_discovery_changes_nothing_twice(self):
        self.discover()
        before = self.fields_of("invoice")

        self.discover()

        self.assertEqual(self.fields_of("invoice"), before)

    def test_field_that_is_gone_is_archived_and_comes_back(self):
        self.discover()
        gone = self.env["netsuite.field"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "field_id": "custbody_old",
                "name": "Old",
                "kind": "text",
            }
        )
        stage = self.fields_of("invoice", "custbody_stage")
        stage.active = False

        self.discover()

        self.assertFalse(gone.active)
        self.assertTrue(stage.active)

    def test_record_type_that_is_refused_costs_itself_only(self):
        self.simulator.fault("permission_missing", record="metadata-catalog/invoice", times=None)

        self.discover()

        self.assertFalse(self.fields_of("invoice"))
        self.assertTrue(self.fields_of("creditmemo"))
        note = self.connection.discovery_note.splitlines()
        refused = next(line for line in note if line.startswith("Invoices: "))
        self.assertNotRegex(refused, r"Invoices: \d+ fields")

    def test_slow_catalogue_is_waited_for(self):
        self.simulator.fault("slow_first_byte", match="metadata-catalog/customer ", seconds=1)
        self.simulator.fault("slow_first_byte", match="metadata-catalog/customer$", seconds=1)

        self.discover()

        self.assertTrue(self.fields_of("customer", "custentity_ap_email"))

    def test_lost_sign_in_ends_the_discovery(self):
        self.connection.action_discover_fields()
        self.simulator.fault("invalid_login", times=None)

        self.env["netsuite.connection"]._cron_discover()

        self.assertFalse(self.connection.types_to_discover)
        self.assertFalse(self.fields_of("customer"))
        self.assertTrue(self.connection.discovery_note)

    def test_typed_mapping_finds_its_label(self):
        mapping = self.env["netsuite.field.mapping"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "field_name": "otherrefnum",
                "destination": "attributes",
            }
        )

        self.discover()

        self.assertEqual(mapping.field_name, "otherRefNum")
        self.assertEqual(mapping.display_name, "Other Ref Num (otherRefNum)")

    def test_chosen_field_suggests_how_it_is_read(self):
        self.discover()
        Mapping = self.env["netsuite.field.mapping"]
        expected = {
            "custbody_stage": "text",
            "custbody_promise_date": "date",
            "custbody_dispute": "boolean",
            "custbody_carrier": "list_text",
            "custbody_tags": "multi_select",
            "exchangeRate": "number",
        }

        for field_name, conversion in expected.items():
            field = self.fields_of("invoice", field_name)
            values = field.action_map()["context"]
            mapping = Mapping.with_context(**values).create({"destination": "attributes"})
            with self.subTest(field=field_name):
                self.assertEqual(mapping.field_name, field_name)
                self.assertEqual(mapping.conversion, conversion)
        self.assertTrue(field.is_mapped)
        self.assertIn(field, self.env["netsuite.field"].search([("is_mapped", "=", True)]))

    def test_only_administrators_discover(self):
        accountant = new_test_user(
            self.env,
            login="accountant",
            groups="base.group_user,kolleno_netsuite.group_netsuite_accountant",
            company_id=self.main_company.id,
            company_ids=[self.main_company.id],
        )

        with self.assertRaises(AccessError):
            self.connection.with_user(accountant).action_discover_fields()
        self.connection.state = "draft"
        with self.assertRaises(UserError):
            self.connection.action_discover_fields()
