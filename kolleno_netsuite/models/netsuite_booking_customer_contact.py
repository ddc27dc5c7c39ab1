from odoo import api, models
from odoo.tools import SQL


class NetsuiteBookingCustomer(models.AbstractModel):
    """With a customer come the contacts of its own fields, and those that waited for it."""

    _inherit = "netsuite.booking.customer"

    @api.model
    def _book(self, records):
        new = records.filtered(lambda record: not record.res_id)
        outcome = super()._book(records)
        booked = records.browse().union(*outcome.booked)
        if booked:
            self.env["netsuite.booking.person"]._book_customers(booked)
            self._wake_contacts(booked, booked & new)
        return outcome

    @api.model
    def _remove(self, records):
        super()._remove(records)
        persons = self.env["netsuite.contact"].search(
            [("source", "=", "customer"), ("record_id", "in", records.ids)]
        )
        persons._retire(self.env._("NetSuite has this customer no more."))

    def _make_siblings(self, company, records):
        made = super()._make_siblings(company, records)
        customers = self.env["netsuite.record"].union(*made)
        if customers:
            # What a company's own partner is made for, its people are as well.
            self.env["netsuite.booking.person"]._book_customers(customers)
            self._wake_contacts(customers, customers)
        return made

    @api.model
    def _wake_contacts(self, customers, new):
        """Book contacts again that belong to these customers and did not find them before.

        :param customers: records of customers; contacts that were left out go on.
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
