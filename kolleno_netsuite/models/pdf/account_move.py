from odoo import api, fields, models
from odoo.exceptions import UserError

from .pdf_fetcher import PdfFetcher


class AccountMove(models.Model):
    """The official PDF of a mirrored invoice or credit memo is NetSuite's."""

    _inherit = "account.move"

    netsuite_pdf_state = fields.Selection(
        [
            ("due", "Not fetched yet"),
            ("current", "Fetched"),
            ("missing", "None in NetSuite"),
            ("failed", "Could not be fetched"),
        ],
        string="PDF from NetSuite",
        compute="_compute_netsuite_pdf",
        # A user who may read the invoice may know of its PDF.
        compute_sudo=True,
    )
    netsuite_pdf_due = fields.Boolean(
        compute="_compute_netsuite_pdf",
        compute_sudo=True,
        help="Opening the document fetches its PDF.",
    )
    netsuite_pdf_source = fields.Selection(
        related="netsuite_record_id.pdf_source", string="PDF Comes From"
    )
    netsuite_pdf_fetched_at = fields.Datetime(
        related="netsuite_record_id.pdf_fetched_at", string="PDF Fetched"
    )
    netsuite_pdf_message = fields.Char(
        related="netsuite_record_id.pdf_message", string="About the PDF"
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "netsuite_record_id.pdf_state", "netsuite_record_id.last_modified")
    def _compute_netsuite_pdf(self):
        wanted = self._netsuite_pdf_wanted()
        (self - wanted).netsuite_pdf_state = False
        (self - wanted).netsuite_pdf_due = False
        for move in wanted:
            record = move.netsuite_record_id
            due = record._pdf_is_due(move)
            failed = record.pdf_state == "failed"
            move.netsuite_pdf_state = "due" if due and not failed else record.pdf_state
            connection = record.connection_id
            move.netsuite_pdf_due = (
                (due or record._pdf_files_due())
                and connection.state == "connected"
                and not connection._pdfs_paused()
            )

    # === ACTION METHODS === #

    def action_netsuite_get_pdf(self):
        """Fetch the PDFs of these documents from NetSuite now, whatever Odoo has of them."""
        self.check_access("read")
        wanted = self._netsuite_pdf_wanted()
        if not wanted:
            raise UserError(
                self.env._(
                    "No PDF available: only posted invoices and credit memos have one, and the "
                    "connection must not be set to Odoo's own report."
                )
            )
        problems = wanted._netsuite_fetch_pdfs(force=True)
        # sudo: netsuite.connection - only to notify the user
        connection = wanted.netsuite_record_id.connection_id[:1].sudo()
        if problems:
            return connection._notification("\n".join(problems.values()), "danger")
        return connection._notification(
            self.env._("PDF updated.")
            if len(wanted) == 1
            else self.env._("%s PDFs updated.", len(wanted)),
            "success",
        )

    def action_netsuite_show_pdf(self):
        """Open the PDF that was fetched from NetSuite."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/account.move/{self.id}/invoice_pdf_report_file"
            f"?filename={self.invoice_pdf_report_id.name}",
            "target": "new",
        }

    def action_netsuite_opened(self):
        """Fetch the PDF of a document that someone opens; called by the form after it is shown.

        :return: True when the form has something new to show.
        """
        self.ensure_one()
        self.check_access("read")
        if not self.netsuite_pdf_due:
            return False
        self._netsuite_fetch_pdfs()
        return True

    # === BUSINESS METHODS === #

    def _netsuite_pdf_wanted(self):
        """Return those documents whose official PDF is NetSuite's."""
        # sudo: netsuite.record, netsuite.connection - reading an invoice needs no access to its
        # settings
        records = self.sudo().netsuite_record_id._pdf_wanted()
        return self.filtered(
            lambda move: move.state == "posted" and move.sudo().netsuite_record_id in records
        )

    def _netsuite_fetch_pdfs(self, force=False):
        """Have NetSuite's present PDF of these documents where it is due; never commits.

        :param force: ask also for what is not due, and although NetSuite refused just now.
        :return: {move: sentence} of the documents whose PDF could not be had.
        """
        problems = {}
        # sudo: netsuite.record - users who see an invoice may have its PDF
        wanted = self._netsuite_pdf_wanted().sudo()
        wanted._netsuite_drop_unwanted(self.sudo() - wanted)
        for connection, moves in wanted.grouped(
            lambda move: move.netsuite_record_id.connection_id
        ).items():
            due = moves.filtered(
                lambda move: (
                    force
                    or move.netsuite_record_id._pdf_is_due(move)
                    or move.netsuite_record_id._pdf_files_due()
                )
            )
            for move in moves - due:
                if move.netsuite_record_id.pdf_state == "failed":
                    problems[move] = move.netsuite_record_id.pdf_message
            if due:
                problems |= due._netsuite_fetch_pdfs_of(connection, force)
        return {
            move: self.env._("%(document)s: %(problem)s", document=move.name, problem=problem)
            for move, problem in problems.items()
        }

    def _netsuite_fetch_pdfs_of(self, connection, force):
        """Fetch the PDFs of documents of one connection; return {move: problem}."""
        paused = not force and connection._pdfs_paused()
        if paused:
            lacking = self.filtered(lambda move: move.netsuite_record_id._pdf_is_due(move))
            return dict.fromkeys(lacking, f"{paused.title} {paused.advice or ''}".strip())
        try:
            client = connection._pdf_client()
        except UserError as error:
            lacking = self.filtered(lambda move: force or move.netsuite_record_id._pdf_is_due(move))
            return dict.fromkeys(lacking, str(error))
        if self.env.cr.readonly:
            # Routes that print begin so, and Odoo serves them once more with a cursor that may
            # write; locking says it before NetSuite is asked instead of afterwards.
            self.netsuite_record_id.lock_for_update()
        fetcher = PdfFetcher(connection, client)
        moves = {move.netsuite_record_id: move for move in self}
        failures = {}
        for records in self.netsuite_record_id.grouped("record_type").values():
            failures |= fetcher.fetch(records, whole=force)
        if failures:
            fetcher.note_although_undone(failures)
        connection._store_calls(client)
        self.invalidate_recordset(["netsuite_pdf_state", "netsuite_pdf_due"])
        return {moves[record]: record.pdf_message for record in failures}

    def _netsuite_drop_unwanted(self, others):
        """Let documents go whose PDF was NetSuite's while the settings now choose Odoo's."""
        for move in others.filtered(lambda move: move.netsuite_record_id.pdf_state == "current"):
            if move.netsuite_record_id.connection_id.pdf_source == "none":
                move.invoice_pdf_report_id._netsuite_keep_as_history()
                move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
                move.netsuite_record_id._advance(pdf_state=False)

    def _netsuite_other_files(self):
        """Return the other files of these documents that NetSuite has attached as well."""
        # sudo: netsuite.record - only whether there is one, each time an invoice is opened
        if not self.sudo().netsuite_record_id:
            return self.env["ir.attachment"]
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
                ("netsuite_file_id", "!=", 0),
            ]
        )

    def _netsuite_pdf_or_refuse(self):
        """Have the PDFs of these documents for someone who wants to read them now.

        :raise UserError: one of them has none; Odoo's own report never takes its place.
        """
        problems = self._netsuite_fetch_pdfs()
        lacking = self._netsuite_pdf_wanted().filtered(lambda move: not move.invoice_pdf_report_id)
        if lacking:
            raise UserError(
                "\n".join(problems.get(move) or move._netsuite_no_pdf() for move in lacking)
            )

    def _netsuite_no_pdf(self):
        return self.env._(
            "%(document)s has no PDF in NetSuite: %(reason)s",
            document=self.name,
            reason=self.netsuite_pdf_message or "",
        )

    def _netsuite_holds_mails(self):
        """Tell whether a mail waits for its PDF, as the connection's settings choose."""
        self.ensure_one()
        return self.netsuite_record_id.connection_id.pdf_on_failure == "hold"

    def _netsuite_sent_without(self, problem):
        """Return what the chatter says of a mail whose PDF could not be fetched."""
        if self.invoice_pdf_report_id:
            return self.env._("Sent with the PDF that was fetched before. %s", problem)
        return self.env._("Sent without the PDF. %s", problem)

    def _detach_attachments(self):
        # The PDF of the old amounts stays listed, and is not sent as a file beside the new one.
        # sudo: account.move - the PDF of the old amounts is the sync's
        self.sudo().invoice_pdf_report_id.netsuite_file_id = 0
        return super()._detach_attachments()

    # === WHERE ODOO HANDS OUT DOCUMENTS === #

    def _get_invoice_legal_documents(self, filetype, allow_fallback=False):
        # Without the fallback Odoo only asks what is there, for many documents at once.
        if filetype == "pdf" and allow_fallback:
            self._netsuite_pdf_or_refuse()
        return super()._get_invoice_legal_documents(filetype, allow_fallback=allow_fallback)

    def _get_invoice_legal_documents_all(self, allow_fallback=False):
        if allow_fallback:
            self._netsuite_pdf_or_refuse()
        return super()._get_invoice_legal_documents_all(allow_fallback=allow_fallback)
