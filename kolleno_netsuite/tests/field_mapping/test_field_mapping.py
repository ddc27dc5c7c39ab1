from odoo.tests import tagged
from odoo.tools.misc import format_datetime

from ..support.field_mapping_case import FieldMappingCase
from ..support.simulator_case import SimulatorCase

QUERY = "/services/rest/query/v1/suiteql"


@tagged("post_install", "-at_install")
class TestFieldMapping(FieldMappingCase):
    """Fields of the account's own arrive on the mirrored record."""

    def test_mapped_field_is_on_the_invoice(self):
        self.map("custbody_stage", "invoice_origin")
        invoice = self.invoice(self.customer(), 10, custbody_stage="L2")

        self.drive(self.connection)

        self.assertEqual(self.mirror(invoice).invoice_origin, "L2")
        self.assertEqual(self.connection.field_mapping_ids.last_value, "L2")
        self.assert_in_step(self.connection)

    def test_every_kind_of_value_is_an_attribute(self):
        self.map("custbody_stage")
        self.map("custbody_promise_date", conversion="date")
        self.map("custbody_dispute", conversion="boolean")
        carrier_id = self.map("custbody_carrier", conversion="list_id")
        self.map("custbody_tags", conversion="multi_select")
        invoice = self.invoice(
            self.customer(),
            10,
            custbody_stage="<b>L2</b>",
            custbody_promise_date="2026-05-06",
            custbody_dispute=True,
            custbody_carrier={"id": 2},
            custbody_tags={"items": [{"id": 1}, {"id": 3}]},
        )

        self.drive(self.connection)
        by_id = self.mirror(invoice).netsuite_attributes
        carrier_id.conversion = "list_text"
        self.drive(self.connection)

        move = self.mirror(invoice)
        self.assertEqual(by_id["custbody_carrier"], 2)
        self.assertEqual(
            move.netsuite_attributes,
            {
                "custbody_stage": "<b>L2</b>",
                "custbody_promise_date": "2026-05-06",
                "custbody_dispute": True,
                "custbody_carrier": "Blue Star Couriers",
                "custbody_tags": ["Key account", "Portal"],
            },
        )
        table = move.netsuite_attribute_table
        self.assertIn("Key account, Portal", table)
        self.assertIn("&lt;b&gt;L2", table)

    def test_date_and_time_arrives_in_utc_and_is_shown_in_the_user_s_zone(self):
        self.studio_field("x_made_at", "datetime")
        self.map("createdDate", "x_made_at", conversion="datetime")
        self.map("createdDate", conversion="datetime")
        invoice = self.invoice(self.customer(), 10)

        self.drive(self.connection)

        move, record = self.mirror(invoice), self.record_of(self.connection, "invoice", invoice)
        wall = record.payload["row"]["createddate"]
        made_at = self.connection._client().clock.to_utc(wall).replace(tzinfo=None)
        self.assertNotEqual(str(made_at), wall)
        self.assertEqual(move.x_made_at, made_at)
        self.assertEqual(move.netsuite_attributes, {"createdDate": str(made_at)})
        here = move.with_context(tz="Europe/Berlin", fresh=True)
        shown = format_datetime(here.env, made_at)
        self.assertIn(shown, here.netsuite_attribute_table)

    def test_payment_and_customer_take_mapped_fields(self):
        self.map("custbody_stage", "payment_reference", "customerpayment")
        self.map("custentity_carrier", "function", "customer", conversion="list_text")
        customer = self.customer(custentity_carrier={"id": 1})
        payment = self.payment(customer, 5, custbody_stage="P7")

        self.drive(self.connection)

        self.assertEqual(self.mirror(payment, "customerpayment").payment_reference, "P7")
        self.assertEqual(self.mirror(customer, "customer").function, "Northern Freight")

    def test_contact_shows_its_attributes(self):
        self.map("category", None, "contact")
        customer = self.customer()
        contact = self._create(
            "contact",
            firstName="Ada",
            lastName="Brook",
            category="Board",
            company={"id": customer},
        )

        self.drive(self.connection)

        record = self.record_of(self.connection, "contact", contact)
        partner = record._target()
        self.assertEqual(record.state, "booked")
        self.assertEqual(partner.netsuite_attributes, {"category": "Board"})
        self.assertIn("Board", partner.netsuite_attribute_table)

    def test_mapping_added_later_fills_what_is_mirrored(self):
        customer = self.customer()
        invoices = [self.invoice(customer, 10, custbody_stage=stage) for stage in ("A1", "B2")]
        self.drive(self.connection)
        self.later(3600)
        hashes = [self.record_of(self.connection, "invoice", i).booked_hash for i in invoices]

        mapping = self.map("custbody_stage", "invoice_origin")
        filling = mapping.fill_text
        self.drive(self.connection)

        self.assertIn("filled", filling)
        self.assertFalse(mapping.with_context(fresh=True).fill_text)
        self.assertEqual([self.mirror(i).invoice_origin for i in invoices], ["A1", "B2"])
        # The books were not touched for it.
        self.assertEqual(
            hashes, [self.record_of(self.connection, "invoice", i).booked_hash for i in invoices]
        )
        self.assertFalse(
            self.mirror(invoices[0]).message_ids.filtered(lambda m: "Changed" in (m.body or ""))
        )
        self.assert_in_step(self.connection)

    def test_standard_column_fills_what_is_mirrored_without_reading(self):
        invoice = self.invoice(self.customer(), 10, otherRefNum="PO-9")
        self.drive(self.connection)
        self.simulator.clear_requests()

        self.map("otherRefNum", "invoice_origin")
        self.connection._drive_book()

        self.assertEqual(self.mirror(invoice).invoice_origin, "PO-9")
        # Only the proof asked NetSuite.
        asked = [call["body"] for call in self.simulator.requests() if call["path"] == QUERY]
        self.assertFalse([body for body in asked if "otherrefnum" in str(body)])

    def test_only_what_netsuite_changed_is_written(self):
        self.map("custbody_stage", "invoice_origin")
        invoice = self.invoice(self.customer(), 10, custbody_stage="L2")
        self.drive(self.connection)
        move = self.mirror(invoice)
        move.invoice_origin = "by hand"
        self.later(3600)

        self.edit(invoice, memo="other words")
        self.drive(self.connection)
        kept = move.invoice_origin
        self.edit(invoice, custbody_stage="L3")
        self.drive(self.connection)

        self.assertEqual(kept, "by hand")
        self.assertEqual(move.invoice_origin, "L3")
        notes = [str(body) for body in move.message_ids.mapped("body")]
        self.assertTrue([body for body in notes if "Changed in NetSuite: Origin." in body])

    def test_value_emptied_in_netsuite_is_emptied_in_odoo(self):
        self.map("custbody_stage", "invoice_origin")
        invoice = self.invoice(self.customer(), 10, custbody_stage="L2")
        self.drive(self.connection)

        self.edit(invoice, custbody_stage=None)
        self.drive(self.connection)

        self.assertFalse(self.mirror(invoice).invoice_origin)

    def test_first_read_without_value_keeps_what_a_user_filled(self):
        invoice = self.invoice(self.customer(), 10)
        self.drive(self.connection)
        self.mirror(invoice).invoice_origin = "by hand"

        self.map("custbody_stage", "invoice_origin")
        self.drive(self.connection)

        self.assertEqual(self.mirror(invoice).invoice_origin, "by hand")

    def test_other_odoo_field_takes_the_value_too(self):
        mapping = self.map("custbody_stage", "invoice_origin")
        invoice = self.invoice(self.customer(), 10, custbody_stage="L2")
        self.drive(self.connection)

        mapping.odoo_field_id = self.odoo_field("incoterm_location")
        self.drive(self.connection)

        self.assertEqual(self.mirror(invoice).incoterm_location, "L2")

    def test_outgoing_and_archived_mappings_are_not_read(self):
        self.map("custbody_stage", "invoice_origin", direction="out")
        self.map("custbody_carrier", "incoterm_location", active=False)
        invoice = self.invoice(self.customer(), 10, custbody_stage="L2")
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertFalse(self.mirror(invoice).invoice_origin)
        asked = [call for call in self.simulator.requests() if "custbody" in str(call["body"])]
        self.assertFalse(asked)

    def test_mapping_costs_no_further_calls(self):
        self.invoice(self.customer(), 10, custbody_stage="L2")
        self.drive(self.connection)
        self.later(3600)
        self.drive(self.connection)
        self.later(3600)
        self.simulator.clear_requests()
        self.drive(self.connection)
        without = len(self.simulator.requests())
        self.map("custbody_stage", "invoice_origin")
        self.drive(self.connection)
        self.later(3600)
        self.simulator.clear_requests()

        self.drive(self.connection)

        self.assertEqual(len(self.simulator.requests()), without)


