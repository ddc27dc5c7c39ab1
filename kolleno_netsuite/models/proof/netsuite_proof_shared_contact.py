from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import SYNC_CONTEXT, TRANSACTION_TYPES


class NetsuiteProof(models.Model):
    """Two customers of NetSuite on one contact: their sums may agree, and nobody can tell whose
    they are."""

    _inherit = "netsuite.proof"

    # === ACTION METHODS === #

    def action_separate(self):
        """Give each customer of NetSuite a contact of its own again, with its documents."""
        self.ensure_one()
        self._check_accountant()
        customers = self._sharing_records().mapped("internal_id")
        # sudo: netsuite.record, res.partner, account.move - only the sync writes them
        self.sudo().with_context(**SYNC_CONTEXT)._separate()
        # All of them had differed, not only the one that was looked at.
        self._of_customers(customers).action_prove()
        return self._after_work()

    # === BUSINESS METHODS === #

    @api.model
    def _sharing_sql(self, connection, customers):
        """Return the query of the customers whose contact stands for another one as well."""
        return SQL(
            """
            SELECT c.internal_id AS customer FROM netsuite_record c
            WHERE c.connection_id = %(connection)s AND c.record_type = 'customer'
                AND c.res_model = 'res.partner' AND c.state <> 'removed' AND %(chosen)s
                AND EXISTS (
                    SELECT 1 FROM netsuite_record twin
                    WHERE twin.res_model = 'res.partner' AND twin.res_id = c.res_id
                        AND twin.connection_id = c.connection_id
                        AND twin.record_type = 'customer' AND twin.state <> 'removed'
                        AND twin.id <> c.id)
            """,
            connection=connection.id,
            chosen=(
                SQL("TRUE") if customers is None else SQL("c.internal_id = ANY(%s)", customers)
            ),
        )

    def _of_customers(self, customers):
        """Return all rows of these customers of this row's connection.

        :param customers: NetSuite's internal ids.
        """
        self.ensure_one()
        return self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("customer_internal_id", "in", list(customers)),
            ]
        )

    def _sharing_records(self):
        """Return the `netsuite.record` rows of all customers that this row's contact stands for."""
        self.ensure_one()
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("record_type", "=", "customer"),
                ("state", "!=", "removed"),
                ("res_model", "=", "res.partner"),
                ("res_id", "=", self._customer_record().res_id),
            ]
        )

    def _separate(self):
        """Let all customers but one leave the contact, and book them and their documents anew.

        The contact stays with the customer whom its own link names.

        :raise UserError: nothing is shared any more.
        """
        self.ensure_one()
        connection, records = self.connection_id, self._sharing_records()
        if len(records) < 2:
            raise UserError(self.env._("Each customer has a contact of its own. Check again."))
        contact = records[0]._target()
        leaving = records - (records & contact.netsuite_record_id or records[0])
        leaving.write({"res_model": False, "res_id": False, "booked_values": False})
        leaving._requeue()
        connection._book_pending("customer", leaving.mapped("internal_id"))
        for record_type in TRANSACTION_TYPES:
            documents = self.env["netsuite.record"]._of_customers(
                connection, leaving.mapped("internal_id"), record_type
            )
            booked = documents.filtered(lambda record: record.state == "booked")
            booked.booked_hash = False
            booked._requeue()
            if booked:
                connection._book_pending(record_type, booked.mapped("internal_id"))
        self.env["netsuite.booking"]._apply_waiting(connection)
