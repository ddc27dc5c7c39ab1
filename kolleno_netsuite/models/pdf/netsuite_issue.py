from odoo import Command, api, fields, models

from ..record.netsuite_issue import Fix
from .pdf_fetcher import SETUP_CODES

HELD_KEY = "document:held"


class NetsuiteIssue(models.Model):
    """Troubles with the PDFs of invoices and credit memos, and the e-mails held for one."""

    _inherit = "netsuite.issue"

    kind = fields.Selection(selection_add=[("document", "PDF")], ondelete={"document": "cascade"})

    # === BUSINESS METHODS === #

    @api.model
    def _fixes(self):
        check = self.env._("Check the connection")
        settings = Fix(check, "_open_setup", lambda issue: issue._is_about_settings())
        return {**super()._fixes(), "document": [settings]}

    @api.model
    def _retries(self):
        return {**super()._retries(), "document": "_retry_pdfs"}

    def _is_about_settings(self):
        return self.key == "document:setup" or self.key.startswith("document:field")

    @api.model
    def _pdf_trouble(self, record, error):
        """List why a document has no PDF, or not the wanted one.

        :param record: its `netsuite.record`.
        :param error: the `NetsuiteError`; not one that passes by itself.
        """
        connection = record.connection_id
        title, advice = connection._error_sentences(error)
        key = f"document:{error.code.lower()}"
        if error.code in SETUP_CODES:
            key = "document:setup"
        elif error.code == "UNKNOWN_COLUMN":
            field = connection._pdf_field(record.record_type)
            key = f"document:field:{field}"
            title = self.env._("NetSuite does not know the document field %s", field)
            advice = self.env._(
                "Correct the field's ID in the connection's settings under PDFs, or let the "
                "role see the field."
            )
        elif error.code == "NO_PDF":
            # One line for all of them; each document says which file it is.
            title = self.env._(
                "A document field or attached file contains something other than a PDF"
            )
        self._touch(
            connection,
            "document",
            key,
            title,
            advice,
            severity="1",
            records=record,
            detail=str(error),
        )

    @api.model
    def _pdfs_work(self, record, about_file=True):
        """Close what stopped a document whose PDF is there now.

        :param record: its `netsuite.record`.
        :param about_file: the wanted file came, not another one instead.
        """
        open_issues = [
            ("connection_id", "=", record.connection_id.id),
            ("kind", "=", "document"),
            ("state", "!=", "solved"),
        ]
        setup = self.search([*open_issues, ("key", "=", "document:setup")])
        setup._solve()
        stopping = [*open_issues, ("record_ids", "in", record.ids)]
        for issue in self.search(stopping) if about_file else ():
            issue.record_ids = [Command.unlink(record.id)]
            issue._count_records()
            if not issue.record_count:
                issue._solve()
        if setup:
            self._try_held(record.connection_id)

    def _retry_pdfs(self):
        """Let the documents that miss a PDF ask for it when it is needed next."""
        records = self.record_ids
        records.pdf_asked = False
        # What still stops them lists them anew.
        self._solve()
        for connection in records.connection_id:
            connection._trigger_cron("documents")
        return len(records)

    @api.model
    def _mail_held(self, move):
        """List that an e-mail of a document waits for its PDF."""
        record = move.netsuite_record_id
        self._touch(
            record.connection_id,
            "document",
            HELD_KEY,
            self.env._("E-mails are held until their PDF comes from NetSuite"),
            self.env._(
                "They are sent automatically. Each document gives the reason, and lets you "
                "send it without the PDF or not at all."
            ),
            severity="1",
            records=record,
        )

    @api.model
    def _mail_released(self, move):
        """Take a document off that line; the line closes when nothing is held."""
        record = move.netsuite_record_id
        issue = self.search(
            [
                ("connection_id", "=", record.connection_id.id),
                ("key", "=", HELD_KEY),
                ("state", "!=", "solved"),
            ]
        )
        issue.record_ids = [Command.unlink(record.id)]
        issue._count_records()
        issue.filtered(lambda each: not each.record_count)._solve()

    @api.model
    def _try_held(self, connection):
        """Try at once what waits for its PDF: what stopped all PDFs is over."""
        held = connection._held_moves()
        if held:
            held.netsuite_record_id.filtered(
                lambda each: each.pdf_state == "failed"
            ).pdf_next_try = False
            connection._trigger_cron("documents")
