from odoo.tests import tagged

from ..support.pdf_case import DocumentCase


@tagged("post_install", "-at_install")
class TestDocumentFetch(DocumentCase):
    """Which PDF is the official one, and how often NetSuite is asked for it."""

    def test_pdf_is_fetched_when_the_document_is_opened_first(self):
        invoice = self.invoice(self.harbour, 120)
        self.drive(self.connection)
        self.assertEqual(self.document_calls(), [])
        move = self.record_of(self.connection, "invoice", invoice)._target()
        self.assertEqual(move.netsuite_pdf_state, "due")

        self.assertTrue(self.open(move))
        self.assertEqual(self.document_calls(), ["print"])
        self.assertFalse(self.open(move))

        self.assertEqual(self.document_calls(), ["print"])
        self.assertTrue(move.invoice_pdf_report_id.raw.startswith(b"%PDF-"))
        self.assert_official(move, move.invoice_pdf_report_id.raw)
        self.assertEqual(move.netsuite_pdf_source, "generated")

    def test_changed_document_is_fetched_once_more_and_the_old_pdf_kept(self):
        invoice = self.invoice(self.harbour, 120)
        move = self.mirrored(invoice)
        self.open(move)
        before = move.invoice_pdf_report_id
        old = before.raw

        self.edit(invoice, memo="Thank you for your order")
        self.assertEqual(move.netsuite_pdf_state, "due")
        self.open(move)
        self.open(move)

        self.assertEqual(self.document_calls(), ["print"])
        self.assertNotEqual(move.invoice_pdf_report_id.raw, old)
        self.assertEqual(self.history(move), before)
        self.assertEqual((before.raw, before.res_field), (old, False))
        self.assertIn("until", before.name)

    def test_amount_changed_in_netsuite_leaves_no_old_pdf_behind(self):
        invoice = self.invoice(self.harbour, 120)
        move = self.mirrored(invoice)
        self.open(move)

        self.edit(invoice, item={"items": [{"line": 1, "rate": 150}]})

        self.assertEqual(move.amount_total, 150)
        self.assertFalse(move.invoice_pdf_report_id)
        self.open(move)
        self.assert_official(move, move.invoice_pdf_report_id.raw)

    def test_document_that_did_not_change_keeps_its_attachment(self):
        move = self.mirrored(self.invoice(self.harbour, 120))
        self.open(move)
        before = move.invoice_pdf_report_id

        move.action_netsuite_get_pdf()

        self.assertEqual(self.document_calls(), ["print", "print"])
        self.assertEqual(move.invoice_pdf_report_id, before)
        self.assertFalse(self.history(move))

    def test_credit_memo_has_its_pdf_as_well(self):
        memo = self.credit_memo(self.harbour, 40)
        move = self.mirrored(memo, record_type="creditmemo")

        self.open(move)

        (call,) = [c for c in self.simulator.requests() if "restlet" in c["path"]]
        self.assertIn(f"type=creditmemo&id={memo}", call["query"])
        self.assert_official(move, move.invoice_pdf_report_id.raw)

    def test_form_and_language_are_told_to_netsuite(self):
        move = self.mirrored(self.invoice(self.harbour), pdf_form="105", pdf_locale="de_DE")

        self.open(move)

        (call,) = [c for c in self.simulator.requests() if "restlet" in c["path"]]
        self.assertIn("&form=105&locale=de_DE", call["query"])

    def test_odoo_s_report_asks_netsuite_nothing(self):
        move = self.mirrored(self.invoice(self.harbour), pdf_source="none")

        self.assertFalse(self.open(move))

        self.assertEqual(self.document_calls(), [])
        self.assertFalse(move.netsuite_pdf_state)

    def test_other_settings_make_the_pdf_due(self):
        move = self.mirrored(self.invoice(self.harbour))
        self.open(move)

        self.connection.pdf_locale = "fr_FR"
        self.open(move)
        self.assertEqual(self.document_calls(), ["print", "print"])
        self.connection.pdf_source = "none"
        move._netsuite_fetch_pdfs()

        self.assertFalse(move.invoice_pdf_report_id)
        self.assertEqual(len(self.history(move)), 1)

    def test_voided_document_has_no_pdf_to_fetch(self):
        invoice = self.invoice(self.harbour)
        self.simulator.act("void", id=invoice)
        move = self.mirrored(invoice)

        self.assertEqual(move.state, "cancel")
        self.assertFalse(self.open(move))
        self.assertEqual(self.document_calls(), [])
