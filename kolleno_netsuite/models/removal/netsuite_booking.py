from odoo import api, models

from ...const import REFERENCE_TYPES, SYNC_CONTEXT


class NetsuiteBooking(models.AbstractModel):
    """Takes out of Odoo's books what NetSuite no longer has."""

    _inherit = "netsuite.booking"

    # === BUSINESS METHODS === #

    @api.model
    def _remove(self, records):
        """Take records out of Odoo's books that NetSuite positively says are gone.

        Posted entries are cancelled, or reversed where a lock date forbids that; a customer
        is archived unless something of it is open.

        :param records: `netsuite.record` rows of one connection.
        :return: number of records removed.
        """
        records = records.sudo().with_context(**SYNC_CONTEXT)
        for record_type, group in records.grouped("record_type").items():
            if record_type in REFERENCE_TYPES:
                group._flag_references()
            else:
                self._booker(group)._remove(group)
            group._mark_removed()
        self.env["netsuite.issue"].sudo()._settle(records)
        # Issues belong to the sync.
        self.env["netsuite.removal"].sudo()._note_leaving(records)
        return len(records)
