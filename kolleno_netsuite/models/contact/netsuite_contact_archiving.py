from markupsafe import escape
from odoo import models
from odoo.fields import Command

from ..record.sync_note import log_sync_notes

NO_CONTACT = "kolleno_netsuite.mail_activity_data_no_contact"
SIGNS_IN = "kolleno_netsuite.mail_activity_data_contact_user"


class NetsuiteContact(models.Model):
    """What becomes of people whom NetSuite has no more: archived, off the mails, never deleted."""

    _inherit = "netsuite.contact"

    # === BUSINESS METHODS === #

    def _retire(self, reason):
        """Archive the people of these sources, unless another source still has them.

        :param reason: translated sentence for the chatter.
        """
        retired = self.filtered(lambda contact: not contact.netsuite_inactive)
        retired.netsuite_inactive = True
        gone = retired.partner_id.filtered(
            lambda partner: (
                partner.active and all(partner.netsuite_contact_ids.mapped("netsuite_inactive"))
            )
        )
        users = gone.filtered(lambda partner: partner.user_ids.filtered("active"))
        gone -= users
        for partner in users:
            retired._ask_about_user(partner)
        gone.active = False
        retired._leave_mails(gone)
        retired._tell(gone, reason)
        retired._warn_of_customers(gone.parent_id)

    def _put_away(self):
        """Archive people who were inactive before anybody here knew them: nobody misses them."""
        self.netsuite_inactive = True
        self.partner_id.filtered(lambda partner: not partner.user_ids).active = False

    def _return(self):
        """Bring people back whom NetSuite has again; who was archived in Odoo stays so."""
        returned = self.filtered("netsuite_inactive")
        returned.netsuite_inactive = False
        back = returned.partner_id.filtered(
            lambda partner: not partner.active and not partner.netsuite_kept_archived
        )
        back.active = True
        returned._tell(back, self.env._("Active in NetSuite again."))
        _awake(returned.partner_id).activity_unlink([SIGNS_IN])
        _awake(self.partner_id.filtered("active").parent_id).activity_unlink([NO_CONTACT])

    def _tell(self, partners, message, replaced=()):
        """Leave a line on each partner, where the connection does so.

        :param replaced: sentences on what a user loses by it; they are left in any case.
        """
        noted = partners & self.filtered("connection_id.note_changes").partner_id
        noted = partners if replaced else noted
        log_sync_notes(noted, {key: [message, *replaced] for key in noted.ids})

    def _leave_mails(self, partners):
        """Take people off whatever would still be sent to them."""
        if not partners:
            return
        self.env["mail.followers"].search(
            [
                ("partner_id", "in", partners.ids),
                ("res_model", "in", ["account.move", "account.payment", "res.partner"]),
            ]
        ).unlink()
        unlinked = [Command.unlink(partner.id) for partner in partners]
        self.env["mail.scheduled.message"].search([("partner_ids", "in", partners.ids)]).write(
            {"partner_ids": unlinked}
        )
        mails = self.env["mail.mail"].search(
            [("state", "=", "outgoing"), ("recipient_ids", "in", partners.ids)]
        )
        mails.write({"recipient_ids": unlinked})
        mails.filtered(lambda mail: not (mail.recipient_ids or mail.email_to)).cancel()
        moves = self.env["account.move"].search(
            [("partner_id", "child_of", partners.parent_id.ids), ("sending_data", "!=", False)]
        )
        for move in moves:
            ids = move.sending_data.get("mail_partner_ids") or []
            kept = [each for each in ids if each not in partners.ids]
            if kept != ids:
                move.sending_data = {**move.sending_data, "mail_partner_ids": kept}

    def _ask_about_user(self, partner):
        """Leave a contact that signs in to Odoo as it is, and ask someone to decide."""
        self._plan(
            partner,
            SIGNS_IN,
            self.env._(
                "%s is no longer active in NetSuite but is an Odoo user. If this person has "
                "left, archive the user first; then the contact can be archived.",
                partner.display_name,
            ),
        )

    def _warn_of_customers(self, customers):
        """Ask for a new contact of customers that have none left to write to."""
        Partner = self.env["res.partner"]
        for customer in customers:
            if not Partner.search_count(
                [
                    ("parent_id", "=", customer.id),
                    ("active", "=", True),
                    ("netsuite_contact_ids", "!=", False),
                ],
                limit=1,
            ):
                self._plan(
                    customer,
                    NO_CONTACT,
                    self.env._(
                        "NetSuite's last contact of %s is inactive: reminders reach nobody. "
                        "Ask for a new one and enter it in NetSuite.",
                        customer.display_name,
                    ),
                )

    def _plan(self, partner, activity, note):
        """Plan an activity for those who look after the connection, once."""
        connection = self.connection_id[:1]
        partner = _awake(partner)
        planned = self.env.ref(activity)
        for user in connection.responsible_ids or self.env.user:
            if not partner.activity_ids.filtered(
                lambda each, user=user: each.activity_type_id == planned and each.user_id == user
            ):
                partner.activity_schedule(activity, note=escape(note), user_id=user.id)


def _awake(partners):
    """Return partners on whom the sync may plan, which it may not otherwise; it mails nobody."""
    return partners.with_context(
        mail_activity_automation_skip=False, mail_activity_quick_update=True
    )
