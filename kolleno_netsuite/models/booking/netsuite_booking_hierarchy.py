from odoo import api, models

from ...const import MAX_HIERARCHY_DEPTH
from ...mappers.customer import read_customer
from ..connection.failure import failure_of
from ..connection.isolation import isolate
from .places import Places

# Reasons for which a customer is excluded and still heads the group of those who are not.
# Who is on the exclusion list is never made.
HEADING_REASONS = ("inactive", "lead", "primary", "subsidiary")


class NetsuiteBookingCustomer(models.AbstractModel):
    """The hierarchy: who belongs to whom in NetSuite, in whichever order they are read."""

    _inherit = "netsuite.booking.customer"

    # === BUSINESS METHODS - PARENTS === #

    def _link_parents(self, connection, customers, partners):
        """Link customers with their parents, whichever of the two came first.

        :param customers: {`netsuite.record`: `mappers.customer.Customer`}.
        :param partners: {`netsuite.record`: partner} of all of them.
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        for record, customer in customers.items():
            partner = partners[record]
            if partner.netsuite_parent_internal_id != customer.parent:
                partner.netsuite_parent_internal_id = customer.parent
        if not connection.sync_hierarchy:
            return
        by_id = {record.internal_id: partner for record, partner in partners.items()}
        wanted = {customer.parent for customer in customers.values() if customer.parent}
        by_id |= self._partners_of(connection, wanted - set(by_id))
        moving = {}
        for record, customer in customers.items():
            partner, parent = partners[record], by_id.get(customer.parent, Partner)
            if partner.netsuite_parent_id != parent:
                moving[partner] = parent
        # Two that change places would be each other's parent for a moment.
        leaving = Partner.union(*(p for p in moving if p.netsuite_parent_id))
        leaving.netsuite_parent_id = False
        for partner, parent in moving.items():
            if parent:
                partner.netsuite_parent_id = parent
        self._adopt_orphans(connection, by_id)

    def _adopt_orphans(self, connection, by_id):
        """Give customers who were read before their parents to these.

        :param by_id: {NetSuite's internal id: partner} of the possible parents.
        """
        orphans = self.env["res.partner"].with_context(active_test=False)
        orphans = orphans.search(
            [
                ("netsuite_parent_internal_id", "in", list(by_id)),
                ("netsuite_parent_id", "=", False),
                ("netsuite_record_id.connection_id", "=", connection.id),
            ]
        )
        for orphan in orphans:
            orphan.netsuite_parent_id = by_id[orphan.netsuite_parent_internal_id]

    def _partners_of(self, connection, internal_ids):
        """Return {NetSuite's internal id: partner} of customers that are in Odoo."""
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", list(internal_ids)),
            ]
        )
        return {
            record.internal_id: partner
            for record, partner in records._targets("res.partner").items()
        }

    @api.model
    def _relink(self, connection):
        """Make or dissolve all groups, after the setting for them was changed."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        partners = Partner.search([("netsuite_record_id.connection_id", "=", connection.id)])
        if connection.sync_hierarchy:
            children = partners.filtered("netsuite_parent_internal_id")
            parents = set(children.mapped("netsuite_parent_internal_id"))
            self._adopt_orphans(connection, self._partners_of(connection, parents))
            self._book_shells(connection)
        else:
            partners.filtered("netsuite_parent_id").netsuite_parent_id = False
        self.env.add_to_compute(partners._fields["netsuite_group_id"], partners)

    # === BUSINESS METHODS - HEADS THAT ARE NOT MIRRORED === #

    @api.model
    def _book_shells(self, connection):
        """Make partners of parents who are excluded, so that their groups have a head.

        A shell has its name and address and nothing else; none of its transactions is booked.
        A parent on the exclusion list gets none: its children head groups of their own.
        """
        if not connection.sync_hierarchy:
            return
        for _level in range(MAX_HIERARCHY_DEPTH):
            # Each of them is made, also behind one that cannot be.
            isolated = isolate(
                self.env,
                self._missing_heads(connection),
                lambda heads: [self._book_shell(connection, head) for head in heads],
            )
            for head, error in isolated.errors:
                head.message = failure_of(self.env, error).title
            if not isolated.done:
                break

    def _missing_heads(self, connection):
        """Return the records of excluded parents that someone in Odoo belongs to."""
        orphans = self.env["res.partner"].with_context(active_test=False)
        orphans = orphans.search(
            [
                ("netsuite_parent_internal_id", "!=", 0),
                ("netsuite_parent_id", "=", False),
                ("netsuite_record_id.connection_id", "=", connection.id),
                "|",
                ("netsuite_record_id.left_out", "=", False),
                ("netsuite_shell", "=", True),
            ]
        )
        if not orphans:
            return self.env["netsuite.record"]
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("internal_id", "in", orphans.mapped("netsuite_parent_internal_id")),
                ("left_out", "in", HEADING_REASONS),
                ("state", "=", "ignored"),
            ]
        )

    def _book_shell(self, connection, record):
        """Make the partner of one head."""
        customer = read_customer(record.payload)
        customers, places = {record: customer}, Places(self.env, [customer])
        partners = self._partners(customers)
        made = record not in partners
        self._write_partners(customers, partners, places)
        partners[record].netsuite_inactive = customer.inactive
        if made:
            partners[record].write({"netsuite_shell": True, "active": not customer.inactive})
        self._link_parents(connection, customers, partners)

    def _leave_shells(self, partners):
        """Note that partners stand for customers who are mirrored now."""
        shells = self.env["res.partner"].union(*partners.values()).filtered("netsuite_shell")
        shells.write({"netsuite_shell": False, "active": True})
