from unittest.mock import patch

from odoo.tests import tagged

from ...client.suiteql import column, display
from ..support.simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestExtraColumns(SimulatorCase):
    """Fields of the account's own are read beside the others and never at their cost."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()

    def setUp(self):
        super().setUp()
        self.extra = {}
        self.enterContext(
            patch.object(
                type(self.env["netsuite.fetch"]),
                "_extra_columns",
                lambda fetch, connection, record_type: self.extra.get(record_type, {}),
            )
        )

    def test_extra_column_is_in_the_payload(self):
        self.extra["customer"] = {"custentity_ap_email": column("c.custentity_ap_email")}
        customer = self.customer(custentity_ap_email="ap@quay.example")

        self.drive(self.connection)

        row = self.record_of(self.connection, "customer", customer).payload["row"]
        self.assertEqual(row["custentity_ap_email"], "ap@quay.example")

    def test_unknown_extra_columns_cost_themselves_only(self):
        self.extra["customer"] = {
            "custentity_ap_email": column("c.custentity_ap_email"),
            "custentity_gone": column("c.custentity_gone"),
            "stage_label": display("c.custentity_never"),
        }
        customer = self.customer(custentity_ap_email="ap@quay.example")
        self.invoice(customer, 10)

        self.drive(self.connection)
        self.simulator.clear_requests()
        self.drive(self.connection)

        row = self.record_of(self.connection, "customer", customer).payload["row"]
        self.assertEqual(row["custentity_ap_email"], "ap@quay.example")
        issues = self.open_issues(self.connection)
        self.assertEqual(set(issues.mapped("severity")), {"0"})
        self.assertEqual(
            set(issues.mapped("key")),
            {"column:customer:custentity_gone", "column:customer:custentity_never"},
        )
        self.assertFalse(
            [call for call in self.simulator.requests() if "custentity_gone" in str(call["body"])]
        )
        self.assert_in_step(self.connection)

    def test_refusal_without_a_name_costs_the_extra_columns(self):
        self.extra["customer"] = {"custentity_ap_email": column("c.custentity_ap_email")}
        self.simulator.fault("unsupported_search", match="custentity_ap_email", times=None)
        customer = self.customer(custentity_ap_email="ap@quay.example")

        self.drive(self.connection)

        row = self.record_of(self.connection, "customer", customer).payload["row"]
        self.assertNotIn("custentity_ap_email", row)
        self.assertEqual(
            self.open_issues(self.connection).mapped("key"), ["column:customer:custentity_ap_email"]
        )

    def test_column_asked_for_later_is_read_for_what_is_there(self):
        customer = self.customer(custentity_ap_email="ap@quay.example")
        self.drive(self.connection)
        self.later(3600)
        self.extra["customer"] = {"custentity_ap_email": column("c.custentity_ap_email")}
        stream = self.connection.stream_ids.filtered(lambda s: s.record_type == "customer")
        stream.missing_columns = ["custentity_ap_email", "fax"]

        stream._read_again(["custentity_ap_email"])
        self.drive(self.connection)

        row = self.record_of(self.connection, "customer", customer).payload["row"]
        self.assertEqual(row["custentity_ap_email"], "ap@quay.example")
        self.assertEqual(stream.missing_columns, ["fax"])
        self.assert_in_step(self.connection)
