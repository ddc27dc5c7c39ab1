from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools.misc import format_datetime

from ...const import WHILE_PAUSED
from .hook import hook


class NetsuiteConnection(models.Model):
    """Pausing: no call is made until a person, or the end that they chose, lets it go on."""

    _inherit = "netsuite.connection"

    pause_reason = fields.Char(readonly=True, copy=False, tracking=True)
    paused_until = fields.Datetime(
        readonly=True, copy=False, tracking=True, help="When the connection resumes automatically."
    )

    # === ACTION METHODS === #

    def action_pause(self):
        """Ask why, and until when, to stop all calls."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause %s", self.name),
            "res_model": "netsuite.pause",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connection_id": self.id},
        }

    def action_resume(self):
        """Go on after a pause; what NetSuite changed meanwhile is read now."""
        for connection in self.filtered(lambda c: c.state == "paused"):
            connection._advance(
                "connected", state_reason=False, pause_reason=False, paused_until=False
            )
            connection._come_back()
        return True

    # === BUSINESS METHODS === #

    @hook
    def _come_back(self):
        """Take up, once, what fell due while this connection was not served."""

    def _pause(self, reason, until=False):
        """Stop all calls, those that run included: each asks before it is sent.

        :param reason: why, in the user's words.
        :param until: when to go on (UTC); without it someone has to resume.
        """
        for connection in self:
            connection._advance(
                "paused",
                pause_reason=reason,
                paused_until=until,
                state_reason=connection._pause_sentence(reason, until),
            )
            if until:
                # sudo: ir.cron - belongs to the system; this only schedules the end of the pause
                cron = self.env.ref("kolleno_netsuite.ir_cron_fetch").sudo()
                cron._trigger(at=until)

    def _pause_sentence(self, reason, until):
        if not until:
            return self.env._(
                "Paused by %(user)s: %(reason)s", user=self.env.user.name, reason=reason
            )
        return self.env._(
            "Paused by %(user)s until %(until)s: %(reason)s",
            user=self.env.user.name,
            until=format_datetime(self.env, until, dt_format="short"),
            reason=reason,
        )

    @hook
    def _check_ready(self, records):
        """Refuse to read records by hand while there is no connection; ask when it is paused.

        :param records: the `netsuite.record` rows that a person wants to read again.
        :raise UserError: not connected, or the database may be a copy.
        :raise RedirectWarning: paused, and nobody has confirmed that it is read all the same.
        """
        self.ensure_one()
        self._check_identity()
        if self.state == "connected" or (
            self.state == "paused" and self.env.context.get(WHILE_PAUSED)
        ):
            return
        if self.state == "paused":
            raise RedirectWarning(
                self.env._(
                    "%(name)s is paused. %(reason)s\nYou can still read this from NetSuite "
                    "now; the pause goes on.",
                    name=self.name,
                    reason=self.state_reason or "",
                ),
                self.env.ref("kolleno_netsuite.netsuite_resync_action_while_paused").id,
                self.env._("Read It Now"),
                {"active_model": "netsuite.record", "active_ids": records.ids},
            )
        self._check_connected()

    def _check_connected(self):
        """Refuse work that speaks to NetSuite while the connection may not.

        :raise UserError: with the reason.
        """
        self.ensure_one()
        self._check_identity()
        self._check_set_up()
        if self.state != "connected":
            raise UserError(
                self.env._(
                    "%(name)s is not connected. %(reason)s",
                    name=self.name,
                    reason=self.state_reason or "",
                )
            )

    def _check_set_up(self):
        """Refuse work that comes after the first import.

        :raise UserError: it was not started yet.
        """
        self.ensure_one()
        if self.state == "setup":
            raise UserError(
                self.env._(
                    "%s is still in set-up: nothing is read or booked before its import. Continue "
                    "the set-up and press Import there.",
                    self.name,
                )
            )
