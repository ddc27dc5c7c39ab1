from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..support.pdf_case import FIELD, OTHER_PDF, PDF, DocumentCase


@tagged("post_install", "-at_install")
class TestDocumentHeld(DocumentCase):
    """E-mails that wait for their PDF: seen, warned of, and sent by themselves."""

    def held(self, **settings):
        """Return an invoice whose e-mail is held because NetSuite refuses its files."""
        move = self.mirrored(self.invoice(self.harbour), pdf_on_failure="hold", **settings)
        self.simulator.fault("permission_files", times=None)
        self.action = self.send(move, mail_body="<p>As agreed</p>", mail_subject="Your bill")
        return move

    def send(self, move, mail_body=None, mail_subject=None):
        wizard = (
            move.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        if mail_body:
            wizard.write({"body": mail_body, "subject": mail_subject})
        return wizard.action_send_and_print()

    def mails(self, move):
        move.invalidate_recordset()
        return move.message_ids.filtered(lambda message: message.message_type == "comment")

    def notes(self, move):
        return " ".join(str(body) for body in move.message_ids.mapped("body"))

    def works_again(self, move):
        """Let NetSuite hand out files, and the time for the next try come."""
        self.simulator.clear_faults()
        ago = fields.Datetime.now() - timedelta(hours=1, minutes=1)
        move.netsuite_record_id.pdf_next_try = ago
        self.open_issues(self.connection, "document").last_seen = ago
        self.simulator.clear_requests()

    def cron(self):
        self.env["netsuite.connection"]._cron_documents()
        self.env.invalidate_all()

    def test_held_mail_is_said_on_the_document_in_the_issues_and_to_the_sender(self):
        move = self.held()

        self.assertEqual(self.mails(move), self.env["mail.message"])
        self.assertTrue(move.netsuite_held_at)
        self.assertIn("Documents and Files", move.netsuite_held_reason)
        self.assertIn("has been held", self.action["params"]["message"])
        self.assertIn("held until NetSuite delivers the PDF", self.notes(move))
        self.assertIn(
            "E-mails are held until their PDF comes from NetSuite",
            self.open_issues(self.connection, "document").mapped("title"),
        )
        self.assertFalse(move.is_move_sent)
        self.assertIn(
            move, move.search([("netsuite_held_at", "!=", False)]), "the list can be filtered"
        )

    def test_held_mail_is_sent_by_itself_as_it_was_written_once_the_pdf_is_there(self):
        move = self.held()
        self.works_again(move)

        self.cron()

        (mail,) = self.mails(move)
        self.assertIn("As agreed", str(mail.body))
        self.assertEqual(mail.subject, "Your bill")
        self.assertEqual(mail.attachment_ids.raw, move.invoice_pdf_report_id.raw)
        self.assertFalse(move.netsuite_held_at)
        self.assertTrue(move.is_move_sent)
        self.assertEqual(self.document_calls(), ["print"])
        self.assertFalse(self.open_issues(self.connection, "document"))

        self.cron()

        self.assertEqual(len(self.mails(move)), 1)

    def test_held_mail_goes_with_the_pdf_of_the_changed_document_alone(self):
        old = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": old}})
        move = self.mirrored(
            invoice, pdf_source="field", pdf_field_invoice=FIELD, pdf_on_failure="hold"
        )
        self.open(move)
        self.assert_official(move, PDF)
        new = self.upload("signed again.pdf", OTHER_PDF)
        self.edit(invoice, **{FIELD: {"id": new}})
        self.simulator.fault("permission_files", times=None)
        self.send(move)
        self.works_again(move)

        self.cron()

        (mail,) = self.mails(move)
        self.assertEqual(mail.attachment_ids.mapped("raw"), [OTHER_PDF])

    def test_held_mail_waits_on_while_netsuite_refuses(self):
        move = self.held()
        self.simulator.clear_requests()

        self.cron()

        # What NetSuite refused for good is not asked for every ten minutes.
        self.assertFalse(self.document_calls())
        self.assertFalse(self.mails(move))
        self.assertTrue(move.netsuite_held_at)

    def test_held_mail_asks_again_every_hour_and_not_every_ten_minutes(self):
        move = self.held()
        in_an_hour = fields.Datetime.now() + timedelta(hours=1)
        self.assertLessEqual(move.netsuite_record_id.pdf_next_try, in_an_hour)
        ago = fields.Datetime.now() - timedelta(hours=1, minutes=1)
        move.netsuite_record_id.pdf_next_try = ago
        self.open_issues(self.connection, "document").last_seen = ago
        self.simulator.clear_requests()

        self.cron()
        self.cron()

        self.assertEqual(self.document_calls(), ["print"])
        self.assertFalse(self.mails(move))

    def test_pdf_that_somebody_gets_of_another_document_lets_the_mail_go_at_once(self):
        other = self.invoice(self.harbour, 70)
        move = self.held()
        other = self.record_of(self.connection, "invoice", other)._target()
        self.simulator.clear_faults()
        cron = self.env.ref("kolleno_netsuite.ir_cron_documents")
        triggers = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)

        other.action_netsuite_get_pdf()

        self.assertGreater(self.env["ir.cron.trigger"].search_count(triggers), before)
        self.cron()
        self.assertEqual(len(self.mails(move)), 1)

    def test_file_added_to_a_held_mail_is_sent_with_it_and_not_kept(self):
        move = self.mirrored(self.invoice(self.harbour), pdf_on_failure="hold")
        self.simulator.fault("permission_files", times=None)
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        added = self.env["ir.attachment"].create(
            {"name": "note.txt", "raw": b"note", "res_model": wizard._name, "res_id": wizard.id}
        )
        wizard.mail_attachments_widget = [
            *(wizard.mail_attachments_widget or []),
            {"id": added.id, "name": added.name, "mimetype": added.mimetype, "manual": True},
        ]
        wizard.action_send_and_print()
        wizard.unlink()
        self.works_again(move)

        self.cron()

        (mail,) = self.mails(move)
        self.assertIn(b"note", mail.attachment_ids.mapped("raw"))
        self.assertFalse(added.exists())

    def test_mail_of_a_document_that_is_cancelled_meanwhile_is_not_sent(self):
        move = self.held()
        self.simulator.act("void", id=move.netsuite_internal_id)
        self.drive(self.connection)

        self.cron()

        self.assertFalse(self.mails(move))
        self.assertFalse(move.netsuite_held_at)
        self.assertIn("is not sent", self.notes(move))

    def test_person_sends_without_the_pdf_or_not_at_all(self):
        move = self.held()
        move.action_netsuite_send_held_without()
        self.assertEqual(len(self.mails(move)), 1)
        self.assertFalse(self.mails(move).attachment_ids)
        self.assertFalse(move.netsuite_held_at)

        self.send(move)
        self.assertTrue(move.netsuite_held_at)
        move.action_netsuite_drop_held()

        self.assertFalse(move.netsuite_held_at)
        self.cron()
        self.assertEqual(len(self.mails(move)), 1)
        self.assertFalse(
            self.open_issues(self.connection, "document").filtered(
                lambda issue: issue.key == "document:held"
            )
        )

    def test_try_again_now_says_what_came_of_it(self):
        move = self.held()

        refused = move.action_netsuite_send_held()
        self.simulator.clear_faults()
        sent = move.action_netsuite_send_held()

        self.assertEqual(refused["params"]["type"], "warning")
        self.assertIn("Documents and Files", refused["params"]["message"])
        self.assertEqual(sent["params"]["type"], "success")
        self.assertEqual(len(self.mails(move)), 1)

    def test_held_mail_goes_without_once_the_settings_say_so(self):
        move = self.held()
        self.connection.pdf_on_failure = "send"

        self.cron()

        self.assertEqual(len(self.mails(move)), 1)
        self.assertIn("Sent without the PDF", self.notes(move))

    def test_invoice_clerk_may_hold_send_and_drop(self):
        move = self.mirrored(self.invoice(self.harbour), pdf_on_failure="hold")
        clerk = new_test_user(
            self.env,
            "held.clerk",
            groups="account.group_account_invoice",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )
        self.simulator.fault("permission_files", times=None)
        mine = move.with_user(clerk)

        self.send(mine)
        self.assertTrue(mine.netsuite_held_at)
        self.works_again(move)
        self.cron()

        # It comes from its author, not from the program.
        self.assertEqual(self.mails(move).create_uid, clerk)
        self.assertFalse(mine.netsuite_held_at)
        mine.is_move_sent = False
        self.simulator.fault("permission_files", times=None)
        move.netsuite_record_id.pdf_asked = False
        self.send(mine)
        self.assertTrue(mine.netsuite_held_at)
        mine.action_netsuite_send_held_without()
        self.assertEqual(len(self.mails(move)), 2)

    def test_file_that_the_sender_may_not_read_is_not_held_for_him(self):
        move = self.mirrored(self.invoice(self.harbour), pdf_on_failure="hold")
        self.simulator.fault("permission_files", times=None)
        clerk = new_test_user(
            self.env,
            "held.thief",
            groups="account.group_account_invoice",
            company_id=self.main_company.id,
            company_ids=[Command.set(self.main_company.ids)],
        )
        secret = self.env["ir.attachment"].create(
            {"name": "secret", "raw": b"x", "res_model": "ir.cron", "res_id": 1}
        )
        for manual in (True, False):
            wizard = (
                self.env["account.move.send.wizard"]
                .with_user(clerk)
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({})
            )
            wizard.mail_attachments_widget = [
                {"id": secret.id, "name": "secret", "mimetype": "text/plain", "manual": manual}
            ]
            with self.assertRaises(AccessError):
                wizard.action_send_and_print()
        self.assertFalse(move.netsuite_held_at)
        with self.assertRaises(AccessError):
            move.with_user(clerk).netsuite_held_mails = [{"mail_body": "x"}]

    # === WHAT AN ERROR UNDOES === #

    def test_print_that_fails_leaves_the_issue_and_the_calls(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.fault("permission_files", times=None)
        self.connection._commit_unit(list)  # what was there before the request
        calls = self.env["netsuite.call"].search_count([])

        with self.assertRaisesRegex(UserError, "Documents and Files"):
            move._get_invoice_legal_documents("pdf", True)
        # What Odoo does with a request that ended in an error.
        self.env.cr.rollback()
        self.env.invalidate_all()

        self.assertEqual(move.netsuite_pdf_state, "failed")
        self.assertTrue(self.open_issues(self.connection, "document"))
        self.assertGreater(self.env["netsuite.call"].search_count([]), calls)
