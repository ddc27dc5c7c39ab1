from odoo import fields, models


class NetsuiteConnection(models.Model):
    """Which mirrored items are followed up, and who is sent the statement of a group."""

    _inherit = "netsuite.connection"

    chase_journals = fields.Boolean(
        string="Follow Up Journal Entries",
        help="If this is on, debits of journal entries are overdue like invoices, in the "
        "overdue amounts here and in Odoo's follow-up reports, and their credits count "
        "against them. If it is off, they count in the balance, but nobody is reminded of "
        "them.",
    )

    statement_recipients = fields.Selection(
        [
            ("parent", "The top-level parent only"),
            ("members", "All members with an e-mail address"),
        ],
        string="Send Group Statements To",
        required=True,
        default="parent",
        help="Recipient of a customer group's statement when someone sends it.",
    )

    # === BUSINESS METHODS === #

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "chase_journals" in before:
            self.env["netsuite.follow.up"]._decide_of_journals(self)
