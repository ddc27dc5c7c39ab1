from odoo import models

from .follow_up import FollowUp


class NetsuiteBookingJournal(models.AbstractModel):
    """New items of journals are followed up only where the connection wants them chased."""

    _inherit = "netsuite.booking.journal"

    # === BUSINESS METHODS === #

    def _entries_written(self, draft, entries):
        super()._entries_written(draft, entries)
        FollowUp(self.env).mark_journal(draft.record.connection_id, entries)
