# Databases of their own are worked in as other processes would.
# pylint: disable=invalid-commit,sql-injection

from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .simulator_case import SimulatorCase

DRIVING_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"
SQL_LOG = "odoo.sql_db"
# States of PostgreSQL: an error that a program raises, and troubles of the server.
RAISED, DISK_FULL, OUT_OF_MEMORY, CANCELED = "P0001", "53100", "53200", "57014"


@tagged("post_install", "-at_install")
class TroubleCase(SimulatorCase):
    """What nobody foresees: the database itself refuses to store something."""

    numbers = count(1)

    def prepare(self):
        super().prepare()
        self.customer_id = self.customer()
        self.connection = self.connect(schedule_tz="UTC", name="Second")
        self.drive(self.connection)
        self.later(3600)
        self.drive(self.connection)
        self.env["ir.cron.trigger"].search([]).unlink()

    # === ARRANGING === #

    def broken_connection(self, **values):
        """Return a connected connection that every cron serves first."""
        broken = self.new_connection(
            name="A comes first", account_id="7654321", state="connected", **values
        )
        broken._open_run()._close()
        return broken

    def break_table(self, table, event, when, code=RAISED, message="The ledger is jammed"):
        """Let the database refuse rows of a table; return the name to give to `mend`.

        :param event: SQL of the event, as ``INSERT``.
        :param when: SQL of the condition.
        """
        name = f"trouble_{next(self.numbers)}"
        self.env.flush_all()
        # A sequence counts the tries: what is undone does not take its steps back.
        self.env.cr.execute(f"CREATE SEQUENCE {name}_tries")
        self.env.cr.execute(
            f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM nextval('{name}_tries');
                RAISE EXCEPTION '{message}' USING ERRCODE = '{code}';
            END $$"""
        )
        self.env.cr.execute(
            f"""CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW
            WHEN ({when}) EXECUTE FUNCTION {name}()"""
        )
        self.env.cr.commit()
        return name

    def mend(self, jam):
        """Let the database store again what `break_table` made it refuse."""
        # Not by dropping the trigger: its lock would stop the client's own session.
        self.env.cr.execute(
            f"CREATE OR REPLACE FUNCTION {jam}() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$"
        )
        self.env.cr.commit()

    def tries(self, jam):
        """Return how often the database refused something."""
        self.env.cr.execute(
            SQL("SELECT last_value, is_called FROM %s", SQL.identifier(f"{jam}_tries"))
        )
        value, called = self.env.cr.fetchone()
        return value if called else 0

    def cron(self, name):
        """Run what a cron of the connections runs."""
        getattr(self.env["netsuite.connection"], f"_cron_{name}")()

    @contextmanager
    def minutes_later(self, minutes):
        """Let Odoo's clock be ahead."""
        now = fields.Datetime.now() + timedelta(minutes=minutes)
        with patch.object(fields.Datetime, "now", lambda *_args: now):
            yield

    def new_invoice(self, amount=40, **body):
        """Let NetSuite have another invoice that is due to be read; return its id."""
        invoice = self.invoice(self.customer_id, amount, **body)
        self.later()
        self.connection.stream_ids.next_read_at = False
        return invoice

    def new_record(self, amount=40, **body):
        """Read another invoice; return its record, which is to be booked."""
        invoice = self.new_invoice(amount, **body)
        self.connection._drive_fetch()
        record = self.record_of(self.connection, "invoice", invoice)
        self.assertEqual(record.state, "pending")
        return record

    def triggers(self, name, until=None):
        """Return the times at which a cron of ours is started besides its interval."""
        cron = self.env.ref(f"kolleno_netsuite.ir_cron_{name}")
        until = until or fields.Datetime.now()
        return self.env["ir.cron.trigger"].search(
            [("cron_id", "=", cron.id), ("call_at", "<=", until)]
        )