@tagged("post_install", "-at_install")
class TestCustomOdooFields(SimulatorCase):
    """Values arrive in fields that a customer made in Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.env["ir.model"]._get("account.move")
        choices = [(0, 0, {"value": value, "name": name}) for value, name in (("l1", "Stage 1"),)]
        cls.env["ir.model.fields"].create(
            [
                {"model_id": model.id, "state": "manual", "name": name, "ttype": ttype, **more}
                for name, ttype, more in (
                    ("x_ref", "char", {"field_description": "Carrier"}),
                    ("x_dispute", "boolean", {"field_description": "Dispute"}),
                    ("x_promise", "date", {"field_description": "Promised"}),
                    (
                        "x_stage",
                        "selection",
                        {"field_description": "Stage", "selection_ids": choices},
                    ),
                )
            ]
        )

    def test_values_are_converted_to_the_odoo_field(self):
        connection = self.connect()
        Field = self.env["ir.model.fields"]
        self.env["netsuite.field.mapping"].create(
            [
                {
                    "connection_id": connection.id,
                    "record_type": "invoice",
                    "field_name": field_name,
                    "odoo_field_id": Field._get("account.move", target).id,
                    "conversion": conversion,
                }
                for field_name, target, conversion in (
                    ("custbody_carrier", "x_ref", "list_text"),
                    ("custbody_dispute", "x_dispute", "boolean"),
                    ("custbody_promise_date", "x_promise", "date"),
                    ("custbody_stage", "x_stage", "text"),
                )
            ]
        )
        values = {
            "custbody_carrier": {"id": 2},
            "custbody_dispute": True,
            "custbody_promise_date": "2026-05-06",
        }
        customer = self.customer()
        invoice = self.invoice(customer, 10, custbody_stage="stage 1", **values)
        other = self.invoice(customer, 10, custbody_stage="unheard", **values)

        self.drive(connection)

        move, second = (
            self.record_of(connection, "invoice", i)._target() for i in (invoice, other)
        )
        self.assertEqual(move.x_ref, "Blue Star Couriers")
        self.assertIs(move.x_dispute, True)
        self.assertEqual(str(move.x_promise), "2026-05-06")
        self.assertEqual((move.x_stage, second.x_stage), ("l1", False))
        self.assertEqual(second.x_ref, "Blue Star Couriers")
        self.assertIn("not one of the", self.open_issues(connection, "field").detail)
