from odoo import fields, models

from .follow_up import FollowUp


class NetsuiteConnection(models.Model):
    """Which mirrored items are followed up."""

    _inherit = "netsuite.connection"

    chase_journals = fields.Boolean(
        string="Follow Up Journal Entries",
        help="If this is on, debits of journal entries are overdue like invoices, in the "
        "overdue amounts here and in Odoo's follow-up reports, and their credits count "
        "against them. If it is off, they count in the balance, but nobody is reminded of "
        "them.",
    )
    refresh_before_reminder = fields.Boolean(
        string="Refresh Before a Reminder",
        default=True,
        tracking=True,
        help="Before a statement is printed or sent, and before an invoice is sent again, the "
        "customer's latest changes are read from NetSuite in two small calls. What has "
        "been settled there is not sent. If NetSuite does not answer, it is sent as it "
        "stands in Odoo.",
    )

    # === BUSINESS METHODS === #

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "chase_journals" in before:
            FollowUp(self.env).decide_of_journals(self)
