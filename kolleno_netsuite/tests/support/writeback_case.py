import json
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from .field_mapping_case import FieldMappingCase


class WritebackCase(FieldMappingCase):
    """A connection that writes, with one mirrored invoice of one customer."""

    # How field updates are pushed: most tests are about what follows.
    mode = "automatic"

    def prepare(self):
        super().prepare()
        self.connection.write({"write_active": True, "field_update_mode": self.mode})
        self.owner = self.customer(name="Globex")
        self.number = self.invoice(self.owner, 100, tranId="INV-1044")
        self.drive(self.connection)
        self.move = self.mirror(self.number)
        self.partner = self.move.commercial_partner_id
        self.simulator.clear_requests()

    def setUp(self):
        super().setUp()
        # Minutes that went by in this test, here as in NetSuite.
        self.passed = timedelta()
        now = fields.Datetime.now
        self.enterContext(patch.object(fields.Datetime, "now", lambda *_args: now() + self.passed))

    # === ARRANGING === #

    def action(self, *lines, model="account.move", **values):
        """Return a server action *Update NetSuite Record*.

        :param lines: ``(field ID, kind, value)``, or a dictionary of `netsuite.update.line`.
        """
        return self.env["ir.actions.server"].create(
            {
                "name": "Collection stage",
                "model_id": self.env["ir.model"]._get_id(model),
                "state": "netsuite_update",
                "netsuite_line_ids": [
                    (0, 0, line if isinstance(line, dict) else self._line(*line)) for line in lines
                ],
                **values,
            }
        )

    def _line(self, name, kind, value):
        return {"field_name": name, "kind": kind, "value": value}

    def run_action(self, action, records, user=None):
        """Run a server action on records, as the Action menu does; return what it answers."""
        action = action.with_user(user) if user else action
        return action.with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()

    def stage(self, value="L2", records=None, **values):
        """Mean the collection stage of invoices; return the write-backs."""
        before = self.rows()
        self.run_action(
            self.action(("custbody_stage", "text", value), **values),
            self.move if records is None else records,
        )
        return self.rows() - before

    def fault(self, name, **parameters):
        return self.simulator.fault(name, **parameters)

    # === DRIVING === #

    def write(self):
        """Let the driver of write-backs run once, as its cron does."""
        self.env.flush_all()
        self.env["netsuite.connection"]._cron_write()
        self.env.invalidate_all()

    def write_after(self, minutes):
        """Let minutes pass, in NetSuite and here, then let the driver run."""
        self.simulator.clock(advance=minutes * 60)
        self.passed += timedelta(minutes=minutes)
        self.write()

    # === LOOKING === #

    def rows(self):
        """Return all write-backs of the connection."""
        return self.env["netsuite.writeback"].search([("connection_id", "=", self.connection.id)])

    def netsuite(self, name="custbody_stage", record="invoice", internal_id=None):
        """Return what NetSuite holds in a field."""
        path = f"/record/v1/{record}/{internal_id or self.number}"
        return self.simulator.call("GET", path).json().get(name)

    def writes(self):
        """Return [(method, path behind the root, body)] of what was sent to change something."""
        found = []
        for request in self.simulator.requests():
            if request["method"] in ("PATCH", "PUT", "DELETE") or (
                request["method"] == "POST" and "/record/v1/" in request["path"]
            ):
                path = re.sub(r".*/record/v1/", "", request["path"])
                found.append((request["method"], path, json.loads(request["body"] or "{}")))
        return found
