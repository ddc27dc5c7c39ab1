from odoo import models
from odoo.exceptions import UserError

from ..const import SYNC_CONTEXT


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Customers stay apart as NetSuite has them, and merged contacts keep all their sources."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        self._check_netsuite_customers(partners)
        # sudo: netsuite.contact - they follow their partners, also when the user has no right on
        # them
        contacts = partners.sudo().netsuite_contact_ids
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # The wizard moves them by SQL, which tells no stored field.
        contacts.invalidate_recordset()
        self.env.add_to_compute(contacts._fields["customer_id"], contacts)
        return result

    def _check_netsuite_customers(self, partners):
        """Refuse to make one partner of two customers that NetSuite keeps apart.

        :raise UserError: their balances could not be proved any more.
        """
        # sudo: netsuite.record - customers are no secret to a user who may merge their partners
        Record = self.env["netsuite.record"].sudo()
        # From both ends: the link on a partner can be lost, what a customer became cannot.
        records = partners.sudo().netsuite_record_id | Record.search(
            [
                ("record_type", "=", "customer"),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", partners.ids),
            ]
        )
        records = records.filtered(lambda r: r.state != "removed")
        for connection, customers in records.grouped("connection_id").items():
            if len(customers) > 1:
                raise UserError(
                    self.env._(
                        "%(customers)s are different customers in NetSuite (%(connection)s), "
                        "each with its own balance. Merge them in NetSuite first; once only "
                        "one of them is left there, you can merge them here as well.",
                        customers=", ".join(customers.mapped("name")),
                        connection=connection.name,
                    )
                )

    def _update_values(self, src_partners, dst_partner):
        # What only the synchronisation writes is carried over by itself, not by the user.
        partners = (src_partners | dst_partner).sudo()  # sudo: res.partner - as said
        fields = [
            partners._fields[name]
            for name in self.env["netsuite.guard"]._sync_fields()["res.partner"]
            if partners._fields[name].store and partners._fields[name].compute is None
        ]
        fields = [field for field in fields if field.type not in ("one2many", "many2many")]
        kept = {}
        for partner in [*partners - dst_partner.sudo(), dst_partner.sudo()]:
            kept |= {field.name: partner[field.name] for field in fields if partner[field.name]}
        partners.with_context(**SYNC_CONTEXT).write({field.name: False for field in fields})
        super()._update_values(src_partners, dst_partner)
        dst_partner.sudo().with_context(**SYNC_CONTEXT).write(
            {name: value.id if hasattr(value, "id") else value for name, value in kept.items()}
        )

    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        # The customer of NetSuite follows to the partner that stays.
        mirrors = [{"model": "netsuite.record", "field_model": "res_model"}]
        return super()._update_reference_fields_generic(
            referenced_model,
            src_records,
            dst_record,
            [*(additional_update_records or ()), *mirrors],
        )
