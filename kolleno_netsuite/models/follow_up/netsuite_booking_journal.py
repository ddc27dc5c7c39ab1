from odoo import models


class NetsuiteBookingJournal(models.AbstractModel):
    """New items of journals are followed up only where the connection wants them chased."""

    _inherit = "netsuite.booking.journal"

    # === BUSINESS METHODS === #

    def _entries_written(self, draft, entries):
        super()._entries_written(draft, entries)
        self.env["netsuite.follow.up"]._mark_journal(draft.record.connection_id, entries)
