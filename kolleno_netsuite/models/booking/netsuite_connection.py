from odoo import api, fields, models

from ...const import (
    BOOK_CHUNK,
    JOURNAL_TYPE,
)


class NetsuiteConnection(models.Model):
    """Which documents besides invoices, credits and payments are mirrored, and how."""

    _inherit = "netsuite.connection"

    sync_journals = fields.Boolean(
        string="Mirror Journal Entries",
        compute="_compute_sync_journals",
        inverse="_inverse_sync_journals",
        help="Lines of journal entries on receivables become open items of their customers. If "
        "this is off, journals are no longer read: what is booked stays, and payments of "
        "a journal that is not here wait. When it is switched on again, everything that "
        "changed in the meantime is read.",
    )
    journal_items = fields.Selection(
        [("line", "Each line by itself"), ("customer", "Net per customer")],
        string="Open Items of a Journal Entry",
        required=True,
        default="line",
        help="Each line by itself: a journal entry that debits and credits one customer leaves "
        "both open, as NetSuite does. Net per customer: what is open on both is set off "
        "within the journal entry, so that only the difference is open in Odoo. "
        "NetSuite's own lines, amounts and applications stay, and the reconciliation "
        "still compares line by line.",
    )
    journal_items_changed = fields.Boolean(
        copy=False, help="The way journals are open was changed; booked entries follow."
    )

    # === COMPUTE METHODS === #

    @api.depends("stream_ids.active")
    def _compute_sync_journals(self):
        for connection in self:
            stream = connection._journal_stream()
            connection.sync_journals = stream.active if stream else True

    def _inverse_sync_journals(self):
        """Read journals or leave it; a stream that was off goes on where it ended."""
        for connection in self:
            wanted = connection.sync_journals
            stream = connection._journal_stream()
            if stream.active != wanted:
                stream.write({"active": wanted, "next_read_at": False})

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        if "sync_journals" in vals:
            # Its stream was made after the values were set.
            self.sync_journals = vals["sync_journals"]

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "journal_items" in before:
            self.journal_items_changed = True
            self._trigger_cron("book")

    # === BUSINESS METHODS === #

    def _follow_journal_items(self):
        """Set off, or take back, a part of what is booked after the choice changed; never commits.

        :return: number of entries that changed; 0 when nothing is left.
        """
        self.ensure_one()
        if not self.journal_items_changed:
            return 0
        Application = self.env["netsuite.booking"]._applications()
        if self.journal_items == "customer":
            changed = Application._set_off_isolated(self, BOOK_CHUNK)
        else:
            lines = Application.env["account.move.line"].search(
                [
                    ("move_id.netsuite_record_id.connection_id", "=", self.id),
                    ("netsuite_set_off", "!=", 0),
                ],
                limit=BOOK_CHUNK,
            )
            changed = Application._take_back_isolated(self, lines.move_id)
        if not changed:
            self.journal_items_changed = False
        return changed

    def _journal_stream(self):
        """Return the stream of journals, also when it is switched off."""
        self.ensure_one()
        # sudo: netsuite.stream - written by the sync; the user sees this setting on the connection
        streams = self._origin.sudo().with_context(active_test=False).stream_ids
        return streams.filtered(lambda stream: stream.record_type == JOURNAL_TYPE)

    def _book_pending(self, record_type, ids=()):
        """Book what is pending of one type, without committing."""
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.id),
                ("record_type", "=", record_type),
                ("state", "=", "pending"),
                *([("internal_id", "in", list(ids))] if ids else []),
            ]
        )
        for start in range(0, len(records), BOOK_CHUNK):
            self.env["netsuite.booking"]._book_chunk(records[start : start + BOOK_CHUNK])
