from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "netsuite.mixin"]

    # Not `parent_id`: there Odoo would move a subsidiary's invoices to its parent's balance.
    netsuite_parent_id = fields.Many2one(
        "res.partner",
        string="NetSuite Parent",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="Parent of this customer in NetSuite; each keeps its own balance.",
    )
    netsuite_child_ids = fields.One2many(
        "res.partner", "netsuite_parent_id", string="NetSuite Subcustomers"
    )
    netsuite_group_id = fields.Many2one(
        "res.partner",
        string="NetSuite Group",
        compute="_compute_netsuite_group_id",
        store=True,
        recursive=True,
        index="btree_not_null",
        help="The customer at the top of the hierarchy in NetSuite; itself when it has no parent.",
    )
    netsuite_parent_internal_id = fields.Integer(
        string="NetSuite Parent ID",
        index="btree_not_null",
        copy=False,
        readonly=True,
        aggregator=None,
        help="Internal ID of the parent, also while the parent itself is not in Odoo yet.",
    )
    netsuite_inactive = fields.Boolean(
        string="Inactive in NetSuite",
        copy=False,
        readonly=True,
        help="The customer stays active here as long as something of it is open.",
    )
    netsuite_address_id = fields.Integer(
        string="NetSuite Address ID", copy=False, readonly=True, aggregator=None
    )

    @api.depends("netsuite_parent_id.netsuite_group_id", "netsuite_record_id")
    def _compute_netsuite_group_id(self):
        for partner in self:
            own = partner if partner.netsuite_record_id else self.browse()
            parent = partner.netsuite_parent_id
            partner.netsuite_group_id = parent.netsuite_group_id or parent or own

    @api.constrains("netsuite_parent_id")
    def _check_netsuite_parent_id(self):
        if self._has_cycle("netsuite_parent_id"):
            raise ValidationError(
                self.env._("In NetSuite's hierarchy a customer is its own parent.")
            )
