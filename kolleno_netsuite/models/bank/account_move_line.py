from odoo import fields, models
from odoo.tools import SQL

from ...const import BANK_DEPOSIT_TYPE
from .deposits import Deposits


class AccountMoveLine(models.Model):
    """What the bank got by a mirrored deposit is matched with the bank's statement, too."""

    _inherit = "account.move.line"

    netsuite_straight_to_bank = fields.Boolean(
        string="Posted Straight to the Bank",
        compute="_compute_netsuite_straight_to_bank",
        search="_search_netsuite_straight_to_bank",
        help="The money of a payment that NetSuite posted straight to a bank account, and that "
        "waits for the bank here.",
    )

    # === COMPUTE METHODS === #

    def _compute_netsuite_straight_to_bank(self):
        found = self.search([("id", "in", self.ids), ("netsuite_straight_to_bank", "=", True)])
        for line in self:
            line.netsuite_straight_to_bank = line in found

    def _search_netsuite_straight_to_bank(self, operator, value):
        if operator != "in":
            return NotImplemented
        connections = self.env["netsuite.connection"].search([("bank_deposits", "!=", "none")])
        self.env.flush_all()
        queries = [Deposits(connection).straight_to_bank_sql() for connection in connections]
        found = SQL(" UNION ALL ").join(queries) if queries else SQL("SELECT 0")
        return [("id", "in" if True in value else "not in", SQL("(%s)", found))]

    # === BUSINESS METHODS === #

    def _netsuite_money(self):
        others = self.filtered(
            lambda line: (
                line.move_id.netsuite_record_id
                and not (line.payment_id or line.netsuite_line)
                and line.account_id.reconcile
            )
        )
        # sudo: netsuite.record - only of which type it is; who matches need not see it
        deposits = others.filtered(
            lambda line: line.sudo().move_id.netsuite_record_id.record_type == BANK_DEPOSIT_TYPE
        )
        return super()._netsuite_money() | deposits
