from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_pdf_portal import DocumentHttpCase


@tagged("post_install", "-at_install")
class TestDocumentTour(DocumentHttpCase):
    def test_accountant_opens_an_invoice_and_finds_its_pdf(self):
        move = self.mirrored(self.invoice(self.harbour, 120))
        new_test_user(
            self.env,
            login="pdf_tour",
            groups="base.group_user,account.group_account_invoice,"
            "kolleno_netsuite.group_netsuite_accountant",
            company_id=move.company_id.id,
            company_ids=[Command.set(move.company_id.ids)],
        )

        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{move.id}",
            "kolleno_netsuite_document",
            login="pdf_tour",
        )

        # Opening asked once, the button once more.
        self.assertEqual(self.document_calls(), ["print", "print"])
