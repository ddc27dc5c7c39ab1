import tempfile
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import SQL, config

from ... import hooks
from ..support.crash_case import CrashCase

# Where Odoo keeps what belongs to an addon, each with the column that names a model or the addon.
OWNED = {
    "ir_model_data": "module",
    "ir_model": "model",
    "ir_model_fields": "name",
    "ir_act_window": "res_model",
    "ir_ui_view": "model",
    "ir_config_parameter": "key",
    "ir_attachment": "res_model",
    "ir_filters": "model_id",
    "mail_message": "model",
    "mail_activity": "res_model",
    "mail_followers": "res_model",
}


@tagged("post_install", "-at_install")
class TestUninstall(CrashCase):
    """The addon goes, through Odoo's own machinery, from a database that mirrors an account."""

    # In this order, that of the names: the second one leaves a database without the addon.

    def test_refused_with_its_reason_and_without_a_change_while_an_import_does_not_end(self):
        cases = (
            ({"act": "cron", "values": {"cron": "fetch"}}, "processing a scheduled action"),
            ({"act": "drive"}, "NetSuite's data is being used .* Nothing was uninstalled"),
        )
        self.business()
        self.assertEqual(self.drive({}), [0])
        for job, reason in cases:
            with self.subTest(job["act"]):
                self.business()
                before = self.all_that_is_ours()

                refusal, codes = self.uninstall_beside(job, patience=0)

                self.assertEqual(codes, [0, 0])
                self.assertRegex(refusal, reason)
                self.assertEqual(self.module_state(), "installed")
                self.assertEqual(self.all_that_is_ours(), before)
                connections = self.rows("SELECT state, pause_reason FROM netsuite_connection")
                self.assertEqual(connections, [("connected", None)])
                self.assertEqual(self.drive({}), [0])
                self.assert_once_and_in_step()

    def test_uninstalled_while_an_import_runs_leaves_the_documents_and_nothing_of_its_own(self):
        self.business()
        self.assertEqual(self.drive({}), [0])
        self.business()
        documents = self.documents()
        ours = self.all_that_is_ours()
        self.assertTrue(documents and all(ours.values()))

        refusal, codes = self.uninstall_beside({"act": "drive"}, patience=hooks.PATIENCE_SECONDS)

        self.assertEqual((refusal, codes[1]), ("", 0))
        self.assertEqual(self.module_state(), "uninstalled")
        self.assertEqual(self.tables(), [])
        self.assertEqual(self.columns(), [])
        self.assertEqual({table: self.owned(table) for table in OWNED if self.owned(table)}, {})
        self.assertEqual(self.still_there("ir_cron", ours["crons"]), [])
        self.assertFalse(self.key_folder().exists())
        # What was booked of the second import is whole; the first is as it was.
        self.assertEqual(self.documents()[: len(documents)], documents)
        self.assertFalse(self.rows("SELECT id FROM account_move WHERE state <> 'posted'"))
        # Journals are the documents' own, and archived so that Odoo does not go on with them.
        journals = ours["journals"]
        active = self.rows("SELECT id FROM account_journal WHERE active")
        self.assertEqual(len(self.still_there("account_journal", journals)), len(journals))
        self.assertFalse(set(journals) & set(active))

    def uninstall_beside(self, job, patience):
        """Let the addon be uninstalled in the middle of what another worker does.

        Each answer of NetSuite's takes longer than the uninstall waits without patience.

        :param patience: for how many seconds the uninstall waits.
        :return: (why it was refused, empty when it was not; exit codes of both workers).
        """
        self.assertEqual(self.work({"act": "due"}), [0])
        self.simulator.fault("slow_first_byte", seconds=3, times=None)
        with tempfile.TemporaryDirectory() as folder:
            refusal = Path(folder, "refusal")
            values = {
                "control": self.simulator.control_url,
                "patience": patience,
                "file": str(refusal),
            }
            codes = self.work(job, {"act": "uninstall", "values": values})
            return refusal.read_text(encoding="utf-8") if refusal.exists() else "", codes

    def module_state(self):
        rows = self.rows("SELECT state FROM ir_module_module WHERE name = 'kolleno_netsuite'")
        return rows[0][0]

    def key_folder(self):
        return Path(config.filestore(self.database), "kolleno_netsuite")

    def all_that_is_ours(self):
        """Return what an uninstall removes or archives, sorted by what it is."""
        return {
            "tables": self.tables(),
            "columns": self.columns(),
            "data": self.owned("ir_model_data"),
            "fields": self.owned("ir_model_fields"),
            "crons": self.rows(
                "SELECT id FROM ir_cron WHERE cron_name LIKE '%NetSuite%' ORDER BY id"
            ),
            "journals": self.rows(
                """SELECT id FROM account_journal
                   WHERE netsuite_connection_id IS NOT NULL AND active ORDER BY id"""
            ),
            "key": sorted(self.key_folder().glob("*")),
        }

    def documents(self):
        """Return what Odoo keeps of NetSuite's documents: entries with their open amounts."""
        return self.rows(
            """SELECT move.id, move.name, move.state, line.id, line.balance, line.amount_residual
               FROM account_move move JOIN account_move_line line ON line.move_id = move.id
               ORDER BY line.id"""
        )

    def tables(self):
        """Return the tables, sequences, indexes and views that bear NetSuite's name."""
        return self.rows(
            "SELECT relname, relkind FROM pg_class WHERE relname LIKE '%netsuite%' ORDER BY relname"
        )

    def columns(self):
        """Return the columns of other tables that bear NetSuite's name."""
        return self.rows(
            """SELECT table_name, column_name FROM information_schema.columns
               WHERE table_schema = 'public' AND column_name LIKE '%netsuite%'
               ORDER BY table_name, column_name"""
        )

    def owned(self, table):
        """Return the rows of one of Odoo's tables that name the addon or one of its models."""
        return self.rows(
            SQL(
                """SELECT id, %(column)s FROM %(table)s WHERE %(column)s LIKE ANY(%(names)s)
                   ORDER BY id""",
                column=SQL.identifier(OWNED[table]),
                table=SQL.identifier(table),
                names=["netsuite%", "kolleno_netsuite%"],
            )
        )

    def still_there(self, table, rows):
        """Return those ids of rows that a table still has."""
        ids = [row[0] for row in rows]
        return self.rows(SQL("SELECT id FROM %s WHERE id = ANY(%s)", SQL.identifier(table), ids))
