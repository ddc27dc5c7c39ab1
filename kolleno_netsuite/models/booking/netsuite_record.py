from odoo import models

from ...const import TRANSACTION_TYPES
from ..connection.hook import hook


class NetsuiteRecord(models.Model):
    """What booking notes of records that NetSuite no longer has, or has as voided."""

    _inherit = "netsuite.record"

    # === BUSINESS METHODS === #

    @hook
    def _mark_removed(self):
        """Note that NetSuite no longer has these records; they left the books."""
        self._advance("removed", message=False)
        self.filtered(lambda record: record.record_type in TRANSACTION_TYPES)._note_unproved()

    @hook
    def _mark_voided(self, voided):
        """Follow that NetSuite has these transactions as voided, or no longer has.

        :param voided: whether they are.
        """
