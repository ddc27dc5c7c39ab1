from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import MAX_HIERARCHY_DEPTH
from ..connection.hook import hook


class ResPartner(models.Model):
    """Customers of NetSuite, and the hierarchy and groups that they belong to."""

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
        help=(
            "The customer at the top of the hierarchy in NetSuite; the customer itself if it "
            "has no parent."
        ),
    )
    netsuite_parent_internal_id = fields.Integer(
        string="NetSuite Parent ID",
        index="btree_not_null",
        copy=False,
        readonly=True,
        aggregator=None,
        help="Internal ID of the parent, also while the parent itself is not in Odoo yet.",
    )
    netsuite_shell = fields.Boolean(
        string="Only Parent of a Group",
        copy=False,
        readonly=True,
        help="The customer is excluded; it is here because others belong to it in NetSuite.",
    )
    netsuite_inactive = fields.Boolean(
        string="Inactive in NetSuite",
        copy=False,
        readonly=True,
        help="The customer stays active here as long as any of its items is open.",
    )
    netsuite_address_id = fields.Integer(
        string="NetSuite Address ID", copy=False, readonly=True, aggregator=None
    )

    # === COMPUTE METHODS === #

    @api.depends("netsuite_parent_id.netsuite_group_id", "netsuite_record_id")
    def _compute_netsuite_group_id(self):
        for partner in self:
            # Switching groups on or off has all of them computed again.
            grouped = partner.netsuite_record_id.connection_id.sync_hierarchy
            parent = partner.netsuite_parent_id
            partner.netsuite_group_id = grouped and (parent.netsuite_group_id or parent or partner)

    # === CONSTRAINT METHODS === #

    @api.constrains("netsuite_parent_id")
    def _check_netsuite_parent_id(self):
        if self._has_cycle("netsuite_parent_id"):
            raise ValidationError(
                self.env._("In NetSuite's hierarchy a customer is its own parent.")
            )
        for partner in self.filtered("netsuite_parent_id"):
            levels = partner._netsuite_levels_above() + partner._netsuite_levels_below()
            if levels > MAX_HIERARCHY_DEPTH:
                raise ValidationError(
                    self.env._(
                        "In NetSuite's hierarchy %(customer)s would be in a chain of more than "
                        "%(levels)s parents.",
                        customer=partner.display_name,
                        levels=MAX_HIERARCHY_DEPTH,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        self._netsuite_written(vals)
        return result

    @hook
    def _netsuite_written(self, vals):
        """Follow what was written on these partners.

        :param vals: {field: value}, as `write` was given it.
        """

    # === BUSINESS METHODS === #

    def _netsuite_levels_above(self):
        """Return how many parents this customer has, up to the top; it has no cycle."""
        self.ensure_one()
        levels, parent = 0, self.netsuite_parent_id
        while parent:
            levels, parent = levels + 1, parent.netsuite_parent_id
        return levels

    def _netsuite_levels_below(self):
        """Return how deep the hierarchy below this customer is; it has no cycle."""
        levels, children = 0, self.with_context(active_test=False).netsuite_child_ids
        while children:
            levels, children = levels + 1, children.netsuite_child_ids
        return levels

    @api.model
    def _netsuite_open_domain(self, partners):
        """Return the domain of what partners have open in the companies that the user works in."""
        return [
            ("partner_id", "in", partners.ids),
            ("company_id", "in", self.env.companies.ids),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
        ]
