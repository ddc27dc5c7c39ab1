from odoo import fields, models


class NetsuiteWritebackAttempt(models.Model):
    """One step in the story of a write-back: a request, a look-up after silence, a read-back."""

    _name = "netsuite.writeback.attempt"
    _description = "NetSuite Write-back Attempt"
    _order = "writeback_id, id"
    _rec_name = "outcome"

    writeback_id = fields.Many2one(
        "netsuite.writeback", required=True, index=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("send", "Sent"), ("look_up", "Looked up"), ("read_back", "Read back")],
        required=True,
        readonly=True,
    )
    started_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    ended_at = fields.Datetime(readonly=True)
    status = fields.Integer(string="HTTP Status", readonly=True, aggregator=None)
    code = fields.Char(string="NetSuite Code", readonly=True)
    outcome = fields.Char(readonly=True, help="What came of it, in words.")
    answer = fields.Text(readonly=True, help="NetSuite's own words.")
    next_try = fields.Datetime(readonly=True)
