from odoo import api, fields, models
from odoo.tools import SQL

from ...const import JOURNAL_TYPE
from .account_journal import OFFSET_TYPE


class NetsuiteSubsidiary(models.Model):
    """The account of a company for the other side of journals, as far as it is not mapped."""

    _inherit = "netsuite.subsidiary"

    offset_account_id = fields.Many2one(
        "account.account",
        compute="_compute_offset_account_id",
        inverse="_inverse_offset_account_id",
        compute_sudo=True,
        help="Journal entries are mirrored for their receivable lines. The other lines are booked "
        "on the accounts that they are mapped to; what is not mapped, and what is for excluded "
        "customers, is booked on this account. It is made with the first journal entry.",
    )
    offset_warning = fields.Char(compute="_compute_offset_warning", compute_sudo=True)
    has_journals = fields.Boolean(compute="_compute_offset_account_id", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_offset_account_id(self):
        for subsidiary in self:
            journal = subsidiary._offset_journal()
            subsidiary.offset_account_id = journal.default_account_id
            subsidiary.has_journals = bool(
                journal
                and self.env["account.move"].search_count(
                    [("journal_id", "=", journal.id), ("state", "=", "posted")], limit=1
                )
            )

    @api.depends("offset_account_id")
    def _compute_offset_warning(self):
        for subsidiary in self:
            subsidiary.offset_warning = subsidiary._offset_sentence(subsidiary.offset_account_id)

    def _inverse_offset_account_id(self):
        for subsidiary in self.filtered("company_id"):
            # sudo: account.journal - who sets a company up chooses the accounts of its mirror
            journals = self.env["account.journal"].sudo()
            journal = journals._netsuite_journal(
                subsidiary.connection_id, subsidiary.company_id, "general"
            )
            journal.default_account_id = subsidiary.offset_account_id

    # === ACTION METHODS === #

    def action_book_journals_again(self):
        """Book the company's journals again, on the accounts that are chosen now."""
        self.ensure_one()
        self.check_access("write")
        # sudo: netsuite.record - the sync's; who sets a company up decides what is booked
        records = self.env["netsuite.record"].sudo()
        booked, kept = records._book_again(
            self.connection_id.sudo(),
            self.company_id,
            SQL("record_type = %s", JOURNAL_TYPE),
        )
        return records._booked_again_notification(self.connection_id, booked, kept)

    # === BUSINESS METHODS === #

    def _offset_journal(self):
        """Return the journal of the company's mirrored journal entries, where there is one."""
        self.ensure_one()
        Journal = self.env["account.journal"]
        if not self.company_id:
            return Journal
        return Journal._netsuite_journal_of(self.connection_id, self.company_id, "general")

    def _offset_sentence(self, account):
        """Return what an offset account of another type than equity does to the statements."""
        if not account or account.account_type == OFFSET_TYPE:
            return False
        labels = dict(account._fields["account_type"]._description_selection(self.env))
        return self.env._(
            "%(account)s is of the type %(type)s: what journal entries post elsewhere in NetSuite, "
            "as write-offs, stands there. An account of the type Equity changes neither result nor "
            "current assets. Choose one, then book the journal entries again.",
            account=account.display_name,
            type=labels[account.account_type],
        )
