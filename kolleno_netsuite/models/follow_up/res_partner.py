from odoo import fields, models
from odoo.tools.misc import format_date, format_datetime

from .follow_up import FollowUp
from .refresh import Refresh

# How Odoo Enterprise's follow-up module (`account_followup`) reminds one customer, by cron and by
# hand. This addon does not depend on it; where it is installed, these are called as ever.
FOLLOW_UP_METHODS = ("_execute_followup_partner", "_send_followup")


class ResPartner(models.Model):
    """Customers are read from NetSuite before they are reminded of what they owe.

    Those who are inactive there are not reminded.
    """

    _inherit = "res.partner"

    def _register_hook(self):
        super()._register_hook()
        for name in FOLLOW_UP_METHODS:
            original = getattr(type(self), name, None)
            if original and not hasattr(original, "netsuite_original"):
                setattr(type(self), name, _refreshed_before(original))

    def _unregister_hook(self):
        for name in FOLLOW_UP_METHODS:
            method = getattr(type(self), name, None)
            if hasattr(method, "netsuite_original"):
                delattr(type(self), name)
        super()._unregister_hook()

    # === BUSINESS METHODS === #

    def _netsuite_refresh_before_reminder(self):
        """Read what NetSuite changed of these customers and the members of their groups.

        To be called before they are reminded of what they owe, by whatever module; nothing is
        asked about customers read a moment ago. Never commits, and never fails for NetSuite's sake.

        :return: sentences on what could not be asked.
        """
        customers = self._netsuite_customers()
        return list(Refresh(customers).run().values())

    def _netsuite_customers(self):
        """Return the `netsuite.record` rows of these customers and of their groups' members."""
        partners = self.commercial_partner_id | self | self.netsuite_member_ids
        # sudo: netsuite.record - seeing a customer needs no access to it
        return partners.sudo().netsuite_record_id.filtered(lambda r: r.record_type == "customer")

    def _netsuite_statement_time(self):
        """Return up to when NetSuite's changes are in the statement of this group, as text."""
        read_at = self._netsuite_customers()._read_at()
        if not read_at:
            return format_date(self.env, fields.Date.context_today(self))
        return format_datetime(self.env, read_at, dt_format="short")

    def _netsuite_warned(self, problems, action):
        """Return `action` with a warning before it, where there is one."""
        if not problems:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Not up to date"),
                "message": "\n".join(problems),
                "sticky": True,
                "next": action,
            },
        }

    # === BUSINESS METHODS - FOLLOW UP === #

    def _netsuite_written(self, vals):
        super()._netsuite_written(vals)
        if "netsuite_inactive" in vals:
            FollowUp(self.env).decide_of_partners(self)


def _refreshed_before(original):
    """Return a method that refreshes the customers, then does what `original` does."""

    def method(self, *args, **kwargs):
        for sentence in self._netsuite_refresh_before_reminder():
            for partner in self:
                partner._message_log(body=sentence)
        return original(self, *args, **kwargs)

    method.netsuite_original = original
    return method
