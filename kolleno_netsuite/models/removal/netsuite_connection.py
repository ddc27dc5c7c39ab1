from functools import partial

from odoo import api, fields, models

from ...client.errors import ErrorKind, NetsuiteError
from ...const import PAGE_SIZE
from ..sync.netsuite_connection_driving import Work
from ..sync.netsuite_connection_steps import Step
from .netsuite_removal_deleted_records import NOT_HIDDEN


class NetsuiteConnection(models.Model):
    """Following what NetSuite deletes: settings, and the drivers' part."""

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
        finish = self.env["netsuite.removal"]._finish_leaving
        return [*super()._heal_steps(), Step(40, partial(self._commit_unit, finish, self))]

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
        Removal = self.env["netsuite.removal"]
        while True:
            try:
                since, until, read_until = Removal._window(self, client)
                for deletions in Removal._pages(self, client, since, until):
                    self._commit_unit(
                        *(Removal._land_deletions, self, deletions, client.clock),
                        client=client,
                        run=run,
                        processed=0,
                    )
                self._commit_unit(
                    *(Removal._close_deletions, self, read_until),
                    client=client,
                    run=run,
                    processed=0,
                )
                break
            except NetsuiteError as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                if error.kind in NOT_HIDDEN:
                    return self._note_and_go_on(error, client, run)
                if not self._commit_unit(Removal._do_without, self, error, client=client, run=run):
                    break
        return self._follow_deletions(client, run)

    def _follow_deletions(self, client, run):
        """Hold back what is too much, ask for what is only suspected, follow merged customers.

        :return: False when reading has to stop altogether.
        """
        Removal = self.env["netsuite.removal"]
        try:
            self._commit_unit(Removal._hold_back, self, Removal._followed_types(), processed=0)
            while self._commit_unit(
                Removal._ask_for_suspected, self, client, client=client, run=run, processed=0
            ):
                pass
            for customer in self._merging_customers():
                self._follow_merge(client, run, customer)
        except NetsuiteError as error:
            self.env.cr.rollback()
            self.env.invalidate_all()
            return self._note_and_go_on(error, client, run)
        return True

    def _note_and_go_on(self, error, client, run):
        """Keep what NetSuite refused where people look; return whether to read on.

        The streams meet a passing trouble themselves, and each waits for its next try.
        """
        reading = self._commit_unit(self._take_note_of_error, error, None, client=client, run=run)
        return reading or error.kind in (ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY)

    def _merging_customers(self):
        """Return the deleted customers whose documents may be another customer's now."""
        Record = self.env["netsuite.record"]
        waiting = Record.search(
            Record._waiting_removals(self, ("certain", "cleared"), ["customer"])
        )
        return waiting.filtered(lambda customer: not customer.merged_into_id)

    def _follow_merge(self, client, run, customer):
        """Read all that was a deleted customer's again, a page per commit."""
        Removal = self.env["netsuite.removal"]
        after = 0
        while records := Removal._moved_documents(self, customer, after, PAGE_SIZE):
            after = records[-1].id
            self._commit_unit(
                *(Removal._reread_moved, self, client, records),
                client=client,
                run=run,
                processed=0,
            )
        self._commit_unit(
            *(Removal._reread_children, self, client, customer),
            client=client,
            run=run,
            processed=0,
        )

    def _take_out_deleted(self, record_types):
        """Take out of the books what NetSuite deleted, one chunk per commit."""
        while self._commit_unit(
            self.env["netsuite.removal"]._take_out, self, record_types, processed=0
        ):
            pass
