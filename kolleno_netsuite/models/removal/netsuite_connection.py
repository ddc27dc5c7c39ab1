from functools import partial

from odoo import api, fields, models

from ...client.errors import NetsuiteError
from ...const import PAGE_SIZE
from ..sync.netsuite_connection_driving import Work
from ..sync.netsuite_connection_steps import Step
from .deleted_records import NOT_HIDDEN, DeletedRecords
from .merged_customers import MergedCustomers
from .removal import Removal
from .withdrawal import Withdrawal


class NetsuiteConnection(models.Model):
    """Following what NetSuite deletes, and who is excluded: settings, and the drivers' part."""

    _inherit = "netsuite.connection"

    track_deletions = fields.Boolean(
        string="Follow Deletions",
        default=True,
        help="At each synchronisation, ask NetSuite what was deleted there. Odoo never "
        "deletes: an invoice is cancelled, or reversed in a locked period, its payments "
        "and credits become unapplied, and customers and contacts are archived. If this "
        "is off, the daily check and the comparison of all IDs still find what is gone.",
    )
    deletions_read_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Everything that NetSuite deleted before this time was checked.",
    )
    deletions_hidden_since = fields.Datetime(
        readonly=True, copy=False, help="Since when NetSuite does not show its deleted records."
    )
    deletions_missing_columns = fields.Json(
        default=list, copy=False, help="Columns of the deleted records that this account lacks."
    )

    # === WORKS === #

    @api.model
    def _works(self):
        work = Work(self.env._("Following deletions"), cron="fetch")
        return {**super()._works(), "deletions": work}

    # === DRIVERS === #

    def _heal_steps(self):
        finish = Removal(self).finish_leaving
        return [*super()._heal_steps(), Step(40, partial(self._commit_unit, finish))]

    def _weekly_steps(self, client, run, on_progress):
        follow = partial(self._follow_deletions, client, run)
        return [*super()._weekly_steps(client, run, on_progress), Step(50, follow)]

    def _fetch_deletions(self, client, run):
        """Read what NetSuite deleted since the last time, and follow it.

        A role that may not see deletions stops nothing: a banner says so.

        :return: False when reading has to stop altogether.
        """
        if not self.track_deletions:
            return self._follow_deletions(client, run)
        deleted = DeletedRecords(self, client)
        while True:
            try:
                since, until, read_until = deleted.window()
                for rows in deleted.pages(since, until):
                    self._commit_unit(deleted.land, rows, client=client, run=run, processed=0)
                self._commit_unit(deleted.close, read_until, client=client, run=run, processed=0)
                break
            except NetsuiteError as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                if error.kind in NOT_HIDDEN:
                    return self._note_and_go_on(error, client, run)
                if not self._commit_unit(deleted.do_without, error, client=client, run=run):
                    break
        return self._follow_deletions(client, run)

    def _follow_deletions(self, client, run):
        """Hold back what is too much, ask for what is only suspected, follow merged customers.

        :return: False when reading has to stop altogether.
        """
        removal = Removal(self)
        try:
            self._commit_unit(removal.hold_back, processed=0)
            while self._commit_unit(
                removal.ask_for_suspected, client, client=client, run=run, processed=0
            ):
                pass
            self._follow_merges(client, run)
            self._commit_unit(self._went_well, "deletions", processed=0)
        except NetsuiteError as error:
            return self._note_and_go_on(error, client, run)
        return True

    def _note_and_go_on(self, error, client, run):
        """Keep what NetSuite refused where people look; return whether to read on.

        The streams meet a passing trouble themselves, and each waits for its next try.
        """
        reading = self._commit_refused(error, "deletions", client=client, run=run)
        return reading or error.is_passing

    def _follow_merges(self, client, run):
        """Read all again that was a deleted customer's, a page per commit."""
        merged = MergedCustomers(self, client)
        for customer in merged.waiting():
            after = 0
            while records := merged.moved_documents(customer, after, PAGE_SIZE):
                after = records[-1].id
                self._commit_unit(merged.reread, records, client=client, run=run, processed=0)
            self._commit_unit(merged.reread_children, customer, client=client, run=run, processed=0)

    def _take_out_deleted(self, record_types):
        """Take out of the books what NetSuite deleted, one chunk per commit."""
        while self._commit_unit(Removal(self).take_out, record_types, processed=0):
            pass

    def _take_out_withdrawn(self):
        """Take out the customers that wait for it, some per commit.

        :return: False when the time of the cron is over first, or somebody paused it.
        """
        while self._commit_unit(Withdrawal(self).withdraw_waiting):
            self.env.invalidate_all()
            if self._is_interrupted("book"):
                return False
        return True
