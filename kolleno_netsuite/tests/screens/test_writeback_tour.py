"""A write-back from its review to what NetSuite has, in a browser."""

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..support.writeback_case import WritebackCase


@tagged("post_install", "-at_install")
class TestWritebackTour(WritebackCase, HttpCase):
    mode = "review"

    def prepare(self):
        super().prepare()
        # What Odoo has read of a field tells that NetSuite changed it meanwhile.
        self.map("custbody_stage")
        self.edit(self.number, custbody_stage="L1")
        self.drive(self.connection)
        self.simulator.clear_requests()

    def _write(self):
        """Let the driver run on a cursor of its own, and leave it: the server waits for it."""
        if self.env.cr is self.cr:
            self._bind(api.Environment(self.registry.cursor(), SUPERUSER_ID, {}))
        self.write()
        self.env["ir.cron"]._commit_progress()
        self.env.cr.close()
        self._bind(api.Environment(self.cr, SUPERUSER_ID, {}))
        return self.rows()

    def _bind(self, env):
        self.env = env
        self.env.transaction.default_env = env
        self.connection = self.connection.with_env(env)

    def _tour(self, name, login, path=""):
        """Let a person go through the screens."""
        self.env.flush_all()
        self.start_tour(f"/odoo/netsuite-writebacks{path}", name, login=login)
        self.env.invalidate_all()

    def _user(self, login, *groups):
        new_test_user(
            self.env,
            login=login,
            groups=",".join(("base.group_user", *(f"kolleno_netsuite.{each}" for each in groups))),
            company_id=self.connection.company_id.id,
            company_ids=[Command.set(self.connection.company_id.ids)],
        )

    def test_draft_is_reviewed_and_pushed_and_a_conflict_is_decided_per_field(self):
        self._user("tour_accountant", "group_netsuite_accountant")
        self._user("tour_writer", "group_netsuite_accountant", "group_netsuite_writer")
        action = self.action(("custbody_stage", "text", "L2"), ("memo", "text", "Chased"))
        action.netsuite_line_ids.policy = "ask"
        self.run_action(action, self.move)
        row = self.rows()
        row.action_push()
        self.edit(self.number, custbody_stage="Legal")
        row = self._write()
        self.assertEqual(row.state, "conflict", row.error)

        self._tour("kolleno_netsuite_decide", "tour_accountant")
        self.assertEqual((row.state, row.value_ids.mapped("label")), ("draft", ["memo"]))
        self._tour("kolleno_netsuite_push", "tour_writer")
        row = self._write()

        self.assertEqual(row.state, "confirmed", row.error)
        self.assertEqual((self.netsuite(), self.netsuite("memo")), ("Legal", "Chased"))
        self._tour("kolleno_netsuite_confirmed", "tour_accountant", f"/{row.id}")
