import re

from odoo import api, fields, models


class AccountMove(models.Model):
    """The contacts that NetSuite's invoice names, as its recipients."""

    _inherit = "account.move"

    netsuite_contact_ids = fields.Many2many(
        "netsuite.contact",
        "netsuite_contact_move_rel",
        "move_id",
        "contact_id",
        string="NetSuite Contacts",
        copy=False,
    )
    netsuite_recipient_ids = fields.Many2many(
        "res.partner",
        string="Recipients",
        compute="_compute_netsuite_recipient_ids",
        compute_sudo=True,
        help="Active contacts of this invoice with a valid address, each address once.",
    )

    netsuite_first_name = fields.Char(
        compute="_compute_netsuite_names",
        compute_sudo=True,
        string="First Name of the Recipient",
        help="For messages: {{ object.netsuite_first_name }}; with several recipients all of "
        "them, separated by commas; empty if NetSuite has none.",
    )
    netsuite_last_name = fields.Char(
        compute="_compute_netsuite_names", compute_sudo=True, string="Last Name of the Recipient"
    )
    netsuite_position = fields.Char(
        compute="_compute_netsuite_names", compute_sudo=True, string="Position of the Recipient"
    )

    @api.depends(
        "netsuite_contact_ids.partner_id.active",
        "netsuite_contact_ids.partner_id.email_normalized",
        "netsuite_contact_ids.netsuite_inactive",
        "netsuite_contact_ids.synchronised",
    )
    def _compute_netsuite_recipient_ids(self):
        for move in self:
            move.netsuite_recipient_ids = move._netsuite_recipients()

    @api.depends("partner_id", "netsuite_recipient_ids")
    def _compute_netsuite_names(self):
        names = ("netsuite_first_name", "netsuite_last_name", "netsuite_position")
        for move in self:
            position = move.netsuite_record_id.connection_id.invoice_recipient_position
            people = move._netsuite_recipients(position or "") or move.partner_id
            for name in names:
                words = dict.fromkeys(filter(None, people.mapped(name)))
                move[name] = ", ".join(words) or False

    # === BUSINESS METHODS === #

    def _netsuite_recipients(self, position=""):
        """Return the contacts to whom this invoice can be sent, each address once.

        What a field held that is read no more is out of date sooner or later: nothing goes there.

        :param position: only contacts with this position; all when empty.
        """
        self.ensure_one()
        # A list is any of its entries, and a position that has a comma itself is one.
        wanted = {position, *re.split("[,;]", position)}
        wanted = {each.strip().casefold() for each in wanted} - {""}
        # sudo: netsuite.contact - recipients are no secret to a user who may see the invoice
        contacts = self.sudo().netsuite_contact_ids.filtered(
            lambda contact: (
                contact.synchronised
                and (not wanted or (contact.position or "").strip().casefold() in wanted)
            )
        )
        return one_per_address(contacts.partner_id.filtered(lambda p: p.active))


def one_per_address(partners):
    """Return those of `partners` that have a valid address, the first one of each address."""
    by_address = {}
    for partner in partners:
        if partner.email_normalized:
            by_address.setdefault(partner.email_normalized, partner)
    return partners.browse().union(*by_address.values())
