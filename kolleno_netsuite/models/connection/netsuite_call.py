import re
from datetime import timedelta

from odoo import api, fields, models

from ...const import CALL_LOG_DAYS

# What a query is about stands behind its columns; it ends where the body's JSON goes on.
_FROM = re.compile(r'\bFROM\b[^"]*')


class NetsuiteCall(models.Model):
    """One HTTP call to NetSuite, with secrets masked."""

    _name = "netsuite.call"
    _description = "NetSuite Call"
    _order = "id desc"
    _rec_name = "path"

    connection_id = fields.Many2one("netsuite.connection", required=True, ondelete="cascade")
    run_id = fields.Many2one("netsuite.run", index="btree_not_null", ondelete="set null")
    called_at = fields.Datetime(required=True, default=fields.Datetime.now)
    method = fields.Char()
    path = fields.Char()
    query = fields.Text(help="The SuiteQL text or the body, shortened and masked.")
    about = fields.Char(
        compute="_compute_about", string="Request", help="The query without its columns."
    )
    status = fields.Integer(string="HTTP Status", aggregator=None)
    code = fields.Char(string="NetSuite Code")
    message = fields.Text(help="NetSuite's answer when it refused the call.")
    seconds = fields.Float(aggregator="avg")
    attempt = fields.Integer(aggregator=None)
    rows = fields.Integer()

    _time_index = models.Index("(connection_id, called_at)")

    @api.depends("query")
    def _compute_about(self):
        for call in self:
            found = _FROM.search(call.query or "")
            call.about = found.group() if found else call.query

    @api.autovacuum
    def _gc_calls(self):
        """Delete calls older than `CALL_LOG_DAYS` days."""
        limit = fields.Datetime.now() - timedelta(days=CALL_LOG_DAYS)
        batch = self.search([("called_at", "<", limit)], limit=10_000)
        batch.unlink()
        return len(batch), len(batch) == 10_000
