import json
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from odoo.sql_db import close_db, db_connect
from odoo.tests import BaseCase
from odoo.tools import SQL, config

from netsuite_simulator.testing import running_simulator

from .netsuite_builders import LoopbackCase, NetsuiteBuilders, open_balances

CHILD = Path(__file__).with_name("crash_child.py")


class CrashCase(NetsuiteBuilders, LoopbackCase, BaseCase):
    """Real Odoo processes that are killed: what is in the books is there once, and whole."""

    # Days from the start of the history until today; all is read when None.
    history_days = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.simulator = cls.enterClassContext(running_simulator())
        cls.database = f"{config['db_name'][0]}_crash"
        cls.addClassCleanup(cls._drop_database)
        cls._drop_database()
        # The database of the other tests is as it was installed: they take back all they do.
        cls._copy_database(config["db_name"][0], cls.database)
        cls.server = subprocess.Popen(
            [sys.executable, str(CHILD), config["config"], cls.database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.addClassCleanup(cls._stop_server)
        assert cls.work({"act": "prepare", "values": cls._connection_values()}) == [0]

    def setUp(self):
        super().setUp()
        self.owner = self.customer(name=self.id().rpartition(".")[2])
        # What the start of the history leaves out.
        self.left_out = set()

    # === ARRANGING === #

    def business(self, **body):
        """Let NetSuite have two invoices, a payment of one and an applied credit memo."""
        paid = self.invoice(self.owner, 100, 20, **body)
        credited = self.invoice(self.owner, 75)
        self.payment(self.owner, 130, apply={paid: 120})
        self.credit_memo(self.owner, 30, apply={credited: 30})
        self.later()

    def drive(self, *jobs):
        """Let one worker per job drive the connection, all at once; return their exit codes."""
        self.assertEqual(self.work({"act": "due"}), [0])
        return self.work(*({"act": "drive", **job} for job in jobs))

    @classmethod
    def work(cls, *jobs):
        """Let the server's workers do `jobs` at the same time; return their exit codes."""
        cls.server.stdin.write(json.dumps(jobs) + "\n")
        cls.server.stdin.flush()
        return json.loads(cls.server.stdout.readline())

    @classmethod
    def _connection_values(cls):
        m2m = cls.simulator.ready["m2m"]
        return {
            "name": "Simulator",
            "account_id": cls.simulator.account_id,
            "service_url": cls.simulator.base_url,
            "client_id": m2m["client_id"],
            "certificate_id": m2m["certificate_id"],
            "private_key": m2m["private_key_pem"],
            "history_start": cls.history_days and cls._day(cls.history_days),
        }

    @classmethod
    def _day(cls, days_ago):
        return str(cls.simulator.account.clock.today() - timedelta(days=days_ago))

    @classmethod
    def _stop_server(cls):
        cls.server.stdin.close()
        cls.server.wait(timeout=30)
        cls.server.stdout.close()

    @classmethod
    def _drop_database(cls):
        close_db(cls.database)
        cls._on_server(SQL("DROP DATABASE IF EXISTS %s", SQL.identifier(cls.database)))
        shutil.rmtree(config.filestore(cls.database), ignore_errors=True)

    @classmethod
    def _copy_database(cls, original, name):
        """Let PostgreSQL copy a database; its files stay where they are."""
        close_db(original)
        cls._on_server(
            SQL(
                "CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy",
                SQL.identifier(name),
                SQL.identifier(original),
            )
        )

    @classmethod
    def _on_server(cls, statement):
        with closing(db_connect("postgres").cursor()) as cr:
            # Databases are not made inside a transaction.
            cr.connection.autocommit = True
            cr.execute(statement)
            cr.connection.autocommit = False

    # === ASSERTIONS === #

    def rows(self, query):
        with closing(db_connect(self.database).cursor()) as cr:
            cr.execute(query)
            return cr.fetchall()

    def assert_once_and_in_step(self):
        """Fail unless each document is there once, all is booked and the ledger is NetSuite's."""
        self.assert_documents_once()
        self.assertFalse(self.rows("SELECT name FROM netsuite_record WHERE state <> 'booked'"))
        self.assertFalse(self.rows("SELECT title FROM netsuite_issue WHERE state = 'open'"))
        self.assertFalse(self.rows("SELECT id FROM netsuite_run WHERE state = 'running'"))
        self.assertFalse(self.rows("SELECT id FROM netsuite_proof WHERE state <> 'agrees'"))
        ledger = {
            (int(row["customer_id"]), row["currency"]): float(row["open"])
            for row in self.simulator.ledger()["balances"]
        }
        with closing(db_connect(self.database).cursor()) as cr:
            odoo = open_balances(cr, self.rows("SELECT id FROM netsuite_connection")[0][0])
        self.assertEqual({key: float(open_) for key, open_ in odoo.items() if open_}, ledger)

    def assert_documents_once(self):
        """Fail unless each NetSuite document is one posted entry, and nothing else is."""
        documents = self.simulator.ledger(documents=True)["documents"]
        expected = sorted({int(document["id"]) for document in documents} - self.left_out)
        found = self.rows(
            """SELECT record.internal_id FROM account_move move
               JOIN netsuite_record record ON record.id = move.netsuite_record_id
               WHERE move.state = 'posted' ORDER BY record.internal_id"""
        )
        self.assertEqual([internal_id for (internal_id,) in found], expected)
        stray = self.rows(
            "SELECT name FROM account_move WHERE netsuite_record_id IS NULL OR state <> 'posted'"
        )
        self.assertFalse(stray)
