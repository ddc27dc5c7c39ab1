from odoo import models
from odoo.exceptions import UserError


class MailTemplate(models.Model):
    """Reminders and other mails by template: with NetSuite's PDF, or without one."""

    _inherit = "mail.template"

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        lacking = self._netsuite_lacking(res_ids, render_fields)
        if not lacking:
            return super()._generate_template_attachments(
                res_ids, render_fields, render_results=render_results
            )
        results = super()._generate_template_attachments(
            [res_id for res_id in res_ids if res_id not in lacking],
            render_fields,
            render_results=render_results,
        )
        without_report = [name for name in render_fields if name != "report_template_ids"]
        results = super()._generate_template_attachments(
            list(lacking), without_report, render_results=results
        )
        for res_id in lacking:
            results[res_id].setdefault("attachments", [])
        return results

    def _netsuite_lacking(self, res_ids, render_fields):
        """Return the ids of the documents that this mail goes out for without their PDF.

        :raise UserError: the connection's settings hold such a mail.
        """
        reports = self.report_template_ids.filtered("is_invoice_report")
        if self.model != "account.move" or "report_template_ids" not in render_fields:
            return set()
        if not reports:
            return set()
        moves = self.env["account.move"].browse(res_ids)
        problems = moves._netsuite_fetch_pdfs()
        lacking = moves._netsuite_pdf_wanted().filtered(lambda move: not move.invoice_pdf_report_id)
        # sudo: netsuite.connection - the sender need not have access to its settings
        held = lacking.filtered(
            lambda move: move in problems and move.sudo()._netsuite_holds_mails()
        )
        if held:
            raise UserError("\n".join(problems[move] for move in held))
        for move in lacking:
            problem = problems.get(move) or move._netsuite_no_pdf()
            move._message_log(body=move._netsuite_sent_without(problem))
        return set(lacking.ids)
