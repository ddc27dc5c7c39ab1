from datetime import timedelta

from cryptography.hazmat.primitives import serialization
from odoo import fields
from odoo.addons.base.models.ir_autovacuum import is_autovacuum
from odoo.tests import mute_logger, tagged

from ...client.keys import new_key_pair
from ...const import CALL_LOG_DAYS
from ...models.connection.netsuite_connection import CREDENTIAL_FIELDS
from ..support.simulator_case import SimulatorCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"


@tagged("post_install", "-at_install")
class TestCredentials(SimulatorCase):
    """What signs in to NetSuite: a change of it, its end, and texts that are none."""

    def prepare(self):
        super().prepare()
        self.connection = self.connect()

    def test_other_credentials_disconnect_until_they_are_tried(self):
        other = {
            "auth_method": "tba",
            "service_url": "http://127.0.0.1:9",
        }
        # The account of a connection that holds records never changes.
        for name in sorted(CREDENTIAL_FIELDS - {"account_id"}):
            with self.subTest(name):
                self.connection.state = "connected"
                self.connection[name] = other.get(name, "another")
                self.assertEqual(self.connection.state, "draft")

    def test_connection_with_other_credentials_is_not_read(self):
        self.connection.certificate_id = "another"
        self.simulator.clear_requests()

        self.connection.stream_ids.next_read_at = False
        self.env["netsuite.connection"]._cron_fetch()

        self.assertFalse(self.simulator.requests())

    def test_certificate_is_warned_of_a_week_before_it_ends(self):
        self.connection._open_run()
        self.connection.certificate_expires_on = fields.Date.today() + timedelta(days=8)
        self.connection.state = "connected"
        self.env["netsuite.connection"]._cron_heal()
        self.assertFalse(self.open_issues(self.connection, "sign_in"))

        ends = fields.Date.today() + timedelta(days=7)
        self.connection.certificate_expires_on = ends
        self.connection.state = "connected"
        self.env["netsuite.connection"]._cron_heal()

        issue = self.open_issues(self.connection, "sign_in")
        self.assertEqual(len(issue), 1)
        self.assertIn(str(ends), issue.title)

    def test_end_of_the_certificate_of_a_key_made_elsewhere_is_read_or_not_known(self):
        made = new_key_pair()
        self.connection.action_make_key_pair()
        self.assertTrue(self.connection.certificate_expires_on)

        self.connection.private_key = made.private_key_pem
        self.assertFalse(self.connection.certificate_expires_on)
        self.assertFalse(self.connection.certificate)

        self.connection.private_key = f"{made.certificate_pem}\n{made.private_key_pem}"
        self.assertEqual(self.connection.certificate_expires_on, made.not_after.date())
        # A date that a person enters stays.
        self.connection.certificate_expires_on = "2027-01-31"
        self.assertEqual(str(self.connection.certificate_expires_on), "2027-01-31")

    @mute_logger(SYNC_LOG)
    def test_text_that_is_no_private_key_is_said_on_the_connection(self):
        self.env["netsuite.session"].sudo().search([]).access_token = False
        pair = new_key_pair()
        key = serialization.load_pem_private_key(pair.private_key_pem.encode(), None)
        encrypted = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        ).decode()
        for pasted, reason in (
            ("no key at all", "cannot be used"),
            (pair.certificate_pem, "A certificate was entered"),
            (encrypted, "protected by a password"),
        ):
            with self.subTest(pasted[:40]):
                self.connection.private_key = pasted

                self.connection.action_connect()
                self.env["netsuite.connection"]._cron_fetch()

                self.assertEqual(self.connection.state, "draft")
                self.assertIn("private key", self.connection.state_reason)
                self.assertIn(reason, self.connection.state_reason)

    @mute_logger(SYNC_LOG)
    def test_secret_with_foreign_letters_is_refused_like_any_other(self):
        tba = {**self.simulator.ready["tba"], "consumer_secret": "тайна", "token_secret": "ñandú"}
        self.connection.write({"auth_method": "tba", **tba})

        self.connection.action_connect()

        self.assertEqual(self.connection.state, "draft")
        self.assertTrue(self.connection.state_reason)

    def test_calls_are_logged_for_a_time_and_then_deleted(self):
        Call = self.env["netsuite.call"].sudo()
        calls = Call.search([("connection_id", "=", self.connection.id)], limit=2)
        old, young = calls
        now = fields.Datetime.now()
        old.called_at = now - timedelta(days=CALL_LOG_DAYS, minutes=1)
        young.called_at = now - timedelta(days=CALL_LOG_DAYS, minutes=-1)

        self.assertTrue(is_autovacuum(Call._gc_calls))
        Call._gc_calls()

        self.assertEqual(calls.exists(), young)
