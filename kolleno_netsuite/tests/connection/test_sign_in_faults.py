from odoo.exceptions import UserError, ValidationError
from odoo.tests import mute_logger, tagged

from ..support.simulator_case import SimulatorCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"


@tagged("post_install", "-at_install")
class TestSignInFaults(SimulatorCase):
    """A connection that is refused says so once, stops, and goes on after a reconnect."""

    def test_wrong_private_key_leaves_connection_draft_with_reason(self):
        connection = self.new_connection()
        connection.action_make_key_pair()
        connection.certificate_id = "not-uploaded-yet"

        connection.action_connect()

        self.assertEqual(connection.state, "draft")
        self.assertIn("NetSuite", connection.state_reason)
        self.assertFalse(connection.subsidiary_ids)

    def test_wrong_token_secret_leaves_connection_draft_with_reason(self):
        tba = self.simulator.ready["tba"]
        connection = self.new_connection(auth_method="tba", **{**tba, "token_secret": "a" * 64})

        connection.action_connect()

        self.assertEqual(connection.state, "draft")
        self.assertTrue(connection.state_reason)

    def test_token_based_sign_in_connects(self):
        connection = self.new_connection(auth_method="tba", **self.simulator.ready["tba"])

        connection.action_connect()

        self.assertEqual(connection.state, "setup", connection.state_reason)

    @mute_logger(SYNC_LOG)
    def test_revoked_token_stops_all_calls_and_tells_once(self):
        connection = self.connect()
        self.drive(connection)
        self.simulator.fault("token_revoked", times=None)
        for _cron in range(3):
            connection.stream_ids.next_read_at = False
            self.env["netsuite.connection"]._cron_fetch()

        self.assertEqual(connection.state, "reconnect")
        self.assertEqual(connection.activity_ids.summary, "Reconnect NetSuite")
        self.assertEqual(len(self.open_issues(connection, "sign_in")), 1)
        self.simulator.clear_requests()
        self.env["netsuite.connection"]._cron_fetch()
        self.assertFalse(self.simulator.requests())

    @mute_logger(SYNC_LOG)
    def test_too_many_tokens_stop_the_connection_and_say_which_to_revoke(self):
        connection = self.connect()
        for error in ("invalid_grant", ""):
            with self.subTest(error):
                self.drive(connection)
                self.env["netsuite.session"].sudo().search([]).access_token = False
                self.simulator.fault("too_many_tokens", error=error, times=None)
                connection.stream_ids.next_read_at = False
                self.env["netsuite.connection"]._cron_fetch()
                issue = self.open_issues(connection, "sign_in")

                self.assertEqual((connection.state, len(issue)), ("token_limit", 1))
                self.assertEqual(connection.standing, "token_limit")
                self.assertIn("Too many NetSuite tokens since", connection.standing_text)
                self.assertIn("Access Tokens", connection.state_reason)
                self.assertIn("too many active access tokens", issue.title)
                self.assertIn("Access Tokens", issue.advice)

                self.simulator.clear_faults()
                connection.action_connect()
                self.assertEqual(connection.state, "connected")
                self.assertFalse(self.open_issues(connection, "sign_in"))

    @mute_logger(SYNC_LOG)
    def test_reconnect_catches_up_and_closes_the_issue(self):
        connection = self.connect()
        self.drive(connection)
        todo = "mail.mail_activity_data_todo"
        own = connection.activity_schedule(todo, summary="Ask NetSuite's administrator")
        self.simulator.fault("token_revoked", times=None)
        connection.stream_ids.next_read_at = False
        connection._drive_fetch()
        self.assertEqual(len(connection.activity_ids), 2)
        customer = self.customer()
        self.invoice(customer, 70)
        self.simulator.clear_faults()

        connection.action_connect()
        self.drive(connection)

        self.assertEqual(connection.state, "connected")
        self.assertFalse(self.open_issues(connection, "sign_in"))
        # Whatever else is to be done stays.
        self.assertEqual(connection.activity_ids, own)
        self.assert_in_step(connection)

    @mute_logger(SYNC_LOG)
    def test_clock_skew_is_named_as_sign_in_trouble(self):
        connection = self.new_connection(auth_method="tba", **self.simulator.ready["tba"])
        self.simulator.fault("clock_skew", times=None)

        connection.action_connect()

        self.assertEqual(connection.state, "draft")
        self.assertTrue(connection.state_reason)

    @mute_logger(SYNC_LOG)
    def test_role_without_suiteanalytics_names_the_permission(self):
        connection = self.new_connection()
        self.simulator.fault("permission_suiteanalytics", times=None)

        connection.action_connect()

        self.assertEqual(connection.state, "draft")
        self.assertIn("SuiteAnalytics Workbook", connection.state_reason)

    @mute_logger(SYNC_LOG)
    def test_permission_missing_for_one_type_costs_that_type_only(self):
        customer = self.customer()
        self.invoice(customer, 10)
        connection = self.connect()
        self.simulator.fault("permission_missing", record="term", times=None)

        self.drive(connection)

        self.assertEqual(self.open_issues(connection, "right").mapped("key"), ["right:table:term"])
        self.assert_balances(connection)
        self.simulator.clear_faults()
        self.drive(connection)
        self.assertFalse(self.open_issues(connection))

    def test_other_account_is_refused_once_records_were_read(self):
        connection = self.connect()

        with self.assertRaisesRegex(ValidationError, "must not be mixed"):
            connection.account_id = "7654321"

    def test_host_other_than_loopback_is_refused(self):
        connection = self.new_connection(service_url="https://netsuite.example.com")

        with self.assertRaises(UserError):
            connection._client()

    def test_same_account_twice_is_refused(self):
        self.new_connection()

        from psycopg2.errors import UniqueViolation

        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.new_connection()
            self.env.flush_all()
