import importlib.util

from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..const import RECORD_TYPES
from .simulator_case import SimulatorCase

SCRIPTS = "kolleno_netsuite/migrations/19.0.2.0.0"


@tagged("post_install", "-at_install")
class TestUpgrade(SimulatorCase):
    """A connection of the first version reads everything after the upgrade."""

    def test_connection_of_the_first_version_reads_the_new_record_types(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100)
        connection = self.connect()
        later = ("contact", "customerdeposit", "depositapplication", "customerrefund")
        connection.stream_ids.filtered(lambda s: s.record_type in later).unlink()
        self.drive(connection)
        # A new column takes its default for all rows.
        connection.history_start = connection._default_history_start()
        old = self.invoice(customer, 20, days_ago=500)
        self.payment(customer, 20, apply={old: 20}, days_ago=490)
        deposit = self._create("customerDeposit", customer={"id": customer}, payment=30)

        self.migrate("post-streams")
        self.drive(connection)

        streams = connection.stream_ids.sorted("sequence")
        self.assertEqual(streams.mapped("record_type"), list(RECORD_TYPES))
        self.assertEqual(streams.mapped("sequence"), list(range(len(RECORD_TYPES))))
        self.assertTrue(self.record_of(connection, "invoice", invoice)._target())
        self.assertTrue(self.record_of(connection, "customerdeposit", deposit)._target())
        self.assertFalse(connection.history_start)
        self.assertTrue(self.record_of(connection, "invoice", old)._target())
        self.assert_in_step(connection)

    def test_payments_of_the_first_version_know_for_whom_they_are(self):
        parent = self.customer("Harbour Group")
        child = self.customer("Harbour North", parent={"id": parent})
        invoices = self.invoice(parent, 40), self.invoice(child, 60)
        shared = self.payment(parent, 100, apply={invoices[0]: 40, invoices[1]: 60})
        own = self.payment(parent, 5)
        connection = self.connect()
        self.drive(connection)
        record = self.record_of(connection, "customerpayment", shared)
        self.assertEqual(record.line_customers, [child])
        record.line_customers = False

        self.env.flush_all()
        self.migrate("post-payments")
        self.env.invalidate_all()

        self.assertEqual(record.line_customers, [child])
        self.assertFalse(self.record_of(connection, "customerpayment", own).line_customers)

    def migrate(self, script):
        """Run a script of the upgrade, as Odoo loads it."""
        name = script.replace("-", "_")
        path = file_path(f"{SCRIPTS}/{script}.py")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.1.0.0")
