from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that are merged keep all their sources, so that none of them is made anew."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        # Sources follow their partners, whoever merges them.
        contacts = partners.sudo().netsuite_contact_ids
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # The wizard moves them by SQL, which tells no stored field.
        contacts.invalidate_recordset()
        self.env.add_to_compute(contacts._fields["customer_id"], contacts)
        return result
