from odoo import api, fields, models


class NetsuiteMixin(models.AbstractModel):
    """What NetSuite did to a record, on what mirrors it."""

    _inherit = "netsuite.mixin"

    netsuite_removal = fields.Char(
        compute="_compute_netsuite_removal",
        compute_sudo=True,
        string="Result",
        help="Whether NetSuite deleted, voided or merged it, when, and by whom.",
    )

    @api.depends("netsuite_record_id.removal_kind", "netsuite_record_id.deleted_at")
    def _compute_netsuite_removal(self):
        for mirrored in self:
            record = mirrored.netsuite_record_id
            mirrored.netsuite_removal = record and record._removal_sentence()
