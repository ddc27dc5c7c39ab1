from odoo import api, models

from ...mappers.addresses import find_addresses


class NetsuiteBooking(models.AbstractModel):
    """Books contacts, and lists the texts in e-mail fields to which nothing can be sent."""

    _inherit = "netsuite.booking"

    def _bookers(self):
        return {**super()._bookers(), "contact": "netsuite.booking.contact"}

    @api.model
    def _booked(self, records):
        super()._booked(records)
        for field, refused in self._without_address(records).items():
            # sudo: netsuite.issue - only the sync writes them
            self.env["netsuite.issue"].sudo()._touch(
                records.connection_id,
                "content",
                f"address:{records[0].record_type}:{field}",
                self.env._(
                    "The field %(field)s of %(type)s holds text that is not an e-mail address",
                    field=field,
                    type=self.env["netsuite.record"]._record_type_labels()[records[0].record_type],
                ),
                self.env._("Correct it in NetSuite; until then nothing is sent there."),
                severity="0",
                records=refused,
            )

    def _without_address(self, records):
        """Return {field: the records whose e-mail field holds something else as well}."""
        record_type = records[:1].record_type
        # The customers' and contacts' own fields become addresses in Odoo without any rule.
        fields = {"contact": ["email", "altemail"], "customer": ["email"]}.get(record_type, [])
        if record_type in ("customer", "invoice"):
            rules = records.connection_id._contact_rules(record_type)
            fields = dict.fromkeys([*fields, *rules.mapped("field_id")])
        found = {}
        for field in fields:
            refused = records.filtered(
                lambda record, field=field: (
                    find_addresses(record.payload["row"].get(field) or "").others
                )
            )
            if refused:
                found[field] = refused
        return found
