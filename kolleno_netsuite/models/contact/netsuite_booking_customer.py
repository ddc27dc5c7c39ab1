from odoo import api, models
from odoo.tools import SQL


class NetsuiteBookingCustomer(models.AbstractModel):
    """With a customer come the contacts of its own fields, and those that waited for it."""

    _inherit = "netsuite.booking.customer"

    @api.model
    def _customers_booked(self, records, new):
        super()._customers_booked(records, new)
        self.env["netsuite.booking.person"]._book_customers(records)
        self._reactivate_contacts(records, new)

    @api.model
    def _customers_removed(self, records):
        super()._customers_removed(records)
        persons = self.env["netsuite.contact"].search(
            [("source", "=", "customer"), ("record_id", "in", records.ids)]
        )
        persons._retire(self.env._("NetSuite no longer has this customer."))

    @api.model
    def _reactivate_contacts(self, customers, new):
        """Book contacts again that belong to these customers and did not find them before.

        :param customers: records of customers; contacts that were skipped go on.
        :param new: those of them that are in Odoo for the first time; contacts that other
            customers have already go on as well.
        """
        ids, new_ids = ([str(each) for each in r.mapped("internal_id")] for r in (customers, new))
        # The customers of a contact stand in its payload; the ORM would read all contacts.
        self.env["netsuite.record"]._requeue_where(
            customers.connection_id,
            ("ignored", "booked"),
            SQL(
                """record_type = 'contact' AND (
                     state = 'ignored' AND (
                       payload #>> '{row,company}' = ANY(%(ids)s) OR EXISTS (
                         SELECT FROM jsonb_array_elements(payload->'companies') c
                         WHERE c->>'company' = ANY(%(ids)s)))
                     OR state = 'booked' AND (
                       payload #>> '{row,company}' = ANY(%(new)s) OR EXISTS (
                         SELECT FROM jsonb_array_elements(payload->'companies') c
                         WHERE c->>'company' = ANY(%(new)s))))""",
                ids=ids,
                new=new_ids,
            ),
        )
