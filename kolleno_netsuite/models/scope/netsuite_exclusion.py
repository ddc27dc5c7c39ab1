from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connection.hook import hook
from .scope import Scope


class NetsuiteExclusion(models.Model):
    """One customer who is never mirrored, by NetSuite's internal id.

    It holds for every synchronisation and resynchronisation, and for customers that were never
    read. Taking the row away lets the customer be imported afresh.
    """

    _name = "netsuite.exclusion"
    _description = "NetSuite Exclusion"
    _order = "connection_id, internal_id"
    _rec_name = "customer_name"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    internal_id = fields.Integer(
        string="NetSuite Customer",
        required=True,
        aggregator=None,
        help="NetSuite's internal ID of the customer.",
    )
    reason = fields.Selection(
        [
            ("intercompany", "Intercompany"),
            ("inactive", "Inactive"),
            ("primary", "Other primary subsidiary"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    note = fields.Char(help="Why, in your own words.")
    automatic = fields.Boolean(
        readonly=True, help="Added by the setting for customers that represent a subsidiary."
    )
    customer_name = fields.Char(compute="_compute_customer", string="Customer")
    partner_id = fields.Many2one(
        "res.partner",
        compute="_compute_customer",
        string="Still in Odoo",
        help="The partner of a customer that was imported before it was excluded.",
    )

    _customer_unique = models.UniqueIndex(
        "(connection_id, internal_id)", "This customer is already on the exclusion list."
    )
    _internal_id_positive = models.Constraint(
        "CHECK (internal_id > 0)", "The internal ID of a customer is a positive number."
    )

    # === COMPUTE METHODS === #

    @api.depends("connection_id", "internal_id")
    def _compute_customer(self):
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "in", self.connection_id.ids),
                ("record_type", "=", "customer"),
                ("internal_id", "in", self.mapped("internal_id")),
            ]
        )
        known = {(record.connection_id, record.internal_id): record for record in records}
        partners = records._targets("res.partner")
        for exclusion in self:
            record = known.get((exclusion.connection_id, exclusion.internal_id))
            partner = partners.get(record, self.env["res.partner"])
            exclusion.partner_id = partner.filtered("active")
            exclusion.customer_name = (
                partner.name
                or (record and record.name)
                or self.env._("Customer %s", exclusion.internal_id)
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        exclusions = super().create(vals_list)
        # sudo: netsuite.record - who may exclude a customer may not write the records of the sync
        for connection, group in exclusions.grouped("connection_id").items():
            Scope(connection.sudo()).exclude(group.mapped("internal_id"))
        self.env["netsuite.intercompany"].sudo()._settle(exclusions)
        return exclusions

    def write(self, vals):
        for exclusion in self:
            other = {**exclusion._key(), **{n: vals[n] for n in exclusion._key() if n in vals}}
            if other != exclusion._key():
                raise UserError(
                    self.env._(
                        "Take %s off the list and add the other customer instead: one has to "
                        "be let in and the other excluded.",
                        exclusion.customer_name,
                    )
                )
        return super().write(vals)

    def unlink(self):
        customers = {
            connection: group.mapped("internal_id")
            for connection, group in self.grouped("connection_id").items()
        }
        result = super().unlink()
        for connection, internal_ids in customers.items():
            # The records belong to the sync, which takes the customers up again.
            self.sudo()._lifted(connection.sudo(), internal_ids)
        return result

    # === BUSINESS METHODS === #

    @hook
    @api.model
    def _lifted(self, connection, internal_ids):
        """Take customers up again that somebody took off the list; called as superuser.

        :param internal_ids: NetSuite's internal ids of the customers.
        """
        self.env["netsuite.intercompany"]._dismiss(connection, internal_ids)
        Scope(connection).evaluate_again(internal_ids)

    def _key(self):
        """Return what says whom this row is about."""
        return {"connection_id": self.connection_id.id, "internal_id": self.internal_id}
