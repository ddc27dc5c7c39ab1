import importlib.util

from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..const import RECORD_TYPES
from .simulator_case import SimulatorCase

SCRIPT = "kolleno_netsuite/migrations/19.0.2.0.0/post-streams.py"


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

        self.migrate()
        self.drive(connection)

        streams = connection.stream_ids.sorted("sequence")
        self.assertEqual(streams.mapped("record_type"), list(RECORD_TYPES))
        self.assertEqual(streams.mapped("sequence"), list(range(len(RECORD_TYPES))))
        self.assertTrue(self.record_of(connection, "invoice", invoice)._target())
        self.assertTrue(self.record_of(connection, "customerdeposit", deposit)._target())
        self.assertFalse(connection.history_start)
        self.assertTrue(self.record_of(connection, "invoice", old)._target())
        self.assert_in_step(connection)

    def migrate(self):
        """Run the script of the upgrade, as Odoo loads it."""
        spec = importlib.util.spec_from_file_location("post_streams", file_path(SCRIPT))
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
