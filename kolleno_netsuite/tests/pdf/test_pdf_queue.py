from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..support.pdf_case import DocumentCase

RESTLET = "GET /app/site/hosting/restlet"


@tagged("post_install", "-at_install")
class TestDocumentQueue(DocumentCase):
    """PDFs fetched in advance: after booking, one at a time, open documents only."""

    companies = 2

    def states(self, moves):
        moves.invalidate_recordset()
        return moves.mapped("netsuite_pdf_state")

    def test_open_documents_are_fetched_in_advance_and_settled_ones_are_not(self):
        still_open, settled = self.invoice(self.harbour, 10), self.invoice(self.harbour, 20)
        self.payment(self.harbour, 20, apply={settled: 20})
        memo = self.credit_memo(self.harbour, 5)
        moves = self.mirrored(still_open, settled, pdf_in_advance=True)
        credit_note = self.record_of(self.connection, "creditmemo", memo)._target()
        self.assertEqual(self.document_calls(), [])

        self.env["netsuite.connection"]._cron_documents()
        self.env["netsuite.connection"]._cron_documents()

        self.assertEqual(self.document_calls(), ["print", "print"])
        self.assertEqual(self.states(moves + credit_note), ["current", "due", "current"])
        self.open(moves[1])
        self.assertEqual(self.states(moves), ["current", "current"])

    def test_nothing_is_fetched_in_advance_unless_wanted(self):
        moves = self.mirrored(self.invoice(self.harbour))

        self.env["netsuite.connection"]._cron_documents()

        self.assertEqual(self.document_calls(), [])
        self.assertEqual(self.states(moves), ["due"])

    def test_outside_of_the_hours_only_persons_get_pdfs(self):
        move = self.mirrored(self.invoice(self.harbour), pdf_in_advance=True)
        hour = self.connection._local_now().hour
        later = {"hours_from": hour + 1, "hours_to": 24}
        closed = later if hour < 23 else {"hours_from": 0, "hours_to": hour}
        self.connection.write({"hours_limited": True, "hours_weekdays": False, **closed})

        self.connection._drive_pdfs()
        self.assertEqual(self.document_calls(), [])
        self.open(move)

        self.assertEqual(self.states(move), ["current"])

    def test_changed_document_comes_again_with_the_next_round(self):
        invoice = self.invoice(self.harbour)
        move = self.mirrored(invoice, pdf_in_advance=True)
        self.connection._drive_pdfs()
        self.edit(invoice, memo="Changed")

        self.connection._drive_pdfs()

        self.assertEqual(self.document_calls(), ["print"])
        self.assertEqual(self.states(move), ["current"])

    def test_refused_script_stops_the_round_and_no_booking(self):
        moves = self.mirrored(
            *(self.invoice(self.harbour, amount) for amount in (10, 20, 30)), pdf_in_advance=True
        )
        self.simulator.switches(document_restlet=False)

        self.connection._drive_pdfs()
        self.assertEqual(self.document_calls(), ["print"])
        late = self.invoice(self.harbour, 40)
        self.drive(self.connection)

        self.assertEqual(self.record_of(self.connection, "invoice", late).state, "booked")
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.states(moves)[0], "failed")
        self.assert_balances(self.connection)

    def test_one_bad_document_costs_itself_only(self):
        moves = self.mirrored(
            *(self.invoice(self.harbour, amount) for amount in (10, 20, 30)), pdf_in_advance=True
        )
        self.simulator.fault("contents_cut", after=1)

        self.connection._drive_pdfs()

        self.assertEqual(self.document_calls(), ["print", "print", "print"])
        self.assertEqual(self.states(moves), ["current", "failed", "current"])

    def test_each_company_has_its_own_documents(self):
        kettle = self.customer("Kettle", subsidiary=self.UK, currency=self.GBP)
        moves = self.mirrored(self.invoice(self.harbour, 10), self.invoice(kettle, 20))
        self.assertEqual(len(moves.company_id), 2)
        user = new_test_user(
            self.env,
            login="pdf_us",
            groups="base.group_user,account.group_account_invoice",
            company_id=moves[0].company_id.id,
            company_ids=[Command.set(moves[0].company_id.ids)],
        )

        self.assertTrue(moves[0].with_user(user).action_netsuite_opened())
        with self.assertRaises(AccessError):
            moves[1].with_user(user).action_netsuite_opened()
        with self.assertRaises(AccessError):
            moves[1].with_user(user).action_netsuite_get_pdf()
        self.open(moves[1])

        for move in moves:
            self.assert_official(move, move.invoice_pdf_report_id.raw)
        self.assertTrue(moves[0].with_user(user).invoice_pdf_report_id.raw)
        self.assertFalse(
            self.env["ir.attachment"]
            .with_user(user)
            .search([("id", "=", moves[1].invoice_pdf_report_id.id)])
        )

    def test_print_of_both_companies_keeps_the_order(self):
        kettle = self.customer("Kettle", subsidiary=self.UK, currency=self.GBP)
        moves = self.mirrored(self.invoice(self.harbour, 10), self.invoice(kettle, 20))

        streams = self.env["ir.actions.report"]._render_qweb_pdf_prepare_streams(
            "account.account_invoices", {}, res_ids=moves[::-1].ids
        )

        self.assertEqual(list(streams), moves[::-1].ids)
        for move in moves:
            content = streams[move.id]["stream"].getvalue()
            self.assertEqual(content, move.invoice_pdf_report_id.raw)
