# Databases of their own are worked in as other processes would.
# pylint: disable=invalid-commit,sql-injection

from contextlib import closing

from odoo.sql_db import close_db, db_connect
from odoo.tests import tagged
from odoo.tools import SQL

from ..support.crash_case import CrashCase

# The database ends the session that stores an invoice, as a restart of the server does.
CUT = """
CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_terminate_backend(pg_backend_pid());
    PERFORM pg_sleep(1);
    RETURN NEW;
END $$;
CREATE TRIGGER cut BEFORE INSERT ON account_move FOR EACH ROW EXECUTE FUNCTION cut();
"""
# More than a record may be tried before it is set aside.
RUNS = 4


@tagged("post_install", "-at_install")
class TestLostDatabase(CrashCase):
    """Whatever another session, or the end of this one, does to the work: it goes on later."""

    def change(self, query):
        with closing(db_connect(self.database).cursor()) as cr:
            cr.execute(query)
            cr.commit()

    def cron(self, name):
        """Let Odoo's machinery run a cron; what waits after a setback has waited enough."""
        self.change(
            """UPDATE netsuite_connection SET setbacks = (
                   SELECT jsonb_object_agg(key, value || '{"until": "2020-01-01 00:00:00"}')
                   FROM jsonb_each(setbacks))
               WHERE setbacks IS NOT NULL"""
        )
        self.assertEqual(self.work({"act": "cron", "values": {"cron": name}}), [0])

    def test_lost_connection_is_counted_against_no_record_and_switches_no_cron_off(self):
        # Nothing is done by itself before the first import.
        self.assertEqual(self.drive({}), [0])
        self.business()
        self.assertEqual(self.work({"act": "due"}), [0])
        self.assertEqual(self.work({"act": "fetch"}), [0])
        self.assertTrue(self.rows("SELECT id FROM netsuite_record WHERE state = 'pending'"))
        self.change(CUT)

        for _run in range(RUNS):
            self.cron("book")
        counted = self.rows(
            "SELECT name FROM netsuite_record WHERE attempts > 0 OR state = 'failed'"
        )
        issues = self.rows("SELECT kind, title FROM netsuite_issue WHERE state = 'open'")
        crons = self.rows(
            """SELECT DISTINCT cron.active, cron.failure_count FROM ir_cron cron
               JOIN ir_act_server action ON action.id = cron.ir_actions_server_id
               WHERE action.code = 'model._cron_book()'"""
        )
        self.change("DROP TRIGGER cut ON account_move")
        self.cron("book")

        self.assertFalse(counted)
        said = (
            "The database connection was lost. Nothing is counted against any record; "
            "the work continues automatically."
        )
        self.assertEqual(issues, [("server", said)])
        self.assertEqual(crons, [(True, 0)])
        self.assertEqual(self.drive({}), [0])
        self.assert_once_and_in_step()

    def test_copy_that_postgresql_made_sends_nothing_and_the_original_goes_on(self):
        self.business()
        self.assertEqual(self.drive({}), [0])
        copy = f"{self.database}_copy"
        self._copy_database(self.database, copy)
        self.addCleanup(self._on_server, SQL("DROP DATABASE %s", SQL.identifier(copy)))
        self.addCleanup(close_db, copy)
        self.simulator.clear_requests()

        self.assertEqual(self.work({"act": "crons", "database": copy}), [0])

        self.assertEqual(self.simulator.requests(), [])
        with closing(db_connect(copy).cursor()) as cr:
            cr.execute("SELECT kind FROM netsuite_issue WHERE state = 'open'")
            self.assertEqual(cr.fetchall(), [("moved",)])
        self.business()
        self.assertEqual(self.drive({}), [0])
        self.assert_once_and_in_step()

    def test_pause_of_another_session_stops_work_between_two_units(self):
        self.business()
        self.work({"act": "due"})

        self.assertEqual(self.work({"act": "pause_between"}), [0])

        self.assertTrue(self.rows("SELECT id FROM netsuite_run WHERE state = 'running'"))
        self.change("UPDATE netsuite_connection SET state = 'connected'")
        self.assertEqual(self.drive({}), [0])
        self.assert_once_and_in_step()

    def test_pause_of_another_session_stops_the_next_call(self):
        self.simulator.clear_requests()

        # The second call is refused, which ends the worker.
        self.assertEqual(self.work({"act": "pause_within"}), [1])

        asked = [call for call in self.simulator.requests() if "/currency/1" in call["path"]]
        self.assertEqual(len(asked), 1)
        self.change("UPDATE netsuite_connection SET state = 'connected'")
