from odoo import api, fields, models

from ..const import JOURNAL_TYPE


class NetsuiteConnection(models.Model):
    """Which documents besides invoices, credits and payments are mirrored."""

    _inherit = "netsuite.connection"

    sync_journals = fields.Boolean(
        string="Mirror Journal Entries",
        compute="_compute_sync_journals",
        inverse="_inverse_sync_journals",
        help="Lines of journal entries on receivables become open items of their customers. "
        "When off, journals are not read any more: what is booked stays, and what payments pay "
        "of a journal that is not here waits. Switched on again, all that changed meanwhile is "
        "read. Kolleno activates this on request; here it is on by default.",
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

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        for connection, vals in zip(connections, vals_list, strict=True):
            if "sync_journals" in vals:
                # Its stream was made after the values were set.
                connection.sync_journals = vals["sync_journals"]
        return connections

    # === BUSINESS METHODS === #

    def _journal_stream(self):
        """Return the stream of journals, also when it is switched off."""
        self.ensure_one()
        # Streams belong to the sync; whoever sees the connection sees this setting.
        streams = self._origin.sudo().with_context(active_test=False).stream_ids
        return streams.filtered(lambda stream: stream.record_type == JOURNAL_TYPE)
