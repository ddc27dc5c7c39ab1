from odoo import api, models

from ...const import SYNC_CONTEXT


class NetsuiteRemoval(models.AbstractModel):
    """Customers that NetSuite has no more and that still have something open in Odoo."""

    _inherit = "netsuite.removal"

    # === BUSINESS METHODS === #

    @api.model
    def _note_leaving(self, records):
        """List those of `records` that are customers and cannot be archived yet."""
        for record in records.filtered(lambda record: record.record_type == "customer"):
            if self._staying(record):
                self.env["netsuite.issue"]._touch(
                    record.connection_id,
                    "removal",
                    f"leaving:{record.internal_id}",
                    self._leaving_title(record),
                    self.env._(
                        "Documents of a locked period stay where they are until its lock date is "
                        "moved back; those that wait for it are listed as Period locked. Once "
                        "nothing of the customer is open here, it is archived by itself."
                    ),
                    severity="1",
                    records=record,
                )

    @api.model
    def _finish_leaving(self, connection):
        """Archive the customers that were listed and have nothing open any more."""
        booker = self.env["netsuite.booking.customer"].with_context(**SYNC_CONTEXT)
        for issue in self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", "removal"),
                ("key", "=like", "leaving:%"),
                ("state", "!=", "solved"),
            ]
        ):
            gone = issue.record_ids.filtered(lambda record: record.state == "removed")
            booker._archivable(self._staying(gone)).active = False
            if not self._staying(gone):
                issue._solve()

    def _staying(self, records):
        """Return the active partners of customers; who signs in to Odoo stays in any case."""
        partners = self.env["netsuite.booking.customer"]._all_partners(records)
        return partners.filtered(lambda partner: partner.active and not partner.user_ids)

    def _leaving_title(self, record):
        if record.merged_into_id:
            return self.env._(
                "%(customer)s was merged into %(heir)s in NetSuite and still has open items in "
                "Odoo",
                customer=record.name,
                heir=record.merged_into_id.name,
            )
        return self.env._(
            "%s was deleted in NetSuite and still has open items in Odoo", record.name
        )
