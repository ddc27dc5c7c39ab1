from odoo import api, fields, models
from odoo.exceptions import ValidationError


class NetsuitePause(models.TransientModel):
    """Why a connection is paused, and until when."""

    _name = "netsuite.pause"
    _description = "Pause a NetSuite Connection"

    connection_id = fields.Many2one("netsuite.connection", required=True, ondelete="cascade")
    reason = fields.Char(
        required=True, help="Shown to everyone who opens the connection in the meantime."
    )
    until = fields.Datetime(
        help=(
            "The connection resumes automatically at this time; if empty, when someone resumes it."
        )
    )

    @api.constrains("until")
    def _check_until(self):
        for pause in self:
            if pause.until and pause.until <= fields.Datetime.now():
                raise ValidationError(self.env._("The end of the pause has to be in the future."))

    def action_pause(self):
        """Pause the connection."""
        self.ensure_one()
        self.connection_id.check_access("write")
        self.connection_id._pause(self.reason, self.until)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
