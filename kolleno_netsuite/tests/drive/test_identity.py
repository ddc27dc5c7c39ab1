from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import config

from ...client.errors import ClientBug
from ...exceptions import DatabaseMoved
from ...models.connection import netsuite_connection_sign_in
from ..support.simulator_case import SimulatorCase

PARTS = ("key", "name", "uuid", "address")
CRONS = ("fetch", "book", "heal", "daily", "compare", "discover", "documents")
OTHER = "https://copy.example.com"


@tagged("post_install", "-at_install")
class TestIdentity(SimulatorCase):
    """A database that may be a copy sends nothing, until an administrator says what it is."""

    def prepare(self):
        super().prepare()
        self.simulator.switches(document_restlet=True)
        self.customer_id = self.customer()
        self.invoice_id = self.invoice(self.customer_id, 100)
        self.connection = self.connect()
        self.drive(self.connection)

    def setUp(self):
        super().setUp()
        # The key is outside the database: no roll-back takes back what a test does with it.
        file = self.connection._key_file()
        self.addCleanup(file.path.write_bytes, file.path.read_bytes())
        self.addCleanup(file.path.parent.mkdir, parents=True, exist_ok=True)

    # === ARRANGING === #

    @contextmanager
    def changed(self, part):
        """Let one part of what the database is recognised by be another for a while."""
        undo = getattr(self, f"_change_{part}")()
        # As a new request begins: what a form shows is compared then.
        self.env.invalidate_all()
        try:
            yield
        finally:
            undo()
            self.env.invalidate_all()

    def _change_key(self):
        file = self.connection._key_file()
        before = file.path.read_bytes()
        file.renew()
        return lambda: file.path.write_bytes(before)

    def _change_name(self):
        self.connection.database_name = "books"
        return lambda: self.connection.write({"database_name": self.env.cr.dbname})

    def _change_uuid(self):
        return self._change_parameter("database.uuid", "another")

    def _change_address(self):
        return self._change_parameter("web.base.url", OTHER)

    def _change_parameter(self, key, value):
        Parameter = self.env["ir.config_parameter"]
        before = Parameter.get_param(key)
        Parameter.set_param(key, value)
        return lambda: Parameter.set_param(key, before)

    def move(self):
        return self.record_of(self.connection, "invoice", self.invoice_id)._target()

    def crons(self):
        """Let everything be due, and do what all scheduled actions do."""
        self.connection.stream_ids.next_read_at = False
        self.connection.daily_next_at = False
        for name in CRONS:
            getattr(self.env["netsuite.connection"], f"_cron_{name}")()

    def buttons(self):
        """Return {what is pressed: function}, of all that speak to NetSuite at once."""
        connection, record = (
            self.connection,
            self.record_of(self.connection, "customer", self.customer_id),
        )
        setup = self.env["netsuite.setup"].browse(connection.action_set_up()["res_id"])
        proof = self.env["netsuite.proof"].search([("connection_id", "=", connection.id)], limit=1)
        return {
            "connect": connection.action_connect,
            "synchronise": connection.action_synchronise,
            "reconcile": connection.action_prove_all,
            "receivables by type": connection.action_ask_completeness,
            "documents side by side": proof.action_open_documents,
            "resynchronise": record.action_resync,
            "test": setup.action_test,
            "a client": connection._client,
        }

    def requests(self):
        return [call["path"] for call in self.simulator.requests()]

    def moved_issue(self):
        return self.open_issues(self.connection, "moved")

    # === NOTHING IS SENT === #

    def test_whatever_part_changes_no_driver_and_no_button_sends_anything(self):
        self.connection.types_to_discover = ["customer"]
        buttons = self.buttons()
        self.simulator.clear_requests()
        for part in PARTS:
            with self.subTest(part), self.changed(part):
                self.crons()

                self.assertEqual(self.requests(), [])
                self.assertEqual(self.connection.state, "connected")
                self.assertEqual(self.connection.standing, "moved")
                self.assertEqual(self.connection.standing_level, "danger")
                self.assertEqual(len(self.moved_issue()), 1)
                for name, press in buttons.items():
                    with self.assertRaisesRegex(DatabaseMoved, "may be a copy", msg=name):
                        press()
                self.assertIn(
                    "may be a copy", self.move().action_netsuite_get_pdf()["params"]["message"]
                )
                self.assertEqual(self.requests(), [])

    def test_what_changed_is_named_before_and_now(self):
        for part, said in (
            ("key", "belongs to another database"),
            ("name", f"Name of the database: books before, {self.env.cr.dbname} now."),
            ("uuid", "another now."),
            ("address", "copy.example.com now."),
        ):
            with self.subTest(part), self.changed(part):
                lines = self.connection.moved_text.splitlines()
                self.assertEqual(len(lines), 3)
                self.assertIn(said, lines[1])
                self.connection.invalidate_recordset(["next_read_text"])
                self.assertIn("Nothing is read until", self.connection.next_read_text)
        self.connection._key_file().remove()
        self.connection.invalidate_recordset(["moved_text"])
        self.assertIn("is missing or cannot be read", self.connection.moved_text)

    def test_people_are_told_once_and_nothing_is_tried_again_and_again(self):
        self.connection.responsible_ids = self.env.user
        with self.changed("address"):
            self.crons()
            issue, activities = self.moved_issue(), self.connection.activity_ids
            triggers = self.env["ir.cron.trigger"].search_count([])
            messages = self.env["mail.message"].search_count([])

            self.crons()
            self.crons()

            self.assertEqual(self.moved_issue(), issue)
            self.assertEqual(self.connection.activity_ids, activities)
            self.assertEqual(activities.summary, "NetSuite: original or copy?")
            self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers)
            self.assertEqual(self.env["mail.message"].search_count([]), messages)
            self.assertEqual(issue.action_fix()["res_id"], self.connection.id)

    def test_database_that_is_as_it_was_goes_on_by_itself(self):
        with self.changed("address"):
            self.crons()
        self.simulator.clear_requests()

        self.crons()

        self.assertTrue(self.requests())
        self.assertFalse(self.moved_issue())
        self.assertFalse(self.connection.activity_ids)
        self.assertNotEqual(self.connection.standing, "moved")

    def test_work_that_is_under_way_stops_when_the_key_changes(self):
        client = self.connection._client()
        client.records.exists("currency", 1)
        self.simulator.clear_requests()
        self.addCleanup(self._change_key())

        # The switch is looked at once a second.
        later = SimpleNamespace(monotonic=lambda: float("inf"))
        with (
            patch.object(netsuite_connection_sign_in, "time", later),
            self.assertRaises(ClientBug) as caught,
        ):
            client.records.exists("currency", 1)

        self.assertEqual(caught.exception.code, "DATABASE_MOVED")
        self.assertEqual(self.requests(), [])

    def test_connection_that_never_signed_in_is_refused_in_a_copy_as_well(self):
        other = self.new_connection(account_id="7654321")

        with self.changed("uuid"), self.assertRaises(DatabaseMoved):
            other.action_connect()

    # === THE ORIGINAL === #

    def test_original_goes_on_after_one_click_whatever_changed(self):
        for part in PARTS:
            with self.subTest(part), self.changed(part):
                self.crons()
                self.simulator.clear_requests()

                self.connection.action_this_is_original()

                self.assertFalse(self.connection.moved_text)
                self.assertFalse(self.moved_issue())
                self.assertFalse(self.connection.activity_ids)
                self.assertEqual(self.connection.state, "connected")
                self.assertIn(self.connection, self.connection._for_cron("fetch"))
                self.connection._client().records.exists("currency", 1)
                self.assertTrue(self.requests())
            self.connection._take_identity()

    def test_confirmed_addresses_are_remembered_beside_each_other(self):
        with self.changed("address"):
            self.connection.action_this_is_original()
        self.assertFalse(self.connection.moved_text)

        with self.changed("address"):
            self.assertFalse(self.connection.moved_text)
        with self.changed("uuid"):
            self.assertTrue(self.connection.moved_text)
        body = self.connection.message_ids[:1].body
        self.assertIn("this is the original", body)
        self.assertIn("copy.example.com now.", body)

    def test_paused_connection_stays_paused_in_the_original(self):
        self.connection._pause("year-end")
        with self.changed("name"):
            self.connection.action_this_is_original()

        self.assertEqual(self.connection.state, "paused")
        self.assertEqual(self.connection.database_name, self.env.cr.dbname)

    def test_lost_key_file_is_written_anew_for_the_original(self):
        file = self.connection._key_file()
        file.remove()
        self.connection.action_this_is_original()

        self.assertTrue(file.fingerprint())
        self.assertEqual(self.connection.database_key, file.fingerprint())

    # === A COPY === #

    def test_copy_loses_its_sign_in_and_is_a_database_of_its_own(self):
        session = self.connection.session_ids
        session.access_token = "bearer"
        archived = self.new_connection(account_id="7654321", active=False)
        self._change_uuid()
        own = self.new_connection(account_id="8654321")
        key = self.connection.database_key
        self.crons()
        self.simulator.clear_requests()

        self.connection.action_this_is_copy()

        for connection in self.connection | archived:
            self.assertEqual(connection.state, "draft")
            self.assertFalse(connection.private_key or connection.client_id)
            self.assertIn("This database is a copy", connection.state_reason)
            self.assertFalse(connection.moved_text)
        self.assertFalse(session.access_token)
        self.assertFalse(self.moved_issue())
        # What was made in the copy itself is the copy's.
        self.assertTrue(own.private_key)
        self.assertFalse(own.moved_text)
        self.assertNotEqual(self.connection.database_key, key)
        self.assertEqual(self.connection.database_key, self.connection._key_file().fingerprint())
        self.crons()
        self.assertEqual(self.requests(), [])
        with self.assertRaisesRegex(UserError, "Enter"):
            self.connection.action_connect()

    def test_copy_works_with_a_sign_in_of_its_own(self):
        self._change_uuid()
        self.connection.action_this_is_copy()
        m2m = self.simulator.ready["m2m"]
        self.connection.write(
            {
                "service_url": self.simulator.base_url,
                "client_id": m2m["client_id"],
                "certificate_id": m2m["certificate_id"],
                "private_key": m2m["private_key_pem"],
            }
        )

        self.connection.action_connect()

        self.assertEqual(self.connection.state, "connected")
        self.drive(self.connection)
        self.assert_in_step(self.connection)

    def test_form_that_was_open_for_long_removes_nothing_of_the_original(self):
        with self.assertRaisesRegex(UserError, "Nothing was removed"):
            self.connection.action_this_is_copy()

        self.assertTrue(self.connection.private_key)
        self.assertEqual(self.connection.state, "connected")

    def test_only_administrators_say_what_a_database_is(self):
        accountant = new_test_user(
            self.env,
            login="netsuite_identity",
            groups="kolleno_netsuite.group_netsuite_accountant",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.company_ids)],
        )
        connection = self.connection.with_user(accountant)
        with self.changed("uuid"):
            for press in (connection.action_this_is_original, connection.action_this_is_copy):
                with self.assertRaises(AccessError):
                    press()
            # They see why nothing comes.
            self.assertIn("may be a copy", connection.moved_text)
            self.assertEqual(connection.standing, "moved")

    # === THE KEY FILE === #

    def test_clean_up_of_attachments_leaves_the_key(self):
        file = self.connection._key_file()
        before = file.fingerprint()
        checklist = Path(self.env["ir.attachment"]._full_path("checklist"))

        self.env["ir.attachment"]._mark_for_gc("ab/abcdef")
        self.env["ir.attachment"]._gc_file_store_unsafe()

        self.assertTrue(checklist.is_dir())
        self.assertEqual(file.fingerprint(), before)
        self.assertTrue(str(file.path).startswith(config.filestore(self.env.cr.dbname)))

    def test_without_a_key_file_the_other_parts_tell_and_the_form_says_so(self):
        with TemporaryDirectory() as folder:
            # A file where a folder should be: nothing can be written below it.
            blocked = Path(folder, "blocked")
            blocked.touch()
            with (
                patch.object(config, "filestore", lambda _dbname: str(blocked)),
                self.assertLogs("odoo.addons.kolleno_netsuite", "WARNING"),
            ):
                other = self.new_connection(account_id="7654321")
                self.assertFalse(other.database_key)
                self.assertFalse(other.moved_text)
                self.assertIn("No key file", other.identity_text)
                with self.changed("uuid"):
                    self.assertTrue(other.moved_text)
        self.assertIn("Key file", self.connection.identity_text)

    def test_no_key_is_expected_where_attachments_are_kept_elsewhere(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")

        other = self.new_connection(account_id="7654321")

        self.assertFalse(other.database_key)
        self.assertFalse(other.moved_text)
