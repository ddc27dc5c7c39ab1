from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..support.writeback_case import WritebackCase


@tagged("post_install", "-at_install")
class TestFieldUpdates(WritebackCase):
    """The server action *Update NetSuite Record* (docs/FEATURES.md 40-43)."""

    def test_field_is_written_once_and_read_back(self):
        row = self.stage("L2")

        self.write()

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual(self.netsuite(), "L2")
        self.assertEqual(
            self.writes(), [("PATCH", f"invoice/{self.number}", {"custbody_stage": "L2"})]
        )
        self.assertEqual(row.attempts, 1)
        self.assertEqual(row.summary, "Set custbody_stage to L2 on invoice INV-1044 of Globex")
        self.write()
        self.assertEqual(len(self.writes()), 1)

    def test_all_lines_of_a_record_are_one_patch(self):
        action = self.action(
            ("custbody_stage", "text", "L3"),
            {
                "field_name": "custbody_promise_date",
                "kind": "date",
                "value": "invoice_date_due",
                "value_kind": "field",
            },
            ("custbody_dispute", "boolean", "yes"),
            ("custbody_carrier", "list", "2"),
        )

        self.run_action(action, self.move)
        self.write()

        self.assertEqual(self.rows().state, "confirmed", self.rows().error)
        ((_method, _path, body),) = self.writes()
        self.assertEqual(
            body,
            {
                "custbody_stage": "L3",
                "custbody_promise_date": str(self.move.invoice_date_due),
                "custbody_dispute": True,
                "custbody_carrier": {"id": "2"},
            },
        )

    def test_computed_and_protected_fields_are_refused_when_the_action_is_saved(self):
        for name in ("total", "amountRemaining", "entity", "tranId", "item"):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.action((name, "text", "1"))
