from pathlib import Path

from odoo.tests import tagged
from odoo.tools import SQL, config

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

    def test_uninstalled_addon_leaves_the_documents_and_nothing_of_its_own(self):
        self.business()
        self.assertEqual(self.drive({}), [0])
        documents = self.documents()
        journals = self.rows(
            "SELECT id FROM account_journal WHERE netsuite_connection_id IS NOT NULL"
        )
        crons = self.rows("SELECT id FROM ir_cron WHERE cron_name LIKE '%NetSuite%'")
        self.assertTrue(documents and journals and crons)
        self.assertTrue(self.tables() and self.columns())
        key = Path(config.filestore(self.database), "kolleno_netsuite")
        self.assertTrue(key.is_dir())
        self.assertTrue(self.owned("ir_model_data") and self.owned("ir_model_fields"))

        self.assertEqual(self.work({"act": "uninstall"}), [0])

        module = self.rows("SELECT state FROM ir_module_module WHERE name = 'kolleno_netsuite'")
        self.assertEqual(module, [("uninstalled",)])
        self.assertEqual(self.tables(), [])
        self.assertEqual(self.columns(), [])
        self.assertEqual({table: self.owned(table) for table in OWNED if self.owned(table)}, {})
        self.assertEqual(self.still_there("ir_cron", crons), [])
        self.assertEqual(self.documents(), documents)
        self.assertFalse(key.exists())
        # Journals are the documents' own, and archived so that Odoo does not go on with them.
        active = self.rows("SELECT id FROM account_journal WHERE active")
        self.assertEqual(len(self.still_there("account_journal", journals)), len(journals))
        self.assertFalse(set(journals) & set(active))

    def documents(self):
        """Return what Odoo keeps of NetSuite's documents: entries with their open amounts."""
        return self.rows(
            """SELECT move.id, move.name, move.state, line.id, line.balance, line.amount_residual
               FROM account_move move JOIN account_move_line line ON line.move_id = move.id
               ORDER BY line.id"""
        )

    def tables(self):
        """Return the tables, sequences, indexes and views that bear NetSuite's name."""
        return self.rows("SELECT relname, relkind FROM pg_class WHERE relname LIKE '%netsuite%'")

    def columns(self):
        """Return the columns of other tables that bear NetSuite's name."""
        return self.rows(
            """SELECT table_name, column_name FROM information_schema.columns
               WHERE table_schema = 'public' AND column_name LIKE '%netsuite%'"""
        )

    def owned(self, table):
        """Return the rows of one of Odoo's tables that name the addon or one of its models."""
        return self.rows(
            SQL(
                "SELECT id, %(column)s FROM %(table)s WHERE %(column)s LIKE ANY(%(names)s)",
                column=SQL.identifier(OWNED[table]),
                table=SQL.identifier(table),
                names=["netsuite%", "kolleno_netsuite%"],
            )
        )

    def still_there(self, table, rows):
        """Return those ids of rows that a table still has."""
        ids = [row[0] for row in rows]
        return self.rows(SQL("SELECT id FROM %s WHERE id = ANY(%s)", SQL.identifier(table), ids))
