from odoo import api, models

from ...const import WITHDRAWAL_CHUNK
from ..connection.isolation import isolate


class NetsuiteWithdrawal(models.AbstractModel):
    """Takes many customers out of the books in the background, some at a time.

    Each step is committed by itself, so that it goes on where it was stopped.
    """

    _inherit = "netsuite.withdrawal"

    # === BUSINESS METHODS === #

    @api.model
    def _plan(self, connection, internal_ids, effect):
        """Have customers taken out of the books; never commits.

        :param effect: a key of ``netsuite.record.withdrawal``; False to leave them in after all.
        """
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(internal_ids)),
                ("withdrawal", "!=", effect),
            ]
        )
        records.withdrawal = effect
        if records and effect:
            connection._poke("book")

    @api.model
    def _withdraw_waiting(self, connection):
        """Take some of the customers out that wait for it; never commits.

        :return: how many were looked at; 0 when nobody waits.
        """
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("withdrawal", "!=", False),
            ],
            order="id",
            limit=WITHDRAWAL_CHUNK,
        )
        for effect, group in records.grouped("withdrawal").items():
            self._withdraw_isolated(group, effect)
        return len(records)

    def _withdraw_isolated(self, records, effect):
        """Take customers out together; when Odoo refuses one, list that one."""
        connection = records.connection_id
        isolated = isolate(
            self.env,
            records,
            lambda part: self._withdraw(connection, part.mapped("internal_id"), effect == "cancel"),
        )
        for record, error in isolated.errors:
            failure = self.env["netsuite.booking"]._failure(error)
            self.env["netsuite.issue"]._touch(
                connection,
                "content",
                f"withdrawal:{failure.code}",
                self.env._("Customers that could not be taken out of Odoo: %s", failure.title),
                self.env._(
                    "They are left out from now on, and what is here stays. Correct what Odoo "
                    "refuses, and exclude them once more."
                ),
                severity="1",
                records=record,
                detail=f"{record.name}: {failure.title}",
            )
        # What was not tried waits for the next step.
        (records - isolated.rest).withdrawal = False
