from odoo import api, fields, models


class ResPartner(models.Model):
    """What NetSuite says of a contact person, for mails, and where the person comes from."""

    _inherit = "res.partner"

    netsuite_contact_ids = fields.One2many(
        "netsuite.contact", "partner_id", string="NetSuite Sources"
    )
    netsuite_first_name = fields.Char(
        string="First Name",
        copy=False,
        help="For messages: {{ object.netsuite_first_name }}; empty if NetSuite has none.",
    )
    netsuite_last_name = fields.Char(string="Last Name", copy=False)
    netsuite_position = fields.Char(
        string="Position in NetSuite",
        copy=False,
        help="The role at the customer, or the position that the e-mail field stands for.",
    )
    netsuite_mobile = fields.Char(string="Mobile in NetSuite", copy=False)
    netsuite_alt_email = fields.Char(string="Other Email in NetSuite", copy=False)
    netsuite_tag_id = fields.Many2one("res.partner.category", copy=False)
    netsuite_kept_archived = fields.Boolean(
        string="Archived in Odoo",
        copy=False,
        help="Someone archived this contact in Odoo. It stays archived although NetSuite has "
        "it, until it is resynchronised.",
    )
    netsuite_source_id = fields.Char(
        string="NetSuite Source ID",
        compute="_compute_netsuite_source_id",
        search="_search_netsuite_source_id",
        compute_sudo=True,
    )
    netsuite_contact_invoice_count = fields.Integer(
        compute="_compute_netsuite_contact_invoice_count", compute_sudo=True
    )
    netsuite_is_lookalike = fields.Boolean(compute="_compute_netsuite_is_lookalike")
    netsuite_no_longer_synchronised = fields.Boolean(
        compute="_compute_netsuite_no_longer_synchronised", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends("netsuite_contact_ids.netsuite_source_id")
    def _compute_netsuite_source_id(self):
        for partner in self:
            source_ids = partner.netsuite_contact_ids.mapped("netsuite_source_id")
            partner.netsuite_source_id = ", ".join(source_ids) or False

    def _search_netsuite_source_id(self, operator, value):
        return [("netsuite_contact_ids.netsuite_source_id", operator, value)]

    @api.depends("netsuite_contact_ids.move_ids")
    def _compute_netsuite_contact_invoice_count(self):
        for partner in self:
            partner.netsuite_contact_invoice_count = sum(
                partner.netsuite_contact_ids.mapped("invoice_count")
            )

    @api.depends("netsuite_contact_ids.is_lookalike")
    def _compute_netsuite_is_lookalike(self):
        for partner in self:
            partner.netsuite_is_lookalike = any(partner.netsuite_contact_ids.mapped("is_lookalike"))

    @api.depends("netsuite_contact_ids.synchronised")
    def _compute_netsuite_no_longer_synchronised(self):
        for partner in self:
            contacts = partner.netsuite_contact_ids
            partner.netsuite_no_longer_synchronised = bool(contacts) and not any(
                contacts.mapped("synchronised")
            )

    # === CRUD METHODS === #

    def _netsuite_written(self, vals):
        super()._netsuite_written(vals)
        if "active" in vals and not self.env.context.get("netsuite_import"):
            # sudo: netsuite.contact - archiving a partner needs no right on its source
            mirrored = self.sudo().filtered("netsuite_contact_ids")
            mirrored.netsuite_kept_archived = not vals["active"]

    def _netsuite_part_of(self):
        # A contact of several customers is a contact of each in Odoo.
        # sudo: netsuite.contact - only which records a partner comes from
        return super()._netsuite_part_of() | self.sudo().netsuite_contact_ids.record_id

    # === ACTION METHODS === #

    def action_netsuite_contact_invoices(self):
        """Open the invoices that name these contacts."""
        contacts = self.netsuite_contact_ids
        return contacts._invoices_action(contacts.move_ids)
