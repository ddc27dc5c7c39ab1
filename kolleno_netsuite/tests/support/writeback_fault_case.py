from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import mute_logger

from ...client import transport
from .writeback_case import WritebackCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"
SENDING_LOG = "odoo.addons.kolleno_netsuite.models.writeback.netsuite_writeback_sending"
# Minutes after which NetSuite can have carried out nothing more (const.LOOK_UP_MINUTES).
SETTLED = 17


class WritebackFaultCase(WritebackCase):
    """Whatever breaks on the way: in the end the value is once in NetSuite, or nowhere."""

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(transport, "BACK_OFF", (0.0,) * 5))
        self.enterContext(mute_logger(SYNC_LOG, SENDING_LOG))

    # === ARRANGING === #

    def map_stage(self, **values):
        """Map the collection stage both ways, and let Odoo have NetSuite's value."""
        self.edit(self.number, custbody_stage="L1")
        mapping = self.map("custbody_stage", "invoice_origin", direction="both", **values)
        self.drive(self.connection)
        self.assertEqual(self.move.invoice_origin, "L1")
        self.simulator.clear_requests()
        return mapping

    @contextmanager
    def mapped_for_a_while(self):
        """Forget what was mapped and meant inside, so that another example begins afresh."""
        try:
            yield
        finally:
            self._forget()

    def _forget(self):
        self.rows().filtered(lambda row: row.state == "conflict")._end("cancelled")
        self.env["netsuite.field.mapping"].search([]).unlink()
        self.simulator.clear_requests()

    def say(self, value, move=None):
        """Let a user change the collection stage in Odoo; return the write-back of it."""
        before = self.rows()
        (move or self.move).invoice_origin = value
        return self.rows() - before

    def more_invoices(self, number):
        """Return further mirrored invoices, each with its own id in NetSuite."""
        ids = [self.invoice(self.owner, 10 + each, tranId=f"MORE-{each}") for each in range(number)]
        self.drive(self.connection)
        self.simulator.clear_requests()
        return self.env["account.move"].union(*(self.mirror(each) for each in ids))

    def another_act(self, value, invoice=None):
        """Return what a person does in NetSuite who sets the collection stage."""
        body = {"custbody_stage": value}
        return [{"act": "edit", "type": "invoice", "id": invoice or self.number, "body": body}]

    def stage_of(self, move):
        return self.netsuite(internal_id=move.netsuite_record_id.internal_id)

    # === ASSERTIONS === #

    def patches(self, invoice=None):
        """Return the bodies that were sent to an invoice, one for each PATCH."""
        path = f"invoice/{invoice or self.number}"
        return [body for method, where, body in self.writes() if (method, where) == ("PATCH", path)]

    def assert_once(self, row, value, calls=1, error=""):
        """Fail unless NetSuite has the value by so many calls, and nothing is left to do."""
        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual(row.error or "", error)
        self.assertEqual(self.netsuite(internal_id=row.netsuite_internal_id), value)
        self.assertEqual(
            self.patches(row.netsuite_internal_id), [{"custbody_stage": value}] * calls
        )
        self.assertFalse(self.open_issues(self.connection, "writeback"))
        self.write_after(60)
        self.assertEqual(len(self.patches(row.netsuite_internal_id)), calls)

    def assert_not_written(self, row, state, value=None):
        """Fail unless NetSuite has what it had, and the row waits in `state`."""
        self.assertEqual(row.state, state, row.error)
        self.assertEqual(self.netsuite(internal_id=row.netsuite_internal_id), value)
