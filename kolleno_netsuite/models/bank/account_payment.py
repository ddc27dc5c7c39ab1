from odoo import models

from .deposits import Deposits


class AccountPayment(models.Model):
    """What a person matched with the bank, no deposit takes there once more."""

    _inherit = "account.payment"

    # === BUSINESS METHODS === #

    def _netsuite_follow_deposits(self):
        """Have the bank deposits booked again that have these payments."""
        # sudo: netsuite.record - matching with the bank needs no right on the sync's tables
        records = self.sudo().netsuite_record_id
        for connection, own in records.grouped("connection_id").items():
            Deposits(connection).follow(own)
