from odoo import api, models

# Odoo's way to send by post, where its module for that is installed.
BY_POST = "snailmail"


class AccountMoveSend(models.AbstractModel):
    """E-mails of mirrored documents carry NetSuite's PDF, or none.

    One whose PDF could not be had is held where the settings say so, and sent later.
    """

    _inherit = "account.move.send"

    @api.model
    def _get_placeholder_mail_attachments_data(
        self, move, invoice_edi_format=None, extra_edis=None, pdf_report=None
    ):
        data = super()._get_placeholder_mail_attachments_data(
            move,
            invoice_edi_format=invoice_edi_format,
            extra_edis=extra_edis,
            pdf_report=pdf_report,
        )
        if move._netsuite_pdf_wanted() and move.netsuite_pdf_state == "missing":
            name = f"placeholder_{move._get_invoice_report_filename(report=pdf_report)}"
            return [attachment for attachment in data if attachment["id"] != name]
        return data

    @api.model
    def _get_invoice_extra_attachments(self, move):
        return super()._get_invoice_extra_attachments(move) | move._netsuite_other_files()

    @api.model
    def _generate_invoice_documents(self, invoices_data, allow_fallback_pdf=False):
        moves = self.env["account.move"].union(*invoices_data)
        before = {move: self._get_invoice_extra_attachments(move) for move in moves}
        problems = moves._netsuite_fetch_pdfs()
        for move, invoice_data in invoices_data.items():
            gone = before[move] - self._get_invoice_extra_attachments(move)
            self._netsuite_without(invoice_data, gone)
        for move, problem in problems.items():
            invoice_data = invoices_data[move]
            if self._netsuite_holds(move):
                if "email" in (invoice_data.get("sending_methods") or ()):
                    invoice_data["netsuite_held"] = problem
                invoice_data["error"] = {
                    "error_title": self.env._(
                        "Nothing was sent, because the PDF could not be fetched from NetSuite."
                    ),
                    "errors": [problem],
                }
            else:
                invoice_data["netsuite_without_pdf"] = problem
        return super()._generate_invoice_documents(
            invoices_data, allow_fallback_pdf=allow_fallback_pdf
        )

    @api.model
    def _netsuite_holds(self, move):
        """Tell whether what is sent of a document waits for its PDF.

        A person who looked at it may have decided to send it without.
        """
        return move._netsuite_holds_mails() and not self.env.context.get("netsuite_without_pdf")

    @api.model
    def _netsuite_without(self, invoice_data, gone):
        """Take the files that were just replaced off the files of a mail."""
        if "mail_attachments_widget" in invoice_data:
            # An empty list comes back from the dialog as False, which Odoo does not expect.
            invoice_data["mail_attachments_widget"] = [
                attachment
                for attachment in invoice_data["mail_attachments_widget"] or []
                if attachment["id"] not in gone.ids
            ]

    @api.model
    def _prepare_invoice_pdf_report(self, invoices_data):
        own = {
            invoice: invoice_data
            for invoice, invoice_data in invoices_data.items()
            if not invoice._netsuite_pdf_wanted()
        }
        if own:
            super()._prepare_invoice_pdf_report(own)

    @api.model
    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        # Other modules put something into the PDF that Odoo has just made; there is none of a
        # document that goes out without NetSuite's.
        if not invoice._netsuite_pdf_wanted():
            super()._hook_invoice_document_after_pdf_report_render(invoice, invoice_data)

    @api.model
    def _generate_invoice_fallback_documents(self, invoices_data):
        # A mail that is held is held; a pro-forma of Odoo would not be the customer's invoice.
        super()._generate_invoice_fallback_documents(
            {
                invoice: invoice_data
                for invoice, invoice_data in invoices_data.items()
                if not invoice._netsuite_pdf_wanted()
            }
        )

    @api.model
    def _hook_if_success(self, moves_data, from_cron=False):
        for move, move_data in moves_data.items():
            if not move._netsuite_pdf_wanted():
                continue
            # Odoo marks as sent what it has just made a PDF for.
            move.is_move_sent = True
            move_data.setdefault("proforma_pdf_attachment", self.env["ir.attachment"])
            problem = move_data.get("netsuite_without_pdf")
            if not problem and not move.invoice_pdf_report_id:
                problem = move._netsuite_no_pdf()
            if problem and "email" in move_data["sending_methods"]:
                move._message_log(body=move._netsuite_sent_without(problem))
            if BY_POST in move_data["sending_methods"] and not move.invoice_pdf_report_id:
                self._netsuite_no_letter(move, move_data, problem)
        return super()._hook_if_success(moves_data, from_cron=from_cron)

    @api.model
    def _netsuite_no_letter(self, move, move_data, problem):
        """Make no letter of a document without PDF: it would stop all other letters in the queue.

        :param move_data: what the document is sent with; it is changed.
        :param problem: why there is no PDF, in words.
        """
        methods = move_data["sending_methods"]
        move_data["sending_methods"] = [method for method in methods if method != BY_POST]
        move._message_log(
            body=self.env._("Not sent by post, because there is no PDF to print. %s", problem)
        )

    @api.model
    def _hook_if_errors(self, moves_data, allow_raising=True):
        others = {}
        for move, move_data in moves_data.items():
            reason = move_data.get("netsuite_held")
            if reason:
                move.with_env(self.env)._netsuite_check_files(move_data)
                # sudo: account.move - sending needs no right on held e-mails
                move.sudo()._netsuite_hold(move_data, reason)
            else:
                others[move] = move_data
        if others:
            super()._hook_if_errors(others, allow_raising=allow_raising)
