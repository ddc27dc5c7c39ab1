from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """E-mails whose PDF could not be had are kept where the settings say so, and sent later."""

    _inherit = "account.move.send"

    @api.model
    def _hook_if_errors(self, moves_data, allow_raising=True):
        others = {}
        for move, move_data in moves_data.items():
            reason = move_data.get("netsuite_held")
            if reason:
                move.with_env(self.env)._netsuite_check_files(move_data)
                # Whoever sends need not have a right on what keeps the e-mail.
                move.sudo()._netsuite_hold(move_data, reason)
            else:
                others[move] = move_data
        if others:
            super()._hook_if_errors(others, allow_raising=allow_raising)
