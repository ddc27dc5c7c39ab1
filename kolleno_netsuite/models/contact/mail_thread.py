from odoo import models


class MailThread(models.AbstractModel):
    """One message for each address, also where two contacts of NetSuite have the same."""

    _inherit = "mail.thread"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        return self._netsuite_one_per_address(recipients)

    def _netsuite_one_per_address(self, recipients):
        """Return `recipients` without contacts of NetSuite whose address gets the mail anyway.

        :param recipients: ``[{"id", "email_normalized", "notif", …}]``, as Odoo has them.
        """
        by_address = {}
        for recipient in recipients:
            if recipient.get("notif") == "email" and recipient.get("email_normalized"):
                by_address.setdefault(recipient["email_normalized"], []).append(recipient)
        alike = [group for group in by_address.values() if len(group) > 1]
        if not alike:
            return recipients
        partners = self.env["res.partner"].browse(
            [recipient["id"] for group in alike for recipient in group if recipient["id"]]
        )
        # sudo: netsuite.contact - writing an e-mail needs no access to a partner's source
        mirrored = set(partners.sudo().filtered("netsuite_contact_ids").ids)
        dropped = set()
        for group in alike:
            contacts = [recipient["id"] for recipient in group if recipient["id"] in mirrored]
            others = len(group) - len(contacts)
            dropped.update(contacts if others else contacts[1:])
        return [recipient for recipient in recipients if recipient["id"] not in dropped]
