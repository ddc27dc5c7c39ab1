from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import format_datetime

from ..support.simulator_case import SimulatorCase

QUERY = "/services/rest/query/v1/suiteql"
# NetSuite's time, customers that changed, documents that changed.
QUIET_CALLS = 3


@tagged("post_install", "-at_install")
class TestRefresh(SimulatorCase):
    """A customer is read from NetSuite just before a reminder."""

    def prepare(self):
        super().prepare()
        self.harbour = self.customer(email="ap@harbour.example")
        self.invoice_id = self.invoice(self.harbour, 100)
        self.connection = self.connect()
        self.drive(self.connection)
        self.partner = self.mirror(self.harbour, "customer")
        self.move = self.mirror(self.invoice_id)
        self.move.is_move_sent = True
        self.connection.pdf_source = "none"
        self.wait()

    def mirror(self, internal_id, record_type="invoice"):
        return self.record_of(self.connection, record_type, internal_id)._target()

    def wait(self, minutes=60):
        """Let the last read be some time ago."""
        ago = fields.Datetime.now() - timedelta(minutes=minutes)
        self.connection.stream_ids.last_success_at = ago
        self.record_of(self.connection, "customer", self.harbour).refreshed_at = False
        self.later()
        self.env.invalidate_all()
        self.simulator.clear_requests()

    def calls(self):
        return [call for call in self.simulator.requests() if "/token" not in call["path"]]

    def wizard(self, move=None):
        move = move or self.move
        return (
            move.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )

    def mails(self):
        return self.move.message_ids.filtered(lambda message: message.message_type == "comment")

    def notes(self):
        return " ".join(str(body) for body in self.move.message_ids.mapped("body"))

    # === INVOICE SENT ONCE MORE === #

    def test_reminder_costs_three_calls_when_nothing_changed_and_none_right_after(self):
        self.move.action_send_and_print()
        self.wizard().action_send_and_print()

        self.assertEqual(len(self.calls()), QUIET_CALLS)
        self.assertEqual(len(self.mails()), 1)

    def test_first_mail_and_fresh_mirror_cost_no_call(self):
        self.move.is_move_sent = False
        self.wizard().action_send_and_print()
        self.connection.stream_ids.last_success_at = fields.Datetime.now()
        self.wizard().action_send_and_print()

        self.assertFalse(self.calls())
        self.assertEqual(len(self.mails()), 2)

    def test_invoice_paid_meanwhile_is_not_sent_again(self):
        self.payment(self.harbour, 100, apply={self.invoice_id: 100})
        self.later()

        action = self.wizard().action_send_and_print()

        self.assertIn("settled in NetSuite", action["params"]["message"])
        self.assertFalse(self.mails())
        self.assertIn("settled in NetSuite", self.notes())
        self.assertEqual(self.move.amount_residual, 0)
        # A copy of a paid invoice is nobody's reminder.
        self.wizard().action_send_and_print()
        self.assertEqual(len(self.mails()), 1)

    def test_clerk_who_may_not_see_the_connection_sends_what_is_still_open(self):
        clerk = new_test_user(
            self.env,
            "refreshing.clerk",
            groups="account.group_account_invoice",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )
        move = self.move.with_user(clerk)
        self.payment(self.harbour, 40, apply={self.invoice_id: 40})
        self.later()

        # As the list of invoices opens it.
        move.with_context(default_move_type="out_invoice").action_send_and_print()
        self.assertEqual(self.move.amount_residual, 60)
        self.wizard(move).action_send_and_print()

        self.assertEqual(len(self.mails()), 1)

    def test_invoice_paid_in_part_stops_the_mail_with_the_old_amount(self):
        wizard = self.wizard()
        self.payment(self.harbour, 40, apply={self.invoice_id: 40})
        self.later()

        action = wizard.action_send_and_print()

        self.assertIn("60.00", action["params"]["message"])
        self.assertFalse(self.mails())
        self.wizard().action_send_and_print()
        self.assertEqual(len(self.mails()), 1)

    def test_invoice_voided_meanwhile_is_not_sent(self):
        self.simulator.act("void", id=self.invoice_id)
        self.later()

        action = self.wizard().action_send_and_print()

        self.assertIn("has been reversed", action["params"]["message"])
        self.assertFalse(self.mails())

    def test_changed_documents_cost_calls_by_type_and_not_by_number(self):
        for _payment in range(4):
            self.payment(self.harbour, 5, apply={self.invoice_id: 5})
        self.later()

        self.move.action_send_and_print()

        self.assertEqual(self.move.amount_residual, 80)
        # Of invoices their rows and lines, of payments their links as well.
        self.assertEqual(len(self.calls()), QUIET_CALLS + 2 + 3)

    def test_outage_stops_no_mail_and_the_invoice_says_as_of_when(self):
        self.simulator.fault("502_html", times=None)

        self.wizard().action_send_and_print()

        self.assertEqual(len(self.mails()), 1)
        self.assertIn("could not be asked for the latest changes", self.notes())
        # Nobody waits for a second try.
        self.assertEqual(len(self.simulator.requests()), 1)

    def test_pause_makes_no_call_and_stops_no_mail(self):
        self.connection._pause("Month end")

        self.wizard().action_send_and_print()

        self.assertFalse(self.calls())
        self.assertEqual(len(self.mails()), 1)
        self.assertIn("as of", self.notes())

    def test_switched_off_nothing_is_asked(self):
        self.connection.refresh_before_reminder = False
        self.payment(self.harbour, 100, apply={self.invoice_id: 100})

        self.wizard().action_send_and_print()

        self.assertFalse(self.calls())
        self.assertEqual(len(self.mails()), 1)

    def test_queued_reminders_are_read_together_and_only_open_ones_go(self):
        quay = self.customer("Quay Ltd", email="ap@quay.example")
        other = self.invoice(quay, 70)
        self.drive(self.connection)
        moves = self.move | self.mirror(other)
        moves.is_move_sent = True
        self.wait()
        self.payment(self.harbour, 100, apply={self.invoice_id: 100})
        self.later()
        moves.sending_data = {
            "author_user_id": self.env.user.id,
            "author_partner_id": self.env.user.partner_id.id,
            "sending_methods": ["email"],
        }

        self.env["account.move"]._cron_account_move_send()

        self.assertEqual(len(self.calls()), QUIET_CALLS + 2 + 3)
        self.assertFalse(self.mails())
        comments = self.mirror(other).message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(len(comments), 1)
        self.assertFalse(any(moves.mapped("sending_data")))

    def test_queued_mail_survives_a_change_in_netsuite(self):
        queued = {"sending_methods": ["email"], "author_partner_id": 1, "author_user_id": 1}
        self.move.sending_data = queued
        self.simulator.act(
            "edit",
            type="invoice",
            id=self.invoice_id,
            body={"item": {"items": [{"item": {"id": self.ITEM}, "quantity": 1, "rate": 90}]}},
        )

        self.drive(self.connection)

        self.assertEqual(self.move.amount_total, 190)
        self.assertEqual(self.move.sending_data, queued)

    # === STATEMENT AND FOLLOW-UP === #

    def test_statement_is_printed_with_what_changed_and_says_as_of_when(self):
        self.payment(self.harbour, 100, apply={self.invoice_id: 100})
        self.later()

        action = self.partner.action_netsuite_print_statement()

        self.assertNotEqual(action["type"], "ir.actions.client")  # no warning
        self.assertEqual(self.move.amount_residual, 0)
        record = self.record_of(self.connection, "customer", self.harbour)
        self.assertGreater(record.refreshed_at, self.connection.in_step_at)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "kolleno_netsuite.netsuite_group_statement", self.partner.ids
        )[0]
        as_of = format_datetime(self.env, record.refreshed_at, dt_format="short")
        self.assertIn(as_of, html.decode())

    def test_statement_goes_on_with_a_warning_when_netsuite_does_not_answer(self):
        self.simulator.fault("502_html", times=None)

        action = self.partner.action_netsuite_send_statement()

        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(action["params"]["next"]["res_model"], "mail.compose.message")

    def test_customer_s_own_changes_are_read_as_well(self):
        self.simulator.act(
            "edit", type="customer", id=self.harbour, body={"email": "new@harbour.example"}
        )
        self.later()

        self.partner._netsuite_refresh_before_reminder()

        self.assertEqual(self.partner.email, "new@harbour.example")

    def test_enterprise_follow_up_reads_the_customer_first(self):
        seen = []
        model = type(self.env["res.partner"])

        def follow_up(partner, options=None):
            seen.append((options, self.move.amount_residual))
            return True

        self.payment(self.harbour, 100, apply={self.invoice_id: 100})
        self.later()
        with patch.object(model, "_execute_followup_partner", follow_up, create=True):
            self.env["res.partner"]._register_hook()

            done = self.partner._execute_followup_partner({"manual_followup": True})

        self.assertTrue(done)
        self.assertEqual(seen, [({"manual_followup": True}, 0)])
