from odoo import api, models

from ..const import MASS_REMOVAL, MASS_REMOVAL_FLOOR, MASS_REMOVAL_SHARE
from .netsuite_booking import SYNC_CONTEXT

# The names under which NetSuite's REST service reads single records.
REST_NAMES = {
    "invoice": "invoice",
    "creditmemo": "creditMemo",
    "customerpayment": "customerPayment",
    "journalentry": "journalEntry",
    "customerdeposit": "customerDeposit",
    "depositapplication": "depositApplication",
    "customerrefund": "customerRefund",
}


class NetsuiteRemoval(models.AbstractModel):
    """Takes out of the books what NetSuite deleted.

    That a query does not show a document proves nothing: a role may have lost its sight of it.
    Only NetSuite's own "there is no such record", asked for one document, counts.
    """

    _name = "netsuite.removal"
    _description = "NetSuite Removal"

    # === BUSINESS METHODS === #

    @api.model
    def _remove_missing(self, connection, client, record_type, ids):
        """Take documents out of the books that NetSuite says it no longer has; never commits.

        More of them than a person deletes in a day stop the removal: an issue asks.

        :param client: the `NetsuiteClient` to ask with.
        :param ids: internal ids that a query for exactly them did not show.
        :return: the internal ids that were removed.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", list(ids)),
                ("state", "!=", "removed"),
            ]
        )
        if len(records) > self._limit(connection, record_type):
            self._ask(connection, record_type, records)
            return []
        return self._remove_gone(client, records).mapped("internal_id")

    @api.model
    def _remove_gone(self, client, records):
        """Remove those of `records` that NetSuite, asked for each, does not have.

        :return: the records that were removed.
        """
        gone = records.filtered(
            lambda record: (
                not client.records.exists(REST_NAMES[record.record_type], record.internal_id)
            )
        )
        if gone:
            # Whoever asked, it is the sync that writes the books.
            self.env["netsuite.booking"].sudo().with_context(**SYNC_CONTEXT)._remove(gone)
        return gone

    @api.model
    def _limit(self, connection, record_type):
        """Return how many documents of a type may go at once without asking."""
        known = self.env["netsuite.record"].search_count(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("state", "!=", "removed"),
            ]
        )
        share = known * MASS_REMOVAL_SHARE // 100
        return min(MASS_REMOVAL, max(MASS_REMOVAL_FLOOR, share))

    @api.model
    def _ask(self, connection, record_type, records):
        labels = self.env["netsuite.record"]._record_type_labels()
        self.env["netsuite.issue"]._touch(
            connection,
            "removal",
            f"removal:{record_type}",
            self.env._(
                "NetSuite no longer shows many documents that Odoo has (%s)", labels[record_type]
            ),
            self.env._(
                "Check first that the role of the integration still sees them all. If they "
                "were deleted in NetSuite, take them out of the books: each is asked for once "
                "more, and only what NetSuite does not have is cancelled or reversed."
            ),
            records=records,
        )
