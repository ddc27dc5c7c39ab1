from odoo import api, models

from ...mappers.customer import read_customer
from .places import Places


class NetsuiteBookingCustomer(models.AbstractModel):
    """Gives each company its own partner of a customer, where the connection wants it so.

    The partner that the customer's record is linked to is one company's; the others carry the
    same link and follow the same changes.
    """

    _inherit = "netsuite.booking.customer"

    # === BUSINESS METHODS === #

    @api.model
    def _partner_in(self, partner, company):
        """Return the partner of the same customer in `company`, made when there is none.

        :param partner: the partner that the customer's record is linked to.
        """
        if not partner.company_id:
            # Recognised in Odoo, where all companies share it already.
            return partner
        if partner.company_id == company:
            return partner
        record = partner.netsuite_record_id
        found = self._all_partners(record).filtered(lambda sibling: sibling.company_id == company)
        return found[:1] or self._make_siblings(company, record)[record]

    @api.model
    def _all_partners(self, records):
        """Return all partners of customers, in whatever company."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        return Partner.search(
            [("netsuite_record_id", "in", records.ids), ("parent_id", "=", False)]
        )

    def _write_company_partners(self, records, before):
        """Bring the partners of each company in step with the customers just booked.

        :param before: {record: the values that were booked before}.
        """
        customers = {record: read_customer(record.payload) for record in records}
        main = records._targets("res.partner")
        self._give_companies(records.connection_id, customers, main)
        siblings = self._all_partners(records) - records.env["res.partner"].union(*main.values())
        for sibling in siblings:
            record = sibling.netsuite_record_id
            values, known = record.booked_values or {}, before.get(record) or {}
            changes = {
                name: value
                for name, value in values.items()
                if value != known.get(name) and _value(sibling[name]) != value
            }
            if changes:
                sibling.write(changes)
        for company in self._companies_of(records.connection_id, customers):
            self._write_layer(company, customers, main, siblings)

    def _give_companies(self, connection, customers, main):
        """Put the partners that are new into the first company that the customer buys from."""
        shared = {record: partner for record, partner in main.items() if not partner.company_id}
        partners = self.env["res.partner"].union(*shared.values())
        used = self.env["account.move.line"]._read_group(
            [("partner_id", "in", partners.ids)], ["partner_id"]
        )
        free = partners - partners.browse([partner.id for (partner,) in used])
        for record, partner in shared.items():
            companies = self._companies_of(connection, {record: customers[record]})
            if partner in free and companies:
                partner.company_id = companies[0]

    def _companies_of(self, connection, customers):
        """Return the companies that customers buy from, those of primary subsidiaries first."""
        subsidiaries = [0]
        for customer in customers.values():
            subsidiaries = [*customer.subsidiaries, *subsidiaries]
        companies = [connection._company_of(subsidiary) for subsidiary in subsidiaries]
        return self.env["res.company"].union(*companies) or connection.company_id

    def _write_layer(self, company, customers, main, siblings):
        """Keep the partners of one company: the missing ones, addresses, terms and parents."""
        connection = self.env["netsuite.record"].union(*customers).connection_id
        layer = {
            sibling.netsuite_record_id: sibling
            for sibling in siblings
            if sibling.company_id == company
        }
        missing = [
            record
            for record, customer in customers.items()
            if record not in layer
            and main[record].company_id not in (company, company.browse())
            and company in self._companies_of(connection, {record: customer})
        ]
        layer.update(self._make_siblings(company, missing))
        if not layer:
            return
        booked = {record: customers[record] for record in layer}
        self._write_addresses(booked, layer, Places(self.env, booked.values()))
        self._write_terms(connection, booked, layer)
        self._write_active(booked, layer)
        for record, partner in layer.items():
            # One that was left out and is mirrored again comes back in every company.
            if main[record].active and not partner.active:
                partner.active = True
        self._link_parents_within(company, booked, layer)

    def _make_siblings(self, company, records):
        """Make the partners of `records` in `company`; return {record: partner}."""
        made = self.env["res.partner"].create(
            [
                {
                    **(record.booked_values or {"name": record.name}),
                    "netsuite_record_id": record.id,
                    "company_id": company.id,
                }
                for record in records
            ]
        )
        customers = self.env["netsuite.record"].union(*records)
        if customers:
            # What a company's own partner is made for, all that belongs to it is as well.
            self._customers_booked(customers, customers)
        return dict(zip(records, made, strict=True))

    def _link_parents_within(self, company, customers, layer):
        """Link the partners of one company with those of their parents and children there."""
        connection = self.env["netsuite.record"].union(*layer).connection_id
        for record, partner in layer.items():
            if partner.netsuite_parent_internal_id != customers[record].parent:
                partner.netsuite_parent_internal_id = customers[record].parent
        if not connection.sync_hierarchy:
            return
        Partner = self.env["res.partner"].with_context(active_test=False)
        here = [("netsuite_record_id.connection_id", "=", connection.id)]
        here += [("netsuite_record_id.record_type", "=", "customer")]
        here += [("company_id", "=", company.id)]
        ids = [record.internal_id for record in layer]
        children = Partner.search([*here, ("netsuite_parent_internal_id", "in", ids)])
        children |= Partner.union(*layer.values()).filtered("netsuite_parent_internal_id")
        parents = Partner.search(
            [
                *here,
                (
                    "netsuite_record_id.internal_id",
                    "in",
                    children.mapped("netsuite_parent_internal_id"),
                ),
            ]
        )
        by_id = {parent.netsuite_record_id.internal_id: parent for parent in parents}
        for child in children:
            parent = by_id.get(child.netsuite_parent_internal_id, Partner)
            if child.netsuite_parent_id != parent:
                child.netsuite_parent_id = parent


def _value(value):
    """Return the id of a record, any other value as it is."""
    return value.id if isinstance(value, models.BaseModel) else value
