from unittest.mock import patch

from odoo.tests import mute_logger, tagged

from ...client import transport
from ..support.simulator_case import SimulatorCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"
QUERY = "suiteql"

# Passing troubles that the client repeats by itself, without anybody noticing.
REPEATED = (
    "429",
    "400_concurrency",
    "500",
    "502_html",
    "503",
    "truncated_json",
    "html_200",
    "drop_before",
    "drop_mid_body",
    "commit_then_drop",
    "token_expired_mid_page",
)


@tagged("post_install", "-at_install")
class TestNetworkFaults(SimulatorCase):
    """Whatever the network does: nothing is lost, nothing is doubled, and it is said."""

    def setUp(self):
        super().setUp()
        # Waiting proves nothing; how often is asked is what counts.
        self.enterContext(patch.object(transport, "BACK_OFF", (0.0,) * 5))

    def prepare(self):
        super().prepare()
        customer = self.customer()
        paid = self.invoice(customer, 100)
        self.invoice(customer, 30)
        self.payment(customer, 100, apply={paid: 100})
        self.connection = self.connect()

    def test_passing_fault_is_repeated_and_nothing_is_lost_or_doubled(self):
        for name in REPEATED:
            with self.subTest(name):
                self.simulator.fault(name, match=QUERY, after=4)
                customer = self.customer(name=f"After {name}")
                self.invoice(customer, 55)

                run = self.drive(self.connection)

                self.assertEqual(run.state, "done")
                self.assertFalse(self.open_issues(self.connection))
                self.assert_in_step(self.connection)
                self.simulator.clear_faults()

    @mute_logger(SYNC_LOG)
    def test_broken_answer_of_the_login_service_does_not_disconnect(self):
        for name in ("html_200", "502_html"):
            with self.subTest(name):
                self.simulator.fault(name, match="oauth2/v1/token", times=3)

                run = self.drive(self.connection)

                self.assertEqual(self.connection.state, "connected")
                self.assertEqual(run.state, "done")
                self.simulator.clear_faults()
        self.assert_in_step(self.connection)

    @mute_logger(SYNC_LOG)
    def test_lasting_outage_waits_says_so_and_goes_on(self):
        self.simulator.fault("503", times=None)

        self.drive(self.connection)

        self.assertEqual(len(self.open_issues(self.connection, "network")), 1)
        self.assertEqual(self.connection.state, "connected")
        self.simulator.clear_faults()
        self.drive(self.connection)
        self.assertFalse(self.open_issues(self.connection))
        self.assert_in_step(self.connection)

    @mute_logger(SYNC_LOG)
    def test_cursor_stays_when_a_page_is_lost(self):
        self.drive(self.connection)
        stream = self.connection.stream_ids.filtered(lambda s: s.record_type == "invoice")
        cursor, success = stream.cursor_at, stream.last_success_at
        self.simulator.fault("503", times=None, match="CustInvc")

        self.drive(self.connection)

        self.assertEqual((stream.cursor_at, stream.last_success_at), (cursor, success))
        self.assertTrue(stream.last_error)

    @mute_logger(SYNC_LOG)
    def test_silence_ends_by_time_out_and_is_repeated(self):
        self.simulator.fault("timeout", seconds=3, match=QUERY)

        with patch.object(transport, "READ_TIMEOUT", 1.0):
            run = self.drive(self.connection)

        self.assertEqual(run.state, "done")
        self.assert_in_step(self.connection)

    @mute_logger(SYNC_LOG)
    def test_repeated_page_stops_the_stream_and_loses_nothing(self):
        self.simulator.fault("page_repeated", match="CustInvc")

        self.drive(self.connection)
        self.drive(self.connection)

        self.assert_in_step(self.connection)

    def test_refusals_for_too_many_calls_are_repeated_and_logged(self):
        self.simulator.fault("429", times=2, match=QUERY)

        self.drive(self.connection)

        self.assertEqual(self.connection.state, "connected")
        codes = self.env["netsuite.call"].search([("code", "!=", False)]).mapped("code")
        self.assertEqual(codes.count("CONCURRENCY_LIMIT_EXCEEDED"), 2)
        self.assert_in_step(self.connection)

    def test_run_shows_progress_with_a_denominator(self):
        run = self.drive(self.connection)

        line = run.line_ids.filtered(lambda line: line.record_type == "invoice")
        self.assertGreaterEqual(line.total, 2)
        self.assertEqual(line.booked, 2)
        self.assertGreater(run.call_count, 10)
