from odoo import models
from odoo.tools.misc import formatLang

from ..models.follow_up.account_move import REFRESHED


class AccountMoveSendWizard(models.TransientModel):
    """Says why an e-mail is not sent now: settled or changed in NetSuite, or held for its PDF."""

    _inherit = "account.move.send.wizard"

    def action_send_and_print(self, allow_fallback_pdf=False):
        move, name = self.move_id, self.move_id.name
        open_before = move.amount_residual
        if not move._netsuite_still_to_send():
            return self._netsuite_stopped(move._netsuite_settled_sentence(name))
        if move.currency_id.compare_amounts(open_before, move.amount_residual):
            return self._netsuite_stopped(
                self.env._(
                    "%(document)s has changed in NetSuite: %(amount)s is open now. Nothing was "
                    "sent, since your message may name the old amount. Press Send again.",
                    document=name,
                    amount=formatLang(
                        self.env, move.amount_residual, currency_obj=move.currency_id
                    ),
                )
            )
        tried = self.with_context(**{REFRESHED: True})
        # sudo: account.move - only how many e-mails are held
        held_before = move.sudo().netsuite_held_mails
        action = super(AccountMoveSendWizard, tried).action_send_and_print(
            allow_fallback_pdf=allow_fallback_pdf
        )
        if move.sudo().netsuite_held_mails != held_before:  # likewise
            return self._netsuite_stopped(move._netsuite_held_sentence())
        return action

    def _netsuite_stopped(self, sentence):
        """Return the action that closes the dialog and says why nothing was sent."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": sentence,
                "sticky": True,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
