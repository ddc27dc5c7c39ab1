from odoo import api, models

from ...const import BANK_DEPOSIT_TYPE, MONEY_TYPES
from .deposits import Deposits


class NetsuiteBooking(models.AbstractModel):
    """Books bank deposits, and lets them follow what becomes of their payments."""

    _inherit = "netsuite.booking"

    # === BUSINESS METHODS === #

    @api.model
    def _bookers(self):
        return {**super()._bookers(), BANK_DEPOSIT_TYPE: "netsuite.booking.bank.deposit"}

    @api.model
    def _removed(self, records):
        super()._removed(records)
        for connection, own in records.grouped("connection_id").items():
            deposits = Deposits(connection)
            deposits.follow(own.filtered(lambda record: record.record_type in MONEY_TYPES))
            gone = own.filtered(lambda record: record.record_type == BANK_DEPOSIT_TYPE)
            ids = {each for record in gone for each in record.deposited_ids or ()}
            deposits.note(ids)
