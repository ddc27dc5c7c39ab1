from odoo import api, models


class NetsuiteContact(models.Model):
    """People of customers that NetSuite merged: they follow, and stay who they are."""

    _inherit = "netsuite.contact"

    # === BUSINESS METHODS === #

    @api.model
    def _move_merged(self, connection, wanted, missing):
        """Give people of merged customers to the customer that NetSuite has instead.

        Their partners move with all that was written to and about them, and get the new key.

        :param wanted: {key: `Wanted`}.
        :param missing: those of its keys that nobody has yet.
        :return: {key: the `netsuite.contact` that has it now}.
        """
        former = self._former_keys(connection, wanted, missing)
        moved = {}
        for old_key, contact in (self._by_key(connection, former) if former else {}).items():
            if former[old_key] in moved:
                # Both customers had this person: one stays with the old customer.
                continue
            moved[former[old_key]] = contact
            contact._move_to(wanted[former[old_key]].customer, former[old_key][0])
        return moved

    def _former_keys(self, connection, wanted, missing):
        """Return {key that a missing person had at a customer merged since: its key now}."""
        customers = {wanted[key].contact["customer_internal_id"] for key in missing}
        merged = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", "customer"),
                ("merged_into_id.internal_id", "in", list(customers)),
            ]
        )
        former = {}
        for key in missing:
            source_id, company = key
            heir = wanted[key].contact["customer_internal_id"]
            for record in merged.filtered(
                lambda r, heir=heir: r.merged_into_id.internal_id == heir
            ):
                # The customer is the first number of each key.
                old = source_id.replace(f"_{heir}_", f"_{record.internal_id}_", 1)
                former[(old, company)] = key
        return former

    def _move_to(self, customer, source_id):
        """Make this person one of `customer`, unless it was given to another by hand."""
        old = self.customer_id
        self.netsuite_source_id = source_id
        if self.partner_id.parent_id != old or old == customer:
            return
        self.partner_id.write({"parent_id": customer.id, "company_id": customer.company_id.id})
        self._tell(
            self.partner_id,
            self.env._(
                "NetSuite merged %(old)s into %(new)s; this contact came along.",
                old=old.name,
                new=customer.name,
            ),
        )
