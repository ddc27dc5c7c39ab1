from odoo import api, fields, models
from odoo.exceptions import UserError


class NetsuiteContactCleanup(models.TransientModel):
    """Archives contacts of a source that was switched off, if nothing else needs them."""

    _name = "netsuite.contact.cleanup"
    _description = "Clean-up of NetSuite Contacts"

    connection_id = fields.Many2one("netsuite.connection", required=True)
    source = fields.Selection(
        [("record", "Contact records"), ("customer", "Fields of the customer")],
        required=True,
        compute="_compute_source",
        store=True,
        readonly=False,
        precompute=True,
        help="Only a source that is switched off can be cleaned up.",
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Contacts to Archive", compute="_compute_partner_ids"
    )
    partner_count = fields.Integer(compute="_compute_partner_ids")
    kept_count = fields.Integer(
        compute="_compute_partner_ids",
        help="Contacts of this source that stay: they have another source, appear on an "
        "invoice or are Odoo users.",
    )
    is_switched_off = fields.Boolean(compute="_compute_is_switched_off")

    # === COMPUTE METHODS === #

    @api.depends("connection_id")
    def _compute_source(self):
        for wizard in self:
            wizard.source = "customer" if wizard.connection_id.sync_contacts else "record"

    @api.depends("connection_id", "source")
    def _compute_is_switched_off(self):
        for wizard in self:
            connection = wizard.connection_id
            on = {
                "record": connection.sync_contacts,
                "customer": connection.import_customer_contacts,
            }
            wizard.is_switched_off = not on[wizard.source]

    @api.depends("connection_id", "source")
    def _compute_partner_ids(self):
        for wizard in self:
            partners = (
                self.env["netsuite.contact"]
                .search(
                    [
                        ("connection_id", "=", wizard.connection_id.id),
                        ("source", "=", wizard.source),
                        ("partner_id.active", "=", True),
                    ]
                )
                .partner_id
            )
            unused = wizard._unused(partners)
            wizard.partner_ids = unused
            wizard.partner_count = len(unused)
            wizard.kept_count = len(partners) - len(unused)

    def _unused(self, partners):
        """Return those of `partners` that come only from this source and stand on no invoice."""
        # sudo: netsuite.contact, account.move - an invoice of any company keeps a contact, seen or
        # not
        sources = partners.sudo().netsuite_contact_ids
        needed = sources.filtered(
            lambda contact: (
                contact.move_ids
                or contact.source != self.source
                or contact.connection_id != self.connection_id
            )
        ).partner_id
        # sudo: account.move - invoices of all companies count, also those the user can't see
        Move = self.env["account.move"].sudo()
        for name in ("partner_id", "partner_shipping_id"):
            needed |= Move.search([(name, "in", partners.ids)])[name]
        # sudo: res.users - only whether a partner has one
        return partners.filtered(
            lambda partner: partner.id not in needed.ids and not partner.sudo().user_ids
        )

    # === ACTION METHODS === #

    def action_archive(self):
        """Archive the contacts; they come back when someone resynchronises them."""
        self.ensure_one()
        if not self.is_switched_off:
            raise UserError(
                self.env._(
                    "%s still synchronises these contacts. Switch them off on the connection "
                    "first; otherwise what you archive now would be missing there.",
                    self.connection_id.name,
                )
            )
        # sudo: res.partner - managing the connection is enough to archive them
        self.partner_ids.sudo().action_archive()
        return {"type": "ir.actions.act_window_close"}
