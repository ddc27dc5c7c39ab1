from functools import partial

from odoo import fields, models

from ...const import BOOK_CHUNK, SYNC_CONTEXT
from ..connection.hook import hook
from ..sync.netsuite_connection_steps import Step


class NetsuiteConnection(models.Model):
    """What journal entries set off by themselves, and that what was unapplied is applied again."""

    _inherit = "netsuite.connection"

    journal_items = fields.Selection(
        [("line", "Each line by itself"), ("customer", "Net per customer")],
        string="Open Items of a Journal Entry",
        required=True,
        default="line",
        help="Each line by itself: a journal entry that debits and credits one customer leaves "
        "both open, as NetSuite does. Net per customer: what is open on both is set off "
        "within the journal entry, so that only the difference is open in Odoo. "
        "NetSuite's own lines, amounts and applications stay, and the reconciliation "
        "still compares line by line.",
    )
    journal_items_changed = fields.Boolean(
        copy=False, help="The way journals are open was changed; booked entries follow."
    )

    # === CRUD METHODS === #

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "journal_items" in before:
            self.sudo().journal_items_changed = True  # sudo: netsuite.connection - only noted
            self._trigger_cron("book")

    # === BUSINESS METHODS === #

    @hook
    def _uses_netsuite_rates(self, record_type):
        """Tell whether documents of a type are booked at NetSuite's rates."""
        self.ensure_one()
        return self.use_netsuite_rates

    def _follow_journal_items(self):
        """Set off, or take back, a part of what is booked after the choice changed; never commits.

        :return: number of entries that changed; 0 when nothing is left.
        """
        self.ensure_one()
        if not self.journal_items_changed:
            return 0
        Application = self.env["netsuite.booking.application"].with_context(**SYNC_CONTEXT)
        # sudo: account.move, account.partial.reconcile - the sync alone applies what it mirrors
        Application = Application.sudo()
        if self.journal_items == "customer":
            changed = Application._set_off_isolated(self, BOOK_CHUNK)
        else:
            lines = Application.env["account.move.line"].search(
                [
                    ("move_id.netsuite_record_id.connection_id", "=", self.id),
                    ("netsuite_set_off", "!=", 0),
                ],
                limit=BOOK_CHUNK,
            )
            changed = Application._take_back_isolated(self, lines.move_id)
        if not changed:
            self.journal_items_changed = False
        return changed

    # === DRIVERS === #

    def _heal_steps(self):
        take_up = self.env["netsuite.application"]._take_up_undone
        return [*super()._heal_steps(), Step(50, partial(self._commit_unit, take_up, self))]
