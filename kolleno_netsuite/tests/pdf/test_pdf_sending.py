from odoo.exceptions import UserError
from odoo.tests import tagged

from ..support.pdf_case import DOCX, FIELD, OTHER_PDF, PDF, DocumentCase


@tagged("post_install", "-at_install")
class TestDocumentSending(DocumentCase):
    """Mails and prints carry NetSuite's PDF, or none; never a report of Odoo."""

    def signed(self, **settings):
        """Return a mirrored invoice whose document field holds `PDF`."""
        scan = self.upload("signed.pdf")
        invoice = self.invoice(self.harbour, **{FIELD: {"id": scan}})
        source = {"pdf_source": "field", "pdf_field_invoice": FIELD, **settings}
        return self.mirrored(invoice, **source)

    def wizard(self, moves):
        kind = "wizard" if len(moves) == 1 else "batch.wizard"
        return (
            self.env[f"account.move.send.{kind}"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({})
        )

    def mailed(self, move):
        """Return the files of the mails of a document: [{name: contents}]."""
        move.invalidate_recordset()
        mails = move.message_ids.filtered(lambda message: message.message_type == "comment")
        return [{file.name: file.raw for file in mail.attachment_ids} for mail in mails]

    def report(self, moves):
        Report = self.env["ir.actions.report"]
        return Report._render_qweb_pdf("account.account_invoices", moves.ids)

    # === MAIL === #

    def test_mail_carries_netsuite_s_pdf(self):
        move = self.signed()

        self.wizard(move).action_send_and_print()

        self.assertEqual([list(mail.values()) for mail in self.mailed(move)], [[PDF]])
        self.assertTrue(move.is_move_sent)
        self.assert_official(move, PDF)
        self.assertEqual(len(self.document_calls()), 1)

    def test_mail_carries_the_new_pdf_only_when_the_old_one_was_known_already(self):
        move = self.signed()
        self.open(move)
        again = self.upload("signed again.pdf", OTHER_PDF)
        self.edit(move.netsuite_internal_id, **{FIELD: {"id": again}})

        self.wizard(move).action_send_and_print()

        self.assertEqual([list(mail.values()) for mail in self.mailed(move)], [[OTHER_PDF]])

    def test_mail_goes_without_pdf_and_says_so_when_it_cannot_be_had(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.fault("permission_files", times=None)

        self.wizard(move).action_send_and_print()

        self.assertEqual(self.mailed(move), [{}])
        notes = " ".join(move.message_ids.mapped("body"))
        self.assertIn("Sent without the PDF", notes)
        self.assertIn("Documents and Files", notes)
        self.assertFalse(move.invoice_pdf_report_id)

    def test_mail_of_a_job_is_held_and_what_is_no_mail_is_refused(self):
        move = self.mirrored(self.invoice(self.harbour), pdf_on_failure="hold")
        self.simulator.fault("permission_files", times=None)

        with self.assertRaisesRegex(UserError, "Documents and Files"):
            self.env["account.move.send"]._generate_and_send_invoices(
                move, sending_methods=["manual"]
            )
        self.assertFalse(move.netsuite_held_at)
        # As Odoo's own jobs send: what fails is noted, not raised.
        move._generate_and_send(allow_fallback_pdf=True)

        self.assertEqual(self.mailed(move), [])
        self.assertTrue(move.netsuite_held_at)
        self.assertFalse(move.is_move_sent)

    def test_batch_sends_each_with_its_own_pdf_and_holds_only_what_fails(self):
        first, second = self.invoice(self.harbour, 10), self.invoice(self.harbour, 20)
        letter = self.upload("order.docx", DOCX)
        third = self.invoice(self.harbour, 30, **{FIELD: {"id": letter}})
        scans = {}
        for invoice in (first, second):
            scans[invoice] = PDF + str(invoice).encode()
            scan = self.upload(f"{invoice}.pdf", scans[invoice])
            self.simulator.act("edit", type="invoice", id=invoice, body={FIELD: {"id": scan}})
        moves = self.mirrored(
            *(first, second, third),
            pdf_source="field_only",
            pdf_field_invoice=FIELD,
            pdf_on_failure="hold",
        )

        self.wizard(moves).action_send_and_print()
        self.env["account.move"]._cron_account_move_send()

        for move in moves:
            invoice = move.netsuite_internal_id
            expected = [[scans[invoice]]] if invoice in scans else []
            self.assertEqual([list(mail.values()) for mail in self.mailed(move)], expected)
        self.assertFalse(moves.filtered("sending_data"))

    def test_mail_of_a_document_without_pdf_in_netsuite_shows_no_placeholder(self):
        move = self.mirrored(
            self.invoice(self.harbour), pdf_source="field_only", pdf_field_invoice=FIELD
        )
        self.open(move)
        wizard = self.wizard(move)
        self.assertFalse(wizard.mail_attachments_widget)

        wizard.action_send_and_print()

        self.assertEqual(self.mailed(move), [{}])

    def test_other_attachments_are_sent_with_it(self):
        invoice = self.invoice(self.harbour)
        self.upload("order.docx", DOCX, attach_to=invoice)
        move = self.mirrored(invoice, pdf_attachments=True)

        self.wizard(move).action_send_and_print()

        (mail,) = self.mailed(move)
        self.assertEqual(len(mail), 2)
        self.assertEqual(mail["order.docx"], DOCX)

    def test_reminder_by_template_carries_netsuite_s_pdf_or_none(self):
        move = self.signed()
        template = self.env.ref("account.email_template_edi_invoice")
        template.report_template_ids = self.env.ref("account.account_invoices")

        def attached():
            results = template._generate_template([move.id], ("report_template_ids",))
            return [base64_text for _name, base64_text in results[move.id]["attachments"]]

        self.assertEqual(len(attached()), 1)
        self.simulator.switches(document_restlet=False)
        move.invoice_pdf_report_id.res_field = False
        self.env.invalidate_all()
        self.assertEqual(attached(), [])
        self.connection.pdf_on_failure = "hold"
        with self.assertRaisesRegex(UserError, "not deployed"):
            attached()

    def test_letter_by_post_is_made_only_of_a_document_with_a_pdf(self):
        moves = self.mirrored(self.invoice(self.harbour, 10), self.invoice(self.harbour, 20))
        Letter = self.env["snailmail.letter"]
        moves.partner_id.write(
            {
                "street": "1 Quay",
                "city": "Boston",
                "zip": "02110",
                "country_id": self.env.ref("base.us").id,
            }
        )
        fetched, without = moves
        fetched._netsuite_fetch_pdfs()
        self.simulator.fault("permission_files", times=None)

        for move in moves:
            self.env["account.move.send"]._generate_and_send_invoices(
                move, sending_methods=["snailmail"]
            )

        # Rendering one without a PDF later would stop the queue of all letters.
        letters = Letter.search([("model", "=", "account.move"), ("res_id", "in", moves.ids)])
        self.assertEqual(letters.mapped("res_id"), fetched.ids)
        self.assertIn("Not sent by post", " ".join(without.message_ids.mapped("body")))

    # === PRINT AND DOWNLOAD === #

    def test_print_button_prints_netsuite_s_pdf(self):
        move = self.signed()

        content, kind = self.report(move)

        self.assertEqual((content, kind), (PDF, "pdf"))
        self.assertEqual(move._get_invoice_legal_documents("pdf", True)["content"], PDF)
        self.assertEqual(move._get_invoice_legal_documents_all(True)[0]["content"], PDF)
        self.assertEqual(len(self.document_calls()), 1)

    def test_print_says_why_there_is_no_pdf(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.simulator.switches(document_restlet=False)

        for reading in (
            lambda: self.report(move),
            lambda: move._get_invoice_legal_documents("pdf", True),
            lambda: move._get_invoice_legal_documents_all(True),
            lambda: move._get_invoice_pdf_proforma(),
        ):
            with self.assertRaisesRegex(UserError, "not deployed"):
                reading()

    def test_print_menu_of_a_list_asks_netsuite_nothing(self):
        moves = self.mirrored(self.invoice(self.harbour, 10), self.invoice(self.harbour, 20))

        moves.get_extra_print_items()

        self.assertEqual(self.document_calls(), [])

    def test_odoo_s_own_invoice_keeps_odoo_s_report(self):
        self.mirrored(self.invoice(self.harbour))
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.main_company.id,
                "partner_id": self.env["res.partner"].create({"name": "Own"}).id,
                "invoice_line_ids": [(0, 0, {"name": "Lantern", "price_unit": 5})],
            }
        )
        move.action_post()

        content, _kind = self.report(move)

        self.assertIn(b"Lantern", content)
        self.assertEqual(self.document_calls(), [])
