from odoo import api, fields, models


class NetsuiteExcludeLine(models.TransientModel):
    """One customer who is to be excluded, or a line that names none."""

    _name = "netsuite.exclude.line"
    _description = "NetSuite Customer to Exclude"
    _order = "line, id"

    wizard_id = fields.Many2one("netsuite.exclude", required=True, ondelete="cascade")
    selected = fields.Boolean(string="Exclude")
    line = fields.Integer(aggregator=None)
    text = fields.Char(string="Entered", readonly=True)
    internal_id = fields.Integer(string="Internal ID", readonly=True, aggregator=None)
    problem = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer in Odoo", readonly=True)
    document_count = fields.Integer(string="Documents", readonly=True)
    open_text = fields.Char(string="Open in Odoo", readonly=True)
    last_date = fields.Date(string="Last Document", readonly=True)
    blocked_count = fields.Integer(string="Blocked", readonly=True)
    blockers = fields.Text(string="What Stays, and Why", readonly=True)
    shared = fields.Char(readonly=True)
    remark = fields.Text(compute="_compute_remark", string="What to Know")

    @api.depends("problem", "blockers", "shared", "partner_id")
    def _compute_remark(self):
        for line in self:
            missing = not line.partner_id and self.env._("Not in Odoo")
            known = "\n".join(filter(None, (line.blockers, line.shared)))
            line.remark = line.problem or known or missing
