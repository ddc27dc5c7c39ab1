from odoo import fields, models


class NetsuiteSetupReason(models.Model):
    """What documents would wait for."""

    _name = "netsuite.setup.reason"
    _description = "NetSuite Set-up Reason"
    _order = "setup_id, documents desc, id"

    setup_id = fields.Many2one("netsuite.setup", required=True, index=True, ondelete="cascade")
    kind = fields.Char(required=True)
    key = fields.Char(required=True)
    name = fields.Char(string="Why", required=True)
    advice = fields.Char(string="What to Do")
    documents = fields.Integer()

    # === ACTION METHODS === #

    def action_fix(self):
        """Open the one place where this reason ends."""
        self.ensure_one()
        issue = self.env["netsuite.issue"].new(
            {"connection_id": self.setup_id.connection_id.id, "kind": self.kind, "key": self.key}
        )
        return issue.action_fix()
