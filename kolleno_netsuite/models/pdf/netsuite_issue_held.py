from odoo import Command, api, models

HELD_KEY = "document:held"


class NetsuiteIssue(models.Model):
    """E-mails that wait for their PDF, in one line for all of them."""

    _inherit = "netsuite.issue"

    # === BUSINESS METHODS === #

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
                "They are sent by themselves. Each document says why, and offers to send it "
                "without the PDF or not at all."
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
            connection._poke("documents")
