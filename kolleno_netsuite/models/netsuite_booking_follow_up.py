from odoo import api, models


class NetsuiteBookingTransaction(models.AbstractModel):
    """What is booked is followed up, or held back from it, at once."""

    _inherit = "netsuite.booking.transaction"

    # === BUSINESS METHODS === #

    @api.model
    def _drafts_booked(self, drafts, outcome):
        super()._drafts_booked(drafts, outcome)
        records = self.env["netsuite.record"].union(*(draft.record for draft in drafts))
        self.env["netsuite.follow.up"]._decide_of_records(records)


class NetsuiteBookingJournal(models.AbstractModel):
    _inherit = "netsuite.booking.journal"

    def _entries_written(self, draft, entries):
        super()._entries_written(draft, entries)
        self.env["netsuite.follow.up"]._mark_journal(draft.record.connection_id, entries)
