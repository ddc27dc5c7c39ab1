import io
from collections import OrderedDict

from odoo import models


class IrActionsReport(models.Model):
    """Printing a mirrored invoice prints NetSuite's PDF."""

    _inherit = "ir.actions.report"

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        official = self._netsuite_official(report_ref, res_ids)
        if official and len(official) == len(set(res_ids)):
            return official, "pdf"
        return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        official = self._netsuite_official(report_ref, res_ids)
        if not official:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        rest = [res_id for res_id in res_ids if res_id not in official]
        rendered = {}
        if rest:
            rendered = super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=rest)
        # In the order in which they were asked for; what Odoo could not tell apart comes last.
        streams = {**rendered, **official}
        ordered = OrderedDict((res_id, streams.pop(res_id)) for res_id in res_ids)
        ordered.update(streams)
        return ordered

    def _netsuite_official(self, report_ref, res_ids):
        """Return the streams of those documents whose official PDF is NetSuite's.

        :param res_ids: ids of the report's records, or one id.
        :return: {id: {"stream", "attachment"}} as `_render_qweb_pdf_prepare_streams` returns.
        :raise UserError: the PDF of one of them cannot be had.
        """
        if not res_ids or not self._is_invoice_report(report_ref):
            return {}
        ids = [res_ids] if isinstance(res_ids, int) else res_ids
        moves = self.env["account.move"].browse(ids)._netsuite_pdf_wanted()
        moves._netsuite_pdf_or_refuse()
        return OrderedDict(
            (
                move.id,
                {
                    "stream": io.BytesIO(move.invoice_pdf_report_id.raw),
                    "attachment": move.invoice_pdf_report_id,
                },
            )
            for move in moves
        )
