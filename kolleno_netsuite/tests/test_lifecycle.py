import traceback
from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from .simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestLifecycle(SimulatorCase):

    def state(self, connection, label):
        self.env.flush_all()
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", connection.id), ("state", "!=", "agrees")])
        print("##", label, "| proof:", [(p.customer_name, p.state, p.difference, p.unapplied_difference, p.reason) for p in proofs],
              "| issues:", [(i.title, i.record_count) for i in self.open_issues(connection)])

    def two(self):
        self.c = self.customer()
        self.a = self.invoice(self.c, 100)
        self.b = self.invoice(self.c, 100)
        self.p = self.payment(self.c, 100, apply={self.a: 100})
        self.connection = self.connect()
        self.drive(self.connection)
        return self.connection

    def doc(self, t, i):
        return self.record_of(self.connection, t, i)._target()

    def day_(self, connection):
        self.later()
        connection._drive_daily()
        self.state(connection, "after daily")
        connection._drive_heal()
        self.state(connection, "after heal")

    def test_draft(self):
        c = self.two()
        self.doc("invoice", self.b).button_draft()
        self.drive(c); self.state(c, "drafted, sync")
        self.day_(c); print(self.doc("invoice", self.b).state)

    def test_delete(self):
        c = self.two()
        m = self.doc("invoice", self.b); m.button_draft(); m.unlink()
        self.drive(c); self.state(c, "deleted, sync")
        self.day_(c); print(self.doc("invoice", self.b))

    def test_cancel_payment(self):
        c = self.two()
        pay = self.doc("customerpayment", self.p)
        try:
            pay.action_draft(); pay.action_cancel()
        except Exception as e: print("cancel", e)
        print(pay.state, pay.move_id.state)
        self.drive(c); self.state(c, "cancelled, sync")
        self.day_(c); print(pay.state, pay.move_id.state, self.doc("invoice", self.a).payment_state)

    def test_hand(self):
        c = self.two()
        pay = self.doc("customerpayment", self.p)
        a, b = self.doc("invoice", self.a), self.doc("invoice", self.b)
        a.line_ids.remove_move_reconcile()
        rec = (pay.move_id.line_ids | b.line_ids).filtered(lambda l: l.account_id.account_type == "asset_receivable")
        rec.reconcile()
        print("hand", a.payment_state, b.payment_state)
        self.drive(c); self.state(c, "by hand, sync")
        self.day_(c); print(a.payment_state, b.payment_state, a.netsuite_state, b.netsuite_state)

    def test_merge(self):
        c = self.two()
        d = self.customer("Second"); x = self.invoice(d, 30)
        self.drive(c)
        p1, p2 = self.doc("customer", self.c), self.doc("customer", d)
        w = self.env["base.partner.merge.automatic.wizard"].create({"partner_ids": [Command.set((p1|p2).ids)], "dst_partner_id": p1.id, "state": "selection"})
        try:
            with self.env.cr.savepoint():
                w.action_merge()
        except Exception as e:
            print("merge", type(e), e)
        print("left", p1.exists(), p2.exists(), self.record_of(c, "customer", d).res_id)
        self.drive(c); self.state(c, "merged, sync")
        self.invoice(d, 44)
        self.drive(c); self.state(c, "merged, new invoice")
        self.day_(c)

    def test_merge_unmirrored(self):
        c = self.two()
        p1 = self.doc("customer", self.c)
        own = self.env["res.partner"].create({"name": "Our own", "email": "a@b.example"})
        w = self.env["base.partner.merge.automatic.wizard"].create({"partner_ids": [Command.set((p1|own).ids)], "dst_partner_id": own.id, "state": "selection"})
        w.action_merge()
        print("left", p1.exists(), own.exists(), self.record_of(c, "customer", self.c).res_id, own.netsuite_record_id)
        self.invoice(self.c, 44)
        self.drive(c); self.state(c, "merged, new invoice")
        self.day_(c)

    def test_delete_partner(self):
        c = self.connect()
        self.c = self.customer(); self.connection = c
        self.drive(c)
        self.doc("customer", self.c).unlink()
        self.invoice(self.c, 10)
        self.drive(c); self.state(c, "partner deleted, invoice")
        self.day_(c)

    def test_archive_again(self):
        c = self.two()
        c.active = False
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                n = self.new_connection(); self.env.flush_all(); print("second connection made", n)
        except Exception as e: print("second", e)
        try:
            with self.env.cr.savepoint():
                c.unlink(); self.env.flush_all(); print("unlinked")
                print(self.env["account.move"].search_count([("journal_id.name", "=", "NetSuite receivables")]))
        except Exception as e: print("unlink", e)

    def test_two_connections(self):
        a = self.two()
        from odoo.tests.common import new_test_user
        other = self.env["netsuite.connection"].create({"name": "Broken", "account_id": "7654321", "company_id": self.main_company.id, "state": "connected"})
        third = self.new_connection if 0 else None
        other.name = "A first"
        a.name = "Z last"
        self.invoice(self.c, 5); self.later()
        (a | other).stream_ids.next_read_at = False
        self.env.flush_all()
        try:
            self.env["netsuite.connection"]._cron_fetch()
        except Exception as e:
            print("cron", type(e), e)
        self.env.invalidate_all()
        print("state", other.state, other.state_reason, "pending of a", self.env["netsuite.record"].search_count([("connection_id","=",a.id),("state","=","pending")]))

    def test_runs(self):
        c = self.two()
        n = self.env["netsuite.run"].search_count([])
        for i in range(3):
            self.env["netsuite.connection"]._cron_book()
        print("runs made by idle book cron", self.env["netsuite.run"].search_count([]) - n)

    def test_currencies(self):
        c = self.connect()
        self.env.ref("base.EUR").active = True
        cu = self.customer()
        a = self.invoice(cu, 100)
        try:
            b = self.invoice(cu, 80, currency={"id": self.EUR})
        except Exception as e: print("sim", e); b = None
        self.drive(c); self.state(c, "two currencies")
        print(self.env["netsuite.proof"].search([]).mapped(lambda p: (p.customer_name, p.currency_name, p.netsuite_open, p.odoo_open)))
        self.assert_in_step(c)
