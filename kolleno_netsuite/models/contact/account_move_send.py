from odoo import api, models

from .account_move import one_per_address


class AccountMoveSend(models.AbstractModel):
    """Proposes the contacts that NetSuite's invoice names, as the connection says."""

    _inherit = "account.move.send"

    @api.model
    def _get_default_mail_partner_ids(self, move, mail_template, mail_lang):
        partners = super()._get_default_mail_partner_ids(move, mail_template, mail_lang)
        # sudo: netsuite.connection - sending an invoice needs no access to it
        connection = move.sudo().netsuite_record_id.connection_id
        if not connection or connection.invoice_recipients == "customer":
            return partners
        contacts = move._netsuite_recipients(connection.invoice_recipient_position or "")
        if not contacts:
            return partners
        contacts = contacts.with_env(partners.env)
        both = contacts | partners if connection.invoice_recipients == "both" else contacts
        return one_per_address(both)
