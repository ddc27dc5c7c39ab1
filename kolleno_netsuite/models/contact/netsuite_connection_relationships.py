import itertools

from odoo import models
from odoo.tools import SQL, split_every

from ...client.errors import NetsuiteError
from ...client.suiteql import Query, rows
from ...const import PAGE_SIZE
from ..sync.netsuite_connection_steps import Step

TABLE = "companycontactrelationship"


class NetsuiteConnection(models.Model):
    """The daily check finds contacts that were attached or detached without being touched.

    Whether attaching a contact moves its date in NetSuite is documented nowhere.
    """

    _inherit = "netsuite.connection"

    # === DRIVERS === #

    def _daily_steps(self):
        return [*super()._daily_steps(), Step(10, self._drive_relationships)]

    def _drive_relationships(self):
        """Read contacts again that were attached or detached since they were read."""
        self.ensure_one()
        stream = self._contact_stream()
        shown = TABLE not in (stream.missing_columns or ())
        if stream.active and stream.phase == "regular" and shown:
            client = self._client()
            try:
                self._commit_unit(self._compare_relationships, client, client=client)
            except NetsuiteError as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                self._commit_unit(self._take_note_of_error, error, stream, client=client)

    # === UNITS === #

    def _compare_relationships(self, client):
        """Read contacts again whose customers are others than when they were read last.

        One call for each thousand relationships, and one for each thousand contacts that differ.

        :return: internal ids of the contacts that were read again.
        """
        self.ensure_one()
        query = Query(TABLE, "r").select("r.contact", "r.company").keyset("contact", "company")
        seen, changed = set(), []
        # The rows come in order and are many: grouped as they arrive, unlike by Odoo's own.
        by_contact = itertools.groupby(  # pylint: disable=bad-builtin-groupby
            rows(client.transport, query), key=lambda row: int(row["contact"])
        )
        found = ((contact, {int(row["company"]) for row in group}) for contact, group in by_contact)
        for batch in split_every(PAGE_SIZE, found):
            companies = dict(batch)
            seen.update(companies)
            changed += self._related_otherwise(companies)
        alone = self._related_before(seen)
        # Nothing at all, or many at once: a role lost its sight of them. That proves nothing.
        if seen and len(alone) <= self.env["netsuite.removal"]._limit(self, "contact"):
            changed += alone
        for ids in split_every(PAGE_SIZE, changed):
            self.env["netsuite.fetch"]._reread(self, client, "contact", ids)
        return changed

    def _related_otherwise(self, companies):
        """Return the contacts whose stored customers are not these.

        :param companies: {contact: its customers}, internal ids; contacts never read are left out.
        """
        records = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", self.id),
                ("record_type", "=", "contact"),
                ("internal_id", "in", list(companies)),
                ("state", "!=", "removed"),
            ],
            ["internal_id", "payload"],
        )
        return [
            record.internal_id
            for record in records
            if {int(row["company"]) for row in record.payload.get("companies") or ()}
            != companies[record.internal_id]
        ]

    def _related_before(self, seen):
        """Return the contacts that had customers when they were read and have none now."""
        # One statement: the ORM would read the payloads of all contacts.
        found = self.env.execute_query(
            SQL(
                """SELECT internal_id FROM netsuite_record
                   WHERE connection_id = %s AND record_type = 'contact' AND state <> 'removed'
                     AND jsonb_array_length(payload->'companies') > 0
                     AND internal_id <> ALL(%s) ORDER BY internal_id""",
                self.id,
                sorted(seen),
            )
        )
        return [internal_id for (internal_id,) in found]
